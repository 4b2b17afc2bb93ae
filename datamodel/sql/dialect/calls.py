"""Calls: functions, aggregates and windows as a statement calls them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from sqlglot import exp

from datamodel.sql.dialect import numbers, times
from datamodel.sql.dialect.aggregates import AGGREGATES, DISTINCT_ONES, WINDOWS, joined, windowed
from datamodel.sql.dialect.comparing import group_key, sort_key
from datamodel.sql.dialect.functions import FUNCTIONS, Call
from datamodel.sql.dialect.lexing import is_text
from datamodel.sql.dialect.literals import number_literal, spelt
from datamodel.sql.dialect.scopes import Scope, Writing
from datamodel.sql.dialect.values import Value
from tabular.errors import StatementRefused, StatementUnreadable, StatementUnsupported

_WRITING = frozenset({"LOAD_FILE", "SLEEP", "BENCHMARK", "GET_LOCK", "RELEASE_LOCK", "MASTER_POS_WAIT", "SYS_EXEC"})


class Calls(ABC):
    """The calls of one statement; what their arguments become is said by `value`."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    @abstractmethod
    def value(self, node: exp.Expression, scope: Scope) -> Value:
        """What an expression becomes."""

    def call(self, node: exp.Anonymous, scope: Scope) -> Value:
        name = str(node.this).upper() if isinstance(node.this, str) else str(node.this.name).upper()
        if is_text(name) or "`" in name:
            raise StatementUnsupported("a function whose name is quoted", advice="Write its name without quotes.")
        if name in _WRITING:
            raise StatementRefused(f"{name}, which reads files or keeps the server waiting")
        if name in AGGREGATES:
            return self._aggregate(name, node, scope, "")
        if name in WINDOWS:
            raise StatementUnsupported(f"{name} without OVER", advice=f"Write {name}() OVER (ORDER BY …).")
        nodes = node.expressions
        if name in ("DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE"):
            return self._date_add(name, nodes, scope)
        if name in ("TIMESTAMPDIFF", "TIMESTAMPADD") and len(nodes) == 3:
            unit = times.unit_of(str(nodes[0].name))
            one, other = self.value(nodes[1], scope), self.value(nodes[2], scope)
            if name == "TIMESTAMPDIFF":
                return times.difference(unit, one, other)
            return times.shifted(other, one, unit, "+")
        return self.called(name, nodes, scope)

    def called(self, name: str, nodes: Sequence[exp.Expression], scope: Scope) -> Value:
        function = FUNCTIONS.get(name)
        if function is None or function.answer is None:
            raise StatementUnsupported(name, known=FUNCTIONS)
        most = function.most
        if len(nodes) < function.least or (most is not None and len(nodes) > most):
            many = function.least if most == function.least else f"{function.least} to {most or 'many'}"
            raise StatementUnreadable(f"{name} takes {many} arguments and is given {len(nodes)}")
        args = [self.value(one, scope) for one in nodes]
        return function.answer(Call(name, args, nodes, self._writing))

    def _date_add(self, name: str, nodes: Sequence[exp.Expression], scope: Scope) -> Value:
        sign = "-" if "SUB" in name else "+"
        if len(nodes) != 2:
            raise StatementUnreadable(f"{name} takes a date and an interval")
        value = self.value(nodes[0], scope)
        if isinstance(nodes[1], exp.Interval):
            return self.shifted(value, nodes[1], sign, scope)
        if name in ("DATE_ADD", "DATE_SUB"):
            raise StatementUnreadable(f"{name} takes an interval, such as INTERVAL 1 DAY")
        return times.shifted(value, self.value(nodes[1], scope), "DAY", sign)

    # Aggregates and windows

    def _aggregate(self, name: str, node: exp.Anonymous, scope: Scope, over: str) -> Value:
        if not over:
            _check_aggregate(name, scope)
        inside = scope if over else scope.of_rows
        nodes, distinct = node.expressions, False
        if len(nodes) == 1 and isinstance(nodes[0], exp.Distinct):
            nodes, distinct = nodes[0].expressions, True
            if name not in DISTINCT_ONES or over:
                raise StatementUnsupported(f"{name}(DISTINCT …){' OVER' if over else ''}", advice="Leave DISTINCT out.")
        if name == "COUNT" and len(nodes) == 1 and isinstance(nodes[0], exp.Star):
            return AGGREGATES[name]((), False, over)
        if not nodes or (len(nodes) > 1 and not (name == "COUNT" and distinct)):
            raise StatementUnreadable(f"{name} takes one argument")
        args = [self.value(one, inside) for one in nodes]
        return AGGREGATES[name](args, distinct, over)

    def joined(self, node: exp.GroupConcat, scope: Scope) -> Value:
        _check_aggregate("GROUP_CONCAT", scope)
        inside, this = scope.of_rows, node.this
        order: list[tuple[Value, bool]] = []
        if isinstance(this, exp.Order):
            order = [(self.value(one.this, inside), bool(one.args.get("desc"))) for one in this.expressions]
            this = this.this
        distinct = isinstance(this, exp.Distinct)
        nodes = this.expressions if isinstance(this, exp.Distinct | exp.Concat) else [this]
        if distinct and len(nodes) == 1 and isinstance(nodes[0], exp.Concat):
            nodes = nodes[0].expressions
        separator = node.args.get("separator")
        said = "," if separator is None else self._writing.constant(separator, "a separator")
        return joined([self.value(one, inside) for one in nodes], self._writing.bound(said), order, distinct)

    def window(self, node: exp.Window, scope: Scope) -> Value:
        if scope.place:
            raise StatementUnsupported(f"a window function in {scope.place}", advice="Put it into a sub-query.")
        over, function = self._over(node, scope), node.this
        name = str(function.this).upper() if isinstance(function, exp.Anonymous) else spelt(function)
        if not isinstance(function, exp.Anonymous) or (name not in AGGREGATES and name not in WINDOWS):
            raise StatementUnsupported(f"{name} OVER", known=[*WINDOWS, *AGGREGATES])
        if name in AGGREGATES:
            return self._aggregate(name, function, scope, over)
        values, constants = WINDOWS[name]
        nodes = function.expressions
        optional = 1 if name in ("LAG", "LEAD") else 0
        if not values + constants - optional <= len(nodes) <= values + constants:
            raise StatementUnsupported(f"{name} with {len(nodes)} arguments", advice="Leave the last one out.")
        args = [self.value(one, scope) for one in nodes[:values]]
        given = [self._writing.constant(one, f"the number of {name}") for one in nodes[values:]]
        if not all(one.isdigit() and len(one) < 10 for one in given):
            raise StatementUnsupported(f"this number of {name}", advice="Write a whole number.")
        return windowed(name, args, [int(one) for one in given], over)

    def _over(self, node: exp.Expression, scope: Scope) -> str:
        named = node.args.get("alias")
        if named is not None:
            known = scope.windows.get(self._writing.name(named).lower())
            if known is None:
                raise StatementUnreadable(f"there is no WINDOW {self._writing.name(named)}")
            return self._over(known, scope)
        if node.args.get("first") is not None:
            raise StatementUnsupported("a window that goes on with another", advice="Write it out.")
        parts = []
        if node.args.get("partition_by"):
            keys = (group_key(self.value(one, scope)) for one in node.args["partition_by"])
            parts.append(f"PARTITION BY {', '.join(keys)}")
        if node.args.get("order") is not None:
            parts.append(f"ORDER BY {', '.join(self.ordered(one, scope) for one in node.args['order'].expressions)}")
        if node.args.get("spec") is not None:
            parts.append(_frame(node.args["spec"]))
        return f" OVER ({' '.join(parts)})"

    def ordered(self, node: exp.Expression, scope: Scope) -> str:
        """A key of ORDER BY: nulls are the least."""
        key, down = (node.this, bool(node.args.get("desc"))) if isinstance(node, exp.Ordered) else (node, False)
        return directed(sort_key(self.value(key, scope)), down)

    def shifted(self, value: Value, interval: exp.Expression, sign: str, scope: Scope) -> Value:
        unit = interval.args.get("unit")
        if unit is None or isinstance(unit, exp.IntervalSpan):
            raise StatementUnsupported("an interval of two units", advice="Add one after the other.")
        many = interval.this
        if isinstance(many, exp.Literal) and not is_text(str(many.this)):
            # The parser takes numbers of intervals for texts.
            count = number_literal(str(many.this).lstrip("-"))
            count = numbers.negated(count) if str(many.this).startswith("-") else count
        else:
            count = self.value(many, scope)
        return times.shifted(value, count, times.unit_of(str(unit.name)), sign)


