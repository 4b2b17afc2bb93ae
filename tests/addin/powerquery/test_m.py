"""The M texts as Power Query has them: read by Microsoft's parser and formatter, and played by an evaluator of M that
asks a served app over HTTP; what it gets is compared with what the service says to the same question as JSON."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

import api.paging
from addin import build
from addin.place import Place
from addin.powerquery import Variant, library_text, query_text
from api.identity import KEY_PARAMETER
from tabular.table import Table, Type
from tests.addin.powerquery.played import BOUNDS, FED, PAGE, TEXTS, ZONE, Found, calls, contacts, play, questions
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches

WRONG = {
    "syntax": "let a = 1 in",
    "layout": "let a=1 in a\n",
    "missing": "each Missing\n",
    "itself": "let\n    a = a\nin\n    a\n",
    "row": "[startTime]\n",
    "slip": "List.Transforms({}, each _)\n",
    "later": "let\n    a = let\n            b = 1\n        in\n            b,\n    c = b\nin\n    c\n",
    "dynamic": "Web.Contents(\n" + '    "http://" & "x"\n)\n',
    "passed": "List.Transform({}, Web.Contents)\n",
}
"""What the checks have to find."""

DOCUMENTED = {
    'Text.Combine({"Seattle", null, "WA"}, ", ")': "Seattle, WA",
    "DateTime.ToText(#datetime(2000, 2, 8, 3, 45, 12), [Format = \"yyyy-MM-dd'T'HH:mm:ss'Z'\", Culture = \"en-US\"])": (
        "2000-02-08T03:45:12Z"
    ),
    "Date.AddMonths(#datetime(2011, 5, 14, 8, 15, 22), 18)": {"datetime": "2012-11-14T08:15:22"},
    "DateTimeZone.From(#datetimezone(2020, 10, 30, 1, 30, 0, -8, 0))": {"datetimezone": "2020-10-30T09:30:00Z"},
    'Table.ToRecords(Table.Combine({Table.FromRecords({[Name = "Bob", Phone = "1"]}), '
    'Table.FromRecords({[Fax = "2"]})}))': [
        {"Name": "Bob", "Phone": "1", "Fax": None},
        {"Name": None, "Phone": None, "Fax": "2"},
    ],
    'Record.SelectFields([OrderID = 1, CustomerID = 1, Item = "Fishing rod"], {"Item", "OrderID"})': {
        "Item": "Fishing rod",
        "OrderID": 1,
    },
    "List.Contains({1, 2, 3, 4, 5}, 6)": False,
    "let x = [a = 1, b = a + 1, c = [d = b]] in {x[c][d], x[e]?, {7, 8}{1}, {7}{1}?}": [2, None, 8, None],
    "let f = (n) => if n <= 1 then 1 else n * @f(n - 1) in f(5)": 120,
    "{null and false, null or true, null < 1, null = null, 1 <> 2, not true}": [False, True, None, True, True, False],
    'Table.FromRecords({[A = "k", B = 1], [A = "l", B = 2]}){[A = "l"]}[B]': 2,
    '"a" & "#(0041,lf)" & """"': 'aA\n"',
    'let unread = 1 + "" in [wrong = unread, right = 2][right]': 2,
}
"""Expressions and their values, most of them from the documentation of M."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real app over `calls` and `contacts`; pages have PAGE rows."""
    services = opened_at(tmp_path_factory.mktemp("m") / "tvox.duckdb")
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches(calls()), SUMMARIES)
        writing.replace(CONTACTS, None, batches(contacts(), CONTACTS))
    running = Served(services)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.paging, "SIZE", PAGE)
        yield running
    running.close()
    services.close()


