"""JSONPath-Plus, which IMPORTJSONAPI's rows are written in: rewritten piece by piece as RFC 9535.

What it adds: no `$` at the beginning, `^` and `~`, bare names in brackets, `[(@.length-1)]`, types such as `@number()`,
and in filters `@property`, `@parentProperty`, `@root`, `===`. No filter is ever run as a script.
"""

import re
from collections.abc import Iterator

from tabular.errors import PathUnsupported, PathWrong, shown
from tabular.jsonpath import rfc
from tabular.jsonpath.filters import KINDS
from tabular.jsonpath.ir import Dialect, Keep, Key, OfKind, Path, Segment, Up
from tabular.jsonpath.limits import check_text

_WORDS = re.compile(
    r"""
      (?P<bracket>\[)
    | (?P<up>\^)
    | (?P<key>~)
    | @(?P<kind>[a-zA-Z]{1,20})\(\)
    | (?P<dots>\.\.?)
    | (?P<star>\*)
    | (?P<root>\$)
    | (?P<name>[^\s.\[\]()^~@`*,$'"]+)
    """,
    re.VERBOSE,
)
_PLAIN = re.compile(r"[A-Za-z_\u0080-\U0010ffff][0-9A-Za-z_\u0080-\U0010ffff]*")
_LAST = re.compile(r"\(\s*@\.length\s*-\s*([1-9][0-9]{0,9})\s*\)")
_ITEM = re.compile(r"""('(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+"|[^,'"]*+)(,|$)""")
_IN_FILTER = re.compile(
    r"""
      (?P<text>'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+")
    | (?P<place>@(?:parentProperty|property)\b)
    | (?P<root>@root\b)
    | (?P<refused>@(?:parent|path)\b|@[a-z]+\(\)|=~)
    | (?P<strict>[=!]==)
    """,
    re.VERBOSE,
)
_PLACES = {place.value: f"{name}()" for name, place in rfc.PLACES.items()}


def parse(text: str) -> Path:
    """The path of a text. Raises PathWrong, PathUnsupported and PathTooLong."""
    check_text(text)
    if not text.strip():
        raise PathWrong(Dialect.PLUS, 0, "there is no path")
    segments: list[Segment] = []
    for offset, piece in _pieces(text):
        if isinstance(piece, str):
            segments += _read(piece, offset, text)
        else:
            segments.append(piece)
    return Path(tuple(segments))


def _read(piece: str, offset: int, text: str) -> tuple[Segment, ...]:
    try:
        return rfc.parse(f"${piece}", Dialect.PLUS).segments
    except PathWrong as wrong:
        place = min(offset + max(wrong.offset - 1, 0), len(text))
        raise PathWrong(Dialect.PLUS, place, wrong.problem) from None


def _pieces(text: str) -> Iterator[tuple[int, str | Segment]]:
    """Pieces of RFC 9535, each without its `$`, and the segments between them, with the places where they begin."""
    place, end = len(text) - len(text.lstrip()), len(text.rstrip())
    began, piece, dots = place, "", ""
    while place < end:
        word = _WORDS.match(text, place, end)
        if word is None:
            feature = "a backquote" if text[place] == "`" else None
            if feature:
                raise PathUnsupported(Dialect.PLUS, feature, "A name with other characters is ['a name'].")
            raise PathWrong(Dialect.PLUS, place, f'"{shown(text[place])}" stands where it means nothing')
        kind, found = str(word.lastgroup), word[0]
        start, place = place, word.end()
        if kind in ("up", "key", "kind"):
            if piece or dots:
                yield began, piece + dots
            yield start, _segment(kind, word["kind"])
            piece, dots, began = "", "", place
        elif kind == "root":
            if start != len(text) - len(text.lstrip()):
                raise PathWrong(Dialect.PLUS, start, '"$" stands only at the beginning')
        elif kind == "dots":
            piece, dots = piece + dots, found
        elif kind == "bracket":
            inside = _inside(text, place, end)
            place += len(inside) + 1
            piece, dots = piece + (dots if dots == ".." else "") + _bracket(inside), ""
        else:
            piece, dots = piece + _member(found, dots), ""
    if piece or dots:
        yield began, piece + dots


def _segment(kind: str, of: str | None) -> Segment:
    if kind == "up":
        return Up()
    if kind == "key":
        return Key()
    if of not in KINDS:
        raise PathUnsupported(Dialect.PLUS, f"@{of}()", f"Types are {', '.join(sorted(KINDS))}.")
    return Keep(OfKind(str(of)))


def _member(name: str, dots: str) -> str:
    if name == "*" or _PLAIN.fullmatch(name):
        return (dots or ".") + name
    # An index may be written as a name: a value is either a list or an object.
    also = f",{name}" if name.isdecimal() and name.isascii() and str(int(name)) == name else ""
    return f"{'..' if dots == '..' else ''}[{_quoted(name)}{also}]"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _inside(text: str, place: int, end: int) -> str:
    """What stands in a bracket that is open, up to the one that closes it."""
    depth, quote, start = 1, "", place
    while place < end:
        letter = text[place]
        if quote:
            place += letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "[]":
            depth += 1 if letter == "[" else -1
            if not depth:
                return text[start:place]
        place += 1
    raise PathWrong(Dialect.PLUS, start - 1, "a bracket opens and does not close")


def _bracket(inside: str) -> str:
    body = inside.strip()
    if body.startswith("?"):
        return f"[{_IN_FILTER.sub(_filter_word, body)}]"
    if body.startswith("("):
        last = _LAST.fullmatch(body)
        if last is None:
            raise PathUnsupported(Dialect.PLUS, f"[{body}]", "Of scripts only [(@.length-1)] is understood.")
        return f"[-{last[1]}]"
    items = [item[1].strip() for item in _ITEM.finditer(body)]
    if items and not items[-1] and not body.endswith(","):
        items.pop()
    return f"[{','.join(_quoted(item) if _is_bare(item) else item for item in items)}]"


def _is_bare(item: str) -> bool:
    return bool(item) and item[0] not in "'\"*-:" and not item[0].isdigit() and item != "*"


def _filter_word(word: re.Match[str]) -> str:
    if word["text"]:
        return word[0]
    if word["place"]:
        return _PLACES[word[0]]
    if word["root"]:
        return "$"
    if word["strict"]:
        return word[0][:2]
    raise PathUnsupported(Dialect.PLUS, word[0], "Filters may ask @property, @parentProperty and @root.")
