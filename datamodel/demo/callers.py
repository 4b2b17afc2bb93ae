"""Whose numbers and addresses interactions come from: the lines of contacts, of strangers, and of nobody."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.address_book import customer_codes, vips
from datamodel.demo.dice import throw
from datamodel.demo.people import ORGANIZATION, USER, People
from datamodel.demo.reach import Listed, mails_of, mobile_numbers, tels_of
from datamodel.demo.roster import User
from datamodel.demo.states import Contact, Lookup
from datamodel.demo.text import named, only, uuids, words


class _Throw(IntEnum):
    KNOWN = 64
    LINE = 65
    SECOND_LINE = 66


@dataclass(frozen=True)
class Lines:
    """Everything known of a line: its number or address, and the contact found by it; `known` come first.

    Text columns are null where there is nothing; `type` and `lookup` number Contact and Lookup.
    """

    value: pa.Array
    contact: pa.Array
    username: pa.Array
    type: NDArray[np.int8]
    lookup: NDArray[np.int8]
    customer: pa.Array
    vip: NDArray[np.bool_]
    known: int
    strangers: int

    @cached_property
    def listed(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A number for the contact of each line that has one (else for the line itself), and which of its lines it is,
        both from 1."""
        owner = pc.coalesce(self.contact, pc.cast(pa.array(np.arange(len(self.contact))), pa.string()))
        numbers = pc.dictionary_encode(owner).indices.to_numpy().astype(np.int64)
        order = np.argsort(numbers, kind="stable")
        begins = np.flatnonzero(np.diff(numbers[order], prepend=-1))
        rank = np.empty(len(numbers), np.int64)
        rank[order] = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
        return numbers + 1, rank + 1

    @property
    def nobody(self) -> int:
        """The line of those who withhold their number."""
        return self.known + self.strangers

    def drawn(self, dice: NDArray[np.uint64], known: float, nobody: float) -> NDArray[np.int64]:
        """A line for each interaction: of a contact, of nobody, or else of a stranger, in these parts."""
        who, spot = throw(dice, _Throw.KNOWN), throw(dice, _Throw.LINE)
        # The lesser of two throws, so that some call often and others seldom.
        contact = np.minimum(spot, throw(dice, _Throw.SECOND_LINE)) * self.known >> 16
        stranger = self.known + (spot * self.strangers >> 16)
        line = np.where(who < int(known * 65536), contact, stranger)
        return np.where(who >= int((1 - nobody) * 65536), self.nobody, line)


def phone_lines(people: People, users: tuple[User, ...]) -> Lines:
    """The lines of the phone: the first two numbers of each contact that is not an agent."""
    tels = tels_of(people, users)
    fax = pc.starts_with(tels.type, "FAX").to_numpy(zero_copy_only=False)
    usable = np.flatnonzero(~people.agent[tels.owner] & (tels.rank < 2) & ~fax)
    return _lines(people, users, tels, usable, mobile_numbers(np.arange(len(people)), "556"))


def mail_lines(people: People, users: tuple[User, ...]) -> Lines:
    """The lines of video and chat: the first address of each contact, and visitors who give none."""
    mails = mails_of(people, users)
    usable = np.flatnonzero((people.kind[mails.owner] != USER) & (mails.rank == 0))
    return _lines(people, users, mails, usable, pa.nulls(1, pa.string()))


def _lines(
    people: People, users: tuple[User, ...], listed: Listed, usable: NDArray[np.int64], strangers: pa.Array
) -> Lines:
    # In the order of their digits, which has nothing to do with that of the contacts.
    usable = usable[np.argsort(people.dice[listed.owner[usable]], kind="stable")]
    codes = pc.dictionary_encode(listed.value).indices.to_numpy()
    pairs = np.unique(np.stack([codes, listed.owner]), axis=1)
    shared = (np.bincount(pairs[0]) > 1)[codes[usable]]
    owner = listed.owner[usable]
    kind = np.where(people.kind[owner] == ORGANIZATION, Contact.EXTERNAL_ORGANIZATION, Contact.EXTERNAL_ITEM)
    kind = np.where(people.kind[owner] == USER, Contact.USER, kind)
    kind = np.where(shared, Contact.UNKNOWN, kind)
    rest = len(strangers) + 1
    nothing = pa.nulls(rest, pa.string())
    found = ~shared
    usernames = named(words(*(user.username for user in users)), people.user[owner] + 1)
    return Lines(
        value=pa.concat_arrays([named(listed.value, usable), strangers, pa.nulls(1, pa.string())]),
        contact=pa.concat_arrays([only(named(uuids(*people.uuid), owner), found), nothing]),
        username=pa.concat_arrays([only(usernames, found), nothing]),
        type=np.append(kind, [Contact.UNKNOWN] * (rest - 1) + [Contact.ANONYMOUS]).astype(np.int8),
        lookup=np.append(np.where(shared, Lookup.MULTIPLE, Lookup.SUCCESS), [Lookup.NONE] * rest).astype(np.int8),
        customer=pa.concat_arrays([only(named(customer_codes(people), owner), found), nothing]),
        vip=np.append(vips(people)[owner] & found, np.zeros(rest, np.bool_)),
        known=len(usable),
        strangers=len(strangers),
    )
