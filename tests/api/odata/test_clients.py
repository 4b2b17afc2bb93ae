"""Clients that nobody here wrote read the service over real HTTP."""

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, cast

import pytest

from addin import build
from api.odata.ask import ROOT
from odata.model import model_of
from tests.serving import Served

PYTHONS = Path(__file__).with_name("reading_with_python_odata.py")
PAGE = 7
"""Rows of a page, as both clients prefer."""


def rows_of(odata: Served, query: str) -> list[dict[str, Any]]:
    """What the service says to a question without pages."""
    return cast(list[dict[str, Any]], odata.get(f"{ROOT}/inboundCalls?{query}").json()["value"])


def ran(*words: str | Path) -> dict[str, Any]:
    """What a program prints as JSON."""
    said = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert not said.stderr
    return cast(dict[str, Any], json.loads(said.stdout))


# python-odata: reflects $metadata, and makes the addresses itself


@pytest.fixture(scope="module")
def python(odata: Served) -> dict[str, Any]:
    """What it found; warnings are errors there as they are here."""
    # Its module is called as our own room is, so only a process of its own can import it.
    try:
        version("python-odata")
    except PackageNotFoundError:
        pytest.skip("python-odata is not installed")
    return ran(sys.executable, "-I", "-W", "error", PYTHONS, odata.address, odata.key)


def test_python_odata_reflects_the_metadata(odata: Served, python: dict[str, Any]) -> None:
    sets = model_of(odata.services.catalogue).sets
    assert python["sets"] == sorted(one.name for one in sets)
    assert python["types"] == {"id": "StringProperty", "step": "IntegerProperty", "startTime": "DatetimeProperty"}


def test_python_odata_follows_links_to_the_end(odata: Served, python: dict[str, Any]) -> None:
    whole = rows_of(odata, "$select=id,step")
    assert len(whole) > 10 * PAGE
    assert python["all"] == whole
    assert python["entities"] == len(whole)
    assert python["some"] == [{"id": row["id"]} for row in whole[3:8]]


def test_python_odata_filters_orders_counts_and_groups(odata: Served, python: dict[str, Any]) -> None:
    rows = rows_of(odata, "$select=id,step,user,startTime")
    late = [row for row in rows if row["user"] == "o'neil" and row["startTime"] >= "2026-09-01"]
    late.sort(key=lambda row: row["step"])
    late.sort(key=lambda row: row["startTime"], reverse=True)
    ordered = [(row["id"], row["step"], row["startTime"].replace("Z", "+00:00"), row["user"]) for row in late]
    assert ordered
    assert list(map(tuple, python["ordered"])) == ordered
    assert python["keyed"] == ordered[0][2]
    assert python["count"] == len(rows)
    assert python["counted"] == sum("rossi" in (row["user"] or "") for row in rows) > 0
    assert python["either"] == sum(row["user"] is None or row["user"].startswith("zo") for row in rows) > 0
    users = [row["user"] for row in rows]
    assert {(group["user"], group["calls"]) for group in python["groups"]} == {(u, users.count(u)) for u in users}


def test_python_odata_expands_and_reads_our_errors(python: dict[str, Any]) -> None:
    first = python["ordered"][0][0]
    assert python["steps"] == [[first, 0], [first, 1]]
    code, _, message = python["refusal"].partition(" ")
    assert code.startswith("TT")
    assert "nobody" in message


# In Node


@pytest.fixture(scope="module")
def node() -> Path:
    """A Node that has the packages."""
    try:
        return build.ready().binary
    except build.NotBuilt as failure:
        pytest.skip(str(failure))


@pytest.fixture(scope="module")
def javascript(odata: Served, node: Path) -> dict[str, Any]:
    """What @odata/client found."""
    return ran(node, build.WEB / "conformance" / "odata.js", odata.address, odata.key)


def test_odata_client_reads_pages_with_what_they_lead_to(odata: Served, javascript: dict[str, Any]) -> None:
    pages = javascript["pages"]
    assert {len(page) for page in pages[:-1]} == {PAGE}
    assert [row for page in pages for row in page] == rows_of(odata, "$select=id,step&$expand=interaction")
    assert all(row["interaction"]["id"] == row["id"] for page in pages for row in page)


def test_odata_client_filters_counts_and_finds_by_key(odata: Served, javascript: dict[str, Any]) -> None:
    found = rows_of(odata, "$filter=user eq 'anna.rossi' and step eq 0&$select=id,step")
    assert javascript["filtered"] == sorted(found, key=lambda row: row["id"], reverse=True)[:3]
    assert (javascript["count"], javascript["counted"]) == (len(rows_of(odata, "$select=id")), len(found))
    first = rows_of(odata, "$top=1&$select=id,user")[0]
    assert {name: javascript["keyed"][name] for name in first} == first


@pytest.mark.parametrize("kind", ["inParts", "inJson"])
def test_odata_client_reads_batches(odata: Served, javascript: dict[str, Any], kind: str) -> None:
    assert [one["value"] for one in javascript[kind]] == [rows_of(odata, f"$top={top}&$select=id") for top in (1, 2)]


@pytest.fixture(scope="module")
def described(odata: Served, node: Path) -> dict[str, Any]:
    """The metadata as OpenAPI, and what the service answers to the questions that it offers."""
    return ran(node, build.WEB / "conformance" / "openapi.js", odata.address, odata.key)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_metadata_is_valid_openapi(odata: Served, described: dict[str, Any], form: str) -> None:
    found = described[form]
    assert found["messages"] == []
    assert found["valid"], found["errors"]
    sets = model_of(odata.services.catalogue).sets
    assert {f"/{one.name}" for one in sets} <= set(found["paths"])
    assert "/$batch" in found["paths"]


def test_the_service_answers_all_that_its_description_offers(odata: Served, described: dict[str, Any]) -> None:
    found = described["json"]
    assert found["asked"] > 4 * len(model_of(odata.services.catalogue).sets)
    assert found["refused"] == []
