"""`$apply` → transformations, one after the other (OData Extension for Data Aggregation 4.0)."""

from collections.abc import Callable

from odata.options.hierarchies import kin, recursive_rollup, traversed
from odata.options.reader import OptionReader, is_custom
from odata.options.transformations import (
    Aggregated,
    Computing,
    Concatenated,
    Custom,
    Cutting,
    Extreme,
    Filtering,
    Grouped,
    Identity,
    Joined,
    Nested,
    RecursiveRollup,
    Rollup,
    Searching,
    Sorting,
    Transformation,
)
from odata.options.values import whole
from tabular.errors import FilterWrong, nearest, shown
from tabular.filter.lexer import Word
from tabular.filter.tree import Path

Sequence = tuple[Transformation, ...]


def applied(reader: OptionReader) -> Sequence:
    """A sequence of transformations, with slashes between them. Raises FilterWrong."""
    reader.deeper()
    found = [_transformation(reader)]
    while reader.take("/"):
        found.append(_transformation(reader))
    reader.higher()
    return tuple(found)


def _transformation(reader: OptionReader) -> Transformation:
    token, start = reader.next, reader.begin
    if token.word is not Word.NAME:
        raise reader.unexpected("a transformation")
    name = token.text.lower()
    reader.counted()
    if "." in name:
        return _custom(reader)
    if name not in READINGS:
        near = nearest(token.text, READINGS)
        advice = f'Did you mean "{near}"?' if near else f"The transformations are {', '.join(READINGS)}."
        raise reader.wrong(f'there is no transformation "{shown(token.text)}"', advice)
    reader.advance()
    if name != "identity":
        reader.expect("(")
    return READINGS[name](reader, name, start)


def _custom(reader: OptionReader) -> Custom:
    start = reader.begin
    value = reader.root()
    call = is_custom(value)
    if call is None or call.arguments.values or call.arguments.pairs:
        problem = "a function of the service's own was expected"
        raise FilterWrong(start, problem, "Its arguments have names: Model.TopCalls(Count=1).")
    return Custom(call, value.span)


def _aggregated(reader: OptionReader, _: str, start: int) -> Aggregated:
    found = reader.measures()
    reader.expect(")")
    return Aggregated(found, reader.since(start))


def _grouped(reader: OptionReader, _: str, start: int) -> Grouped:
    reader.expect("(")
    by = [_group(reader)]
    while reader.take(","):
        by.append(_group(reader))
    reader.expect(")")
    then = applied(reader) if reader.take(",") else ()
    reader.expect(")")
    return Grouped(tuple(by), then, reader.since(start))


def _group(reader: OptionReader) -> Path | Rollup | RecursiveRollup:
    start, word = reader.begin, reader.next.text.lower()
    if not reader.is_at("(", ahead=1) or word not in ("rollup", "rolluprecursive"):
        return reader.property_path()
    reader.advance()
    reader.advance()
    if word == "rolluprecursive":
        return recursive_rollup(reader, start, applied)
    levels = reader.property_paths()
    reader.expect(")")
    if len(levels) > 1:
        return Rollup(levels, "", reader.since(start))
    return Rollup((), reader.hierarchy_of(levels[0]), reader.since(start))


def _filtering(reader: OptionReader, _: str, start: int) -> Filtering:
    condition = reader.root()
    reader.expect(")")
    return Filtering(condition, reader.since(start))


def _searching(reader: OptionReader, _: str, start: int) -> Searching:
    sought = reader.sought()
    reader.expect(")")
    return Searching(sought, reader.since(start))


def _computing(reader: OptionReader, _: str, start: int) -> Computing:
    found = reader.computed()
    reader.expect(")")
    return Computing(found, reader.since(start))


def _sorting(reader: OptionReader, _: str, start: int) -> Sorting:
    found = reader.orderings()
    reader.expect(")")
    return Sorting(found, reader.since(start))


def _cutting(reader: OptionReader, name: str, start: int) -> Cutting:
    count = whole(reader.next.text, reader.begin)
    reader.advance()
    reader.expect(")")
    return Cutting(name, count, reader.since(start))


def _extreme(reader: OptionReader, name: str, start: int) -> Extreme:
    amount = reader.root()
    reader.expect(",")
    of = reader.root()
    reader.expect(")")
    return Extreme(name, amount, of, reader.since(start))


def _concatenated(reader: OptionReader, _: str, start: int) -> Concatenated:
    branches = [applied(reader)]
    reader.expect(",")
    branches.append(applied(reader))
    while reader.take(","):
        branches.append(applied(reader))
    reader.expect(")")
    return Concatenated(tuple(branches), reader.since(start))


def _joined(reader: OptionReader, name: str, start: int) -> Joined:
    path = reader.related()
    alias = reader.renamed()
    then = applied(reader) if reader.take(",") else ()
    reader.expect(")")
    return Joined(path, alias, then, name == "outerjoin", reader.since(start))


def _nested(reader: OptionReader, name: str, start: int) -> Nested:
    path = None
    if name == "addnested":
        path = reader.related()
        reader.expect(",")
    branches: list[tuple[Sequence, str]] = []
    while not branches or reader.take(","):
        branches.append((applied(reader), reader.renamed()))
    reader.expect(")")
    return Nested(path, tuple(branches), reader.since(start))


def _kin(reader: OptionReader, name: str, start: int) -> Transformation:
    return kin(reader, name, start, applied)


def _traversed(reader: OptionReader, _: str, start: int) -> Transformation:
    return traversed(reader, start, applied)


def _identity(reader: OptionReader, _: str, start: int) -> Identity:
    return Identity(reader.since(start))


READINGS: dict[str, Callable[[OptionReader, str, int], Transformation]] = {
    "aggregate": _aggregated,
    "groupby": _grouped,
    "filter": _filtering,
    "search": _searching,
    "compute": _computing,
    "orderby": _sorting,
    "top": _cutting,
    "skip": _cutting,
    "identity": _identity,
    "concat": _concatenated,
    "join": _joined,
    "outerjoin": _joined,
    "nest": _nested,
    "addnested": _nested,
    "ancestors": _kin,
    "descendants": _kin,
    "traverse": _traversed,
    **dict.fromkeys(("topcount", "topsum", "toppercent", "bottomcount", "bottomsum", "bottompercent"), _extreme),
}
"""What reads each transformation from behind its parenthesis on."""
