"""Incremental refresh over a mirror: parts of many months, as Power BI asks for them, and their cost to the TVox."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from addin import build
from addin.place import Place
from addin.powerquery import Variant, query_text
from api.identity import KEY_PARAMETER
from tabular.month import Month
from tabular.table import Type
from tests.addin.powerquery.played import ZONE, Found, play
from tests.mirrored import Mirroring
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, step
from tests.upstream.arrivals import Arrival
from tests.upstream.proxy import Proxy

MONTHS = list(Month(2021, 1).until(Month(2023, 12)))
STARTS = [f"{month}-01T00:00:00" for month in [*MONTHS, MONTHS[-1].after]]
ROME = ZoneInfo(ZONE)

_WHOLE = {column.name: 0 for column in CALLS.columns if column.type is Type.INTEGER and not column.nullable}
_NAMED = re.compile(r"year:(\d+),month:(\d+)")


def calls() -> list[dict[str, object]]:
    """Of each month a call on its second day, and one that goes on after midnight of its last."""
    rows = []
    for serial, month in enumerate(MONTHS):
        midnight = datetime(month.after.year, month.after.month, 1, tzinfo=ROME)
        begins = datetime(month.year, month.month, 2, 9, tzinfo=ROME)
        for began, times in ((begins, [begins]), (midnight, [midnight + _HALF, midnight - _HALF])):
            first = (began if len(times) == 1 else times[-1]).astimezone(UTC)
            for number, at in enumerate(times):
                utc = at.astimezone(UTC).replace(tzinfo=None)
                told = {**_WHOLE, "step": number, "lastUpdateTime": utc, "id": f"{int(first.timestamp())}.{serial}"}
                rows.append(step(utc, number, serial) | told)
    return rows


_HALF = timedelta(minutes=30)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The TVox: a service with those calls."""
    opened = opened_at(tmp_path_factory.mktemp("own") / "tvox.duckdb", datamodel_rate=0)
    with opened.store.writing("demo") as writing:
        writing.merge(CALLS, batches(calls()), SUMMARIES)
    running = Served(opened)
    yield running
    running.close()
    opened.close()


def refreshed(node: Path, mirror: Served, months: int) -> list[Found]:
    """What the query brings for the part of each of the first months."""
    text = query_text(CALLS, Place(mirror.address, KEY_PARAMETER, ZONE), Variant.INCREMENTAL)
    parts = {
        since: {"text": text, "parameters": {"RangeStart": since, "RangeEnd": until}}
        for since, until in pairwise(STARTS[: months + 1])
    }
    found = play(node, mirror, {}, parts)["evaluations"]
    assert not [one["error"] for one in found.values() if "error" in one]
    return [found[since] for since in parts]


def brought(log: Sequence[Arrival]) -> Counter[Month]:
    """How often the rows of a month were asked for."""
    asked = [one.body.replace("\\", "").replace('"', "").replace(" ", "") for one in log if one.asked[0][0] == "rows"]
    return Counter(Month(int(year), int(month)) for text in asked for year, month in _NAMED.findall(text)[:1])


@pytest.mark.parametrize("months", [5, pytest.param(36, marks=pytest.mark.prove)])
def test_each_month_is_asked_for_once_and_a_settled_one_never_again(own: Served, tmp_path: Path, months: int) -> None:
    try:
        node = build.ready().binary
    except build.NotBuilt as failure:
        pytest.skip(str(failure))
    with (
        Proxy(own.address) as proxy,
        Mirroring(tmp_path / "tvox.duckdb", proxy.address, own.key, fresh_seconds=0) as mirror,
    ):
        proxy.reset()
        first = refreshed(node, mirror, months)
        log = proxy.log()
        assert brought(log) == Counter(dict.fromkeys(MONTHS[:months], 1))
        names = [name for name, _ in first[0]["columns"]]
        place, number = names.index("id"), names.index("step")
        rows = [(row[place], row[number]) for part in first for row in part["rows"]]
        held = calls()[: 3 * months]
        # The last call goes on in a month that no part names.
        assert sorted(rows) == sorted((one["id"], one["step"]) for one in held if one is not held[-2])
        proxy.reset()
        again = refreshed(node, mirror, months)
        assert brought(proxy.log()) == Counter(), "one more look settles a month without its rows"
        assert all(one.settled for one in mirror.services.store.partitions("inboundCalls"))
        proxy.reset()
        last = refreshed(node, mirror, months)
        assert proxy.log() == []
        assert [part["rows"] for part in first] == [part["rows"] for part in again] == [part["rows"] for part in last]
