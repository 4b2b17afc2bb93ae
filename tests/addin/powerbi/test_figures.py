"""The measures mean what they say: evaluated over a demo centre and some odd interactions, and counted again in Python.

What is counted again starts from the steps alone, by the definitions in words: the model's tables, its computed columns
and its filters have no part in it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.services import Services
from tests.addin.powerbi.dax import Context, Model, NotDax, Row, parsed
from tests.addin.powerbi.tmdl_reader import Node, references
from tests.steps import CALLS, CONTACTS, SUMMARIES, read

ROME = ZoneInfo("Europe/Rome")
DAY = "2026-11-20"


def at(clock: str) -> datetime:
    """A moment of a day in Rome."""
    return datetime.fromisoformat(f"{DAY}T{clock}")


def odd(serial: int, **fields: Any) -> tuple[Row, Row]:
    """An interaction of one step, as the tables of steps and of interactions hold it."""
    known = {"startTime": at("10:00:00"), "service": "ODD", **fields}
    own = {"id": f"1800000000.{serial}", **known, "answered": known.get("answerByUserTime") is not None}
    worked = {"durationOnUser": 100, "holdDuration": 30, "wnrDurationOnUser": 7}
    step = {**known, "id": own["id"], "step": 0, **(worked if own["answered"] else dict.fromkeys(worked, 0))}
    return step, {**own, "answers": int(own["answered"])}


ODD = [
    # Waits of exactly a threshold, and of a second more.
    odd(1, queueTime=at("10:00:00"), endTime=at("10:00:05"), status="HANGUP"),
    odd(2, queueTime=at("10:00:00"), endTime=at("10:00:06"), status="HANGUP"),
    odd(3, queueTime=at("10:00:00"), endTime=at("10:02:00"), answerByUserTime=at("10:00:20"), user="a", status="X"),
    odd(4, queueTime=at("10:00:00"), endTime=at("10:02:00"), answerByUserTime=at("10:00:21"), user="a", status="X"),
    # In a queue still; then one that was answered first and put into a queue later.
    odd(5, queueTime=at("10:00:00")),
    odd(
        6, queueTime=at("10:00:30"), endTime=at("10:02:00"), answerByUserTime=at("10:00:10"), user="a", status="HANGUP"
    ),
    # Nothing is known of when it began.
    odd(7, queueTime=at("10:00:00"), endTime=at("10:00:02"), status="HANGUP", startTime=None),
    odd(8, endTime=at("10:02:00"), answerByUserTime=at("10:00:10"), user="a", status="X"),
]


def local(rows: Iterable[Row]) -> list[Row]:
    """Rows of the store with the times that the model's queries bring."""
    return [
        {
            name: value.replace(tzinfo=UTC).astimezone(ROME).replace(tzinfo=None)
            if isinstance(value, datetime)
            else value
            for name, value in row.items()
        }
        for row in rows
    ]


@pytest.fixture(scope="module")
def steps(centre: Services) -> list[Row]:
    """Every step, of the demo and the odd ones."""
    return local(read(centre.store, CALLS)) + [step for step, _ in ODD]


@pytest.fixture(scope="module")
def figures(model: Node, centre: Services, steps: list[Row]) -> Model:
    """The model that the script declares, filled as its partitions and its columns say."""
    sources = {
        "Interactions": local(read(centre.store, SUMMARIES)) + [row for _, row in ODD],
        "Steps": steps,
        "Contacts": local(read(centre.store, CONTACTS)),
    }
    measures = {
        name: one.expression or ""
        for table in model.all("table").values()
        for name, one in table.all("measure").items()
    }
    made = Model({}, measures, [])
    for name, table in model.all("table").items():
        (partition,) = table.all("partition").values()
        if partition.expression == "calculated":
            sources[name] = made.value(parsed(partition.expressions["source"]), Context())
        made.tables[name] = _filled(made, name, table, sources[name])
    for one in model.all("relationship").values():
        (many, own), (to, key) = (references(str(one.properties[end])) for end in ("fromColumn", "toColumn"))
        keys = [row[key] for row in made.tables[to]]
        assert len(keys) == len(set(keys)), f"{to}.{key} is not one of each"
        made.ways.append((many, own, to, key))
    return made


