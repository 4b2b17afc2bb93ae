"""How contacts are reached: their numbers, addresses of mail and websites, as lists laid end to end."""

from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.dice import pick, throw
from datamodel.demo.people import CUSTOMER, NOBODY, ORGANIZATION, USER, People
from datamodel.demo.roster import User
from datamodel.demo.text import ascii_of, digits, joined, named
from datamodel.demo.words import ABROAD, CITIES, COMPANY_FORMS, FIRST_NAMES, MOBILE_PREFIXES, SURNAMES, TRADES

_TEL_TYPES = ("MAIN", "WORK", "CELL", "HOME", "CELL_WORK", "CELL_HOME", "FAX", "FAX_WORK", "FAX_HOME", "OTHER")
_MAIN, _WORK, _CELL, _HOME, _CELL_WORK, _CELL_HOME, _FAX, _FAX_WORK, _FAX_HOME, _OTHER = range(10)
_TEL_COUNTS = {
    # of 64 contacts, how many have 0, 1, 2, … numbers
    USER: (0, 40, 24),
    CUSTOMER: (3, 27, 18, 9, 4, 2, 1),
    ORGANIZATION: (1, 12, 14, 12, 8, 5, 3, 2, 1, 1, 1, 2, 2),
}
_MAIL_COUNTS = {USER: (0, 64), CUSTOMER: (10, 40, 12, 2), ORGANIZATION: (2, 24, 22, 10, 4, 2)}
_WEB_COUNTS = {USER: (64,), CUSTOMER: (58, 6), ORGANIZATION: (12, 40, 9, 3)}
_DESKS = ("info", "ordini", "acquisti", "ufficio", "vendite")
_MAIL_DOMAINS = ("example.it", "example.com", "posta.example", "mail.example.it")


class _Throw(IntEnum):
    TELS = 0
    MAILS = auto()
    WEBS = auto()
    DOMAIN = auto()
    MOBILE = auto()


@dataclass(frozen=True)
class Listed:
    """A list for each contact: `offsets` say where each begins, `owner` whose each entry is."""

    offsets: NDArray[np.int32]
    owner: NDArray[np.int64]
    value: pa.Array
    type: pa.Array

    def as_column(self, layout: pa.DataType) -> pa.Array:
        """The lists as a column of the address book."""
        entries = pa.StructArray.from_arrays([self.value, self.type], fields=list(layout.value_type))
        return pa.ListArray.from_arrays(pa.array(self.offsets), entries, type=layout)

    @property
    def rank(self) -> NDArray[np.int64]:
        """The place of each entry in its list, from 0."""
        return np.arange(len(self.owner)) - self.offsets[self.owner]


def _lists(
    people: People, counts: dict[int, tuple[int, ...]], purpose: _Throw
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    lengths = np.zeros(len(people), np.int64)
    drawn = pick(people.dice, purpose, 64)
    for kind, shares in counts.items():
        table = np.repeat(np.arange(len(shares)), shares)
        lengths = np.where(people.kind == kind, table[drawn], lengths)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32), np.repeat(np.arange(len(people)), lengths)


def tels_of(people: People, users: tuple[User, ...]) -> Listed:
    """The telephone numbers of all contacts; those who work for an organization have its main number too."""
    offsets, owner = _lists(people, _TEL_COUNTS, _Throw.TELS)
    entry = np.arange(len(owner))
    rank = entry - offsets[owner]
    kind, firm = people.kind[owner], people.employer[owner]
    shared = (rank == 2) & (kind == CUSTOMER) & (firm != NOBODY) & (np.diff(offsets)[firm] > 0)
    likes_mobile = (throw(people.dice[owner], _Throw.MOBILE) + rank * 25_033) % 65_536 < 40_000
    mobile = (kind == USER) | (kind == CUSTOMER) & likes_mobile
    cities = pa.array([prefix + "555" for *_, prefix in CITIES] + [prefix for *_, prefix in ABROAD])
    abroad = people.place[owner] >= len(CITIES)
    # Every entry has digits of its own, for 7919 is a prime; only abroad there are too few of them.
    landline = joined("", named(cities, people.place[owner]), digits(entry * 7919 % 100_000, 5))
    foreign = joined("", named(cities, people.place[owner]), digits(entry * 7919 % 1000, 3))
    value = pc.if_else(pa.array(mobile), mobile_numbers(entry, "555"), pc.if_else(pa.array(abroad), foreign, landline))
    extens = pa.array([user.exten for user in users])
    internal = (kind == USER) & (rank == 0)
    value = pc.if_else(pa.array(internal), named(extens, np.maximum(people.user[owner], 0)), value)
    head = np.where(shared, offsets[np.maximum(firm, 0)], entry)
    kinds = np.where(
        mobile, _type(rank, _CELL, _CELL_WORK, _OTHER, _CELL_HOME), _type(rank, _HOME, _WORK, _FAX, _FAX_HOME)
    )
    kinds = np.where(kind == ORGANIZATION, _type(rank, _MAIN, _WORK, _FAX_WORK, _OTHER), kinds)
    kinds = np.where(shared, _MAIN, np.where(internal, _WORK, kinds))
    return Listed(offsets, owner, named(value, head), named(pa.array(_TEL_TYPES), kinds))


