"""The transformations of `$apply` that follow recursive hierarchies (OData Extension for Data Aggregation 4.0, 6)."""

from collections.abc import Callable

from odata.options.reader import OptionReader
from odata.options.transformations import Hierarchy, Kin, RecursiveRollup, Transformation, Traversed
from odata.options.values import whole
from tabular.errors import FilterWrong
from tabular.filter.lexer import Word
from tabular.filter.tree import Name, Path

_EXTREMES = tuple(f"{end}{measure}" for end in ("top", "bottom") for measure in ("count", "sum", "percent"))
_PRESERVING = ("filter", "identity", "orderby", "search", "skip", "top", "ancestors", "descendants", "traverse")
_KEEPS_ROWS = (*_PRESERVING, *_EXTREMES)

Sequence = tuple[Transformation, ...]
Applied = Callable[[OptionReader], Sequence]
"""What reads a sequence of transformations."""


def recursive_rollup(reader: OptionReader, start: int, applied: Applied) -> RecursiveRollup:
    """`rolluprecursive(…)`, from behind its parenthesis on. Raises FilterWrong."""
    hierarchy = _hierarchy(reader)
    among = applied(reader) if reader.take(",") else ()
    reader.expect(")")
    return RecursiveRollup(hierarchy, among, reader.since(start))


def kin(reader: OptionReader, name: str, start: int, applied: Applied) -> Kin:
    """`ancestors(…)` or `descendants(…)`, from behind its parenthesis on. Raises FilterWrong."""
    hierarchy = _hierarchy(reader)
    reader.expect(",")
    of = applied(reader)
    distance, keeps_start = None, False
    is_more = reader.take(",")
    if is_more and reader.next.word is Word.NUMBER:
        distance = whole(reader.next.text, reader.begin)
        reader.advance()
        is_more = reader.take(",")
    if is_more:
        if not (reader.takes("keep") and reader.takes("start")):
            raise reader.unexpected('a distance or "keep start"')
        keeps_start = True
    reader.expect(")")
    return Kin(name, hierarchy, of, distance, keeps_start, reader.since(start))


def traversed(reader: OptionReader, start: int, applied: Applied) -> Traversed:
    """`traverse(…)`, from behind its parenthesis on. Raises FilterWrong."""
    hierarchy = _hierarchy(reader)
    reader.expect(",")
    parents_first = reader.takes("preorder")
    if not parents_first and not reader.takes("postorder"):
        raise reader.unexpected("preorder or postorder")
    is_more = reader.take(",")
    of: Sequence = ()
    if is_more and _transforms(reader):
        of = applied(reader)
        is_more = reader.take(",")
    orders = reader.orderings() if is_more else ()
    reader.expect(")")
    return Traversed(hierarchy, parents_first, of, orders, reader.since(start))


def _transforms(reader: OptionReader) -> bool:
    """Whether transformations follow, not what is sorted by."""
    word = reader.next.text.lower()
    return word in _KEEPS_ROWS and (word == "identity" or reader.is_at("(", ahead=1))


def _hierarchy(reader: OptionReader) -> Hierarchy:
    start = reader.begin
    nodes = reader.root()
    first = nodes.segments[0] if isinstance(nodes, Path) else None
    if not isinstance(nodes, Path) or not isinstance(first, Name) or first.text.lower() != "$root":
        raise FilterWrong(start, "the nodes of a hierarchy begin with $root", "It looks like this: $root/Queues.")
    reader.expect(",")
    qualifier = reader.name("the name of a hierarchy").text
    reader.expect(",")
    return Hierarchy(nodes, qualifier, reader.property_path(), reader.since(start))
