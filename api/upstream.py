"""What an administrator looks at: the TVox behind, the months that are mirrored, and figures for a monitor."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, PlainTextResponse

from answers.kept import KeptAnswers
from api.answering import Answering
from api.identity import CallerOf, ServicesOf
from api.services import Services
from tabular.release import RELEASE

router = APIRouter(tags=["Operations"])


@router.get("/upstream", summary="The TVox behind, and what is mirrored of it")
def upstream(caller: CallerOf, services: ServicesOf) -> JSONResponse:
    """Its addresses and which one answers, its schema and dialect, the budget, the work at hand, the months held with
    their age and rows, and what failed last. `mirrored` is false where there is no TVox behind."""
    now, mirror, line = services.now(), services.mirror, services.line
    told: dict[str, object] = {"mirrored": mirror is not None}
    if mirror is not None and line is not None:
        told |= {
            "line": line.client.state(),
            "schema": line.tvox.state(),
            "budget": {
                "per_minute": line.budget.per_minute or None,
                "left": line.budget.left,
                "next_in_seconds": round(line.budget.next_in, 1),
                "spent": line.budget.spent,
            },
            "jobs": [
                {
                    "table": flight.place.table.name,
                    "month": _month(flight.place.month),
                    "urgency": flight.urgency.name.lower(),
                    "pages": flight.done,
                    "of": flight.of or None,
                }
                for flight in mirror.flights.at_hand()
            ],
            "failures": [{"at": _at(at), "said": said} for at, said in reversed(mirror.failures)],
        }
    told["months"] = [
        {
            "table": table.name,
            "month": _month(partition.month),
            "rows": partition.rows,
            "fetched": _at(partition.fetched),
            "age": round((now - partition.fetched).total_seconds()),
            "settled": partition.settled,
        }
        for table in caller.catalogue
        if not (table.element or table.of)
        for partition in services.store.partitions(table.name)
    ]
    return JSONResponse(jsonable_encoder(told), headers={"Cache-Control": "no-store"})


@router.get("/metrics", summary="Figures for Prometheus")
def metrics(request: Request, caller: CallerOf, services: ServicesOf) -> PlainTextResponse:
    """Prometheus' text format, version 0.0.4."""
    kept = cast(Answering, request.app.state.answering).kept
    lines = "".join(f"{line}\n" for line in (*_metrics(services), *_kept(kept)))
    return PlainTextResponse(lines, media_type="text/plain; version=0.0.4; charset=utf-8")


def _metrics(services: Services) -> Iterator[str]:
    yield from _metric("tvox_release", "gauge", "The release that runs.", [(f'{{release="{RELEASE}"}}', 1)])
    yield from _metric("tvox_store_version", "gauge", "Version of the store.", [("", services.store.version)])
    kept = (table for table in services.catalogue if not (table.element or table.of))
    held = [(table, services.store.partitions(table.name)) for table in kept]
    rows = [(f'{{table="{table.name}"}}', sum(one.rows for one in months)) for table, months in held]
    yield from _metric("tvox_rows", "gauge", "Rows held, by table.", rows)
    months = [(f'{{table="{table.name}"}}', len(months)) for table, months in held]
    yield from _metric("tvox_months", "gauge", "Months held, by table.", months)
    settled = [(f'{{table="{table.name}"}}', sum(one.settled for one in months)) for table, months in held]
    yield from _metric("tvox_months_settled", "gauge", "Months never asked for again, by table.", settled)
    if services.mirror is None or services.line is None:
        return
    budget = services.line.budget
    yield from _metric("tvox_upstream_requests_total", "counter", "Requests sent to the TVox.", [("", budget.spent)])
    left = budget.left
    if left is not None:
        yield from _metric("tvox_upstream_budget_left", "gauge", "Requests that could be sent now.", [("", left)])
    at_hand = len(services.mirror.flights.at_hand())
    yield from _metric("tvox_upstream_jobs", "gauge", "Months being fetched or in line.", [("", at_hand)])
    failed = services.mirror.failed
    yield from _metric("tvox_upstream_failures_total", "counter", "Months that could not be brought.", [("", failed)])


def _kept(kept: KeptAnswers) -> Iterator[str]:
    yield from _metric("tvox_kept_hits_total", "counter", "Answers given out of memory.", [("", kept.hits)])
    yield from _metric("tvox_kept_misses_total", "counter", "Answers that were not in memory.", [("", kept.misses)])
    yield from _metric("tvox_kept_bytes", "gauge", "Memory that kept answers take.", [("", kept.bytes)])


def _metric(name: str, kind: str, meaning: str, values: Sequence[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"
    for labels, value in values:
        yield f"{name}{labels} {value}"


def _month(month: object) -> str | None:
    return None if month is None else str(month)


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
