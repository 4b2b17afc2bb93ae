"""What tests of views share: a service over some calls, and the ways to keep and read a view."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa

from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, step

BEGAN = datetime(2026, 10, 24, 21)
"""Three hours before clocks go back in Rome; a call begins every twenty minutes."""

SERVICES = ("SALES", "SUPPORT", None, "Ünïque")
ROWS = [
    step(
        BEGAN + timedelta(minutes=20 * (i // 2)),
        i % 2,
        i // 2,
        cli=f"+39043200{i % 5:02}" if i % 7 else None,
        user=f"user{i % 3}",
        service=SERVICES[i % 4],
        waitDuration=i * 7 % 11 if i % 5 else None,
        status="HANGUP" if i % 3 else "OVERFLOW",
    )
    for i in range(64)
]
PEOPLE: list[dict[str, object]] = [
    {"uuid": name, "tel": [{"value": f"04{i}", "type": "HOME"} for i in range(count)]}
    for count, name in enumerate(("a", "b", "c"))
]
MASKED = Restriction(
    hidden=("user",),
    masked=(("cli", Mask(MaskKind.LAST, 2)), ("service", Mask(MaskKind.HASH)), ("id", Mask(MaskKind.LAST, 3))),
)

Row = dict[str, Any]


def serving(path: Path, **settings: object) -> Served:
    """A service over ROWS and PEOPLE; `closed` closes it."""
    services = opened_at(path / "tvox.duckdb", **settings)
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches(ROWS), SUMMARIES)
        writing.replace(CONTACTS, None, batches(PEOPLE, CONTACTS))
    return Served(services)


def closed(served: Served) -> None:
    """Close the service and its store."""
    served.close()
    served.services.close()


def keep(served: Served, name: str, /, key: str = "", **asked: Any) -> httpx.Response:
    """Keep a view."""
    headers = {"X-Telenia-APIKey": key or served.key}
    return served.client.put(f"/views/{name}", json=asked, headers=headers)


def get(served: Served, address: str, key: str = "", **parameters: str) -> httpx.Response:
    """GET with parameters, with another key if one is given."""
    headers = {"X-Telenia-APIKey": key or served.key}
    return served.client.get(address, params=parameters, headers=headers)


def rows(served: Served, table: str, key: str = "", **parameters: str) -> list[Row]:
    """Rows with their types, times as UTC without a zone, as the store and the plain readings have them."""
    answer = get(served, f"/tables/{table}.arrow", key, **parameters)
    assert answer.status_code == 200, answer.text
    found = pa.ipc.open_stream(answer.content).read_all().to_pylist()
    return [{name: plain(cell) for name, cell in row.items()} for row in found]


def plain(cell: object) -> object:
    """A cell, a time as UTC without a zone."""
    return cell.astimezone(UTC).replace(tzinfo=None) if isinstance(cell, datetime) else cell


def refused(answer: httpx.Response, status: int, code: str, *words: str) -> None:
    """Assert that an answer is one sentence with a code and these words."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    said = body.get("error", {}).get("message") or f"{body['title']} {body['hint']}"
    assert code == (body.get("code") or body["error"]["code"])
    assert "\n" not in said
    for word in words:
        assert word in said, said
