"""An answer of the Data Model is read at one version of the store, however the store changes meanwhile."""

import json
import threading
from pathlib import Path

from answers.datamodel import DataModel
from datamodel.catalogue import documented
from datamodel.documents import Document
from store.store import Store
from tabular.month import Month
from tests.steps import CALLS, SUMMARIES, batches, moment, step

MAY = Month(2020, 5)
CHANGES = 20

DOCUMENT = Document(
    """
    query {
      inOrder: inboundCalls(search: { year: 2020, month: 5 }) { id user step }
      sorted: inboundCalls(search: { year: 2020, month: 5, sorting: { key: USER } }) { id user step }
      found: inboundCalls(search: { year: 2020, month: 5, user: { operator: NOT_NULL } }) { id user step }
      inboundCallsCount(search: { year: 2020, month: 5 })
    }
    """
)


def state(number: int) -> list[dict[str, object]]:
    """The month's rows after so many changes: other calls every time, and all of one user."""
    began = moment("2020-05-01T08:00:00")
    return [
        step(began, place, serial, user=f"user {number}")
        for serial in range(1, 2 + number % 7)
        for place in range(1 + (serial + number) % 3)
    ]


def test_an_answer_is_of_one_version(tmp_path: Path) -> None:
    with Store(tmp_path / "tvox.duckdb", threads=2) as store:
        with store.writing("test") as writing:
            writing.replace(CALLS, MAY, batches(state(0)), SUMMARIES)
        model, seen = DataModel(store), set()

        def change() -> None:
            for number in range(1, CHANGES):
                with store.writing("test") as writing:
                    writing.replace(CALLS, MAY, batches(state(number)), SUMMARIES)

        writer = threading.Thread(target=change)
        writer.start()
        while writer.is_alive():
            seen.add(_state_in(model))
        writer.join()
        assert _state_in(model) == CHANGES - 1
        assert len(seen) > 1


def _state_in(model: DataModel) -> int:
    """Which state of the month an answer shows; every field of it must show the same one, whole."""
    data = json.loads(model.answer(DOCUMENT, documented(), "tests").body)["data"]
    number = int(data["inOrder"][0][0]["user"].removeprefix("user "))
    expected: dict[object, list[dict[str, object]]] = {}
    for row in state(number):
        expected.setdefault(row["id"], []).append({"id": row["id"], "user": row["user"], "step": row["step"]})
    calls = [expected[key] for key in sorted(expected, key=str)]
    assert data == {"inOrder": calls, "sorted": calls, "found": calls, "inboundCallsCount": len(calls)}
    return number
