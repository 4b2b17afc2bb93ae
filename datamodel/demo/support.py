"""The people and groups of the support channel: the tables users, groups and groups_users."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.address_book import address_book, vips
from datamodel.demo.dice import pick
from datamodel.demo.people import ORGANIZATION, USER, People
from datamodel.demo.reach import mails_of, tels_of, webs_of
from datamodel.demo.roster import User
from datamodel.demo.rows import laid_out, moments
from datamodel.demo.services import TEAMS
from datamodel.demo.text import joined, named, only, words

SYSTEM = 1
"""The user that the system itself is."""

GROUPS = ("ASSISTENZA_L1", "ASSISTENZA_L2", "ORDINI", "RICAMBI", "AMMINISTRAZIONE", "COMMERCIALE")
"""The services with tickets; the place of each, from 1, is its group."""

OPENED = 1_420_099_200
"""When the support channel was opened: 2015-01-01 09:00 in Italy, before anybody wrote."""

_DAY = 86_400
_YEARS = 5 * 365
_SINCE = 210


@dataclass(frozen=True)
class Support:
    """Who takes part: the system, then the users, then the contacts with an address of mail."""

    people: People
    users: tuple[User, ...]

    @cached_property
    def customers(self) -> NDArray[np.int64]:
        """The contacts who are customers here, as places in the address book."""
        mails = mails_of(self.people, self.users)
        return np.flatnonzero((np.diff(mails.offsets) > 0) & (self.people.kind != USER))

    @property
    def first_customer(self) -> int:
        """The number of the first customer; those of the users lie between the system's and it."""
        return SYSTEM + 1 + len(self.users)

    @cached_property
    def members(self) -> tuple[NDArray[np.int64], ...]:
        """The users of each group, by their numbers."""
        team_of = {service.code: team.name for team in TEAMS for service in team.services}
        numbers = np.arange(SYSTEM + 1, self.first_customer)
        teams = np.array([user.team for user in self.users])
        return tuple(numbers[teams == team_of[code]] for code in GROUPS)

    @cached_property
    def addresses(self) -> pa.Array:
        """The address of mail of everybody by number, from 1."""
        users = [f"{user.username}@example.it" for user in self.users]
        mails = mails_of(self.people, self.users)
        customers = named(mails.value, mails.offsets[self.customers])
        return pa.concat_arrays([pa.array(["sistema@example.it", *users]), customers])

    @cached_property
    def names(self) -> pa.Array:
        """The name of everybody by number, from 1."""
        users = [f"{user.name} {user.surname}" for user in self.users]
        customers = self._book.column("fullName").take(pa.array(self.customers))
        return pa.concat_arrays([pa.array(["Sistema", *users]), customers])

    @cached_property
    def _book(self) -> pa.RecordBatch:
        names = ("fullName", "name", "surname", "department", "street", "cap", "city", "country", "role")
        layout = pa.schema([*((name, pa.string()) for name in names), *_LISTS])
        return address_book(self.people, self.users, layout).select(names)

    def user_rows(self, layout: pa.Schema) -> pa.Table:
        """The table users."""
        staff = len(self.users)
        book = self._book.take(pa.array(self.customers))
        lead = [*(user.name for user in self.users)], [*(user.surname for user in self.users)]
        is_firm = self.people.kind[self.customers] == ORGANIZATION
        dice = self.people.dice[self.customers]
        count = 1 + staff + len(self.customers)
        since = np.concatenate([np.full(1 + staff, OPENED), OPENED + pick(dice, _SINCE, _YEARS) * _DAY])
        place = joined(", ", *(book.column(name) for name in ("street", "city", "country")))
        columns = {
            "id": pa.array(np.arange(SYSTEM, SYSTEM + count)),
            "firstname": pa.concat_arrays([pa.array(["Sistema", *lead[0]]), book.column("name")]),
            "lastname": pa.concat_arrays(
                [pa.array([None, *lead[1]], pa.string()), pc.coalesce(book.column("surname"), book.column("fullName"))]
            ),
            "email": self.addresses,
            "web": self._after_staff(_first(webs_of(self.people).value, webs_of(self.people).offsets, self.customers)),
            "phone": self._after_staff(self._number(mobile=False), self._extens),
            "mobile": self._after_staff(self._number(mobile=True)),
            "department": self._after_staff(book.column("department")),
            "street": self._after_staff(book.column("street")),
            "zip": self._after_staff(book.column("cap")),
            "city": self._after_staff(book.column("city")),
            "country": self._after_staff(book.column("country")),
            "address": self._after_staff(place),
            "vip": pa.array(np.concatenate([np.zeros(1 + staff, np.int64), vips(self.people)[self.customers]])),
            "verified": pa.array(np.concatenate([np.ones(1 + staff, np.int64), is_firm | (dice % np.uint64(4) > 0)])),
            "active": pa.array(np.ones(count, np.int64)),
            "created_at": moments(since),
            "updated_at": moments(since),
            "created_by_id": pa.array(np.full(count, SYSTEM)),
            "updated_by_id": pa.array(np.full(count, SYSTEM)),
        }
        return laid_out(columns, count, layout)

    def group_rows(self, layout: pa.Schema) -> pa.Table:
        """The table groups."""
        numbers = np.arange(1, len(GROUPS) + 1)
        since = moments(np.full(len(GROUPS), OPENED))
        ones, system = (pa.array(np.full(len(GROUPS), value)) for value in (1, SYSTEM))
        columns = {
            "id": pa.array(numbers), "email_address_id": pa.array(numbers), "name": pa.array(GROUPS),
            "follow_up_possible": pa.array(["yes"] * len(GROUPS)), "follow_up_assignment": ones, "active": ones,
            "created_at": since, "updated_at": since, "created_by_id": system, "updated_by_id": system,
        }  # fmt: skip
        return laid_out(columns, len(GROUPS), layout)

    def membership_rows(self, layout: pa.Schema) -> pa.Table:
        """The table groups_users."""
        users = np.concatenate(self.members)
        groups = np.repeat(np.arange(1, len(GROUPS) + 1), [len(of) for of in self.members])
        return laid_out(
            {"user_id": pa.array(users), "group_id": pa.array(groups)}, len(users), layout, tuple(layout.names)
        )

    @cached_property
    def _extens(self) -> pa.Array:
        return words(*(user.exten for user in self.users))

    def _after_staff(self, values: pa.Array, staff: pa.Array | None = None) -> pa.Array:
        """What only customers have, or the users before them too."""
        before = pa.nulls(1 + len(self.users), pa.string()) if staff is None else staff
        return pa.concat_arrays([before, values])

    def _number(self, mobile: bool) -> pa.Array:
        """The first number of each customer that is mobile, or that is not."""
        tels = tels_of(self.people, self.users)
        is_mobile = pc.starts_with(tels.type, "CELL").to_numpy(zero_copy_only=False)
        is_fax = pc.starts_with(tels.type, "FAX").to_numpy(zero_copy_only=False)
        places = np.flatnonzero(is_mobile if mobile else ~is_mobile & ~is_fax)[::-1]
        first = np.full(len(self.people), -1)
        first[tels.owner[places]] = places
        found = first[self.customers]
        return only(named(tels.value, np.maximum(found, 0)), found >= 0)


_PAIR = pa.list_(pa.struct([("value", pa.string()), ("type", pa.string())]))
_LISTS = [("tel", _PAIR), ("mail", _PAIR), ("web", _PAIR)]


def _first(values: pa.Array, offsets: NDArray[np.int32], owners: NDArray[np.int64]) -> pa.Array:
    """The first of each owner's list; null for an empty one."""
    begins, ends = offsets[owners], offsets[owners + 1]
    if not len(values):
        return pa.nulls(len(owners), pa.string())
    return only(named(values, np.minimum(begins, len(values) - 1)), ends > begins)
