"""A TimeFormat reads times as strictly as Python's strptime, over whole columns."""

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.expression import Wrong, any_true

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# By directive: what it may read beside something that is no digit, and between digits (its full width).
_DIRECTIVES = {
    "%Y": ("[0-9]{4}", "[0-9]{4}"),
    "%y": ("[0-9]{2}", "[0-9]{2}"),
    "%m": ("(?:0?[1-9]|1[0-2])", "(?:0[1-9]|1[0-2])"),
    "%d": ("(?:0?[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|[12][0-9]|3[01])"),
    "%b": (f"(?i:{_MONTHS})", f"(?i:{_MONTHS})"),
    "%H": ("(?:[01]?[0-9]|2[0-3])", "(?:[01][0-9]|2[0-3])"),
    "%I": ("(?:0?[1-9]|1[0-2])", "(?:0[1-9]|1[0-2])"),
    "%M": ("[0-5]?[0-9]", "[0-5][0-9]"),
    "%S": ("[0-5]?[0-9]", "[0-5][0-9]"),
    "%p": ("(?i:am|pm)", "(?i:am|pm)"),
    "%%": ("%", "%"),
}
_WORDS = {"%b", "%p", "%%"}
_PIECE = re.compile(r"%.|.", re.DOTALL)
_TAIL = re.compile(r"(?P<fraction>[.,]%f)?(?P<offset> *%z)?$")
_FRACTION = "(?P<fraction>[.,][0-9]{1,9})"
_OFFSET = "(?P<offset> *(?:[Zz]|[+-][0-9]{2}:?[0-9]{2}))"
_KNOWN = "The directives are %Y %y %m %d %b %H %I %M %S %p %%, then .%f and %z."


@dataclass(frozen=True)
class TimeFormat:
    """A format, as a pattern that lets nothing but its times through and as what Arrow then reads.

    `dated` is the pattern with the day as a group; `tail` says that the pattern has the groups main, fraction and
    offset, of which Arrow reads the main one; `offset` that times may say their offset from UTC.
    """

    pattern: str
    dated: str | None
    plain: str
    tail: bool = False
    offset: bool = False

    def read(self, texts: pa.Array) -> tuple[pa.Array, pa.Array | None]:
        """The wall time of each text (timestamp[us], null where it is none), and its offset from UTC (duration[us],
        null where it says none); None for the offsets where the format has none."""
        if not self.tail:
            good = pc.match_substring_regex(texts, self.pattern)
            known = texts if not any_true(pc.invert(good)) else pc.if_else(good, texts, pa.scalar(None, pa.string()))
            return self._wall(known), None
        main, fraction, offset = pc.extract_regex(texts, self.pattern).flatten()
        wall = self._wall(pc.replace_substring(main, "T", " ") if self is ISO else main)
        micros = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.utf8_slice_codeunits(fraction, 1), 6, "0"), 0, 6)
        wall = pc.add(wall, micros.cast(pa.int64()).cast(pa.duration("us")))
        return wall, _offsets(offset) if self.offset else None

    def _wall(self, texts: pa.Array) -> pa.Array:
        found = pc.strptime(texts, format=self.plain, unit="us", error_is_null=True)
        if self.dated is None:
            return found
        # Arrow reads 30 February as 2 March: where a month has just begun, the day is looked at again.
        begun = pc.fill_null(pc.less_equal(pc.day(found), 3), False)
        if not any_true(begun):
            return found
        suspects = found.filter(begun)
        days = pc.struct_field(pc.extract_regex(texts.filter(begun), self.dated), "day").cast(pa.int64())
        right = pc.if_else(pc.equal(pc.day(suspects), days), suspects, pa.scalar(None, suspects.type))
        return pc.replace_with_mask(found, begun, right)


def _offsets(texts: pa.Array) -> pa.Array:
    coded = texts.dictionary_encode()
    micros = [_offset(text) for text in coded.dictionary.to_pylist()]
    return pa.array(micros, pa.int64()).cast(pa.duration("us")).take(coded.indices)


def _offset(text: str) -> int | None:
    digits = text.strip().replace(":", "")
    if not digits:
        return None
    if digits in "Zz":
        return 0
    minutes = int(digits[1:3]) * 60 + int(digits[3:5])
    return (-minutes if digits[0] == "-" else minutes) * 60_000_000