@pytest.fixture(scope="module")
def found(served: Served) -> Found:
    """What the program says to all texts and questions, and the texts themselves as `given`."""
    try:
        node = build.ready().binary
    except build.NotBuilt as failure:
        pytest.skip(str(failure))
    place = Place(served.address, KEY_PARAMETER, ZONE)
    catalogue = served.services.catalogue
    texts = {f"{name} {variant}": query_text(catalogue.table(name), place, variant) for name, variant in TEXTS}
    texts |= {"library": library_text(place)} | WRONG
    examples = {expression: {"text": expression} for expression in DOCUMENTED}
    return play(node, served, texts, questions(served, place) | examples) | {"given": texts}


# What is seen without evaluating anything


@pytest.mark.parametrize(("name", "variant"), TEXTS)
def test_a_query_is_valid_laid_out_and_has_one_static_source(
    served: Served, found: Found, name: str, variant: Variant
) -> None:
    text = f"{name} {variant}"
    seen = found["texts"][text]
    assert "error" not in seen
    assert seen["formatted"] == found["given"][text]
    assert seen["unbound"] == []
    is_feed = variant in (Variant.FEED, Variant.FEED_INCREMENTAL)
    address = f"{served.address}/odata/" if is_feed else served.address
    assert [(one["function"], one["address"]) for one in seen["sources"]] == [
        ("OData.Feed" if is_feed else "Web.Contents", address)
    ]
    options = seen["sources"][0]["options"]
    assert options["ApiKeyName"] == KEY_PARAMETER
    assert not {"Headers", "Content"} & set(options), "a key goes in the query, where Power Query puts it"


def test_the_library_is_valid_laid_out_and_has_one_static_source(served: Served, found: Found) -> None:
    seen = found["texts"]["library"]
    assert (seen["formatted"], seen["unbound"]) == (found["given"]["library"], [])
    assert [one["address"] for one in seen["sources"]] == [served.address]


def test_the_parameters_of_a_part_are_all_that_a_query_expects_outside(found: Found) -> None:
    for name, variant in TEXTS:
        expects = {word for word in ("RangeStart", "RangeEnd") if word in found["given"][f"{name} {variant}"]}
        assert bool(expects) == variant.is_incremental


def test_the_checks_find_what_is_wrong(found: Found) -> None:
    seen = found["texts"]
    assert "SyntaxError" in seen["syntax"]["error"]
    assert seen["layout"]["formatted"] != WRONG["layout"]
    unbound = {name: seen[name]["unbound"] for name in ("missing", "itself", "row", "slip", "later")}
    assert unbound == {
        "missing": ["Missing"],
        "itself": ["a"],
        "row": ["_"],
        "slip": ["List.Transforms"],
        "later": ["b"],
    }
    for name in ("dynamic", "passed"):
        assert [one["address"] for one in seen[name]["sources"]] == [None]


@pytest.mark.parametrize("expression", DOCUMENTED)
def test_the_evaluator_does_as_documented(found: Found, expression: str) -> None:
    assert found["evaluations"][expression] == {"value": DOCUMENTED[expression], "asked": []}


# What a query brings

TYPES = {
    Type.TEXT: "text",
    Type.INTEGER: "Int64.Type",
    Type.NUMBER: "number",
    Type.BOOLEAN: "logical",
    Type.TIME: "datetime",
    Type.DATE: "date",
    Type.JSON: "text",
}


def said(served: Served, table: str, **parameters: str) -> tuple[list[list[str]], list[list[Any]]]:
    """Columns and rows by the service as JSON, in the types and values of M."""
    times = {"times": "local", "tz": ZONE}
    answer = served.get(f"/tables/{table}.json?{urlencode(times | parameters)}").json()
    columns = [(one["name"], Type(one["type"])) for one in answer["columns"]]
    rows = [[in_m(row[name], kind, "datetime") for name, kind in columns] for row in answer["rows"]]
    return [[name, TYPES[kind]] for name, kind in columns], rows


