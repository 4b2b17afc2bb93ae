"""Parameter aliases: `@p` in an expression is what `@p=…` says (OData 4.01 part 2, 5.3)."""

from collections.abc import Mapping
from dataclasses import replace

from tabular.errors import OptionWrong, shown
from tabular.filter.tree import (
    Aggregate,
    Arguments,
    Array,
    Binary,
    Call,
    Count,
    Filtered,
    Key,
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
from tabular.filter.words import DEEPEST, MOST_NODES


def with_aliases(node: Node, aliases: Mapping[str, Node]) -> Node:
    """The same expression with what each alias stands for in its place; a path goes on behind what is one.

    `aliases` are trees by name, without the `@`. An alias that nobody gives a value is null, as the standard has it.
    What is put in bears the span of the alias that it replaces, so that an error about it leads to there. Raises
    OptionWrong for an alias that stands for itself, for a path behind a value, and where it all gets too much.
    """
    return _Replacing(aliases).node(node)


class _Replacing:
    """One expression on its way, with the aliases around the current place."""

    def __init__(self, aliases: Mapping[str, Node]) -> None:
        self._aliases = aliases
        self._around: list[str] = []
        self._at: Span | None = None
        self._nodes = 0
        self._level = 0

    def node(self, node: Node) -> Node:
        self._nodes += 1
        self._level += 1
        if self._nodes > MOST_NODES or self._level > DEEPEST:
            option = f"@{self._around[0]}" if self._around else "The query"
            raise OptionWrong(option, 0, "its aliases stand for too much", "Ask for less at once.")
        found = self._replaced(node)
        self._level -= 1
        return found

    def _span(self, span: Span) -> Span:
        return self._at or span

    def _nodes_of(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(self.node(one) for one in nodes)

    def _replaced(self, node: Node) -> Node:
        span = self._span(node.span)
        match node:
            case Literal():
                return replace(node, span=span)
            case Array(items):
                return replace(node, items=self._nodes_of(items), span=span)
            case Object(members):
                return Object(tuple((name, self.node(value)) for name, value in members), span)
            case Logic(operator, operands):
                return Logic(operator, self._nodes_of(operands), span)
            case Binary(operator, left, right, at):
                return Binary(operator, self.node(left), self.node(right), self._span(at), span)
            case Unary(operator, operand):
                return Unary(operator, self.node(operand), span)
            case Path(segments):
                return self._path(segments, span)

    def _path(self, segments: tuple[Segment, ...], span: Span) -> Node:
        self._nodes += len(segments)
        first = segments[0]
        if not isinstance(first, Name) or not _is_alias(first.text):
            return Path(tuple(self._segment(one) for one in segments), span)
        rest = tuple(self._segment(one) for one in segments[1:])
        value = self._value(first)
        if not rest or (isinstance(value, Literal) and value.spelling is Spelling.NULL):
            return value
        if not isinstance(value, Path):
            advice = f"It may stand for a path: {first.text}=$this."
            raise OptionWrong(shown(first.text), 0, "a path goes on behind it, and it is a value", advice)
        return Path((*value.segments, *rest), span)

    def _value(self, alias: Name) -> Node:
        """What an alias stands for, in its place."""
        name, at = alias.text[1:], self._at
        if name not in self._aliases:
            return Literal(Spelling.NULL, "null", self._span(alias.span))
        if name in self._around:
            raise OptionWrong(shown(alias.text), 0, "it stands for itself", "Give it a value.")
        self._around.append(name)
        self._at = self._span(alias.span)
        found = self.node(self._aliases[name])
        self._at = at
        self._around.pop()
        return found

    def _segment(self, segment: Segment) -> Segment:
        span = self._span(segment.span)
        match segment:
            case Name():
                return Name(segment.text, span)
            case Call(name, arguments):
                return Call(name, self._arguments(arguments), span)
            case Key(arguments):
                return Key(self._arguments(arguments), span)
            case Count(condition):
                return Count(None if condition is None else self.node(condition), span)
            case Filtered(condition):
                return Filtered(self.node(condition), span)
            case Quantified(is_all, variable, condition):
                return Quantified(is_all, variable, None if condition is None else self.node(condition), span)
            case Aggregate(value, method, steps):
                return Aggregate(self.node(value), method, steps, span)

    def _arguments(self, arguments: Arguments) -> Arguments:
        return Arguments(
            self._nodes_of(arguments.values),
            tuple((name, self.node(value)) for name, value in arguments.named),
            tuple((self.node(condition), self.node(value)) for condition, value in arguments.pairs),
        )


def _is_alias(text: str) -> bool:
    """Whether a name is an alias, not an annotation's, which has a namespace."""
    return text.startswith("@") and "." not in text and "#" not in text
