"""TMDL, the Tabular Model Definition Language: objects by indentation, names in quotes where they need them.

As its documents have it: one tab a level; a property's value behind a colon, an expression behind an equals sign, on
the same line or, if it has several, on lines further in.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """Another object as a property names it: a column of the same table, or of the one named."""

    column: str
    table: str | None = None

    def __str__(self) -> str:
        own = quoted(self.column)
        return own if self.table is None else f"{quoted(self.table)}.{own}"


Value = str | int | bool | Reference
"""What a property may be. True is written as the name alone, which is how TMDL says yes."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object: its kind, its name if it has one, and what stands behind the name.

    `default` is the default property: a measure's DAX, a partition's kind. `properties` come in their order; those of
    value False or None are left out. `expressions` are properties whose text is M or DAX.
    """

    kind: str
    name: str | None = None
    default: str | None = None
    description: str = ""
    properties: tuple[tuple[str, Value | None], ...] = ()
    expressions: tuple[tuple[str, str], ...] = ()
    children: tuple["Object", ...] = ()


def script(objects: Iterable[Object]) -> str:
    """A script for Power BI's TMDL view that creates the objects of a model, or replaces those of the same names."""
    lines = ["createOrReplace"]
    for one in objects:
        lines += ["", *_lines(one, 1)]
    return "\n".join(lines) + "\n"


def quoted(name: str) -> str:
    """A name, in single quotes unless letters, digits, hyphens and underscores are all that is in it.

    >>> quoted("waitSeconds"), quoted("Service level"), quoted("caller's")
    ('waitSeconds', "'Service level'", "'caller''s'")
    """
    if _PLAIN_NAME.fullmatch(name):
        return name
    # Names end with their line.
    return "'" + " ".join(name.split()).replace("'", "''") + "'"


def _lines(one: Object, depth: int) -> Iterator[str]:
    indent = "\t" * depth
    yield from (f"{indent}/// {line.strip()}" for line in one.description.splitlines())
    head = one.kind if one.name is None else f"{one.kind} {quoted(one.name)}"
    yield from _assigned(indent, head, one.default) if one.default is not None else (indent + head,)
    for name, value in one.properties:
        if value is True:
            yield f"{indent}\t{name}"
        elif value is not None and value is not False:
            yield f"{indent}\t{name}: {_written(value)}"
    for name, text in one.expressions:
        yield from _assigned(f"{indent}\t", name, text)
    for child in one.children:
        yield ""
        yield from _lines(child, depth + 1)


def _assigned(indent: str, head: str, text: str) -> Iterator[str]:
    """An expression, its lines further in than the properties of what it belongs to."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    if len(lines) == 1:
        yield f"{indent}{head} = {lines[0].strip()}"
        return
    yield f"{indent}{head} ="
    yield from (f"{indent}\t\t{line}" if line else "" for line in lines)


def _written(value: Value) -> str:
    if not isinstance(value, str):
        return str(value)
    text = " ".join(value.splitlines())
    if '"' in text or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
