"""The metadata as OpenAPI, by a converter that nobody here wrote, and what schemathesis finds when it asks by that."""

import json
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

import pytest

from addin import build
from answers.filling import fill
from answers.odata.question import LARGEST
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from odata.model import EntitySet, model_of
from tests.serving import Served, opened_at
from tests.steps import NOW

PROGRAM = Path(__file__).parents[3] / ".venv" / "proofs" / "bin" / "st"
"""It pins packages that others of ours pin too, so it has an environment of its own."""

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)

BATCH = {
    "type": "object",
    "required": ["requests"],
    "properties": {
        "requests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "method", "url"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,200}$"},
                    "method": {"type": "string", "minLength": 1},
                    "url": {"type": "string", "minLength": 1},
                },
            },
        }
    },
}
"""A batch as JSON."""

REQUESTS = ["inboundCalls?$top=2&$expand=contact", "inboundCalls/$count", "nobody", "$metadata"]
"""Addresses in a batch: some that are answered, and one that is refused."""

Described = dict[str, Any]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo centre: there are rows in every set."""
    services = opened_at(tmp_path_factory.mktemp("centre") / "tvox.duckdb")
    fill(DemoCentre(60, 1, "Europe/Rome", now=NOW, months=1), services.store, documented())
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.fixture(scope="module")
def described(centre: Served) -> Described:
    """What the converter makes of the metadata, but for what it cannot know."""
    try:
        node = build.ready().binary
    except build.NotBuilt as failure:
        pytest.skip(str(failure))
    if not PROGRAM.exists():
        pytest.skip("schemathesis is not installed: `make prove` installs requirements-proofs.txt into .venv/proofs")
    program = build.WEB / "conformance" / "openapi.js"
    words = [str(node), str(program), centre.address, centre.key, "document"]
    found = cast(Described, json.loads(subprocess.run(words, capture_output=True, check=True, timeout=60).stdout))
    for path, of_path in found["paths"].items():
        for one in of_path.get("get", {}).get("parameters", ()):
            if one.get("schema", {}).get("type") == "array":
                # It lets lists be empty; in $select, $orderby and $expand something has to be named.
                one["schema"]["minItems"] = 1
                if one["name"] != "expand":
                    # It forbids to name one twice, which the standard does of $expand.
                    one["schema"].pop("uniqueItems")
        if path.endswith(("/interaction", "/contact")):
            # It knows of no 204, which is the answer where a way leads to nobody (OData 4.01 part 1, 11.2.7).
            of_path["get"]["responses"]["204"] = {"description": "Nobody"}
    for name in ("top", "skip"):
        # It knows no limit; the service takes no number that is larger than any table.
        found["components"]["parameters"][name]["schema"]["maximum"] = LARGEST
    # It knows batches in parts alone, whose texts schemathesis wraps into parts of its own: none of them is a batch.
    batch = found["paths"]["/$batch"]["post"]
    batch["requestBody"]["content"] = {"application/json": {"schema": deepcopy(BATCH)}}
    batch["responses"]["200"]["content"]["application/json"] = {"schema": {"type": "object", "required": ["responses"]}}
    return found


def with_what_there_is(described: Described, centre: Served) -> Described:
    """The same with texts that mean something, of which no schema can tell: keys that there are, and filters, searches
    and batches that can be read."""
    found = deepcopy(described)
    by_name = {one.name: one for one in model_of(centre.services.catalogue).sets}
    for path, of_path in found["paths"].items():
        if "parameters" in of_path:
            key = key_of(by_name[path[1:].partition("(")[0]], centre)
            for one in of_path["parameters"]:
                one["schema"] = {"enum": [key[one["name"]]]}
        for one in of_path.get("get", {}).get("parameters", ()):
            if one.get("name") == "filter":
                column = next(name for name in ("uuid", "id") if f'"{name}"' in json.dumps(of_path["get"]))
                one["schema"]["enum"] = ["true", "1 eq 2", f"{column} ne null", f"startswith({column},'1')"]
    found["components"]["parameters"]["search"]["schema"]["enum"] = ["a", "NOT a", '"a b" OR c']
    batch = found["paths"]["/$batch"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    batch["properties"]["requests"]["maxItems"] = 1  # two with one id are refused
    request = batch["properties"]["requests"]["items"]["properties"]
    request["method"]["enum"], request["url"]["enum"] = ["GET", "get"], REQUESTS
    return found


def key_of(one: EntitySet, centre: Served) -> dict[str, object]:
    """The key of a row that there is."""
    row = centre.get(f"/odata/{one.name}?$top=1&$select={','.join(one.type.key)}").json()["value"][0]
    return {name: row[name] for name in one.type.key}


def found_by(described: Described, centre: Served, folder: Path, *words: str) -> Described:
    """What schemathesis has to report when it asks by a description; what it finds fails."""
    description, report = folder / "openapi.json", folder / "report.json"
    description.write_text(json.dumps(described))
    asked = [str(PROGRAM), "run", str(description), "--url", f"{centre.address}/odata"]
    asked += ["--header", f"X-Telenia-APIKey: {centre.key}", "--header", "Prefer: odata.maxpagesize=10"]
    # On a connection that is kept, a small answer may wait until the client has told that it has the one before.
    asked += ["--header", "Connection: close"]
    asked += ["--seed", "20260905", "--generation-database", "none"]
    asked += ["--continue-on-failure", "--request-timeout", "60", "--no-color", "--warnings", "off"]
    asked += ["--max-examples", "20", "--report-json-path", str(report), *words]
    said = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=900)
    assert said.returncode == 0, said.stdout + said.stderr
    return cast(Described, json.loads(report.read_text()))


@pytest.mark.prove
def test_whatever_is_asked_the_answer_is_as_described(described: Described, centre: Served, tmp_path: Path) -> None:
    checks = ",".join((*CHECKS, "negative_data_rejection"))
    found = found_by(described, centre, tmp_path, "--checks", checks)
    assert found["operations"]["tested"] == len(described["paths"])
    assert found["test_cases"]["generated"] > 100 * len(described["paths"])


@pytest.mark.prove
def test_all_that_is_described_is_accepted(described: Described, centre: Served, tmp_path: Path) -> None:
    checks = ",".join((*CHECKS, "positive_data_acceptance"))
    real = with_what_there_is(described, centre)
    found = found_by(real, centre, tmp_path, "--checks", checks, "--mode", "positive", "--phases", "fuzzing")
    assert found["operations"]["tested"] == len(described["paths"])
    answered = {name: sum(one["accepted"] for one in phases.values()) for name, phases in found["valid_rates"].items()}
    assert len(answered) == len(described["paths"])
    assert min(answered.values()) >= 15, answered
