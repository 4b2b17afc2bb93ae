"""The certificates that Google signs identity tokens with: kept for as long as it says."""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import InvalidVersion, load_pem_x509_certificate
from google.auth.exceptions import TransportError
from google.auth.transport import Request

from tabular.errors import IdentityUnchecked

ADDRESS = "https://www.googleapis.com/oauth2/v1/certs"

PATIENCE = 10.0
"""Seconds that Google has for its certificates: a person waits."""
LEAST, MOST = 60.0, 86_400.0
"""Seconds for which certificates are kept at least and at most, whatever came with them."""
AGAIN = 60.0
"""Seconds after which a key that is none of theirs has them fetched again: forged ones must cause no storm."""
PAUSE = 30.0
"""Seconds after which a fetch that failed is tried again."""
LEEWAY = timedelta(minutes=5)
"""How far the clocks of those who make certificates may be from ours."""
LARGEST = 262_144
"""Bytes of an answer with certificates; Google's has some 3,000."""

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age="?(\d{1,9})', re.IGNORECASE | re.ASCII)
_UNKEPT = re.compile(r"(?:^|[,\s])no-(?:store|cache)\b", re.IGNORECASE)
_LOG = logging.getLogger("tvox.google")


@dataclass(frozen=True, slots=True)
class _Certificate:
    text: str
    begins: datetime
    ends: datetime


class Certificates:
    """Google's certificates, fetched when they are needed; used by many threads.

    `now` tells the time (UTC) that a certificate has to be valid at, `clock` the seconds from anywhere between two
    fetches.
    """

    def __init__(
        self,
        transport: Request,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._transport = transport
        self._now = now
        self._clock = clock
        self._patience = patience
        self._fetching = threading.Lock()
        self._kept: Mapping[str, _Certificate] = {}
        self._fresh_until = self._next = float("-inf")
        self._trouble: str | None = None

    def by_key(self, key: str) -> Mapping[str, str]:
        """The valid certificates (PEM) by the names of their keys, fetched anew where they are old or `key` is none
        of them. Where Google fails, those that are kept go on for as long as they are valid.

        Raises IdentityUnchecked where it cannot be said whether `key` is one.
        """
        found = self._valid()
        if key not in found or self._clock() >= self._fresh_until:
            # Who has what he needs does not wait for somebody else's fetch.
            if self._fetching.acquire(blocking=key not in found):
                try:
                    self._refresh(key)
                finally:
                    self._fetching.release()
            found = self._valid()
        if key not in found and self._trouble is not None:
            raise IdentityUnchecked(self._trouble, max(1, round(self._next - self._clock())))
        return found

    def _valid(self) -> Mapping[str, str]:
        now = self._now()
        return {key: one.text for key, one in self._kept.items() if one.begins - LEEWAY <= now <= one.ends + LEEWAY}

    def _refresh(self, key: str) -> None:
        """Fetch if that is still needed once it is our turn, and not too soon after the last time."""
        if self._clock() < self._next or (self._clock() < self._fresh_until and key in self._valid()):
            return
        try:
            answer = self._transport(ADDRESS, method="GET", timeout=self._patience)
            kept = _read(answer.status, answer.data)
        except (TransportError, ValueError, RecursionError) as failure:
            self._trouble = "its answer is no JSON" if isinstance(failure, RecursionError) else str(failure)
            self._next = self._clock() + PAUSE
            _LOG.warning("Google's certificates cannot be had: %s", self._trouble)
            return
        self._kept, self._trouble = kept, None
        self._fresh_until = self._clock() + _seconds_kept(answer.headers)
        self._next = self._clock() + AGAIN


def _read(status: int, body: bytes) -> Mapping[str, _Certificate]:
    """The certificates in an answer; what is none of RSA is left out. Raises ValueError where none is left."""
    if status != 200:
        raise ValueError(f"status {status}")
    try:
        found = json.loads(body if len(body) <= LARGEST else b"")
    except ValueError as failure:
        raise ValueError("its answer is no JSON") from failure
    kept = {}
    for key, text in (found if isinstance(found, dict) else {}).items():
        try:
            read = load_pem_x509_certificate(str(text).encode())
            if isinstance(read.public_key(), RSAPublicKey):
                kept[key] = _Certificate(str(text), read.not_valid_before_utc, read.not_valid_after_utc)
        except (ValueError, InvalidVersion, UnsupportedAlgorithm):
            continue
    if not kept:
        raise ValueError("its answer holds no certificate")
    return kept


def _seconds_kept(headers: Mapping[str, str]) -> float:
    """How long an answer may be kept, as its headers say, within LEAST and MOST.

    >>> _seconds_kept({"cache-control": "public, max-age=20000, must-revalidate", "age": "500"})
    19500.0
    >>> _seconds_kept({}), _seconds_kept({"cache-control": "max-age=999999999"})
    (60.0, 86400.0)
    """
    said = headers.get("cache-control", "")
    found, age = _MAX_AGE.search(said), headers.get("age", "0").strip()
    if found is None or _UNKEPT.search(said):
        return LEAST
    passed = int(age) if age.isascii() and age.isdecimal() and len(age) < 10 else 0
    return float(min(max(int(found[1]) - passed, LEAST), MOST))
