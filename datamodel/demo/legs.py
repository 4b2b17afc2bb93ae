"""The table ast_cdr: the legs of telephone calls, one for each step of them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datamodel.demo.columns import destinations_of, party, trunk_channels
from datamodel.demo.journeys import TO_OUTSIDE
from datamodel.demo.rows import laid_out, moments, numbers_of
from datamodel.demo.services import SERVICES, Channel
from datamodel.demo.slices import Slice
from datamodel.demo.states import Status
from datamodel.demo.text import hexadecimal, joined, named, only, words

THE_END = 99
"""The number of a call's last leg."""

_TRUNKS = pa.array([f"trunk-{service.site.lower()}" for service in SERVICES])
_ROUTES = np.array([1 + sorted({s.site for s in SERVICES}).index(service.site) for service in SERVICES])
_INTERNAL = words("SIP", "WEBRTC", "MCS_APP")
_STATES = pa.array(["ANSWER", "NOANSWER", "BUSY", "FAILED"])
_CODES = pa.array(["H", "T", "T", "T", "T", "T", "TT", "RC", "RA", "RTB", "RTC", "E"])
_INBOUND, _OUTBOUND, _THROUGH = 0, 1, 2
_TYPES = pa.array(["2", "1", "3"])


def legs(part: Slice, layout: pa.Schema) -> pa.Table:
    """The legs of a month's calls on one channel, by call; `part` holds all its steps."""
    where = np.flatnonzero(part.phone)
    step, user, to, status = (part.column(name)[where] for name in ("step", "user", "to", "status"))
    start, answer, end = (part.column(name)[where] for name in ("start", "answer", "end"))
    at, answered, begins = part.at[where], answer >= 0, part.of.begins
    is_outbound = part.of.channel is Channel.OUTBOUND
    node = np.where(step == 0, THE_END, part.column("hop")[where])
    # The row before is the call's next leg, unless this one is its end.
    after = np.roll(user, 1)
    reached = np.where((to > 0) & (step > 0), after, -1)
    extens, names = part.words.extens, part.words.usernames
    kind = named(_INTERNAL, np.where(user >= 0, 1 + (user % 4 == 0) + (user % 9 == 0) * (user % 4 != 0), 0))
    is_webrtc = pc.equal(kind, "WEBRTC").fill_null(False).to_numpy(zero_copy_only=False)
    external = pa.array(np.full(len(where), "EXTERNAL"))
    serial = hexadecimal(part.counters[at].astype(np.uint64), 8)
    own = joined("", "PJSIP/", named(extens, user + 1), "-", serial)
    trunk = trunk_channels(part).take(pa.array(at))
    clid, dnis = (values.take(pa.array(at)) for values in party(part))
    username, nobody = named(names, user + 1), pa.nulls(len(where), pa.string())
    state = np.where(answered, 0, np.where(status == Status.ERROR, 3, 1))
    if is_outbound:
        state = np.where(~answered & (status == Status.CLOSED_BY_SYSTEM), 2, state)
    through = np.where((to >= TO_OUTSIDE) & (not is_outbound), _THROUGH, _OUTBOUND if is_outbound else _INBOUND)
    columns = {
        "uniqueid": named(part.ids, at),
        "id_node": pa.array(node),
        "channel": own if is_outbound else trunk,
        "dstchannel": trunk if is_outbound else own,
        "datainizio": moments(start, begins),
        "datarisposta": moments(answer, begins),
        "clid": clid,
        "user_clid": username if is_outbound else nobody,
        "exten_type_clid": kind if is_outbound else external,
        "access_code": pa.array(np.full(len(where), "0")) if is_outbound else nobody,
        "dnis": dnis,
        "user_dnis": nobody if is_outbound else username,
        "exten_type_dnis": external if is_outbound else kind,
        "linea": named(_TRUNKS, part.calls["entry"][at].astype(np.int64)),
        "durata": pa.array(end - start),
        "durata_costo": pa.array(np.where(answered, end - answer, 0) * is_outbound),
        "id_centrale": pa.array(np.ones(len(where), np.int64)),
        "transfer": destinations_of(to),
        "user_transfer": named(names, reached + 1),
        "privata": pa.array(np.full(len(where), "0")),
        "tipo": named(_TYPES, through),
        "stato": named(_STATES, state),
        "call_service_status": named(_CODES, status),
        "webrtc_status_dnis": nobody if is_outbound else only(_ok(len(where)), is_webrtc),
        "abilitazione": numbers_of(np.ones(len(where), np.int64), np.full(len(where), is_outbound)),
        "outbound_route": numbers_of(_ROUTES[part.column("service")[where]], np.full(len(where), is_outbound)),
        "contatore": pa.array(part.counters[at]),
    }
    return laid_out(columns, len(where), layout)


def _ok(count: int) -> pa.Array:
    return pa.array(np.full(count, "OK"))
