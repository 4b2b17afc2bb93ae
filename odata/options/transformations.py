"""What `$apply` does with rows, one after the other, and `$compute`: trees that know no names."""

from dataclasses import dataclass

from odata.options.sought import Sought
from tabular.filter.tree import Aggregate, Call, Node, Ordering, Path, Span


@dataclass(frozen=True, slots=True)
class Computed:
    """`expression as name`."""

    expression: Node
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """An item of `aggregate(…)`; only a custom aggregate without `from` may go without a name (empty)."""

    aggregate: Aggregate
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Rollup:
    """`rollup(…)`: groups and their totals, by two or more properties, or by a hierarchy that has this name."""

    levels: tuple[Path, ...]
    hierarchy: str
    span: Span


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The nodes of a recursive hierarchy, its name, and the property that leads to a node."""

    nodes: Path
    qualifier: str
    node: Path
    span: Span


@dataclass(frozen=True, slots=True)
class RecursiveRollup:
    """`rolluprecursive(…)`: a total for each node that `among` leaves."""

    hierarchy: Hierarchy
    among: "tuple[Transformation, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Aggregated:
    """`aggregate(…)`: one row of all."""

    measures: tuple[Measure, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Grouped:
    """`groupby((…),…)`: what follows is done to each group; nothing follows where only groups are asked for."""

    by: tuple[Path | Rollup | RecursiveRollup, ...]
    then: "tuple[Transformation, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Filtering:
    """`filter(…)`."""

    condition: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Searching:
    """`search(…)`."""

    sought: Sought
    span: Span


@dataclass(frozen=True, slots=True)
class Computing:
    """`compute(…)`."""

    computed: tuple[Computed, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sorting:
    """`orderby(…)`."""

    orders: tuple[Ordering, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Cutting:
    """`top(…)` or `skip(…)`."""

    name: str
    count: int
    span: Span


@dataclass(frozen=True, slots=True)
class Extreme:
    """`topcount(amount,of)`, and `sum` and `percent` of these, and the same from the `bottom`."""

    name: str
    amount: Node
    of: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Identity:
    """`identity`: the rows as they are."""

    span: Span


@dataclass(frozen=True, slots=True)
class Concatenated:
    """`concat(…,…)`: the rows of several sequences, one after the other."""

    branches: "tuple[tuple[Transformation, ...], ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Joined:
    """`join(path as name,…)`: each row with each of its related ones; `is_outer` keeps rows that have none."""

    path: Path
    name: str
    then: "tuple[Transformation, ...]"
    is_outer: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Nested:
    """`nest(… as name)`, or `addnested(path,… as name)` of what is related."""

    path: Path | None
    branches: "tuple[tuple[tuple[Transformation, ...], str], ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Kin:
    """`ancestors(…)` or `descendants(…)` of the nodes that `of` leaves, up to `distance` away."""

    name: str
    hierarchy: Hierarchy
    of: "tuple[Transformation, ...]"
    distance: int | None
    keeps_start: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Traversed:
    """`traverse(…)`: the rows in the order of a hierarchy."""

    hierarchy: Hierarchy
    parents_first: bool
    of: "tuple[Transformation, ...]"
    orders: tuple[Ordering, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Custom:
    """A function of the service's own, with a dotted name."""

    call: Call
    span: Span


Transformation = (
    Aggregated
    | Grouped
    | Filtering
    | Searching
    | Computing
    | Sorting
    | Cutting
    | Extreme
    | Identity
    | Concatenated
    | Joined
    | Nested
    | Kin
    | Traversed
    | Custom
)
