"""Everything that the vendor's documentation shows a client doing works against our service, word for word."""

import json
import re
import shlex
import socket
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
import pytest
from graphql import (
    FieldNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeNode,
    get_introspection_query,
    parse,
    parse_type,
)
from jsonpath_ng.parser import parse as parse_path

from api.services import Services
from datamodel.catalogue import documented
from tabular.month import Month
from tests.seed_document import (
    ADDED,
    curl_commands,
    example_queries,
    power_query,
    read_document,
    seed_text,
    sheets_formula,
)
from tests.serving import Served, opened_at
from tests.steps import batches

MAY = Month(2020, 5)
CALL = "1588581589.1320"
CONTACT = "0007418f-3d4a-4315-c3e2-b3bf3521a325"
PLACEHOLDER = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"
CHANNELS = {"inboundCalls": "CALL", "outboundCalls": "CALL", "inboundVideoCalls": "VIDEO", "inboundChats": "CHAT"}
OURS_NOT = "users"
"""The query of the glossary, which is about some other service."""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    opened = opened_at(tmp_path_factory.mktemp("seed") / "tvox.duckdb")
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def served(services: Services) -> Iterator[Served]:
    running = Served(services)
    yield running
    running.close()


@pytest.fixture
def key(served: Served, request: pytest.FixtureRequest) -> str:
    """A key of the test's own: the rate is each key's."""
    return served.services.keys.create(request.node.name)


def fill(services: Services) -> None:
    """The call that the examples name, in every channel, one too late for them, and contacts that they find."""
    began = datetime(2020, 5, 4, 8, 39, 49)
    with services.store.writing("test") as writing:
        for table, channel in CHANNELS.items():
            rows: list[dict[str, object]] = [
                {
                    "id": id_,
                    "step": step,
                    "cli": "+390452224600",
                    "dnis": "800123",
                    "startTime": at + timedelta(seconds=60 - 60 * step),
                    "endTime": at + timedelta(seconds=90 - 60 * step),
                    "multiChannel_type": channel,
                    "lastUpdateTime": at + timedelta(seconds=100),
                }
                for id_, at in ((CALL, began), ("1589968800.7", datetime(2020, 5, 20, 10)))
                for step in (0, 1)
            ]
            of = documented().table(table)
            writing.replace(of, MAY, batches(rows, of), documented().summary_of(of))
        contacts = documented().table("addressBookContacts")
        people: list[dict[str, object]] = [
            {
                "uuid": CONTACT,
                "name": "Anna",
                "surname": "Rossi",
                "mail": [{"value": "anna@TeleniaSoftware.com", "type": "WORK"}],
            },
            {
                "uuid": "1007418f-3d4a-4315-c3e2-b3bf3521a325",
                "name": "Luca",
                "mail": [{"value": "luca@gmail.com", "type": None}],
            },
            {"uuid": "2007418f-3d4a-4315-c3e2-b3bf3521a325", "name": "Zoë", "mail": []},
        ]
        for person, organization in zip(people, ("Telenia Software", "Google Inc.", "Telenia"), strict=True):
            person["organization_fullName"] = organization
        writing.replace(contacts, None, batches(people, contacts))


# ---- the shape that is documented ----------------------------------------------------------------------------


@cache
def elements() -> Mapping[str, str]:
    """Every element of the Data Model that the document lists or uses."""
    return read_document(seed_text()).elements | ADDED


class Shape:
    """The types of the document's own tables."""

    def __init__(self, elements: Mapping[str, str]) -> None:
        self.elements = elements

    def check(self, query: str, data: Mapping[str, Any]) -> None:
        """The answer to a query has the keys that it selects, in their order, nested and typed as documented."""
        operation = parse(query).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        self._object("Query", operation.selection_set, data)

    def _object(self, type_: str, selected: SelectionSetNode, data: Any) -> None:
        assert isinstance(data, dict)
        names = [field.name.value for field in selected.selections if isinstance(field, FieldNode)]
        assert list(data) == names
        for field in selected.selections:
            assert isinstance(field, FieldNode)
            name = field.name.value
            self._value(parse_type(self.elements[f"{type_}.{name}"]), field.selection_set, data[name])

    def _value(self, type_: TypeNode, selected: SelectionSetNode | None, value: Any) -> None:
        if isinstance(type_, NonNullTypeNode):
            assert value is not None
            type_ = type_.type
        if value is None:
            return
        if isinstance(type_, ListTypeNode):
            assert isinstance(value, list)
            for element in value:
                self._value(type_.type, selected, element)
            return
        assert isinstance(type_, NamedTypeNode)
        name = type_.name.value
        if selected is not None:
            self._object(name, selected, value)
        elif self.elements.get(name) == "enum":
            assert f"{name}.{value}" in self.elements
        elif name == "Time":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value)
        else:
            assert type(value) is {"Int": int, "String": str, "Boolean": bool}[name]


ADVANCED = {
    ("total", "callerNumber", "lastStartDate", "lastStartTime"),
    ("id", "name", "surname"),
    ("total",),
}
"""The fields of the document's advanced queries."""


