"""Text → tree: OData 4.01's expressions by recursive descent, each word read once."""

import json

from tabular.errors import FilterWrong, shown
from tabular.filter.lexer import Token, Word
from tabular.filter.tree import (
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
    Ordering,
    Path,
    Quantified,
    Segment,
    Span,
    Spelling,
    Unary,
    height,
)
from tabular.filter.words import DEEPEST, POWERS, TIGHT, Words, too_deep

_SPELLINGS = {
    Word.GUID: Spelling.GUID,
    Word.MOMENT: Spelling.MOMENT,
    Word.DATE: Spelling.DATE,
    Word.TIME_OF_DAY: Spelling.TIME_OF_DAY,
}
_TYPED = {"duration": Spelling.DURATION, "binary": Spelling.BINARY}
_TYPED |= dict.fromkeys(("geography", "geometry"), Spelling.GEO)
_WORDS = {"null": Spelling.NULL, "true": Spelling.BOOLEAN, "false": Spelling.BOOLEAN}
_NUMBERS = ("INF", "NaN")


def parse(text: str) -> Node:
    """The tree of a `$filter` expression, which no blank stands around.

    Raises FilterWrong with the place: where the text cannot be read, and beyond LONGEST, DEEPEST and MOST_NODES.
    """
    reader = Reader(text)
    root = reader.root()
    reader.expect_end()
    return root


def parse_order(text: str) -> tuple[Ordering, ...]:
    """What an `$orderby` sorts by: expressions with `asc` or `desc` behind them. Raises FilterWrong as `parse` does."""
    reader = Reader(text)
    found = [reader.ordering()]
    while reader.take(","):
        found.append(reader.ordering())
    reader.expect_end()
    return tuple(found)


