"""Import over HTTP: queries of the Data Model as rows, page after page, in every format."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from answers.datamodel import DataModel
from answers.importing.importing import Prepared
from api.importing import question_in
from datamodel.documents import Document
from formats import formats
from tabular.month import Month
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.api.importing import (
    CALLS_OF,
    COLUMNS,
    EVERY_STEP,
    MAY,
    OTHER,
    PEOPLE,
    QUERY,
    asked,
    importing,
    rows,
    steps_of,
)
from tests.serving import Served
from tests.steps import CALLS, SUMMARIES, batches


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with importing(tmp_path_factory.mktemp("import") / "tvox.duckdb", CALLS_OF) as running:
        yield running


# ---- pages and months ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", ["from=2020-03-01&to=2020-05-31", "year=2020"])
def test_all_pages_of_several_months_are_the_rows_of_the_table(served: Served, window: str) -> None:
    of_table = served.get(f"/tables/inboundCalls.csv?{window}&columns={COLUMNS}&sort=id,step&header=none").text
    parameters = dict(one.split("=") for one in window.split("&"))
    imported = asked(served, rows=EVERY_STEP, columns=COLUMNS, pages="all", header="none", **parameters)
    assert imported.text == of_table
    assert len(rows(imported)) == 2 * sum(CALLS_OF.values())


def test_all_pages_are_those_of_the_querys_own_month_where_no_window_is_named(served: Served) -> None:
    query = MAY.replace(
        "month: 5",
        "month: 3, pagination: {limit: 5, offset: 7}, step: ALL",
    )
    pages = asked(served, query=query, columns="id,step,~", pages="all")
    assert len(rows(pages)) == 1 + 2 * CALLS_OF[Month(2020, 3)]
    one = rows(asked(served, query=query, columns="id,step,^.~"))
    assert len(one) == 1 + 2 * 5
    assert one[1:] == [[*row[:2], str(number // 2)] for number, row in enumerate(rows(pages)[15:25])]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query Q($s: SearchInteraction!) { inboundCalls(search: $s) { id } }", {"s": {}}),
        ("query Q($s: SearchInteraction! = {step: LAST}) { inboundCalls(search: $s) { id } }", {}),
        ("query Q($y: Int) { inboundCalls(search: {year: $y, month: 1}) { id } }", {"y": 1999}),
        ("query Q($_month: Int) { ... { inboundCalls(search: {month: $_month}) { ...F } } } fragment F on "
         "InboundInteraction { id } fragment G on InboundInteraction { step } query R { inboundCalls(search: {}) "
         "{ ...G } }", {"_month": 1}),
    ],
)  # fmt: skip
def test_whatever_way_a_query_says_its_search_it_is_asked_for_other_months(
    served: Served, query: str, variables: dict[str, object]
) -> None:
    found = rows(
        asked(
            served,
            query=query,
            variables=json.dumps(variables),
            operationName="Q",
            rows="$..id",
            pages="all",
            **{"from": "2020-03-01", "to": "2020-05-02"},
        )
    )
    expected = sum(CALLS_OF.values())
    assert len({id_ for (id_,) in found[1:]}) == expected
    assert len(found) - 1 == (expected if "LAST" in query else 2 * expected)


def test_counts_are_asked_month_by_month_too(served: Served) -> None:
    query = "{ calls: inboundCallsCount(search: {}) }"
    found = asked(served, query=query, rows="$.data", pages="all", **{"from": "2020-03-15", "to": "2020-06-01"})
    assert found.text == "calls\r\n1003\r\n1000\r\n7\r\n0\r\n"


def test_all_pages_are_read_of_one_version(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    model = served.app.state.datamodel
    asked_for: list[object] = []
    answer = type(model).answer

    def writing_meanwhile(*given: Any) -> object:
        if not asked_for:
            with served.services.store.writing("test") as writing:
                writing.replace(CALLS, Month(2020, 4), batches(steps_of(Month(2020, 4), 3)), SUMMARIES)
        asked_for.append(given)
        return answer(*given)

    monkeypatch.setattr(type(model), "answer", writing_meanwhile)
    try:
        window = {"from": "2020-03-01", "to": "2020-04-30", "pages": "all"}
        found = rows(asked(served, columns="id as During", **window))
        assert len(found) == 1 + 2 * (1003 + 1000)
        # Two pages, the second one not full; one that is full, and an empty one behind it.
        assert len(asked_for) == 2 + 2
    finally:
        with served.services.store.writing("test") as writing:
            writing.replace(CALLS, Month(2020, 4), batches(steps_of(Month(2020, 4), 1000)), SUMMARIES)


def test_pages_are_asked_for_one_by_one(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    model, services = DataModel(served.services.store), served.services
    asked_for: list[Document] = []
    answer = model.answer

    def noted(document: Document, *given: Any) -> object:
        asked_for.append(document)
        return answer(document, *given)

    monkeypatch.setattr(model, "answer", noted)
    parameters = {"query": QUERY, "pages": "all", "month": "2020-03"}
    prepared = Prepared(
        question_in(parameters, formats()["csv"], services.settings, services.now()), model.schema(services.catalogue)
    )
    found = prepared.of_store(model, services.store, services.catalogue, "tests", 10).batches()
    sizes = []
    for batch in found:
        sizes.append((batch.num_rows, len(asked_for)))
    assert sizes == [(2000, 1), (6, 2)]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"month": "2020-05"}, "month applies only with pages=all."),
        ({"pages": "some"}, 'pages cannot be "some".'),
        ({"pages": "all", "month": "2020-05", "last": "7d"}, "month and last say the same thing twice."),
        ({"pages": "all", "month": "2020-05", "query": PEOPLE}, "month does not apply to addressBookContacts"),
        ({"pages": "all", "query": "{ ...F } fragment F on Query { me { name } }"}, 'pages cannot be "all".'),
        ({"page": "all"}, 'There is no parameter "page" here. Did you mean "pages"?'),
        ({"dialect": "xpath"}, 'dialect cannot be "xpath". It takes rfc9535, ng or plus.'),
        ({"columns": "id,clii"}, 'columns is wrong at character 4: the query does not select "clii"; did you mean "c'),
        ({"columns": "contact.valu"}, 'columns is wrong at character 1: the query does not select "contact.valu"'),
        ({"rows": "$..inboundcalls[*][*]"}, "The JSONPath is wrong at character 1: it leads to nothing"),
        ({"rows": "$..inboundCalls[*"}, "The JSONPath is wrong at character"),
        ({"rows": "$" + "[*]" * 40}, "The JSONPath or its columns have more than"),
        ({"query": QUERY.replace("cli", "clii")}, "Cannot query field 'clii'"),
        ({"query": "{ inboundCalls(search: {year: 2020}) { id } }"}, "The search lacks month."),
        ({"query": '{ addressBookContact(uuid: "x") { uuid } }'}, 'There is no contact with the uuid "x".'),
        ({"query": '{ advancedQuery(query: "SELECT 1 +") }', "rows": "$..*"}, "The statement cannot be read as SQL:"),
        ({"query": " "}, "The request holds no GraphQL query: there is none."),
        ({"query": OTHER}, "The query has several operations, and operationName names none of them"),
        ({"variables": "[1]"}, "The request holds no GraphQL query: its variables are no JSON object."),
        ({"variables": "{"}, "The request holds no GraphQL query: its variables cannot be read as JSON."),
        ({"tz": "Europe/Roma"}, 'There is no time zone "Europe/Roma". Did you mean "Europe/Rome"?'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(served: Served, parameters: dict[str, str], told: str) -> None:
    answer = asked(served, **parameters)
    assert answer.status_code >= 400
    assert answer.text.startswith(told)
    assert re.fullmatch(r"[^\n]+ \[TT\d{3}\]\n", answer.text)
    assert asked(served, "json", **parameters).json()["status"] == answer.status_code


def test_what_looks_everywhere_ends_by_its_budget(served: Served) -> None:
    query, many = QUERY.replace("search: {}", "search: {year: 2020, month: 3}"), ",".join("*" * 64)
    answer = asked(served, query=query, rows="$.data.inboundCalls" + f"[{many}]" * 2, columns="@")
    assert answer.status_code == 400
    assert answer.text.startswith("The JSONPath looks at more than")


# ---- rows and columns ----------------------------------------------------------------------------------------


def test_the_columns_language(served: Served) -> None:
    columns = "id as Call,step,^[0].step as 'Newest, step',^.~,~,waitDuration>n,'cli',$.data.inboundCalls[0][1].step"
    found = rows(asked(served, query=MAY.replace("cli", "cli waitDuration"), rows=EVERY_STEP, columns=columns))
    assert found[0][:6] == ["Call", "step", "Newest, step", "^.~", "~", "waitDuration"]
    assert found[4][1:] == ["1", "0", "1", "1", "1", '"1", caller', "1"]


def test_lists_are_joined_and_columns_left_out_are_the_leaves(served: Served) -> None:
    assert rows(asked(served, query=PEOPLE)) == [
        ["uuid", "name", "tel[*].value", "tel[*].type"],
        ["a-0", "Anna", "", ""],
        ["a-1", "Anna", "040", "null"],
        ["a-2", "Anna", "040,041", "null,WORK"],
        ["a-3", "Anna", "040,041,042", "null,WORK,WORK"],
    ]
    found = asked(served, query=PEOPLE, rows="$..tel[?@.type == 'WORK']", columns="^^.uuid,value", pages="all")
    assert rows(found)[1:] == [["a-2", "041"], ["a-3", "041"], ["a-3", "042"]]
    aliased = "{ people: addressBookContacts(search: {}) { id: uuid tel { n: value } } me { name } }"
    assert rows(asked(served, query=aliased, rows="$.data.people[-1:]")) == [["id", "tel[*].n"], ["a-3", "040,041,042"]]


def test_a_query_may_select_more_than_can_be_named(served: Served) -> None:
    table = served.get("/tables/inboundCalls").json()
    plain = [one["path"] for one in table["columns"] if "." not in one["path"]]
    aliased = [f"{name}{n}: {name}" for n in (1, 2) for name in plain]
    found = rows(asked(served, query=MAY.replace("id step cli", " ".join(aliased))))
    assert found[0] == [one.partition(":")[0] for one in aliased]
    assert len(found[0]) > 64
    assert all(len(row) == len(found[0]) and row[: len(plain)] == row[len(plain) :] for row in found[1:])


def test_every_item_of_a_list_is_a_column_of_its_table_too(served: Served) -> None:
    columns = "uuid,tel[*].value,tel[*].type"
    imported = asked(served, query=PEOPLE, columns=columns).text
    for spelt in (columns, "uuid,$.tel[*].value,$['tel'][*]['type']"):
        assert served.get("/tables/addressBookContacts.csv", params={"columns": spelt}).text == imported
    of_table = {"columns": "$.tel[*].value as Numbers,tel_1_value", "filter": "uuid eq 'a-2'"}
    assert served.get("/tables/addressBookContacts.csv", params=of_table).text == (
        'Numbers,tel_1_value\r\n"040,041",040\r\n'
    )
    for masked, expected in ((MaskKind.LAST, "*40,*41"), (MaskKind.NULL, "null,null")):
        restriction = Restriction(masked=(("tel.value", Mask(masked, 2)),))
        headers = {"X-Telenia-APIKey": served.services.keys.create(f"tel {masked}", restriction=restriction)}
        seen = served.get("/tables/addressBookContacts.csv", params=of_table, headers=headers).text
        assert seen.startswith(f'Numbers,tel_1_value\r\n"{expected}",')
    headers = {
        "X-Telenia-APIKey": served.services.keys.create("no tel", restriction=Restriction(hidden=("tel.value",)))
    }
    for spelt, key in (("tel[*].value", headers), ("tel[*].valu", {}), ("cli[*].value", {}), ("tel[*]", {})):
        answer = served.get("/tables/addressBookContacts.csv", params={"columns": spelt}, headers=key)
        assert (answer.status_code, answer.text.startswith(f'There is no column "{spelt}"')) == (400, True)


def test_dialects(served: Served) -> None:
    for dialect, path in (
        ("rfc9535", "$.data.inboundCalls[?count(@[*]) == 2][0]"),
        ("ng", "$.data.inboundCalls[*].`this`[0]"),
        ("plus", "data.inboundCalls[*][(@.length-2)]"),
    ):
        found = asked(served, query=MAY, rows=path, columns="step", dialect=dialect)
        assert found.text == "step\r\n" + "0\r\n" * 7, found.text
    refused = asked(served, query=MAY, rows="data.inboundCalls[*][*]", columns="step")
    assert refused.status_code == 400
    assert "dialect=ng" in refused.text


def test_types_come_from_the_schema_even_without_rows(served: Served) -> None:
    kinds = {
        "id": "text",
        "step": "integer",
        "startTime": "time",
        "status": "text",
        "contact": "json",
        "step>n": "number",
        "startTime>d": "time",
        "^.~": "integer",
        "^[*].step": "text",
        "^[?@.step > 0].step": "text",
        "@": "json",
        "id.length": "integer",
    }
    query = "{ inboundCalls(search: {year: 2019, month: 1}) { id step startTime status contact { id } } }"
    answer = asked(served, "json", query=query, rows=EVERY_STEP, columns=",".join(kinds)).json()
    assert answer["rows"] == []
    assert [one["type"] for one in answer["columns"]] == list(kinds.values())
    assert [one["name"] for one in answer["columns"]].count("step") == 2
    assert asked(served, query=query).text == "id,step,startTime,status,contact.id\r\n"
    nobody = '{ addressBookContacts(search: {name: {operator: EQUAL, value: ["nobody"]}}) { vip tel { type } } }'
    assert [one["type"] for one in asked(served, "json", query=nobody).json()["columns"]] == ["boolean", "text"]
    arrow = pa.ipc.open_stream(asked(served, "arrow", query=query).content).read_all()
    assert arrow.num_rows == 0
    assert [str(field.type) for field in arrow.schema][:4] == ["string", "int64", "timestamp[us, tz=UTC]", "string"]
    assert arrow.schema.field("startTime").metadata[b"description"] == b"When the step started, UTC."


def test_every_format_and_how_it_is_written(served: Served) -> None:
    for name, form in formats().items():
        answer = asked(served, name, query=MAY)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == form.media_type
    timed = MAY.replace("cli", "startTime")
    assert "2020-05-02 02:00:00" in asked(served, query=timed).text
    assert "2020-05-02T00:00:00Z" in asked(served, query=timed, tz="UTC", times="iso").text
    assert asked(served, query=timed, header="none").text.count("\n") == 14
    assert asked(served, query=timed, header="labels").text.startswith("ID,Step,Start time\r\n")
    assert asked(served, query=timed, csv="excel").content.startswith(b"\xef\xbb\xbfid;step;")
    assert asked(served, "cvs").status_code == 404
