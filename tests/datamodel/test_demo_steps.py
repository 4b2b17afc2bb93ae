"""What the steps of the demo centre's interactions hold: the arithmetic of their times, their order, their people."""

from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray

from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from datamodel.demo.services import SERVICES
from datamodel.demo.slots import easter, holidays
from tabular.month import Month

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
MARCH, APRIL, OCTOBER, NOVEMBER = (Month(2026, month) for month in (3, 4, 10, 11))
STEPPED = ("inboundCalls", "outboundCalls", "inboundVideoCalls", "inboundChats")
ANSWERED = "ANSWERED"


class Steps(dict[str, NDArray[Any]]):
    """The columns of a month as they are asked for: times as seconds (-1 for null), texts as objects."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows

    def __missing__(self, column: str) -> NDArray[Any]:
        self[column] = _plain(self.rows[column].combine_chunks())
        return self[column]


@cache
def steps(name: str, calls: int = 20_000, month: Month = OCTOBER) -> Steps:
    table = documented().table(name)
    return Steps(pa.Table.from_batches(list(DemoCentre(calls, now=NOW).fetch(table, month))))


def _plain(column: pa.Array) -> NDArray[Any]:
    if pa.types.is_timestamp(column.type):
        micros = column.cast(pa.int64()).fill_null(-1_000_000).to_numpy()
        assert not (micros % 1_000_000).any()
        column = pa.array(micros // 1_000_000)
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return values


def present(times: NDArray[Any]) -> NDArray[Any]:
    return times >= 0


def begins(texts: NDArray[Any], prefix: str) -> NDArray[Any]:
    return np.array([text.startswith(prefix) for text in texts])


@pytest.mark.parametrize("name", STEPPED)
def test_the_times_of_a_step_are_in_order(name: str) -> None:
    s = steps(name)
    moments = [s[c] for c in ("startTime", "queueTime", "distributionTime", "answerByUserTime", "endTime")]
    latest = s["startTime"]
    for moment in moments[1:]:
        assert (moment >= latest)[present(moment)].all()
        latest = np.maximum(latest, moment)
    assert (s["lastUpdateTime"] >= s["endTime"]).all()


@pytest.mark.parametrize("name", STEPPED)
def test_durations_are_the_differences_of_times(name: str) -> None:
    s = steps(name)
    start, queue, offer, answer, end = (
        s[c] for c in ("startTime", "queueTime", "distributionTime", "answerByUserTime", "endTime")
    )
    queued, offered, answered = present(queue), present(offer), present(answer)
    assert (s["totalDuration"] == end - start).all()
    assert (s["queueDuration"] == np.where(queued, np.where(offered, offer, end) - queue, 0)).all()
    assert (s["waitDurationOnUser"] == np.where(offered, np.where(answered, answer, end) - offer, 0)).all()
    assert (s["durationOnUser"] == np.where(answered, end - answer, 0)).all()
    assert (s["holdDuration"] <= s["durationOnUser"]).all()
    assert (s["waitDuration"] <= s["totalDuration"]).all()
    worked = s["wnrDurationOnUser"] > 0
    assert (s["wnrOnUserTime"] == np.where(worked, end, -1)).all()
    assert (s["lastUpdateTime"] == end + s["wnrDurationOnUser"]).all()
    assert not worked[~answered].any()


@pytest.mark.parametrize("name", STEPPED)
def test_a_step_begins_where_the_one_before_it_ends(name: str) -> None:
    s = steps(name)
    number, ident = s["step"], s["id"]
    goes_on = np.flatnonzero(number > 0)
    assert (ident[goes_on] == ident[goes_on - 1]).all()
    assert (s["startTime"][goes_on - 1] == s["endTime"][goes_on]).all()
    assert (number[goes_on - 1] == number[goes_on] - 1).all()
    oldest = np.append(number[1:] == 0, True)
    assert (s["startTime"][oldest] == np.array([int(each.split(".")[0]) for each in ident[oldest]])).all()
    assert number[0] == 0


@pytest.mark.parametrize("name", STEPPED)
def test_status_says_what_happened(name: str) -> None:
    s = steps(name)
    to = s["transferedTo"] if name == "outboundCalls" else s["transferedTo_value"]
    moved = np.array([value is not None for value in to])
    answered, found = present(s["answerByUserTime"]), np.array([user is not None for user in s["user"]])
    error = s["status"] == "ERROR"
    assert (begins(s["status"], ANSWERED) == answered)[~error].all()
    transfers = np.array(["TRANSFER" in status for status in s["status"]])
    assert (moved == transfers).all()
    assert (found == present(s["distributionTime"])).all()
    assert found[answered].all()
    assert (moved == np.array([reach is not None for reach in s["channelDestination"]])).all()
    # What was transferred goes on, unless it left the centre.
    left = np.array([reach == "EXTERNAL" for reach in s["channelDestination"]])
    assert ((s["step"] > 0) == (moved & ~left)).all()


def test_transfers_reach_the_service_they_name() -> None:
    s = steps("inboundCalls")
    goes_on = np.flatnonzero((s["step"] > 0) & (s["transferedTo_type"] == "SERVICE"))
    assert (s["service"][goes_on - 1] == s["transferedTo_value"][goes_on]).all()
    assert {service for service in s["service"] if service} <= {service.code for service in SERVICES}


def test_every_way_to_end_occurs() -> None:
    statuses = set(steps("inboundCalls", 60_000)["status"])
    documented_ones = documented().table("inboundCalls").column("status").values
    assert statuses == set(documented_ones)


def test_interactions_have_two_steps_and_some() -> None:
    s = steps("inboundCalls")
    assert 2.0 <= len(s["id"]) / (s["step"] == 0).sum() <= 2.5
    assert s["step"].max() >= 4
    kinds = s["multiChannel_type"][s["step"] == 0]
    assert 0.01 < (kinds == "GENERIC_1").mean() < 0.05


def test_no_user_is_in_two_places_at_once() -> None:
    busy = [
        (user, int(since), int(until))
        for month in (OCTOBER, NOVEMBER)
        for name in STEPPED
        for s in [steps(name, 20_000, month)]
        for user, since, until in zip(s["user"], s["distributionTime"], s["lastUpdateTime"], strict=True)
        if user is not None
    ]
    busy.sort()
    overlaps = [(a, b) for a, b in pairwise(busy) if a[0] == b[0] and b[1] < a[2]]
    assert overlaps == []
    assert len({user for user, _, _ in busy}) > 40


@pytest.mark.parametrize("calls", [5_000, 20_000, 60_000])
def test_service_is_that_of_a_fair_centre(calls: int) -> None:
    s = steps("inboundCalls", calls)
    last = (s["step"] == 0) & (s["context"] == "ACTIVE")
    assert 0.06 <= (s["status"][last] == "HANGUP").mean() <= 0.09
    answered = present(s["answerByUserTime"])
    wait = (s["answerByUserTime"] - s["queueTime"])[answered & present(s["queueTime"])]
    assert np.percentile(wait, 80) < 40
    assert 190 <= s["durationOnUser"][answered].mean() <= 215


def test_mornings_and_afternoons_are_busiest_and_nights_are_quiet() -> None:
    s = steps("inboundCalls")
    arrived = s["startTime"][s["step"] == 0]
    local = pc.hour(pa.array(arrived * 1_000_000, pa.timestamp("us", "Europe/Rome"))).to_numpy()
    hours = np.bincount(local, minlength=24)
    assert hours[10] > hours[13] < hours[16]
    assert hours[10] > 8 * hours[2] > 0


def test_services_answer_while_they_are_open() -> None:
    s = steps("inboundCalls", 20_000, APRIL)
    hours = {service.code: service for service in SERVICES}
    closed_days = {*holidays(2026), easter(2026)}
    for service, queue, context in zip(s["service"], s["queueTime"], s["context"], strict=True):
        if queue >= 0:
            assert context == "ACTIVE"
            moment = datetime.fromtimestamp(int(queue), ROME)
            terms = hours[service]
            sunday = moment.weekday() == 6 or moment.date() in closed_days
            spans = terms.sunday if sunday else terms.saturday if moment.weekday() == 5 else terms.weekday
            hour = moment.hour + moment.minute / 60
            # Some minutes more for whoever came just before closing, and rang in vain at first.
            assert any(begin <= hour < end + 0.5 for begin, end in spans), (service, moment)


def test_a_holiday_has_its_night_line_only() -> None:
    s = steps("inboundCalls", 20_000, APRIL)
    easter_monday = date(2026, 4, 6)
    here = local_days(s["startTime"]) == (easter_monday - date(1970, 1, 1)).days
    assert set(s["service"][here & present(s["answerByUserTime"])]) == {"PRONTO_INTERVENTO_24H"}
    assert "OUT_OF_CALENDAR" in s["context"][here]


def test_who_calls_in_vain_is_told_so() -> None:
    s = steps("inboundCalls")
    shut = s["context"] != "ACTIVE"
    assert 0.03 < shut.sum() / (s["step"] == 0).sum() < 0.15
    assert set(s["status"][shut]) == {"CLOSED_BY_SYSTEM"}
    assert {"OUT_OF_CALENDAR", "OUT_OF_SERVICE"} <= set(s["context"])


def test_some_calls_cross_midnight_and_the_months_end() -> None:
    crossing = over = 0
    for month in (MARCH, OCTOBER):
        s = steps("inboundCalls", 60_000, month)
        ends = month.ends(ROME).timestamp()
        over += int((s["endTime"] >= ends).sum())
        crossing += int((local_days(s["startTime"]) != local_days(s["endTime"])).sum())
        assert s["endTime"].max() < ends + 6 * 3600
    assert crossing > 20
    assert over >= 1


def local_days(seconds: NDArray[Any]) -> NDArray[Any]:
    local = pc.local_timestamp(pa.array(seconds * 1_000_000, pa.timestamp("us", "Europe/Rome")))
    days: NDArray[Any] = local.cast(pa.int64()).to_numpy() // 86_400_000_000
    return days


def test_missed_calls_are_called_back() -> None:
    inbound, outbound = steps("inboundCalls"), steps("outboundCalls")
    for column, status in (("abandonedCall", "HANGUP"), ("callbackCall", "CLOSED_BY_SYSTEM_CALLBACK")):
        asked = {
            record: (end, number)
            for record, end, number in zip(inbound[column], inbound["endTime"], inbound["cli"], strict=True)
            if record is not None
        }
        assert set(inbound["status"][[record is not None for record in inbound[column]]]) == {status}
        returned = [
            (record, start, number)
            for record, start, number in zip(outbound[column], outbound["startTime"], outbound["dnis"], strict=True)
            if record is not None
        ]
        assert len({record for record, _, _ in returned}) > len(asked) / 2
        for record, start, number in returned:
            assert start > asked[record][0]
            assert number == asked[record][1] != "anonymous"


def test_each_documented_field_is_filled_somewhere() -> None:
    columns = {name: documented().table(name).columns for name in STEPPED}
    filled = {
        name: {c.name for c in columns[name] if any(v not in {None, 0, -1} for v in steps(name)[c.name])}
        for name in STEPPED
    }
    assert {c.name for c in columns["inboundCalls"]} == filled["inboundCalls"]
    only_inbound = {"IVRLabel", "data", "multiChannel_session", "multiChannel_text", "multiChannel_description"}
    assert {c.name for c in columns["outboundCalls"]} - filled["outboundCalls"] <= {*only_inbound, "waitDuration"}
    assert {"multiChannel_session", "multiChannel_text"} <= filled["inboundChats"]
    for name in ("inboundVideoCalls", "inboundChats"):
        assert not filled[name] & {"cli", "dnis", "SIPChannel", "SIPCallId", "smartrec"}


def test_an_interaction_keeps_its_caller() -> None:
    s = steps("inboundCalls")
    whole = zip(s["id"], zip(s["cli"], s["dnis"], s["contact_id"], s["SIPCallId"], strict=True), strict=True)
    for _, same in groupby(whole, key=lambda row: row[0]):
        assert len({facts for _, facts in same}) == 1
