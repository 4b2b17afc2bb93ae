"""The store against a plain Python reading of it: any history of writes, every version of it."""

import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.store import Store
from tabular.month import Month
from tests.copies import unwritten
from tests.steps import CALLS, SUMMARIES, Row, batches, read, step

pytestmark = pytest.mark.law

MAY, JUNE = Month(2020, 5), Month(2020, 6)
_FIELDS = ("id", "step", "user", "service", "startTime", "waitDuration")

_texts = st.sampled_from(["anna", "luca", "", "sales", "Ünï", None])


@st.composite
def calls(draw: st.DrawFn, month: Month | None = None) -> list[dict[str, object]]:
    """The steps of some calls, in any order; their ids come from a small pool so that histories meet."""
    rows: list[dict[str, object]] = []
    for serial in draw(st.sets(st.integers(1, 12), max_size=8)):
        of = month or draw(st.sampled_from([MAY, JUNE]))
        began = datetime(of.year, of.month, 3) + timedelta(hours=serial)
        for number in range(draw(st.integers(1, 3))):
            rows.append(
                step(
                    began,
                    number,
                    serial,
                    user=draw(_texts),
                    service=draw(_texts),
                    waitDuration=draw(st.integers(0, 2)),
                )
            )
    return draw(st.permutations(rows))


_writes = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), calls(month=MAY)),
        st.tuples(st.just("merge"), calls()),
    ),
    min_size=1,
    max_size=6,
)


def in_order(rows: Iterable[Row]) -> list[tuple[object, ...]]:
    """Rows as tuples of the fields compared, in the order of the key."""
    picked = [tuple(row[name] for name in _FIELDS) for row in rows]
    return sorted(picked, key=lambda row: (str(row[4])[:7] > "2020-05", row[0], row[1]))


def summarised(rows: Iterable[Row]) -> list[tuple[object, ...]]:
    """The slow, obvious reading of a summary."""
    by_id: dict[object, list[Row]] = {}
    for row in rows:
        by_id.setdefault(row["id"], []).append(row)
    result = []
    for key, steps in by_id.items():
        oldest_first = sorted(steps, key=lambda row: -int(str(row["step"])))
        services = [str(row["service"]) for row in oldest_first if row["service"] is not None]
        users = [str(row["user"]) for row in oldest_first if row["user"] is not None]
        path = [name for i, name in enumerate(services) if i == 0 or services[i - 1] != name]
        result.append(
            (
                key,
                len(steps),
                services[0] if services else None,
                " > ".join(path) if path else None,
                users[-1] if users else None,
                sum(int(str(row["waitDuration"])) for row in steps),
                min(row["startTime"] for row in steps),  # type: ignore[type-var]
            )
        )
    return sorted(result, key=lambda row: (str(row[6])[:7] > "2020-05", row[0]))


@settings(max_examples=max(10, settings().max_examples // 4))
@given(_writes)
def test_every_version_is_what_a_dictionary_would_hold(writes: list[tuple[str, list[dict[str, object]]]]) -> None:
    model: dict[tuple[object, object], dict[str, object]] = {}
    seen: dict[int, list[tuple[object, ...]]] = {}
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "laws.duckdb") as store:
        unwritten(store)
        for kind, rows in writes:
            if kind == "replace":
                model = {key: row for key, row in model.items() if row["startTime"] >= datetime(2020, 6, 1)}  # type: ignore[operator]
            else:
                ids = {row["id"] for row in rows}
                model = {key: row for key, row in model.items() if row["id"] not in ids}
            model |= {(row["id"], row["step"]): row for row in rows}
            before, months = store.version, len(store.partitions("inboundCalls"))
            with store.writing("test") as writing:
                if kind == "replace":
                    writing.replace(CALLS, MAY, batches(rows), SUMMARIES)
                else:
                    writing.merge(CALLS, batches(rows), SUMMARIES)
            expected = in_order(model.values())
            if seen.get(before) == expected and len(store.partitions("inboundCalls")) == months:
                assert store.version == before, "a write that changes nothing makes no version"
            seen[store.version] = expected
            assert [tuple(row.values()) for row in read(store, CALLS, *_FIELDS)] == expected
            columns = ("id", "steps", "service", "services", "user", "waitDuration", "startTime")
            assert [tuple(row.values()) for row in read(store, SUMMARIES, *columns)] == summarised(model.values())
        for version, expected in seen.items():
            assert [tuple(row.values()) for row in read(store, CALLS, *_FIELDS, version=version)] == expected
        held = {partition.month: partition.rows for partition in store.partitions("inboundCalls")}
        assert sum(held.values()) == len(model)
