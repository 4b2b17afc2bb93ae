"""A service account of Google: the name that people share spreadsheets with, and the tokens that it asks with."""

import json
import logging
import os
import stat
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport import Response
from google.oauth2 import service_account

from connectors.google.transport import Transport
from connectors.tvox.backoff import retry_after
from connectors.tvox.trouble import RAISED, Trouble, trouble_of
from tabular.errors import AccountRefused, AccountUnusable

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
"""What a token opens: the spreadsheets that are shared with the account, and nothing else of Google."""
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which asking again may help."""
LARGEST = 1 << 20
"""Bytes of a key file at most."""

# It writes what it sends and gets, and so the token.
logging.getLogger("google").setLevel(logging.WARNING)


class _Again(TransportError):
    """google-auth would ask again by itself and sleep meanwhile: who asked decides."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.reason)  # type: ignore[no-untyped-call]
        self.trouble = trouble


class ServiceAccount:
    """A service account; used by many threads. Its private key and its tokens are shown nowhere."""

    def __init__(self, credentials: service_account.Credentials, project: str, token_address: str) -> None:
        self._credentials = credentials
        self._guard = threading.Lock()
        self.email: str = credentials.service_account_email
        self.project = project
        self.token_address = token_address

    def __repr__(self) -> str:
        return f"ServiceAccount({self.email})"

    @classmethod
    def read(cls, path: Path) -> "ServiceAccount":
        """The account in a key file as the Google Cloud console makes it (JSON). Raises AccountUnusable."""
        given = _read(path)
        if given.get("type") != "service_account":
            raise AccountUnusable(
                str(path),
                "it is no key of a service account" + _kind(given),
                "In the Google Cloud console: IAM & Admin, Service Accounts, Keys, Add key, JSON.",
            )
        try:
            made = service_account.Credentials.from_service_account_info(given, scopes=[SCOPE])
        except (GoogleAuthError, ValueError, TypeError, KeyError, AttributeError) as failure:
            missing = [name for name in ("client_email", "token_uri", "private_key") if not given.get(name)]
            what = f"it has no {missing[0]}" if missing else "its private key cannot be read"
            raise AccountUnusable(str(path), what, "Make a new key of the service account.") from failure
        return cls(made, str(given.get("project_id") or ""), str(given["token_uri"]))

    def token(self, transport: Transport, refused: str | None = None) -> str | Trouble:
        """A token for the next minutes, the one there is unless it is about to end or was `refused`; or why none came.

        Raises AccountRefused.
        """
        with self._guard:
            credentials = self._credentials
            if credentials.valid and credentials.token and credentials.token != refused:
                return str(credentials.token)
            try:
                credentials.refresh(_once(transport))
            except _Again as again:
                return again.trouble
            except TransportError as failure:
                cause = failure.__cause__
                return trouble_of(cause) if isinstance(cause, RAISED) else Trouble("no token came from it")
            except RefreshError as failure:
                raise AccountRefused(self.email, _reason(failure)) from None
            except (GoogleAuthError, ValueError, TypeError, AttributeError, UnicodeError):
                return Trouble("its answer to the request for a token cannot be read")
            return str(credentials.token)


def _once(transport: Transport) -> Callable[..., Response]:
    """A transport that raises what google-auth would try again."""

    def ask(url: str, method: str = "GET", body: Any = None, headers: Any = None, **more: Any) -> Response:
        answer = transport(url, method, body, headers, **more)
        if answer.status in AGAIN:
            after = retry_after(httpx.Headers(answer.headers).get("Retry-After"), datetime.now(UTC))
            raise _Again(Trouble(f"status {answer.status} to the request for a token", after=after))
        return answer

    return ask


def _reason(failure: RefreshError) -> str:
    """What Google says in an OAuth error: its description, or its name. Nothing else of the answer is repeated."""
    for given in failure.args[1:]:
        if isinstance(given, Mapping):
            said = given.get("error_description") or given.get("error")
            if isinstance(said, str) and said.strip():
                return said.strip().rstrip(".")
    return "it gives no token"


def _read(path: Path) -> dict[str, Any]:
    advice = "Name the file of a service account's key that this service may read."
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & stat.S_IROTH:
                reason = "everybody on this machine can read the file"
                raise AccountUnusable(str(path), reason, f"Let only its owner read it: chmod 600 {path}.")
            text = file.read(LARGEST)
    except FileNotFoundError:
        raise AccountUnusable(str(path), "there is no such file", advice) from None
    except OSError as failure:
        reason = (failure.strerror or "it cannot be read").lower()
        raise AccountUnusable(str(path), reason, advice) from failure
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise AccountUnusable(
            str(path), "it is no JSON", "Take the file as the Google Cloud console made it."
        ) from None
    if not isinstance(given, dict):
        raise AccountUnusable(str(path), "it is no JSON object", "Take the file as the Google Cloud console made it.")
    return given


def _kind(given: Mapping[str, Any]) -> str:
    """What a file of Google is instead, for the commonest mistake: the secret of an OAuth client."""
    if {"installed", "web"} & given.keys():
        return ", but the secret of an OAuth client"
    return f", but {given['type']!r}" if given.get("type") in {"authorized_user", "external_account"} else ""
