"""The real calls, loaded by the command's own job and asked over HTTP, are those that the data's own table counts."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from answers.jobs import LoadFile
from api.workplace import workplace_of
from tests.commands import BANK, BANK_MAPPING
from tests.serving import Served, opened_at

README = BANK.parent / "README.md"
MONTHS = {"1999-01": "january", "1999-02": "february", "1999-10": "october"}
pytestmark = pytest.mark.skipif(not BANK.is_dir(), reason="the real calls are not beside the project: ../shared/data")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over the three months."""
    folder: Path = tmp_path_factory.mktemp("bank")
    services = opened_at(folder / "tvox.duckdb")
    for name in MONTHS.values():
        file = BANK / f"{name}1999.tsv.gz"
        job = LoadFile(str(file), str(BANK_MAPPING), 2 * (name == "october"), str(folder / f"{name}.refused.tsv"))
        job.run(workplace_of(services), lambda _: None)
    running = Served(services)
    yield running
    running.close()
    services.close()


def counted() -> dict[str, list[str]]:
    """The rows of the README's table, by month, as text."""
    rows = (line.strip("|").split("|") for line in README.read_text(encoding="utf-8").splitlines() if "|" in line)
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows if row[0].strip() in MONTHS}


def loaded() -> dict[str, int]:
    """The rows that the README says are loaded, without PHANTOM."""
    said = README.read_text(encoding="utf-8")
    found = re.search(r"January ([\d,]+) rows, February ([\d,]+), October ([\d,]+)", said)
    assert found is not None
    return dict(zip(MONTHS, (number(text) for text in found.groups()), strict=True))


def asked(served: Served, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(served.get(address).text)))


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.parametrize("month", MONTHS)
def test_rows_answered_hung_up_and_waits(served: Served, month: str) -> None:
    _, agent, hang, phantom, queued, hang_in_queue, waits, _ = counted()[month]
    address = f"/tables/inboundCalls.csv?month={month}&tz=Asia/Jerusalem&columns=status,queueDuration,queueTime"
    rows = asked(served, address)
    statuses = Counter(row["status"] for row in rows)
    assert len(rows) == loaded()[month]
    assert statuses == {"ANSWERED_CLOSED_BY_CALLED": number(agent), "HANGUP": number(hang)}
    in_queue = [int(row["queueDuration"]) for row in rows if row["queueTime"]]
    # The table counts its queues over every line: PHANTOM ones, left out of what is loaded, were all queued.
    assert len(in_queue) == number(queued) - number(phantom)
    assert sum(row["status"] == "HANGUP" and row["queueTime"] != "" for row in rows) == number(hang_in_queue)
    mean = float(waits.split("/")[0].replace(",", ""))
    # October's raw mean holds a PHANTOM call of seven hours; without it the mean is two seconds less.
    assert abs(sum(in_queue) / len(in_queue) - mean) < (2.5 if month == "1999-10" else 0.6)


def test_a_call_of_one_record_is_a_summary_of_one_step(served: Served) -> None:
    window = "month=1999-02&tz=Asia/Jerusalem"
    rows = asked(served, f"/tables/inboundCallSummaries.csv?{window}&columns=steps,answered")
    assert len(rows) == loaded()["1999-02"]
    assert {row["steps"] for row in rows} == {"1"}
    steps = asked(served, f"/tables/inboundCalls.csv?{window}&columns=answerByUserTime")
    assert Counter(row["answered"] for row in rows) == Counter(
        "true" if row["answerByUserTime"] else "false" for row in steps
    )