def is_answered(query: str, response: httpx.Response) -> None:
    """200, JSON, the documented shape, and something in it; of what nobody offers one sentence that says so."""
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    told = response.json()
    if "advancedQuery" in query:
        assert set(told) == {"data"}, told
        rows = told["data"]["advancedQuery"]
        assert rows
        assert {tuple(row) for row in rows} <= ADVANCED
        assert all(value is None or type(value) is str for row in rows for value in row.values())
    elif OURS_NOT in query:
        assert set(told) == {"errors"}
        assert OURS_NOT in told["errors"][0]["message"]
    else:
        assert set(told) == {"data"}, told
        Shape(elements()).check(query, told["data"])
        assert all(value not in (None, 0, [], {}) for value in told["data"].values())


# ---- the examples --------------------------------------------------------------------------------------------


def test_every_example_query(served: Served, key: str) -> None:
    queries = list(example_queries(seed_text()))
    assert len(queries) == 22
    assert sum("advancedQuery" in query for query in queries) == 3
    for query in queries:
        is_answered(query, served.post(query, key=key))
        is_answered(query, served.get("/datamodel/query", params={"query": query}, headers={"X-Telenia-APIKey": key}))


def test_what_the_examples_ask_for_is_what_comes(served: Served, key: str) -> None:
    by_id, searched, counted = list(example_queries(seed_text()))[1:4]
    steps = served.post(by_id, key=key).json()["data"]["inboundCall"]
    assert [(step["id"], step["step"], step["startTime"]) for step in steps] == [
        (CALL, 0, "2020-05-04T08:40:49Z"),
        (CALL, 1, "2020-05-04T08:39:49Z"),
    ]
    assert served.post(searched, key=key).json()["data"]["inboundCalls"] == [steps]
    assert served.post(counted, key=key).json() == {"data": {"inboundCallsCount": 1}}


def test_every_curl_command(served: Served, key: str) -> None:
    commands = curl_commands(seed_text())
    assert len(commands) == 20
    for command in commands:
        sent = command.replace("https://<TVOX_HOST>", served.address).replace("<TVOX_HOST>", served.address)
        # The body is what lies between the first and the last quote: those of one example do not nest.
        options, _, rest = sent.replace(PLACEHOLDER, key).partition("--data-binary ")
        body = rest[rest.index("'") + 1 : rest.rindex("'")]
        words = shlex.split(options + rest[rest.rindex("'") + 1 :])
        assert shlex.split(sent)[-2] == body or "SUPPORT" in command
        assert [words[0], words[-1]] == ["curl", "--compressed"]
        assert words[2:-1:2] == ["-H"] * ((len(words) - 3) // 2)
        headers = dict(word.split(": ", 1) for word in words[3:-1:2])
        assert headers["X-Telenia-APIKey"] == key
        with httpx.Client(trust_env=False) as client:
            response = client.post(words[1], content=body, headers=headers)
        is_answered(json.loads(body)["query"], response)


def test_the_first_request_with_braces_as_they_are(served: Served, key: str) -> None:
    shown = next(
        line for line in seed_text().split("\n") if line.startswith("https://") and "?query={me{name}}" in line
    )
    host, _, target = shown.removeprefix("https://").partition("/")
    assert (host, target) == ("<TVOX_HOST>", "datamodel/query?query={me{name}}")
    address = served.address.removeprefix("http://")
    name, _, port = address.partition(":")
    with socket.create_connection((name, int(port)), timeout=30) as connection:
        head = f"GET /{target} HTTP/1.1\r\nHost: {address}\r\nX-Telenia-APIKey: {key}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answered = b"".join(iter(lambda: connection.recv(65536), b""))
    status, _, rest = answered.partition(b"\r\n")
    assert status.split()[1] == b"200"
    body = rest.partition(b"\r\n\r\n")[2]
    told = json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])
    assert told == {"data": {"me": {"name": "test_the_first_request_with_braces_as_they_are"}}}


def test_the_first_body(served: Served, key: str) -> None:
    text = seed_text()
    start = text.index('{\n"query": "{me{name}}"')
    body = json.loads(text[start : text.index("}\n", text.index("}}", start) + 2) + 1])
    told = served.client.post("/datamodel/query", json=body, headers={"X-Telenia-APIKey": key})
    assert told.json() == {"data": {"me": {"name": "test_the_first_body"}}}


# ---- the integrations ----------------------------------------------------------------------------------------


