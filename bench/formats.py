"""Formats: a workbook beside XlsxWriter and openpyxl, and 500,000 rows in the typed and the text formats."""

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl has no types of its own
from xlsxwriter import Workbook as Peer  # type: ignore[import-untyped]  # nor has XlsxWriter, as mypy sees it

from answers.answer import Answer, Question, answer
from answers.filling import fill
from bench.figure import Figure, interleaved
from bench.rows import COLUMNS
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from formats import formats
from formats.format import Style
from store.store import Store
from tabular.query import Query, Selected

WORKBOOK_ROWS, ROWS = 100_000, 500_000
ROUNDS = 3
ZONE = "Europe/Rome"


def figures(folder: Path) -> Iterator[Figure]:
    """Make a month of some 500,000 steps, then measure every format from the store to the last byte, without HTTP."""
    path = folder / "formats.duckdb"
    with Store(path) as store:
        fill(DemoCentre(calls_per_month=280_000, now=datetime.now(UTC), months=2), store, documented())
        yield from _workbooks(store)
        yield from _rates(store)
    yield from _memory(path)


def asked(store: Store, form: str, rows: int) -> Answer:
    """The answer of so many rows of twelve columns in a format."""
    table, chosen = documented().table("inboundCalls"), formats()[form]
    query = Query(table, tuple(Selected(table.column(n), n) for n in COLUMNS.split(",")), limit=rows)
    return answer(Question(query, documented(), chosen, Style(chosen.times), ZONE), store, 13, datetime.now(UTC))


def _taken(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _sizes(found: Answer) -> int:
    return sum(len(piece) for piece in found.pieces())


def _workbooks(store: Store) -> Iterator[Figure]:
    table = pa.ipc.open_stream(b"".join(asked(store, "arrow", WORKBOOK_ROWS).pieces())).read_all()
    local = [column.cast(pa.timestamp("us")) if pa.types.is_timestamp(column.type) else column for column in table]
    rows = list(zip(*(column.to_pylist() for column in local), strict=True))
    assert len(rows) == WORKBOOK_ROWS
    ours, peer, openpyxl = interleaved(
        [
            lambda: _taken(lambda: _sizes(asked(store, "xlsx", WORKBOOK_ROWS))),
            lambda: _taken(lambda: _by_xlsxwriter(rows)),
            lambda: _taken(lambda: _by_openpyxl(rows)),
        ],
        ROUNDS,
    )
    ratios = [slow / fast for slow, fast in zip(peer, ours, strict=True)]
    yield Figure("100,000 rows of 12 columns as a workbook", "s", ours, at_most=2.5)
    yield Figure("  XlsxWriter in constant memory, its rows in lists already", "s", peer)
    yield Figure("  openpyxl write-only, the same", "s", openpyxl)
    yield Figure("  XlsxWriter's time by ours", "times", ratios, at_least=7)
    yield Figure("  size", "MB", [_sizes(asked(store, "xlsx", WORKBOOK_ROWS)) / 1e6], told=True)


def _by_xlsxwriter(rows: Sequence[Sequence[object]]) -> None:
    book = Peer(io.BytesIO(), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, when = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, COLUMNS.split(","))
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, place, value)
            elif isinstance(value, datetime):
                sheet.write_datetime(number, place, value, when)
            elif value is not None:
                sheet.write_number(number, place, value)
    book.close()


def _by_openpyxl(rows: Sequence[Sequence[object]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(COLUMNS.split(","))
    for row in rows:
        sheet.append(row)
    book.save(io.BytesIO())


def _rates(store: Store) -> Iterator[Figure]:
    forms = ("arrow", "parquet", "html", "tsv", "csv")
    rates = interleaved(
        [lambda form=form: ROWS / _taken(lambda: _sizes(asked(store, form, ROWS))) / 1e6 for form in forms],  # type: ignore[misc]
        5,
    )
    limits = {"arrow": 1.0, "parquet": 0.4, "html": 0.4, "tsv": 0.5}
    for form, runs in zip(forms, rates, strict=True):
        yield Figure(f"500,000 rows of 12 columns as {form}", "M rows/s", runs, at_least=limits.get(form), told=True)


def _memory(path: Path) -> Iterator[Figure]:
    """The most memory of a process of its own that writes a workbook, and what five times the rows add to it."""
    small, large = (_peak(path, rows) for rows in (WORKBOOK_ROWS, ROWS))
    yield Figure("peak memory of a process that writes 100,000 rows, its imports included", "MB", [small], told=True)
    yield Figure("  what 500,000 rows take more", "MB", [large - small], at_most=100)


def _peak(path: Path, rows: int) -> float:
    asking = f"import sys; from bench.formats import peak; peak({str(path)!r}, {rows})"
    done = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True)
    return float(done.stdout)


def peak(path: str, rows: int) -> None:
    """Write a workbook onto nothing, and print the most megabytes that this process has held."""
    with Store(Path(path)) as store:
        _sizes(asked(store, "xlsx", rows))
    status = Path("/proc/self/status").read_text()
    print(int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024)
