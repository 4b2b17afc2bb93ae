"""The steps of a pipeline: what each makes of the rows before it."""

from dataclasses import dataclass
from enum import StrEnum

from tabular.filter.bound import Bound
from tabular.grouping import Grouping
from tabular.table import Column


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows for which a condition is true."""

    condition: Bound


@dataclass(frozen=True, slots=True)
class Computed:
    """Each row with one more column, which is a plain field of what comes out."""

    column: Column
    value: Bound


@dataclass(frozen=True, slots=True)
class Settled:
    """The same rows, each column (the first of a pair) as a plain field (the second); masks lie behind it, and lists
    are gone."""

    columns: tuple[tuple[Column, Column], ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Groups and measures of the rows; `columns` stand for those of the grouping, in the same order."""

    grouping: Grouping
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A value to sort by. Null comes before all values, so last where descending (OData 4.01 part 1, 11.2.6.2)."""

    value: Bound
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """The rows in another order; rows that it holds for equal stay as they were."""

    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Limited:
    """The rows behind the first `skip`, `top` of them at most; of each group of rows with equal `within`."""

    skip: int = 0
    top: int | None = None
    within: tuple[Column, ...] = ()


class Reach(StrEnum):
    """What the amount of an Extreme is reached by: a number of rows, the sum of their values, its share of all."""

    COUNT = "count"
    SUM = "sum"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Extreme:
    """The first rows by an order, as few as reach an amount, and still in the order before; of each group of rows
    with equal `within`. Where values are summed, null adds nothing."""

    reach: Reach
    amount: float
    order: Order
    within: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Concatenated:
    """What several sequences of steps make of the rows, one sequence behind the other.

    `sources` are, for each branch, what stands in each of the `columns`: one of its own, or None for null.
    """

    branches: tuple[tuple["Step", ...], ...]
    sources: tuple[tuple[Column | None, ...], ...]
    columns: tuple[Column, ...]


Step = Kept | Computed | Settled | Grouped | Ordered | Limited | Extreme | Concatenated
