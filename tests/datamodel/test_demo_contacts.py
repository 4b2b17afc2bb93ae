"""The demo centre's address book, and that interactions refer to it."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest

from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from tabular.month import Month

NOW = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
OCTOBER = Month(2026, 10)
OURS = ("example.it", "example.com", ".example")


@cache
def contacts(calls: int = 5000) -> dict[str, dict[str, Any]]:
    batches = DemoCentre(calls, now=NOW).fetch(documented().table("addressBookContacts"), None)
    rows = pa.Table.from_batches(list(batches)).to_pylist()
    return {row["uuid"]: row for row in rows}


@cache
def october(name: str) -> list[dict[str, Any]]:
    batches = DemoCentre(now=NOW).fetch(documented().table(name), OCTOBER)
    return list(pa.Table.from_batches(list(batches)).to_pylist())


@pytest.mark.parametrize(("calls", "count"), [(100, 400), (5000, 500), (60_000, 6000), (900_000, 20_000)])
def test_a_larger_centre_has_more_contacts(calls: int, count: int) -> None:
    assert len(contacts(calls)) == count


def test_uuids_are_uuids_in_order() -> None:
    found = list(contacts())
    assert found == sorted(found)
    assert all(UUID(uuid).version == 4 for uuid in found)


def test_organizations_are_contacts_too() -> None:
    kinds = {
        kind: [c for c in contacts().values() if c["contactType"] == kind]
        for kind in ("USER", "CUSTOMER", "ORGANIZATION")
    }
    assert all(len(found) > 20 for found in kinds.values())
    members = [c for c in contacts().values() if c["organization_uuid"] is not None]
    assert len(members) > 100
    for member in members:
        organization = contacts()[member["organization_uuid"]]
        assert organization["contactType"] == "ORGANIZATION"
        assert organization["fullName"] == member["organization_fullName"]
    assert len({c["organization_uuid"] for c in kinds["USER"]}) == 1
    assert not any(c["organization_uuid"] for c in kinds["ORGANIZATION"])


def test_lists_have_their_lengths() -> None:
    lengths = [len(c["tel"]) for c in contacts(60_000).values()]
    assert min(lengths) == 0
    assert max(lengths) == 12
    assert max(len(c["mail"]) for c in contacts(60_000).values()) == 5
    assert max(len(c["web"]) for c in contacts(60_000).values()) == 3
    for name in ("tel", "mail", "web"):
        allowed = set(documented().table("addressBookContacts").column(f"{name}_1_type").values)
        assert {entry["type"] for c in contacts(60_000).values() for entry in c[name]} <= allowed


def test_nobody_can_be_reached_by_mistake() -> None:
    book = contacts(60_000).values()
    for mail in (entry["value"] for c in book for entry in c["mail"]):
        assert mail.rpartition("@")[2].endswith(OURS)
    for web in (entry["value"] for c in book for entry in c["web"]):
        assert web.split("/")[2].endswith(OURS)
    numbers = {entry["value"] for c in book for entry in c["tel"]}
    assert any(number.startswith("+393") for number in numbers)
    assert any(number.startswith("0") for number in numbers)
    assert {"+33", "+44", "+49", "+41"} <= {number[:3] for number in numbers}
    fictional = ("555", "+3319900", "+447700900", "+493023125")
    assert all(any(mark in number for mark in fictional) for number in numbers if len(number) > 5)


def test_codes_keep_their_leading_zeros() -> None:
    book = contacts().values()
    assert any(c["cap"] and c["cap"].startswith("0") for c in book)
    assert any(c["custom_3"] and c["custom_3"].startswith("0") for c in book)
    assert all(len(c["customerCode"]) == 8 for c in book if c["customerCode"])
    assert {c["vip"] for c in book} == {True, False}
    assert {c["nps"] for c in book} >= {None, 0, 10}


def test_the_agents_are_contacts() -> None:
    users = {step["user"] for name in ("inboundCalls", "outboundCalls", "inboundChats") for step in october(name)} - {
        None
    }
    addresses = {entry["value"] for c in contacts().values() if c["contactType"] == "USER" for entry in c["mail"]}
    assert {f"{user}@example.it" for user in users} <= addresses
    extens = {entry["value"] for c in contacts().values() if c["contactType"] == "USER" for entry in c["tel"]}
    assert {step["exten"] for step in october("inboundCalls") if step["user"]} <= extens


def test_the_contact_of_an_interaction_has_the_number_it_came_from() -> None:
    kinds = {"EXTERNAL_ITEM": "CUSTOMER", "EXTERNAL_ORGANIZATION": "ORGANIZATION", "USER": "USER"}
    for name, list_name in (("inboundCalls", "tel"), ("outboundCalls", "tel"), ("inboundChats", "mail")):
        for step in october(name):
            found = step["contact_lookupType"] == "SUCCESS"
            assert found == (step["contact_id"] is not None)
            if found:
                contact = contacts()[step["contact_id"]]
                assert step["contact_value"] in {entry["value"] for entry in contact[list_name]}
                assert kinds[step["contact_type"]] == contact["contactType"]
                assert step["customer"] == contact["customerCode"]
                assert (step["contact_username"] is not None) == (step["contact_type"] == "USER")


def test_a_number_of_several_contacts_finds_several() -> None:
    owners: dict[str, set[str]] = {}
    for uuid, contact in contacts().items():
        for entry in contact["tel"]:
            owners.setdefault(entry["value"], set()).add(uuid)
    expected = {0: "NONE", 1: "SUCCESS"}
    for step in october("inboundCalls"):
        count = len(owners.get(step["contact_value"], ()))
        assert step["contact_lookupType"] == expected.get(count, "MULTIPLE")


def test_most_calls_come_from_contacts() -> None:
    calls = [step for step in october("inboundCalls") if step["step"] == 0]
    found = [step["contact_lookupType"] for step in calls]
    assert 0.55 < found.count("SUCCESS") / len(calls) < 0.66
    assert {"MULTIPLE", "NONE"} <= set(found)
    assert {step["contact_type"] for step in calls} >= {"ANONYMOUS", "UNKNOWN", "USER"}
    assert all(step["cli"] == (step["contact_value"] or "anonymous") for step in calls if step["cli"])
