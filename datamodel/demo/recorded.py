"""The table smartrec: recordings of calls."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datamodel.demo.columns import party
from datamodel.demo.details import is_recorded, recordings
from datamodel.demo.dice import pick
from datamodel.demo.rows import laid_out, moments
from datamodel.demo.services import SERVICES, Channel
from datamodel.demo.slices import Slice
from datamodel.demo.text import named, words

_SERVICES = words(*(service.code for service in SERVICES))
_WHY = pa.array(["SERVICE"] * 13 + ["ON_DEMAND"] * 3)
_KIND = 200


def recorded_calls(part: Slice, zone: str, layout: pa.Schema) -> pa.Table:
    """The recordings of a month's calls on one channel, by call; `part` holds all its steps. Each is filed on the day
    of its call in the zone."""
    where = np.flatnonzero(is_recorded(part))
    at, user = part.at[where], part.column("user")[where]
    answer, end = part.column("answer")[where], part.column("end")[where]
    clid, dnis = (values.take(pa.array(at)) for values in party(part))
    is_outbound = part.of.channel is Channel.OUTBOUND
    started = moments(part.column("start")[where], part.of.begins)
    archive = f"ARCHIVIO-{part.of.month}"
    columns = {
        "recordedTime": started,
        "codiceagente": named(part.words.usernames, user + 1),
        "dnis": dnis,
        "clid": clid,
        "interno": named(part.words.extens, user + 1),
        "filewave": recordings(part, where),
        "databackup": pc.local_timestamp(pc.assume_timezone(started, "UTC").cast(pa.timestamp("us", zone))).cast(
            pa.date32()
        ),
        "labelbackup": pa.array([archive]).take(pa.array(np.zeros(len(where), np.int64))),
        "durata": pa.array(end - answer),
        "tipo": pa.array(np.full(len(where), "O" if is_outbound else "I")),
        "callhandle": named(part.ids, at),
        "servizio": named(_SERVICES, part.column("service")[where] + 1),
        "type": named(_WHY, pick(part.dice[where], _KIND, 16)),
    }
    return laid_out(columns, len(where), layout)
