"""`$expand` bound to the model: what is refused, where and with which hint; what stars and levels mean."""

import pytest

from answers.odata.expanding import MOST_LEVELS
from answers.odata.expands import Expand, members_of, needed, projection_of
from odata.context import Projection
from odata.options import Form
from odata.rendering import Control
from tabular.errors import OptionUnsupported, OptionWrong, TablesError, UnknownColumn
from tests.answers.odata.related_rows import expands
from tests.odata.model.catalogues import model

REFUSED = [
    ("stepRow", OptionWrong, 0, "stepRows"),
    ("stepRows($expand=interactions)", OptionWrong, 17, "interaction"),
    ("id", OptionWrong, 0, "stepRows, contact"),
    ("stepRows($select=idd)", OptionWrong, 17, "id"),
    ("stepRows($filter=status eq 5)", OptionWrong, 24, None),
    ("stepRows,contact,stepRows", OptionWrong, 17, None),
    ("contact($top=1)", OptionWrong, 0, None),
    ("contact/$count", OptionWrong, 0, None),
    ("$value", OptionUnsupported, 0, None),
    ("stepRows($apply=aggregate($count as n))", OptionUnsupported, 0, None),
    ("stepRows($compute=step add 1 as next)", OptionUnsupported, 18, None),
    ("stepRows/interaction", OptionUnsupported, 9, None),
]


@pytest.mark.parametrize(("text", "error", "place", "hint"), REFUSED)
def test_a_refusal_tells_the_place_and_the_nearest_name(
    text: str, error: type[TablesError], place: int, hint: str | None
) -> None:
    with pytest.raises(error) as refused:
        expands(text, "inboundCallSummaries")
    assert vars(refused.value)["option"] == "$expand"
    assert vars(refused.value)["place"] == place
    assert hint is None or hint in (refused.value.hint or "")


def test_an_unknown_column_of_a_nested_filter_names_the_nearest() -> None:
    with pytest.raises(UnknownColumn, match="status"):
        expands("stepRows($filter=statu eq 'HANGUP')", "inboundCallSummaries")


def names(found: tuple[Expand, ...]) -> dict[str, object]:
    """The tree of an `$expand` by names."""
    return {one.navigation.name: names(one.expands) for one in found}


def test_a_star_is_all_ways_and_who_is_named_beside_it_is_asked_as_is_said_there() -> None:
    found = expands("*/$ref,contact($select=name)", "inboundCallSummaries")
    assert {one.navigation.name: one.form for one in found} == {"stepRows": Form.REFERENCES, "contact": Form.ENTITIES}
    assert names(expands("*", "inboundCalls")) == {"interaction": {}, "contact": {}}


def test_levels_of_a_star_nest_and_those_of_a_way_end_where_it_leads_nowhere() -> None:
    back: dict[str, object] = {"contact": {}}
    assert names(expands("*($levels=2)", "addressBookContacts")) == {"tel": back, "mail": back, "web": back}
    assert names(expands("stepRows($levels=max)", "inboundCallSummaries")) == {"stepRows": {}}


def test_nesting_has_an_end() -> None:
    def nested(levels: int) -> str:
        way = "interaction" if levels % 2 else "stepRows"
        return way if levels == 1 else f"{way}($expand={nested(levels - 1)})"

    assert MOST_LEVELS % 2 == 0
    assert expands(nested(MOST_LEVELS), "inboundCallSummaries")
    with pytest.raises(OptionWrong, match="deep"):
        expands(nested(MOST_LEVELS + 1), "inboundCalls")


def test_what_the_core_is_told_of_columns_members_and_the_context() -> None:
    found = expands("TVox.inboundCallSummaries/stepRows($select=step;$count=true),contact/$ref", "inboundCallSummaries")
    assert needed(found) == ("id", "contact_id")
    told = [member.name for member in members_of(found, Control())]
    assert told == ["stepRows@odata.count", "stepRows", "contact"]
    projection = projection_of(Projection(("id",)), found)
    assert projection == Projection(("id",), (("stepRows", Projection(("step",))),))


def test_where_a_key_does_not_see_the_way_there_is_none() -> None:
    with pytest.raises(OptionWrong, match="no navigation"):
        expands("contact", "inboundCalls", model(hidden=("inboundCalls:contact.id",)))
