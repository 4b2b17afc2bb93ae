"""Expressions: each node of the tree that is supported becomes a value; any other is refused by its name."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sqlglot import exp

# Each declares its functions.
from datamodel.sql.dialect import casts, numbers, patterns, texts, times
from datamodel.sql.dialect.calls import Calls, of_groups
from datamodel.sql.dialect.comparing import SIGNS, comparable, comparable_all
from datamodel.sql.dialect.conversions import converted, merged, truth_of
from datamodel.sql.dialect.functions import FUNCTIONS
from datamodel.sql.dialect.lexing import is_text
from datamodel.sql.dialect.literals import number_literal, spelt
from datamodel.sql.dialect.scopes import Scope, Writing, is_number
from datamodel.sql.dialect.values import NULL, Kind, Value, truth, whole
from tabular.errors import StatementRefused, StatementUnreadable, StatementUnsupported

_ARITHMETIC: dict[type, str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_BITS: dict[type, str] = {
    exp.BitwiseAnd: "&",
    exp.BitwiseOr: "|",
    exp.BitwiseXor: "^",
    exp.BitwiseLeftShift: "<<",
    exp.BitwiseRightShift: ">>",
}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ)
_TESTS = (*_COMPARISONS, exp.Is, exp.In, exp.Between, exp.Like, exp.RegexpLike, exp.Escape)
_NOW: dict[type, str] = {
    exp.CurrentDate: "CURRENT_DATE",
    exp.CurrentTime: "CURRENT_TIME",
    exp.CurrentTimestamp: "NOW",
    exp.Localtime: "NOW",
    exp.Localtimestamp: "NOW",
}

Answered = Callable[[exp.Expression, Scope], tuple[str, list[Value]]]
"""A sub-query as SQL in parentheses, and its fields."""


class Expressions(Calls):
    """The expressions of one statement."""

    def __init__(self, writing: Writing, answered: Answered) -> None:
        super().__init__(writing)
        self._answered = answered

    def condition(self, node: exp.Expression, scope: Scope) -> str:
        """An expression as a condition."""
        return truth_of(self.value(node, scope))

    def value(self, node: exp.Expression, scope: Scope) -> Value:
        """What an expression becomes. Raises StatementUnsupported and UnknownSqlColumn."""
        if scope.keys and not isinstance(node, exp.Literal | exp.Paren) and not of_groups(node, scope.fields):
            as_row = self.value(node, scope.of_rows)
            if as_row.sql in scope.keys:
                return scope.keys[as_row.sql]
        return self._of(node, scope)

    def _of(self, node: exp.Expression, scope: Scope) -> Value:
        match node:
            case exp.Paren():
                return self.value(node.this, scope)
            case exp.Column():
                return self._column(node, scope)
            case exp.Literal():
                return self._literal(node)
            case exp.Null():
                return NULL
            case exp.Boolean():
                return replace(truth("TRUE" if node.this else "FALSE"), literal=int(bool(node.this)))
            case exp.And() | exp.Or() | exp.Xor():
                return self._logic(node, scope)
            case exp.Not():
                return truth(f"(NOT {self.condition(node.this, scope)})")
            case exp.Neg():
                return self._negative(node, scope)
            case exp.IntDiv():
                return numbers.divided_whole(*self._sides(node, scope))
            case exp.Div():
                return numbers.divided(*self._sides(node, scope))
            case exp.Mod():
                return numbers.remainder(*self._sides(node, scope))
            case exp.BitwiseNot():
                bits = numbers.bits_of(self.value(node.this, scope))
                return whole(f"(18446744073709551615 - CAST({bits} AS HUGEINT))", unsigned=True)
            case exp.Is():
                return self._is(node, scope)
            case exp.Between():
                return self._between(node, scope)
            case exp.In():
                return self._in(node, scope)
            case exp.Like():
                made = patterns.like(*self._sides(node, scope), "\\")
                return truth(f"(NOT {made.sql})") if node.args.get("negate") else made
            case exp.Escape():
                return self._escaped(node, scope)
            case exp.RegexpLike():
                return self._regexp(node, scope)
            case exp.Collate():
                return self._collated(node, scope)
            case exp.Case():
                return self._case(node, scope)
            case exp.Cast():
                return casts.cast(self.value(node.this, scope), node.args["to"], node.this)
            case exp.Exists():
                return truth(f"EXISTS {self._answered(node.this, scope)[0]}")
            case exp.Subquery() | exp.Select() | exp.Union():
                return self._scalar(node, scope)
            case exp.Window():
                return self.window(node, scope)
            case exp.GroupConcat():
                return self.joined(node, scope)
            case exp.Anonymous():
                return self.call(node, scope)
            case exp.Interval():
                raise StatementUnsupported("INTERVAL by itself", advice="Add it to a date: a + INTERVAL 1 DAY.")
            case exp.Parameter() | exp.SessionParameter() | exp.Placeholder():
                raise StatementRefused("a variable or placeholder")
        return self._other(node, scope)

    def _other(self, node: exp.Expression, scope: Scope) -> Value:
        kind = type(node)
        if kind in _ARITHMETIC:
            return self._arithmetic(node, _ARITHMETIC[kind], scope)
        if kind in _COMPARISONS:
            return self._compared(node, scope)
        if kind in _BITS:
            for side in (node.this, node.expression):
                if isinstance(side, exp.Binary) and not isinstance(side, exp.Dot):
                    raise StatementUnsupported(f"{_BITS[kind]} beside other operators", advice="Write parentheses.")
            return numbers.bits(_BITS[kind], *self._sides(node, scope))
        if kind in _NOW:
            if node.this is not None:
                raise StatementUnsupported("fractions of the present second", advice="Write NOW().")
            return self.called(_NOW[kind], (), scope)
        match node:
            case exp.If():
                condition, one = node.this, node.args.get("true")
                other = node.args.get("false")
                if one is None or other is None:
                    raise StatementUnreadable("IF takes three arguments")
                return texts.chosen(*(self.value(part, scope) for part in (condition, one, other)))
            case exp.Trim():
                what = node.expression
                value = self.value(node.this, scope)
                return texts.trimmed(
                    value, str(node.args.get("position") or ""), self.value(what, scope) if what else None
                )
            case exp.Substring():
                length = node.args.get("length")
                begin = node.args.get("start")
                if begin is None:
                    raise StatementUnreadable("SUBSTRING takes a text, a place and perhaps a length")
                return texts.part(
                    self.value(node.this, scope),
                    self.value(begin, scope),
                    self.value(length, scope) if length else None,
                )
            case exp.StrPosition():
                return texts.place(self.value(node.this, scope), self.value(node.args["substr"], scope), None)
            case exp.Extract():
                return times.extracted(str(node.this.name).upper(), self.value(node.expression, scope))
            case exp.Tuple():
                raise StatementUnsupported("a list in parentheses here", advice="Compare one value after the other.")
            case exp.Star():
                raise StatementUnsupported("* in an expression", advice="Write COUNT(*), or name the columns.")
        raise StatementUnsupported(spelt(node), known=FUNCTIONS)

    def _sides(self, node: exp.Expression, scope: Scope) -> tuple[Value, Value]:
        return self.value(node.this, scope), self.value(node.expression, scope)

    def _column(self, node: exp.Column, scope: Scope) -> Value:
        if node.args.get("db") or node.args.get("catalog"):
            raise StatementRefused("a name with a database before it")
        if isinstance(node.this, exp.Star):
            raise StatementUnsupported("table.* in an expression", advice="Name the columns.")
        name, table = self._writing.name(node.this), self._writing.name(node.args.get("table"))
        if not table and name.lower() in scope.fields:
            return self.value(scope.fields[name.lower()], replace(scope, fields={}))
        return scope.column(table, name)

    def _literal(self, node: exp.Literal) -> Value:
        said = str(node.this)
        if is_text(said):
            return self._writing.literal(self._writing.lexed.text(said))
        return number_literal(said)

    def _logic(self, node: exp.Expression, scope: Scope) -> Value:
        kinds = {type(side) for side in (node.this, node.expression)} & {exp.And, exp.Or, exp.Xor}
        if (isinstance(node, exp.Xor) and kinds - {exp.Xor}) or (not isinstance(node, exp.Xor) and exp.Xor in kinds):
            raise StatementUnsupported("XOR beside AND or OR", advice="Write parentheses.")
        # A long chain leans to the left: it is written without going down into it.
        kind, sides, first = type(node), [], node
        while type(first) is kind:
            sides.append(first.expression)
            first = first.this
        conditions = [self.condition(side, scope) for side in (first, *reversed(sides))]
        sign = " AND " if isinstance(node, exp.And) else " OR "
        if kind is exp.Xor:
            made = conditions[0]
            for one in conditions[1:]:
                made = f"({made} <> {one})"
            return truth(made)
        return truth("(" + sign.join(conditions) + ")")

    def _negative(self, node: exp.Neg, scope: Scope) -> Value:
        if is_number(node.this):
            value = number_literal(str(node.this.this))
            if isinstance(value.literal, int | float | Decimal):
                return replace(numbers.negated(value), literal=-value.literal)
        return numbers.negated(self.value(node.this, scope))

    def _arithmetic(self, node: exp.Expression, sign: str, scope: Scope) -> Value:
        one, other = node.this, node.expression
        if isinstance(other, exp.Interval) or isinstance(one, exp.Interval):
            if isinstance(one, exp.Interval) and (sign != "+" or isinstance(other, exp.Interval)):
                raise StatementUnsupported("an interval in this place", advice="Write it after the date.")
            if sign == "*":
                raise StatementUnsupported("a product of an interval", advice="Multiply its number.")
            value, interval = (other, one) if isinstance(one, exp.Interval) else (one, other)
            return self.shifted(self.value(value, scope), interval, sign, scope)
        return numbers.added(sign, *self._sides(node, scope))

    def _compared(self, node: exp.Expression, scope: Scope) -> Value:
        for side in (node.this, node.expression):
            if isinstance(side, _TESTS):
                raise StatementUnsupported("a comparison of a comparison", advice="Write parentheses.")
        if isinstance(node.this, exp.Tuple) and isinstance(node.expression, exp.Tuple):
            return self._rows_compared(node, scope)
        one, other = self._sides(node, scope)
        return _comparison(type(node).__name__, one, other)

    def _rows_compared(self, node: exp.Expression, scope: Scope) -> Value:
        ones, others = node.this.expressions, node.expression.expressions
        if not isinstance(node, exp.EQ) or len(ones) != len(others):
            raise StatementUnsupported("comparing lists", advice="Compare one value after the other.")
        pairs = zip(ones, others, strict=True)
        made = (_comparison("EQ", self.value(one, scope), self.value(other, scope)).sql for one, other in pairs)
        return truth("(" + " AND ".join(made) + ")")

    def _is(self, node: exp.Is, scope: Scope) -> Value:
        value = self.value(node.this, scope)
        if isinstance(node.expression, exp.Null):
            return truth(f"({value.sql} IS NULL)")
        if isinstance(node.expression, exp.Boolean):
            return truth(f"({truth_of(value)} IS {'TRUE' if node.expression.this else 'FALSE'})")
        raise StatementUnsupported(f"IS {spelt(node.expression)}", advice="Write IS NULL, IS TRUE or <=>.")

    def _between(self, node: exp.Between, scope: Scope) -> Value:
        values = [self.value(one, scope) for one in (node.this, node.args["low"], node.args["high"])]
        value, low, high = comparable_all(values)
        return truth(f"({value} BETWEEN {low} AND {high})")

    def _in(self, node: exp.In, scope: Scope) -> Value:
        query = node.args.get("query")
        if query is not None:
            return self._in_query(node, query, scope)
        if isinstance(node.this, exp.Tuple):
            rows = (self._rows_compared(exp.EQ(this=node.this, expression=one), scope) for one in node.expressions)
            return truth("(" + " OR ".join(row.sql for row in rows) + ")")
        value = self.value(node.this, scope)
        others = [self.value(one, scope) for one in node.expressions]
        if not others:
            raise StatementUnreadable("IN has no values")
        pairs = [comparable(value, other) for other in others]
        if len({one for one, _ in pairs}) == 1:
            return truth(f"({pairs[0][0]} IN ({', '.join(other for _, other in pairs)}))")
        return truth("(" + " OR ".join(f"{one} = {other}" for one, other in pairs) + ")")

    def _in_query(self, node: exp.In, query: exp.Expression, scope: Scope) -> Value:
        sides = node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this]
        sql, fields = self._answered(query, scope)
        if len(fields) != len(sides):
            raise StatementUnsupported(
                "IN of as many fields", advice="The sub-query has to give as many as are compared."
            )
        pairs = [comparable(self.value(side, scope), field) for side, field in zip(sides, fields, strict=True)]
        given = ", ".join(other for _, other in pairs)
        ones = ", ".join(one for one, _ in pairs)
        alias = self._writing.alias()
        found = f"(SELECT {given.replace('§.', alias + '.')} FROM {sql} AS {alias})"
        return truth(f"({ones if len(pairs) == 1 else f'({ones})'} IN {found})")

    def _escaped(self, node: exp.Escape, scope: Scope) -> Value:
        inside = node.this
        if not isinstance(inside, exp.Like):
            raise StatementUnsupported("ESCAPE here", advice="It belongs to LIKE.")
        escape = self._writing.constant(node.expression, "an escape")
        made = patterns.like(*self._sides(inside, scope), escape)
        return truth(f"(NOT {made.sql})") if inside.args.get("negate") else made

    def _regexp(self, node: exp.RegexpLike, scope: Scope) -> Value:
        pattern = self._writing.constant(node.expression, "a regular expression")
        return patterns.matching(self.value(node.this, scope), pattern, self._writing.bound)

    def _collated(self, node: exp.Collate, scope: Scope) -> Value:
        name, value = str(node.expression.name).lower(), self.value(node.this, scope)
        if value.kind is not Kind.TEXT:
            raise StatementUnsupported(f"COLLATE of a {value.kind}", advice="Only texts have a collation.")
        if name == "utf8mb4_bin":
            return replace(value, binary=True, key=None, rank=None, exact=False, order=None)
        if name in ("utf8mb4_general_ci", "utf8_general_ci"):
            return replace(value, binary=False)
        raise StatementUnsupported(f"the collation {name}", known=("utf8mb4_bin", "utf8mb4_general_ci"))

    def _case(self, node: exp.Case, scope: Scope) -> Value:
        whens = node.args["ifs"]
        otherwise = node.args.get("default")
        results = [self.value(when.args["true"], scope) for when in whens]
        results.append(self.value(otherwise, scope) if otherwise is not None else NULL)
        kind = merged(results)
        if node.this is not None:
            value = self.value(node.this, scope)
            conditions = [_comparison("EQ", value, self.value(when.this, scope)).sql for when in whens]
        else:
            conditions = [self.condition(when.this, scope) for when in whens]
        parts = " ".join(
            f"WHEN {condition} THEN {converted(result, kind)}"
            for condition, result in zip(conditions, results, strict=False)
        )
        return kind.plain(f"(CASE {parts} ELSE {converted(results[-1], kind)} END)")

    def _scalar(self, node: exp.Expression, scope: Scope) -> Value:
        sql, fields = self._answered(node, scope)
        if len(fields) != 1:
            raise StatementUnsupported("a sub-query of several fields as a value", advice="Let it have one field.")
        alias = self._writing.alias()
        return fields[0].plain(f"(SELECT {alias}.c0 FROM {sql} AS {alias})")


def _comparison(name: str, one: Value, other: Value) -> Value:
    left, right = comparable(one, other)
    return truth(f"({left} {SIGNS[name]} {right})")
