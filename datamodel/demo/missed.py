"""The tables ast_calls_abandoned and ast_calls_callback: who was not answered, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.columns import record_ids
from datamodel.demo.details import results_of
from datamodel.demo.phrases import RESULTS
from datamodel.demo.rows import laid_out, moments, numbers_of
from datamodel.demo.services import SERVICES
from datamodel.demo.slices import Slice
from datamodel.demo.states import Contact, Media, Status
from datamodel.demo.text import named, only, words

EXPIRES = timedelta(days=3)
"""How long nobody has to have been called back until nobody will be."""

_EXPIRES = int(EXPIRES.total_seconds())
_TRIES = 3
_SERVICES = words(*(service.code for service in SERVICES))
_PRIORITIES = np.array([service.priority for service in SERVICES])
_CONTACTS = pa.array([member.name for member in Contact])
_STATES = pa.array(["NEW", "UNLOCKED", "CLOSED"])
_REASONS = words("SUCCESS", "CONTACT_RECALL", "RETRY_EXCEEDED", "EXPIRED")
_NEVER = np.iinfo(np.int64).max


class _Why(IntEnum):
    OPEN = 0
    SUCCESS = 1
    RECALL = 2
    EXCEEDED = 3
    EXPIRED = 4


@dataclass(frozen=True)
class _Attempts:
    """What the centre did to reach those who were missed, for each of them.

    `count` attempts; of the `last` and the first `answered` one the place of its first step, or -1.
    """

    count: NDArray[np.int64]
    last: NDArray[np.int64]
    answered: NDArray[np.int64]


def missed_calls(ending: Status, inbound: Slice, outbound: Slice, over: int, layout: pa.Schema) -> pa.Table:
    """The records of the calls that ended so in a month, by identifier, as they are `over` seconds after its beginning.

    `inbound` and `outbound` hold all steps of the month's calls.
    """
    steps = np.flatnonzero((inbound.column("status") == ending) & inbound.phone)
    call = inbound.at[steps]
    dice = np.ascontiguousarray(inbound.calls["dice"])[call]
    start, end = inbound.calls["start"][call].astype(np.int64), inbound.column("end")[steps]
    line = inbound.calls["line"][call].astype(np.int64)
    tries = _attempts(dice, outbound)
    recalled, repeats, last_call = _recalls(inbound, line, start, end, tries, outbound)

    made_end, made_start = outbound.column("end"), outbound.column("start")
    reached, tried = tries.answered >= 0, tries.last >= 0
    last_start = np.where(tried, made_start[tries.last] if len(made_start) else -1, -1)
    last_end = np.where(tried, made_end[tries.last] if len(made_end) else -1, -1)
    expires = start + _EXPIRES
    why = np.where(expires <= over, _Why.EXPIRED, _Why.OPEN)
    why = np.where(tries.count >= _TRIES, _Why.EXCEEDED, why)
    why = np.where(recalled >= 0, _Why.RECALL, why)
    why = np.where(reached, _Why.SUCCESS, why)

    ids_in, ids_out = inbound.ids, outbound.ids
    by_call = np.where(why == _Why.SUCCESS, tries.answered, np.where(why == _Why.EXCEEDED, tries.last, -1))
    close_out = _at(ids_out, outbound.at, by_call)
    close_in = named(ids_in, inbound.at[np.maximum(recalled, 0)]) if len(ids_in) else pa.nulls(0, pa.string())
    close_in = only(close_in, why == _Why.RECALL)
    closed = np.select(
        [why == _Why.SUCCESS, why == _Why.RECALL, why == _Why.EXCEEDED, why == _Why.EXPIRED],
        [_of(made_end, tries.answered), _of(inbound.column("end"), recalled), last_end, np.maximum(expires, last_end)],
        -1,
    )
    users = outbound.column("user")
    owner = np.where(why == _Why.SUCCESS, _of(users, tries.answered), -1)
    last_owner = np.where(tried, _of(users, tries.last), -1)
    results = results_of(outbound)
    number, contact = named(inbound.lines.value, line), named(inbound.lines.contact, line)
    updated = np.maximum.reduce([end, closed, last_end, last_call])
    begins, is_known = inbound.of.begins, contact.is_valid().to_numpy(zero_copy_only=False)
    columns = {
        "id": record_ids(dice),
        "score": pa.array(10 * _PRIORITIES[inbound.calls["service"][call]] + repeats),
        "firstCallId": named(ids_in, call),
        "closeCallId": pc.coalesce(close_out, close_in),
        "service": named(_SERVICES, inbound.column("service")[steps] + 1),
        "contact_uid_generated": pc.coalesce(contact, number),
        "contact_id": contact,
        "contact_username": named(inbound.lines.username, line),
        "contact_value": only(number, ~is_known),
        "contact_type": named(_CONTACTS, inbound.lines.type[line]),
        "contact_last_number": number,
        "start_time": moments(start, begins),
        "last_received_time": moments(np.maximum(start, last_call), begins),
        "last_recall_time": moments(last_start, begins),
        "update_time": moments(updated, begins),
        "close_time": moments(closed, begins),
        "owner": named(outbound.words.usernames, owner + 1),
        "owner_retry": pa.array(tries.count),
        "user_retry": pa.array(repeats),
        "status": named(_STATES, np.where(why != _Why.OPEN, 2, (tries.count > 0).astype(np.int64))),
        "closed_result": named(_REASONS, why),
        "last_recall_result_code": named(RESULTS[0], np.where(tried, _of(results, tries.last), 0)),
        "last_recall_owner": named(outbound.words.usernames, last_owner + 1),
    }
    return laid_out(columns, len(steps), layout, ("id",))


def _attempts(dice: NDArray[np.uint64], outbound: Slice) -> _Attempts:
    """What was done for each of these calls, known by their dice."""
    first = np.flatnonzero((outbound.column("hop") == 0) & (outbound.of_call("missed") > 0))
    record = np.ascontiguousarray(outbound.calls["record"])[outbound.at[first]]
    order = np.argsort(dice, kind="stable")
    place = np.searchsorted(dice[order], record)
    found = (place < len(dice)) & (dice[order][np.minimum(place, len(dice) - 1)] == record) if len(dice) else place < 0
    first, of = first[found], order[place[found]]
    count = np.bincount(of, minlength=len(dice)).astype(np.int64)
    last, answered = np.full(len(dice), -1), np.full(len(dice), -1)
    # Steps come in the order of time: of several the last one stays.
    last[of] = first
    answers = outbound.answered[first]
    answered[of[answers][::-1]] = first[answers][::-1]
    return _Attempts(count, last, answered)


def _recalls(
    inbound: Slice,
    line: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    tries: _Attempts,
    outbound: Slice,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each missed call the step that answered a later call from there after all attempts (or -1), how many calls
    came from there until then, and when the last of them did (or -1)."""
    calls = np.flatnonzero((inbound.calls["media"] == Media.CALL) & (inbound.calls["line"] != inbound.lines.nobody))
    there = np.zeros(len(inbound.calls), np.bool_)
    there[inbound.at] = True
    calls = calls[there[calls]]
    answers = np.full(len(inbound.calls), -1)
    answered = np.flatnonzero(inbound.answered)
    answers[inbound.at[answered][::-1]] = answered[::-1]
    wide = np.int64(1) << 32
    where = inbound.calls["line"][calls].astype(np.int64) * wide + inbound.calls["start"][calls]
    order = np.argsort(where, kind="stable")
    where, calls = where[order], calls[order]
    starts = inbound.calls["start"][calls].astype(np.int64)
    # Of each call the next one from the same line that was answered.
    is_answered = np.flatnonzero(answers[calls] >= 0)
    after = np.maximum(end, _of(outbound.column("end"), tries.last))
    reached = _of(outbound.column("start"), tries.answered)
    place = np.searchsorted(where[is_answered], line * wide + after, side="right")
    following = np.append(is_answered, -1)[np.minimum(place, len(is_answered))]
    begun = starts[following] if len(calls) else following
    is_same = (following >= 0) & (begun <= start + _EXPIRES)
    is_same &= (inbound.calls["line"][calls[following]] == line) if len(calls) else False
    recalled = np.where(is_same & (tries.answered < 0), answers[calls[following]] if len(calls) else -1, -1)
    given_up = np.where(tries.count >= _TRIES, _of(outbound.column("end"), tries.last), start + _EXPIRES)
    until = np.where(recalled >= 0, _of(inbound.column("end"), recalled), given_up)
    until = np.where(tries.answered >= 0, reached, until)
    low = np.searchsorted(where, line * wide + start, side="right")
    high = np.searchsorted(where, line * wide + until, side="right")
    known = line != inbound.lines.nobody
    repeats = np.where(known, np.maximum(high - low, 0), 0)
    last_call = np.where(repeats > 0, starts[np.maximum(high - 1, 0)] if len(starts) else -1, -1)
    return recalled, repeats, last_call


def _of(values: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values at places; -1 where there is no place."""
    if not len(values):
        return np.full(len(places), -1)
    return np.where(places >= 0, values[np.maximum(places, 0)], -1)


def _at(ids: pa.Array, at: NDArray[np.int64], steps: NDArray[np.int64]) -> pa.Array:
    """The identifiers of the calls of steps; null where there is no step."""
    call = _of(at, steps)
    return ids.take(numbers_of(call, call >= 0)) if len(ids) else pa.nulls(len(steps), pa.string())
