"""Rows of a document that came with the request, and the header that says what columns hold."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.api.importing import CALLS_OF, importing
from tests.serving import Served

DOCUMENT = {
    "stores": [
        {"name": "Rome", "films": [{"title": "Alien", "price": 5, "tags": ["a", "b"], "seen": True}]},
        {"name": "Turin", "films": [{"title": "0432", "price": 7.5, "code": 12}, {"title": "=1+1", "code": "x"}]},
    ]
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    month = next(iter(sorted(CALLS_OF))).__class__(2020, 5)
    with importing(tmp_path_factory.mktemp("data") / "s.duckdb", {month: CALLS_OF[month]}) as service:
        yield service


def projected(served: Served, form: str = "grid", /, **body: object) -> httpx.Response:
    return served.client.post(f"/import.{form}", json={"data": DOCUMENT, "dialect": "plus"} | body)


def test_cells_keep_their_own_types(served: Served) -> None:
    response = projected(served, rows="$..films[*]", columns="title,price,code,seen,^^name,tags")
    assert response.status_code == 200, response.text
    assert response.json() == [
        ["title", "price", "code", "seen", "^^name", "tags"],
        ["Alien", 5.0, None, True, "Rome", "a,b"],
        ["0432", 7.5, 12, None, "Turin", None],
        ["=1+1", None, "x", None, "Turin", None],
    ]
    # What is of several types is told as JSON: each cell is what it is.
    assert response.headers["X-Column-Types"] == "text,number,json,boolean,text,text"


def test_a_document_may_be_given_as_text_and_written_as_csv(served: Served) -> None:
    response = projected(
        served, "csv", data=json.dumps(DOCUMENT), rows="$..films[*]", columns="code as Code,title", header="none"
    )
    assert response.text.splitlines() == [",Alien", "12,0432", "x,=1+1"]


def test_without_columns_each_row_is_its_value(served: Served) -> None:
    assert projected(served, rows="$..title", header="none").json() == [["Alien"], ["0432"], ["=1+1"]]


def test_conversions_and_whole_numbers_of_any_size(served: Served) -> None:
    data = {"rows": [{"n": "12 s", "t": "2020-05-01T08:00:00Z", "big": 2**70}]}
    response = projected(served, data=data, rows="$.rows[*]", columns="n>n,t>d,big", tz="Europe/Rome", header="none")
    assert response.json() == [[12, "2020-05-01T10:00:00+02:00", 2**70]]
    assert response.headers["X-Column-Types"] == "integer,time,json"


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({"data": "{no"}, "TT105", "JSON"),
        ({"query": "{ me { name } }"}, "TT108", "data"),
        ({"rows": "$["}, "TT150", ""),
        ({"columns": "^^^^[["}, "TT153", ""),
        ({"pages": "all"}, "TT108", "pages"),
    ],
)
def test_what_cannot_be_projected_is_told(served: Served, body: dict[str, object], code: str, says: str) -> None:
    response = projected(served, "grid", **body)
    assert (response.status_code, response.json()["code"]) == (400, code), response.text
    assert says in response.text


def test_a_document_may_be_large_and_not_too_large(served: Served) -> None:
    large = {"rows": [{"text": "x" * 1000}] * 3000}
    assert len(projected(served, data=large, rows="$.rows[*]", columns="text").content) > 3_000_000
    assert projected(served, data={"text": "x" * 16_000_000}).json()["code"] == "TT118"


def test_a_grid_says_what_its_columns_hold(served: Served) -> None:
    table = served.get("/tables/inboundCalls.grid?columns=id,step,startTime,context&month=2020-05&limit=1")
    assert table.headers["X-Column-Types"] == "text,integer,time,text"
    groups = served.get("/tables/inboundCalls.grid?month=2020-05&group=day(startTime)&measures=count,avg(step)")
    assert groups.headers["X-Column-Types"] == "time,integer,number"
    again = served.get(
        "/tables/inboundCalls.grid?columns=id,step,startTime,context&month=2020-05&limit=1",
        headers={"If-None-Match": table.headers["ETag"]},
    )
    assert (again.status_code, again.headers["X-Column-Types"]) == (304, "text,integer,time,text")
    query = "{ inboundCalls(search: {year: 2020, month: 5}) { id step startTime } }"
    imported = served.client.post("/import.grid", json={"query": query})
    assert imported.headers["X-Column-Types"] == "text,integer,time"
    assert "X-Column-Types" not in served.get("/tables/inboundCalls.json?month=2020-05").headers