def in_m(value: Any, kind: Type, time: str) -> Any:
    """A value of JSON as the evaluator tells one of M: an empty text is null, for CSV has but one of them."""
    if value == "":
        return None
    if kind is Type.DATE and value is not None:
        return {"date": value}
    if kind is not Type.TIME or value is None:
        return value
    whole, _, fraction = datetime.fromisoformat(value).isoformat().partition("+")[0].partition(".")
    return {time: f"{whole}.{fraction.rstrip('0')}" if fraction else whole}


def evaluated(found: Found, name: str) -> tuple[list[list[str]], list[list[Any]]]:
    """Columns and rows that an evaluation came to."""
    answer = found["evaluations"][name]
    assert "error" not in answer, answer["error"]
    return answer["columns"], answer["rows"]


def asked(found: Found, name: str, path: str) -> list[dict[str, str]]:
    """The queries of the requests to a path, in their order."""
    return [dict(one["query"]) for one in found["evaluations"][name]["asked"] if one["path"] == path]


SAME = {
    "unedited": ("inboundCalls", {"last": "3m"}),
    "months": ("inboundCalls", {"from": "2026-09-01", "to": "2026-10-31"}),
    "empty": ("inboundCalls", {"from": "2025-01-01", "to": "2025-12-31"}),
    "chosen": (
        "inboundCalls",
        {
            "from": "2026-09-01",
            "to": "2026-10-31",
            "columns": "user,startTime,cli",
            "filter": "user eq 'Niccolò D''Àvila' or cli eq '0432'",
        },
    ),
    "one": ("inboundCalls", {"columns": "user", "last": "3m"}),
    "zone": ("inboundCalls", {"from": "2026-10-31T20:00", "tz": "America/New_York"}),
    "contacts": ("addressBookContacts", {}),
    "telephones": ("addressBookContactTels", {}),
    "summaries": ("inboundCallSummaries", {"last": "3m"}),
    "called": ("inboundCalls", {"month": "2026-10", "columns": "id,sentiment,endTime"}),
    "all": ("addressBookContacts", {}),
    "between": ("inboundCalls", {"month": "2026-10"}),
}
"""An evaluation, and the same question to the service."""


@pytest.mark.parametrize("name", SAME)
def test_a_query_brings_what_the_service_says(served: Served, found: Found, name: str) -> None:
    table, parameters = SAME[name]
    columns, rows = said(served, table, **parameters)
    assert evaluated(found, name) == (columns, rows)
    assert bool(rows) == (name != "empty")
    assert len(columns) == (len(parameters["columns"].split(",")) if "columns" in parameters else len(columns))


def test_the_rows_are_those_that_were_written(found: Found) -> None:
    columns, rows = evaluated(found, "unedited")
    names = [name for name, _ in columns]
    places = [names.index(name) for name in ("id", "step", "user", "cli", "waitDuration", "sentiment")]
    written = [
        [row[name] or None if name == "user" else row[name] for name in (names[place] for place in places)]
        for row in calls()
    ]
    assert sorted([row[place] for place in places] for row in rows) == sorted(written, key=str)
    october = {row[names.index("startTime")]["datetime"] for row in rows}
    assert {"2026-10-01T00:00:00", "2026-10-25T02:30:00", "2026-11-01T00:00:00"} <= october


def test_pages_come_month_by_month_each_of_one_moment(found: Found) -> None:
    pages = asked(found, "months", "/tables/inboundCalls.csv")
    assert len(asked(found, "months", "/tables/inboundCalls/pages")) == 1
    assert len({page["at"] for page in pages}) == 1
    bounds = [(page["from"], page["to"]) for page in pages]
    months = ["2026-08-31T22:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"]
    assert sorted(set(bounds)) == list(pairwise(months))
    assert bounds == sorted(bounds)
    for month in set(bounds):
        offsets = [int(page["offset"]) for page, bound in zip(pages, bounds, strict=True) if bound == month]
        assert offsets == list(range(0, PAGE * len(offsets), PAGE))
        assert len(offsets) > 1
    assert {page["limit"] for page in pages} == {str(PAGE)}


