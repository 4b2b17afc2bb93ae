"""The starter model's script: what its language demands, and that nothing in it names what is not there."""

import re

import pytest

from addin.powerbi import starter_text
from addin.powerbi.model.tmdl import Object, quoted, script
from datamodel.catalogue import documented
from tabular.errors import UnknownTable
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.addin.powerbi.conftest import PLACE, SPAN
from tests.addin.powerbi.dax import parsed
from tests.addin.powerbi.tmdl_reader import Node, NotTmdl, read_script, references

TYPES = {"string", "int64", "double", "boolean", "dateTime"}
SUMS = {"none", "sum", "average"}


def formulas(model: Node) -> dict[str, str]:
    """Every DAX of a model, by where it stands."""
    found = {}
    for name, table in model.all("table").items():
        for one in table.children:
            if one.kind in ("measure", "column") and one.expression is not None:
                found[f"{name}.{one.name}"] = one.expression
            if one.kind == "partition" and one.expression == "calculated":
                found[name] = one.expressions["source"]
    return found


def columns_of(model: Node) -> dict[str, set[str]]:
    """The names of each table's columns."""
    return {name: set(table.all("column")) for name, table in model.all("table").items()}


def test_the_model_has_interactions_steps_contacts_and_days(model: Node) -> None:
    tables = model.all("table")
    assert list(tables) == [
        "Interactions", "Steps", "Contacts", "Calendar", "Threshold", "Short abandon", "Key figures"
    ]  # fmt: skip
    assert tables["Calendar"].properties == {"dataCategory": "Time"}
    assert tables["Calendar"].all("column")["Date"].properties["isKey"] is True
    assert all(table.description for table in tables.values())


def test_columns_are_typed_described_and_summed_only_where_sums_mean_something(model: Node) -> None:
    for table in model.all("table").values():
        for column in table.all("column").values():
            assert column.properties["dataType"] in TYPES
            assert column.properties["summarizeBy"] in SUMS
            assert column.description or column.properties["isHidden"]
            assert ("sourceColumn" in column.properties) == (column.expression is None)
    interactions, steps = model.all("table")["Interactions"].all("column"), model.all("table")["Steps"].all("column")
    summed = {name for name, one in steps.items() if one.properties["summarizeBy"] == "sum"}
    assert summed == {
        "waitDurationOnUser", "durationOnUser", "waitDuration", "totalDuration", "queueDuration", "wnrDurationOnUser",
        "holdDuration",
    }  # fmt: skip
    assert steps["servicePriority"].properties["summarizeBy"] == "none"
    assert steps["id"].properties["isHidden"] is True
    assert "isHidden" not in interactions["id"].properties
    assert "time zone" in interactions["startDate"].description
    assert "UTC" not in "".join(one.description for one in steps.values())


def test_source_columns_are_those_of_the_query(model: Node) -> None:
    for name in ("Interactions", "Steps", "Contacts"):
        table = model.all("table")[name]
        read = [one.properties["sourceColumn"] for one in table.all("column").values() if one.expression is None]
        query = table.all("partition")[name].expressions["source"]
        asked = re.search(r"^    Columns = \{([^}]*)\},$", query, re.MULTILINE)
        assert asked is not None
        assert re.findall(r'"([^"]+)"', asked[1]) == read


def test_a_column_of_a_calculated_table_is_one_that_its_expression_makes(model: Node) -> None:
    made = {
        "Calendar": {"[Date]"},
        "Threshold": {"[Value]"},
        "Short abandon": {"[Value]"},
        "Key figures": {"[Nothing]"},
    }
    for name, columns in made.items():
        stated = {one.properties.get("sourceColumn") for one in model.all("table")[name].all("column").values()}
        assert stated - {None} == columns


def test_relationships_lead_from_many_to_one_of_the_same_type(model: Node) -> None:
    ways = {}
    for one in model.all("relationship").values():
        (many, own), (to, key) = (references(str(one.properties[end])) for end in ("fromColumn", "toColumn"))
        ways[many, own] = (to, key)
        types = [
            model.all("table")[table].all("column")[name].properties["dataType"]
            for table, name in ((many, own), (to, key))
        ]
        assert types[0] == types[1]
    assert ways == {
        ("Steps", "id"): ("Interactions", "id"),
        ("Interactions", "contact_id"): ("Contacts", "uuid"),
        ("Interactions", "startDate"): ("Calendar", "Date"),
    }


def test_every_formula_is_read_and_names_only_what_is_there(model: Node) -> None:
    columns = columns_of(model)
    measures = [name for table in model.all("table").values() for name in table.all("measure")]
    assert len({name.casefold() for name in measures}) == len(measures)
    for where, dax in formulas(model).items():
        parsed(dax)
        for table, name in re.findall(r"'([^']+)'\[([^\]]+)\]", dax):
            assert name in columns[table], where
        for name in re.findall(r"(?<!')\[([^\]]+)\]", dax):
            assert name in measures, where


def test_a_measure_is_called_as_no_column_of_its_table(model: Node) -> None:
    for table in model.all("table").values():
        columns = {name.casefold() for name in table.all("column")}
        assert not columns & {name.casefold() for name in table.all("measure")}


