"""Rows and columns of an answer: compiled paths with a type for each column, and documents as Arrow batches."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from answers.importing.reaching import is_one, leaves_of, reached, type_of_all
from answers.importing.selection import Kind, Spot, shape_of
from formats.format import Heading
from tabular.entries import check_names, entries
from tabular.errors import ColumnsWrong, PathWrong
from tabular.errors.tree import nearest, shown
from tabular.jsonpath import Budget, Dialect, compiled
from tabular.jsonpath.columns import Column as Way
from tabular.jsonpath.columns import Conversion, Style, read
from tabular.jsonpath.ir import Child, Descend, Name, Segment
from tabular.jsonpath.limits import MOST_COLUMNS
from tabular.jsonpath.reading import path_of
from tabular.table import Column, Reading, Type

_CONVERTED = re.compile(r"\s*>\s*(n|d)$")
_AS = " as "
_CONVERSIONS = {Conversion.NUMBER: Type.NUMBER, Conversion.MOMENT: Type.TIME}
_PLAIN = {
    Type.TEXT: pa.string(),
    Type.JSON: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
}


class Projection:
    """What is taken of an answer of that selection.

    `rows` is a path in `dialect`; empty, it is every record of the only field of Query. `columns` are in the language
    of columns, each perhaps with a heading behind `as`; empty, they are the leaves below the rows. Raises PathWrong,
    PathUnsupported, PathTooLong, ColumnsWrong, BadValue.
    """

    def __init__(self, selection: Spot, rows: str, columns: str, dialect: Dialect) -> None:
        rows = rows.strip() or _records(selection)
        segments = path_of(rows, dialect).segments
        self._found = reached(segments, [selection])
        if not self._found:
            raise PathWrong(dialect, 0, f"it leads to nothing that the query selects{_meant(segments, [selection])}")
        self._selection = selection
        plain, names = renamed(columns)
        # How many columns may be asked for is limited, not how many fields a query may select.
        texts = [plain] if columns else [",".join(some) for some in _parcelled(leaves_of(self._found))]
        self._pluckers = [compiled(rows, text, dialect, shape_of(selection)) for text in texts]
        ways = [way for text in texts for way in read(text, dialect, Style.NATIVE)]
        if len(names) != len(ways):
            names = [""] * len(ways)
        self.headings = tuple(self._heading(way, name, columns) for way, name in zip(ways, names, strict=True))
        # The same name twice is told apart by whoever writes it, as two columns of IMPORTJSONAPI are by their place.
        check_names("columns", columns, (), [name for name in names if name])

    def batch(self, document: object, zone: str, budget: Budget) -> pa.RecordBatch:
        """The rows of a document, its times in a zone. Raises PathTooCostly, TookTooLong, and ValueError for a value
        that is not of the type that the schema gives it."""
        columns = [column for plucker in self._pluckers for column in plucker.pluck(document, budget)]
        arrays = [
            array_of(values, heading.column.type, zone) for values, heading in zip(columns, self.headings, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=[str(place) for place in range(len(arrays))])

    def _heading(self, way: Way, name: str, text: str) -> Heading:
        own = _CONVERTED.sub("", way.name)
        found = reached(way.steps, [self._selection] if way.from_root else self._found)
        if not found:
            meant = _meant(way.steps, [self._selection] if way.from_root else self._found)
            raise ColumnsWrong(max(text.find(own), 0), f'the query does not select "{shown(own)}"{meant}')
        type_ = type_of_all(found) if is_one(way.steps) else Type.TEXT
        if way.conversion is not None:
            type_ = _CONVERSIONS[way.conversion]
        descriptions = {spot.description for spot in found}
        description = descriptions.pop() if len(descriptions) == 1 else ""
        # Only where it is the field's own name does a label say the same in words.
        unit = "s" if type_ is Type.INTEGER and "duration" in own.rpartition(".")[2].lower() else None
        return Heading(name or own, Column(own, own, type_, description, Reading(own), (), unit=unit))


def _meant(steps: Sequence[Segment], spots: Sequence[Spot]) -> str:
    """Where steps that lead nowhere go astray, as the end of a sentence: the name that may have been meant."""
    for step in steps:
        further = reached((step,), spots)
        if not further and isinstance(step, Child | Descend) and isinstance(step.selectors[0], Name):
            within = (one for spot in spots for one in (spot.all() if isinstance(step, Descend) else (spot,)))
            near = nearest(step.selectors[0].name, dict.fromkeys(name for one in within for name in one.fields))
            return f'; did you mean "{near}"' if near else ""
        spots = further
    return ""


def _parcelled(columns: Sequence[str]) -> Iterator[Sequence[str]]:
    """Columns in parcels of as many as can be taken at once."""
    for begin in range(0, len(columns), MOST_COLUMNS):
        yield columns[begin : begin + MOST_COLUMNS]


def _records(selection: Spot) -> str:
    """The path of every record of the only field of Query."""
    fields = selection.below[0].below
    if len(fields) != 1:
        raise PathWrong(Dialect.RFC9535, 0, "there is none, and the query has several fields that could be rows")
    spot, path = fields[0], f"$.data.{fields[0].name}"
    while spot.kind is Kind.LIST:
        spot, path = spot.below[0], f"{path}[*]"
    return path


def renamed(columns: str) -> tuple[str, list[str]]:
    """The columns with blanks in the place of their new names, and these names (empty: none).

    >>> renamed("cli as Caller,id")
    ('cli          ,id', ['Caller', ''])
    """
    plain, names = columns, []
    for entry in entries(columns):
        own, name = _split(entry.text)
        names.append(name)
        begin, end = entry.offset + len(own), entry.offset + len(entry.text)
        plain = plain[:begin] + " " * (end - begin) + plain[end:]
    return plain, names


def _split(text: str) -> tuple[str, str]:
    """A column, and its new name behind `as`, empty if it has none.

    >>> _split("cli AS 'known as'"), _split("['as as it']"), _split("cli")
    (('cli', 'known as'), ("['as as it']", ''), ('cli', ''))
    """
    if text[-1:] in ("'", '"'):
        place = text.rfind(text[-1], 0, -1)
        own, name = text[: max(place, 0)].rstrip() + " ", text[place + 1 : -1]
        return (own[: -len(_AS)].rstrip(), name) if own.lower().endswith(_AS) else (text, "")
    place = text.lower().rfind(_AS)
    name = text[place + len(_AS) :].strip()
    return (text, "") if place < 0 or any(sign in name for sign in "'\"[]") else (text[:place].rstrip(), name)


def array_of(values: Sequence[object], type_: Type, zone: str) -> pa.Array:
    """Cells as an Arrow array of their column's type. Raises ValueError for a value that is not of it.

    >>> array_of(["2020-05-01T08:39:49Z", None], Type.TIME, "Europe/Rome")[0].as_py().isoformat()
    '2020-05-01T10:39:49+02:00'
    >>> array_of([1, "a", None, True], Type.TEXT, "UTC").to_pylist()
    ['1', 'a', None, 'true']
    """
    if type_ is Type.TIME:
        return _times(values, zone)
    try:
        return pa.array(values, _PLAIN[type_])
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        spelt = _READ[type_]
        return pa.array([None if value is None else spelt(value) for value in values], _PLAIN[type_])


def _times(values: Sequence[object], zone: str) -> pa.Array:
    in_zone = pa.timestamp("us", zone)
    try:
        return pa.array(values, pa.string()).cast(pa.timestamp("us", "UTC")).cast(in_zone)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else _time(value) for value in values], in_zone)


def _time(value: object) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value).strip())
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{_text(value)} is neither true nor false")  # noqa: TRY004  # a wrong value, not a wrong call
    return value


_READ = {
    Type.TEXT: _text,
    Type.JSON: _text,
    Type.INTEGER: lambda value: int(_text(value)),
    Type.NUMBER: lambda value: float(_text(value)),
    Type.BOOLEAN: _boolean,
}
