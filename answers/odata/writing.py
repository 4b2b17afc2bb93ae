"""Batches of rows → entities as JSON: the members of a question, what is related, and what full metadata add."""

import json
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from answers.odata.expands import members_of
from answers.odata.following import Following, expanded
from answers.odata.made import Manner
from answers.odata.question import Asked
from formats.jsontext import escaped
from formats.spelling import bytes_of, utc_text
from odata.accepting import Amount
from odata.model import Property
from odata.rendering import Constant, Member, Spelling, addresses_of, entities, with_types
from store.patience import Patience
from store.plan import Plan
from store.store import Store
from tabular.table import Type

SPELLING = Spelling(escaped, utc_text, bytes_of)

_TYPES = {Type.INTEGER: "Edm.Int64", Type.TIME: "Edm.DateTimeOffset", Type.DATE: "Edm.Date"}
"""Types of computed columns that JSON does not show."""


def following_of(plan: Plan, store: Store, manner: Manner, patience: Patience | None) -> Following:
    """How what is related to the rows of a plan is read and written: at the same version, in the same way."""
    return Following(store, plan.version, manner.control, SPELLING, patience)


def written(batches: Iterable[pa.RecordBatch], asked: Asked, manner: Manner, following: Following) -> Iterator[bytes]:
    """The entities of all rows, separated by commas. The batches have the columns of the question, by their names."""
    control, entity_set = manner.control, asked.target.entity_set
    names = [one.name for one in asked.shown]
    related = members_of(asked.expands, control)
    is_full = control.amount is Amount.FULL
    says_id = is_full and asked.has_entities
    members: list[Member | Constant] = [Member(name) for name in names]
    if is_full:
        members = list(with_types([Member(name) for name in names], _types(asked), control))
    if says_id:
        kind = Constant(control.name("type"), json.dumps(f"#{entity_set.type.qualified}"))
        ways = [control.name("navigationLink", of=one.name) for one in entity_set.type.navigations]
        members = [kind, Member(control.name("id")), *members, *map(Member, ways)]
    read = [*names, *(entity_set.type.key if says_id else ())]
    if asked.expands:
        batches = expanded(batches, entity_set, asked.expands, tuple(dict.fromkeys(read)), following)
    columns = (_columns(batch, names, len(related), asked, says_id) for batch in batches)
    yield from entities(columns, [*members, *related], control, SPELLING)


def _columns(batch: pa.RecordBatch, names: list[str], related: int, asked: Asked, says_id: bool) -> pa.RecordBatch:
    """The columns of the members, in their order: what tells an entity apart stands around its properties."""
    by_name = dict(zip(batch.schema.names, batch.columns, strict=True))
    columns = [by_name[name] for name in names]
    if says_id:
        entity_set = asked.target.entity_set
        address = addresses_of(entity_set.name, [(name, by_name[name]) for name in entity_set.type.key])
        links = [pc.binary_join_element_wise(address, f"/{one.name}", "") for one in entity_set.type.navigations]
        columns = [address, *columns, *links]
    columns += batch.columns[batch.num_columns - related :] if related else []
    return pa.RecordBatch.from_arrays(columns, names=[str(place) for place in range(len(columns))])


def _types(asked: Asked) -> dict[str, str]:
    properties = asked.target.entity_set.type.by_name
    found = {}
    for one in asked.shown:
        own = properties.get(one.name) if asked.has_entities else None
        found[one.name] = own.type if isinstance(own, Property) else _TYPES.get(one.column.type, "Edm.String")
    return found