def test_nothing_that_is_asked_names_the_key(served: Served, found: Found) -> None:
    assert served.key not in json.dumps(found["evaluations"])
    for answer in found["evaluations"].values():
        assert {one["status"] for one in answer["asked"]} <= {200, 400}


def test_a_question_that_is_wrong_says_so_and_brings_no_empty_table(found: Found) -> None:
    assert "TT102" in found["evaluations"]["wrong"]["error"]
    assert "rows" not in found["evaluations"]["wrong"]


def test_the_library_lists_and_describes_the_tables(served: Served, found: Found) -> None:
    columns, rows = evaluated(found, "listed")
    assert [name for name, _ in columns] == ["name", "title", "description"]
    assert [row[0] for row in rows] == list(served.services.catalogue.names)
    assert [row[0] for row in evaluated(found, "described")[1]] == [column.name for column in CALLS.columns]


# What Power BI refreshes part by part


def test_the_parts_of_an_incremental_table_are_the_whole_each_row_once(served: Served, found: Found) -> None:
    parts = [evaluated(found, f"part {since}") for since, _ in pairwise(BOUNDS)]
    columns, rows = said(served, "inboundCalls", **{"from": "2026-08-01", "to": "2026-11-30"})
    assert [columns] * len(parts) == [names for names, _ in parts]
    assert [row for _, part in parts for row in part] == rows
    assert len(rows) == len(calls())
    place = [name for name, _ in columns].index("startTime")
    for (since, until), (_, part) in zip(pairwise(BOUNDS), parts, strict=True):
        assert part
        assert all(since <= row[place]["datetime"] < until for row in part)


def fed(served: Served, table: Table, **parameters: str) -> list[list[Any]]:
    """The rows of a table by the service as JSON, as its feed has them: an empty text is one, times are moments."""
    answer = served.get(f"/tables/{table.name}.json?{urlencode({'tz': 'UTC', **parameters})}").json()
    kinds = [(column.name, column.type) for column in table.columns]
    return [
        [
            ""
            if row[name] == ""
            else {"datetimezone": f"{value['datetimezone']}Z"}
            if kind is Type.TIME and value
            else value
            for name, kind in kinds
            for value in [in_m(row[name], kind, "datetimezone")]
        ]
        for row in answer["rows"]
    ]


@pytest.mark.parametrize("table", FED, ids=lambda table: table.name)
def test_a_feed_brings_what_the_service_says(served: Served, found: Found, table: Table) -> None:
    columns, rows = evaluated(found, f"feed {table.name}")
    types = TYPES | {Type.TIME: "datetimezone"}
    assert [[name, kind.removeprefix("nullable ")] for name, kind in columns] == [
        [column.name, types[column.type]] for column in table.columns
    ]
    since = {"from": "2026-08-22T12:00:00Z"} if table.clock_time else {}
    assert rows == fed(served, table, **since)
    held = {table.root, *table.of} & {"inboundCalls", "addressBookContacts"}
    assert bool(rows) == (bool(held) and not table.name.endswith(("Mails", "Webs")))
    (question,) = asked(found, f"feed {table.name}", f"/odata/{table.name}")
    assert question["$select"].split(",") == [column.name for column in table.columns]
    assert question.get("$filter") == (f"{table.clock} ge 2026-08-22T12:00:00Z" if table.clock_time else None)


def test_the_parts_of_an_incremental_feed_are_the_whole_each_row_once(served: Served, found: Found) -> None:
    parts = [evaluated(found, f"fed {since}")[1] for since, _ in pairwise(BOUNDS)]
    assert [row for part in parts for row in part] == fed(served, CALLS)
    for since, until in pairwise(BOUNDS):
        (question,) = asked(found, f"fed {since}", "/odata/inboundCalls")
        assert question["$filter"] == f"startTime ge {since}T00:00:00Z and startTime lt {until}T00:00:00Z"
