"""The table ast_ivr_records_bis: the way of callers through the voice menu, and what they answer to a survey."""

from enum import IntEnum, auto

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from datamodel.demo.details import is_surveyed
from datamodel.demo.dice import chance, pick
from datamodel.demo.rows import laid_out, moments
from datamodel.demo.services import ENTRANCE, NUMBERS, SERVICES, SURVEY
from datamodel.demo.slices import Slice
from datamodel.demo.states import Status
from datamodel.demo.text import named, words

MENU, QUEUE, SURVEY_NODE = 1, 10, 90
"""Nodes of the voice menu; that of a service is QUEUE and its number."""

_ENTRANCE = NUMBERS[ENTRANCE.code]
_SERVICES = words(*(service.code for service in SERVICES))
_DIGITS = words(*(str(digit) for digit in range(10)))
_ACTIONS = words("MENU", "QUEUE", "HANGUP", "SURVEY")
_MENU, _QUEUE, _HANGUP, _SURVEY = range(1, 5)


class _Throw(IntEnum):
    SLIPS = 192
    WRONG = auto()
    VOTE = auto()
    PART = auto()


def menu_steps(part: Slice, layout: pa.Schema) -> pa.Table:
    """The steps of a month's calls through the menu, by call; `part` holds all steps of the calls that came in."""
    rows = [*_menus(part), _surveys(part)]
    made = {name: np.concatenate([one[name] for one in rows]) for name in rows[0]}
    order = np.lexsort((made["passo"], made["nodo"], made["second"], made["call"]))
    made = {name: values[order] for name, values in made.items()}
    count, surveyed = len(order), made["nodo"] == SURVEY_NODE
    columns = {
        "idcall": named(part.ids, made["call"]),
        "passaggio": moments(made["second"], part.of.begins),
        "nodo": pa.array(made["nodo"]),
        "passo": pa.array(made["passo"]),
        "durata": pa.array(made["lasts"]),
        "servizio": named(_SERVICES, made["service"] + 1),
        "digit": named(_DIGITS, made["digit"] + 1),
        "timeout": pa.array(made["timeout"]),
        "invalid": pa.array(made["invalid"]),
        "action": named(_ACTIONS, made["action"]),
        "qi_evalutation": named(words("NPS_SERVIZIO"), surveyed.astype(np.int8)),
        "qi_service": named(words(SURVEY), surveyed.astype(np.int8)),
        "qi_evalutation_min": named(words("1"), surveyed.astype(np.int8)),
        "qi_evalutation_max": named(words("5"), surveyed.astype(np.int8)),
    }
    return laid_out(columns, count, layout)


Rows = dict[str, NDArray[np.int64]]


def _rows(call: NDArray[np.int64], second: NDArray[np.int64], lasts: NDArray[np.int64], **given: object) -> Rows:
    columns = {
        "nodo": 0,
        "passo": 1,
        "service": _ENTRANCE,
        "digit": -1,
        "timeout": 0,
        "invalid": 0,
        "action": 0,
        **given,
    }
    made = {name: np.broadcast_to(np.asarray(value, np.int64), call.shape) for name, value in columns.items()}
    return {"call": call, "second": second, "lasts": lasts, **made}


def _menus(part: Slice) -> list[Rows]:
    """The menu once or oftener, and the node of the service that was chosen."""
    where = np.flatnonzero(part.column("service") == _ENTRANCE)
    call, start, wait = part.at[where], part.column("start")[where], part.column("wait")[where]
    status, asked, dice = part.column("status")[where], part.of_call("service")[where], part.dice[where]
    chose = status == Status.CLOSED_WITH_TRANSFER
    silent = status == Status.CLOSED_BY_SYSTEM_NO_SELECTION
    slips = chance(dice, _Throw.SLIPS, 0.06) & chose
    digit = asked % 9 + 1
    wrong = (digit + pick(dice, _Throw.WRONG, 8)) % 9 + 1
    wrong = np.where(wrong == digit, 0, wrong)
    tries = np.where(silent, 3, np.where(slips, 2, 1))
    each = wait // (tries + 1)
    found: list[Rows] = []
    second = start
    for number in (1, 2, 3):
        here = np.flatnonzero(tries >= number)
        last = tries[here] == number
        # The last try takes what is left but for the way to the service.
        lasts = np.where(last & ~chose[here], (start + wait)[here] - second[here], each[here])
        right = chose[here] & last
        dialled = np.where(right, digit[here], np.where(slips[here], wrong[here], -1))
        found.append(
            _rows(
                call[here],
                second[here],
                lasts,
                nodo=MENU,
                passo=number,
                service=_service(chose, asked)[here],
                digit=dialled,
                timeout=silent[here],
                invalid=slips[here] & ~last,
                action=np.where(last & ~chose[here], _HANGUP, _MENU),
            )
        )
        second = second.copy()
        second[here] += lasts
    on = np.flatnonzero(chose)
    left = (start + wait)[on] - second[on]
    found.append(_rows(call[on], second[on], left, nodo=QUEUE + asked[on], service=asked[on], action=_QUEUE))
    return found


def _service(chose: NDArray[np.bool_], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(chose, asked, _ENTRANCE)


def _surveys(part: Slice) -> Rows:
    """What callers answer after the call, from 1 to 5."""
    where = np.flatnonzero(is_surveyed(part))
    vote = np.array([1, 2, 3, 4, 4, 4, 5, 5, 5, 5])[pick(part.dice[where], _Throw.VOTE, 10)]
    lasts = 4 + pick(part.dice[where], _Throw.PART, 12)
    end, service = part.column("end")[where], part.column("service")[where]
    return _rows(part.at[where], end, lasts, nodo=SURVEY_NODE, service=service, digit=vote, action=_SURVEY)
