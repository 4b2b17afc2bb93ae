"""Drafts: pages survive what is not a crash of the disk, and only whole ones count."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.drafts import Draft, Drafted, Drafts
from tabular.month import Month
from tests.steps import CALLS, CONTACTS, batches, moment, step

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAY = Month(2020, 5)


def page(offset: int, count: int, sent: datetime = NOW) -> tuple[Drafted, object]:
    """A page of so many calls of one step."""
    rows = batches([step(moment("2020-05-01T08:00"), 0, offset + number) for number in range(count)])[0]
    return Drafted(offset, count, count, 100, sent, is_last=False, is_cut=False), rows


def draft_of(tmp_path: Path, now: datetime = NOW) -> Draft:
    """The draft of a month as a new process finds it."""
    return Drafts(tmp_path / "tvox.duckdb").of(CALLS, MAY, now)


def add(draft: Draft, offset: int, count: int, sent: datetime = NOW) -> None:
    """Add a page."""
    known, rows = page(offset, count, sent)
    draft.add(known, rows)


def test_another_process_goes_on_where_one_was(tmp_path: Path) -> None:
    first = draft_of(tmp_path)
    add(first, 0, 3)
    add(first, 3, 2)
    again = draft_of(tmp_path)
    assert again.pages == first.pages
    assert again.next == 5
    assert [rows.num_rows for rows in again.batches()] == [3, 2]
    assert len(again.column("id")) == 5
    assert again.column("id").to_pylist()[:3] == again.first_rows().column("id").to_pylist()
    assert again.first_rows().column("id").to_pylist() == ["1588320000.0", "1588320000.1", "1588320000.2"]


def test_drafts_begin_while_others_end(tmp_path: Path) -> None:
    def begin_and_end(serial: int) -> None:
        table = CALLS if serial % 2 else CONTACTS
        for _ in range(150):
            draft = Drafts(tmp_path / "tvox.duckdb").of(table, Month(2020, serial), NOW)
            draft.add(page(0, 1)[0], batches([], table)[0])
            draft.discard()

    with ThreadPoolExecutor(4) as threads:
        for _ in threads.map(begin_and_end, range(1, 5)):
            pass


def test_a_page_that_was_being_written_does_not_count(tmp_path: Path) -> None:
    draft = draft_of(tmp_path)
    add(draft, 0, 3)
    folder = next((tmp_path / "tvox.duckdb.drafts").iterdir())
    (folder / "0000000003.part").write_bytes((folder / "0000000000.arrow").read_bytes()[:100])
    (folder / "0000000003.arrow").write_bytes((folder / "0000000000.arrow").read_bytes()[:100])
    assert draft_of(tmp_path).next == 3
    (folder / "0000000003.arrow").unlink()
    add(draft, 3, 2)
    (folder / "0000000000.arrow").unlink()
    assert draft_of(tmp_path).pages == [], "what follows a gap is not the month"


def test_a_draft_of_yesterday_and_one_of_another_layout_begin_anew(tmp_path: Path) -> None:
    add(draft_of(tmp_path), 0, 3)
    assert Drafts(tmp_path / "tvox.duckdb").of(CONTACTS, MAY, NOW).pages == []
    other = Draft(next((tmp_path / "tvox.duckdb.drafts").iterdir()), CONTACTS)
    assert other.pages == []
    assert draft_of(tmp_path, NOW + timedelta(days=2)).pages == []
    assert not (tmp_path / "tvox.duckdb.drafts").exists()


def test_drafts_that_nobody_goes_on_with_are_swept(tmp_path: Path) -> None:
    add(draft_of(tmp_path), 0, 3)
    folder = next((tmp_path / "tvox.duckdb.drafts").iterdir())
    os.utime(folder, (NOW.timestamp(), NOW.timestamp()))
    drafts = Drafts(tmp_path / "tvox.duckdb")
    assert drafts.sweep(NOW + timedelta(hours=1)) == 0
    assert drafts.sweep(NOW + timedelta(hours=25)) == 1
    assert not folder.exists()
