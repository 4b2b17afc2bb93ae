"""What a key may not see does not exist in its statements, what is masked is masked."""

import json
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from answers.datamodel import DataModel
from answers.sql.advanced import AdvancedQueries
from datamodel.catalogue import documented
from datamodel.documents import Document
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.datamodel.sql.centre import OCTOBER, centre_store

TABLE = f"ast_calls_{OCTOBER.year:04}{OCTOBER.month:02}"


@pytest.fixture(scope="module")
def model() -> Iterator[DataModel]:
    queries = AdvancedQueries(ZoneInfo("Europe/Rome"), threads=2)
    yield DataModel(centre_store(), lambda: queries)
    queries.close()


def asked(model: DataModel, statement: str, **restriction: object) -> dict[str, object]:
    catalogue = documented().restricted(Restriction(**restriction))  # type: ignore[arg-type]
    document = Document("query ($of: String!) { advancedQuery(query: $of) }", {"of": statement})
    told = json.loads(model.answer(document, catalogue, "tests").body)
    assert isinstance(told, dict)
    return told


def code(told: dict[str, object]) -> str:
    assert told["data"] is None
    error = told["errors"][0]  # type: ignore[index]
    assert error["path"] == ["advancedQuery"]
    return str(error["extensions"]["code"])


def test_a_hidden_column_is_no_column(model: DataModel) -> None:
    whole = asked(model, f"SELECT cli FROM {TABLE} LIMIT 1")
    assert "errors" not in whole
    for statement in (
        f"SELECT cli FROM {TABLE}",
        f"SELECT step FROM {TABLE} WHERE cli = '1'",
        f"SELECT step FROM {TABLE} ORDER BY cli",
        f"SELECT COUNT(*) FROM {TABLE} GROUP BY cli",
        f"SELECT step FROM {TABLE} a JOIN {TABLE} b USING (cli)",
    ):
        assert code(asked(model, statement, hidden=("cli",))) == "TT137"
    (row,) = asked(model, f"SELECT * FROM {TABLE} LIMIT 1", hidden=("cli",))["data"]["advancedQuery"]  # type: ignore[index]
    assert "cli" not in row
    assert "dnis" in row


def test_a_table_that_is_not_opened_is_no_table(model: DataModel) -> None:
    assert code(asked(model, f"SELECT COUNT(*) FROM {TABLE}", tables=("tickets",))) == "TT136"


def test_a_masked_column_is_masked_in_conditions_too(model: DataModel) -> None:
    masked = {"masked": (("cli", Mask(MaskKind.LAST, 3)),)}
    plain = asked(model, f"SELECT DISTINCT cli FROM {TABLE} WHERE cli IS NOT NULL")["data"]["advancedQuery"]  # type: ignore[index]
    shown = asked(model, f"SELECT DISTINCT cli FROM {TABLE} WHERE cli IS NOT NULL", **masked)["data"]["advancedQuery"]  # type: ignore[index]
    assert {row["cli"] for row in plain}.isdisjoint(row["cli"] for row in shown)
    number = plain[0]["cli"]
    found = asked(model, f"SELECT COUNT(*) AS n FROM {TABLE} WHERE cli = '{number}'", **masked)
    assert found["data"] == {"advancedQuery": [{"n": "0"}]}
