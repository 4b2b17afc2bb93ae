"""The peer: the documented schema on strawberry-graphql, over a month of calls held as Python objects."""

import gc
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import strawberry
import uvicorn
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type
from strawberry.asgi import GraphQL

from bench.peer_schema import PeerSchema
from datamodel.catalogue import documented_schema

Call = list[Any]
"""The steps of a call, most recent first."""

_ANSWERED = {"year", "month", "pagination", "sorting", "startTime"}


class Month:
    """The calls of one month by id; `search` is understood as far as the questions of the benchmark go."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls
        self._by_id = {call[0].id: call for call in calls}

    def inbound_call(self, id: str) -> Call | None:  # noqa: A002
        """One call."""
        return self._by_id.get(id)

    def inbound_calls(self, search: Any) -> list[Call]:
        """A page of calls; they are in order of id as they lie."""
        page = search.pagination
        offset, limit = (page.offset or 0, page.limit) if page else (0, 1000)
        return list(islice(self._found(search), offset, offset + limit))

    def inbound_calls_count(self, search: Any) -> int:
        """How many calls are found."""
        return sum(1 for _ in self._found(search))

    def _found(self, search: Any) -> Iterator[Call]:
        asked = {name for name, value in vars(search).items() if value}
        if not asked <= _ANSWERED or (
            search.sorting and (search.sorting.key.name, search.sorting.direction.name) != ("ID", "ASC")
        ):
            raise NotImplementedError("The peer searches by startTime alone, in order of id.")
        if not search.startTime:
            return iter(self._calls)
        first = search.startTime.valueLeft.replace(hour=0, minute=0, second=0, microsecond=0)
        end = search.startTime.valueRight.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return (call for call in self._calls if _starts_between(call, first, end))


def _starts_between(call: Call, first: datetime, end: datetime) -> bool:
    for step in call:  # noqa: SIM110 (a generator for every call would take twice as long)
        if step.startTime is not None and first <= step.startTime < end:
            return True
    return False


def calls_in(path: Path, schema: PeerSchema) -> list[Call]:
    """The calls of an Arrow file of steps that are in order of id and step."""
    kind = documented_schema().type_map["InboundInteraction"]
    assert isinstance(kind, GraphQLObjectType)
    with pa.memory_map(str(path)) as file:
        steps = [
            step
            for batch in pa.ipc.open_stream(file)
            for step in _objects(
                kind, {name: batch.column(name) for name in batch.schema.names}, schema, batch.num_rows
            )
        ]
    return [list(call) for _, call in groupby(steps, key=lambda step: step.id)]


def _objects(
    kind: GraphQLObjectType, columns: dict[str, pa.Array], schema: PeerSchema, rows: int, above: str = ""
) -> list[Any]:
    """An object of `kind` for every row; None for an object inside another whose values are all null."""
    values: list[list[Any]] = []
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if isinstance(named, GraphQLObjectType):
            values.append(_objects(named, columns, schema, rows, f"{name}_"))
        elif isinstance(named, GraphQLEnumType):
            members = schema.type(named.name).__members__
            values.append([None if cell is None else members[cell] for cell in columns[above + name].to_pylist()])
        else:
            values.append(columns[above + name].to_pylist())
    made, names, empty = schema.type(kind.name), list(kind.fields), (None,) * len(values)
    return [
        None if above and row == empty else made(**dict(zip(names, row, strict=True)))
        for row in zip(*values, strict=True)
    ]


def peer_of(path: Path) -> strawberry.Schema:
    """The documented schema, answered from the calls of an Arrow file."""
    schema = PeerSchema(documented_schema())
    month = Month(calls_in(path, schema))
    # Else every collection would walk millions of objects that stay.
    gc.collect()
    gc.freeze()
    return schema.answered(
        {
            "inboundCall": month.inbound_call,
            "inboundCalls": month.inbound_calls,
            "inboundCallsCount": month.inbound_calls_count,
        }
    )


def main(path: str) -> None:
    """Serve the calls of an Arrow file on any free port."""
    app = GraphQL(peer_of(Path(path)))
    config = uvicorn.Config(app, port=0, access_log=False, log_level="warning", lifespan="off")
    taken = config.bind_socket()
    print(f"http://127.0.0.1:{taken.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[taken])


if __name__ == "__main__":
    main(sys.argv[1])
