"""Days made of moments: to group, filter and sort by, over HTTP."""

import pytest

from tests.api.odata.rows import filled
from tests.serving import Served

PER_DAY = "compute(date(startTime) as day)/groupby((day),aggregate($count as n))"


def test_rows_are_counted_by_day(odata: Served) -> None:
    asked = {"$apply": PER_DAY, "$orderby": "day desc"}
    answer = odata.get("/odata/inboundCalls", params=asked)
    assert answer.status_code == 200, answer.text
    days = ["2026-11-03", "2026-09-03", "2019-11-03"]
    assert [row["day"] for row in answer.json()["value"]] == days
    assert sum(row["n"] for row in answer.json()["value"]) == 72
    full = odata.get("/odata/inboundCalls", params=asked, headers={"Accept": "application/json;odata.metadata=full"})
    assert {row["day@odata.type"] for row in full.json()["value"]} == {"#Date"}


@pytest.mark.parametrize(
    ("zone", "days"), [("UTC", {"2026-11-03"}), ("Pacific/Auckland", {"2026-11-03", "2026-11-04"})]
)
def test_days_are_those_of_the_zone(odata: Served, zone: str, days: set[str]) -> None:
    asked = {"$compute": "date(startTime) as day", "$select": "day", "$filter": "day gt 2026-10-01", "tz": zone}
    found = odata.get("/odata/inboundCalls", params=asked).json()["value"]
    assert len(found) == 24
    assert {row["day"] for row in found} == days


def test_days_are_sorted_filtered_and_reckoned_with(served: Served) -> None:
    filled(served.services, 3)
    asked = {"$apply": f"{PER_DAY}/filter(day ne 2026-09-03)/topcount(1,n)/compute(year(day) as year)"}
    assert served.get("/odata/inboundCalls", params=asked).json()["value"] in (
        [{"day": "2019-11-03", "n": 6, "year": 2019}],
        [{"day": "2026-11-03", "n": 6, "year": 2026}],
    )
    least = {
        "$apply": "compute(date(startTime) as day)/aggregate(day with min as first,day with countdistinct as days)"
    }
    assert served.get("/odata/inboundCalls", params=least).json()["value"] == [{"first": "2019-11-03", "days": 3}]
