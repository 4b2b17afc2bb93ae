"""A client of the stand-in that knows nothing of ours."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.google.standin import EMAIL, StandIn, pair
from tests.google.tokens import AUDIENCE, GRANT, SCOPE

KEY_ID = "4f0c21d9a7be4f0c21d9a7be4f0c21d9a7be0001"


def assertion(private: str = "", header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A signed JWT, made by hand."""
    now = int(time.time())
    given = {"iss": EMAIL, "aud": AUDIENCE, "scope": SCOPE, "iat": now, "exp": now + 3600} | claims
    parts = [{"alg": "RS256", "typ": "JWT", "kid": KEY_ID} | (header or {}), given]
    text = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    key = load_pem_private_key((private or pair()[0]).encode(), None)
    assert isinstance(key, RSAPrivateKey)
    signature = base64.urlsafe_b64encode(key.sign(text, PKCS1v15(), hashes.SHA256())).rstrip(b"=")
    return (text + b"." + signature).decode()


class Client:
    """A plain client with a token."""

    def __init__(self, google: StandIn, folder: Path) -> None:
        google.account(folder)
        self.http = httpx.Client(base_url=google.address, trust_env=False, timeout=30)
        self.google, self.book = google, google.spreadsheet()
        self.http.headers["Authorization"] = f"Bearer {self.token(assertion()).json()['access_token']}"

    def token(self, given: str, grant: str = GRANT) -> httpx.Response:
        """Ask for a token."""
        return self.http.post("/token", data={"grant_type": grant, "assertion": given})

    def get(self, path: str = "", **options: str) -> httpx.Response:
        """Read something of the spreadsheet."""
        return self.http.get(f"/v4/spreadsheets/{self.book}{path}", params=options)

    def put(self, cells: str, rows: Any, option: str = "RAW", **more: Any) -> httpx.Response:
        """values.update."""
        path = f"/v4/spreadsheets/{self.book}/values/{quote(cells, safe='')}"
        return self.http.put(path, params={"valueInputOption": option}, json={"values": rows} | more)

    def post(self, path: str, body: Any, **options: str) -> httpx.Response:
        """POST something below the spreadsheet."""
        return self.http.post(f"/v4/spreadsheets/{self.book}{path}", json=body, params=options)

    def batch(self, *requests: Any) -> httpx.Response:
        """spreadsheets.batchUpdate."""
        return self.post(":batchUpdate", {"requests": requests})

    def done(self, *requests: Any) -> Any:
        """The replies of a batch that has to be valid."""
        answer = self.batch(*requests)
        assert answer.status_code == 200, answer.text
        return answer.json()["replies"]

    def rows(self, title: str = "Sheet1") -> list[list[Any]]:
        """The typed cells of a sheet."""
        return self.google.rows(self.book, title)


def message(answer: httpx.Response, code: int = 400, status: str = "INVALID_ARGUMENT") -> str:
    """The words of a refusal in Google's form."""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (code, code, status)
    return str(error["message"])
