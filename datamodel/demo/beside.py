"""The SQL tables of the demo centre that show no table of the Data Model another way."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import pyarrow as pa

from datamodel.demo.callers import Lines
from datamodel.demo.campaigns import campaign_calls
from datamodel.demo.identities import identities
from datamodel.demo.legs import legs
from datamodel.demo.menus import menu_steps
from datamodel.demo.missed import missed_calls
from datamodel.demo.recorded import recorded_calls
from datamodel.demo.slices import Slice
from datamodel.demo.states import Status
from datamodel.demo.support import Support
from datamodel.demo.text import uuids
from datamodel.demo.tickets import Tickets, link_objects
from tabular.month import Month


@dataclass(frozen=True)
class Happened:
    """What happened on the telephone in a month, as far as it is over: all steps of its calls, in and out."""

    inbound: Slice
    outbound: Slice
    zone: str
    now: int


@dataclass
class Beside:
    """What the tables are made of, month by month, beside the interactions themselves."""

    support: Support
    phones: Lines
    mails: Lines
    size: int
    seed: int
    _tickets: tuple[object, Tickets] | None = None

    GROWING: ClassVar = frozenset({"tickets", "ticket_articles", "ticket_time_accountings", "links"})
    EXPIRING: ClassVar = frozenset({"ast_calls_callback", "ast_calls_abandoned"})
    TABLES: ClassVar = GROWING | EXPIRING | {
        "ast_cdr", "ast_ivr_records_bis", "smartrec", "ast_pd_history", "t4you_multichannel_addressbook",
        "groups", "groups_users", "link_objects", "users",
    }  # fmt: skip

    def of_month(self, name: str, happened: Happened, layout: pa.Schema) -> pa.Table:
        """The rows of a table in a month, by key."""
        inbound, outbound = happened.inbound, happened.outbound
        match name:
            case "ast_cdr":
                return _merged([legs(inbound, layout), legs(outbound, layout)], "uniqueid", "id_node")
            case "ast_ivr_records_bis":
                return menu_steps(inbound, layout)
            case "smartrec":
                recordings = (recorded_calls(part, happened.zone, layout) for part in (inbound, outbound))
                return _merged(list(recordings), "filewave")
            case "ast_pd_history":
                return campaign_calls(outbound, layout)
        ending = Status.HANGUP if name == "ast_calls_abandoned" else Status.CLOSED_BY_SYSTEM_CALLBACK
        return missed_calls(ending, inbound, outbound, happened.now - inbound.of.begins, layout)

    def of_all(self, name: str, months: list[Month], zone: str, now: int, layout: pa.Schema) -> pa.Table:
        """The rows of a table without months, by key."""
        match name:
            case "t4you_multichannel_addressbook":
                people = self.support.people
                return identities(people, self.phones, self.mails, self._uuids, layout)
            case "users":
                return self.support.user_rows(layout)
            case "groups":
                return self.support.group_rows(layout)
            case "groups_users":
                return self.support.membership_rows(layout)
            case "link_objects":
                return link_objects(layout)
        tickets = self._made(months, zone, now)
        match name:
            case "tickets":
                return tickets.rows(layout)
            case "ticket_articles":
                return tickets.article_rows(layout)
            case "links":
                return tickets.link_rows(layout)
        return tickets.accounting_rows(layout)

    @cached_property
    def _uuids(self) -> pa.Array:
        return uuids(*self.support.people.uuid)

    def _made(self, months: list[Month], zone: str, now: int) -> Tickets:
        """The tickets of these months; the last ones made are kept."""
        asked = (tuple(months), zone, now)
        if self._tickets is None or self._tickets[0] != asked:
            self._tickets = asked, Tickets.of(self.support, self.size, self.seed, months, zone, now)
        return self._tickets[1]


def _merged(parts: list[pa.Table], *key: str) -> pa.Table:
    return pa.concat_tables(parts).sort_by([(name, "ascending") for name in key])
