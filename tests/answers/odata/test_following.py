"""What `$expand` gives: the same as a plain reading of the rows, whatever is asked; and masks, versions, sizes."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answers.odata.following import Following, expanded
from answers.odata.reaching import partitions_of
from odata.accepting import Amount
from odata.rendering import Control
from store.patience import Patience
from tabular.errors import BadPattern, OptionWrong, TookTooLong
from tabular.month import Month
from tabular.table import Mask, MaskKind
from tests.answers.odata.related_rows import MODEL, MONTHS, Row, asked, centre, expands
from tests.odata.model.catalogues import model
from tests.odata.rendering.spelt import SPELLING
from tests.steps import CALLS, SUMMARIES, batches, columns, step

_USERS = st.sampled_from(["anna", "luca", 'o"\\n\n', "", None])
_WAITS = st.sampled_from([0, 1, 2, None])


@st.composite
def calls(draw: st.DrawFn) -> dict[Month, list[dict[str, Any]]]:
    """The steps of some calls of two months; their contacts may be anybody, known or not."""
    found: dict[Month, list[dict[str, Any]]] = {month: [] for month in MONTHS}
    for serial in draw(st.sets(st.integers(1, 9), max_size=6)):
        month = draw(st.sampled_from(MONTHS))
        began = datetime(month.year, month.month, 3) + timedelta(hours=serial)
        for number in range(draw(st.integers(1, 4))):
            fields = {"user": draw(_USERS), "waitDuration": draw(_WAITS)}
            contact = draw(st.sampled_from(["a", "b", "gone", None]))
            found[month].append(step(began, number, serial, contact_id=contact, **fields))
    return found


@dataclass(frozen=True)
class Asked:
    """Nested options, as text and as a plain reading has them."""

    least: int | None
    sort: tuple[tuple[str, bool], ...]
    skip: int | None
    top: int | None
    count: bool

    @property
    def text(self) -> str:
        """The options as they are asked."""
        options = [f"$count={str(self.count).lower()}"]
        options += [f"$filter=waitDuration ge {self.least}"] if self.least is not None else []
        order = ",".join(f"{name} {'desc' if descending else 'asc'}" for name, descending in self.sort)
        options += [f"$orderby={order}"] if order else []
        options += [f"$skip={self.skip}"] if self.skip is not None else []
        options += [f"$top={self.top}"] if self.top is not None else []
        return ";".join(options)

    def chosen(self, rows: list[Row]) -> tuple[int, list[Row]]:
        """How many rows meet the filter, and those that are shown."""
        kept = sorted(rows, key=lambda row: row["step"])
        if self.least is not None:
            kept = [row for row in kept if row["waitDuration"] is not None and row["waitDuration"] >= self.least]
        for name, descending in reversed(self.sort):
            # Null lies below all others; turned round twice, ties stay as they are.
            turn = -1 if descending else 1
            empty = "" if name == "user" else 0
            kept = sorted(kept[::turn], key=lambda row, n=name, e=empty: (row[n] is not None, row[n] or e))[::turn]  # type: ignore[misc]
        first = self.skip or 0
        return len(kept), kept[first:] if self.top is None else kept[first : first + self.top]


options = st.builds(
    Asked,
    least=st.sampled_from([None, 0, 1, 2]),
    sort=st.lists(
        st.tuples(st.sampled_from(["user", "waitDuration", "step"]), st.booleans()),
        max_size=2,
        unique_by=lambda x: x[0],
    ).map(tuple),
    skip=st.sampled_from([None, 0, 1, 3]),
    top=st.sampled_from([None, 0, 1, 2, 10**17]),
    count=st.booleans(),
)

CONTACTS: list[dict[str, Any]] = [
    {"uuid": "a", "name": "Anna", "tel": [{"value": "1", "type": "HOME"}, {"value": "2", "type": "WORK"}]},
    {"uuid": "b", "name": None, "tel": None},
]


@pytest.mark.law
@settings(max_examples=settings().max_examples // 10)
@given(calls(), st.lists(options, min_size=6, max_size=6), st.sampled_from([600, 10**8]))
def test_each_entity_has_what_a_plain_reading_relates_to_it(
    drawn: dict[Month, list[dict[str, Any]]], hows: list[Asked], most_bytes: int
) -> None:
    steps = [row for rows in drawn.values() for row in rows]
    with centre(drawn, CONTACTS) as store:
        for how in hows:
            nested = (
                f"$select=step,user,waitDuration;{how.text};$expand=contact($select=name;$expand=tel($select=value))"
            )
            try:
                found = asked(store, "inboundCallSummaries", f"stepRows({nested})", most_bytes=most_bytes)
            except OptionWrong:
                if most_bytes == 600:
                    continue  # only what is too large is refused
                raise
            assert {entity["id"] for entity in found} == {row["id"] for row in steps}
            for entity in found:
                count, shown = how.chosen([row for row in steps if row["id"] == entity["id"]])
                assert entity["stepRows"] == [plain(row) for row in shown]
                assert entity.get("stepRows@odata.count") == (count if how.count else None)


def plain(row: Row) -> dict[str, Any]:
    """A step with who was in touch."""
    return {name: row[name] for name in ("step", "user", "waitDuration")} | {"contact": of(row)}


def of(row: Row) -> dict[str, Any] | None:
    """Who was in touch, as a plain reading has it."""
    known = next((one for one in CONTACTS if one["uuid"] == row["contact_id"]), None)
    if known is None:
        return None
    tel: list[dict[str, Any]] = known["tel"] or []
    return {"name": known["name"], "tel": [{"value": one["value"]} for one in tel]}


BEGAN = datetime(2020, 5, 31, 21, 59)
"""The last minute of May in Rome."""

TWO = {
    MONTHS[0]: [step(BEGAN, number, contact_id="a", waitDuration=number) for number in (0, 1)],
    MONTHS[1]: [step(BEGAN + timedelta(minutes=1), 0, contact_id=None)],
}


def test_forms_many_to_one_and_elements_back() -> None:
    with centre(TWO, CONTACTS) as store:
        first, second = asked(store, "inboundCallSummaries", "stepRows/$count($filter=waitDuration gt 0),contact/$ref")
        assert (first["stepRows@odata.count"], second["stepRows@odata.count"]) == (1, 0)
        assert "stepRows" not in first
        assert (first["contact"], second["contact"]) == ({"@odata.id": "addressBookContacts('a')"}, None)
        rows = asked(store, "inboundCalls", "interaction($select=steps;$filter=steps gt 1)", ("step",))
        assert rows == [
            {"step": 0, "interaction": {"steps": 2}},
            {"step": 1, "interaction": {"steps": 2}},
            {"step": 0, "interaction": None},
        ]
        tels = asked(store, "addressBookContactTels", "contact($select=name)", ("value",))
        assert [row["contact"]["name"] for row in tels] == ["Anna", "Anna"]
        nothing = asked(store, "inboundCalls", "interaction($select=stepRows)", ("step",))
        assert nothing[0] == {"step": 0, "interaction": {}}


def test_what_is_nested_is_written_as_what_is_around_it() -> None:
    with centre(TWO, CONTACTS) as store:
        exact = Control("4.01", exact=True, without_nulls=True)
        text = "stepRows($select=step,user,startTime;$count=true),contact"
        first, second = asked(store, "inboundCallSummaries", text, control=exact)
        assert first["stepRows@count"] == "2"
        assert first["stepRows"][0] == {"step": "0", "startTime": "2020-05-31T21:59:00Z"}
        assert "contact" not in second
        full = Control(amount=Amount.FULL)
        (tel, _) = asked(store, "inboundCallSummaries", "contact($select=name)", control=full)
        assert tel["contact"]["@odata.id"] == "addressBookContacts('a')"
        assert tel["contact"]["@odata.type"] == "#TVox.addressBookContacts"
        assert tel["contact"]["tel@odata.navigationLink"] == "addressBookContacts('a')/tel"


def test_masks_stay_in_front_of_what_is_nested() -> None:
    seen = model(masked=(("name", Mask(MaskKind.LAST)), ("tel.value", Mask(MaskKind.NULL))))
    with centre(TWO, CONTACTS) as store:
        for text, names in (("contact($select=name)", ["*nna", None]), ("contact($filter=name eq 'Anna')", [])):
            found = asked(store, "inboundCallSummaries", text, seen=seen)
            assert [row["contact"]["name"] for row in found if row["contact"]] == names[:1]
        tel = asked(store, "addressBookContacts", "tel($select=value)", ("uuid",), seen=seen)[0]["tel"]
        assert tel == [{"value": None}, {"value": None}]


def test_related_entities_are_those_of_the_version_that_is_read() -> None:
    with centre(TWO, CONTACTS) as store:
        before = store.version
        summaries = columns(store, SUMMARIES, "id").combine_chunks().to_batches()
        with store.writing("demo") as writing:
            writing.replace(CALLS, MONTHS[0], batches([step(BEGAN, 5)]), SUMMARIES)
        for version, steps in ((before, [0, 1]), (store.version, [5])):
            bound = expands("stepRows($select=step)", "inboundCallSummaries")
            following = Following(store, version, Control(), SPELLING, months=frozenset(MONTHS))
            (batch,) = expanded(summaries, MODEL.by_name["inboundCallSummaries"], bound, ["id"], following)
            assert json.loads(batch.column("stepRows")[0].as_py()) == [{"step": number} for number in steps]


def test_only_the_months_of_the_ids_and_the_hours_beside_them_are_read() -> None:
    def months(*ids: str, among: frozenset[Month | None] | None = None) -> list[str]:
        found = partitions_of(SUMMARIES, CALLS, pa.array(ids, pa.string()), store, store.version, among)
        return [str(one.month) for one in found]

    far = {Month(2020, 7): [step(datetime(2020, 7, 15))]}
    with centre({**TWO, **far}, CONTACTS) as store:
        assert months("1594800000.1") == ["2020-07"]
        assert months("1590962340.1") == ["2020-05", "2020-06"], "a source may have another zone than the centre"
        assert months("1594800000.1", "call-17") == ["2020-05", "2020-06", "2020-07"], "an id may tell nothing"
        assert months("call-17", among=frozenset(MONTHS)) == ["2020-05", "2020-06"]
        assert months() == []


def test_patience_patterns_and_what_is_too_large() -> None:
    with centre(TWO, CONTACTS) as store:
        with pytest.raises(BadPattern):
            asked(store, "inboundCallSummaries", "stepRows($filter=matchesPattern(user,'('))")
        impatient = Patience()
        impatient.end()
        with pytest.raises(TookTooLong):
            asked(store, "inboundCallSummaries", "stepRows", patience=impatient)
        with pytest.raises(OptionWrong, match="MB"):
            asked(store, "inboundCallSummaries", "stepRows", most_bytes=100)


def test_nothing_is_related_to_nobody() -> None:
    with centre({MONTHS[0]: []}) as store:
        bound = expands("stepRows($expand=contact),contact", "inboundCallSummaries")
        empty = pa.RecordBatch.from_pydict({"id": pa.array([], pa.string()), "contact_id": pa.array([], pa.string())})
        following = Following(store, store.version, Control(), SPELLING)
        (batch,) = expanded([empty], MODEL.by_name["inboundCallSummaries"], bound, ["id"], following)
        assert batch.schema.names == ["id", "stepRows", "contact"]
        assert batch.num_rows == 0
