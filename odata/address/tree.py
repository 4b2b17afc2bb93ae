"""What an address says, as frozen values with the place of everything in the path."""

from dataclasses import dataclass
from enum import StrEnum

from tabular.filter.tree import Literal, Node, Span


@dataclass(frozen=True, slots=True)
class Alias:
    """`@name`, whose value is a query option; `name` is without the @."""

    name: str
    span: Span


Value = Literal | Alias


@dataclass(frozen=True, slots=True)
class Parentheses:
    """What stands in parentheses behind a name, a key or a function's parameters: one value, named ones, or nothing."""

    value: Value | None
    named: tuple[tuple[str, Value], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Named:
    """A segment that can be a name: an entity set, a property, a function, or (without parentheses) a key's text."""

    name: str
    parentheses: tuple[Parentheses, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Cast:
    """A segment with a qualified name and no parentheses: a type that the ones before it are narrowed to."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Bare:
    """A segment that can be no name: the text of a key, or a place in a list."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Filtered:
    """`$filter(…)`; places in the condition are counted from its own beginning, without percent-encoding."""

    condition: Node
    span: Span


Segment = Named | Cast | Bare | Filtered


class Ending(StrEnum):
    """What is wanted of the resource, where it is not the resource itself."""

    COUNT = "$count"
    VALUE = "$value"
    REF = "$ref"
    EACH = "$each"


@dataclass(frozen=True, slots=True)
class ServiceDocument:
    """The root itself."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """`$metadata`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`$batch`."""


@dataclass(frozen=True, slots=True)
class EntityById:
    """`$entity?$id=…`, perhaps narrowed to a type."""

    cast: str | None = None


@dataclass(frozen=True, slots=True)
class All:
    """`$all`, perhaps narrowed to a type."""

    cast: str | None = None


@dataclass(frozen=True, slots=True)
class Crossjoin:
    """`$crossjoin(A,B)`; with `by_post` the query options are in the body."""

    sets: tuple[str, ...]
    by_post: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """Segments from an entity set on, the first of which is Named.

    `applied` is the action behind `$each`. With `by_post` the path ended with `/$query`: the query options are in the
    body.
    """

    segments: tuple[Segment, ...]
    ending: Ending | None = None
    applied: str | None = None
    by_post: bool = False


Address = ServiceDocument | Metadata | Batch | EntityById | All | Crossjoin | Resource