class Reader(Words):
    """The words of one text, as expressions."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._in_json = 0

    # Expressions

    def root(self) -> Node:
        """A whole expression: no higher than what walks it may recurse."""
        found = self.expression()
        if height(found) > DEEPEST:
            raise too_deep(found.span.start)
        return found

    def expression(self, least: int = 1) -> Node:
        """Operands with operators between them that bind at least so tightly."""
        self.deeper()
        left = self._operand()
        while (operator := self._operator()) in POWERS and POWERS[operator] >= least:
            left = self._joined(left, operator)
        self.higher()
        return left

    def _joined(self, left: Node, operator: str) -> Node:
        power = POWERS[operator]
        if operator not in ("and", "or"):
            at = self.advance().span
            right = self.expression(power + 1)
            self.counted()
            return Binary(operator, left, right, at, Span(left.span.start, right.span.end))
        operands = [left]
        while self._operator() == operator:
            self.advance()
            operands.append(self.expression(power + 1))
        self.counted()
        return Logic(operator, tuple(operands), Span(left.span.start, self.end))

    def _operator(self) -> str:
        return self.next.text.lower() if self.next.word is Word.NAME else ""

    def _operand(self) -> Node:
        start = self.next.span.start
        operator = "-" if self.take("-") else ""
        if not operator and self._operator() == "not":
            operator = self.advance().text.lower()
        if operator:
            self.deeper()
            operand = self._operand()
            self.higher()
            self.counted()
            return Unary(operator, operand, Span(start, operand.span.end))
        node = self._primary()
        while self._operator() in TIGHT:
            name, at = self._operator(), self.advance().span
            right = self._collection() if name == "in" else self._primary()
            self.counted()
            node = Binary(name, node, right, at, Span(node.span.start, right.span.end))
        return node

    def _collection(self) -> Node:
        """What stands to the right of `in`: a list of literals, an array, or one expression."""
        start = self.next.span.start
        if not self.take("("):
            return self._primary()
        items: list[Node] = []
        while not self.take(")"):
            if items and not (isinstance(items[-1], Literal | Array) and self.take(",")):
                raise self.unexpected('")"')
            items.append(self.expression())
            if len(items) > 1 and not isinstance(items[-1], Literal | Array):
                problem = "a list in parentheses holds literals only"
                raise FilterWrong(items[-1].span.start, problem, "Expressions stand in brackets: [cli,dnis].")
        self.counted()
        return Array(tuple(items), Span(start, self.end), is_list=True)

    def _primary(self) -> Node:
        token = self.next
        if token.word is Word.MARK and token.text in ("(", "[", "{"):
            return self._enclosed()
        literal = self._literal(token)
        if literal is not None:
            self.advance()
            self.counted()
            return literal
        if token.word in (Word.NAME, Word.SYSTEM, Word.AT):
            return self._path()
        raise self.unexpected("a column, a literal or a function")

    def _enclosed(self) -> Node:
        start = self.next.span.start
        if self.take("("):
            inner = self.expression()
            self.expect(")")
            return inner
        self._in_json += 1
        self.counted()
        if self.take("["):
            items: list[Node] = []
            while not self.take("]"):
                if items:
                    self.expect(",")
                items.append(self.expression())
            self._in_json -= 1
            return Array(tuple(items), Span(start, self.end))
        self.expect("{")
        members: list[tuple[str, Node]] = []
        while not self.take("}"):
            if members:
                self.expect(",")
            if self.next.word is not Word.JSON_TEXT:
                raise self.unexpected("a name in double quotes")
            name = _of_json(self.advance())
            self.expect(":")
            members.append((name, self.expression()))
        self._in_json -= 1
        return Object(tuple(members), Span(start, self.end))

    def _literal(self, token: Token) -> Literal | None:
        """The literal that a word is, if it is one."""
        text = token.text
        match token.word:
            case Word.TEXT:
                return Literal(Spelling.TEXT, _unquoted(text), token.span)
            case Word.JSON_TEXT if self._in_json:
                return Literal(Spelling.TEXT, _of_json(token), token.span)
            case Word.NUMBER:
                whole = text.lstrip("+-").isdigit()
                return Literal(Spelling.INTEGER if whole else Spelling.DECIMAL, text, token.span)
            case Word.TYPED:
                prefix, quote, rest = text.partition("'")
                spelling = _TYPED.get(prefix.lower())
                if spelling is None and "." not in prefix:
                    problem = f'"{shown(prefix)}" stands before a text and is no type'
                    raise FilterWrong(token.span.start, problem, "duration'PT5M' and Namespace.Type'VALUE' are.")
                return Literal(spelling or Spelling.ENUM, _unquoted(quote + rest), token.span, prefix)
            case Word.NAME if text in _NUMBERS and not self._is_called():
                return Literal(Spelling.DECIMAL, text, token.span)
            case Word.NAME if text.lower() in _WORDS and not self._is_called():
                return Literal(_WORDS[text.lower()], text.lower(), token.span)
            case word if word in _SPELLINGS:
                return Literal(_SPELLINGS[word], text, token.span)
        return None

    def _is_called(self) -> bool:
        after = self.following()
        return after.word is Word.MARK and after.text in ("(", "/")

    # Paths

    def _path(self) -> Path:
        start = self.next.span.start
        segments = [self._segment(is_first=True)]
        while True:
            if self.opens():
                begun = self.next.span.start
                segments.append(Key(self._arguments(), Span(begun, self.end)))
            elif self.take("/"):
                segments.append(self._segment(is_first=False))
            else:
                break
        self.counted(len(segments))
        return Path(tuple(segments), Span(start, self.end))

    def opens(self) -> bool:
        """Whether a parenthesis opens here."""
        return self.next.word is Word.MARK and self.next.text == "("

    def _segment(self, is_first: bool) -> Segment:
        token = self.next
        if token.word not in (Word.NAME, Word.SYSTEM, Word.AT):
            raise self.unexpected("a name")
        self.advance()
        name = token.text.lower()
        if name == "$count" and not is_first:
            return self._count(token)
        if name == "$filter" and not is_first:
            self.expect("(")
            condition = self.expression()
            self.expect(")")
            return Filtered(condition, Span(token.span.start, self.end))
        if token.word is not Word.NAME or not self.opens():
            return Name(token.text, token.span)
        return self._called(token, is_first)

    def _called(self, token: Token, is_first: bool) -> Segment:
        """A segment whose name has parentheses behind it."""
        name = token.text.lower()
        if name in ("any", "all"):
            if is_first:
                problem = f"{name} stands without the list that it ranges over"
                raise FilterWrong(self.next.span.start, problem, f"Name it before: tel/{name}(t:t/type eq 'HOME').")
            return self._quantified(token, name == "all")
        arguments = self._arguments()
        return Call(token.text, arguments, Span(token.span.start, self.end))

    def _count(self, token: Token) -> Count:
        condition: Node | None = None
        if self.take("("):
            if self.next.text.lower() not in ("$filter", "filter"):
                raise self.unexpected("$filter=")
            self.advance()
            self.expect("=")
            condition = self.expression()
            self.expect(")")
        return Count(condition, Span(token.span.start, self.end))

    def _quantified(self, token: Token, is_all: bool) -> Quantified:
        self.expect("(")
        if not is_all and self.take(")"):
            return Quantified(is_all, "", None, Span(token.span.start, self.end))
        if self.next.word is not Word.NAME or "." in self.next.text:
            raise self.unexpected("the name of a variable, as in any(t:t/type eq 'HOME'),")
        variable = self.advance().text
        self.expect(":")
        condition = self.expression()
        self.expect(")")
        return Quantified(is_all, variable, condition, Span(token.span.start, self.end))

    def _arguments(self) -> Arguments:
        """What stands in parentheses; at least one argument where a comma says so."""
        self.expect("(")
        values: list[Node] = []
        named: list[tuple[str, Node]] = []
        pairs: list[tuple[Node, Node]] = []
        while not self.take(")"):
            if values or named or pairs:
                self.expect(",")
            if self.next.word is Word.NAME and self.following().word is Word.MARK and self.following().text == "=":
                name = self.advance().text
                self.advance()
                named.append((name, self.expression()))
                continue
            value = self.expression()
            if self.take(":"):
                pairs.append((value, self.expression()))
            else:
                values.append(value)
        return Arguments(tuple(values), tuple(named), tuple(pairs))

    def ordering(self) -> Ordering:
        """One expression of an order."""
        expression = self.root()
        direction = self._operator()
        if direction in ("asc", "desc"):
            self.advance()
        return Ordering(expression, direction == "desc", Span(expression.span.start, self.end))


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _of_json(token: Token) -> str:
    try:
        text = str(json.loads(token.text, strict=False))
        text.encode()  # half of a surrogate pair is no letter
    except ValueError as failure:
        advice = r"Write a backslash as \\ and a quote as \"."
        raise FilterWrong(token.span.start, "a text in double quotes is no JSON", advice) from failure
    return text
