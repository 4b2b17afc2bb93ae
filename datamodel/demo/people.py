"""Who is in the address book: users, organizations and customers, each as numbers that point into vocabularies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datamodel.demo.dice import numbers
from datamodel.demo.roster import OFFICE, User
from datamodel.demo.words import ABROAD, CITIES, COMPANY_FORMS, FIRST_NAMES, SURNAMES, TRADES

USER, CUSTOMER, ORGANIZATION = 0, 1, 2
"""Kinds of contact."""

NOBODY = -1

COMPANY_COUNT = len(SURNAMES) * len(TRADES) * len(COMPANY_FORMS)


@dataclass(frozen=True)
class People:
    """The contacts, each field an array with one number for each of them, in the order of their UUIDs.

    `uuid` holds the two halves of the UUIDs. `user` is the number of a user (NOBODY for others), `agent` says
    who takes interactions, `first` and `last` are names, `company` the name of an organization, `employer` the
    organization that a contact belongs to (its place here, or NOBODY), `place` a city, those abroad after the
    Italian ones.
    """

    uuid: NDArray[np.uint64]
    kind: NDArray[np.int8]
    user: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    company: NDArray[np.int64]
    employer: NDArray[np.int64]
    place: NDArray[np.int64]
    dice: NDArray[np.uint64]
    agent: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)


def contacts_for(calls_per_month: int) -> int:
    """How many contacts a centre of that size has."""
    return min(20_000, max(400, calls_per_month // 10))


def people_of(calls_per_month: int, seed: int, users: tuple[User, ...]) -> People:
    """The contacts of a centre; the first organization is the company itself."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 1]))
    staff = len(users)
    count = max(contacts_for(calls_per_month), staff + 200)
    organizations = count // 9
    uuid = rng.integers(0, 2**64, (2, count), dtype=np.uint64)
    uuid[0].sort()
    kind = np.full(count, CUSTOMER, np.int8)
    shuffled = rng.permutation(count)
    staff_places, firms = shuffled[:staff], shuffled[staff : staff + organizations]
    kind[staff_places], kind[firms] = USER, ORGANIZATION
    user = np.full(count, NOBODY)
    user[staff_places] = np.arange(staff)
    first, last = rng.integers(0, len(FIRST_NAMES), count), rng.integers(0, len(SURNAMES), count)
    first[staff_places] = [FIRST_NAMES.index(someone.name) for someone in users]
    last[staff_places] = [SURNAMES.index(someone.surname) for someone in users]
    company = np.full(count, NOBODY)
    company[firms] = rng.permutation(COMPANY_COUNT)[:organizations]
    employer = np.where(rng.random(count) < 0.45, firms[rng.integers(1, organizations, count)], NOBODY)
    employer[firms] = NOBODY
    employer[staff_places] = firms[0]
    abroad = len(CITIES) + rng.integers(0, len(ABROAD), count)
    place = np.where(rng.random(count) < 0.04, abroad, rng.integers(0, len(CITIES), count))
    # Small numbers are likelier: more people live in the cities at the head of the list.
    place = np.where((place < len(CITIES)) & (rng.random(count) < 0.5), place * place // len(CITIES), place)
    place[staff_places] = 0
    agent = np.zeros(count, np.bool_)
    agent[staff_places] = [someone.team != OFFICE for someone in users]
    dice = numbers(rng, count)
    return People(uuid, kind, user, first, last, company, employer, place, dice, agent)
