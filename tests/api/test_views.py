"""Views over HTTP: a saved question is a table like any other, on every face."""

import csv
import io
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import api.views.rows
from answers.views import KeptViews, rows_of
from formats import formats
from tabular.errors import StoreOutOfMemory
from tests.api.viewing import BEGAN, MASKED, ROWS, closed, get, keep, refused, rows, serving
from tests.serving import Served, opened_at
from tests.steps import CALLS, SUMMARIES, batches, step

GROUPED = {"group": "service,day(startTime)", "measures": "count,avg(waitDuration) as wait", "sort": "-count,service"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that keeps two views, one of them over the other."""
    running = serving(tmp_path_factory.mktemp("views"))
    asked = {"columns": "id,step,startTime,cli as caller,waitDuration,service", "filter": "status eq 'HANGUP'"}
    assert keep(running, "ended", table="inboundCalls", title="Ended calls", **asked).status_code == 201
    assert keep(running, "daily", table="ended", description="A row for each day.", **GROUPED).status_code == 201
    yield running
    closed(running)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service whose rows the tests change; each keeps views of its own names."""
    running = serving(tmp_path_factory.mktemp("changing"))
    yield running
    closed(running)


def call(served: Served, serial: int, **fields: object) -> None:
    """Let there be another call."""
    with served.services.store.writing("test") as writing:
        writing.merge(CALLS, batches([step(BEGAN + timedelta(days=1), 0, serial, **fields)]), SUMMARIES)


def test_a_view_is_listed_and_described_as_tables_are(served: Served) -> None:
    listed = {one["name"]: one for one in served.get("/tables").json()["tables"]}
    assert set(list(listed)[-2:]) == {"ended", "daily"}, "behind the tables"
    assert listed["ended"]["title"] == "Ended calls"
    assert listed["ended"]["links"]["definition"] == f"{served.address}/views/ended"
    assert "definition" not in listed["inboundCalls"]["links"]
    told = served.get("/tables/ended").json()
    assert (told["key"], told["clock"], "months" in told) == (["id", "step"], "startTime", False)
    columns = {one["name"]: one for one in told["columns"]}
    assert list(columns) == ["id", "step", "startTime", "caller", "waitDuration", "service"]
    source = {one["name"]: one for one in served.get("/tables/inboundCalls").json()["columns"]}
    assert columns["waitDuration"] == source["waitDuration"], "with its unit and its description"
    assert columns["caller"]["description"] == source["cli"]["description"]
    assert served.get("/views/ended").json()["columns"] == told["columns"]


def test_groups_have_a_number_for_a_key_and_keep_their_order(served: Served) -> None:
    told = served.get("/tables/daily").json()
    assert (told["key"], told["clock"]) == (["row"], "day_startTime")
    assert [one["name"] for one in told["columns"]] == ["row", "service", "day_startTime", "count", "wait"]
    found = rows(served, "daily")
    assert [one["row"] for one in found] == list(range(1, len(found) + 1))
    plain = rows(served, "inboundCalls", filter="status eq 'HANGUP'", **GROUPED)
    assert [{name: cell for name, cell in one.items() if name != "row"} for one in found] == plain
    assert len({one["count"] for one in found}) > 1
    assert rows(served, "daily", **{"from": "2026-10-25"}) == [
        one for one in found if one["day_startTime"].isoformat() == "2026-10-24T22:00:00"
    ]


@pytest.mark.parametrize("form", list(formats()))
def test_every_format_serves_it(served: Served, form: str) -> None:
    answer = served.get(f"/tables/daily.{form}?filter=count gt 1&columns=count,service as S&limit=2")
    assert (answer.status_code, bool(answer.content)) == (200, True)


def test_pages_have_every_row_once_and_stay_what_they_were(own: Served) -> None:
    keep(own, "all", table="inboundCalls", columns="id,step,waitDuration", sort="-waitDuration")
    whole = rows(own, "all")
    pages = own.get("/tables/all/pages?size=10").json()["pages"]
    first = [rows(own, "all", **page) for page in pages[:3]]
    call(own, 99, waitDuration=50)
    assert rows(own, "all")[0]["waitDuration"] == 50
    later = [rows(own, "all", **page) for page in pages[3:]]
    assert [row for page in first + later for row in page] == whole
    own.app.state.showing.kept = KeptViews(own.app.state.showing.kept.most)  # as if others had driven them out
    assert own.get("/tables/all.json", params=pages[0]).status_code == 410


def test_odata_has_it_as_a_set_with_a_key(served: Served) -> None:
    sets = {one["name"]: one["title"] for one in served.get("/odata/").json()["value"]}
    assert sets["ended"] == "Ended calls"
    metadata = ElementTree.fromstring(served.get("/odata/$metadata").content)  # noqa: S314  # our own
    edm = "{http://docs.oasis-open.org/odata/ns/edm}"
    types = {one.get("Name"): one for one in metadata.iter(f"{edm}EntityType")}
    keys = {name: [ref.get("Name") for ref in one.iter(f"{edm}PropertyRef")] for name, one in types.items()}
    assert (keys["ended"], keys["daily"]) == (["id", "step"], ["row"])
    assert not list(types["daily"].iter(f"{edm}NavigationProperty"))
    found = rows(served, "daily")
    one = served.get("/odata/daily(2)").json()
    assert (one["row"], one["count"]) == (2, found[1]["count"])
    assert served.get("/odata/daily(2)/count").json()["value"] == found[1]["count"]
    assert served.get("/odata/daily/$count").text == str(len(found))
    asked = "/odata/daily?$apply=groupby((service),aggregate(count with sum as calls))&$orderby=calls desc&$top=1"
    calls = Counter[str]()
    for row in found:
        calls[row["service"]] += row["count"]
    assert served.get(asked).json()["value"] == [{"service": name, "calls": n} for name, n in calls.most_common(1)]
    assert served.get("/odata/daily(99)").status_code == 404


def test_pages_of_odata_are_pages_of_one_moment(own: Served) -> None:
    keep(own, "every", table="inboundCalls", columns="id,step,waitDuration", sort="-waitDuration")
    whole = [(row["id"], row["step"]) for row in rows(own, "every")]
    answer = own.get("/odata/every?$select=id,step", headers={"Prefer": "odata.maxpagesize=25"}).json()
    found, count = answer["value"], 1
    call(own, 98, waitDuration=60)
    keep(own, "other", table="inboundCalls", columns="id")
    while "@odata.nextLink" in answer:
        answer = own.get(answer["@odata.nextLink"]).json()
        found, count = found + answer["value"], count + 1
    assert ([(row["id"], row["step"]) for row in found], count) == (whole, 3)


def test_a_view_over_elements_and_one_with_hidden_keys_have_numbers(own: Served) -> None:
    keep(own, "numbers", table="addressBookContactTels", columns="value")
    assert rows(own, "numbers") == [{"row": 1, "value": "040"}, {"row": 2, "value": "040"}, {"row": 3, "value": "041"}]
    keep(own, "again", table="numbers", columns="row,value as row_")
    assert own.get("/tables/again").json()["key"] == ["row"]
    keep(own, "third", table="numbers", columns="value as row")
    assert rows(own, "third", limit="1") == [{"row_": 1, "row": "040"}]


def test_each_key_sees_it_behind_its_own_masks(own: Served) -> None:
    masked = own.services.keys.create("masked", restriction=MASKED)
    keep(own, "calls", table="inboundCalls", columns="id,step,cli,service,startTime")
    keep(own, "agents", table="inboundCalls", columns="id,user")
    keep(own, "of_user", table="inboundCalls", columns="id", filter="user eq 'user1'")
    keep(own, "below", table="agents", columns="id")
    keep(own, "ours", key=masked, table="inboundCalls", columns="cli", group="cli")
    seen = {one["name"] for one in get(own, "/tables", masked).json()["tables"]}
    assert {"calls", "ours"} <= seen
    assert not {"agents", "of_user", "below"} & seen
    for address in ("/tables/agents.json", "/tables/of_user", "/tables/below.json"):
        refused(get(own, address, masked), 404, "TT101")
    refused(get(own, "/odata/agents", masked), 404, "TT179")
    refused(get(own, "/views/agents", masked), 404, "TT190")
    assert "agents" not in get(own, "/odata/$metadata", masked).text
    assert {one["name"] for one in get(own, "/views", masked).json()["views"]} & {*seen, "agents"} <= seen
    plain = rows(own, "inboundCalls", masked, columns="id,step,cli,service,startTime")
    assert [{name: row[name] for name in plain[0]} for row in rows(own, "calls", masked)] == plain
    assert {row["cli"] for row in plain} <= {None, *(f"*********{i:02}" for i in range(5))}
    assert {row["cli"] for row in rows(own, "ours", masked)} == {row["cli"] for row in plain}
    assert {row["cli"] for row in rows(own, "ours")} >= {row["cli"] for row in ROWS}
    # What a filter compares is what the key sees.
    assert not rows(own, "calls", masked, filter="cli eq '+3904320001'")
    assert get(own, "/tables/calls", masked).json()["key"] == ["row"], "last digits identify nothing"
    assert get(own, "/views/calls").json()["parameters"]
    assert get(own, "/views/calls", masked).json()["parameters"] is None, "a filter may name what is masked"
    assert own.get("/tables/calls").json()["key"] == ["id", "step"]


IMPORT = "query Of($month: Int!) { inboundCalls(search: {year: 2026, month: $month}) { id step cli user startTime } }"


def test_an_import_is_a_view_too(own: Served) -> None:
    asked: dict[str, Any] = {
        "query": IMPORT,
        "variables": {"month": 10},
        "columns": "id,step,cli as 'my cli',startTime >d,waitDuration",
    }
    told = keep(own, "imported", **asked)
    refused(told, 400, told.json()["code"], "waitDuration")
    asked |= {"columns": ["id", "step", "cli as 'my cli'", "startTime>d"], "title": "Imported"}
    told = keep(own, "imported", **asked)
    assert told.status_code == 201, told.text
    names = {one["name"]: one["type"] for one in told.json()["columns"]}
    assert names == {"row": "integer", "id": "text", "step": "integer", "my_cli": "text", "startTime": "time"}
    assert told.json()["kind"] == "import"
    found = rows(own, "imported", sort="id,step")
    plain = rows(own, "inboundCalls", month="2026-10", columns="id,step,cli as my_cli,startTime", sort="id,step")
    assert [{name: row[name] for name in plain[0]} for row in found] == plain
    keep(own, "over", table="imported", group="my_cli", measures="count", sort="my_cli")
    assert sum(row["count"] for row in rows(own, "over")) == len(found)
    page = own.get("/odata/over?$filter=count gt 1&$orderby=count desc&$count=true").json()
    assert page["@odata.count"] == len([row for row in rows(own, "over") if row["count"] > 1])
    masked = own.services.keys.create("importing", restriction=MASKED)
    refused(get(own, "/tables/imported", masked), 404, "TT101")
    keep(own, "seen", query=IMPORT.replace(" user", ""), variables='{"month": 10}', columns="cli")
    assert {row["cli"] for row in rows(own, "seen", masked)} <= {None, *(f"*********{i:02}" for i in range(5))}


def test_what_is_no_longer_there_is_one_sentence(own: Served) -> None:
    keep(own, "a", table="inboundCalls", columns="id,cli")
    keep(own, "b", table="a", filter="cli ne null")
    assert own.get("/tables/b.csv").status_code == 200
    keep(own, "a", table="inboundCalls", columns="id,step")
    answer = own.get("/tables/b.csv")
    assert answer.status_code == 409
    assert answer.text.startswith('The view "b" needs the column "cli" of a, which is no longer there.')
    assert "[TT194]" in answer.text
    refused(own.get("/odata/b"), 409, "TT194", '"b"', '"cli"')
    refused(own.get("/odata/b/$count"), 409, "TT194", '"b"', '"cli"')
    assert "b" not in {one["name"] for one in own.get("/tables").json()["tables"]}
    (told,) = [one for one in own.get("/views").json()["views"] if one["name"] == "b"]
    assert told["problem"] == 'It needs the column "cli" of a, which is no longer there.'
    own.client.delete("/views/a")
    refused(own.get("/tables/b"), 409, "TT194", '"b" needs the table "a"')


def test_a_definition_that_changes_changes_the_etags(own: Served) -> None:
    def tags() -> list[str]:
        addresses = ("/tables/v.csv", "/odata/v", "/odata/$metadata", "/odata/", "/tables/inboundCalls.csv")
        return [own.get(address).headers["etag"] for address in addresses]

    keep(own, "v", table="inboundCalls", columns="id,step,cli")
    first = tags()
    assert tags() == first
    keep(own, "v", table="inboundCalls", columns="id,step,cli", filter="step eq 0")
    second = tags()
    assert [one != other for one, other in zip(first, second, strict=True)] == [True, True, False, False, False]
    keep(own, "v", table="inboundCalls", columns="id,step,cli as caller", filter="step eq 0")
    third = tags()
    assert [one != other for one, other in zip(second, third, strict=True)] == [True, True, True, True, False]
    assert own.get("/tables/v.csv", headers={"If-None-Match": third[0]}).status_code == 304
    call(own, 97)
    assert own.get("/tables/v.csv").headers["etag"] != third[0]


def test_views_and_their_etags_outlive_the_process(tmp_path: Path) -> None:
    first = serving(tmp_path)
    keep(first, "v", table="inboundCalls", columns="id,cli", sort="cli")
    etag, page = first.get("/tables/v.csv").headers["etag"], first.get("/tables/v/pages?size=7").json()["pages"][1]
    told = rows(first, "v", **page)
    closed(first)
    again = Served(opened_at(tmp_path / "tvox.duckdb"), "again")
    assert again.get("/tables/v.csv").headers["etag"] == etag
    assert rows(again, "v", **page) == told, "the same rows made again are the same version"
    closed(again)


def test_rows_are_made_once_and_again_only_when_something_changed(own: Served) -> None:
    kept = own.app.state.showing.kept
    keep(own, "once", table="inboundCalls", last="40d", columns="id,waitDuration")
    before = len(kept)
    for asked in ("", "?limit=3", "?sort=id", "?filter=waitDuration gt 3"):
        assert own.get(f"/tables/once.csv{asked}").status_code == 200
    assert own.get("/odata/once?$top=1").status_code == 200
    assert len(kept) == before + 1
    call(own, 96)
    own.get("/tables/once.csv")
    assert len(kept) == before + 2


def test_who_asks_at_the_same_time_has_them_made_once(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, made = threading.Event(), []

    def counted(*asked: Any) -> Any:
        made.append(asked)
        gate.wait(30)
        return rows_of(*asked)

    monkeypatch.setattr(api.views.rows, "rows_of", counted)
    keep(own, "together", table="inboundCalls", columns="id,cli")
    with ThreadPoolExecutor(5) as threads:
        asked = [threads.submit(own.get, f"/tables/together.csv?limit={limit}") for limit in range(5)]
        assert own.get("/tables/inboundCalls.csv?limit=1").status_code == 200, "nobody else waits"
        gate.set()
        assert [one.result().text.count("\n") for one in asked] == [1, 2, 3, 4, 5]
    assert len(made) == 1


def test_what_fails_is_told_to_all_and_tried_again(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(own, "failing", table="inboundCalls", columns="id,cli,step")

    def full(*_: object) -> None:
        raise StoreOutOfMemory("here")

    with monkeypatch.context() as patched:
        patched.setattr(api.views.rows, "rows_of", full)
        refused(own.get("/tables/failing.json"), 503, "TT506")
    assert own.get("/tables/failing.json").status_code == 200


def test_more_rows_than_fit_are_refused_with_what_to_do(tmp_path: Path) -> None:
    own = serving(tmp_path, views_memory="3.501MB")
    keep(own, "large", table="inboundCalls", columns="id,step,cli,service,startTime,user")
    keep(own, "small", table="inboundCalls", columns="id", limit=5)
    answer = own.get("/tables/large.csv")
    assert (answer.status_code, answer.text.count("\n")) == (413, 1)
    assert "3.501 MB" in answer.text
    assert "a window, a filter, groups" in answer.text
    assert own.get("/odata/large").status_code == 413
    assert len(rows(own, "small")) == 5
    closed(own)


def test_pages_that_are_open_without_a_key_name_no_view(served: Served) -> None:
    for address in ("/", "/addin/", "/docs", "/openapi.json"):
        assert "Ended calls" not in served.client.get(address, headers={"X-Telenia-APIKey": ""}).text
    assert served.client.get("/addin/powerquery/daily.pq", headers={"X-Telenia-APIKey": ""}).status_code == 404
    assert served.get("/addin/powerquery/daily.pq").status_code == 200
    assert served.client.get("/views", headers={"X-Telenia-APIKey": ""}).status_code == 401


def test_the_data_model_knows_no_view(own: Served) -> None:
    keep(own, "inboundCallsCount", table="inboundCalls", measures="count")
    told = own.post("{ inboundCallsCount(search: {year: 2026, month: 10}) }").json()
    assert told["data"]["inboundCallsCount"] >= 32


def test_a_link_to_a_view_opens_it(served: Served) -> None:
    made = served.client.post("/links", json={"table": "daily", "limit": 1}).json()
    answer = served.client.get(made["url"], headers={"X-Telenia-APIKey": ""})
    assert next(csv.reader(io.StringIO(answer.text))) == ["row", "service", "day_startTime", "count", "wait"]