def directed(key: str, down: bool) -> str:
    """A key with its direction, in which nulls are the least."""
    return f"{key} DESC NULLS LAST" if down else f"{key} ASC NULLS FIRST"


def _frame(spec: exp.Expression) -> str:
    if spec.args.get("exclude"):
        raise StatementUnsupported("EXCLUDE in a window", advice="Leave it out.")
    kind = str(spec.args.get("kind") or "").upper()
    ends = []
    for name in ("start", "end"):
        value, side = spec.args.get(name), str(spec.args.get(f"{name}_side") or "").upper()
        if value is None or str(value).upper() == "CURRENT ROW":
            ends.append("CURRENT ROW")
        elif str(value).upper() == "UNBOUNDED":
            ends.append(f"UNBOUNDED {side}")
        elif isinstance(value, exp.Literal) and str(value.this).isdigit() and kind == "ROWS":
            ends.append(f"{int(str(value.this))} {side}")
        else:
            raise StatementUnsupported("this frame of a window", advice="Write ROWS with whole numbers.")
    return f"{kind} BETWEEN {ends[0]} AND {ends[1]}"


def _check_aggregate(name: str, scope: Scope) -> None:
    if scope.place:
        raise StatementUnsupported(f"{name} in {scope.place}", advice="Conditions on groups stand in HAVING.")


def of_groups(node: exp.Expression, fields: Mapping[str, object]) -> bool:
    """Whether something in it is more than a row's, such as a field of the SELECT."""
    for one in node.walk():
        if isinstance(one, exp.Column) and str(one.name).lower() in fields and not one.args.get("table"):
            return True
        if isinstance(one, exp.GroupConcat | exp.Window | exp.Query | exp.Subquery | exp.Exists):
            return True
        if isinstance(one, exp.Anonymous) and str(one.this).upper() in AGGREGATES:
            return True
    return False


def has_aggregates(node: exp.Expression) -> bool:
    """Whether it makes one row of several, without regard to its sub-queries and windows."""
    for one in node.walk(prune=lambda inside: isinstance(inside, exp.Query | exp.Subquery)):
        is_one = isinstance(one, exp.GroupConcat) or (
            isinstance(one, exp.Anonymous) and str(one.this).upper() in AGGREGATES
        )
        if is_one and not isinstance(one.parent, exp.Window):
            return True
    return False
