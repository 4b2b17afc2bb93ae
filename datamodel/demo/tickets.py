"""The tables of tickets: tickets, ticket_articles, ticket_time_accountings, links and link_objects."""

from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.demand import demand_of
from datamodel.demo.dice import chance, generator, lognormal, numbers, pick, seconds
from datamodel.demo.phrases import NOTES, QUESTIONS
from datamodel.demo.rows import laid_out, moments, numbers_of
from datamodel.demo.slots import SLOT, slots_of
from datamodel.demo.support import GROUPS, OPENED, SYSTEM, Support
from datamodel.demo.text import digits, joined, named
from tabular.month import Month

TICKETS_PER_CALL, FEWEST = 0.03, 12
"""Tickets of a month for each inbound call, and of the smallest centre."""

MOST_ARTICLES = 8
"""No ticket has more; the number of an article is its ticket's times so many, and its place."""

_MONTH_ROOM, _FIRST_YEAR = 800_000, 2010
_CHANNEL = 16
_NEW, _OPEN, _REMINDER, _ACTION, _CLOSED, _MERGED = range(1, 7)
_EMAIL, _PHONE, _NOTE, _WEB = 1, 5, 10, 11
_AGENT, _CUSTOMER, _SYSTEM_SENDER = 1, 2, 3
_FIRST_RESPONSE, _SOLUTION = 4 * 3600, 3 * 86_400
_SHARES = np.cumsum([0.3, 0.12, 0.22, 0.1, 0.16, 0.1])
_TITLES = (
    "Caldaia in blocco", "Ordine non arrivato", "Duplicato della fattura", "Richiesta di preventivo",
    "Pezzo di ricambio errato", "Accesso all'area clienti", "Reclamo per il ritardo", "Manutenzione annuale",
)  # fmt: skip
_ANSWERS = pa.array([
    "Buongiorno, abbiamo preso in carico la Sua richiesta.",
    "Gentile cliente, il tecnico passerà entro domani.",
    "Le confermiamo che il pezzo è stato spedito.",
    "Può inviarci una fotografia della targhetta?",
    "La pratica è chiusa; grazie di averci scritto.",
])  # fmt: skip


class _Throw(IntEnum):
    GROUP = 220
    CUSTOMER = auto()
    OWNER = auto()
    PRIORITY = auto()
    WAY = auto()
    TITLE = auto()
    ARTICLES = auto()
    WAITS = auto()
    MERGED = auto()
    LINKED = auto()
    TEXT = auto()
    WORK = auto()
    NOTE = auto()
    PLACE = auto()