def test_a_refresh_goes_by_months_and_its_parameters_are_there(model: Node) -> None:
    ranges = model.all("expression")
    assert {name: one.expression for name, one in ranges.items()} == {
        name: f"#datetime(2026, {month}, 1, 0, 0, 0) meta "
        '[IsParameterQuery = true, Type = "DateTime", IsParameterQueryRequired = true]'
        for name, month in (("RangeStart", 10), ("RangeEnd", 12))
    }
    for name, table in model.all("table").items():
        policies = [one for one in table.children if one.kind == "refreshPolicy"]
        queries = [one.expressions["source"] for one in table.all("partition").values() if one.expression == "m"]
        assert len(policies) == (name in ("Interactions", "Steps"))
        for policy, query in zip(policies, queries, strict=False):
            assert policy.expressions == {"sourceExpression": query}
            assert all(name in query for name in ranges)
            assert policy.properties == {
                "policyType": "basic",
                "mode": "import",
                "rollingWindowGranularity": "month",
                "rollingWindowPeriods": "36",
                "incrementalGranularity": "month",
                "incrementalPeriods": "2",
            }
        if not policies:
            assert not any("RangeStart" in query for query in queries)


def test_a_key_that_sees_less_gets_the_figures_that_are_left() -> None:
    seen = _seen_with(Restriction(hidden=("inboundCalls:queueTime", "addressBookContacts:uuid")))
    figures = seen.all("table")["Key figures"].all("measure")
    assert {"All interactions", "Handled", "Average handling time"} <= set(figures)
    assert not {"Offered", "Service level", "Average wait"} & set(figures)
    assert len(seen.all("relationship")) == 2
    columns = columns_of(seen)
    for dax in formulas(seen).values():
        assert all(name in columns[table] for table, name in re.findall(r"'([^']+)'\[([^\]]+)\]", dax))


def test_what_is_masked_is_shown_but_no_figure_is_made_of_it() -> None:
    seen = _seen_with(Restriction(masked=(("status", Mask(MaskKind.HASH)), ("contact_id", Mask(MaskKind.HASH)))))
    interactions = seen.all("table")["Interactions"].all("column")
    assert "status" in interactions
    assert "outcome" not in interactions
    assert "Abandoned" not in seen.all("table")["Key figures"].all("measure")
    ways = {str(one.properties["fromColumn"]) for one in seen.all("relationship").values()}
    assert ways == {"Steps.id", "Interactions.startDate"}


def test_steps_that_belong_to_no_interaction_are_left_out() -> None:
    seen = _seen_with(Restriction(masked=(("id", Mask(MaskKind.LAST)),)))
    assert "Steps" not in seen.all("table")
    assert "Handled" not in seen.all("table")["Key figures"].all("measure")
    assert "Steps" in _seen_with(Restriction(masked=(("id", Mask(MaskKind.HASH)),))).all("table")


def test_a_key_that_sees_no_times_gets_no_days() -> None:
    seen = _seen_with(Restriction(hidden=("inboundCalls:startTime",)))
    assert "Calendar" not in seen.all("table")
    assert not [one for table in seen.all("table").values() for one in table.children if one.kind == "refreshPolicy"]


def test_without_interactions_there_is_no_model() -> None:
    contacts = [table for table in documented() if table.root == "addressBookContacts"]
    with pytest.raises(UnknownTable):
        starter_text(contacts, PLACE, SPAN)


@pytest.mark.parametrize("steps", ["outboundCalls", "inboundChats", "inboundVideoCalls"])
def test_other_interactions_have_a_model_as_well(steps: str) -> None:
    seen = read_script(starter_text(documented(), PLACE, SPAN, steps))
    assert steps in seen.all("table")["Steps"].description
    assert steps in seen.all("table")["Steps"].all("partition")["Steps"].expressions["source"]
    assert "Service level" in seen.all("table")["Key figures"].all("measure")


def test_names_and_texts_come_back_as_they_went() -> None:
    made = Object(
        "table",
        "Caller's own. table",
        description="One line\nand another.",
        properties=(("displayFolder", ' of "mine" '), ("isHidden", True), ("isPrivate", False)),
        expressions=(("source", "let\n    A = 1\n\nin\n    A"),),
        children=(Object("measure", "x=y", "VAR A = 1\nRETURN A", properties=(("formatString", '#,0 "s"'),)),),
    )
    read = read_script(script([made])).all("table")["Caller's own. table"]
    assert read.description == "One line\nand another."
    assert read.properties == {"displayFolder": ' of "mine" ', "isHidden": True}
    assert read.expressions == {"source": "let\n    A = 1\n\nin\n    A"}
    assert read.all("measure")["x=y"].expression == "VAR A = 1\nRETURN A"
    assert read.all("measure")["x=y"].properties == {"formatString": '#,0 "s"'}
    assert quoted("two\nlines") == "'two lines'"


@pytest.mark.parametrize(
    "text",
    [
        "table A",
        "createOrReplace\n\n\t\ttable A",
        "createOrReplace\n\n\ttable A B",
        "createOrReplace\n\n\ttable A\n\t\t/// said\n\n\t\tcolumn b",
        "createOrReplace\n\n\ttable A\n\t\tisHidden\n\t\tisHidden",
        "createOrReplace\n\n\ttable A\n\t\tmeasure b =\n\t\t\tformatString: 0",
    ],
)
def test_the_reader_refuses_what_breaks_the_language(text: str) -> None:
    with pytest.raises(NotTmdl):
        read_script(text)


def _seen_with(restriction: Restriction) -> Node:
    return read_script(starter_text(documented().restricted(restriction), PLACE, SPAN))
