"""The vendor's documentation of the Data Model, read at test time: its types, its examples, its integrations."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from graphql import specified_scalar_types

from tests.conftest import SHARED

SEED = SHARED / "seed" / "tvox-data-model.txt"

# Names the text of the document has lost: (its type, what is left in the place of the name) -> the name.
LOST = {
    ("AddressBookContact", "[AddressBookMail!]"): "mail",
    ("SearchAddressBookContact", "SearchAddressBookMail"): "mail",
    ("MultiChannelType", "Mail / Support channel"): "MAIL",
}
# Slips of the document: element -> (what it says, what it means).
SLIPS = {"Query.inboundChatsCount(search)": ("SearchTicket!", "SearchInteraction!")}
# What the document uses or needs, and does not list.
ADDED = {
    "Query.me": "Me!",
    "Me": "type",
    "Me.name": "String!",
    "ComparisonNumber.valueLeft": "Int",
    "ComparisonNumber.valueRight": "Int",
    "@wide": "directive",
    "@wide(count)": "Int!",
    "@sorts": "directive",
    "@sorts(by)": "String!",
}


def seed_text() -> str:
    """The whole document; the test says that it is skipped where the document is absent."""
    if not SEED.exists():
        pytest.skip(f"The vendor's documentation is not beside this checkout: {SEED} is absent.")
    return SEED.read_text(encoding="utf-8")


# ---- the tables of types -------------------------------------------------------------------------------------


class Documented(NamedTuple):
    """Every element that the document lists, and its sentences."""

    elements: dict[str, str]  # `Type.field(argument)` -> its type, or what kind of thing it is; in the document's order
    sentences: list[str]


def read_document(text: str) -> Documented:
    """Read the tables under "Query", "Objects", "Inputs", "Enums" and the headings under "Scalars".

    Blank cells are lost in the text, so a row is the cells that are left: name, type, description; in Query two
    cells are an argument of the field above; in an enum the cells are value and description.
    """
    lines = text[text.index("\nQuery\nList of queries") : text.index("\nIntegration\n")].split("\n")
    elements: dict[str, str] = {}
    sentences: list[str] = []
    section = heading = field = ""
    for before, line in pairwise(lines):
        cells = [cell.strip() for cell in line.split("|") if cell.strip()]
        if "|" not in line:
            if line in {"Query", "Objects", "Inputs", "Enums", "Scalars"}:
                section = line
            if re.fullmatch(r"[A-Z]\w*", line):
                heading = line
            if section == "Scalars" and line == f"The {heading}":
                elements[heading] = "scalar"
            sentences += [line, f"{before} {line}"]
        elif cells[0] in {"Field", "Value"}:
            elements[heading] = {"Inputs": "input", "Enums": "enum"}.get(section, "type")
        elif set(cells[0]) != {"-"}:
            lost = LOST.get((heading, cells[0]))
            name, *rest = [lost, *cells] if lost else cells
            if section == "Enums":
                elements[f"{heading}.{name}"] = "value"
            elif section == "Query" and len(cells) == 2:
                element = f"{field}({name})"
                said, meant = SLIPS.get(element, (rest[0], rest[0]))
                assert rest[0] == said
                elements[element] = meant
            else:
                field = f"{heading}.{name}"
                elements[field] = rest[0]
            sentences += rest[-1:]
    for scalar in specified_scalar_types:
        elements.pop(scalar, None)
    return Documented(elements, [part for whole in sentences for part in (whole, *whole.split(". "))])


# ---- the examples --------------------------------------------------------------------------------------------


def example_queries(text: str) -> Iterator[str]:
    """Every query that the document shows, as it stands there."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line == "query {":
            end = number + 1
            while "\n".join(lines[number:end]).count("{") > "\n".join(lines[number:end]).count("}"):
                end += 1
            yield "\n".join(lines[number:end])


def curl_commands(text: str) -> list[str]:
    """Every cURL command that the document shows."""
    return [line for line in text.split("\n") if line.startswith("curl ")]


def power_query(text: str) -> str:
    """The Power Query expression."""
    return next(line for line in text.split("\n") if line.startswith("let ") and "Web.Contents" in line)


def sheets_formula(text: str) -> str:
    """The formula of Google Sheets."""
    return next(line for line in text.split("\n") if line.startswith("=IMPORTJSONAPI("))
