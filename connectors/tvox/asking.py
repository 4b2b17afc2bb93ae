"""Asking: what is wanted of a TVox becomes one GraphQL request, its literals as variables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from connectors.tvox.dialect import Way
from connectors.tvox.known import Known
from connectors.tvox.reading import Answered, Listed, read
from connectors.tvox.wire import Wrong
from tabular.month import Month
from tabular.table import Table
from tabular.upstream import PAGE

Asked = tuple[Table, Month | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Root:
    """A field of Query under a name of ours, its arguments, and what is asked for of the records it gives."""

    alias: str
    way: Way
    arguments: Mapping[str, object]
    listed: Listed | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One request."""

    roots: tuple[Root, ...]

    @property
    def body(self) -> bytes:
        """The request as JSON."""
        shape = tuple(
            (
                root.alias,
                root.way.name,
                tuple((name, root.way.types[name]) for name in root.arguments),
                root.listed.selection.text if root.listed else "",
            )
            for root in self.roots
        )
        values = {f"{root.alias}_{name}": value for root in self.roots for name, value in root.arguments.items()}
        return json.dumps({"query": _document(shape), "variables": values}, ensure_ascii=False).encode()

    def read(self, body: bytes) -> Answered:
        """What came. Raises Wrong, QueryRefused."""
        lists = {root.alias: root.listed for root in self.roots if root.listed is not None}
        return read(body, lists, [root.alias for root in self.roots if root.listed is None])


def named(table: Table, month: Month | None) -> str:
    """What is asked for, as errors name it."""
    return f"{table.name} of {month}" if month else table.name


def page(known: Known, table: Table, month: Month | None, offset: int, since: datetime | None) -> Question:
    """A page of a month with what the month holds, and what changed since a moment. Raises Wrong if it cannot be."""
    rows = _list(known, table, "rows", month, offset, {})
    changes = _changes(known, table, month, since, 0) if since is not None else ()
    return Question((rows, *_held(known, table, month), *changes))


def changes(known: Known, table: Table, month: Month | None, since: datetime, offset: int = 0) -> Question:
    """What changed of a month since a moment, with what the month holds. Raises Wrong if it cannot be."""
    return Question((*_changes(known, table, month, since, offset), *_held(known, table, month)))


def steps(known: Known, table: Table, month: Month | None, ids: Sequence[object], offset: int) -> Question:
    """All steps of some interactions of a month. Raises Wrong if it cannot be."""
    search = {"id": {"operator": "EQUAL", "value": [str(id_) for id_ in ids]}}
    return Question((_list(known, table, "rows", month, offset, search),))


def tallies(known: Known, asked: Mapping[int, Asked]) -> Question:
    """What is counted of several months, each under its number; nothing of those that cannot be counted."""
    roots: list[Root] = []
    for number, (table, month, since) in asked.items():
        listing = known.listing(table)
        if listing is None or listing.counting is None or known.refusal(table) is not None:
            continue
        roots.append(_count(listing.counting, f"t{number}_held", month, {}))
        if since is not None and listing.counts_changes:
            roots.append(_count(listing.counting, f"t{number}_changed", month, _updated(since)))
    return Question(tuple(roots))


def _list(
    known: Known, table: Table, alias: str, month: Month | None, offset: int, search: Mapping[str, object]
) -> Root:
    listing, refusal = known.listing(table), known.refusal(table)
    if listing is None or refusal is not None:
        raise Wrong(refusal or f"it has no query {table.name}")
    parts: dict[str, object] = dict(search)
    if listing.pages:
        parts["pagination"] = {"limit": PAGE, "offset": offset}
    if listing.sorting:
        parts["sorting"] = dict(listing.sorting)
    listed = Listed(known.selection(table), listing.nested, PAGE if listing.pages else None)
    return Root(alias, listing.way, listing.way.arguments(month, **parts), listed)


def _held(known: Known, table: Table, month: Month | None) -> tuple[Root, ...]:
    listing = known.listing(table)
    return (_count(listing.counting, "held", month, {}),) if listing and listing.counting else ()


def _changes(known: Known, table: Table, month: Month | None, since: datetime, offset: int) -> tuple[Root, ...]:
    listing = known.listing(table)
    if listing is not None and not listing.gives_changes:
        raise Wrong(f"it cannot say what changed of {table.name}")
    rows = _list(known, table, "changed", month, offset, _updated(since))
    if listing is None or listing.counting is None or not listing.counts_changes:
        return (rows,)
    return (rows, _count(listing.counting, "changes", month, _updated(since)))


def _count(way: Way, alias: str, month: Month | None, search: Mapping[str, object]) -> Root:
    return Root(alias, way, way.arguments(month, **search))


def _updated(since: datetime) -> dict[str, object]:
    # As the Data Model writes times; the whole second that the moment lies in counts.
    moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"lastUpdateTime": {"operator": "GREATER_THAN", "value": moment}}


_Shape = tuple[tuple[str, str, tuple[tuple[str, str], ...], str], ...]


@lru_cache(maxsize=256)
def _document(shape: _Shape) -> str:
    """The text of a request: for each field of Query its alias, its name, its arguments' types and its selection."""
    variables = [f"${alias}_{name}: {kind}" for alias, _, types, _ in shape for name, kind in types]
    fields = []
    for alias, query, types, below in shape:
        given = ", ".join(f"{name}: ${alias}_{name}" for name, _ in types)
        fields.append(f"  {alias}: {query}{f'({given})' if given else ''} {below}".rstrip())
    declared = f"({', '.join(variables)})" if variables else ""
    return "\n".join([f"query{declared} {{", *fields, "}"])
