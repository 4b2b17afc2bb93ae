"""JSONPath: 25,000 rows of twelve columns of a decoded answer, beside node's jsonpath-plus, jsonpath-ng and loops."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from jsonpath_ng.ext.parser import parse as peer_parse

from addin.build import WEB, node
from bench.figure import Figure, interleaved
from tabular.errors import TablesError
from tabular.jsonpath import Budget, Contents, Dialect, Plucker, Shape, Style, compiled
from tests.tabular.jsonpath.bombs import BOMBS, Bomb
from tests.tabular.jsonpath.bombs import document as bomb_document

CALLS = 10_000
ROUNDS, PEER_ROUNDS = 5, 2
ROWS = "$..inboundCalls[*][*]"
COLUMNS = (
    "id,step,cli,dnis,service,status,startTime,waitDuration,"
    "contact.value,contact.type,multiChannel.type,multiChannel.session"
)
NAMES = COLUMNS.split(",")


def figures(folder: Path) -> Iterator[Figure]:
    """Decode an answer of some 25,000 steps, then take its rows in every way; every way gives the same rows."""
    yield from _bombs()
    document = folder / "answer.json"
    document.write_text(json.dumps(answer(), separators=(",", ":")))
    text = document.read_bytes()
    decoded = json.loads(text)
    walked, resolved = compiled(ROWS, COLUMNS), compiled(ROWS, COLUMNS, shape=shape())
    held = compiled(ROWS, f"{COLUMNS},^.~")
    expected = _by_loops(decoded)
    assert list(zip(*walked.pluck(decoded), strict=True)) == expected
    assert list(zip(*resolved.pluck(decoded), strict=True)) == expected
    assert _by_jsonpath_ng(decoded) == expected
    rows = len(expected)

    fast = interleaved(
        [
            lambda: _milliseconds(lambda: resolved.pluck(decoded)),
            lambda: _milliseconds(lambda: walked.pluck(decoded)),
            lambda: _milliseconds(lambda: held.pluck(decoded)),
            lambda: _milliseconds(lambda: _by_loops(decoded)),
            lambda: _milliseconds(lambda: walked.pluck(json.loads(text))),
            lambda: _milliseconds(lambda: json.loads(text)),
        ],
        ROUNDS,
    )
    ours, ours_walked, ours_held, loops, ours_decoded, decoding = fast
    yield Figure(f"{rows:,} rows of 12 columns, $.. made exact by the shape", "ms", ours, told=True)
    yield Figure("  $.. walked", "ms", ours_walked, told=True)
    yield Figure("  $.. walked, with a thirteenth column ^.~", "ms", ours_held, told=True)
    yield Figure("  loops in Python, written for this document", "ms", loops)
    yield Figure("  walked, decoding included", "ms", ours_decoded, told=True)
    yield Figure("  decoding alone", "ms", decoding, told=True)
    yield Figure("made exact beside loops in Python", "times", _ratios(ours, loops), at_most=2)
    yield Figure("walked beside loops in Python", "times", _ratios(ours_walked, loops), at_most=5)

    slow = [_milliseconds(lambda: _by_jsonpath_ng(decoded)) for _ in range(PEER_ROUNDS)]
    yield Figure("  jsonpath-ng, rows and columns", "ms", slow)
    yield Figure("  jsonpath-ng's time by ours, walked", "times", _ratios(slow, ours_walked), at_least=15)
    yield from _beside_node(document, rows, ours, ours_walked, ours_decoded)
    yield from _drop_in(text)


def _beside_node(
    document: Path, rows: int, ours: list[float], walked: list[float], with_decoding: list[float]
) -> Iterator[Figure]:
    found = node()
    if found is None:
        return
    script = WEB / "conformance" / "jsonpath-plus.js"
    asked = [str(found.binary), str(script), str(document), ROWS, COLUMNS, str(ROUNDS)]
    told = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    assert told["rows"] == rows
    plucked, decoding = told["milliseconds"], told["decoding"]
    both = [one + other for one, other in zip(plucked, decoding, strict=True)]
    yield Figure("  node's jsonpath-plus, rows and columns", "ms", plucked)
    yield Figure("  the same with JSON.parse", "ms", both)
    yield Figure("jsonpath-plus's time by ours, made exact", "times", _ratios(plucked, ours), at_least=10)
    yield Figure("jsonpath-plus's time by ours, walked", "times", _ratios(plucked, walked), at_least=3)
    yield Figure("the same, decoding included in both", "times", _ratios(both, with_decoding), at_least=3)


def _drop_in(text: bytes) -> Iterator[Figure]:
    """What =IMPORTJSONAPI asks, as it is answered: another dialect and style, the text decoded anew."""
    plucker = compiled(ROWS, COLUMNS, Dialect.PLUS, shape(), Style.IMPORTJSONAPI)
    rates = [_rate(plucker, text) for _ in range(ROUNDS)]
    yield Figure("the drop-in, made exact, decoding included", "k rows/s", rates, told=True)


def _bombs() -> Iterator[Figure]:
    """The processor's time of the path that costs most of those that were made to take forever."""
    documents = {bomb.document: bomb_document(bomb.document) for bomb in BOMBS}
    slowest = [max(_bomb_seconds(bomb, documents[bomb.document]) for bomb in BOMBS) for _ in range(ROUNDS)]
    yield Figure("the slowest of the paths made to take forever", "s", slowest, at_most=1)


