"""Formulas are read as Python expressions of a few kinds; everything else in them is refused."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.choices import both, conditional, either, matches_any
from connectors.files.expression import Expression, Wrong, any_true, as_type, computed, constant, raw, spoiled
from connectors.files.functions import FUNCTIONS
from connectors.files.functions.call import Call
from tabular.errors import nearest, shown
from tabular.table import Type

_COMPARISONS: dict[type[ast.cmpop], Callable[[pa.Array, pa.Array], pa.Array]] = {
    ast.Eq: pc.equal,
    ast.NotEq: pc.not_equal,
    ast.Lt: pc.less,
    ast.LtE: pc.less_equal,
    ast.Gt: pc.greater,
    ast.GtE: pc.greater_equal,
}
_ONE_LINE = str.maketrans("\r\n\t", "   ")
_SECOND = pa.scalar(1_000_000, pa.int64())
_FAR = 10_000 * 366 * 86_400
"""Seconds beyond which nothing is a shift of a time."""


@dataclass(frozen=True)
class Scope:
    """What a formula may refer to: the names above it, the zone of local times, and whose formula it is."""

    owner: str
    zone: str | None = None
    names: Mapping[str, Expression] | None = None


def read_expression(text: str, scope: Scope) -> Expression:
    """The expression that `text` spells. Raises Wrong, with the position where there is one.

    >>> read_expression("integer(vru_time) + 1", Scope("waitDuration")).type
    <Type.INTEGER: 'integer'>
    """
    # A formula may go over several lines; its positions stay those of the text.
    line = text.translate(_ONE_LINE)
    if not line.strip():
        raise Wrong("the formula is empty", "A text that is the same for every line is written \"'CALL'\".")
    begins, formula = len(line) - len(line.lstrip()), line.strip()
    try:
        return _Reader(scope).read(ast.parse(formula, mode="eval").body)
    except SyntaxError as error:
        reason = (error.msg or "this is no formula").split(". ")[0]
        wrong = _syntax_wrong(reason, formula, error.offset or 1)
    except Wrong as error:
        wrong = error
        if wrong.at is not None:
            # Python counts the bytes before a node, a person the characters.
            wrong.at = len(formula.encode()[: wrong.at - 1].decode()) + 1
    except (RecursionError, MemoryError, ValueError, TypeError, OverflowError):
        # ValueError and TypeError are also what Arrow raises for a constant that it cannot hold.
        wrong = Wrong("this is no formula, or one too deeply nested, or with too large a number")
    if wrong.at is not None:
        wrong.at += begins
    raise wrong


def _syntax_wrong(reason: str, formula: str, at: int) -> Wrong:
    if formula[at - 1 : at] == "=" or "assign" in reason:
        return Wrong("a formula cannot assign", "Compare with ==, as in outcome == 'PHANTOM'.", at)
    advice = "A column whose name is no plain word is written col('vru+line'), a text in quotes 'like this'."
    return Wrong(f"{reason[:1].lower()}{reason[1:]} in {shown(formula)!r}", advice, at)


class _Reader:
    """Reads the nodes of one formula."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def read(self, node: ast.expr) -> Expression:
        try:
            return self._read(node)
        except Wrong as wrong:
            if wrong.at is None:
                wrong.at = node.col_offset + 1
            raise

    def _read(self, node: ast.expr) -> Expression:
        match node:
            case ast.Name():
                return (self._scope.names or {}).get(node.id) or raw(node.id)
            case ast.Constant(value=str() | int() | float() | None as value):
                return self._constant(value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as size)):
                return self._constant(-size)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                condition = self._condition(operand)
                return computed(Type.BOOLEAN, f"not({condition.key})", pc.invert, [condition])
            case ast.BoolOp(op=op, values=values):
                join = both if isinstance(op, ast.And) else either
                result = self._condition(values[0])
                for other in values[1:]:
                    result = join(result, self._condition(other))
                return result
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp():
                condition = self._condition(node.test)
                return conditional(condition, *self._alike(node.body, node.orelse))
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._sum(node)
            case ast.Call():
                return self._call(node)
        raise Wrong(
            f"a formula cannot hold {ast.unparse(node)!r}",
            "It is made of columns, constants, functions, comparisons, and, or, not, if-else, + and -.",
        )

    def _constant(self, value: str | float | None) -> Expression:
        if isinstance(value, int | float) and not abs(value) < 2**63:
            raise Wrong(f"{value} is too large a number")
        return constant(value)

    def _condition(self, node: ast.expr) -> Expression:
        expression = self.read(node)
        found = as_type(expression, Type.BOOLEAN)
        if found is None:
            raise Wrong(f"{ast.unparse(node)} is {_a(expression)}, not a condition", None, node.col_offset + 1)
        return found

    def _alike(self, *nodes: ast.expr) -> tuple[Expression, ...]:
        """Expressions of one type: that of the first that is not None, a number if one of them is no integer."""
        found = [self.read(node) for node in nodes]
        kinds = {expression.type for expression in found} - {None}
        if not kinds:
            return tuple(found)
        kind = Type.NUMBER if kinds == {Type.INTEGER, Type.NUMBER} else next(e.type for e in found if e.type)
        alike = [as_type(expression, kind) for expression in found]
        for node, expression, same in zip(nodes, found, alike, strict=True):
            if same is None:
                reason = f"{ast.unparse(node)} is {_a(expression)}, {ast.unparse(nodes[0])} is {_a(found[0])}"
                raise Wrong(reason, _conversion(found), node.col_offset + 1)
        return tuple(expression for expression in alike if expression is not None)

    def _compare(self, node: ast.Compare) -> Expression:
        nodes = [node.left, *node.comparators]
        steps = [self._comparison(*step) for step in zip(nodes, node.ops, nodes[1:], strict=False)]
        result = steps[0]
        for step in steps[1:]:
            result = both(result, step)
        return result

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Expression:
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List):
            first, *others = self._alike(left, *right.elts)
            found = matches_any(first, others, self._constants(right))
            return found if isinstance(op, ast.In) else computed(found.type, f"not({found.key})", pc.invert, [found])
        if isinstance(op, ast.Is | ast.IsNot) and isinstance(right, ast.Constant) and right.value is None:
            test = pc.is_null if isinstance(op, ast.Is) else pc.is_valid
            of = self.read(left)
            return computed(Type.BOOLEAN, f"{test.__name__}({of.key})", test, [of])
        if type(op) not in _COMPARISONS:
            raise Wrong(
                f"{ast.unparse(ast.Compare(left, [op], [right]))} is no comparison", "Write == or in ('A', 'B')."
            )
        if any(isinstance(side, ast.Constant) and side.value is None for side in (left, right)):
            raise Wrong("nothing equals None", f"Write {ast.unparse(left)} is None.", left.col_offset + 1)
        one, other = self._alike(left, right)
        key = f"({one.key} {type(op).__name__} {other.key})"
        return computed(Type.BOOLEAN, key, _COMPARISONS[type(op)], [one, other])

    def _constants(self, node: ast.Tuple | ast.List) -> list[object]:
        try:
            values = list(ast.literal_eval(node))
        except ValueError:
            values = []
        if not values or None in values:
            raise Wrong("in needs constants, as in outcome in ('HANG', 'PHANTOM')", None, node.col_offset + 1)
        return values

    def _sum(self, node: ast.BinOp) -> Expression:
        left, right = self.read(node.left), self.read(node.right)
        adding = isinstance(node.op, ast.Add)
        key = f"({left.key} {'+' if adding else '-'} {right.key})"
        match left.type, right.type:
            case Type.TEXT, Type.TEXT if adding:
                return computed(Type.TEXT, key, lambda a, b: pc.binary_join_element_wise(a, b, ""), [left, right])
            case Type.TIME, Type.TIME if not adding:
                return computed(Type.INTEGER, key, pc.seconds_between, [right, left])
            case Type.TIME, Type.INTEGER:
                return computed(Type.TIME, key, _shift(pc.add if adding else pc.subtract), [left, right])
            case ((Type.INTEGER | Type.NUMBER), (Type.INTEGER | Type.NUMBER)):
                kind = Type.INTEGER if left.type is right.type is Type.INTEGER else Type.NUMBER
                return computed(kind, key, pc.add if adding else pc.subtract, [left, right])
        reason = f"{'+' if adding else '-'} does not join {_a(left)} and {_a(right)}"
        raise Wrong(
            reason, _conversion([left, right]) or "It joins numbers, a time and its seconds, and + joins texts."
        )

    def _call(self, node: ast.Call) -> Expression:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise Wrong(f"{ast.unparse(node)!r} is no call of a function", "Arguments are given by position alone.")
        name = node.func.id
        function = FUNCTIONS.get(name)
        if function is None:
            near = nearest(name, FUNCTIONS)
            advice = f'Did you mean "{near}"?' if near else f"The functions are {', '.join(FUNCTIONS)}."
            raise Wrong(f'there is no function "{name}"', advice)
        label = f"{self._scope.owner}: {ast.unparse(node)}"
        call = Call(function, tuple(node.args), self.read, label, self._scope.zone)
        call.count()
        found = function.build(call)
        # A repair is counted under its label, so what one field repairs is not what another repairs.
        return replace(found, key=f"{self._scope.owner}: {found.key}") if found.repairs else found


def _shift(by: Callable[[pa.Array, pa.Array], pa.Array]) -> Callable[[pa.Array, pa.Array], object]:
    def shift(times: pa.Array, seconds: pa.Array) -> object:
        far = pc.fill_null(pc.greater(pc.abs(seconds), _FAR), False)
        near = pc.if_else(far, pa.scalar(None, pa.int64()), seconds) if any_true(far) else seconds
        shifted = by(times, pc.multiply(near, _SECOND).cast(pa.duration("us")))
        return spoiled(shifted, far, seconds, "is too many seconds")

    return shift


def _a(expression: Expression) -> str:
    kind = expression.type
    return "None" if kind is None else f"an {kind}" if kind is Type.INTEGER else f"a {kind}"


def _conversion(found: list[Expression]) -> str | None:
    kinds = {expression.type for expression in found}
    if Type.TEXT in kinds and kinds & {Type.INTEGER, Type.NUMBER}:
        return "A raw column is a text: read it with integer(…) or number(…), or make a number a text with text(…)."
    if Type.TEXT in kinds and Type.TIME in kinds:
        return "A raw column is a text: read it with time(…)."
    return None
