"""The Data Model over HTTP: its two methods, its statuses, its rate, and what a key sees of it."""

import json
import logging
import threading
from dataclasses import replace
from http.client import HTTPConnection

import httpx
import pytest

from answers.datamodel import DataModel, Reply
from api.services import Services
from store.patience import Patience
from tabular.errors import TablesError
from tests.api.conftest import CALL
from tests.serving import Served

PATH = "/datamodel/query"
GRAPHQL = {"Accept": "application/graphql-response+json"}
ME = "{ me { name } }"
WRONG = "{ me { nam } }"
LACKING = "{ inboundCallsCount(search: { year: 2020 }) }"


def test_get_and_post_give_the_same(served_call: Served) -> None:
    expected = {"data": {"me": {"name": "tests"}}}
    assert served_call.get(f"{PATH}?query={{me{{name}}}}").json() == expected
    assert served_call.get(PATH, params={"query": ME}).json() == expected
    assert served_call.post(ME).json() == expected
    assert served_call.post(ME).headers["Content-Type"] == "application/json; charset=utf-8"


def test_variables_and_operations(served_call: Served) -> None:
    query = "query One($id: String!) { inboundCall(id: $id) { id step } } query Other { me { name } }"
    expected = {"data": {"inboundCall": [{"id": CALL, "step": 0}, {"id": CALL, "step": 1}]}}
    assert served_call.post(query, variables={"id": CALL}, operationName="One").json() == expected
    parameters = {"query": query, "variables": json.dumps({"id": CALL}), "operationName": "One"}
    assert served_call.get(PATH, params=parameters).json() == expected
    for body in ({}, {"operationName": "Third"}):
        assert "operation" in served_call.post(query, **body).json()["errors"][0]["message"]
    assert "$id" in served_call.post(query, operationName="One").json()["errors"][0]["message"]


@pytest.mark.parametrize("query", [WRONG, "{", "{ nothing", "query($x: Int!) { __typename }", "mutation { a }", ""])
def test_a_wrong_query_is_200_for_json_and_400_for_graphql(served_call: Served, query: str) -> None:
    answer = served_call.post(query)
    assert answer.status_code == 200
    assert "data" not in answer.json()
    told = answer.json()["errors"][0]
    assert told["extensions"]["code"].startswith("TT1")
    strict = served_call.post(query, headers=GRAPHQL)
    assert strict.status_code == 400
    assert strict.headers["Content-Type"] == "application/graphql-response+json; charset=utf-8"
    assert strict.json() == answer.json()


def test_what_fails_while_it_is_executed_is_200_with_data_null(served_call: Served) -> None:
    for headers in ({}, GRAPHQL):
        answer = served_call.post(LACKING, headers=headers)
        assert answer.status_code == 200
        told = answer.json()
        assert told["data"] is None
        assert told["errors"][0]["path"] == ["inboundCallsCount"]
        assert told["errors"][0]["locations"] == [{"line": 1, "column": 3}]
        assert told["errors"][0]["message"] == "The search lacks month."


def test_errors_as_statuses_begin_with_the_sentence(served_call: Served) -> None:
    for query in (WRONG, LACKING):
        answer = served_call.post(query, f"{PATH}?errors=http")
        assert answer.status_code == 400
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.text.startswith(("Cannot query field 'nam'", "The search lacks month."))
    unknown = served_call.post('{ addressBookContact(uuid: "7c1a") { uuid } }', f"{PATH}?errors=http")
    assert (unknown.status_code, "7c1a" in unknown.text) == (404, True)
    assert served_call.post(ME, f"{PATH}?errors=http").json() == {"data": {"me": {"name": "tests"}}}
    assert httpx.get(f"{served_call.address}{PATH}?errors=http", trust_env=False).text.startswith(
        "This address needs a key."
    )