def _bomb_seconds(bomb: Bomb, document: object) -> float:
    began = time.process_time()
    with suppress(TablesError):
        compiled(bomb.rows, bomb.columns, bomb.dialect).pluck(document)
    return time.process_time() - began


def _rate(plucker: Plucker, text: bytes) -> float:
    began = time.perf_counter()
    columns = plucker.pluck(json.loads(text), Budget())
    return len(columns[0]) / (time.perf_counter() - began) / 1e3


def _ratios(slow: list[float], fast: list[float]) -> list[float]:
    """Each run by the median of the other's, which are not as many."""
    middle = sorted(fast)[len(fast) // 2]
    return [each / middle for each in slow]


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def _by_loops(decoded: Any) -> list[tuple[object, ...]]:
    return [
        (
            step.get("id"),
            step.get("step"),
            step.get("cli"),
            step.get("dnis"),
            step.get("service"),
            step.get("status"),
            step.get("startTime"),
            step.get("waitDuration"),
            (step.get("contact") or {}).get("value"),
            (step.get("contact") or {}).get("type"),
            (step.get("multiChannel") or {}).get("type"),
            (step.get("multiChannel") or {}).get("session"),
        )
        for call in decoded["data"]["inboundCalls"]
        for step in call
    ]


def _by_jsonpath_ng(decoded: Any) -> list[tuple[object, ...]]:
    columns = [peer_parse(name) for name in NAMES]
    found = []
    for row in peer_parse(ROWS).find(decoded):
        cells = (column.find(row.value) for column in columns)
        found.append(tuple(cell[0].value if cell else None for cell in cells))
    return found


def answer() -> dict[str, Any]:
    """An answer of the Data Model: 10,000 calls of one to four steps, a third of them without a contact."""
    drawn = Random(7)  # noqa: S311  # data to measure with
    return {"data": {"inboundCalls": [_call(number, drawn) for number in range(CALLS)]}}


def _call(number: int, drawn: Random) -> list[dict[str, Any]]:
    steps = []
    for step in range(drawn.choice((1, 2, 3, 4))):
        known, channel = drawn.random() < 0.66, drawn.random() < 0.5
        steps.append(
            {
                "id": f"{1588581589 + number}.{drawn.randrange(9999)}",
                "step": step,
                "cli": f"+39045{drawn.randrange(10**7):07}",
                "dnis": f"{drawn.randrange(9999):04}",
                "service": drawn.choice(("Sales", "Support", "Administration")),
                "status": drawn.choice(("HANGUP", "TRANSFER", "ABANDON")),
                "startTime": f"2020-05-{drawn.randrange(1, 32):02}T08:{drawn.randrange(60):02}:49+02:00",
                "endTime": f"2020-05-{drawn.randrange(1, 32):02}T09:{drawn.randrange(60):02}:49+02:00",
                "waitDuration": drawn.randrange(600),
                "queueDuration": drawn.randrange(600),
                "agent": f"agent{drawn.randrange(200)}",
                "skills": [drawn.choice(("it", "en", "fr"))],
                "contact": {"value": f"Contact {drawn.randrange(5000)}", "type": "PHONE", "id": 7} if known else None,
                "multiChannel": {"type": "VOICE", "session": f"s-{drawn.randrange(10**6)}"} if channel else None,
            }
        )
    return steps


def shape() -> Shape:
    """The shape of `answer`, as its query's selection tells it."""
    texts = ("id", "step", "cli", "dnis", "service", "status", "startTime", "endTime", "waitDuration", "queueDuration")
    step = (
        *(Shape(name, contents=Contents.SCALAR) for name in (*texts, "agent")),
        Shape("skills", lists=1, contents=Contents.SCALAR),
        Shape("contact", tuple(Shape(name, contents=Contents.SCALAR) for name in ("value", "type", "id"))),
        Shape("multiChannel", tuple(Shape(name, contents=Contents.SCALAR) for name in ("type", "session"))),
    )
    return Shape("", (Shape("data", (Shape("inboundCalls", step, lists=2),)),))
