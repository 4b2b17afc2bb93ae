"""The words of a filter as they are read: which comes next, and what is said where it is the wrong one."""

from collections.abc import Iterator

from tabular.errors import FilterWrong, nearest, shown
from tabular.filter.lexer import LESS, Token, Word, tokens

DEEPEST = 50
"""Nodes that may stand one below the other."""

MOST_NODES = 2_000
"""Nodes of one tree."""

# OData 4.01 part 2, 5.1.1.17: the higher binds the tighter. `has` and `in` bind like a slash.
POWERS = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("eq", "ne"), 3),
    **dict.fromkeys(("gt", "ge", "lt", "le"), 4),
    **dict.fromkeys(("add", "sub"), 5),
    **dict.fromkeys(("mul", "div", "divby", "mod"), 6),
}
TIGHT = ("has", "in")
OPERATORS = (*POWERS, *TIGHT, "not")

# What other languages write, and what OData does.
_MEANT = {"=": "eq", "==": "eq", "!=": "ne", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "&&": "and"}
_MEANT |= dict.fromkeys(("equal", "equals", "is"), "eq") | {"like": "contains(cli,'045')"}
_MEANT |= {"||": "or", "!": "not", "*": "mul", "%": "mod", "+": "add", "-": "sub", "&": "and", "|": "or"}


def too_deep(offset: int) -> FilterWrong:
    return FilterWrong(offset, f"it is nested more than {DEEPEST} levels deep", LESS)


class Words:
    """The words of one text, and how far they are read."""

    example = "A comparison looks like this: status eq 'HANGUP' and waitDuration gt 30."
    """The advice where nothing better is known."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens, self._coming = self._lexed()
        self._place = 0
        self._depth = 0
        self._nodes = 0
        if self.next.after_blank:
            raise FilterWrong(0, "a blank stands before it", "Leave the blank out.")

    def _lexed(self) -> tuple[list[Token], Iterator[Token]]:
        """The words that are cut already, here all: the first that cannot be read is told before anything else."""
        return tokens(self._text), iter(())

    @property
    def next(self) -> Token:
        try:
            return self._tokens[self._place]
        except IndexError:
            return self.following(0)

    def following(self, ahead: int = 1) -> Token:
        """The word that comes so many after the next one; END where there are no more."""
        while len(self._tokens) <= self._place + ahead:
            self._tokens.append(next(self._coming, None) or self._tokens[-1])
        return self._tokens[self._place + ahead]

    @property
    def end(self) -> int:
        """Where the word before the next one ends."""
        return self._tokens[self._place - 1].span.end if self._place else 0

    def advance(self) -> Token:
        token = self.next
        self._place += 1
        return token

    def take(self, mark: str) -> bool:
        """Read a mark, if it is the next word."""
        if self.next.word is Word.MARK and self.next.text == mark:
            self._place += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            raise self.unexpected(f'"{mark}"')

    def expect_end(self) -> None:
        """Raise FilterWrong unless everything is read."""
        if self.next.word is not Word.END or self.next.after_blank:
            raise self.unexpected("an operator such as eq or and")

    def unexpected(self, expected: str) -> FilterWrong:
        token = self.next
        found = f'"{shown(token.text)}" stands where {expected} was expected'
        advice = self.example
        if token.word is Word.END:
            found = f"it ends where {expected} was expected" if not token.after_blank else "a blank stands behind it"
        elif token.word is Word.JSON_TEXT:
            advice = "Text stands in single quotes: 'HANGUP'."
        elif token.text.lower() in _MEANT:
            advice = f'OData writes "{_MEANT[token.text.lower()]}".'
        elif token.word is Word.NAME and "operator" in expected:
            near = nearest(token.text, OPERATORS)
            advice = f'Did you mean "{near}"?' if near else f"The operators are {', '.join(OPERATORS)}."
        return FilterWrong(token.span.start, found, advice)

    def counted(self, count: int = 1) -> None:
        self._nodes += count
        if self._nodes > MOST_NODES:
            problem = f"it has more than {MOST_NODES:,} parts"
            raise FilterWrong(self.next.span.start, problem, LESS)

    def deeper(self) -> None:
        """Go one level down. Raises FilterWrong beyond DEEPEST."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise too_deep(self.next.span.start)

    def higher(self) -> None:
        """Come back one level."""
        self._depth -= 1
