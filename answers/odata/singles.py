"""Answers that are no list: one entity, one of its properties, the bare value of one, the bare count of a set."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace

import pyarrow as pa

from answers.odata.conditions import all_of
from answers.odata.made import Made, Manner, NoContent
from answers.odata.planning import planned
from answers.odata.question import Asked, keyed
from answers.odata.reading import counted, plan_of, rows_of
from answers.odata.resource import Target
from answers.odata.writing import following_of, written
from formats.spelling import utc_text
from odata import context
from odata.accepting import Amount
from odata.address import Ending
from odata.rendering import property_of, single
from store.patience import Patience
from store.store import Store
from tabular.errors import NoSuchEntity
from tabular.filter.bound import Cell
from tabular.query import Query, Selected


def count(asked: Asked, store: Store, manner: Manner) -> Made:
    """How many entities there are, as text."""
    # Sorting and pages change nothing of it (OData 4.01 part 2, 4.10).
    plan = plan_of(asked, store)
    found = Made(asked, plan, store, manner, "count", 1)

    def pieces(patience: Patience | None) -> Iterator[bytes]:
        yield str(counted(asked, plan, store, patience)).encode()

    return found.made_by(pieces)


def entity(asked: Asked, store: Store, manner: Manner) -> Made:
    """One entity. Its pieces raise NoSuchEntity, and NoContent where a navigation leads to nobody."""
    if manner.control.amount is Amount.FULL:
        asked = keyed(asked)
    found = _alone(asked, store, manner)
    name = asked.target.entity_set.name
    about = context.of_set(manner.root, name, asked.projection, manner.control.version, is_entity=True)

    def pieces(patience: Patience | None) -> Iterator[bytes]:
        rows = _row(found, asked, store, patience)
        body = b"".join(written([rows], asked, manner, following_of(found.plan, store, manner, patience)))
        yield single(about, body, manner.control)

    return found.made_by(pieces)


def property_or_value(asked: Asked, store: Store, manner: Manner) -> Made:
    """A property of an entity in its envelope, or its bare value as text. Its pieces raise NoSuchEntity, and NoContent
    where the value is null."""
    own = asked.target.property
    assert own is not None, "the path ends with a property"
    asked = keyed(asked)
    found = _alone(asked, store, manner)

    def pieces(patience: Patience | None) -> Iterator[bytes]:
        row = _row(found, asked, store, patience)
        if row.column(0).null_count:
            raise NoContent
        if asked.target.ending is Ending.VALUE:
            yield _text(row.column(0))
            return
        plain = replace(manner, control=replace(manner.control, amount=Amount.NONE))
        body = b"".join(written([row], asked, plain, following_of(found.plan, store, plain, patience)))
        value = body[body.index(b":") + 1 : -1]
        entity_set = asked.target.entity_set
        key = {name: row.column(row.schema.get_field_index(name))[0].as_py() for name in entity_set.type.key}
        about = context.of_property(manner.root, entity_set.name, key, [own.name])
        yield property_of(about, value, manner.control)

    return found.made_by(pieces)


def cells(target: Target, names: tuple[str, ...], store: Store) -> Mapping[str, Cell] | None:
    """What properties of the one entity that a target is hold; None where there is no such entity."""
    table = target.entity_set.type.table
    chosen = tuple(Selected(table.column(name), name) for name in names)
    plan = planned(Query(table, chosen, filter=all_of(target.conditions), limit=1), store)
    with closing(store.read(plan)) as rows:
        found = pa.Table.from_batches(list(rows), rows.schema).to_pylist()
    return found[0] if found else None


def _alone(asked: Asked, store: Store, manner: Manner) -> Made:
    return Made(asked, plan_of(asked, store, 0, 1), store, manner, asked.target.said, 1)


def _row(found: Made, asked: Asked, store: Store, patience: Patience | None) -> pa.RecordBatch:
    """The one row. Raises NoSuchEntity, NoContent."""
    with rows_of(asked, found.plan, store, patience, 0, 1) as rows:
        row = next((batch for batch in rows if batch.num_rows), None)
    found.given = 0 if row is None else 1
    if row is not None:
        return row
    if asked.target.may_lack and asked.target.property is None:
        raise NoContent
    raise NoSuchEntity(asked.target.said)


def _text(column: pa.Array) -> bytes:
    """A value as text: a moment with its Z, true and false in small letters."""
    if pa.types.is_timestamp(column.type):
        return f"{utc_text(column)[0].as_py()}Z".encode()
    return str(column.cast(pa.string())[0].as_py()).encode()
