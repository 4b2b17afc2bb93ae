"""The Data Model over loopback: twelve months of 200,000 calls, beside strawberry-graphql over objects in memory."""

import itertools
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import httpx
import pyarrow as pa
import strawberry

from answers.datamodel import DataModel
from answers.filling import fill
from bench.figure import Figure, interleaved
from bench.peer_datamodel import peer_of
from bench.questions import ROUNDS, VARIANTS, Question, questions
from bench.service import Service
from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from datamodel.documents import Document
from store.control import Control
from store.keys import Keys
from store.layout import quoted
from store.statements import OPEN_END, partition_name
from store.store import Store
from tabular.month import Month
from tests.datamodel.hostile import HOSTILE

CALLS = 200_000
MONTHS = 13
"""The open month is not full yet: twelve are."""

TIMES_AS_FAST = 15
TABLE = "inboundCalls"
ADDRESS = "/datamodel/query"


def figures(folder: Path) -> Iterator[Figure]:
    """Fill a store, give the peer the rows of the month in the middle, see that both answer alike, then measure."""
    path, copy = folder / "datamodel.duckdb", folder / "peer.arrow"
    control = Control(path)
    key = Keys(control).create("bench")
    centre = DemoCentre(calls_per_month=CALLS, now=datetime.now(UTC), months=MONTHS)
    with Store(path, secret=control.secret) as store:
        fill(centre, store, documented())
    control.close()
    month, ids = _copied_for_the_peer(path, copy)
    asked = questions(month, CALLS, random.Random(1).sample(ids, VARIANTS))  # noqa: S311 (the same ids every time)
    words = ["main.py", "serve", "--no-demo", "--port", "0", "--store", str(path)]
    # The rate would refuse what a benchmark asks in a minute.
    with (
        Service(*words, key=key, settings={"TVOX_DATAMODEL_RATE": "0"}) as ours,
        Service("-m", "bench.peer_datamodel", str(copy)) as peer,
    ):
        for question in asked.values():
            _rehearse(question, ours, peer)
        yield from _served(asked, ours, peer)
        yield from _hostile(ours)
    with Store(path, secret=control.secret, tables=tuple(documented())) as store:
        yield from _in_process(asked, DataModel(store), peer_of(copy))


def _in_process(asked: dict[str, Question], model: DataModel, peer: strawberry.Schema) -> Iterator[Figure]:
    """The same questions without HTTP: a document in, JSON out; the same limits."""
    judged = {name: question for name, question in asked.items() if question.at_most is not None}

    def ours(body: bytes) -> bytes:
        request = json.loads(body)
        return model.answer(Document(request["query"], request.get("variables") or {}), documented(), "bench").body

    def theirs(body: bytes) -> bytes:
        request = json.loads(body)
        result = peer.execute_sync(request["query"], variable_values=request.get("variables"))
        return json.dumps({"data": result.data}).encode()

    measures = [_timed(question, answer) for question in judged.values() for answer in (ours, theirs)]
    for question in judged.values():
        different = list(_differences(json.loads(ours(question.body(0))), json.loads(theirs(question.body(0)))))
        assert not different, (question.what, different[:10])
    taken = iter(interleaved(measures, ROUNDS))
    for name, question in judged.items():
        mine, other = next(taken), next(taken)
        yield Figure(f"in process: {question.what.strip()}", "ms", mine, at_most=question.at_most)
        yield Figure("    strawberry", "ms", other)
        times = [one / own for own, one in zip(mine, other, strict=True)]
        least = TIMES_AS_FAST if name == "full" else None
        yield Figure("    times as fast as strawberry", "times", times, at_least=least, told=least is None)


def _timed(question: Question, answer: Callable[[bytes], bytes]) -> Callable[[], float]:
    variants = itertools.count()

    def measure() -> float:
        body = question.body(next(variants))
        began = perf_counter()
        answer(body)
        return (perf_counter() - began) * 1000

    return measure


def _hostile(ours: Service) -> Iterator[Figure]:
    """How long the slowest of the documents takes that are made to cost much; each is refused."""
    slowest, what = max(
        (ours.post(ADDRESS, json.dumps({"query": document}).encode()).all, name) for name, document in HOSTILE.items()
    )
    yield Figure(f"the slowest of {len(HOSTILE)} hostile documents ({what})", "ms", [slowest], at_most=1000)


