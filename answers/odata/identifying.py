"""What tells an entity apart in an answer: references to it, and what full metadata say of it beside its properties."""

import json
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from odata.accepting import Amount
from odata.model import EntitySet
from odata.options import Form
from odata.rendering import Constant, Control, Member, addresses_of, with_types

Written = tuple[list[Member | Constant], list[pa.Array]]
"""The members of each object, and a column for each Member among them."""


def identified(entity_set: EntitySet, control: Control, form: Form = Form.ENTITIES) -> tuple[str, ...]:
    """The properties that have to be read to say which entity it is, where that is said."""
    is_said = form is Form.REFERENCES or control.amount is Amount.FULL
    return entity_set.type.key if is_said else ()


def written(
    rows: pa.RecordBatch, entity_set: EntitySet, names: Sequence[str], control: Control, form: Form = Form.ENTITIES
) -> Written:
    """What is written of each row, with the properties of these names; the columns are called as the properties, those
    `identified` among them."""
    members: list[Member | Constant] = []
    columns: list[pa.Array] = []
    if identified(entity_set, control, form):
        _identify(rows, entity_set, control, form, members, columns)
    if form is Form.ENTITIES:
        shown = [Member(name) for name in names]
        types = {one.name: one.type for one in entity_set.type.properties}
        members += with_types(shown, types, control) if control.amount is Amount.FULL else shown
        columns += [rows.column(name) for name in names]
    return members, columns


def _identify(
    rows: pa.RecordBatch,
    entity_set: EntitySet,
    control: Control,
    form: Form,
    members: list[Member | Constant],
    columns: list[pa.Array],
) -> None:
    addresses = addresses_of(entity_set.name, [(name, rows.column(name)) for name in entity_set.type.key])
    if form is Form.ENTITIES:
        members.append(Constant(control.name("type"), json.dumps(f"#{entity_set.type.qualified}")))
    members.append(Member(control.name("id")))
    columns.append(addresses)
    for way in entity_set.type.navigations if form is Form.ENTITIES else ():
        members.append(Member(control.name("navigationLink", of=way.name)))
        columns.append(pc.binary_join_element_wise(addresses, f"/{way.name}", ""))
