"""`$search` → what is looked for: words, phrases, AND, OR, NOT and parentheses (OData 4.01 part 2, 5.1.7)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from odata.options.names import NESTED
from odata.options.sought import Combined, Sought, Term, Without
from tabular.errors import FilterWrong, shown
from tabular.filter.lexer import LESS, LONGEST, too_long
from tabular.filter.tree import Span
from tabular.filter.words import DEEPEST, MOST_NODES, too_deep


class _Shape(StrEnum):
    BLANK = "blank"
    OPEN = "open"
    CLOSE = "close"
    PHRASE = "phrase"
    WORD = "word"
    END = "end"


def _pieces(semicolon: str) -> re.Pattern[str]:
    """What a search is made of, where a word holds only such semicolons."""
    return re.compile(
        rf"""
          (?P<blank>\s++)
        | (?P<open>\()
        | (?P<close>\))
        | (?P<phrase>"[^"]++")
        | (?P<word>(?:[^\s()"';]|{semicolon})(?:[^\s()";]|{semicolon})*+)
        """,
        re.VERBOSE,
    )


_ALONE = _pieces(";")
# A semicolon that was %3B is one like any other once the address is decoded: in parentheses it ends the search
# where an option follows, and is a letter of a word elsewhere.
_INSIDE = _pieces(rf";(?!\s*(?:\$|@|(?:{'|'.join(sorted(NESTED))})\s*=))")
_BLANKS = re.compile(r"\s*+")
_QUOTED = re.compile(r"'(?:[^']++|'')*+'")


@dataclass(frozen=True, slots=True)
class _Piece:
    shape: _Shape
    text: str
    span: Span
    after_blank: bool


def searched(text: str) -> Sought:
    """What a whole `$search` looks for. Raises FilterWrong with the place."""
    if len(text) > LONGEST:
        raise too_long()
    found, end = search_at(text, 0, is_inside=False)
    if end < len(text):
        raise FilterWrong(end, '")" stands here and no parenthesis is open', _ADVICE)
    return found


def search_at(text: str, place: int, is_inside: bool = True) -> tuple[Sought, int]:
    """What is looked for from a place of a text on, and where that ends: at what closes the parentheses around it, or
    at the semicolon before the next option. Raises FilterWrong."""
    begun = place + len(_BLANKS.match(text, place)[0])  # type: ignore[index]  # it matches anywhere
    quoted = _QUOTED.match(text, begun)
    if quoted is None:
        return _Search(text, begun, is_inside).read()
    end = quoted.end()
    if (is_inside and text[end : end + 1] not in (")", ";")) or (not is_inside and end < len(text)):
        problem = "something stands behind a text in single quotes"
        raise FilterWrong(end, problem, "Such a text stands alone: '\"blue\" gr'.")
    return Term(quoted[0][1:-1].replace("''", "'"), "'", Span(begun, end)), end


_ADVICE = 'It looks like this: mountain AND (bike OR "mountain bike") AND NOT clothing.'


class _Search:
    """One search, and how far it is read."""

    def __init__(self, text: str, place: int, is_inside: bool) -> None:
        self._end = place
        self._place = 0
        self._level = 0
        self._pieces = self._cut(text, place, _INSIDE if is_inside else _ALONE)

    def read(self) -> tuple[Sought, int]:
        found = self._either()
        return found, self._end

    def _cut(self, text: str, place: int, pattern: re.Pattern[str]) -> list[_Piece]:
        """The pieces up to where the search ends."""
        pieces: list[_Piece] = []
        after_blank, opened = True, 0
        while (match := pattern.match(text, place)) is not None:
            shape, span = _Shape(str(match.lastgroup)), Span(match.start(), match.end())
            opened += (shape is _Shape.OPEN) - (shape is _Shape.CLOSE)
            if opened < 0:
                break
            place = match.end()
            if shape is not _Shape.BLANK:
                pieces.append(_Piece(shape, match[0], span, after_blank))
            after_blank = shape in (_Shape.BLANK, _Shape.OPEN)
            if len(pieces) > MOST_NODES:
                raise FilterWrong(span.start, f"it has more than {MOST_NODES:,} parts", LESS)
        if text[place : place + 1] in ("'", '"'):
            problem = "a phrase begins and does not end, or is empty"
            raise FilterWrong(place, problem, 'A phrase stands in double quotes: "blue green".')
        self._end = place
        return [*pieces, _Piece(_Shape.END, "", Span(place, place), True)]

    @property
    def _next(self) -> _Piece:
        return self._pieces[self._place]

    def _either(self) -> Sought:
        """Alternatives between OR."""
        return self._chain("or")

    def _chain(self, operator: str) -> Sought:
        begun = self._next.span.start
        parts = [self._part(operator)]
        while self._goes_on(operator):
            parts.append(self._part(operator))
        if len(parts) == 1:
            return parts[0]
        return Combined(operator, tuple(parts), Span(begun, self._pieces[self._place - 1].span.end))

    def _part(self, operator: str) -> Sought:
        return self._chain("and") if operator == "or" else self._one()

    def _goes_on(self, operator: str) -> bool:
        """Whether another part follows; what stands between is read. AND and OR are words where nothing follows."""
        if not self._begins(self._next):
            return False
        is_operator = self._next.text in ("AND", "OR") and self._begins(self._pieces[self._place + 1])
        if is_operator and self._next.text.lower() == operator:
            self._place += 1
            return True
        return operator == "and" and not is_operator

    def _begins(self, piece: _Piece) -> bool:
        """Whether something to look for begins with a piece."""
        return piece.shape not in (_Shape.END, _Shape.CLOSE)

    def _one(self) -> Sought:
        piece = self._next
        if not self._begins(piece):
            found = f'"{piece.text}" stands' if piece.text else "it ends"
            raise FilterWrong(piece.span.start, f"{found} where a word was expected", _ADVICE)
        if not piece.after_blank:
            problem = f'no blank stands before "{shown(piece.text)}"'
            raise FilterWrong(piece.span.start, problem, "Words stand apart, a phrase in double quotes.")
        self._place += 1
        if piece.shape is _Shape.OPEN:
            self._deeper()
            inner = self._either()
            if self._next.shape is not _Shape.CLOSE:
                raise FilterWrong(self._next.span.start, "a parenthesis is not closed", _ADVICE)
            self._place += 1
            self._level -= 1
            return inner
        if piece.text == "NOT" and self._begins(self._next):
            self._deeper()
            inner = self._one()
            self._level -= 1
            return Without(inner, Span(piece.span.start, inner.span.end))
        if piece.shape is _Shape.PHRASE:
            return Term(piece.text[1:-1], '"', piece.span)
        return Term(piece.text, "", piece.span)

    def _deeper(self) -> None:
        self._level += 1
        if self._level > DEEPEST:
            raise too_deep(self._next.span.start)
