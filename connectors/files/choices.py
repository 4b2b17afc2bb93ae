"""Expressions that use one of their parts, line by line: what is not used can neither refuse a line nor count."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.expression import Block, Cells, Expression, arrow_of, computed, gathered, only, reads
from tabular.table import Type

_NO = pa.scalar(False, pa.bool_())


def conditional(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    """`then if condition else otherwise`; a condition that is null is not met."""

    def compute(block: Block) -> Cells:
        test = block.cells(condition)
        met = pc.fill_null(test.values, _NO)
        one, other = block.cells(then), block.cells(otherwise)
        values = pc.if_else(met, one.values, other.values)
        return gathered([test, only(one, met), only(other, pc.invert(met))], values)

    key = f"({then.key} if {condition.key} else {otherwise.key})"
    produces = then.produces | otherwise.produces
    return Expression(then.type, key, compute, *reads([condition, then, otherwise]), produces)


def both(left: Expression, right: Expression) -> Expression:
    """`left and right`; where the left is false the right is not looked at."""
    return _logical(f"({left.key} and {right.key})", pc.and_kleene, left, right, settles=False)


def either(left: Expression, right: Expression) -> Expression:
    """`left or right`; where the left is true the right is not looked at."""
    return _logical(f"({left.key} or {right.key})", pc.or_kleene, left, right, settles=True)


def _logical(
    key: str, join: Callable[[pa.Array, pa.Array], pa.Array], left: Expression, right: Expression, *, settles: bool
) -> Expression:
    def compute(block: Block) -> Cells:
        one, other = block.cells(left), block.cells(right)
        settled = pc.fill_null(pc.equal(one.values, settles), _NO)
        return gathered([one, only(other, pc.invert(settled))], join(one.values, other.values))

    return Expression(Type.BOOLEAN, key, compute, *reads([left, right]))


def first_of(arguments: Sequence[Expression]) -> Expression:
    """The first argument that is not null; a fault counts where the arguments before it are null."""

    def compute(block: Block) -> Cells:
        parts = [block.cells(argument) for argument in arguments]
        values = pc.coalesce(*(part.values for part in parts))
        open_ = pa.repeat(pa.scalar(value=True), block.rows)
        used = []
        for part in parts:
            used.append(only(part, open_))
            open_ = pc.and_(open_, pc.is_null(part.values))
            if part.faults is not None:
                open_ = pc.and_(open_, pc.is_null(part.faults))
        return gathered(used, values)

    key = f"coalesce({', '.join(argument.key for argument in arguments)})"
    produces = frozenset[str]().union(*(argument.produces for argument in arguments))
    return Expression(arguments[0].type, key, compute, *reads(arguments), produces)


def matches_any(of: Expression, alike: Sequence[Expression], constants: Sequence[object]) -> Expression:
    """Whether a value is one of some constants, which are also given as expressions of its type; null is not."""
    assert of.type is not None
    known = pa.array(constants, arrow_of(of.type))
    key = f"({of.key} in {', '.join(expression.key for expression in alike)})"
    return computed(Type.BOOLEAN, key, lambda values: pc.is_in(values, value_set=known), [of])