class Workbook:
    """The Power Query expression, read: what it requests and what it makes of the answer."""

    def __init__(self, expression: str) -> None:
        def part(pattern: str) -> str:
            found = re.search(pattern, expression)
            assert found is not None, pattern
            return found[1]

        self.address = part(r'Web\.Contents\( "([^"]+)"')
        self.headers = dict(re.findall(r'#"([^"]+)"="([^"]*)"', part(r"Headers=\[(.*?)\]")))
        self.content = part(r'Content=Text\.ToBinary\("((?:[^"]|"")*)"\)').replace('""', '"')
        self.query = part(r"calls = data\[(\w+)\]")
        expanded = [re.findall(r'"(\w+)"', names) for names in re.findall(r'"Column1", \{([^}]*)\}', expression)]
        self.of_errors, self.of_data = expanded

    def request(self, served: Served, key: str, content: str) -> httpx.Response:
        """Web.Contents with Content: a POST, whatever the header named Method says."""
        headers = {name: value.replace(PLACEHOLDER, key) for name, value in self.headers.items()}
        with httpx.Client(trust_env=False) as client:
            address = self.address.replace("https://<TVOX_HOST>", served.address)
            return client.post(address, content=content, headers=headers)

    def table(self, json_: Mapping[str, Any]) -> list[list[Any]]:
        """Result: try ErrorHandler(JSON[errors]) otherwise DataHandler(JSON[data])."""
        if "errors" in json_:
            return [[record[name] for name in self.of_errors] for record in json_["errors"]]
        return [[record[name] for name in self.of_data] for call in json_["data"][self.query] for record in call]


def test_power_query(served: Served, key: str) -> None:
    workbook = Workbook(power_query(seed_text()))
    assert workbook.headers["Method"] == "POST"
    assert workbook.headers["Access-Control-Allow-Origin"] == "*"
    assert (workbook.query, workbook.of_errors, workbook.of_data) == (
        "inboundCalls",
        ["message"],
        ["id", "step", "cli", "dnis"],
    )
    good = workbook.request(served, key, workbook.content)
    assert good.status_code == 200
    assert workbook.table(good.json()) == [
        [id_, step, "+390452224600", "800123"] for id_ in (CALL, "1589968800.7") for step in (0, 1)
    ]
    # Only with 200 does Web.Contents hand the body of an error on, which the expression then shows.
    for wrong in (
        workbook.content.replace("year: 2020, ", ""),
        workbook.content.replace("dnis", "dnls"),
        workbook.content.replace("}}", ""),
        workbook.content.replace("month: 5", "month: 5, pagination: { limit: 1001 }"),
    ):
        response = workbook.request(served, key, wrong)
        assert response.status_code == 200
        rows = workbook.table(response.json())
        assert rows
        assert all(isinstance(message, str) and message for (message,) in rows)


def test_sheets_formula(served: Served, key: str) -> None:
    address, path, columns, *options = re.findall(r'"((?:[^"])*)"', sheets_formula(seed_text()))
    given = dict(option.split("=", 1) for option in options)
    assert (given["method"], given["contentType"]) == ("post", "application/json")
    headers = json.loads(given["headers"].replace("'", '"').replace(PLACEHOLDER, key))
    payload = json.loads(given["payload"].replace("'", '"'))
    with httpx.Client(trust_env=False) as client:
        response = client.post(
            address.replace("https://<TVOX_HOST>", served.address),
            content=json.dumps(payload),
            headers=headers | {"Content-Type": given["contentType"]},
        )
    is_answered(payload["query"], response)
    rows = [match.value for match in parse_path(path).find(response.json())]
    assert [[row[name] for name in columns.split(",")] for row in rows] == [
        [id_, step, "+390452224600", "800123"] for id_ in (CALL, "1589968800.7") for step in (0, 1)
    ]


# ---- the types -----------------------------------------------------------------------------------------------


def spelled(type_: Mapping[str, Any]) -> str:
    """A type of an introspection, as a schema writes it."""
    match type_["kind"]:
        case "NON_NULL":
            return f"{spelled(type_['ofType'])}!"
        case "LIST":
            return f"[{spelled(type_['ofType'])}]"
    return str(type_["name"])


def introspected(schema: Mapping[str, Any]) -> dict[str, str]:
    """Every element of an introspection, as `read_document` names those of the document."""
    kinds = {"OBJECT": "type", "INPUT_OBJECT": "input", "ENUM": "enum", "SCALAR": "scalar"}
    found = {}
    for type_ in schema["types"]:
        name = type_["name"]
        found[name] = kinds[type_["kind"]]
        for field in type_["fields"] or ():
            found[f"{name}.{field['name']}"] = spelled(field["type"])
            found |= {f"{name}.{field['name']}({each['name']})": spelled(each["type"]) for each in field["args"]}
        found |= {f"{name}.{field['name']}": spelled(field["type"]) for field in type_["inputFields"] or ()}
        found |= {f"{name}.{value['name']}": "value" for value in type_["enumValues"] or ()}
    return found


def test_introspection_contains_every_type_field_argument_and_enum_value(served: Served, key: str) -> None:
    told = served.post(get_introspection_query(), key=key).json()
    assert set(told) == {"data"}
    ours = introspected(told["data"]["__schema"])
    theirs = {element: kind for element, kind in elements().items() if not element.startswith("@")}
    assert theirs["Query.inboundCalls"] == "[[InboundInteraction!]!]!"
    assert {element: (kind, ours.get(element)) for element, kind in theirs.items() if ours.get(element) != kind} == {}
    extra = {element for element in ours.keys() - theirs.keys() if not element.startswith("__")}
    assert extra <= {"Boolean", "Float", "Int", "String", "ID"}
    assert told["data"]["__schema"]["queryType"]["name"] == "Query"
