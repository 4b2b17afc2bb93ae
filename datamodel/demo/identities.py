"""The table t4you_multichannel_addressbook: what contacts are called on the channels."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.books import books_of
from datamodel.demo.callers import Lines
from datamodel.demo.dice import pick
from datamodel.demo.people import People
from datamodel.demo.rows import laid_out, moments
from datamodel.demo.support import OPENED
from datamodel.demo.text import joined

_WHATSAPP, _LIVEHELP, _WIDGET, _VIDEO = 1, 1003, 1004, 1001
_SINCE = 240


def identities(people: People, phones: Lines, mails: Lines, uuids: pa.Array, layout: pa.Schema) -> pa.Table:
    """What contacts are called on the channels: their addresses on chat and video, their mobile numbers on WhatsApp."""
    mail, mobile = _known(mails), _known(phones)
    mobile = mobile[pc.starts_with(phones.value.take(pa.array(mobile)), "+393").to_numpy(zero_copy_only=False)]
    parts = [(_WHATSAPP, phones, mobile), (_VIDEO, mails, mail), (_LIVEHELP, mails, mail), (_WIDGET, mails, mail)]
    data = pa.concat_arrays([lines.value.take(pa.array(places)) for _, lines, places in parts])
    contact = pa.concat_arrays([lines.contact.take(pa.array(places)) for _, lines, places in parts])
    who = pc.index_in(contact, uuids).to_numpy(zero_copy_only=False).astype(np.int64)
    channel = np.repeat([channel for channel, _, _ in parts], [len(places) for *_, places in parts])
    columns = {
        "channel_id": pa.array(channel),
        "channel_data": data,
        "contact_owner": pa.array(np.full(len(who), "")),
        "contact_uuid": contact,
        "backend_config_name": books_of(people).take(pa.array(who)),
        "created_time": moments(OPENED + pick(people.dice[who], _SINCE, 1500) * 86_400),
        "to_delete": pa.array(np.ones(len(who), np.int64)),
    }
    order = ("channel_id", "backend_config_name", "channel_data", "contact_uuid", "contact_owner")
    return laid_out(columns, len(who), layout, order)


def _known(lines: Lines) -> NDArray[np.int64]:
    """The lines that are known to be of one contact, each value once for a contact."""
    places = np.flatnonzero(lines.contact.is_valid().to_numpy(zero_copy_only=False))
    pairs = joined("|", lines.value.take(pa.array(places)), lines.contact.take(pa.array(places)))
    _, first = np.unique(pc.dictionary_encode(pairs).indices.to_numpy(), return_index=True)
    found: NDArray[np.int64] = places[np.sort(first)]
    return found
