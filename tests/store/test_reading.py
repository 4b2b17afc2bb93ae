"""A reader sees one version throughout, whatever is written meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from answers.plan import plan
from datamodel.catalogue import documented
from store.store import Store
from tabular.errors import KeyRepeated, NoPlace, SnapshotGone, StoreOutOfMemory
from tabular.month import Month
from tabular.query import Query, SortKey
from tabular.table import Table
from tests.steps import CALLS, CONTACTS, NOW, SUMMARIES, Row, batches, read, selected, step

MAY = Month(2020, 5)
BEGAN = datetime(2020, 5, 4, 8)


def many(count: int, user: str, begins: datetime = BEGAN) -> list[dict[str, object]]:
    """So many calls of one step each."""
    return [step(begins + timedelta(seconds=i), 0, i, user=user, waitDuration=i) for i in range(count)]


def put(store: Store, rows: Iterable[Row], month: Month = MAY) -> None:
    """Make rows the month's."""
    with store.writing("test") as writing:
        writing.replace(CALLS, month, batches(rows), SUMMARIES)


def test_a_reader_that_began_before_a_partition_was_replaced_sees_one_version(store: Store) -> None:
    names = ("id", "step", "startTime", "user", "waitDuration")
    narrow = replace(CALLS, fields=tuple(field for field in CALLS.fields if field.name in names))

    def put_many(user: str) -> None:
        with store.writing("test") as writing:
            writing.replace(narrow, MAY, batches(many(70_000, user), narrow))

    put_many("before")
    rows = store.read(plan(Query(CALLS, selected(CALLS, "user", "waitDuration")), store, 10_000, NOW))
    reading = iter(rows)
    users = set(next(reading).column("user").to_pylist())
    put_many("after")
    waits = 0
    for batch in reading:
        users |= set(batch.column("user").to_pylist())
        waits += batch.num_rows
    assert users == {"before"}
    assert waits == 70_000 - 20_000
    rows.close()
    assert {row["user"] for row in read(store, CALLS, "user")} == {"after"}


def test_pages_of_one_version_are_whole_although_the_month_is_written_between_them(store: Store) -> None:
    put(store, many(1_000, "before"))
    first = plan(Query(CALLS, selected(CALLS, "id", "user"), limit=400), store, 10_000, NOW)
    pages = [row for batch in store.read(first) for row in batch.to_pylist()]
    put(store, [*many(500, "after"), *many(900, "new", BEGAN + timedelta(days=1))])
    for offset in (400, 800):
        query = Query(CALLS, selected(CALLS, "id", "user"), limit=400, offset=offset)
        page = type(first)(query, first.version, first.parts)
        pages += [row for batch in store.read(page) for row in batch.to_pylist()]
    assert len(pages) == 1_000
    assert len({row["id"] for row in pages}) == 1_000
    assert {row["user"] for row in pages} == {"before"}


def test_old_versions_are_swept_when_no_token_lives_that_long(store: Store) -> None:
    put(store, many(10, "one"))
    put(store, many(10, "two"))
    put(store, many(10, "three"))
    assert store.sweep(timedelta(hours=1)) == 0
    later = datetime.now(NOW.tzinfo) + timedelta(hours=3)
    # Calls and summaries of the first two versions.
    assert store.sweep(timedelta(hours=1), now=lambda: later) == 40
    assert {row["user"] for row in read(store, CALLS, "user")} == {"three"}
    with pytest.raises(SnapshotGone) as gone:
        store.partitions("inboundCalls", 1)
    assert gone.value.status == 410
    store.close()
    with Store(store.path) as again:
        with pytest.raises(SnapshotGone):
            again.partitions("inboundCalls", 2)
        assert again.version == 3
        assert [partition.version for partition in again.partitions("inboundCalls")] == [3]
        assert {row["user"] for row in read(again, CALLS, "user", version=3)} == {"three"}
        put(again, many(10, "four"))
        assert {row["user"] for row in read(again, CALLS, "user", version=3)} == {"three"}
        assert {row["user"] for row in read(again, CALLS, "user")} == {"four"}


def test_nothing_of_a_failed_write_stays(store: Store) -> None:
    put(store, many(10, "kept"))

    def failing() -> Iterator[pa.RecordBatch]:
        yield batches(many(30_000, "lost"))[0]
        raise LookupError("the source broke")

    def write() -> None:
        with store.writing("test") as writing:
            writing.replace(CALLS, Month(2020, 6), batches(many(5, "lost")), SUMMARIES)
            writing.replace(CALLS, MAY, failing(), SUMMARIES)

    with pytest.raises(LookupError, match="the source broke"):
        write()
    assert store.version == 1
    assert [p.month for p in store.partitions("inboundCalls")] == [MAY]
    assert {row["user"] for row in read(store, CALLS, "user")} == {"kept"}


def test_too_little_memory_is_one_sentence_and_changes_nothing(tmp_path: Path) -> None:
    rows = [step(BEGAN, 0, i, data=f"{i:>200}") for i in range(60_000)]
    with Store(tmp_path / "small.duckdb", memory="24MB") as store:
        with pytest.raises(StoreOutOfMemory) as refused:
            put(store, rows)
        assert "TVOX_STORE_MEMORY" in (refused.value.hint or "")
        assert store.partitions("inboundCalls") == []
        assert store.version == 0