def _filled(made: Model, name: str, table: Node, rows: Sequence[Row]) -> list[Row]:
    columns = table.all("column")
    bare = {
        one: str(read.properties["sourceColumn"]).strip("[]") for one, read in columns.items() if not read.expression
    }
    filled = [{one: row.get(source) for one, source in bare.items()} for row in rows]
    for one, node in columns.items():
        if node.expression:
            tree = parsed(node.expression)
            for row in filled:
                row[one] = made.value(tree, Context(row=(name, row)))
    return filled


class Counted:
    """The figures of some interactions, counted from their steps by the definitions in words."""

    def __init__(self, steps: Iterable[Row], threshold: int = 20, short: int = 5) -> None:
        self.threshold, self.short = threshold, short
        self.steps = list(steps)
        grouped: dict[str, list[Row]] = defaultdict(list)
        for step in self.steps:
            grouped[step["id"]].append(step)
        self.calls = [sorted(found, key=lambda step: step["step"]) for found in grouped.values()]
        self.queued = [call for call in self.calls if _first(call, "queueTime")]
        self.answered = [call for call in self.queued if _first(call, "answerByUserTime")]
        left = [call for call in self.queued if not _first(call, "answerByUserTime")]
        self.open = [call for call in left if not any(step.get("endTime") for step in call)]
        self.abandoned = [call for call in left if call not in self.open and call[0]["status"] == "HANGUP"]
        self.moved = [call for call in left if call not in self.open and call not in self.abandoned]

    def figures(self) -> dict[str, float | None]:
        """Each measure's value; None where there is nothing to tell."""
        answered, abandoned = _waits(self.answered), _waits(self.abandoned)
        in_time = sum(wait <= self.threshold for wait in answered)
        gone_in_time = sum(wait <= self.threshold for wait in abandoned)
        short = sum(wait <= self.short for wait in abandoned)
        waits = sorted(answered + abandoned + _waits(self.moved))
        handled = [step for step in self.steps if step.get("answerByUserTime")]
        rung = [step for step in self.steps if step.get("user") and not step.get("answerByUserTime")]
        transferred = sum(step.get("transferedTo_value") is not None for step in handled)
        again = sum(sum(bool(step.get("answerByUserTime")) for step in call) > 1 for call in self.answered)
        talk, hold, wrap = (
            sum(step[name] for step in self.steps) for name in ("durationOnUser", "holdDuration", "wnrDurationOnUser")
        )
        ended = len(answered) + len(abandoned)
        return {
            "All interactions": len(self.calls) or None,
            "Offered": len(self.queued) or None,
            "Answered": len(answered) or None,
            "Abandoned": len(abandoned) or None,
            "Short abandoned": short or None,
            "Moved on": len(self.moved) or None,
            "Open": len(self.open) or None,
            "Not queued": (len(self.calls) - len(self.queued)) or None,
            "Answer rate": _share(len(answered), len(self.queued)),
            "Abandon rate": _share(len(abandoned) - short, len(self.queued) - short),
            "Abandon rate (short ones included)": _share(len(abandoned), len(self.queued)),
            "Answered more than once": again or None,
            "Answered in time": in_time or None,
            "Abandoned in time": gone_in_time or None,
            "Service level": _share(in_time, ended - short),
            "Service level (of the answered)": _share(in_time, len(answered)),
            "Service level (of all abandoned, too)": _share(in_time, ended),
            "Service level (of those abandoned late, too)": _share(in_time, ended - gone_in_time),
            "Service level (abandoned in time is good)": _share(in_time + gone_in_time, ended),
            "Service level (of all that ended)": _share(in_time, ended + len(self.moved)),
            "Average speed of answer": fmean(answered) if answered else None,
            "Average time to abandon": fmean(abandoned) if abandoned else None,
            "Average wait": fmean(waits) if waits else None,
            "Longest wait": waits[-1] if waits else None,
            "Rings": len(handled) + len(rung) or None,
            "Handled": len(handled) or None,
            "Rings not answered": len(rung) or None,
            "Transferred": transferred or None,
            "Transfer rate": _share(transferred, len(handled)),
            "Handling time": talk + wrap if self.steps else None,
            "Average handling time": _share(talk + wrap, len(handled)),
            "Average talk time": _share(talk - hold, len(handled)),
            "Average hold time": _share(hold, len(handled)),
            "Average after-call work": _share(wrap, len(handled)),
        }