def _served(asked: dict[str, Question], ours: Service, peer: Service) -> Iterator[Figure]:
    """Over loopback, connecting anew each time, one question after the other: nothing is warm."""
    measures: dict[tuple[str, bool], Callable[[], float]] = {("floor", False): lambda: ours.get("/health").all}
    for name, question in asked.items():
        measures[name, False] = _measure(question, ours)
        if question.peer:
            measures[name, True] = _measure(question, peer)
    taken = dict(zip(measures, interleaved(list(measures.values()), ROUNDS), strict=True))
    for name, question in asked.items():
        mine = taken[name, False]
        yield Figure(question.what, "ms", mine, at_most=question.at_most, told=question.at_most is None)
        if not question.peer:
            continue
        theirs = taken[name, True]
        yield Figure("    strawberry", "ms", theirs)
        # Round by round: what slows the machine down slows both.
        times = [other / own for own, other in zip(mine, theirs, strict=True)]
        least = TIMES_AS_FAST if name == "full" else None
        yield Figure("    times as fast as strawberry", "times", times, at_least=least, told=least is None)
    yield Figure("GET /health of the same service, the floor", "ms", taken["floor", False], told=True)


def _measure(question: Question, service: Service) -> Callable[[], float]:
    """The time of a question, the next variant of it each time."""
    variants = itertools.count()

    def measure() -> float:
        taken = service.post(ADDRESS, question.body(next(variants)))
        assert b'"errors"' not in taken.begins, taken.begins
        return taken.all

    return measure


def _rehearse(question: Question, ours: Service, peer: Service) -> None:
    """Ask variants that are not measured, and see that the answers are whole and both the same."""
    for variant in range(VARIANTS - 3, VARIANTS):
        answer = _answer(question, ours, variant)
        if question.calls is not None:
            assert len(answer["inboundCalls"]) == question.calls, (question.what, len(answer["inboundCalls"]))
        if question.peer:
            theirs = _answer(question, peer, variant)
            different = list(_differences(answer, theirs)) if question.equal else []
            assert not different, (question.what, len(different), different[:10])


def _answer(question: Question, service: Service, variant: int) -> Any:
    headers = {"Content-Type": "application/json", "X-Telenia-APIKey": service.key}
    heard = httpx.post(service.address + ADDRESS, content=question.body(variant), headers=headers, timeout=60)
    answer = heard.json()
    assert heard.status_code == 200, heard.text[:500]
    assert not answer.get("errors"), (question.what, answer["errors"])
    return answer["data"]


def _differences(ours: Any, theirs: Any, path: str = "data") -> Iterator[str]:
    """Where two answers differ; the order of fields is part of an answer."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and list(ours) == list(theirs):
        for name in ours:
            yield from _differences(ours[name], theirs[name], f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for place, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(mine, other, f"{path}[{place}]")
    elif type(ours) is not type(theirs) or isinstance(ours, (dict, list)) or ours != theirs:
        yield f"{path}: ours {str(ours)[:80]}, the peer's {str(theirs)[:80]}"


def _copied_for_the_peer(path: Path, into: Path) -> tuple[Month, list[str]]:
    """The month in the middle, whose steps are now in an Arrow file in order of id and step, and its ids."""
    with duckdb.connect(str(path), read_only=True) as connection:
        held = connection.execute(f"SELECT month FROM partitions WHERE \"table\" = '{TABLE}' ORDER BY month").fetchall()
        month = Month.parse(held[len(held) // 2][0])
        names = ", ".join(quoted(field.name) for field in documented().table(TABLE).fields)
        steps = f"FROM {partition_name(TABLE, month)} WHERE _until = {OPEN_END} ORDER BY id, step"
        found = connection.execute(f"SELECT {names} {steps}").to_arrow_reader(20_000)
        with pa.OSFile(str(into), "wb") as file, pa.ipc.new_stream(file, found.schema) as stream:
            for batch in found:
                stream.write_batch(batch)
        ids = connection.execute(f"SELECT DISTINCT id {steps.partition(' ORDER')[0]} ORDER BY id").fetchall()
    return month, [one[0] for one in ids]
