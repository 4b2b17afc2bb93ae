"""What a path means, whichever front end read it: segments that take a list of nodes to the next one."""

from dataclasses import dataclass
from enum import StrEnum

Json = object
"""A value as a JSON decoder makes it: dict, list, str, int, float, bool or None."""


class Dialect(StrEnum):
    """How a path is spelt, and what its filters mean."""

    RFC9535 = "rfc9535"
    NG = "ng"
    PLUS = "plus"


# Selectors: what a segment takes of one node.


@dataclass(frozen=True, slots=True)
class Name:
    """A member of an object; `length` is also the length of a list or text where `script` is set, as in JavaScript."""

    name: str
    script: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """An element of a list; negative ones count from the end."""

    index: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Elements of a list; a step of 0 takes none."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Wild:
    """All members of an object, all elements of a list."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The members or elements that pass a test."""

    test: "Test"


Selector = Name | Index | Slice | Wild | Filter


# Segments: from a list of nodes to the next.


@dataclass(frozen=True, slots=True)
class Child:
    """What the selectors take of each node, one selector after the other."""

    selectors: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class Descend:
    """What the selectors take of each node and of all below it: a node before what is in it, in document order."""

    selectors: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class Up:
    """The node that holds each node; the document itself is held by none, or by itself where `stays`."""

    stays: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """The name or the index under which each node is held, as text."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of each object's members."""


@dataclass(frozen=True, slots=True)
class Count:
    """How long each list, object or text is; other nodes are left out."""


@dataclass(frozen=True, slots=True)
class Keep:
    """The nodes that pass a test themselves."""

    test: "Test"


Segment = Child | Descend | Up | Key | Keys | Count | Keep


@dataclass(frozen=True, slots=True)
class Path:
    """A path from a node; the document is that node where `absolute`."""

    segments: tuple[Segment, ...] = ()
    absolute: bool = True

    @property
    def singular(self) -> bool:
        """Whether it finds one node at most, whatever the document (RFC 9535, 2.3.5.1)."""
        return all(
            isinstance(segment, Child)
            and len(segment.selectors) == 1
            and isinstance(segment.selectors[0], Name | Index)
            for segment in self.segments
        )


# Tests of a filter, and the values that they compare.


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, true, false or null."""

    value: str | int | float | bool | None


class Place(StrEnum):
    """Under which name a node is held, or the node that holds it."""

    KEY = "@property"
    PARENT_KEY = "@parentProperty"


class Function(StrEnum):
    """The functions that give a value."""

    LENGTH = "length"
    COUNT = "count"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a value (LENGTH) or of the nodes of a path."""

    function: Function
    argument: "Operand"


Operand = Literal | Path | Call | Place
"""What gives one value or none: a path stands for the value of its only node."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison by `==`, `!=`, `<`, `<=`, `>` or `>=` (RFC 9535, 2.3.5.2.2)."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class CompareAny:
    """The same, true where it is for any node on the left with any on the right; an empty side equals an empty one."""

    left: Path
    operator: str
    right: Literal | Path


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether a path finds any node."""

    path: Path


@dataclass(frozen=True, slots=True)
class Truthy:
    """Whether a value is one that JavaScript takes for true."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Matches:
    """Whether a text is (`whole`) or holds what a pattern says."""

    text: Operand
    pattern: Operand
    whole: bool


@dataclass(frozen=True, slots=True)
class OfKind:
    """Whether the node is of a kind: number, integer, string, boolean, null, object, array or scalar."""

    kind: str


@dataclass(frozen=True, slots=True)
class Both:
    """Whether all tests pass."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Whether any test passes."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Never:
    """Whether a test fails."""

    test: "Test"


Test = Compare | CompareAny | Exists | Truthy | Matches | OfKind | Both | Either | Never
