"""A service whose links are tried: over a few calls, with a clock that can be moved and a client without a key."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.serving import Served, opened_at
from tests.steps import CALLS, NOW, SUMMARIES, batches, step

BEGAN = datetime(2026, 11, 22, 8)
ROWS = [
    step(BEGAN - timedelta(days=i), 0, i, user=f"user{i}", cli=f"+3904320000{i:02}", waitDuration=i) for i in range(12)
]
QUESTION = {"table": "inboundCalls", "last": "3d", "columns": "id,cli,user"}
ADDRESS = "/tables/inboundCalls.csv?last=3d&columns=id,cli,user"


@dataclass
class Clock:
    """The service's clock."""

    now: datetime = NOW


class Linking(Served):
    """A service over ROWS, whose clock can be moved, and a client without a key."""

    def __init__(self, path: Path, clock: Clock, key_name: str = "tests", **settings: object) -> None:
        super().__init__(replace(opened_at(path, **settings), now=lambda: clock.now), key_name)
        self.clock = clock
        self.outside = httpx.Client(trust_env=False, timeout=60)

    def made(self, key: str = "", **said: object) -> dict[str, Any]:
        """A link for QUESTION, or for another one."""
        answer = self.asked(key, QUESTION | said)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def asked(self, key: str, body: object) -> httpx.Response:
        """The answer to POST /links."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Telenia-APIKey": key or self.key, "Content-Type": "application/json"}
        return self.client.post("/links", content=content, headers=headers)

    def key_named(self, name: str, **more: Any) -> str:
        """A key of its own for a test."""
        return self.services.keys.create(name, **more)

    def fill(self) -> None:
        """Bring ROWS in."""
        with self.services.store.writing("test") as writing:
            writing.merge(CALLS, batches(ROWS), SUMMARIES)

    def close(self) -> None:
        """Stop the service and close its store."""
        self.outside.close()
        super().close()
        self.services.close()


def token_of(link: dict[str, Any]) -> str:
    """The token in a link's address."""
    return str(link["url"]).rpartition("/")[2].partition(".")[0]
