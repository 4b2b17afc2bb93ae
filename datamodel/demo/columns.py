"""The columns of a slice of steps: which interaction, where, when, with whom and how it ended."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from datamodel.demo.campaigns import only_in_sql
from datamodel.demo.details import answers, channel, notes, popup
from datamodel.demo.dice import pick
from datamodel.demo.journeys import INSIDE_NUMBERS, OUTSIDE_NUMBERS, TO_INSIDE, TO_OUTSIDE
from datamodel.demo.services import ENTRANCE, NUMBERS, SERVICES, Channel
from datamodel.demo.slices import Slice
from datamodel.demo.states import Contact, Context, Lookup, Status
from datamodel.demo.text import hexadecimal, joined, named, only, uuids, words

_CODES = words(*(service.code for service in SERVICES))
_SKILLSETS = words(*(service.skillset for service in SERVICES))
_SITES = pa.array([service.site for service in SERVICES])
_PRIORITIES = np.array([service.priority for service in SERVICES])
_MAIN_NUMBERS = 4
_DIALLED = pa.array([*(s.number for s in SERVICES), "0255501000", "0115550100", "800555010", "800555010"])
_TRUNKS = pa.array([f"PJSIP/trunk-{service.site.lower()}-" for service in SERVICES])
_PLACES = np.array([sorted({s.site for s in SERVICES}).index(s.site) for s in SERVICES])
_DESTINATIONS = pa.concat_arrays([
    _CODES,
    pa.array([str(8000 + place) for place in range(INSIDE_NUMBERS)]),
    pa.array([f"+39348555{9000 + place * 7}" for place in range(OUTSIDE_NUMBERS)]),
])  # fmt: skip
_KINDS = words("SERVICE", "NUMBER")
_REACHES = words("INTERNAL", "EXTERNAL", "REMOTE")
_STATUSES, _CONTEXTS, _LOOKUPS, _CONTACTS = (
    pa.array([member.name for member in kind]) for kind in (Status, Context, Lookup, Contact)
)
_ANONYMOUS = "anonymous"
_TRUNK, _LINK = 90, 0xD1B54A32D192ED03

Columns = dict[str, pa.Array]


def batch(part: Slice, layout: pa.Schema) -> pa.RecordBatch:
    """The steps of a slice as rows of this layout."""
    made: Columns = {}
    for maker in _MAKERS:
        made |= maker(part)
    empty = pa.nulls(len(part.steps), pa.string())
    return pa.record_batch([made.get(name, empty) for name in layout.names], schema=layout)


def _keys(part: Slice) -> Columns:
    dice = np.ascontiguousarray(part.calls["dice"])
    trunk = trunk_channels(part)
    sip = joined("", hexadecimal(dice, 16), "@10.20.1.5:5060")
    return {
        "id": part.spread(part.ids),
        "step": pa.array(part.column("step")),
        "SIPChannel": only(part.spread(trunk), part.phone),
        "SIPCallId": only(part.spread(sip), part.phone),
    }


def trunk_channels(part: Slice) -> pa.Array:
    """The channel by which each call reaches the centre, or leaves it."""
    serial = hexadecimal(part.counters.astype(np.uint64), 8)
    return joined("", named(_TRUNKS, part.calls["entry"]), serial)


def destinations_of(to: NDArray[np.int64]) -> pa.Array:
    """Where transfers go: codes of services and numbers; null for none."""
    return named(_DESTINATIONS, to)


def _who_and_where(part: Slice) -> Columns:
    service, user, to = part.column("service"), part.column("user"), part.column("to")
    queued = (part.steps["queue"] >= 0) | ((part.steps["context"] != Context.ACTIVE) & (service > 0))
    here, there = _PLACES[service], _PLACES[np.clip(to - 1, 0, len(SERVICES) - 1)]
    reach = np.where(to >= TO_OUTSIDE, 2, np.where((to < TO_INSIDE) & (here != there), 3, 1))
    destination = destinations_of(to)
    return {
        "user": named(part.words.usernames, user + 1),
        "exten": named(part.words.extens, user + 1),
        "service": named(_CODES, service + 1),
        "skillset": named(_SKILLSETS, np.where(queued, service + 1, 0)),
        "servicePriority": pa.array(_PRIORITIES[service]),
        "status": named(_STATUSES, part.column("status")),
        "context": named(_CONTEXTS, part.column("context")),
        "transferedTo": destination,
        "transferedTo_value": destination,
        "transferedTo_type": named(_KINDS, np.where(to == 0, 0, np.where(to < TO_INSIDE, 1, 2))),
        "channelDestination": named(_REACHES, np.where(to > 0, reach, 0)),
        "generic_generic3": only(named(_SITES, service), queued),
    }


def _when(part: Slice) -> Columns:
    start, queue, offer, answer, end, work = (
        part.column(name) for name in ("start", "queue", "offer", "answer", "end", "work")
    )
    offered, queued = offer >= 0, queue >= 0
    rung = np.where(part.answered, answer, end) - offer
    update = (end + work + part.of.begins) * 1_000_000
    return {
        "startTime": part.when("start"),
        "distributionTime": part.when("offer"),
        "answerByUserTime": part.when("answer"),
        "endTime": part.when("end"),
        "queueTime": part.when("queue"),
        "wnrOnUserTime": pa.array((end + part.of.begins) * 1_000_000, mask=work == 0).view(pa.timestamp("us")),
        "lastUpdateTime": pa.array(update).view(pa.timestamp("us")),
        "waitDuration": pa.array(part.column("wait")),
        "queueDuration": pa.array(np.where(queued, np.where(offered, offer, end) - queue, 0)),
        "waitDurationOnUser": pa.array(np.where(offered, rung, 0)),
        "durationOnUser": pa.array(np.where(part.answered, end - answer, 0)),
        "totalDuration": pa.array(end - start),
        "holdDuration": pa.array(part.column("hold")),
        "wnrDurationOnUser": pa.array(work),
    }


def _party(part: Slice) -> Columns:
    """The other side, as the calling number tells it (of a call that the centre makes, the called one)."""
    line = np.ascontiguousarray(part.calls["line"])
    lines = part.lines
    number = named(lines.value, line)
    cli, dnis = party(part)
    return {
        "cli": only(part.spread(cli), part.phone),
        "dnis": only(part.spread(dnis), part.phone),
        "customer": part.spread(named(lines.customer, line)),
        "contact_id": part.spread(named(lines.contact, line)),
        "contact_username": part.spread(named(lines.username, line)),
        "contact_value": part.spread(number),
        "contact_type": part.spread(named(_CONTACTS, lines.type[line])),
        "contact_lookupType": part.spread(named(_LOOKUPS, lines.lookup[line])),
    }


def _links(part: Slice) -> Columns:
    """The records of calls that were missed, and of those who asked to be called back."""
    if part.of.channel is Channel.OUTBOUND:
        own, missed = part.calls["record"], part.of_call("missed")
    else:
        own = part.calls["dice"]
        left = (part.column("status") == Status.HANGUP) & part.phone
        back = part.column("status") == Status.CLOSED_BY_SYSTEM_CALLBACK
        missed = np.where(left, int(Status.HANGUP) + 1, np.where(back, int(Status.CLOSED_BY_SYSTEM_CALLBACK) + 1, 0))
    record = part.spread(record_ids(own))
    return {
        "abandonedCall": only(record, missed == int(Status.HANGUP) + 1),
        "callbackCall": only(record, missed == int(Status.CLOSED_BY_SYSTEM_CALLBACK) + 1),
    }


def party(part: Slice) -> tuple[pa.Array, pa.Array]:
    """The calling and the called number of each interaction."""
    entry = part.calls["entry"].astype(np.int64)
    main_number = len(SERVICES) + pick(part.calls["dice"], _TRUNK, _MAIN_NUMBERS)
    shown = named(_DIALLED, np.where(entry == NUMBERS[ENTRANCE.code], main_number, entry))
    theirs = named(part.lines.value, np.ascontiguousarray(part.calls["line"])).fill_null(_ANONYMOUS)
    return (shown, theirs) if part.of.channel is Channel.OUTBOUND else (theirs, shown)


def record_ids(dice: NDArray[np.uint64]) -> pa.Array:
    """The identifiers of the records of calls that were missed, by the dice of these calls."""
    return uuids(dice * np.uint64(_LINK), dice ^ np.uint64(_LINK))


_MAKERS: tuple[Callable[[Slice], Columns], ...] = (
    _keys, _who_and_where, _when, _party, _links, channel, popup, answers, notes, only_in_sql,
)  # fmt: skip