def _type(rank: NDArray[np.int64], *types: int) -> NDArray[np.int64]:
    return np.array(types)[rank % len(types)]


def mobile_numbers(serial: NDArray[np.int64], block: str) -> pa.Array:
    """An Italian mobile number for each serial number, all different up to 200,000."""
    prefixes = pa.array([prefix + block for prefix in MOBILE_PREFIXES])
    lap, place = np.divmod(serial, len(MOBILE_PREFIXES))
    return joined("", named(prefixes, place), digits(lap * 7919 % 10_000, 4))


def mails_of(people: People, users: tuple[User, ...]) -> Listed:
    """The addresses of mail of all contacts."""
    offsets, owner = _lists(people, _MAIL_COUNTS, _Throw.MAILS)
    rank = np.arange(len(owner)) - offsets[owner]
    kind = people.kind[owner]
    first, last = (pa.array(ascii_of(vocabulary)) for vocabulary in (FIRST_NAMES, SURNAMES))
    names = joined(".", named(first, people.first[owner]), named(last, people.last[owner]))
    personal = joined("", names, pc.cast(pa.array(owner), pa.string()))
    desks = joined("-", named(pa.array(_DESKS), rank), domain_names(people, owner))
    usernames = named(pa.array([user.username for user in users]), np.maximum(people.user[owner], 0))
    local = pc.if_else(pa.array(kind == ORGANIZATION), desks, personal)
    local = pc.if_else(pa.array(kind == USER), usernames, local)
    domain = np.where(kind == USER, 0, (pick(people.dice[owner], _Throw.DOMAIN, 4) + rank) % len(_MAIL_DOMAINS))
    value = joined("@", local, named(pa.array(_MAIL_DOMAINS), domain))
    work = (kind != CUSTOMER) | (people.employer[owner] != NOBODY) & (rank == 0)
    return Listed(offsets, owner, value, named(pa.array(["HOME", "WORK"]), work.astype(np.int8)))


def webs_of(people: People) -> Listed:
    """The websites of all contacts."""
    offsets, owner = _lists(people, _WEB_COUNTS, _Throw.WEBS)
    rank = np.arange(len(owner)) - offsets[owner]
    host = pc.if_else(pa.array(people.kind[owner] == ORGANIZATION), domain_names(people, owner), "blog")
    endings = pa.array([".example/", ".example/negozio?lingua=it", ".example/assistenza"])
    serial = pc.cast(pa.array(owner), pa.string())
    value = joined("", "https://www.", host, serial, named(endings, rank))
    work = people.kind[owner] == ORGANIZATION
    return Listed(offsets, owner, value, named(pa.array(["HOME", "WORK"]), work.astype(np.int8)))


def company_names(people: People, owner: NDArray[np.int64]) -> pa.Array:
    """The names of organizations; null for contacts that are none."""
    return _company(people, owner, pa.array(SURNAMES), pa.array(TRADES), " ", pa.array(COMPANY_FORMS))


def domain_names(people: People, owner: NDArray[np.int64]) -> pa.Array:
    """What the addresses of organizations are made of; null for contacts that are none."""
    return _company(people, owner, pa.array(ascii_of(SURNAMES)), pa.array(ascii_of(TRADES)), "-", None)


def _company(
    people: People, owner: NDArray[np.int64], names: pa.Array, trades: pa.Array, separator: str, forms: pa.Array | None
) -> pa.Array:
    company = people.company[owner]
    form, pair = np.divmod(np.maximum(company, 0), len(names) * len(trades))
    trade, name = np.divmod(pair, len(names))
    text = joined(separator, named(names, name), named(trades, trade))
    text = text if forms is None else joined(separator, text, named(forms, form))
    return pc.if_else(pa.array(company != NOBODY), text, pa.scalar(None, pa.string()))
