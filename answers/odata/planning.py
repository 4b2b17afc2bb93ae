"""Planning for OData: an entity set is all that is stored of a table, at the version that its pages are pinned to."""

from collections.abc import Collection

from answers.odata.reaching import beside_of
from answers.plan import window_of
from store.plan import Part, Plan
from store.store import Store
from tabular.filter.bound import Apply, Bound, Constant, Of, Operation, relations
from tabular.month import Month
from tabular.partition import Partition
from tabular.query import Query, Window


def planned(query: Query, store: Store, version: int | None = None, beside: Collection[str] = ()) -> Plan:
    """What `query` reads of the store as it is, or as it was at a version; `beside` are the names of other tables that
    its answer shows rows of.

    Every month that is held, but for those that the filter excludes: by what it asks of the clock, or of the id, which
    says when an interaction began. Reads nothing. Raises SnapshotGone.
    """
    at = store.version
    # A version that is no longer kept is still there where nothing that is read has changed since.
    read = {*query.table.stored_in, *beside}
    if version is not None and any(one.version > version for name in read for one in store.partitions(name, at)):
        at = version
    held = [one for one in store.holding(query.table, at) if one.rows]
    window, month = window_of(query, store.zone.key), month_of(query, store)
    if month is not None and query.table.monthly:
        held = [one for one in held if one.month in (None, month)]
    if window is not None:
        held = [one for one in held if _meets(one, window, query.table.clock or "")]
    related = beside_of([query.filter], store, at) if query.filter and relations(query.filter) else None
    return Plan(query, at, tuple(Part(one, whole=True) for one in held), related)


def month_of(query: Query, store: Store) -> Month | None:
    """The month of the one interaction that a query's filter names by its id; None where it names none."""
    key = query.table.key[0] if query.table.key else ""
    for one in _all_of(query.filter):
        match one:
            case Apply(Operation.EQ, (Of(column), Constant(str() as text))) if column.name == key and not column.mask:
                return Month.of_id(text, store.zone)
    return None


def _all_of(condition: Bound | None) -> tuple[Bound, ...]:
    if isinstance(condition, Apply) and condition.operation is Operation.AND:
        return tuple(one for argument in condition.arguments for one in _all_of(argument))
    return () if condition is None else (condition,)


def _meets(partition: Partition, window: Window, clock: str) -> bool:
    extent = partition.extents[clock]
    if extent.earliest is None or extent.latest is None:
        return False
    is_before = window.since is not None and extent.latest < window.since
    is_after = window.until is not None and extent.earliest >= window.until
    return not (is_before or is_after)