def test_other_fields_are_answered_beside_one_that_may_be_null(served_call: Served) -> None:
    answer = served_call.post('{ inboundCall(id: "no such call") { id } me { name } }').json()
    assert answer == {"data": {"inboundCall": None, "me": {"name": "tests"}}}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"qeury": "{ me { name } }"}', "application/json", 400),
        (b'{"query": 7}', "application/json", 400),
        (b'{"query": "{ me { name } }", "variables": [7]}', "application/json", 400),
        (b'{"query": "{ me { name } }", "operationName": 7}', "application/json", 400),
        (b'{"query": "{ me { name } }", "extensions": 7}', "application/json", 400),
        (b'{"query": "' + b"x" * 1_000_001 + b'"}', "application/json", 400),
        (b"{ me { name } }", "application/graphql", 415),
        (b"query={me{name}}", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_no_request_is_refused_with_a_sentence(
    served_call: Served, body: bytes, kind: str, status: int
) -> None:
    answer = served_call.client.post(PATH, content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    (told,) = answer.json()["errors"]
    assert told["message"].endswith(".")
    assert told["extensions"]["hint"]


def test_a_body_without_a_type_is_json(served_call: Served) -> None:
    answer = served_call.client.post(PATH, content=json.dumps({"query": ME}).encode())
    assert answer.json() == {"data": {"me": {"name": "tests"}}}


def test_refusals_are_graphql_errors(served_call: Served) -> None:
    for headers, code in (({}, "TT201"), ({"X-Telenia-APIKey": "wrong"}, "TT202")):
        answer = httpx.get(f"{served_call.address}{PATH}", headers=headers, trust_env=False)
        assert answer.status_code == 401
        assert "Basic" in answer.headers["WWW-Authenticate"]
        assert answer.json()["errors"][0]["extensions"]["code"] == code
        assert set(answer.json()) == {"errors"}
    for method in ("PUT", "DELETE", "PATCH"):
        answer = served_call.client.request(method, PATH)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
        assert answer.json()["errors"][0]["message"].endswith(f"does not take {method}.")


def test_the_rate_is_each_keys_own(filled: Services) -> None:
    settings = filled.settings.model_copy(update={"datamodel_rate": 3})
    running = Served(replace(filled, settings=settings), "rate")
    other = filled.keys.create("other")
    try:
        assert [running.post(ME).status_code for _ in range(3)] == [200] * 3
        refused = running.post(ME)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 20
        assert refused.json()["errors"][0]["message"] == "This key may ask 3 times a minute."
        assert running.post(ME, key=other).json() == {"data": {"me": {"name": "other"}}}
        assert running.get("/tables").status_code == 200
    finally:
        running.close()


def test_answers_are_compressed_as_asked(served_call: Served) -> None:
    query = "{ __schema { types { name description } } }"
    for encoding in ("gzip", "zstd", "identity"):
        answer = served_call.post(query, headers={"Accept-Encoding": encoding})
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        assert len(answer.json()["data"]["__schema"]["types"]) > 40
    assert "Content-Encoding" not in served_call.post(ME, headers={"Accept-Encoding": "gzip"}).headers


def test_no_query_is_in_the_log(served_call: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    served_call.get(f"{PATH}?query={{me{{name}}}}&variables={{}}")
    served_call.get("/health")
    lines = [one.getMessage() for one in caplog.records if one.name == "tvox.access" and PATH in one.getMessage()]
    assert lines
    assert not any("name" in line for line in lines)


class _Endless(DataModel):
    """A Data Model whose answers never come; it notes that one was begun, and how it was stopped."""

    def __init__(self, services: Services) -> None:
        super().__init__(services.store)
        self.begun = threading.Event()
        self.ended: list[TablesError] = []

    def answer(self, *asked: object) -> Reply:
        patience = asked[-1]
        assert isinstance(patience, Patience)
        self.begun.set()
        try:
            while True:
                patience.check()
        except TablesError as error:
            self.ended.append(error)
            raise


@pytest.mark.parametrize("seconds", [0.01, 3600.0])
def test_work_ends_at_the_deadline_and_when_the_client_leaves(filled: Services, seconds: float) -> None:
    settings = filled.settings.model_copy(update={"datamodel_seconds": seconds})
    running = Served(replace(filled, settings=settings), f"endless {seconds}")
    endless = running.app.state.datamodel = _Endless(filled)
    try:
        if seconds < 1:
            answer = running.post(ME)
            assert answer.status_code == 503
            assert answer.json()["errors"][0]["message"] == "The answer would take longer than 0.01 seconds."
        else:
            leaving = HTTPConnection(running.address.removeprefix("http://"), timeout=60)
            headers = {"X-Telenia-APIKey": running.key, "Content-Type": "application/json"}
            leaving.request("POST", PATH, json.dumps({"query": ME}), headers)
            assert endless.begun.wait(60)
            leaving.close()
    finally:
        # The server waits for the thread that works on the answer: it would wait for ever, were it not stopped.
        running.close()
    assert len(endless.ended) == 1


def test_the_tables_say_the_same(served_call: Served) -> None:
    search = "(search: { year: 2020, month: 5 })"
    query = f"{{ inboundCalls{search} {{ id step }} inboundCallsCount{search} }}"
    told = served_call.post(query).json()["data"]
    rows = served_call.get("/tables/inboundCalls.json?month=2020-05&columns=id,step").json()["rows"]
    assert [one for call in told["inboundCalls"] for one in call] == rows
    assert told["inboundCallsCount"] == 1
