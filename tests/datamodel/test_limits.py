"""Documents that are made to cost much end soon, and each with one sentence."""

import json
from pathlib import Path

import pytest

from answers.datamodel import DataModel
from datamodel.catalogue import documented
from datamodel.documents import Document
from store.store import Store
from tests.datamodel.hostile import HOSTILE, MONTH


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> DataModel:
    """The Data Model over an empty store."""
    return DataModel(Store(tmp_path_factory.mktemp("limits") / "tvox.duckdb"))


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_document_is_refused_with_one_sentence(model: DataModel, what: str) -> None:
    reply = model.answer(Document(HOSTILE[what]), documented(), "tests")
    (told,) = json.loads(reply.body)["errors"]
    assert len(told["message"]) <= 320
    assert "\n" not in told["message"]
    assert told["message"].endswith((".", "?", "…"))
    assert told["extensions"]["code"].startswith("TT1")
    assert len(reply.body) < 1_000


def test_hostile_variables_are_refused_with_one_sentence(model: DataModel) -> None:
    source = "query ($search: SearchInteraction!) { inboundCallsCount(search: $search) }"
    for search in (
        {f"x{number}": 1 for number in range(20_000)},
        {"year": 2020, "month": 5, "cli": {"operator": "EQUAL", "value": ["x"] * 500 + [str(n) for n in range(1_000)]}},
        {"year": 2020, "month": 5, "status": ["NONE"] * 50_000},
        {"year": 2020, "month": 5, "startTime": {"operator": "GREATER_THAN", "value": "9" * 100_000}},
    ):
        reply = model.answer(Document(source, {"search": search}), documented(), "tests")
        (told,) = json.loads(reply.body)["errors"]
        assert len(told["message"]) <= 320


def test_patterns_that_cost_others_dearly_cost_nothing_here(tmp_path: Path) -> None:
    source = f"""{{ inboundCallsCount(search: {{ {MONTH}, cli: {{ operator: REGEXP, regexp: "(a+)+$" }} }}) }}"""
    with Store(tmp_path / "tvox.duckdb") as store:
        assert DataModel(store).answer(Document(source), documented(), "tests").body == (
            b'{"data":{"inboundCallsCount":0}}'
        )
