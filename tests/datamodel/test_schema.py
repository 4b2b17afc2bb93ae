"""The schema says what the vendor's documentation says, in our own words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    StringValueNode,
    build_schema,
    parse,
    print_ast,
)

from tests.seed_document import ADDED, LOST, SLIPS, Documented, read_document, seed_text

REPOSITORY = Path(__file__).resolve().parents[2]
SCHEMA = REPOSITORY / "datamodel" / "schema.graphql"

DIRECTED = {
    "AddressBookContact.tel": ["@wide(count: 10)"],
    "AddressBookContact.mail": ["@wide(count: 10)"],
    "AddressBookContact.web": ["@wide(count: 3)"],
    **{
        f"SortKeyInboundInteraction.CALL_RESULT_LEVEL_{level}": [f'@sorts(by: "callResult.resultLevel{level}")']
        for level in (1, 2)
    },
    **{
        f"SortKeyInboundInteraction.GENERIC_{number}": [f'@sorts(by: "generic.generic{number}")']
        for number in range(1, 6)
    },
}


@pytest.fixture(scope="module")
def documented() -> Documented:
    return read_document(seed_text())


# ---- the schema ------------------------------------------------------------------------------------------


class Declared(NamedTuple):
    name: str
    type: str
    description: str
    directives: list[str]


def text_of(description: StringValueNode | None) -> str:
    return description.value if description else ""


def declare_input(name: str, node: InputValueDefinitionNode) -> Declared:
    default = f" = {print_ast(node.default_value)}" if node.default_value else ""
    used = [print_ast(directive) for directive in node.directives or ()]
    return Declared(name, print_ast(node.type) + default, text_of(node.description), used)


def declare_field(name: str, node: FieldDefinitionNode) -> Iterator[Declared]:
    used = [print_ast(directive) for directive in node.directives or ()]
    yield Declared(name, print_ast(node.type), text_of(node.description), used)
    for argument in node.arguments or ():
        yield declare_input(f"{name}({argument.name.value})", argument)


def walk(document: DocumentNode) -> Iterator[Declared]:
    """Yield every element of the schema in the order of the file."""
    for node in document.definitions:
        match node:
            case ObjectTypeDefinitionNode(name=name, description=description, interfaces=interfaces):
                assert not interfaces
                yield Declared(name.value, "type", text_of(description), [])
                for field in node.fields or ():
                    yield from declare_field(f"{name.value}.{field.name.value}", field)
            case InputObjectTypeDefinitionNode(name=name, description=description):
                yield Declared(name.value, "input", text_of(description), [])
                for value in node.fields or ():
                    yield declare_input(f"{name.value}.{value.name.value}", value)
            case EnumTypeDefinitionNode(name=name, description=description):
                yield Declared(name.value, "enum", text_of(description), [])
                for member in node.values or ():
                    used = [print_ast(directive) for directive in member.directives or ()]
                    yield Declared(f"{name.value}.{member.name.value}", "value", text_of(member.description), used)
            case ScalarTypeDefinitionNode(name=name, description=description):
                yield Declared(name.value, "scalar", text_of(description), [])
            case DirectiveDefinitionNode(name=name, description=description):
                yield Declared(f"@{name.value}", "directive", text_of(description), [])
                for argument in node.arguments or ():
                    yield declare_input(f"@{name.value}({argument.name.value})", argument)
            case _:
                pytest.fail(f"schema.graphql holds something this test does not know: {node.kind}")


@pytest.fixture(scope="module")
def declared() -> list[Declared]:
    return list(walk(parse(SCHEMA.read_text(encoding="utf-8"))))


def normalised(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.lower()))


# ---- what must hold --------------------------------------------------------------------------------------


def test_the_document_was_read_whole(documented: Documented) -> None:
    names, kinds = list(documented.elements), list(documented.elements.values())
    assert [kinds.count(kind) for kind in ("type", "input", "enum", "scalar")] == [16, 21, 20, 2]
    assert kinds.count("value") == 177
    assert len([name for name in names if "(" in name]) == 17
    assert len([name for name in names if "." in name]) == 177 + 17 + 350
    assert len(set(documented.sentences)) >= 500


def test_each_gap_is_still_in_the_document(documented: Documented) -> None:
    filled = {f"{owner}.{name}" for (owner, _), name in LOST.items()} | SLIPS.keys()
    assert filled <= documented.elements.keys()
    assert not ADDED.keys() & documented.elements.keys()


def test_schema_has_what_is_documented_and_nothing_else(documented: Documented, declared: list[Declared]) -> None:
    expected = documented.elements | ADDED
    actual = {element.name: element.type for element in declared}
    assert len(actual) == len(declared)
    assert expected.keys() - actual.keys() == set(), "missing"
    assert actual.keys() - expected.keys() == set(), "extra"
    assert {name: (actual[name], kind) for name, kind in expected.items() if actual[name] != kind} == {}


def test_schema_keeps_the_order_of_the_document(documented: Documented, declared: list[Declared]) -> None:
    assert [element.name for element in declared if element.name not in ADDED] == list(documented.elements)


def test_schema_builds() -> None:
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"))
    assert schema.query_type is not None
    assert schema.mutation_type is None


def test_only_the_lists_of_a_contact_are_wide_and_few_keys_are_unlike_their_fields(declared: list[Declared]) -> None:
    assert {element.name: element.directives for element in declared if element.directives} == DIRECTED


def test_every_element_has_one_short_sentence(declared: list[Declared]) -> None:
    sentence = re.compile(r".{5,140}\.")  # on one line: the dot of a pattern matches no line break
    assert {
        element.name: element.description for element in declared if not sentence.fullmatch(element.description)
    } == {}


def test_units_are_said(declared: list[Declared]) -> None:
    steps = [element for element in declared if re.match(r"(In|Out)boundInteraction\.", element.name)]
    search = [element for element in declared if re.match(r"Search(Outbound)?Interaction\.", element.name)]
    durations = [element for element in steps + search if re.search(r"[dD]uration", element.name)]
    days = {element.name for element in search if "by whole day (UTC)" in element.description}
    assert len(durations) == 28
    assert {element.name for element in durations if "seconds" not in element.description.lower()} == set()
    assert {e.name for e in steps if e.type.startswith("Time") and "UTC" not in e.description} == set()
    assert {e.name for e in steps if e.type == "Int!" and not re.search(r"\b0\b", e.description)} == set()
    assert days == {e.name for e in search if e.type == "ComparisonTime" and "lastUpdateTime" not in e.name}


def test_no_sentence_is_copied(documented: Documented, declared: list[Declared]) -> None:
    theirs = {normalised(sentence) for sentence in documented.sentences}
    ours = {element.name: normalised(element.description) for element in declared}
    assert {name: text for name, text in ours.items() if len(text) > 25 and text in theirs} == {}
