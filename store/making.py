"""Rows as a table shows them, where its columns are made of what is kept: one SELECT over a partition."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from store.expressions import PATH_SEPARATOR, Bound
from store.layout import partition_name, quoted, sql_type
from store.stretches import stepwise
from tabular.filter.zones import Changes, changes_of
from tabular.partition import Partition
from tabular.table import Made, Making, Table

CROSSED = ","
"""What stands between the services that an interaction has crossed."""


def rows_of(
    table: Table, partition: Partition, tests: Sequence[str], version: int, bound: Bound, fields: Collection[str]
) -> str:
    """The rows of a partition that meet tests of what is kept, as SQL to stand behind FROM.

    Of elements each is a row; of what is made, `fields` are there and nothing else. `version` is the one that is read.
    """
    held = partition_name(partition.table, partition.month)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    if table.element:
        listed = quoted(table.element)
        places = f"generate_subscripts({listed}, 1) AS _position"
        return f"(SELECT *, unnest({listed}) AS _element, {places} FROM {held}{where})"
    if not table.made:
        return held + where
    made = [
        f"{_made(one, partition, version, bound)} AS {quoted(one.name)}" for one in table.made if one.name in fields
    ]
    return f"(SELECT {', '.join(made) or 'NULL'} FROM {held} AS kept{where})"


def _made(one: Made, partition: Partition, version: int, bound: Bound) -> str:
    field = f"kept.{quoted(one.field)}"
    if one.index is not None and one.item is not None:
        field = f"{field}[{one.index + 1}].{quoted(one.item)}"
    match one.how:
        case Making.FIELD:
            return f"CAST({field} AS {sql_type(one.type)})" if one.cast else field
        case Making.DAY:
            return f"CAST({_local(one, field, partition, bound)} AS DATE)"
        case Making.CLOCK:
            return f"strftime({_local(one, field, partition, bound)}, '%H,%M%S')"
        case Making.CODE:
            whens = " ".join(f"WHEN {bound.literal(name)} THEN {bound.literal(code)}" for name, code in one.pairs)
            return f"CAST(CASE {field} {whens} END AS {sql_type(one.type)})"
        case Making.JOINED:
            return f"{field} || {bound.literal(one.text)}"
        case Making.TEXT:
            return f"CAST({bound.literal(one.text)} AS {sql_type(one.type)})"
        case Making.CROSSED:
            return _crossed(one, partition, version, bound)
        case Making.NOTHING:
            return f"CAST(NULL AS {sql_type(one.type)})"


def _local(one: Made, field: str, partition: Partition, bound: Bound) -> str:
    """What the centre's clocks show at a time: of a month they have changed once or never."""
    changes = changes_of(bound.zone)
    extent = partition.extents.get(one.name)
    if extent is not None:
        changes = (
            Changes((), changes.offsets[:1])
            if extent.earliest is None or extent.latest is None
            else changes.between(_utc(extent.earliest), _utc(extent.latest))
        )
    offset = stepwise(field, changes.moments, [bound.literal(ahead) for ahead in changes.offsets], bound)
    return f"make_timestamp(epoch_us({field}) + {offset})"


def _crossed(one: Made, partition: Partition, version: int, bound: Bound) -> str:
    """The services of the whole interaction, as its summary has them."""
    summary = next((str(name) for root, name in one.pairs if root == partition.table), None)
    if summary is None:
        return f"CAST(NULL AS {sql_type(one.type)})"
    held, at = partition_name(summary, partition.month), bound.literal(version)
    found = f"SELECT services FROM {held} AS whole WHERE whole.id = kept.{quoted(one.field)}"
    found += f" AND whole._from <= {at} AND whole._until > {at}"
    return f"replace(({found}), {bound.literal(PATH_SEPARATOR)}, {bound.literal(CROSSED)})"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
