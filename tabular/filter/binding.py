"""Tree → bound tree: names looked up in a table as a key sees it, kinds checked, null given the kind beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tabular.criteria import Elements
from tabular.errors import FilterUnsupported, FilterWrong
from tabular.filter import arrays, casting
from tabular.filter.arithmetic import ARITHMETIC, negated, reckoned
from tabular.filter.bound import (
    Apply,
    Bound,
    Choice,
    Constant,
    Kind,
    Operation,
    Quantifier,
    Relation,
    Size,
)
from tabular.filter.coercion import alike, check_day, check_value, compared, mismatch
from tabular.filter.costs import MOST_COST, cost
from tabular.filter.functions import called
from tabular.filter.literals import constant_of
from tabular.filter.names import Names
from tabular.filter.relating import begun, beyond, is_there
from tabular.filter.tree import (
    Array,
    Binary,
    Call,
    Count,
    Filtered,
    Literal,
    Logic,
    Name,
    Node,
    Object,
    Path,
    Quantified,
    Segment,
    Span,
    Spelling,
    Unary,
)
from tabular.filter.words import MOST_NODES
from tabular.table import Table

_COMPARISONS = {
    operation.value: operation for operation in Operation if operation in ("eq", "ne", "gt", "ge", "lt", "le")
}


MOST_VALUES, MOST_ALIASES = 2 * MOST_NODES, 5
"""Nodes that a tree may have with what its aliases stand for, and aliases that may stand for one another."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names of a filter can stand for.

    `lists` are the lists of the table with the items that the key sees of their elements; moments without an offset,
    days and the functions of moments are of `zone`; `now` is when the question was asked; `aliases` are what `@name`
    stands for. `relations` are those of each table, by its name and theirs; one comes before a list of its name.
    """

    table: Table
    lists: Sequence[Elements] = ()
    zone: str = "UTC"
    now: datetime | None = None
    aliases: Mapping[str, Node] = field(default_factory=dict)
    relations: Mapping[str, Mapping[str, Relation]] = field(default_factory=dict)


def bind(tree: Node, scope: Scope | Table) -> Bound:
    """What a filter means for a table: a condition, true or false or null for each row.

    Raises UnknownColumn with the nearest name, FilterWrong with the place where kinds do not fit or there is no such
    function, or where it costs too much; FilterUnsupported with the name of what OData has and this service does not.
    """
    return _affordable(_Binder(scope if isinstance(scope, Scope) else Scope(scope)).condition(tree), tree)


def bind_value(tree: Node, scope: Scope | Table) -> Bound:
    """What an expression of any kind means for a table: a value for each row. Raises as `bind` does."""
    return _affordable(_Binder(scope if isinstance(scope, Scope) else Scope(scope)).value(tree), tree)


def _affordable(found: Bound, tree: Node) -> Bound:
    if cost(found) > MOST_COST:
        raise FilterWrong(tree.span.start, "it asks for too much of each row", "Ask for less in one filter.")
    return found


class _Binder:
    """One tree on its way."""

    def __init__(self, scope: Scope, variable: str | None = None, values: int = 0) -> None:
        self._scope = scope
        self._zone = scope.zone
        self._names = Names(scope.table, scope.lists, variable)
        self._relations = scope.relations.get(scope.table.name, {})
        self._aliases: list[str] = []
        self._values = values

    def condition(self, node: Node) -> Bound:
        """A node that is true, false or null."""
        found = self.value(node)
        if found.kind is Kind.NULL:
            return Constant(None, Kind.BOOLEAN)
        if found.kind is not Kind.BOOLEAN:
            raise mismatch(f"{found.kind} stands where a condition was expected", found, found, node.span.start)
        return found

    def value(self, node: Node) -> Bound:
        """A node as a value."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise FilterWrong(node.span.start, "its aliases stand for too much", "Ask for less in one filter.")
        match node:
            case Literal():
                return constant_of(node, self._zone)
            case Logic(operator, operands):
                return Apply(Operation(operator), tuple(self.condition(one) for one in operands), Kind.BOOLEAN)
            case Unary("not", operand):
                return Apply(Operation.NOT, (self._operand_of_not(operand),), Kind.BOOLEAN)
            case Unary(_, operand):
                return negated(self.value(operand), node.span.start)
            case Binary("in"):
                return self._member(node)
            case Binary("has"):
                return self._has(node)
            case Binary(operator, left, right) if operator in ARITHMETIC:
                return reckoned(operator, self.value(left), self.value(right), self._zone, node.at.start)
            case Binary():
                return self._compared(node)
            case Path(segments):
                return self._path(node, segments)
            case Array():
                advice = "An array stands beside eq, ne and in, and in the functions of arrays."
                raise FilterWrong(node.span.start, "an array stands where a value was expected", advice)
            case Object():
                raise FilterUnsupported(node.span.start, "the comparison of whole objects")

    def _operand_of_not(self, operand: Node) -> Bound:
        found = self.value(operand)
        if found.kind not in (Kind.BOOLEAN, Kind.NULL):
            advice = "Where not is meant for a whole comparison, that stands in parentheses: not (status eq 'HANGUP')."
            raise FilterWrong(operand.span.start, f"not does not take {found.kind}", advice)
        return Constant(None, Kind.BOOLEAN) if found.kind is Kind.NULL else found

    # Operators

    def _compared(self, node: Binary) -> Bound:
        operation = _COMPARISONS[node.operator]
        if isinstance(node.left, Array) and isinstance(node.right, Array) and operation in (Operation.EQ, Operation.NE):
            same = arrays.equal(self._items(node.left), self._items(node.right), self._zone, node.at)
            return same if operation is Operation.EQ else Apply(Operation.NOT, (same,), Kind.BOOLEAN)
        if self._relations and operation in (Operation.EQ, Operation.NE) and (found := self._is_null(node)) is not None:
            return found
        return compared(operation, self.value(node.left), self.value(node.right), self._zone, node.at.start)

    def _member(self, node: Binary) -> Bound:
        options = node.right.items if isinstance(node.right, Array) else None
        if options is None:
            raise FilterUnsupported(node.right.span.start, "in with anything but a list or an array")
        if isinstance(node.left, Array):
            items = self._items(node.left)
            ways = [arrays.equal(items, self._items(one), self._zone, one.span) for one in options]
            return Apply(Operation.OR, tuple(ways), Kind.BOOLEAN) if ways else Constant(False, Kind.BOOLEAN)
        value = self.value(node.left)
        found = [self.value(option) for option in options]
        for option, bound in zip(options, found, strict=True):
            check_day(value, bound, option.span.start)
            check_value(value, bound, option.span.start)
        for option, bound in zip(options, found, strict=True):
            # What one option makes of the value (a number, a duration) holds for all: each is then taken as that.
            pair = alike(value, bound, self._zone) if bound.kind is not Kind.NULL else (value, bound)
            if pair is None:
                problem = f"in looks for {value.kind} and {bound.kind} stands in the list"
                raise mismatch(problem, value, bound, option.span.start)
            value = pair[0]
        alternatives = [alike(value, bound, self._zone) for bound in found]
        if any(pair is None or pair[0].kind is not value.kind is not Kind.NULL for pair in alternatives):
            raise mismatch("the items of the list are of different kinds", value, value, node.right.span.start)
        taken = tuple(pair[1] for pair in alternatives if pair is not None)
        return Apply(Operation.IN, (value, *taken), Kind.BOOLEAN) if taken else Constant(False, Kind.BOOLEAN)

    def _has(self, node: Binary) -> Bound:
        """OData's enums may be sets of flags; those of the Data Model are one value, which has itself alone."""
        value, flag = self.value(node.left), self.value(node.right)
        is_enum = isinstance(node.right, Literal) and node.right.spelling in (
            Spelling.ENUM,
            Spelling.TEXT,
            Spelling.NULL,
        )
        if not is_enum or value.kind not in (Kind.TEXT, Kind.NULL):
            raise FilterWrong(node.at.start, "has takes an enum and one of its values", "status has 'HANGUP'")
        check_value(value, flag, node.right.span.start)
        pair = alike(value, flag, self._zone)
        assert pair is not None, "both are texts or null"
        return Apply(Operation.HAS, pair, Kind.BOOLEAN)

    def _items(self, node: Node) -> arrays.Items:
        if not isinstance(node, Array):
            raise FilterWrong(node.span.start, "an array was expected", 'Arrays look like ["a","b"].')
        return tuple(self.value(item) for item in node.items)

    # Paths

    def _path(self, node: Path, segments: tuple[Segment, ...]) -> Bound:
        first = segments[0]
        if isinstance(first, Call):
            if len(segments) > 1:
                raise FilterUnsupported(segments[1].span.start, f"a path after {first.name}(…)")
            return self._function(first)
        if isinstance(first, Name) and first.text.startswith("@"):
            return self._alias(first, segments)
        names, rest = self._names.split(segments)
        if (relation := self._relation(names)) is not None:
            return self._beyond(relation, names, rest, node.span)
        if not rest:
            return self._names.value(names, node.span)
        elements = self._names.elements(names, rest[0].span)
        return self._of_list(elements, rest)

    def _of_list(self, elements: Elements, rest: tuple[Segment, ...]) -> Bound:
        conditions: list[Bound] = []
        variable = self._names.depth
        while rest and isinstance(rest[0], Filtered):
            conditions.append(self._within(elements, "", rest[0].condition))
            rest = rest[1:]
        match rest:
            case (Count(condition),):
                if condition is not None:
                    conditions.append(self._within(elements, "", condition))
                return Size(elements, variable, _all(conditions))
            case (Quantified(is_all, name, condition),) if not (conditions and is_all):
                if condition is not None:
                    conditions.append(self._within(elements, name, condition))
                return Quantifier(elements, variable, is_all, _all(conditions))
        feature = rest[0].name if rest and isinstance(rest[0], Call) else "this use of a list"
        raise FilterUnsupported(rest[0].span.start if rest else 0, feature)

    def _relation(self, names: Sequence[Name]) -> Relation | None:
        """The relation that names begin with, if they do."""
        first = begun(names)
        if first is None or (self._names.depth and self._names.is_element(names)):
            return None
        return self._relations.get(first.text)

    def _beyond(self, relation: Relation, names: Sequence[Name], rest: tuple[Segment, ...], span: Span) -> Bound:
        if self._names.depth:
            raise FilterUnsupported(span.start, "related rows within any or all of a list")
        first = begun(names)
        path = (*(names[names.index(first) + 1 :] if first is not None else ()), *rest)
        return beyond(relation, path, span, self._condition_of, self._value_of)

    def _condition_of(self, relation: Relation, variable: str, node: Node) -> Bound:
        return self._inside(relation, variable, lambda inner: inner.condition(node))

    def _value_of(self, relation: Relation, node: Node) -> Bound:
        return self._inside(relation, "", lambda inner: inner.value(node))

    def _inside(self, relation: Relation, variable: str, bound: Callable[["_Binder"], Bound]) -> Bound:
        """What is bound where names are those of the related rows."""
        inner = _Binder(replace(self._scope, table=relation.table, lists=relation.lists), variable, self._values)
        found = bound(inner)
        self._values = inner._values
        return found

    def _is_null(self, node: Binary) -> Bound | None:
        """`contact eq null`: whether there is no such row; None where something else is compared."""
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, Path) and isinstance(other, Literal) and other.spelling is Spelling.NULL:
                names = [segment for segment in one.segments if isinstance(segment, Name)]
                if len(names) == len(one.segments) and not names[0].text.startswith("@"):
                    known, _ = self._names.split(one.segments)
                    relation = self._relation(known)
                    if relation is not None and not relation.many and begun(known) is known[-1]:
                        return is_there(relation, node.operator == Operation.EQ)
        return None

    def _within(self, elements: Elements, variable: str, condition: Node) -> Bound:
        with self._names.element(elements, variable):
            return self.condition(condition)

    def _alias(self, first: Name, segments: tuple[Segment, ...]) -> Bound:
        name = first.text[1:]
        if len(segments) > 1 or "." in name or "#" in name:
            raise FilterUnsupported(first.span.start, f"the annotation {first.text}")
        if name not in self._scope.aliases:
            raise FilterWrong(first.span.start, f"nothing says what {first.text} is", f"Give it as &{first.text}=…")
        if name in self._aliases or len(self._aliases) == MOST_ALIASES:
            raise FilterWrong(first.span.start, f"{first.text} stands for what stands for others", "Give it a value.")
        self._aliases.append(name)
        found = self.value(self._scope.aliases[name])
        self._aliases.pop()
        return found

    # Functions

    def _function(self, call: Call) -> Bound:
        name, arguments, span = call.name.lower(), call.arguments, call.span
        if name.startswith("geo."):
            raise FilterUnsupported(span.start, call.name)
        if name == "case" and arguments.pairs and not arguments.values:
            return self._case(call)
        if arguments.named or arguments.pairs:
            raise FilterUnsupported(span.start, f"the function {call.name}")
        if name == "now" and not arguments.values and self._scope.now is not None:
            return Constant(self._scope.now.astimezone(UTC).replace(tzinfo=None), Kind.MOMENT)
        if name in ("cast", "isof"):
            return self._typed(call)
        if name in arrays.FUNCTIONS and len(arguments.values) == 2 and _arrays(arguments.values):
            left, right = (self._items(one) for one in arguments.values)
            return arrays.asked_of(name, left, right, self._zone, span)
        if name == "length" and len(arguments.values) == 1:
            found = self._length(arguments.values[0])
            if found is not None:
                return found
        return called(call.name, [self.value(one) for one in arguments.values], self._zone, span)

    def _length(self, node: Node) -> Bound | None:
        """How many items an array or a list has; None where a text is meant."""
        if isinstance(node, Array):
            return Constant(len(node.items), Kind.INTEGER)
        if isinstance(node, Path):
            names, rest = self._names.split(node.segments)
            if names and not rest and self._names.is_list(names):
                return Size(self._names.elements(names, node.span), self._names.depth, None)
        return None

    def _typed(self, call: Call) -> Bound:
        if len(call.arguments.values) != 2:
            raise FilterUnsupported(call.span.start, f"{call.name} without a value")
        value, to = call.arguments.values
        if call.name.lower() == "cast":
            return casting.cast(self.value(value), to, self._zone, call.span)
        return casting.isof(self.value(value), to, call.span)

    def _case(self, call: Call) -> Bound:
        conditions = [self.condition(condition) for condition, _ in call.arguments.pairs]
        results = [self.value(result) for _, result in call.arguments.pairs]
        known = [result for result in results if result.kind is not Kind.NULL]
        if not known:
            return Constant(None, Kind.NULL)
        widest = known[0]
        for result in known[1:]:
            pair = alike(widest, result, self._zone)
            if pair is None:
                raise mismatch(f"case gives {widest.kind} and {result.kind}", widest, result, call.span.start)
            widest = pair[0]
        taken = [alike(widest, result, self._zone) for result in results]
        chosen = [pair[1] for pair in taken if pair is not None and pair[0].kind is widest.kind]
        if len(chosen) != len(results):
            raise mismatch("case gives values of different kinds", widest, widest, call.span.start)
        return Choice(tuple(zip(conditions, chosen, strict=True)), widest.kind)


def _arrays(values: Sequence[Node]) -> bool:
    return any(isinstance(value, Array) for value in values)


def _all(conditions: Sequence[Bound]) -> Bound | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Apply(Operation.AND, tuple(conditions), Kind.BOOLEAN)
