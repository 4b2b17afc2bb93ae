"""The parameters of rows: what each means, and how they become a Question."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from answers.answer import Question
from answers.moment import Moment
from api.address import KEY_PARAMETER
from api.settings import zones
from api.styles import style_of
from api.windows import WORDS, window_of
from datamodel.catalogue import Catalogue
from datamodel.roots import elements_at, every_at
from formats.format import Format
from tabular.entries import MOST_ENTRIES, Entry, check_names, entries
from tabular.errors import (
    BadValue,
    NoClock,
    RepeatedParameter,
    UnknownParameter,
    UnknownZone,
)
from tabular.filter import Bound, Scope, bind, parse, parse_order
from tabular.filter.ordering import bind_order
from tabular.grouping import Function, Part
from tabular.grouping.groups import Groups, groups_of
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
        "columns",
        "Columns by name, dotted path or JSONPath (`$.tel[*].value` joins a list); `as` renames; `*` is all.",
        "id,step,cli as Caller",
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
    Parameter(
        "group",
        f"One row for all rows with the same columns, or parts of times in tz: {', '.join(Part)}.",
        "service,day(startTime)",
    ),
    Parameter(
        "measures",
        f"What to say of each group (of all rows without one): {', '.join(Function)}, p95. `as` renames; `columns` and "
        "`sort` then name what is in `group` and `measures`.",
        "count,avg(waitDuration),max(queueDuration)",
    ),
    Parameter("limit", "At most so many rows.", "1000"),
    Parameter("offset", "Rows to leave out at the beginning.", "2000"),
    Parameter(
        "at",
        "The moment whose rows are meant, as the pages of a table name it: what is written later does not show.",
        "57@2026-11-21T23:30:00Z",
    ),
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
    Parameter(
        "fresh",
        "With a TVox behind: auto asks it for what is missing or old, live asks it now, cached asks it for nothing.",
        "cached",
    ),
    Parameter(
        "partial",
        "What happens where months are missing: refuse the question, or allow the answer without them.",
        "allow",
    ),
    Parameter(
        "wait",
        "Seconds to wait for all rows; what takes longer goes on as a job, and the answer is 202 with its address.",
        "10",
    ),
    Parameter(KEY_PARAMETER, "The key, where a header cannot be sent.", "YOUR-KEY"),
)
_NAMES = tuple(parameter.name for parameter in PARAMETERS)

_DIRECTED = re.compile(r"\s(?:asc|desc)\s*(?:,|$)", re.IGNORECASE)
"""What only OData's `$orderby` writes."""

LONGEST = 20_000
"""Characters of a parameter: as many as a filter may have."""

LARGEST = 2**53
"""The largest number of rows that may be asked for: what a spreadsheet's number can hold exactly."""


def single_values(pairs: Iterable[tuple[str, str]], known: Sequence[str] = _NAMES) -> dict[str, str]:
    """The parameters of a request, each given once. Raises UnknownParameter, RepeatedParameter, BadValue."""
    asked: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise UnknownParameter(name, tuple(known))
        if name in asked and name != KEY_PARAMETER:
            raise RepeatedParameter(name)
        if len(value) > LONGEST and name != "filter":  # of which its own reader says where it becomes too long
            raise BadValue(name, value, f"up to {LONGEST:,} characters")
        asked[name] = value
    return asked


def question_of(
    asked: dict[str, str], table: Table, catalogue: Catalogue, form: Format, default_zone: str, now: datetime
) -> Question:
    """The question that the parameters ask of a table as the key sees it. Raises AskedWrong."""
    zone = known_zone(asked.get("tz", default_zone))
    window = window_of(asked, ZoneInfo(zone), now)
    if window is not None and table.clock_column is None:
        raise NoClock(table.name, next(name for name in ("from", "to", *WORDS) if name in asked))
    groups = _groups(asked.get("group", ""), asked.get("measures", ""), table, zone)
    columns, sort = asked.get("columns", "*"), asked.get("sort", "")
    query = Query(
        table=table,
        columns=groups.chosen(columns) if groups else _columns(columns, table),
        window=window,
        filter=_filter(asked.get("filter", ""), table, zone, now),
        grouping=groups.grouping if groups else None,
        sort=groups.order(sort) if groups else _sort(sort, table),
        limit=count_of("limit", asked["limit"]) if "limit" in asked else None,
        offset=count_of("offset", asked["offset"]) if "offset" in asked else 0,
    )
    return Question(query, catalogue, form, style_of(asked, form), zone, asked.get("filter", ""))


def known_zone(name: str) -> str:
    """The name itself. Raises UnknownZone with the nearest one."""
    if name not in zones():
        raise UnknownZone(name, zones())
    return name


def _columns(text: str, table: Table) -> tuple[Selected, ...]:
    chosen: list[Selected] = []
    for part in _parts("columns", text, max(MOST_ENTRIES, len(table.columns))):
        if part.text == "*":
            chosen.extend(Selected(column, column.name) for column in table.columns)
            continue
        spelling, name = part.renamed()
        column = (every_at(table, spelling) if "[*]" in spelling else None) or table.column(spelling)
        chosen.append(Selected(column, name or column.name))
    new = [selected.name for selected in chosen if selected.name != selected.column.name]
    check_names("columns", text, [selected.name for selected in chosen], new)
    return tuple(chosen)


def _filter(text: str, table: Table, zone: str, now: datetime) -> Bound | None:
    if not text.strip():
        return None
    lists = tuple(elements_at(table, field.name) for field in table.fields if field.items)
    return bind(parse(text.strip()), Scope(table, lists, zone, now))


def _groups(group: str, measures: str, table: Table, zone: str) -> Groups | None:
    return groups_of(group, measures, table, zone) if group.strip() or measures.strip() else None


def _sort(text: str, table: Table) -> tuple[SortKey, ...]:
    if not text.strip():
        return ()
    if _DIRECTED.search(text):
        found = bind_order(parse_order(text.strip()), table)
        _check_count("sort", text, len(found), MOST_ENTRIES)
        return found
    keys = []
    for part in _parts("sort", text, MOST_ENTRIES):
        descending = part.text.startswith("-")
        # "+" before a column arrives as a blank.
        keys.append(SortKey(table.column(part.text.lstrip("-+ ").strip()), descending))
    return tuple(keys)


def _parts(name: str, text: str, most: int) -> list[Entry]:
    parts = entries(text)
    _check_count(name, text, len(parts), most)
    if not all(part.text for part in parts):
        raise BadValue(name, text, "column names separated by commas, such as id,startTime")
    return parts


def _check_count(name: str, text: str, count: int, most: int) -> None:
    if count > most:
        raise BadValue(name, text, f"up to {most} columns")


def count_of(name: str, text: str) -> int:
    """The number that a parameter counts something by. Raises BadValue."""
    if not re.fullmatch(r"\d{1,16}", text.strip(), re.ASCII) or int(text) > LARGEST:
        raise BadValue(name, text, "a whole number from 0")
    return int(text)


def moment_of(asked: dict[str, str]) -> Moment | None:
    """The moment that `at` names, if it is given. Raises BadValue."""
    if "at" not in asked:
        return None
    try:
        return Moment.parse(asked["at"].strip())
    except ValueError as failure:
        raise BadValue("at", asked["at"], "what the pages of a table call their moment") from failure
