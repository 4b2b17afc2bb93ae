"""The M in Power BI's files: read by Microsoft's parser, and the model's queries played against a served app."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from addin import build
from addin.place import Place
from addin.powerbi import connector_file, starter_text
from api.identity import KEY_PARAMETER
from api.services import Services
from tests.addin.powerbi.test_files import files_in, section_of
from tests.addin.powerbi.tmdl_reader import Node, read_script
from tests.serving import Served
from tests.steps import CONTACTS, NOW, SUMMARIES, read

PROGRAM = build.WEB / "conformance" / "mashup" / "main.js"
PARAMETERS = {"RangeStart": "2026-11-01T00:00:00", "RangeEnd": "2026-11-05T00:00:00"}
OUTSIDE = [
    *PARAMETERS, "#table", "Error.Record", "Extension.Contents", "Extension.CurrentCredential", "Extension.LoadString",
    "List.Buffer", "List.Difference", "Record.FieldOrDefault", "Table.AddColumn", "Text.Trim", "Text.TrimEnd",
    "Type.AddTableKey", "Uri.EscapeDataString", "Uri.Parts", "Uri.Type", "Value.ReplaceType", "Value.Type",
]  # fmt: skip
"""What the texts may name beside what the program's own library has: functions of M's documents."""

SHIMS = {
    "Extension.CurrentCredential": '() => [Key = "none"]',
    "Extension.LoadString": "(name) => name",
    "Record.FieldOrDefault": (
        "(all, name, none) => if List.Contains(Record.FieldNames(all), name) then Record.Field(all, name) else none"
    ),
    "Text.Trim": "(text) => text",
    "Text.TrimEnd": "(text, mark) => text",
    "Uri.EscapeDataString": "(text) => text",
    "Uri.Parts": '(address) => [Scheme = "http", Host = "127.0.0.1"]',
}
"""Functions that the program's library lacks, as far as the connector's rows need them."""

OPTIONS = '[from = "2026-11-02", to = "2026-11-02", columns = "id,steps,startTime,answered"]'

Found = dict[str, Any]


@pytest.fixture(scope="module")
def served(centre: Services) -> Iterator[Served]:
    """The real app over the demo centre."""
    running = Served(centre)
    yield running
    running.close()


@pytest.fixture(scope="module")
def model_here(served: Served) -> Node:
    """The model of this very app."""
    place = Place(served.address, KEY_PARAMETER, "Europe/Rome")
    return read_script(starter_text(served.services.catalogue, place, (date(2026, 11, 1), date(2026, 12, 1))))


def rows_played(section: str, call: str) -> Found:
    """The section as one expression, for an evaluator that knows neither sections nor headers: the key is given as it
    gives keys, the rest is as it stands."""
    members = []
    for member in re.split(r";\n(?=\n|$)", section.partition("section TVoxTables;\n")[2]):
        bare = re.sub(r"^(?://.*\n|\[DataSource.*\n)+", "", member.strip()).removeprefix("shared ")
        if bare:
            members.append(bare)
    text = "let\n" + ",\n".join(members) + f"\nin\n    {call}"
    headers = 'Headers = [#"X-Telenia-APIKey" = Extension.CurrentCredential()[Key]],'
    manual = "                    ManualCredentials = true,\n"
    assert text.count(headers) == text.count(manual) == 1
    text = text.replace(headers, f'ApiKeyName = "{KEY_PARAMETER}",').replace(manual, "")
    return {"text": text, "queries": SHIMS}


@pytest.fixture(scope="module")
def found(served: Served, model_here: Node) -> Found:
    """What the program says of the section and to the model's queries."""
    try:
        binary: Path = build.ready().binary
    except build.NotBuilt as failure:
        pytest.skip(str(failure))
    place = Place(served.address, KEY_PARAMETER, "Europe/Rome")
    section = section_of(files_in(connector_file(place, served.services.catalogue)))
    queries = {
        name: table.all("partition")[name].expressions["source"]
        for name, table in model_here.all("table").items()
        if name in ("Interactions", "Steps", "Contacts")
    }
    task = {
        "texts": {
            "section": section,
            "broken": section.replace("in\n", "", 1),
            "unbound": section.replace("Home =", "Hom ="),
        },
        "outside": OUTSIDE,
        "evaluations": {
            **{name: {"text": text, "parameters": PARAMETERS} for name, text in queries.items()},
            "rows": rows_played(section, f'Rows("{served.address}", "inboundCallSummaries", {OPTIONS})'),
        },
        "key": served.key,
        "now": NOW.isoformat().replace("+00:00", "Z"),
    }
    said = subprocess.run([binary, PROGRAM], input=json.dumps(task), capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr
    return cast(Found, json.loads(said.stdout)) | {"section": section}


def test_the_section_is_m_laid_out_as_microsoft_does_and_every_name_is_bound(found: Found) -> None:
    seen = found["texts"]["section"]
    assert "error" not in seen
    assert seen["unbound"] == []
    assert seen["formatted"] == found["section"]


def test_what_is_broken_is_seen(found: Found) -> None:
    assert "error" in found["texts"]["broken"]
    assert set(found["texts"]["unbound"]["unbound"]) == {"Home"}


@pytest.mark.parametrize("name", ["Interactions", "Steps", "Contacts"])
def test_a_partition_brings_the_columns_that_its_table_declares(model_here: Node, found: Found, name: str) -> None:
    answer = found["evaluations"][name]
    assert "error" not in answer
    declared = [
        (str(one.properties["sourceColumn"]), str(one.properties["dataType"]))
        for one in model_here.all("table")[name].all("column").values()
        if one.expression is None
    ]
    kinds = {"text": "string", "Int64.Type": "int64", "logical": "boolean", "datetime": "dateTime", "number": "double"}
    assert [(column, kinds[kind.removeprefix("type ")]) for column, kind in answer["columns"]] == declared


def test_partitions_bring_the_rows_of_their_range(found: Found, served: Served) -> None:
    store = served.services.store
    began = [row["startTime"] for row in read(store, SUMMARIES, "startTime")]
    # A day in Rome begins at 23:00 UTC.
    asked = sum("2026-10-31 23:00:00" <= str(one) < "2026-11-04 23:00:00" for one in began)
    assert 0 < asked == len(found["evaluations"]["Interactions"]["rows"])
    assert len(found["evaluations"]["Contacts"]["rows"]) == len(read(store, CONTACTS, "uuid"))


def test_the_connector_brings_typed_rows_in_the_centres_time(found: Found, served: Served) -> None:
    answer = found["evaluations"]["rows"]
    assert answer["columns"] == [
        ["id", "text"],
        ["steps", "Int64.Type"],
        ["startTime", "datetime"],
        ["answered", "logical"],
    ]
    asked = {"from": "2026-11-02", "to": "2026-11-02", "tz": "Europe/Rome", "times": "local", "columns": "id,startTime"}
    told = served.get("/tables/inboundCallSummaries.json", params=asked).json()["rows"]
    found_rows = [(one[0], one[2]["datetime"].replace("T", " ")) for one in answer["rows"]]
    assert found_rows == [(one["id"], one["startTime"]) for one in told]


def test_the_feed_takes_the_key_as_the_connector_and_the_engine_send_it(found: Found, served: Served) -> None:
    # The engine gives a key as the password of Basic beside the connector's own header.
    both = served.client.get("/odata/", auth=("", served.key))
    assert both.request.headers["X-Telenia-APIKey"] == served.key
    assert both.status_code == 200
    listed = {one["name"] for one in both.json()["value"]}
    assert listed <= set(re.findall(r'^        \{"(\w+)", "[^"]+"\},?$', found["section"], re.MULTILINE))
    assert "inboundCalls" in listed
