"""A process killed at any moment leaves the old version or the new one, never half of one."""

import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from time import monotonic

import pyarrow as pa
import pytest

from datamodel.catalogue import documented
from formats import csv
from formats.format import Heading, Style, Times
from store.plan import Part, Plan
from store.store import Store
from tabular.errors import StoreBusy
from tabular.month import Month
from tabular.partition import Partition
from tabular.query import Query
from tabular.table import Grain, Table
from tests.commands import BANK, BANK_MAPPING, command, environment, run
from tests.formats.drawn import ABOUT
from tests.steps import read, selected

State = dict[tuple[str, str], tuple[int, str]]
"""Of each partition: its rows, and a digest of every cell of them."""

needs_bank = pytest.mark.skipif(not BANK.is_dir(), reason="the real calls are not beside the project: ../shared/data")


def state(path: Path) -> State:
    """What every partition holds; whatever is recorded of it is checked on the way."""
    with Store(path) as store:
        found: State = {}
        for table in documented():
            if table.grain is Grain.ELEMENT:
                continue
            for partition in store.partitions(table.name):
                found[table.name, str(partition.month)] = partition.rows, digest(store, table, partition)
            held = sum(partition.rows for partition in store.partitions(table.name))
            assert len(read(store, table, table.key[0])) == held, f"{table.name}: what is recorded is there"
        for table in documented():
            summary = documented().summary_of(table)
            if summary is None:
                continue
            ids = {row["id"] for row in read(store, table, "id")}
            assert {row["id"] for row in read(store, summary, "id")} == ids, f"{summary.name} is of its steps"
            assert sum(int(str(row["steps"])) for row in read(store, summary, "steps")) == len(read(store, table, "id"))
    with closing(sqlite3.connect(path.with_name(f"{path.name}.control.sqlite"))) as control:
        assert control.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert control.execute("SELECT count(*) FROM secrets").fetchall() == [(1,)]
    return found


def digest(store: Store, table: Table, partition: Partition) -> str:
    """The whole partition as CSV, as 16 digits."""
    whole = Plan(Query(table, selected(table)), store.version, (Part(partition, whole=True),))
    headings = tuple(Heading(column.name, column) for column in table.columns)
    found = blake2b(digest_size=8)
    for piece in csv.encode(headings, _in_utc(store, whole), Style(Times.LOCAL), ABOUT):
        found.update(piece)
    return found.hexdigest()


def _in_utc(store: Store, planned: Plan) -> Iterator[pa.RecordBatch]:
    with closing(store.read(planned)) as rows:
        for batch in rows:
            times = [pa.timestamp("us", "UTC") if pa.types.is_timestamp(kind) else kind for kind in batch.schema.types]
            columns = [column.cast(kind) for column, kind in zip(batch.columns, times, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def over(found: State) -> State:
    """What cannot change while the test runs: in the demo centre the newest month does, and the one before it may."""
    newest = {str(Month.of(datetime.now(UTC)) - back) for back in (-1, 0, 1)}
    return {(table, month): held for (table, month), held in found.items() if month not in newest}


def kill_at(path: Path, words: tuple[object, ...], seconds: float) -> bool:
    """Run a command and kill it after so many seconds; whether it was still running."""
    process = subprocess.Popen(
        command(path, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), cwd=path.parent
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def survives(
    folder: Path,
    words: tuple[object, ...],
    kills: int,
    prepare: Callable[[Path], object],
    whole: Callable[[State], bool],
) -> None:
    """Kill a command at moments spread over its run; after each kill the store is whole and takes the work again."""
    prepared, reference = folder / "prepared.duckdb", folder / "reference.duckdb"
    prepare(prepared)
    before = state(prepared) if prepared.exists() else {}
    _copied(prepared, reference)
    began = monotonic()
    run(reference, *words)
    took = monotonic() - began
    after = over(state(reference))
    chance = random.Random(kills)  # noqa: S311  # the same moments in every run of the test
    killed = changed = 0
    for number in range(4 * kills):
        if killed == kills:
            break
        path = folder / f"{number}.duckdb"
        _copied(prepared, path)
        # Most of a short command is its start: what matters is the time after it.
        met = kill_at(path, words, took * chance.uniform(0.3, 0.95))
        killed += met
        if not met:
            # The machine had more to do when the command was measured than it has now.
            took *= 0.8
        found = state(path) if path.exists() else {}
        for place, held in over(found).items():
            assert place not in after or held in (before.get(place), after[place]), place
        assert whole(found)
        changed += found != before
        if number % 3 == 0:
            run(path, *words)
            assert over(state(path)) == after
        path.unlink(missing_ok=True)
    assert killed == kills, "the kills met a running command"
    print(f"{killed} killed while running; {changed} of them had written something")


def _copied(prepared: Path, path: Path) -> None:
    for source in prepared.parent.glob(f"{prepared.name}*"):
        shutil.copy(source, path.with_name(path.name + source.name.removeprefix(prepared.name)))


def load_of(month: str) -> tuple[object, ...]:
    return ("load", BANK / f"{month}1999.tsv.gz", "--mapping", BANK_MAPPING)


def loaded_whole(found: State) -> bool:
    """February is there with all its rows or not at all, and January always is."""
    february, _ = found.get(("inboundCalls", "1999-02"), (0, ""))
    return found["inboundCalls", "1999-01"][0] > 31_000 and (february == 0 or february > 33_000)


def january(path: Path) -> None:
    run(path, *load_of("january"))


DEMO = ("demo", "--months", "4", "--calls-per-month", "4000")


def demo_whole(found: State) -> bool:
    """A month has all four channels or none."""
    months = {month for table, month in found if table == "inboundCalls"}
    return all((table, month) in found for month in months for table in ("outboundCalls", "inboundChats"))


def nothing(_: Path) -> None:
    """A store that is not there yet."""


@needs_bank
def test_load_killed(tmp_path: Path) -> None:
    survives(tmp_path, load_of("february"), 10, january, loaded_whole)


def test_demo_killed(tmp_path: Path) -> None:
    survives(tmp_path, DEMO, 10, nothing, demo_whole)


@pytest.mark.prove
@needs_bank
def test_load_killed_often(tmp_path: Path) -> None:
    survives(tmp_path, load_of("february"), 25, january, loaded_whole)


@pytest.mark.prove
def test_demo_killed_often(tmp_path: Path) -> None:
    survives(tmp_path, DEMO, 25, nothing, demo_whole)


def test_a_second_process_cannot_open_the_file_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    holder = subprocess.Popen(
        [*command(path, "-c")[:1], "-c", _HOLD, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreBusy) as busy:
        Store(path)
    assert str(holder.pid) in busy.value.message
    holder.communicate("\n")
    Store(path).close()


_HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline()"
