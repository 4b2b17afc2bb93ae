"""The demo centre: a Source whose interactions are simulated, month by month, and always the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from datamodel.demo.address_book import address_book
from datamodel.demo.beside import Beside, Happened
from datamodel.demo.callers import Lines, mail_lines, phone_lines
from datamodel.demo.columns import batch
from datamodel.demo.inbound import incoming
from datamodel.demo.missed import EXPIRES
from datamodel.demo.outbound import missed_in, outgoing
from datamodel.demo.people import People, people_of
from datamodel.demo.records import Records, most_recent_first
from datamodel.demo.roster import Roster
from datamodel.demo.services import Channel
from datamodel.demo.slices import BATCH, Conversations, Words, slices, whole
from datamodel.demo.slots import slots_of
from datamodel.demo.support import Support
from store.layout import arrow_schema
from tabular.month import Month
from tabular.table import Grain, Table

CONTACTS = "addressBookContacts"
CHANNELS = {
    "inboundCalls": Channel.CALLS,
    "outboundCalls": Channel.OUTBOUND,
    "inboundVideoCalls": Channel.VIDEO,
    "inboundChats": Channel.CHATS,
}

_LONGEST = timedelta(hours=6)
"""No interaction takes longer."""


@dataclass(frozen=True)
class _Company:
    """What stays the same from month to month."""

    roster: Roster
    people: People
    phones: Lines
    mails: Lines
    words: Words
    beside: Beside


@lru_cache(maxsize=2)
def _company(calls_per_month: int, seed: int) -> _Company:
    roster = Roster(calls_per_month, seed)
    people = people_of(calls_per_month, seed, roster.users)
    phones, mails = phone_lines(people, roster.users), mail_lines(people, roster.users)
    beside = Beside(Support(people, roster.users), phones, mails, calls_per_month, seed)
    return _Company(roster, people, phones, mails, Words.of(roster.users), beside)


class DemoCentre:
    """A contact centre of an Italian company that does not exist.

    What happens in a month depends on `calls_per_month` (inbound calls of a mean month), `seed` and `zone` alone;
    `now` cuts the open month: as in a real centre, an interaction appears once it has ended and its last user has
    done the after-call work. The centre has the `months` months up to that of `now`.
    """

    def __init__(
        self,
        calls_per_month: int = 5000,
        seed: int = 1,
        zone: str = "Europe/Rome",
        *,
        now: datetime,
        months: int = 3,
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("`now` needs a time zone.")
        self.name = f"demo of {calls_per_month} calls a month, seed {seed}"
        self._size, self._seed, self._zone = calls_per_month, seed, zone
        self._now, self._count = now, months
        self._missed: dict[Month, Records] = {}
        self._month: tuple[Month, dict[Channel, Conversations]] | None = None

    def months(self, table: Table) -> Sequence[Month | None]:
        """The last months up to the open one; `[None]` for the address book; none for tables made by the store."""
        if table.grain is Grain.RECORD and table.name == CONTACTS:
            return [None]
        if not self._knows(table):
            return ()
        return self._months if table.monthly else [None]

    @property
    def _months(self) -> list[Month]:
        open_month = Month.of(self._now.astimezone(ZoneInfo(self._zone)))
        return list((open_month - (self._count - 1)).until(open_month))

    def _knows(self, table: Table) -> bool:
        if table.grain is Grain.STEP:
            return table.name in CHANNELS
        return table.grain is Grain.RECORD and table.name in Beside.TABLES and not table.of

    def fetch(self, table: Table, month: Month | None) -> Iterator[pa.RecordBatch]:
        """The rows of one month, by identifier and step, in batches of some thousands."""
        layout = arrow_schema(table)
        if table.name in Beside.TABLES:
            yield from self._beside(table, month, layout)
        elif month is None:
            yield from self._contacts(table, layout)
        elif table.name in CHANNELS and month.begins(ZoneInfo(self._zone)) <= self._now:
            channel, company = CHANNELS[table.name], self._company
            conversations = self._until_now(channel, month)
            lines = company.phones if channel in {Channel.CALLS, Channel.OUTBOUND} else company.mails
            for part in slices(conversations, lines, company.words):
                yield batch(part, layout)

    def changed(self, table: Table, month: Month | None, since: datetime) -> bool:
        """Whether the month was open at `since`, or what began in it may have gone on then; contacts never change,
        tickets always may."""
        if month is None:
            return table.name in Beside.GROWING and since < self._now
        lasts = EXPIRES + _LONGEST if table.name in Beside.EXPIRING else _LONGEST
        return self._knows(table) and since < month.ends(ZoneInfo(self._zone)) + lasts

    @property
    def _company(self) -> _Company:
        return _company(self._size, self._seed)

    def _beside(self, table: Table, month: Month | None, layout: pa.Schema) -> Iterator[pa.RecordBatch]:
        """The tables beside the Data Model's: of a month, or of all months."""
        beside, now = self._company.beside, int(self._now.timestamp())
        if month is None:
            rows = beside.of_all(table.name, self._months, self._zone, now, layout)
        elif month.begins(ZoneInfo(self._zone)) <= self._now:
            company = self._company
            inbound, outbound = (
                whole(self._until_now(channel, month), company.phones, company.words)
                for channel in (Channel.CALLS, Channel.OUTBOUND)
            )
            rows = beside.of_month(table.name, Happened(inbound, outbound, self._zone, now), layout)
        else:
            return
        yield from rows.combine_chunks().to_batches(max_chunksize=BATCH)

    def _contacts(self, table: Table, layout: pa.Schema) -> Iterator[pa.RecordBatch]:
        if table.name == CONTACTS:
            book = address_book(self._company.people, self._company.roster.users, layout)
            for begin in range(0, len(book), BATCH):
                yield book.slice(begin, BATCH)

    def _held(self, channel: Channel, month: Month) -> Conversations:
        """All interactions of a month, whether they have happened yet or not."""
        slots, company = slots_of(month, self._zone), self._company
        if channel is Channel.OUTBOUND:
            if month not in self._missed:
                self._held(Channel.CALLS, month)
            calls, steps = outgoing(
                company.roster, self._size, self._seed, month, slots, company.phones, self._missed[month]
            )
        else:
            lines = company.phones if channel is Channel.CALLS else company.mails
            calls, steps = incoming(company.roster, self._size, self._seed, channel, month, slots, lines)
            if channel is Channel.CALLS:
                self._missed[month] = missed_in(calls, steps, lines)
        return Conversations(channel, month, slots.begins, calls, most_recent_first(steps, len(calls)))

    def _until_now(self, channel: Channel, month: Month) -> Conversations:
        """The conversations of a month that have ended, with all work after them; of the last month they are kept."""
        if self._month is None or self._month[0] != month:
            self._month = month, {}
        known = self._month[1]
        if channel not in known:
            known[channel] = self._ended(self._held(channel, month))
        return known[channel]

    def _ended(self, held: Conversations) -> Conversations:
        steps = held.steps
        over = int(self._now.timestamp()) - held.begins
        if not len(steps) or int((steps["end"] + steps["work"]).max()) <= over:
            return held
        lasting = np.zeros(len(held.calls), np.bool_)
        lasting[steps["call"][steps["end"] + steps["work"] > over]] = True
        return replace(held, steps=steps.take(np.flatnonzero(~lasting[steps["call"]])))
