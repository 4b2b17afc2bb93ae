"""Where contacts come from: what the SQL tables show of them beyond the Data Model."""

import numpy as np
import pyarrow as pa

from datamodel.demo.people import NOBODY, USER, People
from datamodel.demo.text import digits, joined, named, only

_BOOKS = pa.array(["utenti", "clienti"])


def books_of(people: People) -> pa.Array:
    """The address book that each contact belongs to."""
    return named(_BOOKS, (people.kind != USER).astype(np.int8))


def own_fields(people: People) -> dict[str, pa.Array]:
    """The fields of contacts that only the SQL table shows."""
    serial = np.arange(len(people))
    source = joined("-", named(pa.array(["AD", "CRM"]), (people.kind != USER).astype(np.int8)), digits(serial, 6))
    employed = people.employer != NOBODY
    return {
        "backend_config_name": books_of(people),
        "uuid_source": source,
        "presence": pa.array((people.kind == USER).astype(np.int64)),
        "accept_census": pa.array(np.ones(len(people), np.int64)),
        "company_uuid_source": only(named(source, np.maximum(people.employer, 0)), employed),
    }
