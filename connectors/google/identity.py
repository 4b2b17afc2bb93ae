"""Who signs in with Google: identity tokens checked, and the person that one is about."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from google.auth import jwt
from google.auth.exceptions import GoogleAuthError, InvalidValue, MalformedError
from google.auth.transport import Request
from google.oauth2 import id_token

from connectors.google.certificates import PATIENCE, Certificates
from connectors.google.transport import Answer
from tabular.errors import IdentityRefused, shown

LONGEST = 8_192
"""Letters of an identity token; Google's have some 1,200."""

SKEW = timedelta(seconds=30)
"""How far Google's clock may be from ours."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_NEVER_BY_ITS_CLOCK = 1 << 40
"""Seconds. google-auth reads the machine's clock: the times are compared here, with the clock that was given."""
_LAST_SECOND = 1 << 37

_GARBLED = ("cannot be read", "Sign in again from the sheet's TVox menu.")
_FORGED = ("is not signed by Google", "Sign in again from the sheet's TVox menu.")
_CLOCKS = "Sign in again; if that does not help, the clock of this service may be wrong."
_SCOPES = "The script's manifest needs the scopes openid and userinfo.email."


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in, by a token that is right: `domain` is whose account it is.

    `until` is when the token is taken by nobody any more, and `digest` tells it from all others.
    """

    email: str
    subject: str
    domain: str
    expires: datetime
    until: datetime
    digest: bytes


class Identities:
    """What is an identity token of Google, for one of `audiences` (OAuth client ids), of somebody whose account belongs
    to one of `domains`; used by many threads. `now` tells the time (UTC).

    An account without a domain of its own (`hd`) is refused, even where its address ends with one: anybody who once
    read that mailbox may have made it, and it does not end when a person leaves the company.

    Raises ValueError where there is no audience or no domain: any would do then.
    """

    def __init__(
        self,
        audiences: Sequence[str],
        domains: Sequence[str],
        transport: Request,
        now: Callable[[], datetime],
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        if not audiences or not domains or not all((*audiences, *domains)):
            raise ValueError("identity tokens need audiences and domains")
        self._audiences = list(audiences)
        self._domains = frozenset(domain.casefold() for domain in domains)
        self._now = now
        self._certificates = Certificates(transport, now, clock, patience)

    def verify(self, token: str) -> Person:
        """The person that a token is about. Raises IdentityRefused, IdentityUnchecked."""
        if len(token) > LONGEST or not _TOKEN.fullmatch(token):
            raise IdentityRefused(*_GARBLED)
        claims = self._signed(token)
        self._check_times(claims)
        expires = datetime.fromtimestamp(claims["exp"], UTC)
        # What is signed: the signature itself has spare bits, so that one token could be written in several ways.
        digest = sha256(token.rpartition(".")[0].encode()).digest()
        email, subject, domain = self._account(claims)
        return Person(email, subject, domain, expires, expires + SKEW, digest)

    def _signed(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that Google signed for one of the audiences."""
        try:
            header = jwt.decode_header(token)
        except (GoogleAuthError, ValueError, RecursionError) as failure:
            raise IdentityRefused(*_GARBLED) from failure
        key = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(key, str):
            raise IdentityRefused(*_FORGED)
        certificates = self._certificates.by_key(key)
        if key not in certificates:
            raise IdentityRefused(*_FORGED)
        try:
            found = id_token.verify_oauth2_token(token, _Kept(certificates), self._audiences, _NEVER_BY_ITS_CLOCK)
            return cast(Mapping[str, Any], found)
        except MalformedError as failure:
            raise IdentityRefused(*_FORGED) from failure
        except InvalidValue as failure:
            # The signature is Google's: what it was made for is no secret of who sent it.
            raise IdentityRefused(*_for_others(token)) from failure
        except (GoogleAuthError, ValueError, KeyError, TypeError) as failure:
            raise IdentityRefused(*_FORGED) from failure

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        for name in ("iat", "exp", *(("nbf",) if "nbf" in claims else ())):
            if type(claims.get(name)) is not int or not 0 <= claims[name] <= _LAST_SECOND:
                raise IdentityRefused(*_GARBLED)
        now, skew = self._now().timestamp(), SKEW.total_seconds()
        if max(claims["iat"], claims.get("nbf", 0)) > now + skew:
            raise IdentityRefused("begins only in the future", _CLOCKS)
        if claims["exp"] + skew <= now:
            raise IdentityRefused("has expired", _CLOCKS)

    def _account(self, claims: Mapping[str, Any]) -> tuple[str, str, str]:
        """Address, id and domain of a person's account."""
        email, subject, domain = claims.get("email"), claims.get("sub"), claims.get("hd")
        if not isinstance(subject, str) or not subject:
            raise IdentityRefused(*_GARBLED)
        if not isinstance(email, str) or "@" not in email:
            raise IdentityRefused("does not tell the address of the account", _SCOPES)
        if claims.get("email_verified") is not True:
            raise IdentityRefused(
                "is of an address that Google has not verified", "Verify it in the settings of the Google account."
            )
        if not isinstance(domain, str) or domain.casefold() not in self._domains:
            raise IdentityRefused(
                f"is of an account outside {' and '.join(sorted(self._domains))}",
                "Open the sheet with the Google account of your company, or paste a key instead.",
            )
        return email, subject, domain


class _Kept(Request):
    """What google-auth asks for its certificates: it is given those that are kept."""

    def __init__(self, certificates: Mapping[str, str]) -> None:
        self._body = json.dumps(dict(certificates)).encode()

    def __call__(self, *_: object, **__: object) -> Answer:
        return Answer(200, {}, self._body)


def _for_others(token: str) -> tuple[str, str]:
    """Why a token for another audience is refused, and what an administrator does where it is the right one."""
    audience = jwt.decode(token, verify=False).get("aud")
    said = shown(audience) if isinstance(audience, str) else "several programs"
    return "is for another program", f"If {said} is your script, the administrator adds it to TVOX_GOOGLE_AUDIENCES."