def read_format(spelled: str) -> TimeFormat:
    """The format of a date, with or without a clock. Raises Wrong.

    >>> read_format("%d/%m/%Y %H:%M").read(pa.array(["1/2/2024 7:30", "30/2/2024 7:30"]))[0].to_pylist()
    [datetime.datetime(2024, 2, 1, 7, 30), None]
    """
    return _format(spelled, of_date=True)


def read_clock(spelled: str) -> tuple[TimeFormat, TimeFormat]:
    """The formats of a date and of a clock (whose day is of no meaning), which one blank parts. Raises Wrong."""
    date, blank, clock = spelled.partition(" ")
    if not blank or not re.search("%[HI]", clock):
        raise Wrong(f"{spelled!r} is no format of a date and a clock", "Write one blank between: '%Y-%m-%d %H:%M:%S'.")
    if re.search("%[Yymbd]", clock):
        raise Wrong(f"the clock of {spelled!r} says a date", "The date comes before the blank.")
    if _TAIL.search(date)[0]:  # type: ignore[index]  # the pattern finds at least nothing
        raise Wrong(f"the date of {spelled!r} says a clock", "The clock comes after the blank.")
    return _format(date, of_date=True), _format(clock, of_date=False)


def _format(spelled: str, *, of_date: bool) -> TimeFormat:
    found = _TAIL.search(spelled)
    assert found is not None
    main = spelled[: found.start()]
    pieces = _PIECE.findall(main)
    _check(spelled, pieces, of_date=of_date)
    pattern = _pattern(pieces, "?:")
    dated = f"^{_pattern(pieces, '?P<day>')}$" if "%d" in pieces else None
    if not found[0]:
        return TimeFormat(f"^{pattern}$", dated, main)
    fraction = _FRACTION if found["fraction"] else "(?P<fraction>)"
    offset = _OFFSET if found["offset"] else "(?P<offset>)"
    return TimeFormat(f"^(?P<main>{pattern}){fraction}{offset}$", dated, main, tail=True, offset=bool(found["offset"]))


def _check(spelled: str, pieces: list[str], *, of_date: bool) -> None:
    unknown = [piece for piece in pieces if piece.startswith("%") and piece not in _DIRECTIVES]
    if unknown:
        last = unknown[0] in ("%f", "%z")
        reason = f"{unknown[0]} does not come last" if last else f"there is no directive {unknown[0]}"
        raise Wrong(f"{reason} in the format {spelled!r}", _KNOWN)
    twice = [piece for piece in _DIRECTIVES if pieces.count(piece) > 1 and piece != "%%"]
    if twice or any(pair <= set(pieces) for pair in ({"%Y", "%y"}, {"%m", "%b"})):
        raise Wrong(f"the format {spelled!r} says something twice", _KNOWN)
    for one_of, what in (({"%Y", "%y"}, "year"), ({"%m", "%b"}, "month"), ({"%d"}, "day")):
        if of_date and not one_of & set(pieces):
            raise Wrong(f"the format {spelled!r} has no {what}", _KNOWN)
    if ("%I" in pieces) != ("%p" in pieces) or {"%H", "%I"} <= set(pieces):
        raise Wrong(f"the hour of the format {spelled!r} is not clear", "Write %H, or %I with %p.")


def _pattern(pieces: list[str], day_group: str) -> str:
    parts = []
    for at, piece in enumerate(pieces):
        if piece in _DIRECTIVES:
            beside = {*pieces[max(0, at - 1) : at], *pieces[at + 1 : at + 2]}
            free, full = _DIRECTIVES[piece]
            part = full if any(_is_numeric(p) for p in beside) else free
            parts.append(f"({day_group}{part})" if piece == "%d" else part)
        else:
            parts.append(" +" if piece == " " else re.escape(piece))
    return "".join(parts)


def _is_numeric(piece: str) -> bool:
    return piece.isdigit() or (piece in _DIRECTIVES and piece not in _WORDS)


_ISO_MAIN = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
ISO = TimeFormat(
    f"^(?P<main>{_ISO_MAIN}){_FRACTION}?{_OFFSET}?$",
    "^[0-9]{4}-[0-9]{2}-(?P<day>[0-9]{2}) .*$",
    "%Y-%m-%d %H:%M:%S",
    tail=True,
    offset=True,
)
"""ISO 8601 to the second at least, with or without a fraction and an offset from UTC; a blank may stand for the T."""
