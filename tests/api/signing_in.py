"""A service where spreadsheets sign in: by a key, or by a stand-in for Google."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tabular.restriction import Restriction
from tests.connectors.google.signing import AUDIENCE, DOMAIN, Google, claims, signed
from tests.serving import Served, opened_at

SHEET = {"name": "Sales", "spreadsheet": "1AbC-d_e"}
ROWS_OF = "/tables/inboundCalls.csv?last=3d&columns=id,cli"
NUMBERS = count()


class Signing(Served):
    """A service over ROWS where people sign in with Google, a key of that name, and a client without a key."""

    def __init__(self, path: Path, google: Google) -> None:
        services = opened_at(path, google_audiences=AUDIENCE, google_domains=DOMAIN, google_key="google")
        super().__init__(replace(services, now=lambda: google.clock.now, identities=google.identities()))
        self.google = google
        self.services.keys.create("google", restriction=Restriction(tables=("inboundCalls",)))
        self.outside = httpx.Client(base_url=self.address, trust_env=False, timeout=60)

    def made(self, key: str = "", **said: object) -> dict[str, Any]:
        """A sheet token, by a key."""
        answer = self.client.post("/sheets/tokens", json=SHEET | said, headers={"X-Telenia-APIKey": key or self.key})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def sign_in(self, identity: str, **said: object) -> httpx.Response:
        """The answer to a sign-in with Google."""
        return self.outside.post("/sheets/tokens", json=SHEET | {"identity": identity} | said)

    def by(self, token: str, address: str = ROWS_OF, method: str = "GET") -> httpx.Response:
        """The answer to a request with a token."""
        return self.outside.request(method, address, headers={"X-Telenia-APIKey": token})

    def close(self) -> None:
        """Stop the service and close its store."""
        self.outside.close()
        super().close()
        self.services.close()


def identity(**other: object) -> str:
    """An identity token that was not there before."""
    return signed(claims(jti=str(next(NUMBERS)), **other))


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]
