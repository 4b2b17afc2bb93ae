"""Context URLs: in the dialect that Power Query reads, in that of 4.01, and of the standard's grammar."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.accepting import Version
from odata.address import Named, Resource, parse
from odata.context import (
    REFERENCE,
    KeyValue,
    Projection,
    key_of,
    metadata,
    of_property,
    of_set,
    of_type,
)
from tabular.filter.tree import Literal
from tests.conftest import SHARED

ROOT = "https://t/odata"
ORDERS = Projection(nested=(("Orders", Projection()),))


@pytest.mark.parametrize(
    ("projection", "expected", "expected_401"),
    [
        (Projection(), "#Customers", "#Customers"),
        (Projection(("Name",)), "#Customers(Name)", "#Customers(Name)"),
        (Projection(("Name",), ORDERS.nested), "#Customers(Name,Orders)", "#Customers(Name,Orders())"),
        (Projection(("Name", "Orders"), ORDERS.nested), "#Customers(Name,Orders)", "#Customers(Name,Orders,Orders())"),
        (ORDERS, "#Customers", "#Customers(Orders())"),
        (Projection(nested=(("Orders", ORDERS),)), "#Customers", "#Customers(Orders(Orders()))"),
        (
            Projection(("Name",), (("Orders", Projection(("ID",), (("Items", Projection(("Price",))),))),)),
            "#Customers(Name,Orders(ID,Items(Price)))",
            "#Customers(Name,Orders(ID,Items(Price)))",
        ),
    ],
)
def test_what_is_selected_and_expanded_is_listed(projection: Projection, expected: str, expected_401: str) -> None:
    assert of_set(ROOT, "Customers", projection) == f"{ROOT}/$metadata{expected}"
    assert of_set(ROOT, "Customers", projection, "4.01") == f"{ROOT}/$metadata{expected_401}"


def nested(**inner: Projection) -> tuple[tuple[str, Projection], ...]:
    return tuple(inner.items())


FORMS: list[tuple[str, str]] = [
    (of_set("", "Customers", Projection(("Address/Street", "Orders"))), "#Customers(Address/Street,Orders)"),
    (of_set("", "Customers", Projection(("Address/Country",))), "#Customers(Address/Country)"),
    (of_set("", "Customers", Projection(("Address", "Orders")), is_entity=True), "#Customers(Address,Orders)/$entity"),
    (of_set("", "Customers", is_entity=True), "#Customers/$entity"),
    (of_set("", "SingletonEntity"), "#SingletonEntity"),
    (of_set("", "SingletonEntity", Projection(("Address", "Orders"))), "#SingletonEntity(Address,Orders)"),
    (
        of_set("", "Customers/Model.VipCustomer", Projection(nested=nested(Orders=Projection(("ID",))))),
        "#Customers/Model.VipCustomer(Orders(ID))",
    ),
    (
        of_set("", "Customers/Model.VipCustomer", Projection(("Orders",), ORDERS.nested), "4.01"),
        "#Customers/Model.VipCustomer(Orders,Orders())",
    ),
    (
        of_set(
            "",
            "Customers/Model.VipCustomer",
            Projection(("Orders",), nested(Orders=Projection(("ID",), nested(Items=Projection(("Price",)))))),
        ),
        "#Customers/Model.VipCustomer(Orders,Orders(ID,Items(Price)))",
    ),
    (of_property("", "Customers", {"ID": 1}, ["Addresses"]), "#Customers(1)/Addresses"),
    (of_property("", "Customers", {"ID": "ALFKI"}, ["Orders"]), "#Customers('ALFKI')/Orders"),
    (of_type("", "Model.MonetaryAmount"), "#Model.MonetaryAmount"),
    (of_type("", "Edm.String", is_collection=True), "#Collection(Edm.String)"),
    (of_type("", REFERENCE), "#$ref"),
    (of_type("", REFERENCE, is_collection=True), "#Collection($ref)"),
    (of_type("", "Edm.EntityType", is_collection=True), "#Collection(Edm.EntityType)"),
    (of_set("", "Sales", Projection(("Total",))), "#Sales(Total)"),
    (of_set("", "Products", Projection(nested=nested(Sales=Projection(("TaxRate",))))), "#Products(Sales(TaxRate))"),
]


@pytest.mark.parametrize(("written", "expected"), FORMS, ids=[form for _, form in FORMS])
def test_every_form_is_one_of_the_standards_cases(written: str, expected: str) -> None:
    assert written == f"/$metadata{expected}"
    if not (folder := SHARED / "cases" / "odata-abnf").exists():
        pytest.skip("the shared cases are not here")
    positive = {
        case["Input"].removeprefix("$metadata")
        for name in ("abnf", "aggregation")
        for case in json.loads((folder / f"odata-{name}-testcases.json").read_text())["TestCases"]
        if "FailAt" not in case and case["Rule"] in ("context", "odataRelativeUri")
    }
    assert expected in positive


def test_the_service_document_has_the_metadata_as_its_context() -> None:
    assert metadata(ROOT) == "https://t/odata/$metadata"


@pytest.mark.parametrize("version", ["4.0", "4.01"])
def test_only_401_has_empty_parentheses(version: Version) -> None:
    written = of_set(ROOT, "calls", Projection(("id",), ORDERS.nested), version)
    assert ("()" in written) is (version == "4.01")


@pytest.mark.law
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,4}", fullmatch=True),
        st.text(st.characters(codec="utf-8"), max_size=6)
        | st.text("'/%é", max_size=4)
        | st.integers(-(2**63), 2**63 - 1)
        | st.booleans(),
        min_size=1,
        max_size=3,
    )
)
def test_a_key_is_read_back_from_an_address(key: dict[str, KeyValue]) -> None:
    found = parse(f"calls{key_of(key)}")
    assert isinstance(found, Resource)
    segment = found.segments[0]
    assert isinstance(segment, Named)
    (parentheses,) = segment.parentheses
    value = parentheses.value
    read = dict(parentheses.named) if value is None else {next(iter(key)): value}
    spelt = {name: value.text for name, value in read.items() if isinstance(value, Literal)}
    assert spelt == {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in key.items()}


def test_moments_of_keys_are_those_of_utc() -> None:
    assert key_of({"at": datetime(2020, 5, 1, 8, 39, 49, 500000, tzinfo=UTC)}) == "(2020-05-01T08:39:49.500000Z)"
