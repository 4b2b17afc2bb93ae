"""A document that is given, not asked for: its rows and columns, typed by what their cells hold."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from answers.importing.projection import array_of, renamed
from formats.format import About, Format, Heading, Style
from tabular.entries import check_names
from tabular.errors import BadValue
from tabular.jsonpath import Budget, Dialect, compiled
from tabular.jsonpath.columns import Conversion, read
from tabular.jsonpath.columns import Style as Cells
from tabular.table import Column, Reading, Type

_TYPES = {bool: Type.BOOLEAN, int: Type.INTEGER, float: Type.NUMBER, str: Type.TEXT}
_NUMBERS = {Type.INTEGER, Type.NUMBER}
_BEYOND = 2**63
"""Whole numbers that no column of them holds begin here."""


@dataclass(frozen=True, slots=True)
class Given:
    """A JSON document, what of it are rows and columns, and how these are written.

    `rows` is a JSONPath in `dialect`, `columns` are in the language of columns; empty, each row is its own value.
    """

    document: str
    rows: str
    columns: str
    dialect: Dialect
    form: Format
    style: Style
    zone: str

    def body(self, seconds: float) -> tuple[bytes, tuple[Heading, ...]]:
        """The rows in the format, and what their columns are; following the paths takes `seconds` at most.

        Raises BadValue where the document is no JSON, PathWrong, PathUnsupported, PathTooLong, ColumnsWrong,
        PathTooCostly, TookTooLong.
        """
        try:
            document = json.loads(self.document)
        except (ValueError, RecursionError) as failure:
            raise BadValue("data", self.document[:100], "JSON") from failure
        plain, names = renamed(self.columns or "@")
        ways = read(plain, self.dialect, Cells.NATIVE)
        check_names("columns", self.columns, (), [name for name in names if name])
        found = compiled(self.rows, plain, self.dialect).pluck(document, Budget(seconds=seconds))
        mixed = Type.JSON if self.form.keeps_json else Type.TEXT
        headings, arrays = [], []
        for way, name, cells in zip(ways, names, found, strict=True):
            type_ = Type.TIME if way.conversion is Conversion.MOMENT else _type_of(cells, mixed)
            values = [_json(cell) for cell in cells] if type_ is Type.JSON else cells
            headings.append(Heading(name or way.name, Column(way.name, way.name, type_, "", Reading(way.name), ())))
            arrays.append(array_of(values, type_, self.zone))
        told = tuple(headings)
        about = About("import", "Import", "Rows of a document that was given.", None, self.zone)
        return b"".join(self.form.encode(told, self._batches(arrays), self.style, about)), told

    @staticmethod
    def _batches(arrays: Sequence[pa.Array]) -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_arrays(list(arrays), names=[str(place) for place in range(len(arrays))])


def _type_of(cells: Sequence[object], mixed: Type) -> Type:
    """What a column is whose cells nobody described: of one type if all are, `mixed` if they differ.

    >>> _type_of([1, None, 2.5], Type.TEXT), _type_of(["a", 1], Type.JSON), _type_of([None], Type.JSON)
    (<Type.NUMBER: 'number'>, <Type.JSON: 'json'>, <Type.TEXT: 'text'>)
    """
    kinds = {type(cell) for cell in cells} - {type(None)}
    types = {_TYPES[kind] for kind in kinds}
    if int in kinds and any(type(cell) is int and not -_BEYOND <= cell < _BEYOND for cell in cells):
        return mixed
    if types and types <= _NUMBERS:
        return Type.NUMBER if Type.NUMBER in types else Type.INTEGER
    return types.pop() if len(types) == 1 else mixed if types else Type.TEXT


def _json(cell: object) -> str | None:
    return None if cell is None else json.dumps(cell, ensure_ascii=False)
