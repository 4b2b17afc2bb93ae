"""The front page: every table with the formulas that bring it into a spreadsheet."""

from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import formulas, rendering
from api.address import public_address
from api.identity import ServicesOf
from api.services import Services
from tabular.month import Month
from tabular.partition import Partition
from tabular.table import Column, Grain, Table

router = APIRouter()

_DAYS = 7
_NAMED = 4
"""Missing months that are named one by one."""

_ROW = {
    Grain.STEP: "One row is one step of an interaction: a call that was transferred has several, the newest is step 0.",
    Grain.INTERACTION: "One row is one interaction from beginning to end, its steps added up.",
    Grain.RECORD: "One row is one record.",
    Grain.ELEMENT: "One row is one element of a list; {key} says whose.",
}


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def home(request: Request, services: ServicesOf) -> Response:
    """Open without a key: names, descriptions and months, never a row. Parameters are ignored. The spelling of
    formulas that the reader's language writes comes first."""
    address = public_address(request, services.settings)
    language = formulas.first_language(request.headers.get("Accept-Language", ""))
    entries = [_entry(table, services, address, language) for table in services.catalogue]
    facts: dict[str, object] = {
        "address": address,
        "entries": entries,
        "groups": [list(group) for _, group in groupby(entries, key=lambda entry: entry.table.root)],
        "empty": all(entry.held is None for entry in entries),
        "mirrored": services.mirror is not None,
        "local": is_local(address),
        "zone": services.settings.centre_zone,
        "placeholder": formulas.PLACEHOLDER,
        "excel_rows": formulas.EXCEL_ROWS,
    }
    answer = rendering.page(request, "home.html", facts)
    answer.headers.add_vary_header("Accept-Language")
    return answer


@router.api_route("/pages/style.css", methods=["GET", "HEAD"], include_in_schema=False)
def style(request: Request) -> Response:
    """The stylesheet of every page."""
    return rendering.style(request)


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month in the picture of what is held."""

    month: Month
    held: bool

    @property
    def name(self) -> str:
        """The month as people name it.

        >>> MonthCell(Month(2026, 11), True).name
        'November 2026'
        """
        return f"{month_name[self.month.month]} {self.month.year}"


@dataclass(frozen=True, slots=True)
class Years:
    """A year in the picture; or, as one, several years in a row of which nothing is held."""

    first: int
    last: int
    cells: tuple[MonthCell, ...]

    @property
    def is_gap(self) -> bool:
        """Whether nothing of it is held."""
        return not any(cell.held for cell in self.cells)

    @property
    def title(self) -> str:
        """What stands before its months."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds of a table: the months from first to last, by year, and when they were brought in."""

    years: tuple[Years, ...]
    fetched: datetime

    @property
    def cells(self) -> tuple[MonthCell, ...]:
        """Every month of the picture, earliest first; none for a table that has no months."""
        return tuple(cell for years in self.years for cell in years.cells)

    @property
    def brought_in(self) -> str:
        """When it was brought in, in the centre's zone."""
        return f"{self.fetched.day} {month_name[self.fetched.month]} {self.fetched:%Y, %H:%M}"

    @property
    def count(self) -> str:
        """How much is held, in words."""
        if not self.cells:
            return "Held whole"
        months = sum(cell.held for cell in self.cells)
        return f"{months} {'month' if months == 1 else 'months'} held"

    @property
    def span(self) -> str:
        """From when to when, in words, and what is missing between."""
        if not self.cells:
            return "this table has no months"
        first, last = self.cells[0].name, self.cells[-1].name
        missing = [cell.name for cell in self.cells if not cell.held]
        if len(self.cells) == 1:
            return first
        if not missing:
            return f"{first} to {last}, none missing"
        if len(missing) > _NAMED:
            return f"{first} to {last}; {len(missing)} months between them are not held"
        return f"{first} to {last}, without {' and '.join(filter(None, (', '.join(missing[:-1]), missing[-1])))}"


Spelt = tuple[formulas.Spelling, str]
"""A formula, and how it is spelt."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A table as the page shows it."""

    table: Table
    row: str
    held: Held | None
    samples: tuple[Column, ...]
    csv: str
    sheets: str
    sheets_script: tuple[Spelt, ...]
    sheets_page: tuple[Spelt, ...]
    sheets_parted: tuple[Spelt, ...]
    excel: tuple[Spelt, ...]
    curl: str


def _entry(table: Table, services: Services, address: str, language: str) -> Entry:
    held = held_of(services.store.holding(table), services.settings.zone)
    window = window_of(table, held, services.now().astimezone(services.settings.zone).date())
    samples = formulas.sample_columns(table)
    few = window | {"columns": ",".join(column.name for column in samples)}
    if table.clock_column is not None:
        few["sort"] = f"-{table.clock_column.name}"
    few["limit"] = str(formulas.EXCEL_ROWS)
    csv = formulas.rows_address(address, table.name, "csv", window)
    poured = formulas.with_key(formulas.rows_address(address, table.name, "csv", few))
    texts = formulas.text_count(samples)
    shown = formulas.with_key(formulas.rows_address(address, table.name, "html", window))
    sheets = formulas.in_order(formulas.SHEETS, language)
    excels = formulas.in_order(formulas.SPELLINGS, language)
    return Entry(
        table=table,
        row=_ROW[table.grain].format(key=table.key[0] if table.key else "its key"),
        held=held,
        samples=samples,
        csv=csv,
        sheets=formulas.google_sheets(formulas.with_key(csv)),
        sheets_script=tuple((one, formulas.google_script(table.name, window, one)) for one in sheets),
        sheets_page=tuple((one, formulas.google_page(shown, one)) for one in sheets),
        sheets_parted=tuple((one, formulas.google_parted(formulas.with_key(csv), one)) for one in sheets),
        excel=tuple((one, formulas.excel(poured, texts, one)) for one in excels),
        curl=formulas.curl(csv),
    )


def held_of(partitions: Sequence[Partition], zone: ZoneInfo) -> Held | None:
    """The picture of some partitions; None of none."""
    if not partitions:
        return None
    months = {partition.month for partition in partitions if partition.month is not None}
    line = [MonthCell(month, month in months) for month in min(months).until(max(months))] if months else []
    years = (list(cells) for _, cells in groupby(line, key=lambda cell: cell.month.year))
    stretches: list[Years] = []
    for cells in years:
        year = Years(cells[0].month.year, cells[0].month.year, tuple(cells))
        if year.is_gap and stretches[-1].is_gap:  # the first year holds the first month, so it is no gap
            before = stretches.pop()
            year = Years(before.first, year.last, before.cells + year.cells)
        stretches.append(year)
    return Held(tuple(stretches), max(partition.fetched for partition in partitions).astimezone(zone))


def window_of(table: Table, held: Held | None, today: date) -> dict[str, str]:
    """The window of the examples: the last days, or the last month held where those days come after it."""
    if table.clock_column is None:
        return {}
    first = today - timedelta(days=_DAYS - 1)
    if held is not None and held.cells and held.cells[-1].month < Month(first.year, first.month):
        return {"month": str(held.cells[-1].month)}
    return {"last": f"{_DAYS}d"}


def is_local(address: str) -> bool:
    """Whether only this machine or its network knows the address, so that Google's servers cannot reach it.

    >>> is_local("http://localhost:8000"), is_local("http://192.168.1.5"), is_local("https://tables.example.com")
    (True, True, False)
    """
    host = urlsplit(address).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".localhost"))
