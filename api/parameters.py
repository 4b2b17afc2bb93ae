"""The parameters of rows: what each means, and how they become a Question."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from answers.answer import Question
from api.identity import KEY_PARAMETER
from api.styles import style_of
from api.windows import WORDS, window_of
from datamodel.catalogue import Catalogue
from datamodel.roots import elements_at
from formats.format import Format
from tabular.errors import (
    BadValue,
    NoClock,
    RepeatedParameter,
    UnknownParameter,
    UnknownZone,
)
from tabular.filter import Bound, Scope, bind, parse, parse_order
from tabular.filter.ordering import bind_order
from tabular.query import Query, Selected, SortKey
from tabular.table import Table


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the documentation shows it."""

    name: str
    meaning: str
    example: str


PARAMETERS = (
    Parameter("from", "First day, or moment, of the window. A date is a whole day of tz.", "2020-05-01"),
    Parameter("to", "Last day of the window, included; a date-time is the first moment after it.", "2020-05-31"),
    Parameter("month", "The window as one month.", "2020-05"),
    Parameter("year", "The window as one year.", "2020"),
    Parameter("last", "The last days, weeks or months: whole days of tz, today included.", "7d"),
    Parameter("today", "Today.", ""),
    Parameter("yesterday", "Yesterday.", ""),
    Parameter(
        "columns", "Columns by name, dotted path or JSONPath; `as` renames; `*` is all.", "id,step,cli as Caller"
    ),
    Parameter(
        "filter",
        "Which rows, in OData's `$filter` language: eq ne gt ge lt le in, and or not, functions, any and all.",
        "status eq 'HANGUP' and waitDuration gt 30",
    ),
    Parameter(
        "sort",
        "Columns to sort by, `-` before one or `desc` behind it for descending; rows without a value come last.",
        "-startTime,id",
    ),
    Parameter("limit", "At most so many rows.", "1000"),
    Parameter("offset", "Rows to leave out at the beginning.", "2000"),
    Parameter("tz", "Time zone in which dates are understood and times are written.", "Europe/Rome"),
    Parameter(
        "times", "How times are written: local (no offset), iso (RFC 3339) or serial (spreadsheet day numbers).", "iso"
    ),
    Parameter("header", "The first row: names, labels or none.", "labels"),
    Parameter(
        "csv",
        "Of csv: plain (values unchanged) or excel, for a double click: Excel's signs, formulas guarded, phone numbers "
        "kept.",
        "excel",
    ),
    Parameter("sep", "Of csv=excel: what separates values, one of `;` `,` `tab`.", ";"),
    Parameter("decimal", "Of csv=excel: the decimal sign, `,` or `.`.", ","),
    Parameter(KEY_PARAMETER, "The key, where a header cannot be sent.", "YOUR-KEY"),
)
_NAMES = tuple(parameter.name for parameter in PARAMETERS)

_DIRECTED = re.compile(r"\s(?:asc|desc)\s*(?:,|$)", re.IGNORECASE)
"""What only OData's `$orderby` writes."""

_CLOSING = {"'": "'", '"': '"', "[": "]"}

LARGEST = 2**53
"""The largest number of rows that may be asked for: what a spreadsheet's number can hold exactly."""


def single_values(pairs: Iterable[tuple[str, str]], known: Sequence[str] = _NAMES) -> dict[str, str]:
    """The parameters of a request, each given once. Raises UnknownParameter, RepeatedParameter."""
    asked: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise UnknownParameter(name, tuple(known))
        if name in asked and name != KEY_PARAMETER:
            raise RepeatedParameter(name)
        asked[name] = value
    return asked


def question_of(
    asked: dict[str, str], table: Table, catalogue: Catalogue, form: Format, default_zone: str, now: datetime
) -> Question:
    """The question that the parameters ask of a table as the key sees it. Raises AskedWrong."""
    zone = _zone(asked.get("tz", default_zone))
    window = window_of(asked, ZoneInfo(zone), now)
    if window is not None and table.clock_column is None:
        raise NoClock(table.name, next(name for name in ("from", "to", *WORDS) if name in asked))
    query = Query(
        table=table,
        columns=_columns(asked.get("columns", "*"), table),
        window=window,
        filter=_filter(asked.get("filter", ""), table, zone, now),
        sort=_sort(asked.get("sort", ""), table),
        limit=_count("limit", asked["limit"]) if "limit" in asked else None,
        offset=_count("offset", asked["offset"]) if "offset" in asked else 0,
    )
    return Question(query, catalogue, form, style_of(asked, form), zone, asked.get("filter", ""))


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _zone(name: str) -> str:
    if name not in _zones():
        raise UnknownZone(name, _zones())
    return name


def _columns(text: str, table: Table) -> tuple[Selected, ...]:
    chosen: list[Selected] = []
    for part in _parts("columns", text):
        if part == "*":
            chosen.extend(Selected(column, column.name) for column in table.columns)
            continue
        spelling, name = _renamed(part)
        column = table.column(spelling)
        chosen.append(Selected(column, name or column.name))
    twice = [name for name, count in Counter(selected.name for selected in chosen).items() if count > 1]
    if twice:
        raise BadValue("columns", text, f'each name once ("{twice[0]}" is there twice); "{twice[0]} as …" renames one')
    return tuple(chosen)


def _renamed(part: str) -> tuple[str, str]:
    """A column's spelling and the name after `as`, if there is one.

    >>> _renamed("cli  AS 'Caller, number'"), _renamed("cli")
    (('cli', 'Caller, number'), ('cli', ''))
    """
    words = " ".join(part.split())
    place = words.lower().find(" as ")
    if place < 0:
        return words, ""
    return words[:place], words[place + 4 :].strip("'\"")


def _filter(text: str, table: Table, zone: str, now: datetime) -> Bound | None:
    if not text.strip():
        return None
    lists = tuple(elements_at(table, field.name) for field in table.fields if field.items)
    return bind(parse(text.strip()), Scope(table, lists, zone, now))


def _sort(text: str, table: Table) -> tuple[SortKey, ...]:
    if not text.strip():
        return ()
    if _DIRECTED.search(text):
        return bind_order(parse_order(text.strip()), table)
    keys = []
    for part in _parts("sort", text):
        descending = part.startswith("-")
        # "+" before a column arrives as a blank.
        keys.append(SortKey(table.column(part.lstrip("-+ ").strip()), descending))
    return tuple(keys)


def _parts(name: str, text: str) -> list[str]:
    parts = [part.strip() for part in _split(text)]
    if not all(parts):
        raise BadValue(name, text, "column names separated by commas, such as id,startTime")
    return parts


def _split(text: str) -> list[str]:
    """A list at its commas, but for those in quotes and brackets.

    >>> _split("id,cli as 'a, b',$['x,y'],z")
    ['id', "cli as 'a, b'", "$['x,y']", 'z']
    """
    parts, begun, closing = [], 0, ""
    for place, letter in enumerate(text):
        if closing:
            closing = "" if letter == closing else closing
        elif letter == ",":
            parts.append(text[begun:place])
            begun = place + 1
        else:
            closing = _CLOSING.get(letter, "")
    return [*parts, text[begun:]]


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,16}", text.strip(), re.ASCII) or int(text) > LARGEST:
        raise BadValue(name, text, "a whole number from 0")
    return int(text)
