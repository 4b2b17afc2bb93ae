"""Lexing: what stands in quotes and comments is taken out of a statement before anything else reads it.

So a text is exactly what MySQL reads, no comment hides anything, and nothing of it is ever part of the SQL.
"""

import re
from dataclasses import dataclass, field

from tabular.errors import StatementRefused, StatementTooLarge, StatementUnreadable, StatementUnsupported

CHARACTERS = 100_000
TOKENS = 10_000
DEPTH = 60
"""Parentheses in each other."""

_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_WORD = re.compile(r"[A-Za-z_$\u0080-\uffff][\w$]*|\d[\w.]*|\.\d\w*", re.ASCII | re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_SYMBOLS = ("<=>", ":=", "<>", "!=", "<=", ">=", "||", "&&", "<<", ">>")
_MARK = "\u00a7"
"""Before the number of a text that was taken out."""
_INTRODUCER = re.compile(r"(?:_[A-Za-z0-9]+|[NnXxBb])\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a symbol, a text (`"`) or a quoted name (`` ` ``), and where it stands in the statement."""

    kind: str
    word: str
    begin: int
    end: int


@dataclass(slots=True)
class Lexed:
    """A statement whose texts are numbers of `texts`, and its tokens."""

    statement: str
    tokens: list[Token] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def text(self, held: str) -> str:
        """The text for which a literal stands, or the literal's own."""
        return self.texts[int(held[1:])] if is_text(held) else held

    @property
    def plain(self) -> str:
        """The statement for the parser."""
        return " ".join(token.word for token in self.tokens)


def is_text(held: str) -> bool:
    """Whether a literal of the parser's stands for a text of the statement."""
    return held.startswith(_MARK)


def lexed(statement: str) -> Lexed:
    """The tokens of a statement.

    Raises StatementTooLarge, StatementUnreadable, StatementRefused and StatementUnsupported.
    """
    if len(statement) > CHARACTERS:
        raise StatementTooLarge("characters", CHARACTERS)
    if "\0" in statement:
        raise StatementUnreadable("it holds a null character")
    found, place, depth, ended = Lexed(statement), 0, 0, False
    while place < len(statement):
        past = _passed(statement, place)
        if past > place:
            place = past
            continue
        if ended:
            raise StatementRefused("a second statement")
        token, place = _token(statement, place, found)
        if token.word == ";":
            ended = True
            continue
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if depth > DEPTH:
            raise StatementTooLarge("parentheses in each other", DEPTH)
        found.tokens.append(token)
        if len(found.tokens) > TOKENS:
            raise StatementTooLarge("words", TOKENS)
    if not found.tokens:
        raise StatementUnreadable("it is empty")
    return found


def _passed(statement: str, place: int) -> int:
    """Where the blanks and comments end that begin at a place."""
    blank = _SPACE.match(statement, place)
    if blank:
        return blank.end()
    two = statement[place : place + 2]
    if two == "/*":
        if statement[place + 2 : place + 3] in ("!", "+") or statement[place + 2 : place + 4] == "M!":
            raise StatementRefused("a comment that servers execute (/*! … */)")
        end = statement.find("*/", place + 2)
        if end < 0:
            raise StatementUnreadable("a comment does not end")
        return end + 2
    if statement[place] == "#" or (two == "--" and statement[place + 2 : place + 3].strip() == ""):
        end = statement.find("\n", place)
        return len(statement) if end < 0 else end + 1
    return place


def _token(statement: str, place: int, found: Lexed) -> tuple[Token, int]:
    letter = statement[place]
    if letter in "'\"":
        return _text(statement, place, found)
    if letter == "`":
        end = place + 1
        while True:
            end = statement.find("`", end)
            if end < 0:
                raise StatementUnreadable("a name in backquotes does not end")
            if statement[end + 1 : end + 2] != "`":
                break
            end += 2
        word = statement[place : end + 1]
        if word == "``":
            raise StatementUnreadable("a name in backquotes is empty")
        return Token("`", word, place, end + 1), end + 1
    word_found = _WORD.match(statement, place)
    if word_found:
        word = word_found[0]
        if re.fullmatch(r"[\d.]+[eE]", word) and statement[word_found.end() : word_found.end() + 1] in ("+", "-"):
            more = re.compile(r"[+-]\d+").match(statement, word_found.end())
            if more:
                return Token("word", word + more[0], place, more.end()), more.end()
        return Token("word", word, place, word_found.end()), word_found.end()
    for symbol in _SYMBOLS:
        if statement.startswith(symbol, place):
            if symbol == ":=":
                raise StatementRefused("an assignment (:=)")
            return Token("symbol", symbol, place, place + len(symbol)), place + len(symbol)
    if letter == "!":
        raise StatementUnsupported("!", advice="Write NOT, or <>.")
    if letter == "@":
        raise StatementRefused("a variable (@)")
    if letter not in "(),.;+-*/%=<>&|^~":
        raise StatementUnreadable(f"{letter!r} belongs to no name, number or operator")
    return Token("symbol", letter, place, place + 1), place + 1


def _text(statement: str, place: int, found: Lexed) -> tuple[Token, int]:
    if found.tokens and found.tokens[-1].end == place and _INTRODUCER.match(found.tokens[-1].word):
        raise StatementUnsupported(
            f"{found.tokens[-1].word}'…'", advice="Write the text without what stands before it."
        )
    quote, end, letters = statement[place], place + 1, []
    while True:
        letter = statement[end : end + 1]
        if letter == "":
            raise StatementUnreadable("a text in quotes does not end")
        if letter == "\\":
            following = statement[end + 1 : end + 2]
            letters.append(_ESCAPES.get(following, following))
            end += 2
        elif letter == quote:
            if statement[end + 1 : end + 2] != quote:
                break
            letters.append(quote)
            end += 2
        else:
            letters.append(letter)
            end += 1
    said, end = "".join(letters), end + 1
    if any("\ud800" <= letter <= "\udfff" for letter in said):
        raise StatementUnreadable("a text holds half a character")
    before = found.tokens[-1] if found.tokens else None
    if before is not None and before.kind == '"':
        # Texts that follow each other are one.
        found.tokens.pop()
        said, place = found.texts[-1] + said, before.begin
        found.texts[-1] = said
    else:
        found.texts.append(said)
    return Token('"', f"'{_MARK}{len(found.texts) - 1}'", place, end), end
