"""Laws of OData's face over HTTP: whatever is asked of rows is answered as a plain reading of the same rows has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.odata import drawn
from tests.api.odata.plain import ROWS, Row, in_order, kept_of, read
from tests.serving import Served

pytestmark = pytest.mark.law

FEWER = settings(max_examples=settings().max_examples // 3)
"""Each example is a request."""


@dataclass(frozen=True)
class Asked:
    """Options about steps, and what a plain reading makes of them."""

    filter: str | None
    orderby: str | None
    top: int | None
    skip: int | None
    count: bool
    select: tuple[str, ...]

    @property
    def options(self) -> dict[str, str]:
        """The options as they are sent."""
        said = {
            "$filter": self.filter,
            "$orderby": self.orderby,
            "$top": self.top,
            "$skip": self.skip,
            "$count": "true" if self.count else None,
            "$select": ",".join(self.select),
        }
        return {name: str(value) for name, value in said.items() if value is not None}

    def chosen(self, rows: Sequence[Row]) -> tuple[int, list[Row]]:
        """How many of the rows are kept, and those of them that are shown."""
        kept = in_order(kept_of(rows, self.filter), self.orderby)
        start = self.skip or 0
        end = None if self.top is None else start + self.top
        return len(kept), [{name: row[name] for name in self.select} for row in kept[start:end]]


asked = st.builds(
    Asked,
    st.none() | drawn.conditions,
    st.none() | drawn.orders,
    st.none() | st.integers(0, 70),
    st.none() | st.integers(0, 70),
    st.booleans(),
    drawn.selects.map(tuple),
)


def answered(served: Served, address: str, options: dict[str, str]) -> dict[str, Any]:
    """The answer to a question that must have one."""
    answer: httpx.Response = served.get(f"/odata/{address}", params=options)
    assert answer.status_code == 200, (options, answer.text)
    found: dict[str, Any] = answer.json()
    assert "@odata.nextLink" not in found
    return found


@FEWER
@given(how=asked)
def test_options_give_what_a_plain_reading_gives(sixty: Served, how: Asked) -> None:
    body = answered(sixty, "inboundCalls", how.options)
    count, shown = how.chosen(ROWS)
    assert [read(row) for row in body["value"]] == shown
    assert body.get("@odata.count") == (count if how.count else None)


@FEWER
@given(text=drawn.conditions)
def test_a_count_is_the_number_of_rows_that_are_kept(sixty: Served, text: str) -> None:
    answer = sixty.get("/odata/inboundCalls/$count", params={"$filter": text})
    assert answer.text == str(len(kept_of(ROWS, text)))


@FEWER
@given(how=asked, top=st.integers(0, 40), nested=st.booleans())
def test_what_is_expanded_is_chosen_among_the_steps_of_each_call(
    sixty: Served, how: Asked, top: int, nested: bool
) -> None:
    inside = [f"{name}={value}" for name, value in how.options.items()]
    if nested:
        inside.append("$expand=interaction($select=id,steps)")
    options = {"$expand": f"stepRows({';'.join(inside)})", "$select": "id", "$top": str(top), "$orderby": "id desc"}
    calls = list(dict.fromkeys(sorted((row["id"] for row in ROWS), reverse=True)))[:top]
    expected = []
    for call in calls:
        count, shown = how.chosen([row for row in ROWS if row["id"] == call])
        more = {"interaction": {"id": call, "steps": drawn.STEPS_EACH}} if nested else {}
        counted = {"stepRows@odata.count": count} if how.count else {}
        expected.append({"id": call, **counted, "stepRows": [row | more for row in shown]})
    found = answered(sixty, "inboundCallSummaries", options)["value"]
    assert [{**one, "stepRows": [read(row) for row in one["stepRows"]]} for one in found] == expected
