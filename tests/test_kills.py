"""A process killed at any moment leaves the old version or the new one, never half of one."""

import gzip
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from math import inf
from pathlib import Path
from time import monotonic

import pytest

from store.store import Store
from tabular.errors import StoreBusy
from tabular.month import Month
from tests.commands import BANK, BANK_MAPPING
from tests.forked import begun, run
from tests.states import State, state

needs_bank = pytest.mark.skipif(not BANK.is_dir(), reason="the real calls are not beside the project: ../shared/data")

Words = tuple[object, ...]


def over(found: State) -> State:
    """What cannot change while the test runs: in the demo centre the newest month does, and the one before it may."""
    newest = {str(Month.of(datetime.now(UTC)) - back) for back in (-1, 0, 1)}
    return {(table, month): held for (table, month), held in found.items() if month not in newest}


class Written:
    """How many bytes have been written into the files of a store, as far as their sizes tell."""

    def __init__(self, path: Path) -> None:
        self._files = (path, path.with_name(f"{path.name}.wal"))
        self._before = self._most = self._sizes()

    def bytes(self) -> int:
        """Those since the beginning, in files that have gone meanwhile, too."""
        self._most = tuple(map(max, self._most, self._sizes()))
        return sum(self._most) - sum(self._before)

    def _sizes(self) -> tuple[int, ...]:
        return tuple(map(_size, self._files))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def kill_when(path: Path, words: Words, written: float, seconds: float) -> bool:
    """Run a command and kill it as soon as it has written so many bytes, or after so many seconds; whether it was
    still running."""
    watched, began = Written(path), monotonic()
    process = begun(path, *words)
    while process.exitcode is None and watched.bytes() < written and monotonic() - began < seconds:
        process.join(0.002)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def survives(
    folder: Path, words: Words, kills: int, prepare: Callable[[Path], object], whole: Callable[[State], bool]
) -> None:
    """Kill a command at moments spread over its run; after each kill the store is whole and takes the work again."""
    prepared, reference = folder / "prepared.duckdb", folder / "reference.duckdb"
    prepare(prepared)
    before = state(prepared) if prepared.exists() else {}
    _copied(prepared, reference)
    watched, began = Written(reference), monotonic()
    process = begun(reference, *words)
    while process.exitcode is None:
        watched.bytes()
        process.join(0.002)
    assert process.exitcode == 0
    written, took = watched.bytes(), monotonic() - began
    after = over(state(reference))
    chance = random.Random(kills)  # noqa: S311  # the same moments in every run of the test
    killed = changed = 0
    for number in range(4 * kills):
        if killed == kills:
            break
        path = folder / f"{number}.duckdb"
        _copied(prepared, path)
        # Most kills meet a command that writes; some one that reads, or has just begun.
        share = chance.random()
        met = kill_when(path, words, share * written, inf) if number % 5 else kill_when(path, words, inf, share * took)
        killed += met
        found = state(path) if path.exists() else {}
        for place, held in over(found).items():
            assert place not in after or held in (before.get(place), after[place]), place
        assert whole(found)
        changed += met and found != before
        if number % 3 == 0:
            run(path, *words)
            assert over(state(path)) == after
        path.unlink(missing_ok=True)
    assert killed == kills, "the kills met a running command"
    print(f"{killed} killed while running; {changed} of them had written something")


def _copied(prepared: Path, path: Path) -> None:
    for source in prepared.parent.glob(f"{prepared.name}*"):
        shutil.copy(source, path.with_name(path.name + source.name.removeprefix(prepared.name)))


def load_of(log: Path) -> Words:
    return ("load", log, "--mapping", BANK_MAPPING)


def load_survives(folder: Path, kills: int, lines: int | None) -> None:
    """Kill loads of February into a store that has January, of each all lines or the first ones."""
    january, february = (_beginning(folder, f"{month}1999.tsv.gz", lines) for month in ("january", "february"))
    least = 30_000 if lines is None else lines * 9 // 10

    def loaded_whole(found: State) -> bool:
        """February is there with all its rows or not at all, and January always is."""
        new = found.get(("inboundCalls", "1999-02"))
        return len(found["inboundCalls", "1999-01"]) > least and (new is None or len(new) > least)

    survives(folder, load_of(february), kills, lambda path: run(path, *load_of(january)), loaded_whole)


def _beginning(folder: Path, name: str, lines: int | None) -> Path:
    if lines is None:
        return BANK / name
    with gzip.open(BANK / name) as whole, gzip.open(folder / name, "wb", compresslevel=1) as beginning:
        beginning.writelines(islice(whole, lines + 1))
    return folder / name


def demo_of(calls: int) -> Words:
    return ("demo", "--months", "4", "--calls-per-month", calls)


def demo_whole(found: State) -> bool:
    """A month has all four channels or none."""
    months = {month for table, month in found if table == "inboundCalls"}
    return all((table, month) in found for month in months for table in ("outboundCalls", "inboundChats"))


def nothing(_: Path) -> None:
    """A store that is not there yet."""


@needs_bank
def test_load_killed(tmp_path: Path) -> None:
    load_survives(tmp_path, 3, 4_000)


def test_demo_killed(tmp_path: Path) -> None:
    survives(tmp_path, demo_of(150), 3, nothing, demo_whole)


@pytest.mark.prove
@needs_bank
def test_load_killed_often(tmp_path: Path) -> None:
    load_survives(tmp_path, 25, None)


@pytest.mark.prove
def test_demo_killed_often(tmp_path: Path) -> None:
    survives(tmp_path, demo_of(4000), 25, nothing, demo_whole)


def test_a_second_process_cannot_open_the_file_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreBusy) as busy:
        Store(path)
    assert str(holder.pid) in busy.value.message
    holder.communicate("\n")
    Store(path).close()


_HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline()"
