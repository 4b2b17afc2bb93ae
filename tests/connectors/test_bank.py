"""The real calls of a bank, loaded by the example mapping, give the totals that were counted from the raw files."""

import gzip
import hmac
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from connectors.files import Loading, Report, read_mapping
from datamodel.catalogue import documented
from store.layout import arrow_schema
from tests.conftest import SHARED
from tests.connectors.logs import SECRET

BANK = SHARED / "data" / "anonymous_bank_1999"
MAPPING = Path(__file__).resolve().parents[2] / "examples" / "anonymous_bank_1999.toml"
pytestmark = pytest.mark.skipif(not BANK.is_dir(), reason=f"the bank's real calls are not in {BANK}")

SERVICES = {
    "PS": "regular",
    "PE": "regular in English",
    "IN": "internet",
    "NE": "stock exchange",
    "NW": "prospective customer",
    "TT": "the bank calls back",
}


@dataclass(frozen=True)
class Month:
    """What was counted. `queued` and its figures are of the calls that are loaded; the raw ones are those of all lines,
    as the data's own table has them: PHANTOM lines were queued, too."""

    name: str
    loaded: int
    left_out: int
    refused: tuple[int, ...]
    answered: int
    hung_up: int
    queued_raw: int
    queued: int
    hung_up_in_queue: int
    queue_mean: int
    queue_median: int
    queue_max: int
    queue_max_raw: int
    service_mean: int
    negative_waits: int
    over_midnight: int


MONTHS = [
    Month("january", 31_359, 240, (), 27_060, 4_299, 16_926, 16_686, 3_101, 68, 46, 1_500, 1_772, 185, 32, 24),
    Month("february", 33_066, 278, (), 27_162, 5_904, 18_336, 18_058, 3_963, 76, 50, 908, 908, 177, 23, 22),
    Month(
        "october", 34_476, 147, (7315, 14247), 30_861, 3_615, 12_064, 11_917, 2_106, 74, 45, 1_903, 25_245, 180, 4, 39
    ),
]
every_month = pytest.mark.parametrize("month", MONTHS, ids=[month.name for month in MONTHS])


@cache
def loaded(name: str) -> tuple[pa.Table, Report, str]:
    """The rows of a month, the report, and the refused lines as text."""
    by = read_mapping(MAPPING, documented())
    with TemporaryDirectory() as folder:
        refused_to = Path(folder) / "refused.tsv"
        loading = Loading(BANK / f"{name}1999.tsv.gz", by, SECRET, refused_to)
        table = pa.Table.from_batches(list(loading.batches()), schema=arrow_schema(by.table))
        refused = refused_to.read_text(encoding="utf-8") if refused_to.exists() else ""
    return table, loading.report, refused


@cache
def raw(name: str) -> list[dict[str, str]]:
    """The lines of a month with the right number of fields."""
    with gzip.open(BANK / f"{name}1999.tsv.gz", "rt", encoding="ascii", newline="") as file:
        lines = [line.rstrip("\r\n").split("\t") for line in file]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if len(line) == len(lines[0])]


def numbers(table: pa.Table, column: str) -> list[int]:
    return [int(value) for value in table[column].to_pylist()]


@every_month
def test_every_line_is_loaded_left_out_or_refused(month: Month) -> None:
    table, report, refused = loaded(month.name)
    assert table.num_rows == report.loaded == month.loaded
    assert report.left_out == {"outcome == 'PHANTOM'": month.left_out}
    assert tuple(int(line.split("\t")[0]) for line in refused.splitlines()) == month.refused
    assert report.refused == len(month.refused)
    assert report.read == month.loaded + month.left_out + len(month.refused)


def test_october_refuses_the_two_lines_in_which_a_tab_became_blanks() -> None:
    _, report, refused = loaded("october")
    assert report.first_refused == "line 7315: 16 fields where the header has 17"
    first, second = refused.splitlines()
    assert first.startswith("7315\t16 fields where the header has 17\tAA0108\t3892\t0\t0       NW\t991026\t14:07:50")
    assert second.startswith("14247\t16 fields where the header has 17\tAA0116\t10486\t0\t0       IN\t991026\t16:00:06")


@every_month
def test_outcomes(month: Month) -> None:
    statuses = Counter(loaded(month.name)[0]["status"].to_pylist())
    assert statuses == {"ANSWERED_CLOSED_BY_CALLED": month.answered, "HANGUP": month.hung_up}


