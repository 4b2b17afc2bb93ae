"""Import over HTTP: what a key sees of it, how answers are named, how it is asked, and the formula that it replaces."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import httpx
import pytest

from tabular.month import Month
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.api.importing import (
    CALLS_OF,
    EVERY_STEP,
    MAY,
    PEOPLE,
    QUERY,
    asked,
    importing,
    rows,
    steps_of,
)
from tests.seed_document import seed_text, sheets_formula
from tests.serving import Served
from tests.steps import CALLS, SUMMARIES, batches, step


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with importing(
        tmp_path_factory.mktemp("import") / "tvox.duckdb",
        {month: CALLS_OF[month] for month in (Month(2020, 4), Month(2020, 5))},
    ) as running:
        yield running


# ---- keys, answers, requests ---------------------------------------------------------------------------------


def test_what_a_key_may_not_see_it_does_not_import(served: Served) -> None:
    restriction = Restriction(hidden=("contact.value",), masked=(("cli", Mask(MaskKind.LAST, 2)),))
    headers = {"X-Telenia-APIKey": served.services.keys.create("import", restriction=restriction)}
    hidden = served.get("/import.csv", params={"query": QUERY}, headers=headers)
    assert (hidden.status_code, "Cannot query field 'value'" in hidden.text) == (400, True)
    parameters = {"query": MAY, "columns": "cli", "rows": EVERY_STEP}
    assert rows(asked(served, **parameters))[3] == ['"1", caller']
    masked = served.get("/import.csv", params=parameters, headers=headers)
    assert rows(masked)[3] == ["*********er"]
    other = {"X-Telenia-APIKey": served.services.keys.create("contacts", restriction=Restriction(("inboundCalls",)))}
    assert "Cannot query field" in served.get("/import.csv", params={"query": PEOPLE}, headers=other).text
    alike = {"X-Telenia-APIKey": served.services.keys.create("alike")}
    assert asked(served, query="{ me { name } }").text == "name\r\ntests\r\n"
    assert served.get("/import.csv", params={"query": "{ me { name } }"}, headers=alike).text == "name\r\nalike\r\n"
    assert httpx.get(f"{served.address}/import.csv", trust_env=False).status_code == 401


def test_an_answer_is_named_by_what_it_is_made_of(served: Served) -> None:
    first = asked(served, query=MAY)
    tag = first.headers["ETag"]
    again = served.get("/import.csv", params={"query": MAY}, headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    assert first.headers["X-Data-As-Of"]
    assert asked(served, query=MAY, columns="id").headers["ETag"] != tag
    assert asked(served, query=MAY, variables='{"a": 1}').headers["ETag"] != tag
    # One that is looked for everywhere: its month is not named by its id.
    lost = '{ addressBookContact(uuid: "a-1") { name } inboundCall(id: "call") { id } }'
    before = asked(served, query=lost, rows="$.data", columns="$.data.addressBookContact.name").headers["ETag"]
    with served.services.store.writing("test") as writing:
        writing.merge(CALLS, batches([step(datetime(2020, 5, 30), 0, 9)]), SUMMARIES)
    after = asked(served, query=lost, rows="$.data", columns="$.data.addressBookContact.name").headers["ETag"]
    assert before != after
    assert asked(served, query=MAY).headers["ETag"] != tag
    both = "{ inboundCalls(search: {year: 2020, month: 4}) { id } inboundCallsCount(search: {year: 2020, month: 4}) }"
    other = asked(served, query=both, rows="$.data").headers["ETag"]
    with served.services.store.writing("test") as writing:
        writing.replace(CALLS, Month(2020, 5), batches(steps_of(Month(2020, 5), 7)), SUMMARIES)
    assert asked(served, query=both, rows="$.data").headers["ETag"] == other, "of another month"


def test_head_says_what_get_would(served: Served) -> None:
    parameters = {"query": MAY}
    head, get = (served.client.request(method, "/import.csv", params=parameters) for method in ("HEAD", "GET"))
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", get.headers["ETag"])
    assert "inline; filename=" in get.headers["Content-Disposition"]


def test_other_methods_are_told_which_are_taken(served: Served) -> None:
    answer = served.client.put("/import.csv")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_post_takes_json_and_forms_and_a_graphql_request(served: Served) -> None:
    query = "query($month: Int) { inboundCalls(search: {year: 2020, month: $month}) { id step cli } }"
    expected = asked(served, query=MAY, rows=EVERY_STEP, columns="id,step").text
    form = {"query": query, "variables": '{"month": 5}', "rows": EVERY_STEP, "columns": "id,step"}
    assert served.client.post("/import.csv", data=form).text == expected
    body: dict[str, object] = {**form, "variables": {"month": 5}, "columns": ["id", "step"], "operationName": None}
    assert served.client.post("/import.csv", json=body).text == expected
    address = f"/import.csv?rows={quote(EVERY_STEP)}&columns=id,step"
    assert served.post(query, address, variables={"month": 5}).text == expected


@pytest.mark.parametrize(
    ("content", "media", "status", "told"),
    [
        (b"{", "application/json", 400, "The request holds no GraphQL query: its body cannot be read as JSON."),
        (b"[]", "application/json", 400, "The request holds no GraphQL query: the body is no JSON object."),
        (b"", "application/json", 400, "The request holds no GraphQL query: the body is no JSON object."),
        (b'{"query": 7, "qeury": ""}', "application/json", 400, 'There is no parameter "qeury" here.'),
        (b'{"query": ["a"]}', "application/json", 400, 'query cannot be "["a"]".'),
        (b'{"query": "{me{name}}", "pages": true}', "application/json", 400, 'pages cannot be "true".'),
        (b'{"query": "\\ud800"}', "application/json", 400, "The request holds no GraphQL query: its body"),
        (b"query={a}&query={a}", "application/x-www-form-urlencoded", 400, "query is given more than once."),
        (b"query", "application/x-www-form-urlencoded", 400, "The request holds no GraphQL query: its body"),
        (b"<query/>", "text/xml", 415, 'The body of the request is of type "text/xml".'),
        (b" " * 1_000_001, "application/json", 400, "The query has more than 1,000,000 bytes."),
    ],
)  # fmt: skip
def test_what_is_no_request_is_told(served: Served, content: bytes, media: str, status: int, told: str) -> None:
    answer = served.client.post("/import.csv", content=content, headers={"Content-Type": media})
    assert (answer.status_code, answer.text[: len(told)]) == (status, told)


def test_the_same_in_the_address_and_in_the_body_is_refused(served: Served) -> None:
    answer = served.client.post("/import.csv?pages=all", json={"query": MAY, "pages": "one"})
    assert answer.text.startswith("pages in the address and pages in the body say the same thing twice.")


def test_the_rate_of_the_data_model_is_one_for_each_import(served: Served) -> None:
    settings = served.services.settings.model_copy(update={"datamodel_rate": 2})
    running = Served(replace(served.services, settings=settings), "import rate")
    try:
        answers = [asked(running, pages="all", year="2020", columns="id").status_code for _ in range(3)]
    finally:
        running.close()
    assert answers == [200, 200, 429]


# ---- the formula ---------------------------------------------------------------------------------------------


def test_the_formula_of_the_documentation_gives_the_same_rows(served: Served) -> None:
    _, path, columns, *options = re.findall(r'"((?:[^"])*)"', sheets_formula(seed_text()))
    payload = json.loads(dict(option.split("=", 1) for option in options)["payload"].replace("'", '"'))
    unmodified = served.post(payload["query"], "/datamodel/query?errors=http").json()
    nodes = [[one[name] for name in columns.split(",")] for call in unmodified["data"]["inboundCalls"] for one in call]
    assert len(nodes) == 14
    imported = served.post(payload["query"], f"/import.grid?rows={quote(path)}&columns={columns}").json()
    assert imported == [columns.split(","), *nodes]


@pytest.mark.parametrize(
    ("was", "is_", "told"),
    [
        ("dnis", "dnls", "Cannot query field 'dnls' on type 'InboundInteraction'. Did you mean 'dnis'"),
        ("year: 2020, ", "", "The search lacks year."),
        ("}}'}", "'}", "Syntax Error: Expected Name, found <EOF>."),
    ],
)
def test_a_wrong_formula_reads_what_is_wrong_at_the_beginning_of_the_body(
    served: Served, was: str, is_: str, told: str
) -> None:
    # The function shows the first hundred letters of the body behind "Truncated server response".
    formula = sheets_formula(seed_text())
    payload = re.search(r'"payload=([^"]*)"', formula.replace(was, is_))
    assert payload is not None
    answer = served.post(json.loads(payload[1].replace("'", '"'))["query"], "/datamodel/query?errors=http")
    assert answer.status_code == 400
    assert answer.text[:100].startswith(told[:100])
