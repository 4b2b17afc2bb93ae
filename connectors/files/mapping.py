"""A Mapping says how the columns of a file become the fields of a table; it is read from TOML and checked whole."""

import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from connectors.files.document import Document, read_document
from connectors.files.expression import Expression, Wrong, as_type, constant, reads
from connectors.files.grammar import Scope, read_expression
from connectors.files.layout import Layout, check_names, read_layout
from connectors.files.targets import Target, check_complete, target
from connectors.files.zones import is_zone
from datamodel.catalogue import Catalogue
from tabular.errors import UnknownColumn, UnknownTable, nearest
from tabular.table import Column, Grain, Making, Table, Type

_SETTINGS = (
    "table",
    "zone",
    "separator",
    "quote",
    "encoding",
    "nulls",
    "header",
    "leave_out",
    "names",
    "columns",
)


@dataclass(frozen=True)
class Mapping:
    """A checked mapping: what file it reads (`layout`), what it makes of it (`targets`), what it passes over
    (`leave_out`, conditions by their text)."""

    path: Path
    table: Table
    layout: Layout
    targets: tuple[Target, ...]
    leave_out: dict[str, Expression]

    @property
    def reads(self) -> frozenset[str]:
        """The columns of the file that it needs."""
        return reads(self._expressions())[0]

    @property
    def repairs(self) -> tuple[str, ...]:
        """What it may repair, as `field: formula`."""
        return reads(one.expression for one in self.targets)[1]

    def _expressions(self) -> Iterator[Expression]:
        yield from (one.expression for one in self.targets)
        yield from self.leave_out.values()


def read_mapping(path: Path, catalogue: Catalogue) -> Mapping:
    """The mapping in a TOML file, checked before any data is read.

    Raises MappingWrong with the place in it: no such file, no TOML, unknown settings, tables, fields, functions or
    zones, a field filled twice, a formula that gives another type than its field, a key that is not filled.
    """
    return _Reading(read_document(path), catalogue).mapping()


class _Reading:
    """Reads one document; every refusal says where in it."""

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        self._document = document
        self._wrong = document.wrong
        self._catalogue = catalogue

    def mapping(self) -> Mapping:
        self._document.check_settings(_SETTINGS)
        table, zone, layout = self._table(), self._zone(), read_layout(self._document)
        names = self._names(zone)
        found = Mapping(
            self._document.path, table, layout, self._targets(table, zone, names), self._leave_out(zone, names)
        )
        if layout.names is not None:
            check_names(self._document, found.reads, layout.names)
        return found

    def _table(self) -> Table:
        name = self._document.text("table")
        if name is None:
            raise self._wrong("table", "the table to fill is not said", 'Write table = "inboundCalls" at the top.')
        try:
            table = self._catalogue.table(name)
        except UnknownTable as error:
            raise self._wrong("table", f'there is no table "{name}"', error.hint) from None
        if table.grain is Grain.ELEMENT:
            wide = next(c.name for c in self._catalogue.table(table.root).columns if c.reading.index == 0)
            advice = f'Write table = "{table.root}", and fill its columns such as {wide}.'
            raise self._wrong("table", f"the rows of {name} lie in {table.root}", advice)
        if table.grain is Grain.INTERACTION:
            advice = f'Write table = "{table.root}".'
            raise self._wrong("table", f"{name} is made from {table.root}, and not filled itself", advice)
        if table.of:
            raise self._wrong("table", f"the rows of {name} lie in {' and '.join(table.of)}", "Fill these instead.")
        if any(one.how not in (Making.FIELD, Making.NOTHING) for one in table.made):
            raise self._wrong("table", f"{name} cannot be filled from a file", "Other tables can: see GET /tables.")
        return table

    def _zone(self) -> str | None:
        zone = self._document.text("zone")
        if zone is not None and not is_zone(zone):
            near = nearest(zone, sorted(available_timezones()))
            advice = f'Did you mean "{near}"?' if near else "Zones are IANA names such as Europe/Rome or UTC."
            raise self._wrong("zone", f'there is no time zone "{zone}"', advice)
        return zone

    def _names(self, zone: str | None) -> dict[str, Expression]:
        """Formulas that have a name; each may use those above it."""
        found: dict[str, Expression] = {}
        for name, formula in self._document.table("names").items():
            where = f"names.{name}"
            if not name.isidentifier() or keyword.iskeyword(name):
                raise self._wrong(where, f'"{name}" is no plain word', "A name is made of letters, digits and _.")
            found[name] = self._expression(where, formula, Scope(name, zone, dict(found)))
        return found

    def _targets(self, table: Table, zone: str | None, names: dict[str, Expression]) -> tuple[Target, ...]:
        filled: dict[str, str] = {}
        targets = []
        for spelled, formula in self._flat(self._document.table("columns"), ""):
            where = f"columns.{spelled}"
            column = self._column(table, spelled, where)
            if column.name in filled:
                raise self._wrong(where, f"{column.name} is filled twice", f"Once as {filled[column.name]}: keep one.")
            filled[column.name] = spelled
            expression = self._expression(where, formula, Scope(column.name, zone, names))
            try:
                targets.append(target(table, column, expression))
            except Wrong as wrong:
                raise self._wrong(where, wrong.reason, wrong.advice) from None
        try:
            check_complete(table, [one.column for one in targets])
        except Wrong as wrong:
            raise self._wrong("columns", wrong.reason, wrong.advice) from None
        return tuple(targets)

    def _column(self, table: Table, spelled: str, where: str) -> Column:
        try:
            return table.column(spelled)
        except UnknownColumn as error:
            near = nearest(spelled, error.known)
            advice = f'Did you mean "{near}"?' if near else f"GET /tables/{table.name} lists its columns."
            raise self._wrong(where, f'there is no field "{spelled}" in {table.name}', advice) from None

    def _flat(self, fields: dict[str, object], above: str) -> Iterator[tuple[str, object]]:
        """The fields by dotted path: TOML reads `contact.value = …` as a table in a table."""
        for name, formula in fields.items():
            if isinstance(formula, dict):
                yield from self._flat(formula, f"{above}{name}.")
            else:
                yield above + name, formula

    def _leave_out(self, zone: str | None, names: dict[str, Expression]) -> dict[str, Expression]:
        found = {}
        for at, text in enumerate(self._document.texts("leave_out", ()), start=1):
            where = f"leave_out, condition {at}"
            expression = as_type(self._expression(where, text, Scope("leave_out", zone, names)), Type.BOOLEAN)
            if expression is None:
                raise self._wrong(where, f"{text!r} is no condition", "Such as outcome == 'PHANTOM'.")
            found[text] = expression
        return found

    def _expression(self, where: str, formula: object, scope: Scope) -> Expression:
        if isinstance(formula, bool | int | float):
            return constant(formula)
        if not isinstance(formula, str):
            raise self._wrong(where, "a formula is a text in quotes", 'Such as service = "strip(type)".')
        try:
            return read_expression(formula, scope)
        except Wrong as wrong:
            place = f"{where}, character {wrong.at}" if wrong.at else where
            raise self._wrong(place, wrong.reason, wrong.advice) from None
