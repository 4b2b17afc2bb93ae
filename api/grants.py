"""What a new key may see, as an administrator spells it."""

import re

from datamodel.catalogue import Catalogue
from tabular.errors import BadValue
from tabular.restriction import Restriction, matches
from tabular.table import Column, Mask, MaskKind, Table, Type

_MASK = re.compile(r"(.+)=(hash|null|last(\d{1,2})?)")


def restriction_from(tables: str, hide: list[str], mask: list[str], catalogue: Catalogue) -> Restriction:
    """The restriction that the options of `keys create` spell.

    Raises UnknownTable, and BadValue for a pattern that meets no column: a slip there would show what was to be hidden.
    """
    named = tuple(name.strip() for name in tables.split(",") if name.strip())
    for name in named:
        catalogue.table(name)
    for pattern in hide:
        _met("--hide", pattern, catalogue)
    return Restriction(
        tables=named if tables.strip() else None,
        hidden=tuple(hide),
        masked=tuple(_masked(text, catalogue) for text in mask),
    )


def _masked(text: str, catalogue: Catalogue) -> tuple[str, Mask]:
    match = _MASK.fullmatch(text)
    if match is None:
        raise BadValue("--mask", text, "a column and hash, last digits or null: cli=hash, cli=last3, cli=null")
    pattern, kind, digits = match[1], match[2], match[3]
    met = _met("--mask", pattern, catalogue)
    if kind == "null":
        return pattern, Mask(MaskKind.NULL)
    other = next((column for _, column in met if column.type is not Type.TEXT and column.name == pattern), None)
    if other is not None:
        raise BadValue(
            "--mask", text, f"null for {other.name}: it is of type {other.type}, and only text can be hashed or cut"
        )
    return pattern, Mask(MaskKind.HASH) if kind == "hash" else Mask(MaskKind.LAST, int(digits or 3))


def _met(option: str, pattern: str, catalogue: Catalogue) -> list[tuple[Table, Column]]:
    met = [(table, column) for table in catalogue for column in table.columns if matches(pattern, table, column)]
    if not met:
        of_table, _, name = pattern.rpartition(":")
        for table in [catalogue.table(of_table)] if of_table else list(catalogue)[:1]:
            table.column(name)
        raise BadValue(option, pattern, "a column such as user, contact.value or inboundCalls:user")
    return met
