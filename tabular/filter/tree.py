"""What a filter says, before any name in it is looked up: a tree with the place of everything in the text."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the text, from `start` up to but without `end`."""

    start: int
    end: int


class Spelling(StrEnum):
    """How a literal is spelled, which says what it is."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    TIME_OF_DAY = "time of day"
    DURATION = "duration"
    GUID = "guid"
    ENUM = "enum"
    BINARY = "binary"
    GEO = "geo"


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal; `text` is what it says without quotes and prefix. `prefix` is an enum's qualified name."""

    spelling: Spelling
    text: str
    span: Span
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Array:
    """`(1,2)` to the right of `in` (`is_list`), or a JSON array, whose items may be any expressions."""

    items: tuple["Node", ...]
    span: Span
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object of expressions."""

    members: tuple[tuple[str, "Node"], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or` of two or more operands: a chain of them is one node, however long."""

    operator: str
    operands: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator (in lower case) between two operands; `at` is where it stands."""

    operator: str
    left: "Node"
    right: "Node"
    at: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` or `-`."""

    operator: str
    operand: "Node"
    span: Span


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands in the parentheses of a call: by position, by name (`color='red'`), in pairs (`x gt 0:1`)."""

    values: tuple["Node", ...] = ()
    named: tuple[tuple[str, "Node"], ...] = ()
    pairs: tuple[tuple["Node", "Node"], ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A segment that is a name, perhaps qualified by dots; `$it`, `@alias`, `@Core.Messages` are too."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A segment that is a name with arguments: a function, or a key predicate after a name."""

    name: str
    arguments: Arguments
    span: Span


@dataclass(frozen=True, slots=True)
class Key:
    """A key predicate of its own, after another segment with parentheses."""

    arguments: Arguments
    span: Span


@dataclass(frozen=True, slots=True)
class Count:
    """`$count`, perhaps of the elements that meet a condition."""

    condition: "Node | None"
    span: Span


@dataclass(frozen=True, slots=True)
class Filtered:
    """`$filter(…)`: the elements that meet a condition."""

    condition: "Node"
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any(x:…)`, `any()` or `all(x:…)`."""

    is_all: bool
    variable: str
    condition: "Node | None"
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """`from …`: first for each of these, then all of those by a method, which a custom aggregate may lack."""

    by: tuple["Path", ...]
    method: str
    span: Span


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What `aggregate` makes of many: `Amount with sum`. A count and a custom aggregate have no method (empty)."""

    value: "Node"
    method: str
    steps: tuple[Step, ...]
    span: Span


Segment = Name | Call | Key | Count | Filtered | Quantified | Aggregate


@dataclass(frozen=True, slots=True)
class Path:
    """Segments between slashes; one Call alone is a function of OData's."""

    segments: tuple[Segment, ...]
    span: Span


Node = Literal | Array | Object | Logic | Binary | Unary | Path


@dataclass(frozen=True, slots=True)
class Ordering:
    """An expression to sort by."""

    expression: Node
    descending: bool
    span: Span


def children(node: Node) -> Iterator[Node]:
    """The nodes right below a node."""
    match node:
        case Array(items):
            yield from items
        case Object(members):
            yield from (value for _, value in members)
        case Logic(_, operands):
            yield from operands
        case Binary(_, left, right):
            yield from (left, right)
        case Unary(_, operand):
            yield operand
        case Path(segments):
            for segment in segments:
                yield from _below(segment)
        case Literal():
            pass


def _below(segment: Segment) -> Iterator[Node]:
    match segment:
        case Call(arguments=arguments) | Key(arguments=arguments):
            yield from arguments.values
            yield from (value for _, value in arguments.named)
            for pair in arguments.pairs:
                yield from pair
        case Filtered(condition) | Aggregate(condition):
            yield condition
        case Count(condition) | Quantified(condition=condition) if condition is not None:
            yield condition
        case _:
            pass


def height(root: Node) -> int:
    """How many nodes stand one below the other; walks without recursion, so that no tree is too high for it."""
    highest, todo = 0, [(root, 1)]
    while todo:
        node, level = todo.pop()
        highest = max(highest, level)
        todo.extend((child, level + 1) for child in children(node))
    return highest
