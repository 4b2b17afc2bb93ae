"""The words of a query option: those of expressions, and what options alone have around them."""

from collections.abc import Iterator

from odata.options.searching import search_at
from odata.options.sought import Sought
from odata.options.transformations import Computed, Measure
from tabular.errors import FilterWrong, nearest, shown
from tabular.filter.lexer import LONGEST, Token, Word, too_long, words
from tabular.filter.parser import Reader
from tabular.filter.tree import Aggregate, Call, Count, Name, Node, Ordering, Path, Segment, Span, Step

METHODS = ("sum", "min", "max", "average", "countdistinct")
"""What an aggregate may be made by, beside functions of the service's own, whose names have dots."""


class OptionReader(Reader):
    """Reads a text word by word as it is asked for, so that a search inside it may be cut in its own way."""

    def __init__(self, text: str, example: str) -> None:
        if len(text) > LONGEST:
            raise too_long()
        super().__init__(text)
        self.example = f"It looks like this: {example}."

    def _lexed(self) -> tuple[list[Token], Iterator[Token]]:
        return [], words(self._text)

    @property
    def begin(self) -> int:
        """Where the next word begins."""
        return self.next.span.start

    def since(self, start: int) -> Span:
        """What is read from a place on."""
        return Span(start, self.end)

    def wrong(self, problem: str, advice: str = "") -> FilterWrong:
        """A refusal of the next word."""
        return FilterWrong(self.begin, problem, advice or self.example)

    def is_at(self, mark: str, ahead: int = 0) -> bool:
        """Whether a mark comes, perhaps after other words."""
        token = self.following(ahead)
        return token.word is Word.MARK and token.text == mark

    def takes(self, word: str) -> bool:
        """Read a word of the grammar, if it is the next one; in any case (OData 4.01)."""
        if self.next.word is Word.NAME and self.next.text.lower() == word:
            self.advance()
            return True
        return False

    def sought(self) -> Sought:
        """A search, from behind the word before it up to what closes the parentheses around it."""
        start = self.end
        found, end = search_at(self._text, start)
        # Whatever was cut behind that word was cut as an expression.
        del self._tokens[self._place :]
        self._tokens.append(Token(Word.RAW, self._text[start:end], Span(start, end)))
        self._place += 1
        self._coming = words(self._text, end)
        self.counted()
        return found

    def star(self) -> bool:
        """Read the `.*` of `Model.*`, if it follows the word before."""
        place = self.end
        if not self._text.startswith(".*", place):
            return False
        del self._tokens[self._place :]
        self._tokens.append(Token(Word.RAW, ".*", Span(place, place + 2)))
        self._place += 1
        self._coming = words(self._text, place + 2)
        return True

    # Names

    def name(self, expected: str = "a name") -> Token:
        """A name without dots."""
        if self.next.word is not Word.NAME or "." in self.next.text:
            raise self.unexpected(expected)
        self.counted()
        return self.advance()

    def renamed(self) -> str:
        """The new name behind `as`."""
        if not self.takes("as"):
            raise self.unexpected('"as" and a name')
        return self.name().text

    def property_path(self) -> Path:
        """Names between slashes; all but the last may be types, whose names have dots."""
        found = self.related()
        last = found.segments[-1]
        assert isinstance(last, Name)
        if "." in last.text:
            problem = f"the type {shown(last.text)} stands where a property was expected"
            raise FilterWrong(last.span.start, problem, self.example)
        return found

    def related(self) -> Path:
        """Names between slashes, the last of which may be a type."""
        start = self.begin
        names: list[Name] = []
        while not names or self.take("/"):
            if self.next.word is not Word.NAME:
                raise self.unexpected("a property")
            token = self.advance()
            names.append(Name(token.text, token.span))
        self.counted(len(names))
        return Path(tuple(names), self.since(start))

    def hierarchy_of(self, path: Path) -> str:
        """The name of a hierarchy that a path of one name is."""
        only = path.segments[0]
        if len(path.segments) > 1 or not isinstance(only, Name):
            problem = "rollup takes two or more properties, or the name of a hierarchy"
            raise FilterWrong(path.span.start, problem, self.example)
        return only.text

    def property_paths(self) -> tuple[Path, ...]:
        """One or more paths between commas."""
        found = [self.property_path()]
        while self.take(","):
            found.append(self.property_path())
        return tuple(found)

    # Lists

    def orderings(self) -> tuple[Ordering, ...]:
        """What is sorted by."""
        found = [self.ordering()]
        while self.take(","):
            found.append(self.ordering())
        return tuple(found)

    def computed(self) -> tuple[Computed, ...]:
        """Expressions, each with a name."""
        found: list[Computed] = []
        while not found or self.take(","):
            start = self.begin
            found.append(Computed(self.root(), self.renamed(), self.since(start)))
        return tuple(found)

    # Aggregates

    def measures(self) -> tuple[Measure, ...]:
        """The items of the transformation `aggregate`."""
        found: list[Measure] = []
        while not found or self.take(","):
            start = self.begin
            aggregate = self.aggregate()
            is_custom = not aggregate.method and not aggregate.steps and not _is_count(aggregate.value)
            name = "" if is_custom and not _is_word(self.next, "as") else self.renamed()
            found.append(Measure(aggregate, name, self.since(start)))
        return tuple(found)

    def aggregate(self) -> Aggregate:
        """`Amount with sum from Time with average`, `$count`, or the name of a custom aggregate."""
        start = self.begin
        value = self.root()
        is_count = _is_count(value)
        method = self._method() if not is_count and _is_word(self.next, "with") else ""
        if not (is_count or method or _is_property(value)):
            raise self.unexpected('"with" and a method')
        steps: list[Step] = []
        while _is_word(self.next, "from"):
            begun = self.advance().span.start
            by = self.property_paths()
            is_optional = not (is_count or method) and not _is_word(self.next, "with")
            steps.append(Step(by, "" if is_optional else self._method(), self.since(begun)))
        self.counted()
        return Aggregate(value, method, tuple(steps), self.since(start))

    def _method(self) -> str:
        if not self.takes("with"):
            raise self.unexpected('"with" and a method')
        token = self.next
        if token.word is not Word.NAME:
            raise self.unexpected("a method")
        if "." not in token.text and token.text.lower() not in METHODS:
            near = nearest(token.text, METHODS)
            advice = f'Did you mean "{near}"?' if near else f"The methods are {', '.join(METHODS)}."
            raise self.wrong(f'there is no method "{shown(token.text)}"', advice)
        self.advance()
        return token.text if "." in token.text else token.text.lower()

    def _called(self, token: Token, is_first: bool) -> Segment:
        if token.text.lower() != "aggregate":
            return super()._called(token, is_first)
        if is_first:
            raise self.wrong("aggregate stands without what it is made of", "Name it before: $these/aggregate(…).")
        self.expect("(")
        self.deeper()
        found = self.aggregate()
        self.higher()
        self.expect(")")
        return found


def _is_word(token: Token, word: str) -> bool:
    return token.word is Word.NAME and token.text.lower() == word


def _is_count(value: Node) -> bool:
    """Whether a value is `$count` or ends in it."""
    if not isinstance(value, Path):
        return False
    last = value.segments[-1]
    return isinstance(last, Count) or (isinstance(last, Name) and last.text.lower() == "$count")


def _is_property(value: Node) -> bool:
    """Whether a value may be a custom aggregate: names alone."""
    return isinstance(value, Path) and all(isinstance(one, Name) and one.text[0] not in "$@" for one in value.segments)


def is_custom(value: Node) -> Call | None:
    """The function with a dotted name that a value is, if it is one."""
    only = value.segments[0] if isinstance(value, Path) and len(value.segments) == 1 else None
    return only if isinstance(only, Call) and "." in only.name else None