@dataclass(frozen=True)
class Tickets:
    """All tickets of some months, by number, as they are at `now` (Unix time); times are Unix times too.

    `made`, `answered` and `closed` are when each was or will be; `count` how many articles it will have.
    """

    support: Support
    now: int
    id: NDArray[np.int64]
    serial: pa.Array
    made: NDArray[np.int64]
    answered: NDArray[np.int64]
    closed: NDArray[np.int64]
    count: NDArray[np.int64]
    group: NDArray[np.int64]
    customer: NDArray[np.int64]
    owner: NDArray[np.int64]
    dice: NDArray[np.uint64]

    @classmethod
    def of(cls, support: Support, size: int, seed: int, months: list[Month], zone: str, now: int) -> "Tickets":
        """The tickets of these months of a centre of that many calls a month."""
        parts = [_made_in(month, support, size, seed, zone) for month in months]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
        there = columns["made"] <= now
        columns = {name: values[there] for name, values in columns.items()}
        serial = digits(columns.pop("serial"), 12)
        return cls(support=support, now=now, serial=serial, **columns)

    @cached_property
    def is_closed(self) -> NDArray[np.bool_]:
        """Which are closed by now."""
        return self.closed <= self.now

    @cached_property
    def is_answered(self) -> NDArray[np.bool_]:
        """Which have had an answer by now."""
        return self.answered <= self.now

    @cached_property
    def articles(self) -> "_Articles":
        """Their articles so far."""
        return _articles(self)

    def rows(self, layout: pa.Schema) -> pa.Table:
        """The table tickets."""
        articles, dice, closed, answered = self.articles, self.dice, self.is_closed, self.is_answered
        merged = closed & chance(dice, _Throw.MERGED, 0.03)
        waits = np.where(
            chance(dice, _Throw.WAITS, 0.3), _REMINDER, np.where(chance(dice, _Throw.NOTE, 0.1), _ACTION, _OPEN)
        )
        state = np.where(closed, np.where(merged, _MERGED, _CLOSED), np.where(answered, waits, _NEW))
        respond, solve = self.made + _FIRST_RESPONSE, self.made + _SOLUTION
        to_answer, to_close = (self.answered - self.made) // 60, (self.closed - self.made) // 60
        last = articles.latest(len(self.id), articles.sender > 0)
        by_agent = articles.latest(len(self.id), articles.sender == _AGENT)
        by_customer = articles.latest(len(self.id), articles.sender == _CUSTOMER)
        updated = np.maximum(np.maximum(last, self.made), np.where(closed, self.closed, 0))
        first = np.searchsorted(articles.ticket, np.arange(len(self.id)))
        work = np.bincount(articles.ticket, articles.work, len(self.id))
        columns = {
            "id": pa.array(self.id),
            "group_id": pa.array(self.group),
            "owner_id": numbers_of(self.owner, answered),
            "customer_id": pa.array(self.customer),
            "state_id": pa.array(state),
            "priority_id": pa.array(np.array([1, 2, 2, 2, 2, 2, 3, 3])[pick(dice, _Throw.PRIORITY, 8)]),
            "number": self.serial,
            "title": named(pa.array(_TITLES), pick(dice, _Throw.TITLE, len(_TITLES))),
            "first_response_at": moments(self.answered, where=answered),
            "first_response_escalation_at": moments(respond),
            "first_response_in_min": numbers_of(to_answer, answered),
            "first_response_diff_in_min": numbers_of(_FIRST_RESPONSE // 60 - to_answer, answered),
            "close_at": moments(self.closed, where=closed),
            "close_escalation_at": moments(solve),
            "close_in_min": numbers_of(to_close, closed),
            "close_diff_in_min": numbers_of(_SOLUTION // 60 - to_close, closed),
            "last_contact_at": moments(last),
            "last_contact_agent_at": moments(by_agent, where=by_agent > 0),
            "last_contact_customer_at": moments(by_customer, where=by_customer > 0),
            "last_owner_update_at": moments(self.answered, where=answered),
            "create_article_type_id": pa.array(articles.type[first]),
            "create_article_sender_id": pa.array(articles.sender[first]),
            "article_count": pa.array(np.bincount(articles.ticket, minlength=len(self.id)).astype(np.int64)),
            "escalation_at": moments(np.where(answered, solve, respond), where=~closed),
            "pending_time": moments(self.answered + 86_400, where=state == _REMINDER),
            "time_unit": pa.array(work / 100),
            "created_at": moments(self.made),
            "updated_at": moments(updated),
            "created_by_id": pa.array(np.where(articles.sender[first] == _AGENT, self.owner, self.customer)),
            "updated_by_id": pa.array(np.where(answered, self.owner, self.customer)),
        }
        return laid_out(columns, len(self.id), layout)

    def article_rows(self, layout: pa.Schema) -> pa.Table:
        """The table ticket_articles."""
        of = self.articles
        ticket = of.ticket
        addresses, names = self.support.addresses, self.support.names
        quoted = joined(
            "", named(names, self.customer[ticket] - 1), " <", named(addresses, self.customer[ticket] - 1), ">"
        )
        desk = named(pa.array([f"{code.lower()}@example.it" for code in GROUPS]), self.group[ticket] - 1)
        is_agent, is_note = of.sender == _AGENT, of.type == _NOTE
        mine = pc.if_else(pa.array(is_agent), desk, quoted)
        other = pc.if_else(pa.array(is_agent), quoted, desk)
        serial = self.serial.take(pa.array(ticket))
        title = named(pa.array(_TITLES), pick(self.dice, _Throw.TITLE, len(_TITLES))[ticket])
        first = of.place == 0
        message = _message(of.id)
        before = pc.if_else(pa.array(first), pa.scalar(None, pa.string()), _message(of.id - 1))
        asked = named(QUESTIONS, 1 + pick(of.dice, _Throw.TEXT, len(QUESTIONS) - 1))
        noted = named(NOTES, 1 + pick(of.dice, _Throw.TEXT, len(NOTES) - 1))
        told = named(_ANSWERS, pick(of.dice, _Throw.TEXT, len(_ANSWERS)))
        body = pc.if_else(pa.array(is_note), noted, pc.if_else(pa.array(is_agent), told, asked))
        author = np.where(is_agent, self.owner[ticket], self.customer[ticket])
        columns = {
            "id": pa.array(of.id),
            "ticket_id": pa.array(self.id[ticket]),
            "sender_id": pa.array(of.sender),
            "type_id": pa.array(of.type),
            "from": mine,
            "to": pc.if_else(pa.array(is_note), pa.scalar(None, pa.string()), other),
            "subject": joined("", pc.if_else(pa.array(first), "[", "Re: ["), serial, "] ", title),
            "message_id": message,
            "in_reply_to": before,
            "content_type": pa.array(["text/plain"]).take(pa.array(np.zeros(len(ticket), np.int64))),
            "references": before,
            "body": body,
            "internal": pa.array(is_note.astype(np.int64)),
            "created_at": moments(of.made),
            "updated_at": moments(of.made),
            "created_by_id": pa.array(author),
            "updated_by_id": pa.array(author),
        }
        return laid_out(columns, len(ticket), layout)

    def accounting_rows(self, layout: pa.Schema) -> pa.Table:
        """The table ticket_time_accountings: what users worked on articles."""
        of = self.articles
        worked = np.flatnonzero(of.work > 0)
        at = moments(of.made[worked])
        columns = {
            "id": pa.array(of.id[worked]),
            "ticket_id": pa.array(self.id[of.ticket[worked]]),
            "ticket_article_id": pa.array(of.id[worked]),
            "time_unit": pa.array(of.work[worked] / 100),
            "created_at": at,
            "updated_at": at,
            "created_by_id": pa.array(self.owner[of.ticket[worked]]),
        }
        return laid_out(columns, len(worked), layout)

    def link_rows(self, layout: pa.Schema) -> pa.Table:
        """The table links: some tickets with the one before them."""
        linked = np.flatnonzero(chance(self.dice, _Throw.LINKED, 0.12) & (np.arange(len(self.id)) > 0))
        at, ones = moments(self.made[linked]), pa.array(np.ones(len(linked), np.int64))
        columns = {
            "id": pa.array(self.id[linked]),
            "link_type_id": pa.array(1 + pick(self.dice[linked], _Throw.PLACE, 3)),
            "link_object_source_id": ones,
            "link_object_source_value": pa.array(self.id[linked]),
            "link_object_target_id": ones,
            "link_object_target_value": pa.array(self.id[linked - 1]),
            "created_at": at,
            "updated_at": at,
        }
        return laid_out(columns, len(linked), layout)


def link_objects(layout: pa.Schema) -> pa.Table:
    """The table link_objects."""
    since, two = moments(np.full(2, OPENED)), np.arange(1, 3)
    columns = {"id": pa.array(two), "name": pa.array(["Ticket", "KnowledgeBase::Answer"]), "active": pa.array([1, 1])}
    return laid_out({**columns, "created_at": since, "updated_at": since}, 2, layout)


def _made_in(month: Month, support: Support, size: int, seed: int, zone: str) -> dict[str, NDArray[np.generic]]:
    """The tickets that are made in a month, earliest first."""
    slots = slots_of(month, zone)
    rng = generator(seed, month, _CHANNEL)
    count = max(FEWEST, int(size * TICKETS_PER_CALL))
    weight = demand_of(max(size, 1)).arrivals.sum(axis=0)[slots.week] + 1e-6
    slot = np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(count))
    made = np.sort(slots.begins + np.minimum(slot, slots.count - 1) * SLOT + rng.integers(0, SLOT, count))
    dice = numbers(rng, count)
    group = 1 + np.searchsorted(_SHARES[:-1], pick(dice, _Throw.GROUP, 1000) / 1000, side="right")
    owner = np.array([SYSTEM] * count)
    for number, members in enumerate(support.members, 1):
        mine = np.flatnonzero(group == number)
        owner[mine] = members[pick(dice[mine], _Throw.OWNER, len(members))]
    customers = max(len(support.customers), 1)
    customer = support.first_customer + (pick(dice, _Throw.CUSTOMER, 65_536) * customers >> 16)
    answered = made + 300 + seconds(rng, lognormal(1.0), 5400, count)
    closed = answered + 600 + seconds(rng, lognormal(1.1), 2.2 * 86_400, count)
    articles = 2 + np.minimum(pick(dice, _Throw.ARTICLES, 9) * pick(dice, _Throw.PLACE, 9) // 9, MOST_ARTICLES - 2)
    place = np.arange(count)
    ids = ((month.year - _FIRST_YEAR) * 12 + month.month) * _MONTH_ROOM + place + 1
    return {
        "id": ids, "serial": (month.year * 100 + month.month) * 1_000_000 + place + 1, "made": made,
        "answered": answered, "closed": closed, "count": articles, "group": group, "customer": customer,
        "owner": owner, "dice": dice,
    }  # fmt: skip


@dataclass(frozen=True)
class _Articles:
    """Articles by number: the place of each one's ticket, its own place in it, when it was made and by whom."""

    id: NDArray[np.int64]
    ticket: NDArray[np.int64]
    place: NDArray[np.int64]
    made: NDArray[np.int64]
    sender: NDArray[np.int64]
    type: NDArray[np.int64]
    work: NDArray[np.int64]
    dice: NDArray[np.uint64]

    def latest(self, tickets: int, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """When the last of these was made, for each ticket; -1 where there is none."""
        last = np.full(tickets, -1)
        last[self.ticket[which]] = self.made[which]  # they come in the order of time
        return last


def _articles(tickets: Tickets) -> _Articles:
    count = tickets.count
    ticket = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(ticket)) - np.repeat(np.cumsum(count) - count, count)
    of = count[ticket]
    # The first is the question, the second the first answer; the last one closes the ticket.
    spread = tickets.answered[ticket] + (tickets.closed - tickets.answered)[ticket] * (place - 1) // np.maximum(
        of - 2, 1
    )
    made = np.where(place == 0, tickets.made[ticket], np.where(place == 1, tickets.answered[ticket], spread))
    there = np.flatnonzero(made <= tickets.now)
    ticket, place, made, of = ticket[there], place[there], made[there], of[there]
    dice = tickets.dice[ticket] * np.uint64(2) + np.uint64(1)
    dice = dice * (place.astype(np.uint64) * np.uint64(2) + np.uint64(3))
    way = np.array([_EMAIL, _EMAIL, _EMAIL, _WEB, _WEB, _PHONE])[pick(tickets.dice, _Throw.WAY, 6)][ticket]
    by_agent = (place % 2 == 1) | (place == of - 1) | ((place == 0) & (way == _PHONE))
    note = by_agent & (place > 1) & (place < of - 1) & chance(dice, _Throw.NOTE, 0.4)
    kind = np.where(note, _NOTE, np.where((place > 0) & (way == _WEB), _EMAIL, way))
    work = by_agent * (50 + pick(dice, _Throw.WORK, 1500))
    sender = np.where(by_agent, _AGENT, _CUSTOMER)
    number = tickets.id[ticket] * MOST_ARTICLES + place
    return _Articles(number, ticket, place, made, sender, kind, work, dice)


def _message(number: NDArray[np.int64]) -> pa.Array:
    return joined("", "<", pc.cast(pa.array(number), pa.string()), "@tickets.example.it>")
