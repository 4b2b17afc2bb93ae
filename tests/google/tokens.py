"""The token endpoint of the stand-in: JWT assertions of service accounts become access tokens (RFC 7523).

Documented (developers.google.com/identity/protocols/oauth2/service-account): RS256, `iss` the account's e-mail, `aud`
https://oauth2.googleapis.com/token, `exp` at most an hour after `iat`. The assertion is taken apart and verified here
by `cryptography` alone, not by the library that made it.
"""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
SKEW = 300


@dataclass(slots=True)
class Account:
    """A service account: its public key by the key's id."""

    email: str
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    disabled: bool = False


class Wrong(Exception):
    """An OAuth error: its name and its description."""


class Tokens:
    """The accounts, and the tokens that were given out."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.lifetime = 3599
        self._given: dict[str, tuple[str, set[str], float]] = {}

    def add(self, email: str, key_id: str, public: str) -> None:
        """Know an account and a public key (PEM) of it."""
        key = load_pem_public_key(public.encode())
        assert isinstance(key, RSAPublicKey)
        self.accounts.setdefault(email, Account(email)).keys[key_id] = key

    def expire(self) -> None:
        """Let no token hold any more."""
        self._given.clear()

    def owner(self, authorization: str) -> tuple[str, set[str]] | None:
        """Whose token a header has, and what it opens; None where it holds no more."""
        held = self._given.get(authorization.removeprefix("Bearer "))
        return held[:2] if held and held[2] > time.time() else None

    def answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and JSON for a POST of the endpoint."""
        form = {name: values[0] for name, values in parse_qs(body.decode("ascii", "replace")).items()}
        if form.get("grant_type") != GRANT:
            return 400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"}
        try:
            email, scopes = self._owner_of(form.get("assertion", ""))
        except Wrong as wrong:
            name, description = wrong.args
            return 400, {"error": name, "error_description": description}
        token = "ya29." + secrets.token_urlsafe(40)
        self._given[token] = (email, scopes, time.time() + self.lifetime)
        return 200, {"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"}

    def _owner_of(self, assertion: str) -> tuple[str, set[str]]:
        try:
            head, payload, signature = assertion.split(".")
            header, claims = json.loads(_plain(head)), json.loads(_plain(payload))
            account = self.accounts.get(claims["iss"])
            expires, issued = int(claims["exp"]), int(claims["iat"])
            scopes, audience = set(claims.get("scope", "").split()), claims.get("aud")
            algorithm, key_id = header.get("alg"), header.get("kid", "")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Wrong("invalid_grant", "Invalid JWT: Failed to parse.") from None
        if account is None:
            raise Wrong("invalid_grant", "Invalid grant: account not found")
        key = account.keys.get(key_id)
        if algorithm != "RS256" or key is None:
            raise Wrong("invalid_grant", "Invalid JWT Signature.")
        try:
            key.verify(_plain(signature), f"{head}.{payload}".encode(), PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise Wrong("invalid_grant", "Invalid JWT Signature.") from None
        if account.disabled:
            raise Wrong("invalid_grant", "Invalid grant: account is disabled")
        if audience != AUDIENCE:
            raise Wrong("invalid_grant", f"Invalid JWT: Audience is not {AUDIENCE}")
        now = time.time()
        if not (issued - SKEW <= now <= expires + SKEW) or expires - issued > 3600:
            raise Wrong(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
            )
        if not scopes:
            raise Wrong("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return account.email, scopes


def _plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
