"""The language of columns: IMPORTJSONAPI's, and beyond it wildcards, slices, filters, descent and names of any letters.

Columns are separated by commas; a comma in a name is `%2C`. In a column `$` (first only) is the document, `@` the row's
own value, `^` what holds it, `~` (last only) the name or index under which it is held, `[0]` an element; dots between
are optional. `>n` at the end makes a number of it, `>d` a moment.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from tabular.errors import ColumnsWrong, PathWrong, shown
from tabular.jsonpath.ir import Child, Descend, Dialect, Index, Key, Name, Segment, Selector, Slice, Up, Wild
from tabular.jsonpath.limits import LONGEST, check_columns
from tabular.jsonpath.reading import segments_of


class Style(StrEnum):
    """What cells hold: typed values whole, or what IMPORTJSONAPI writes into a sheet."""

    NATIVE = "native"
    IMPORTJSONAPI = "importjsonapi"


class Conversion(StrEnum):
    """What is made of a cell."""

    NUMBER = "n"
    MOMENT = "d"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it was written: a way from the row, or from the document, to a value."""

    name: str
    steps: tuple[Segment, ...]
    from_root: bool = False
    conversion: Conversion | None = None


_WORDS = re.compile(
    r"""
      (?P<descend>\.\.)
    | (?P<dot>\.)
    | (?P<root>\$)
    | (?P<value>@)
    | (?P<up>\^)
    | (?P<key>~)
    | (?P<star>\*)
    | (?P<number>[0-9]+(?![\w-]))
    | (?P<name>[\w][\w-]*)
    | (?P<quoted>'[^']*'|"[^"]*")
    | \[\s*(?P<index>-?[0-9]{1,15})\s*\]
    | \[\s*(?P<stars>\*)\s*\]
    | \[\s*(?P<slice>-?[0-9]{0,15}\s*:[\s0-9:-]{0,40})\]
    | \[\s*(?P<member>'[^']*'|"[^"]*")\s*\]
    | (?P<filter>\[\s*\?)
    """,
    re.VERBOSE,
)
_CONVERTED = re.compile(r">\s*(n|d)\s*$")
_COMMA = re.compile("%2c", re.IGNORECASE)


def read(columns: str, dialect: Dialect, style: Style) -> tuple[Column, ...]:
    """The columns of a text. Raises ColumnsWrong and PathTooLong."""
    parts = _parts(columns)
    check_columns(len(parts))
    found, start = [], 0
    for part in parts:
        if part.strip():
            found.append(_Reading(part, start, dialect, style).column())
        elif style is Style.NATIVE and columns.strip():
            raise ColumnsWrong(start, "nothing stands between two commas")
        start += len(part) + 1
    if not found:
        raise ColumnsWrong(0, "it names no column")
    return tuple(found)


def read_each(columns: tuple[str, ...], dialect: Dialect, style: Style) -> tuple[Column, ...]:
    """The columns of as many texts. Raises the same."""
    check_columns(len(columns))
    if not columns:
        raise ColumnsWrong(0, "it names no column")
    return tuple(_Reading(each, 0, dialect, style).column() for each in columns)


def _parts(columns: str) -> list[str]:
    """The texts between commas; those in quotes and brackets do not count."""
    parts, depth, quote = [""], 0, ""
    for letter in columns:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "," and depth <= 0:
            parts.append("")
            continue
        depth += (letter == "[") - (letter == "]") if not quote else 0
        parts[-1] += letter
    return parts


class _Reading:
    """One column being read; `start` is its place in the whole text."""

    def __init__(self, text: str, start: int, dialect: Dialect, style: Style) -> None:
        if len(text) > LONGEST:
            raise ColumnsWrong(start, f"a column is longer than {LONGEST:,} characters")
        self._text, self._start, self._dialect, self._style = text, start, dialect, style
        self._place = 0

    def column(self) -> Column:
        text = self._text
        converted = _CONVERTED.search(text)
        end = len(text[: len(text) if converted is None else converted.start()].rstrip())
        self._place = len(text) - len(text.lstrip())
        steps: list[Segment] = []
        from_root, descends, first = False, False, True
        only: str | None = None
        while self._place < end:
            word = _WORDS.match(text, self._place, end)
            if word is None:
                if text[self._place].isspace():
                    raise self._wrong("a name with blanks stands in quotes")
                raise self._wrong(f'"{shown(text[self._place :])}" means nothing here')
            kind = str(word.lastgroup)
            if steps and isinstance(steps[-1], Key):
                raise self._wrong('"~" stands only at the end of a column')
            match kind:
                case "root":
                    if not first:
                        raise self._wrong('"$" stands only at the beginning of a column')
                    from_root = True
                case "up":
                    steps.append(Up(stays=True))
                case "key":
                    steps.append(Key())
                case "descend":
                    descends = True
                case "dot" | "value":
                    pass
                case _:
                    selector = self._selector(kind, word)
                    if selector is not None:
                        only = selector.name if isinstance(selector, Name) and first else None
                        steps.append(Descend((selector,)) if descends else Child((selector,)))
                        descends = False
            if descends and kind in ("up", "key", "root"):
                raise self._wrong('".." stands before a name or a bracket')
            first = False
            self._place = max(word.end(), self._place) if kind != "filter" else self._place
        if descends:
            raise self._wrong('".." stands before a name or a bracket')
        if first:
            raise self._wrong("it names nothing")
        name = only if only is not None and len(steps) == 1 else text.strip()
        return Column(name, tuple(steps), from_root, None if converted is None else Conversion(converted[1]))

    def _selector(self, kind: str, word: re.Match[str]) -> Selector | None:
        match kind:
            case "number":
                # A number without brackets means nothing to IMPORTJSONAPI.
                return Index(int(word[0])) if self._style is Style.NATIVE and len(word[0]) < 16 else None
            case "name":
                return Name(word[0], script=word[0] == "length")
            case "quoted":
                return Name(_COMMA.sub(",", word[0][1:-1]))
            case "member" if self._style is Style.NATIVE:
                return Name(_COMMA.sub(",", word["member"][1:-1]))
            case "index":
                return Index(int(word["index"]))
            case "star" | "stars":
                return Wild()
            case "slice":
                return self._slice(word["slice"])
            case "filter":
                return self._filter()
        raise self._wrong("a bracket holds an index, a slice, a filter or *")

    def _slice(self, text: str) -> Slice:
        bounds = [bound.strip() for bound in text.split(":")]
        if len(bounds) > 3 or not all(re.fullmatch("-?[0-9]{1,15}|", bound) for bound in bounds):
            raise self._wrong(f'"{shown(text)}" is no slice')
        return Slice(*(int(bound) if bound else None for bound in bounds))

    def _filter(self) -> Selector:
        """A filter, up to the bracket that closes it; what it says is the dialect's."""
        place, depth, quote = self._place, 0, ""
        while place < len(self._text):
            letter = self._text[place]
            if quote:
                place += letter == "\\"
                quote = "" if letter == quote else quote
            elif letter in "'\"":
                quote = letter
            else:
                depth += (letter == "[") - (letter == "]")
                if not depth:
                    break
            place += 1
        inside = self._text[self._place : place + 1]
        try:
            (segment,) = segments_of(f"${inside}", self._dialect)
        except PathWrong as wrong:
            raise self._wrong(f"{wrong.problem} (character {wrong.offset} of its filter)") from None
        self._place = place + 1
        assert isinstance(segment, Child)
        return segment.selectors[0]

    def _wrong(self, problem: str) -> ColumnsWrong:
        return ColumnsWrong(self._start + self._place, problem)
