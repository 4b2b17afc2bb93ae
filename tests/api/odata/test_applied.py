"""A law of `$apply` over HTTP: groups and their measures are what a plain reading of the rows counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.odata import drawn
from tests.api.odata.plain import ROWS, Row, kept_of, measured, place, read
from tests.serving import Served

pytestmark = pytest.mark.law

FEWER = settings(max_examples=settings().max_examples // 4)
"""Each example is one request or two."""

METHODS = {
    "sum": ["waitDuration", "sentiment", "step"],
    "average": ["waitDuration", "sentiment", "step"],
    "min": ["waitDuration", "user", "endTime"],
    "max": ["sentiment", "cli", "startTime"],
    "countdistinct": ["user", "sentiment", "endTime"],
}


@dataclass(frozen=True)
class Applied:
    """`$apply` in one of three shapes (a filter, groups, all as one group), and what it makes of rows."""

    filter: str | None
    keys: tuple[str, ...] | None
    measures: tuple[tuple[str, str], ...]
    least: int | None
    top: int | None
    by_count: bool

    @property
    def text(self) -> str:
        """The transformations as they are sent."""
        said = [f"{name} with {method} as {self.named(at)}" for at, (name, method) in enumerate(self.measures)]
        grouped = f"aggregate({','.join([*said, '$count as calls'])})"
        if self.keys is not None:
            grouped = f"groupby(({','.join(self.keys)}),{grouped})"
        return grouped if self.filter is None else f"filter({self.filter})/{grouped}"

    def named(self, at: int) -> str:
        """The name of a measure; that of a moment ends as a moment's does."""
        return f"m{at}Time" if self.measures[at][0].endswith("Time") and self.is_value(at) else f"m{at}"

    def is_value(self, at: int) -> bool:
        """Whether a measure is one of the values that it looks at."""
        return self.measures[at][1] in ("min", "max")

    @property
    def options(self) -> dict[str, str]:
        """The whole question; groups are sorted so that there is one right answer."""
        order = [*(["calls desc"] if self.by_count else []), *(self.keys or ("calls",))]
        found = {"$apply": self.text, "$orderby": ",".join(order), "$count": "true"}
        if self.least is not None:
            found["$filter"] = f"calls ge {self.least}"
        if self.top is not None:
            found["$top"] = str(self.top)
        return found

    def chosen(self, rows: Sequence[Row]) -> tuple[int, list[Row]]:
        """How many groups there are, and those that are shown."""
        held: dict[tuple[Any, ...], list[Row]] = {} if self.keys is not None else {(): []}
        for row in kept_of(rows, self.filter):
            held.setdefault(tuple(row[key] for key in self.keys or ()), []).append(row)
        found = []
        for key in sorted(held, key=lambda key: [place(cell) for cell in key]):
            group = dict(zip(self.keys or (), key, strict=True))
            for at, (name, method) in enumerate(self.measures):
                group[self.named(at)] = measured(held[key], name, method)
            found.append({**group, "calls": len(held[key])})
        if self.by_count:
            found.sort(key=lambda group: -group["calls"])
        found = [group for group in found if group["calls"] >= (self.least or 0)]
        return len(found), found if self.top is None else found[: self.top]


keys = st.lists(st.sampled_from(["user", "cli", "status", "step", "sentiment"]), min_size=1, max_size=3, unique=True)
measures = st.sampled_from(list(METHODS)).flatmap(
    lambda method: st.tuples(st.sampled_from(METHODS[method]), st.just(method))
)
applied = st.builds(
    Applied,
    st.none() | drawn.conditions,
    st.none() | keys.map(tuple),
    st.lists(measures, max_size=3).map(tuple),
    st.none() | st.integers(0, 9),
    st.none() | st.integers(0, 9),
    st.booleans(),
)


@FEWER
@given(how=applied)
def test_groups_are_what_a_plain_reading_counts(sixty: Served, how: Applied) -> None:
    answer = sixty.get("/odata/inboundCalls", params=how.options)
    assert answer.status_code == 200, (how.options, answer.text)
    count, shown = how.chosen(ROWS)
    body = answer.json()
    assert [read(row) for row in body["value"]] == shown
    assert body["@odata.count"] == count


@FEWER
@given(text=drawn.conditions, options=st.fixed_dictionaries({}, optional={"$top": st.just("7"), "$skip": st.just("9")}))
def test_a_filter_is_the_same_in_both_places(sixty: Served, text: str, options: dict[str, str]) -> None:
    chosen = {"$select": "id,step,user", "$orderby": "user desc,id", "$count": "true"} | options
    first = sixty.get("/odata/inboundCalls", params=chosen | {"$apply": f"filter({text})"})
    assert first.status_code == 200, first.text
    second = sixty.get("/odata/inboundCalls", params=chosen | {"$filter": text})
    assert first.json() == second.json()
