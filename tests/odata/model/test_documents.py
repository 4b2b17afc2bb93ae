"""The metadata documents, judged by OASIS' own schemas and by its committee's own converter."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types of its own

from addin import build
from odata.model import OFFERED, Model, Offered, csdl_json, csdl_xml, model_of
from tests.conftest import SHARED
from tests.odata.model.catalogues import catalogues

SCHEMA = SHARED / "cases" / "odata-csdl" / "edmx.xsd"
EDM = {"edm": "http://docs.oasis-open.org/odata/ns/edm", "edmx": "http://docs.oasis-open.org/odata/ns/edmx"}
VERSIONS = ("4.0", "4.01")
OTHERWISE = Offered(
    conformance="Advanced", asynchronous=True, expand_levels=3, search=False, transformations=(), batch_formats=()
)
"""The opposite of what is offered where there is one."""

CASES = [*((name, OFFERED) for name in catalogues()), ("full", OTHERWISE)]
every_case = pytest.mark.parametrize(
    ("name", "offered"), CASES, ids=[name if offered == OFFERED else f"{name} otherwise" for name, offered in CASES]
)


def of(name: str, offered: Offered = OFFERED) -> Model:
    return model_of(catalogues()[name], offered)


@cache
def schema() -> etree.XMLSchema:
    """OASIS' schema of these documents; it imports the other one from beside it."""
    return etree.XMLSchema(etree.parse(SCHEMA, etree.XMLParser(no_network=True)))


@pytest.mark.skipif(not SCHEMA.exists(), reason="the shared cases are not here")
@pytest.mark.parametrize("version", VERSIONS)
@every_case
def test_the_xml_is_what_the_schema_allows(name: str, offered: Offered, version: str) -> None:
    document = etree.fromstring(csdl_xml(of(name, offered), version))
    if name == "nothing":
        # A container is to hold a set; a key that sees none has one without, which clients read as an empty service.
        faults = [fault.message for fault in _faults(document)]
        assert len(faults) == 1
        assert "EntityContainer': Missing child element(s)" in faults[0]
    else:
        assert not _faults(document)


def _faults(document: etree.Element) -> list[Any]:
    schema().validate(document)
    return list(schema().error_log)


@pytest.mark.skipif(not SCHEMA.exists(), reason="the shared cases are not here")
def test_the_schema_refuses_what_is_wrong() -> None:
    wrong = csdl_xml(of("full")).replace(b'Precision="6"', b'Precision="six"', 1)
    assert not schema().validate(etree.fromstring(wrong))


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Offered, str], dict[str, Any]]:
    """What the converter makes of every document, in one run of Node."""
    try:
        node = build.ready()
    except build.NotBuilt as failure:
        pytest.skip(str(failure))
    folder = tmp_path_factory.mktemp("csdl")
    files: dict[tuple[str, Offered, str], Path] = {}
    for name, offered in CASES:
        for version in VERSIONS:
            path = files[name, offered, version] = folder / f"{len(files)}.xml"
            path.write_bytes(csdl_xml(of(name, offered), version))
    script = build.WEB / "conformance" / "csdl.js"
    said = subprocess.run([node.binary, script, *files.values()], capture_output=True, text=True, check=True)
    return dict(zip(files, json.loads(said.stdout), strict=True))


@pytest.mark.parametrize("version", VERSIONS)
@every_case
def test_the_converter_makes_our_json_of_our_xml(
    name: str, offered: Offered, version: str, converted: dict[tuple[str, Offered, str], dict[str, Any]]
) -> None:
    ours = json.loads(csdl_json(of(name, offered)))
    made = converted[name, offered, version]
    assert made["messages"] == []
    if version == "4.0":
        # The converter keeps the version of the XML; the JSON exists since 4.01 alone.
        assert made["json"].pop("$Version") == "4.0"
        assert ours.pop("$Version") == "4.01"
    assert made["json"] == ours


def test_the_documents_are_those_that_power_query_reads() -> None:
    """What is known to break it: enums of vocabularies that it does not know, facets where they do not belong."""
    document = etree.fromstring(csdl_xml(of("full")))
    assert document.get("Version") == "4.0"
    enums = document.xpath("//@EnumMember")
    assert enums == ["Org.OData.Capabilities.V1.ConformanceLevelType/Intermediate"]
    assert not document.xpath("//edm:Property[starts-with(@Type, 'Collection')]", namespaces=EDM)
    times = document.xpath("//edm:Property[@Precision]/@Type", namespaces=EDM)
    assert set(times) == {"Edm.DateTimeOffset"}
    assert not document.xpath("//edm:NavigationProperty[starts-with(@Type, 'Collection')]/@Nullable", namespaces=EDM)
    kinds = set(document.xpath("//edm:Property/@Type", namespaces=EDM))
    assert kinds == {"Edm.String", "Edm.Int64", "Edm.Double", "Edm.Date", "Edm.DateTimeOffset", "Edm.Boolean"}


def test_every_set_and_property_is_described() -> None:
    document = json.loads(csdl_json(of("full")))["TVox"]
    for name, one in document["Centre"].items():
        if isinstance(one, dict) and "$Type" in one:
            assert one["@Core.Description"], name
            properties = document[name]
            for spelled, p in properties.items():
                if not spelled.startswith("$") and p.get("$Kind") != "NavigationProperty":
                    assert p["@Core.Description"], spelled
    steps = document["inboundCalls"]
    assert steps["waitDuration"]["@Core.LongDescription"] == "In seconds."
    assert "ANSWERED" in steps["status"]["@Core.LongDescription"]


def test_what_is_declared_is_what_is_offered() -> None:
    centre = json.loads(csdl_json(of("full", OTHERWISE)))["TVox"]["Centre"]
    assert centre["@Capabilities.ConformanceLevel"] == "Advanced"
    assert centre["@Capabilities.AsynchronousRequestsSupported"] is True
    assert centre["@Capabilities.BatchSupport"]["Supported"] is False
    assert centre["inboundCalls"]["@Capabilities.SearchRestrictions"] == {"Searchable": False}
    assert centre["inboundCalls"]["@Capabilities.ExpandRestrictions"] == {"Expandable": True, "MaxLevels": 3}
    assert "@Aggregation.ApplySupported" not in centre["inboundCalls"]


def test_what_no_xml_can_hold_is_left_out_of_descriptions() -> None:
    odd = json.loads(csdl_json(of("strange")))["TVox"]["oddThings"]
    assert odd["id"]["@Core.Description"] == "A  bell, a ]]> and a tab."
    # A column of its own has the name of a number: it stays what it is.
    assert odd["interactionKey"]["$Nullable"] is True