@every_month
def test_queues(month: Month) -> None:
    """The data's own table counts PHANTOM lines among the queued; nobody of them hung up in the queue."""
    table = loaded(month.name)[0]
    queued = table.filter(table["queueTime"].is_valid())
    assert queued.num_rows == month.queued
    assert queued["status"].to_pylist().count("HANGUP") == month.hung_up_in_queue
    waits = numbers(queued, "queueDuration")
    assert (round(statistics.mean(waits)), statistics.median(waits), max(waits)) == (
        month.queue_mean,
        month.queue_median,
        month.queue_max,
    )
    in_queue = [line for line in raw(month.name) if line["q_start"] != "0:00:00"]
    assert len(in_queue) == month.queued_raw
    assert max(int(line["q_time"]) for line in in_queue) == month.queue_max_raw
    assert sum(line["outcome"] == "PHANTOM" for line in in_queue) == month.queued_raw - month.queued


@every_month
def test_services(month: Month) -> None:
    table = loaded(month.name)[0]
    served = [seconds for seconds in numbers(table, "durationOnUser") if seconds]
    assert round(statistics.mean(served)) == month.service_mean
    types = Counter(line["type"] for line in raw(month.name) if line["outcome"] != "PHANTOM")
    assert Counter(table["service"].to_pylist()) == {SERVICES.get(kind, kind): count for kind, count in types.items()}
    assert types["AA"] == (2 if month.name == "january" else 0)


@every_month
def test_repairs_are_counted(month: Month) -> None:
    table, report, _ = loaded(month.name)
    assert report.repaired["waitDuration: at_least(integer(vru_time), 0)"] == month.negative_waits
    assert min(numbers(table, "waitDuration")) == 0
    # A call that goes past midnight leaves its queue or its agent there; the menu is never left after midnight.
    assert report.repaired["vru_exited: after(start, vru_left, 300)"] == 0
    here = ZoneInfo("Asia/Jerusalem")
    days = [
        (end.replace(tzinfo=UTC).astimezone(here).date() - start.replace(tzinfo=UTC).astimezone(here).date()).days
        for start, end in zip(table["startTime"].to_pylist(), table["endTime"].to_pylist(), strict=True)
    ]
    assert Counter(days) == {0: month.loaded - month.over_midnight, 1: month.over_midnight}


@every_month
def test_every_field_is_what_a_plain_reading_of_the_line_gives(month: Month) -> None:
    lines = [line for line in raw(month.name) if line["outcome"] != "PHANTOM"]
    table = loaded(month.name)[0]
    assert len(set(table["id"].to_pylist())) == month.loaded
    for found, expected in zip(rows(table.select(list(plainly(lines[0])))), map(plainly, lines), strict=True):
        assert found == expected


def rows(table: pa.Table) -> Iterator[dict[str, object]]:
    for batch in table.to_batches(max_chunksize=5000):
        yield from batch.to_pylist()


def plainly(line: dict[str, str]) -> dict[str, object]:
    """The README's rules, in plain Python; two clocks that disagree (up to 192 s) are not a day apart."""
    start = moment(line["date"], line["vru_entry"])

    def after_start(clock: str) -> datetime | None:
        if clock == "0:00:00":
            return None
        found = moment(line["date"], clock)
        return found + timedelta(days=1) if found < start - timedelta(seconds=300) else found

    ends = [end for end in map(after_start, (line["vru_exit"], line["q_exit"], line["ser_exit"])) if end is not None]
    customer = line["customer_id"]
    return {
        "id": f"{int(start.replace(tzinfo=UTC).timestamp())}.{line['call_id']}",
        "step": 0,
        "dnis": line["vru+line"],
        "service": SERVICES.get(line["type"], line["type"]),
        "user": None if line["server"] == "NO_SERVER" else line["server"],
        "startTime": start,
        "waitDuration": max(0, int(line["vru_time"])),
        "queueTime": after_start(line["q_start"]),
        "queueDuration": int(line["q_time"]),
        "answerByUserTime": after_start(line["ser_start"]),
        "durationOnUser": int(line["ser_time"]),
        "endTime": max(ends),
        "lastUpdateTime": max(ends),
        "status": {"AGENT": "ANSWERED_CLOSED_BY_CALLED", "HANG": "HANGUP"}[line["outcome"]],
        "multiChannel_type": "CALL",
        "servicePriority": int(line["priority"]),
        "customer": None if customer == "0" else hmac.digest(SECRET, customer.encode(), "sha256").hex()[:16],
        "totalDuration": 0,
        "cli": None,
    }


@cache
def midnight(date: str) -> datetime:
    """The first moment of a day in Israel, as UTC; none of the three months changes its clocks."""
    local = datetime(1900 + int(date[:2]), int(date[2:4]), int(date[4:]), tzinfo=ZoneInfo("Asia/Jerusalem"))
    return local.astimezone(UTC).replace(tzinfo=None)


def moment(date: str, clock: str) -> datetime:
    hours, minutes, seconds = clock.split(":")
    return midnight(date) + timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
