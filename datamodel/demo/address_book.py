"""The table addressBookContacts of the demo centre."""

from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.books import own_fields
from datamodel.demo.dice import chance, pick, throw
from datamodel.demo.people import CUSTOMER, NOBODY, ORGANIZATION, USER, People
from datamodel.demo.reach import company_names, mails_of, tels_of, webs_of
from datamodel.demo.roster import User
from datamodel.demo.text import digits, joined, named, only, uuids, words
from datamodel.demo.words import (
    ABROAD,
    CATEGORIES,
    CITIES,
    CONTACT_NOTES,
    DEPARTMENTS,
    FIRST_NAMES,
    ROLES,
    STREETS,
    SURNAMES,
)

_CONTRACTS = words("Base", "Plus", "Premium 24h", "Nessun contratto")
_AREAS = words("Nord-Ovest", "Nord-Est", "Centro", "Sud e Isole")
_MODELS = pa.array(["C-24", "C-32 Eco", "Split 9000", "Multisplit 2x12000"])
_LANGUAGES = pa.array(["en", "de", "fr", "sl"])
_SITES = words("MILANO", "PADOVA", "TORINO", "BARI")


class _Throw(IntEnum):
    STREET = 32
    HOUSE = 33
    CATEGORY = 34
    NOTE = 35
    VIP = 36
    NPS = 37
    VOTE = 38
    DEPARTMENT = 39
    ROLE = 40
    OTHER_NAME = 41
    CONTRACT = 42
    CODE = 43
    DATE = 44
    MODEL = 45
    LANGUAGE = 46


def address_book(people: People, users: tuple[User, ...], layout: pa.Schema) -> pa.RecordBatch:
    """All contacts as one batch of this layout."""
    columns = _names(people) | _places(people) | _details(people)
    columns["tel"] = tels_of(people, users).as_column(layout.field("tel").type)
    columns["mail"] = mails_of(people, users).as_column(layout.field("mail").type)
    columns["web"] = webs_of(people).as_column(layout.field("web").type)
    columns |= own_fields(people)
    empty = pa.nulls(len(people), pa.string())
    return pa.record_batch([columns.get(name, empty) for name in layout.names], schema=layout)


def full_names(people: People) -> pa.Array:
    """The name of every contact, as it is listed."""
    everyone = np.arange(len(people))
    person = joined(" ", named(pa.array(FIRST_NAMES), people.first), named(pa.array(SURNAMES), people.last))
    return pc.coalesce(company_names(people, everyone), person)


def customer_codes(people: People) -> pa.Array:
    """The codes of organizations and private customers; who belongs to an organization has its code."""
    holder = np.where(people.employer == NOBODY, np.arange(len(people)), people.employer)
    code = joined("", "C", digits(100_000 + holder * 7, 7))
    return only(code, people.kind != USER)


def vips(people: People) -> NDArray[np.bool_]:
    """Who is marked as a VIP."""
    return chance(people.dice, _Throw.VIP, 0.04) & np.not_equal(people.kind, USER)


def _names(people: People) -> dict[str, pa.Array]:
    full, uuid = full_names(people), uuids(*people.uuid)
    person, employed = people.kind != ORGANIZATION, people.employer != NOBODY
    employer = np.maximum(people.employer, 0)
    first = named(pa.array(FIRST_NAMES), people.first)
    nickname = joined("", pc.utf8_slice_codeunits(first, 0, 3), "y")
    work = pick(people.dice, _Throw.DEPARTMENT, len(DEPARTMENTS))
    return {
        "uuid": uuid,
        "fullName": full,
        "name": only(first, person),
        "surname": only(named(pa.array(SURNAMES), people.last), person),
        "contactType": named(pa.array(["USER", "CUSTOMER", "ORGANIZATION"]), people.kind),
        "otherName": only(nickname, person & chance(people.dice, _Throw.OTHER_NAME, 0.03)),
        "organization_uuid": only(named(uuid, employer), employed),
        "organization_fullName": only(named(full, employer), employed),
        "department": only(named(pa.array(DEPARTMENTS), work), employed),
        "role": only(named(pa.array(ROLES), pick(people.dice, _Throw.ROLE, len(ROLES))), employed),
    }


def _places(people: People) -> dict[str, pa.Array]:
    street = named(pa.array(STREETS), pick(people.dice, _Throw.STREET, len(STREETS)))
    house = pc.cast(pa.array(1 + pick(people.dice, _Throw.HOUSE, 180)), pa.string())
    italian = people.place < len(CITIES)
    cities = pa.array([c[0] for c in CITIES] + [a[1] for a in ABROAD])
    postcodes = pa.array([c[2] for c in CITIES] + [a[2] for a in ABROAD])
    countries = pa.array(["Italia"] * len(CITIES) + [a[0] for a in ABROAD])
    provinces = pa.array([c[1] for c in CITIES] + [None] * len(ABROAD))
    known = (people.kind != CUSTOMER) | (throw(people.dice, _Throw.STREET) < 52_000)
    return {
        "street": only(joined(", ", street, house), known & italian),
        "city": named(cities, people.place),
        "district": named(provinces, people.place),
        "cap": only(named(postcodes, people.place), known),
        "country": named(countries, people.place),
    }


def _details(people: People) -> dict[str, pa.Array]:
    dice, outside = people.dice, people.kind != USER
    voted = chance(dice, _Throw.NPS, 0.35) & outside
    # Promoters are more than half, and somebody always gives 0.
    vote = np.array([10, 10, 9, 9, 9, 8, 8, 8, 7, 7, 6, 5, 4, 3, 1, 0])[pick(dice, _Throw.VOTE, 16)]
    noted = chance(dice, _Throw.NOTE, 0.1)
    day = np.datetime64("2019-01-01") + pick(dice, _Throw.DATE, 2400)
    contract = outside * (1 + pick(dice, _Throw.CONTRACT, 4))
    return {
        "customerCode": customer_codes(people),
        "category": only(named(pa.array(CATEGORIES), pick(dice, _Throw.CATEGORY, len(CATEGORIES))), outside),
        "note": only(named(pa.array(CONTACT_NOTES), pick(dice, _Throw.NOTE, 4096) % len(CONTACT_NOTES)), noted),
        "vip": pa.array(vips(people)),
        "nps": pa.array(vote, mask=~voted),
        "site": named(_SITES, (people.kind == ORGANIZATION) * (1 + people.place % 4)),
        "custom_1": named(_CONTRACTS, contract),
        "custom_2": named(_AREAS, np.where(people.place < len(CITIES), 1 + people.place % 4, 0) * outside),
        "custom_3": only(digits(pick(dice, _Throw.CODE, 60_000), 5), outside & (contract < 4)),
        "custom_4": only(pc.cast(pa.array(day), pa.string()), outside & (contract < 4)),
        "custom_5": only(named(_MODELS, pick(dice, _Throw.MODEL, 4)), outside & (contract < 4)),
        "custom_10": only(named(_LANGUAGES, pick(dice, _Throw.LANGUAGE, 4)), people.place >= len(CITIES)),
    }
