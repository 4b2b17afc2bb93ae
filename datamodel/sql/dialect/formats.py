"""Formats: DATE_FORMAT's and STR_TO_DATE's letters, as the engine's SQL."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from datamodel.sql.dialect.values import Value, date, moment, span
from tabular.errors import StatementUnsupported

_STRFTIME = {
    "Y": "%Y", "y": "%y", "m": "%m", "c": "%-m", "d": "%d", "e": "%-d", "H": "%H", "k": "%-H", "h": "%I", "I": "%I",
    "l": "%-I", "i": "%M", "s": "%S", "S": "%S", "f": "%f", "p": "%p", "W": "%A", "a": "%a", "M": "%B", "b": "%b",
    "j": "%j", "w": "%w", "T": "%H:%M:%S", "r": "%I:%M:%S %p",
}  # fmt: skip
WEEKS = {"U": (False, 0, False), "u": (True, 3, False), "V": (False, 0, True), "v": (True, 3, True)}
"""Weeks begin on Monday or not; the day that says their year, counted from the first; whether each has a number."""
_YEARS = {"X": (False, 0), "x": (True, 3)}


def written(sql: str, form: str, bound: Callable[[str], str]) -> str:
    """A moment in the letters of DATE_FORMAT; `bound` makes parameters of texts."""
    pieces: list[str] = []
    plain = ""

    def close() -> None:
        nonlocal plain
        if plain:
            pieces.append(f"strftime({sql}, {bound(plain)})")
        plain = ""

    for letter in re.findall(r"%.|%\Z|[^%]", form, re.DOTALL):
        code = letter[1:] if letter[0] == "%" else ""
        if code in _STRFTIME and code:
            plain += _STRFTIME[code]
        elif code == "D":
            close()
            pieces.append(f"mdb_suffix(day({sql}))")
        elif code in WEEKS and code:
            close()
            monday, ahead, whole = WEEKS[code]
            pieces.append(f"lpad(CAST(mdb_week({sql}, {monday}, {ahead}, {whole}) AS VARCHAR), 2, '0')")
        elif code in _YEARS and code:
            close()
            monday, ahead = _YEARS[code]
            pieces.append(f"lpad(CAST(mdb_year_week({sql}, {monday}, {ahead}) // 100 AS VARCHAR), 4, '0')")
        else:
            said = code or letter
            if not said.isprintable():
                raise StatementUnsupported("a format with control characters", advice="Put them in with CONCAT.")
            plain += "%%" if said == "%" else said
    close()
    return "(" + " || ".join(pieces) + ")" if pieces else f"(CASE WHEN {sql} IS NOT NULL THEN '' END)"


@dataclass(frozen=True, slots=True)
class _Part:
    """A letter of STR_TO_DATE: what it matches, and what it tells."""

    tells: str
    pattern: str


_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_PARTS = {
    "Y": _Part("year", r"(\d{1,4})"),
    "y": _Part("short", r"(\d{1,2})"),
    "m": _Part("month", r"(\d{1,2})"),
    "c": _Part("month", r"(\d{1,2})"),
    "d": _Part("day", r"(\d{1,2})"),
    "e": _Part("day", r"(\d{1,2})"),
    "H": _Part("hour", r"(\d{1,2})"),
    "k": _Part("hour", r"(\d{1,2})"),
    "h": _Part("half", r"(\d{1,2})"),
    "I": _Part("half", r"(\d{1,2})"),
    "l": _Part("half", r"(\d{1,2})"),
    "i": _Part("minute", r"(\d{1,2})"),
    "s": _Part("second", r"(\d{1,2})"),
    "S": _Part("second", r"(\d{1,2})"),
    "f": _Part("fraction", r"(\d{1,6})"),
    "p": _Part("noon", r"([AaPp][Mm])"),
    "M": _Part("name", "(" + "|".join(_MONTHS) + ")"),
    "b": _Part("name", "(" + "|".join(name[:3] for name in _MONTHS) + ")"),
}


def read_by(sql: str, form: str, bound: Callable[[str], str]) -> Value:
    """A text as the moment, day or time that STR_TO_DATE reads in it; `bound` makes parameters of texts."""
    form = form.replace("%T", "%H:%i:%S").replace("%r", "%I:%i:%S %p")
    pattern, told = r"^\s*", []
    for letter in re.findall(r"%.|%\Z|\s+|[^%\s]", form, re.DOTALL):
        part = _PARTS.get(letter[1:]) if letter[0] == "%" else None
        if part is not None:
            told.append(part.tells)
            pattern += r"\s*" + part.pattern if not pattern.endswith(r"\s*") else part.pattern
        elif letter[0] == "%" and letter != "%%":
            raise StatementUnsupported(
                f"{letter} in STR_TO_DATE", advice="It reads %Y %y %m %c %d %e %M %b %H %h %i %s %f %p."
            )
        elif letter.isspace():
            pattern += r"\s*"
        else:
            pattern += re.escape(letter[-1])
    if len(set(told)) < len(told) or {"hour", "half"} <= set(told) or {"year", "short"} <= set(told):
        raise StatementUnsupported("a format that says something twice", advice="Name each part once.")
    return _moment(sql, bound(pattern), told)


def _moment(sql: str, spelt: str, told: list[str]) -> Value:
    def got(name: str, otherwise: str = "0") -> str:
        if name not in told:
            return otherwise
        return f"try_cast(regexp_extract({sql}, {spelt}, {told.index(name) + 1}, 'i') AS BIGINT)"

    days = {"year", "short", "month", "name", "day"} & set(told)
    clock = {"hour", "half", "minute", "second", "fraction"} & set(told)
    if days and not ({"year", "short"} & days and {"month", "name"} & days and "day" in days):
        raise StatementUnsupported("a format with a part of a date", advice="Name year, month and day.")
    if not days and not clock:
        raise StatementUnsupported("a format without date or time", advice="Name year, month and day.")
    hour = got("hour")
    if "half" in told:
        noon = f"lower(regexp_extract({sql}, {spelt}, {told.index('noon') + 1}, 'i'))" if "noon" in told else "'am'"
        hour = f"({got('half')} % 12 + CASE WHEN {noon} = 'pm' THEN 12 ELSE 0 END)"
    elif "noon" in told:
        raise StatementUnsupported("%p without %h", advice="Write %h for the hour.")
    fraction = "0"
    if "fraction" in told:
        at = told.index("fraction") + 1
        fraction = f"try_cast(rpad(regexp_extract({sql}, {spelt}, {at}, 'i'), 6, '0') AS BIGINT)"
    micros = f"((({hour} * 60 + {got('minute')}) * 60 + {got('second')}) * 1000000 + {fraction})"
    bad = [f"{hour} > 23", f"{got('minute')} > 59", f"{got('second')} > 59"]
    if "half" in told:
        bad.append(f"{got('half')} NOT BETWEEN 1 AND 12")
    scale = 6 if "fraction" in told else 0
    matches = f"regexp_matches({sql}, {spelt}, 'i')"
    if not days:
        return span(
            f"(CASE WHEN NOT {matches} OR {' OR '.join(bad)} THEN NULL WHEN {sql} IS NULL THEN NULL ELSE {micros} END)",
            scale,
        )
    if "year" in told:
        digits = f"regexp_extract({sql}, {spelt}, {told.index('year') + 1}, 'i')"
        year = (
            f"({got('year')} + CASE WHEN length({digits}) > 2 THEN 0 WHEN {got('year')} < 70 THEN 2000 ELSE 1900 END)"
        )
    else:
        year = f"({got('short')} + CASE WHEN {got('short')} < 70 THEN 2000 ELSE 1900 END)"
    month = got("month")
    if "name" in told:
        said = f"lower(left(regexp_extract({sql}, {spelt}, {told.index('name') + 1}, 'i'), 3))"
        names = ", ".join(f"'{name[:3]}'" for name in _MONTHS)
        month = f"list_position([{names}], {said})"
    bad += [f"{month} > 12", f"{got('day')} > 31"]
    day = f"try_cast(concat(lpad(CAST({year} AS VARCHAR), 4, '0'), '-', {month}, '-', {got('day')}) AS DATE)"
    unreal = "mdb_unreal_day()"
    checked = (
        f"CASE WHEN {sql} IS NULL OR NOT {matches} OR {' OR '.join(bad)} THEN NULL WHEN {day} IS NULL THEN {unreal}"
    )
    if not clock:
        return date(f"({checked} ELSE {day} END)")
    return moment(f"({checked} ELSE CAST({day} AS TIMESTAMP) + to_microseconds({micros}) END)", scale)