def _first(call: Iterable[Row], name: str) -> datetime | None:
    return min((step[name] for step in call if step.get(name)), default=None)


def _waits(calls: Iterable[Sequence[Row]]) -> list[float]:
    """Seconds from the first queue to the first answer, or to the end."""
    found = []
    for call in calls:
        until = _first(call, "answerByUserTime") or max(step["endTime"] for step in call)
        found.append(max((until - (_first(call, "queueTime") or until)).total_seconds(), 0.0))
    return found


def _share(part: float, whole: float) -> float | None:
    # A count of nothing is blank in DAX, and so is a share of it.
    return part / whole if part and whole else None


def _where(name: str, value: object) -> Callable[[Row], bool]:
    return lambda row: row[name] == value


NOTHING: dict[str, Callable[[Row], bool]] = {}
SERVICES = ("ODD", "ASSISTENZA_L1", "CENTRALINO")
SLICES: dict[str, tuple[dict[str, Callable[[Row], bool]], Callable[[Row], bool], tuple[int, int]]] = {
    "all": (NOTHING, lambda _: True, (20, 5)),
    "a day": ({"Calendar": _where("Date", at("00:00:00"))}, lambda call: call["began"] == DAY, (20, 5)),
    "a month": ({"Calendar": _where("Month", "2026-10")}, lambda call: call["began"][:7] == "2026-10", (20, 5)),
    "an hour": ({"Interactions": _where("startHour", 10)}, lambda call: call["hour"] == 10, (20, 5)),
    "hung up": ({"Interactions": _where("status", "HANGUP")}, lambda call: call["ended"] == "HANGUP", (20, 5)),
    "an outcome": ({"Interactions": _where("outcome", "Open")}, lambda call: call["id"] == "1800000000.5", (20, 5)),
    "nothing": ({"Interactions": _where("service", "NOWHERE")}, lambda _: False, (20, 5)),
    **{
        f"the service {one}, {threshold} s, {short} s": (
            {
                "Interactions": _where("service", one),
                "Threshold": _where("seconds", threshold),
                "Short abandon": _where("seconds", short),
            },
            lambda call, one=one: call["service"] == one,  # type: ignore[misc]
            (threshold, short),
        )
        for one in SERVICES
        for threshold, short in ((5, 0), (40, 60))
    },
}


@pytest.mark.parametrize("cut", SLICES)
def test_every_measure_is_what_its_words_say(figures: Model, steps: list[Row], cut: str) -> None:
    kept, belongs, chosen = SLICES[cut]
    calls: dict[str, list[Row]] = defaultdict(list)
    for step in steps:
        calls[step["id"]].append(step)
    of_the_slice = [step for call in calls.values() if belongs(_told(call)) for step in call]
    expected = Counted(of_the_slice, *chosen).figures()
    context = Context({table: (test,) for table, test in kept.items()})
    for name, value in expected.items():
        found = figures.measure(name, context)
        # A count of nothing may be blank or 0.
        assert (found or None) == (pytest.approx(value) if value else None), name