@pytest.mark.parametrize("whole", [True, False])
def test_a_key_twice_is_refused_by_name(store: Store, whole: bool) -> None:
    rows = batches([*many(3, "a"), step(BEGAN, 0, 0)])
    with pytest.raises(KeyRepeated) as refused, store.writing("test") as writing:
        writing.replace(CALLS, MAY, rows) if whole else writing.merge(CALLS, rows)
    assert refused.value.key == ("1588579200.0", "0")


def test_a_row_that_belongs_to_no_month_is_refused(store: Store) -> None:
    with pytest.raises(NoPlace), store.writing("test") as writing:
        writing.merge(CALLS, batches([{"id": "abc", "step": 0}]))


def test_an_interaction_lives_in_the_month_of_its_id_in_the_centres_zone(store: Store) -> None:
    # 31 May 22:30 UTC is 1 June in Rome; its later step happened in June too, its id decides for both.
    late = datetime(2020, 5, 31, 21, 30)
    rows = [
        step(late, 0, 1) | {"startTime": datetime(2020, 6, 1, 5)},
        step(late, 1, 1),
        step(datetime(2020, 5, 31, 22, 30)),
    ]
    rows.append({"id": "no-unix-time", "step": 0, "startTime": datetime(2020, 4, 30, 22, 0)})
    with store.writing("test") as writing:
        writing.merge(CALLS, batches(rows), SUMMARIES)
    held = {str(p.month): p.rows for p in store.partitions("inboundCalls")}
    assert held == {"2020-05": 3, "2020-06": 1}


def test_sorting_puts_rows_without_a_value_last_in_both_directions_and_the_key_decides_ties(store: Store) -> None:
    users = ["b", None, "a", "b", None]
    put(store, [step(BEGAN, 0, i, user=user) for i, user in enumerate(users)])
    for descending, expected in ((False, ["2", "0", "3", "1", "4"]), (True, ["0", "3", "2", "1", "4"])):
        query = Query(CALLS, selected(CALLS, "id"), sort=(SortKey(CALLS.column("user"), descending),))
        rows = [row["id"] for batch in store.read(plan(query, store, 10_000, NOW)) for row in batch.to_pylist()]
        assert [str(key).partition(".")[2] for key in rows] == expected


def test_a_list_is_a_table_and_columns_of_its_parent(store: Store) -> None:
    numbers = [{"value": f"+39{n}", "type": "CELL"} for n in range(12)]
    rows: list[Row] = [
        {"uuid": "b", "tel": numbers},
        {"uuid": "a", "tel": []},
        {"uuid": "c", "tel": None, "mail": [{"value": "x@y", "type": None}]},
    ]
    with store.writing("test") as writing:
        writing.replace(CONTACTS, None, batches(rows, CONTACTS))
    wide = read(store, CONTACTS, "uuid", "tel_1_value", "tel_10_value", "mail_1_value")
    assert [tuple(row.values()) for row in wide] == [
        ("a", None, None, None),
        ("b", "+390", "+399", None),
        ("c", None, None, "x@y"),
    ]
    tels = read(store, documented().table("addressBookContactTels"))
    assert [(row["uuid"], row["position"], row["value"]) for row in tels] == [
        ("b", n + 1, f"+39{n}") for n in range(12)
    ]


def without(table: Table, *names: str) -> Table:
    """A table as an earlier release had it: without some fields."""
    fields = tuple(field for field in table.fields if field.name not in names)
    return replace(table, fields=fields, columns=tuple(c for c in table.columns if c.reading.field not in names))


def test_a_store_of_an_earlier_release_is_given_the_fields_that_are_new(store: Store) -> None:
    steps, summaries = (
        without(CALLS, "data", "holdDuration"),
        without(SUMMARIES, "users", "waitDuration", "holdDuration"),
    )
    with store.writing("earlier") as writing:
        writing.replace(steps, MAY, batches(many(3, "anna"), steps), summaries)
    store.close()
    with Store(store.path, tables=(CALLS, SUMMARIES)) as again:
        assert [tuple(row.values()) for row in read(again, CALLS, "user", "data")] == [("anna", None)] * 3
        found = read(again, SUMMARIES, "users", "waitDuration", "holdDuration")
        assert [tuple(row.values()) for row in found] == [("anna", 0, 0), ("anna", 1, 0), ("anna", 2, 0)]
        assert again.origins() == {"earlier"}
        version = again.version
    with Store(store.path, tables=(CALLS, SUMMARIES)) as third:
        assert third.version == version


def test_what_is_written_is_there_when_the_store_is_opened_again(store: Store) -> None:
    put(store, many(10, "kept"))
    before = store.partitions("inboundCalls")
    store.close()
    with Store(store.path) as again:
        assert again.partitions("inboundCalls") == before
        assert again.identity == store.identity
        assert len(read(again, CALLS)) == 10
