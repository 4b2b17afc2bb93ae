"""`tables.txt` as values: the one place where the SQL tables are declared."""

import re
from collections.abc import Iterator
from pathlib import Path

from datamodel.sql.words import Area, SqlColumn, SqlTable
from tabular.table import Type

FILE = Path(__file__).with_name("tables.txt")

_RANGE = re.compile(r"\{(\d+)-(\d+)\}")


def declared() -> tuple[SqlTable, ...]:
    """The tables of the file, in its order."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]
    begins = [place for place, line in enumerate(lines) if line.startswith("@table ")]
    ends = [*begins[1:], len(lines)]
    return tuple(_table(lines[begin:end]) for begin, end in zip(begins, ends, strict=True))


def _table(lines: list[str]) -> SqlTable:
    name, area, kept, title, description = _parts(lines[0].removeprefix("@table "), "|", 4)
    said = dict(line[1:].split(" ", 1) for line in lines[1:] if line.startswith("@"))
    columns = [column for line in lines[1:] if line[0] != "@" for column in _columns(line)]
    keeps = (one.split() for one in _parts(said.get("keeps", ""), ",") if one)
    return SqlTable(
        name=name,
        area=Area(area),
        monthly=kept == "monthly",
        title=title,
        description=description,
        columns=tuple(columns),
        key=_parts(said["key"], ","),
        clock=said.get("clock"),
        of=tuple(one for one in _parts(said.get("of", ""), ",") if one),
        keeps=tuple((field, Type(kind)) for field, kind in keeps),
    )


def _columns(line: str) -> Iterator[SqlColumn]:
    cells = _parts(line, "|", 3)
    names = _parts(cells[0], " ; ")
    if len(names) == 1:
        yield from _numbered(*cells)
        return
    # Several in one line take turns.
    families = [list(_numbered(*of)) for of in zip(*(_parts(cell, " ; ") for cell in cells), strict=True)]
    for turn in zip(*families, strict=True):
        yield from turn


def _numbered(name: str, kind: str, origin: str, description: str) -> Iterator[SqlColumn]:
    """The columns of one name: as many as its range says."""
    found = _RANGE.search(name)
    if found is None:
        yield _column(name, kind, origin, description)
        return
    for number in range(int(found[1]), int(found[2]) + 1):
        digits = f"{number:0{len(found[1])}}"
        filled = (text.replace("{}", str(number)) for text in (origin, description))
        yield _column(_RANGE.sub(digits, name), kind, *filled)


def _column(name: str, kind: str, origin: str, description: str) -> SqlColumn:
    sql_type, _, values = kind.rstrip("}").partition(" {")
    origin, _, tells = f" {origin}".partition(" ~ ")
    return SqlColumn(
        name=name,
        sql_type=sql_type,
        description=description,
        values=tuple(values.split()),
        origin=origin.strip(),
        tells=tuple(one for one in _parts(tells, ",") if one),
    )


def _parts(text: str, separator: str, most: int = -1) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator, most))