def _told(call: Sequence[Row]) -> Row:
    """What a slice asks of an interaction, from its steps."""
    began = _first(call, "startTime")
    services = [step["service"] for step in sorted(call, key=lambda step: -step["step"]) if step.get("service")]
    return {
        "id": call[0]["id"],
        "began": "" if began is None else began.date().isoformat(),
        "hour": None if began is None else began.hour,
        "ended": min(call, key=lambda step: step["step"]).get("status"),
        "service": services[0] if services else None,
    }


def test_the_demo_has_some_of_everything(figures: Model) -> None:
    for name in ("Answered", "Abandoned", "Short abandoned", "Moved on", "Open", "Not queued", "Transferred"):
        assert figures.measure(name) > 0
    assert 0 < figures.measure("Service level") < 1


def test_what_was_offered_is_what_became_of_it_on_each_day(figures: Model) -> None:
    days = sorted({row["startDate"] for row in figures.tables["Interactions"]} - {None})
    for day in (*days[:5], *days[-5:]):
        context = Context({"Calendar": (_where("Date", day),)})
        parts = [figures.measure(name, context) or 0 for name in ("Answered", "Abandoned", "Moved on", "Open")]
        assert sum(parts) == (figures.measure("Offered", context) or 0)


def test_the_calendar_has_every_day_of_the_year_once(figures: Model) -> None:
    days = figures.tables["Calendar"]
    assert [days[0]["Date"], days[-1]["Date"], len(days)] == [datetime(2026, 1, 1), datetime(2026, 12, 31), 365]
    (chosen,) = (row for row in days if row["Date"] == datetime(2026, 11, 22))
    assert chosen == {
        "Date": datetime(2026, 11, 22), "Year": 2026, "Quarter": "2026 Q4", "Month": "2026-11", "Month number": 11,
        "Month name": "November", "Week": 47, "Weekday number": 7, "Weekday": "Sunday",
    }  # fmt: skip


def test_nine_in_ten_and_clocks(figures: Model) -> None:
    odd_ones = Context({"Interactions": (_where("service", "ODD"),)})
    assert figures.measure("Wait of nine in ten", odd_ones) == pytest.approx(20.5)
    averages = figures.measure("Average speed of answer", odd_ones)
    assert averages == pytest.approx((20 + 21 + 0) / 3)
    assert figures.measure("Average speed of answer (hh:mm:ss)", odd_ones) == "00:00:13"
    nowhere = Context({"Interactions": (_where("service", "NOWHERE"),)})
    assert figures.measure("Average handling time (hh:mm:ss)", nowhere) is None


def test_every_measure_is_evaluated_here(figures: Model, steps: list[Row]) -> None:
    elsewhere = {
        "Wait of nine in ten", "Average speed of answer (hh:mm:ss)", "Average handling time (hh:mm:ss)",
        "Threshold seconds", "Short abandon seconds",
    }  # fmt: skip
    assert set(figures.measures) == set(Counted(steps).figures()) | elsewhere
    assert figures.measure("Threshold seconds") == 20
    assert figures.measure("Short abandon seconds") == 5


@pytest.mark.parametrize(
    "formula",
    [
        "CALCULATE(COUNTROWS('Steps'), 'Steps'[outcome] = \"Answered\")",
        "CALCULATE(COUNTROWS('Steps'), KEEPFILTERS('Steps'[step] < [Handled]))",
        "CALCULATE(COUNTROWS('Steps'), KEEPFILTERS('Steps'[step] < 'Steps'[holdDuration]))",
        "SUM('Steps'[step]) 2",
        "SUMX('Steps', 1)",
        "'Steps'[step]",
    ],
)
def test_the_evaluator_refuses_what_it_does_not_know_or_dax_forbids(figures: Model, formula: str) -> None:
    broken: Mapping[str, str] = {**figures.measures, "broken": formula}
    with pytest.raises(NotDax):
        replace(figures, measures=dict(broken)).measure("broken")
