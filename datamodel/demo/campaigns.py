"""Campaigns: the table ast_pd_history, and what SQL tables show of steps beyond the Data Model."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.details import lists_of
from datamodel.demo.rows import laid_out, moments, numbers_of
from datamodel.demo.services import NUMBERS, SERVICES, Channel
from datamodel.demo.slices import Slice
from datamodel.demo.states import Status
from datamodel.demo.text import hexadecimal, joined, named, words

CAMPAIGNS = {NUMBERS[code]: place for place, code in enumerate(("CAMPAGNA_RINNOVI", "CAMPAGNA_NOVITA"), 1)}
"""The codes of campaigns by the numbers of their services."""

_CODES = np.array([CAMPAIGNS.get(number, 0) for number in range(len(SERVICES))])
_SKILLSETS = words(*(service.skillset for service in SERVICES))
_TRUNKS = pa.array([f"PJSIP/trunk-{service.site.lower()}-" for service in SERVICES])
_RESULTS = words("ANSWER", "BUSY", "NOANSWER")
_ANSWERED, _BUSY, _SILENT, _FAILED = 1, 2, 3, 0
_STATES = np.array([8, 6, 7, 7])
_PRIORITIES = 5


def only_in_sql(part: Slice) -> dict[str, pa.Array]:
    """The fields of steps that only the SQL tables show."""
    user = part.column("user")
    columns = {"priorita_agente": numbers_of(1 + user % _PRIORITIES, user >= 0)}
    if part.of.channel is Channel.OUTBOUND:
        called = np.ascontiguousarray(part.calls["line"])
        number, rank = (of[called][part.at] for of in part.lines.listed)
        campaign = _CODES[part.of_call("service")] * (part.of_call("missed") == 0)
        columns |= {
            "skillset": named(_SKILLSETS, part.column("service") + 1),
            "campagna": numbers_of(campaign, campaign > 0),
            "lista": numbers_of(lists_of(part), campaign > 0),
            "id_spool_record": numbers_of(number, campaign > 0),
            "item_number_spool_record": numbers_of(rank, campaign > 0),
        }
    return columns


def campaign_calls(part: Slice, layout: pa.Schema) -> pa.Table:
    """The attempts of the campaigns of a month, by contact and time; `part` holds all outbound steps."""
    first = np.flatnonzero((part.column("hop") == 0) & (part.of_call("missed") == 0))
    at, status = part.at[first], part.column("status")[first]
    line = part.calls["line"][at].astype(np.int64)
    contact, rank = (of[line] for of in part.lines.listed)
    campaign, listed = _CODES[part.calls["service"][at]], lists_of(part)[first]
    came = np.where(part.answered[first], _ANSWERED, _SILENT)
    came = np.where(status == Status.CLOSED_BY_SYSTEM, _BUSY, came)
    came = np.where((status == Status.ERROR) & (came == _SILENT), _FAILED, came)
    end = part.column("end")[first]
    order = np.lexsort((end, listed, campaign, rank, contact))
    contact, rank, campaign, listed, came, end, line, at = (
        of[order] for of in (contact, rank, campaign, listed, came, end, line, at)
    )
    # A contact on a list is called again and again: its attempts are counted, and no two are of one second.
    begins = np.zeros(len(order), np.bool_)
    for of in (contact, rank, campaign, listed):
        begins |= np.diff(of, prepend=-1) != 0
    end = _apart(end, begins)
    serial = hexadecimal(part.counters[at].astype(np.uint64), 8)
    customer, number = named(part.lines.customer, line), named(part.lines.value, line)
    columns = {
        "insert_time": moments(end, part.of.begins),
        "id": pa.array(contact),
        "item_number": pa.array(rank),
        "campagna": pa.array(campaign),
        "lista": pa.array(listed),
        "phone_number": number,
        "stato": pa.array(_STATES[came]),
        "call_result": named(_RESULTS, came),
        "tentativi": pa.array(_counted(np.ones(len(came), np.int64), begins)),
        "data": joined("|", pc.coalesce(customer, pa.scalar("")), named(_PLAIN_CODES, part.calls["service"][at])),
        "canale": joined("", named(_TRUNKS, part.calls["entry"][at]), serial),
        "tentativi_NOANSWER": pa.array(_counted(came == _SILENT, begins)),
        "tentativi_CANCEL": pa.array(np.zeros(len(came), np.int64)),
        "tentativi_BUSY": pa.array(_counted(came == _BUSY, begins)),
        "tentativi_TVOX_CLOSED": pa.array(np.zeros(len(came), np.int64)),
        "tentativi_CONGESTION": pa.array(_counted(came == _FAILED, begins)),
    }
    return laid_out(columns, len(came), layout)


_PLAIN_CODES = pa.array([service.code for service in SERVICES])


def _counted(marks: NDArray[np.generic], begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many are marked so far, counted anew where a stretch begins."""
    total = np.cumsum(marks.astype(np.int64))
    before = (total - marks.astype(np.int64))[begins]
    counted: NDArray[np.int64] = total - np.repeat(before, np.diff(np.flatnonzero(begins), append=len(total)))
    return counted


def _apart(seconds: NDArray[np.int64], begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rising seconds of each stretch, a second later where two are the same."""
    apart = seconds.copy()
    while True:
        same = ~begins & (np.diff(apart, prepend=-1) <= 0)
        if not same.any():
            return apart
        apart[same] = np.roll(apart, 1)[same] + 1
