"""What no view can be is refused in one sentence."""

from collections.abc import Iterator
from typing import Any

import pytest

from tabular.restriction import Restriction
from tests.api.viewing import ROWS, closed, get, keep, refused, rows, serving
from tests.serving import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that keeps two views, one of them over the other."""
    running = serving(tmp_path_factory.mktemp("refused"))
    assert keep(running, "ended", table="inboundCalls", filter="status eq 'HANGUP'").status_code == 201
    assert keep(running, "daily", table="ended", group="day(startTime)", measures="count").status_code == 201
    yield running
    closed(running)


def test_names_that_others_have_are_refused_in_one_sentence(served: Served) -> None:
    asked = {"table": "inboundCalls", "columns": "id"}
    refused(keep(served, "inboundCalls", **asked), 409, "TT191", "the table inboundCalls", "another name")
    refused(keep(served, "INBOUNDCALLS", **asked), 409, "TT191", "the table inboundCalls")
    refused(keep(served, "Daily", **asked), 409, "TT191", "the view daily")
    refused(keep(served, "centre", **asked), 409, "TT191")
    for name in ("1st", "a-b", "_x", "a" * 65, "caff%C3%A8"):
        refused(keep(served, name, **asked), 400, "TT105", "up to 64 letters")


def test_a_circle_is_refused_with_its_way(served: Served) -> None:
    refused(keep(served, "ended", table="daily"), 409, "TT192", "ended → daily → ended")
    refused(keep(served, "new", table="new"), 409, "TT192", "new → new")
    keep(served, "deep1", table="inboundCalls", columns="id")
    for place in range(2, 9):
        assert keep(served, f"deep{place}", table=f"deep{place - 1}").status_code == 201
    refused(keep(served, "deep9", table="deep8"), 400, "TT193", "More than 8", "deep9 → deep8 → ")
    assert len(rows(served, "deep8")) == len(ROWS)
    for place in range(1, 9):
        assert served.client.delete(f"/views/deep{place}").status_code == 204


WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"columns": "id"}, 404, "TT101", "GET /tables"),
    ({"table": "inboundCals"}, 404, "TT101", 'Did you mean "inboundCalls"?'),
    ({"table": "inboundCalls", "columns": "id,clii"}, 400, "TT102", 'Did you mean "cli"?'),
    ({"table": "inboundCalls", "columns": "id,cli as 'my cli'"}, 400, "TT105", 'not "my cli"'),
    ({"table": "inboundCalls", "columns": "id,cli as _cli"}, 400, "TT105", 'not "_cli"'),
    ({"table": "inboundCalls", "columns": "id,cli as ID"}, 400, "TT105", "capitals"),
    ({"table": "inboundCalls", "filter": "cli ="}, 400, "TT130", "eq"),
    ({"table": "inboundCalls", "filter": "matchesPattern(cli,'(')"}, 400, "TT120", ""),
    ({"table": "inboundCalls", "header": "labels"}, 400, "TT103", "header"),
    ({"table": "inboundCalls", "fresh": "live"}, 400, "TT103", "fresh"),
    ({"table": "inboundCalls", "limit": "-1"}, 400, "TT105", "limit"),
    ({"table": "inboundCalls", "limit": 1.5}, 400, "TT105", "limit"),
    ({"table": "inboundCalls", "title": "x" * 101}, 400, "TT105", "title"),
    ({"table": "inboundCalls", "title": "two\nlines"}, 400, "TT105", "title"),
    ({"table": "inboundCalls", "query": "{ x }"}, 400, "TT105", "it is an import's"),
    (
        {"query": "{ inboundCalls(search: {year: 2026, month: 10}) { id } }", "sort": "id"},
        400,
        "TT105",
        "it is a table's",
    ),
    ({"query": "{ inboundCalls(search: {year: 2026, month: 10}) { idd } }"}, 400, "TT117", "idd"),
    ({"query": "{ inboundCalls(search: {year: 2026, month: 10}) { id } }", "rows": "$["}, 400, "TT150", ""),
]


@pytest.mark.parametrize(("asked", "status", "code", "words"), WRONG, ids=[str(case[0]) for case in WRONG])
def test_what_cannot_be_asked_cannot_be_kept(
    served: Served, asked: dict[str, Any], status: int, code: str, words: str
) -> None:
    refused(keep(served, "wrong", **asked), status, code, words)
    assert served.get("/views/wrong").status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"table": "a", "table": "b"}', b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(served: Served, body: bytes) -> None:
    answer = served.client.put("/views/wrong", content=body)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("TT105", "TT109")
    assert served.client.put("/views/wrong", content=b"x", headers={"Content-Type": "text/csv"}).status_code == 415
    refused(served.client.post("/views/wrong", content=b"{}"), 405, "TT113", "PUT or DELETE")


def test_one_key_does_not_change_what_another_has_kept(served: Served) -> None:
    anna, luca = (
        served.services.keys.create(name, restriction=Restriction(hidden=("user",))) for name in ("anna", "luca")
    )
    assert keep(served, "mine", key=anna, table="inboundCalls", columns="id", title="One").status_code == 201
    refused(keep(served, "mine", key=luca, table="inboundCalls"), 403, "TT211", "another key")
    headers = {"X-Telenia-APIKey": luca}
    refused(served.client.delete("/views/mine", headers=headers), 403, "TT211")
    assert keep(served, "mine", key=anna, table="inboundCalls", columns="id,cli", title="Two").status_code == 200
    told = get(served, "/views/mine", luca).json()
    assert (told["title"], told["by"], told["parameters"]) == ("Two", "anna", None)
    assert get(served, "/views/mine", anna).json()["parameters"] == {"columns": "id,cli"}
    # A key that sees everything is the administrator's.
    assert served.client.delete("/views/mine").status_code == 204
    refused(served.client.delete("/views/mine"), 404, "TT190")
    refused(get(served, "/tables/mine.json", anna), 404, "TT101")
