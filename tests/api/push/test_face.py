"""`/pushes` and `/push` over HTTP: kept, run, followed, cancelled; each key has its own."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.push.pushing import ASKED, KEY, TABLE, Pushing
from tests.google.standin import StandIn
from tests.serving import Served


@pytest.fixture
def served(pushing: Pushing) -> Iterator[Served]:
    """A service over ROWS."""
    running = Served(pushing.services, "served")
    yield running
    running.close()


def body(pushing: Pushing, **more: Any) -> dict[str, Any]:
    """What a push says."""
    address = f"https://docs.google.com/spreadsheets/d/{pushing.book}/edit#gid=0"
    return {"table": "inboundCalls", **ASKED, "spreadsheet": address, "sheet": "Calls"} | more


def asked(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """What an answer says."""
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_push_is_kept_run_and_forgotten(pushing: Pushing, served: Served) -> None:
    told = asked(
        served.client.put("/pushes/morning", json=body(pushing, schedule="0 7 * * mon-fri", paused=False)), 201
    )
    assert told["due"] == "2026-11-23T06:00:00Z"
    assert (told["spreadsheet"], told["runs"], told["failures"]) == (body(pushing)["spreadsheet"].split("#")[0], [], 0)
    ran = asked(served.client.post("/push", json={"push": "morning", "wait": 30}))
    assert (ran["state"], ran["rows"], ran["staged"]) == ("done", 6, 7)
    assert pushing.rows() == TABLE
    found = asked(served.get("/pushes/morning"))
    assert [run["id"] for run in found["runs"]] == [ran["id"]]
    assert asked(served.get(f"/push/{ran['id']}"))["state"] == "done"
    assert asked(served.get("/push"))["runs"][0]["id"] == ran["id"]
    changed = asked(served.client.put("/pushes/morning", json=body(pushing, mode="merge", keys=["id", "step"])))
    assert (changed["mode"], changed["keys"], changed["due"]) == ("merge", ["id", "step"], None)
    assert [one["name"] for one in asked(served.get("/pushes"))["pushes"]] == ["morning"]
    assert served.client.delete("/pushes/morning").status_code == 204
    assert asked(served.get("/pushes/morning"), 404)["code"] == "TT180"


def test_a_question_without_a_name_is_pushed_too(pushing: Pushing, served: Served) -> None:
    answer = served.client.post("/push", json=body(pushing))
    told = asked(answer, 202)
    assert answer.headers["Location"].endswith(f"/push/{told['id']}")
    assert asked(served.get(f"/push/{told['id']}?wait=30"))["state"] == "done"
    assert pushing.rows() == TABLE


WRONG: list[tuple[dict[str, str], str]] = [
    ({"table": "inboundCal"}, "TT101"),
    ({"columns": "id,clii"}, "TT102"),
    ({"colums": "id"}, "TT103"),
    ({"spreadsheet": "Reports"}, "TT105"),
    ({"spreadsheet": ""}, "TT105"),
    ({"anchor": "1A"}, "TT105"),
    ({"mode": "upsert"}, "TT105"),
    ({"mode": "merge", "keys": "wait"}, "TT105"),
    ({"keys": "id"}, "TT105"),
    ({"schedule": "every day"}, "TT105"),
    ({"schedule": "* * * * * *"}, "TT105"),
    ({"schedule": "0 0 31 2 *"}, "TT105"),
    ({"paused": "maybe"}, "TT105"),
    ({"sheet": "x" * 101}, "TT105"),
    ({"times": "iso"}, "TT103"),
    ({"at": "1@2026-11-22T00:00:00Z"}, "TT103"),
    ({"filter": "user eq"}, "TT130"),
]


def test_what_is_wrong_is_refused_when_it_is_kept(pushing: Pushing, served: Served) -> None:
    for given, code in WRONG:
        answer = served.client.put("/pushes/wrong", json=body(pushing, **given))
        assert answer.json()["code"] == code, answer.text
    assert served.client.put("/pushes/-", json=body(pushing)).json()["code"] == "TT105"
    assert not asked(served.get("/pushes"))["pushes"]


def test_a_key_sees_and_changes_its_own_alone(pushing: Pushing, served: Served) -> None:
    asked(served.client.put("/pushes/morning", json=body(pushing)), 201)
    run = asked(served.client.post("/push?wait=30", json={"push": "morning"}))
    other = {"X-Telenia-APIKey": pushing.key}
    assert asked(served.get("/pushes", headers=other)) == {"pushes": []}
    assert asked(served.get("/push", headers=other)) == {"runs": []}
    assert asked(served.get("/pushes/morning", headers=other), 404)["code"] == "TT180"
    assert asked(served.client.delete("/pushes/morning", headers=other), 404)["code"] == "TT180"
    assert asked(served.client.post("/push", json={"push": "morning"}, headers=other), 404)["code"] == "TT180"
    assert asked(served.client.put("/pushes/morning", json=body(pushing), headers=other), 403)["code"] == "TT230"
    for call in (served.get, served.client.delete):
        assert asked(call(f"/push/{run['id']}", headers=other), 404)["code"] == "TT232"
    assert served.client.get("/pushes", headers={"X-Telenia-APIKey": ""}).status_code == 401


def test_a_run_is_cancelled_and_the_table_stays(pushing: Pushing, served: Served, google: StandIn) -> None:
    google.put(pushing.book, "Other", [["mine"]])
    asked(served.client.put("/pushes/morning", json=body(pushing, sheet="Other")), 201)
    google.fault("stall", asked="PUT", times=1)
    run = asked(served.client.post("/push", json={"push": "morning"}), 202)
    log = google.log()
    while not any(one.fault for one in log):
        log = google.arrived(len(log) + 1)
    assert asked(served.client.post("/push", json={"push": "morning"}), 409)["code"] == "TT181"
    waiting = asked(served.client.post("/push", json=body(pushing)), 202)
    assert asked(served.get(f"/push/{waiting['id']}"), 200)["state"] == "waiting"
    for one in (run, waiting):
        assert served.client.delete(f"/push/{one['id']}").status_code == 204
    google.release()
    for one in (run, waiting):
        assert asked(served.get(f"/push/{one['id']}?wait=30"))["state"] == "cancelled"
    assert google.titles(pushing.book) == ["Other"]
    assert pushing.rows("Other") == [["mine"]]
    assert served.client.delete(f"/push/{run['id']}").status_code == 204


def test_a_failed_run_says_why(pushing: Pushing, served: Served, google: StandIn) -> None:
    private = google.spreadsheet("Private", email=None)
    asked(served.client.put("/pushes/morning", json=body(pushing, spreadsheet=private)), 201)
    told = asked(served.client.post("/push?wait=30", json={"push": "morning"}))
    assert (told["state"], told["error"]["code"]) == ("failed", "TT417")
    assert "not shared" in told["error"]["title"]
    found = asked(served.get("/pushes"))["pushes"][0]
    assert (found["failures"], found["runs"][0]["error"]["code"]) == (1, "TT417")


def test_without_an_account_each_push_says_which_setting_is_missing(tmp_path: Any, google: StandIn) -> None:
    from tests.serving import opened_at

    services = opened_at(tmp_path / "tvox.duckdb")
    running = Served(services)
    given = {"table": "inboundCalls", "spreadsheet": google.spreadsheet("Reports")}
    asked(running.client.put("/pushes/morning", json=given), 201)
    for wanted in ({"push": "morning"}, given):
        told = asked(running.client.post("/push", json=wanted), 503)
        assert (told["code"], "TVOX_GOOGLE_CREDENTIALS" in told["title"]) == ("TT515", True)
    running.close()
    services.close()


def test_the_secrets_of_the_account_are_nowhere(pushing: Pushing, served: Served, google: StandIn) -> None:
    google.fault("token", times=None)
    told = served.client.post("/push?wait=30", json=body(pushing)).text
    assert "PRIVATE KEY" not in told
    assert '"failed"' in told
    assert str(pushing.account) not in told


def test_two_pushers_of_one_spreadsheet_take_turns(pushing: Pushing, google: StandIn) -> None:
    pushing.book = google.spreadsheet("Turns", sheets=[{"id": 0, "title": "Calls"}])
    google.put(pushing.book, "Calls", TABLE[:1])
    tasks = [pushing.begun(pushing.wanted("append")) for _ in range(3)]
    assert {task.future.result(60).state for task in tasks} == {"done"}
    assert pushing.rows() == [TABLE[0], *TABLE[1:] * 3]
    assert {run.key for run in pushing.services.pusher.journal.runs()} == {KEY}
