"""Sheet tokens: what a spreadsheet sends in place of a key, so that it can be ended alone."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any

import sqlalchemy as sa

from store.control import IDENTITIES, KEYS, SHEET_TOKENS, Control
from store.keys import Key, aware, key_of, plain, random_groups
from store.remembered import Remembered
from tabular.errors import IdentityUsed, SheetTokenRefused, SheetTokensFull, UnknownSheetToken

MOST = 1_000
"""Open tokens of a key; of those that were revoked, as many are kept to say so."""

SELDOM = timedelta(hours=1)
"""How far the time at which a token was last used may be behind: noting it is a write."""

_BEGINS = "SHEET-"
_TOKEN = re.compile(_BEGINS + r"[A-Z2-9]{8}(?:-[A-Z2-9]{8}){3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is: a spreadsheet's id and name as the sheet says them, and the address of the person where
    Google said it."""

    spreadsheet: str = ""
    name: str = ""
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity token that is exchanged: `digest` tells it from all others, nobody takes it from `until` on, and
    `expires` is when it says that it ends."""

    digest: bytes
    expires: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SheetToken:
    """A sheet token without its secret. `used` is when it was last sent, to the hour."""

    id: str
    key: Key
    holder: Holder
    made: datetime
    revoked: datetime | None
    used: datetime | None

    def refusal(self, now: datetime) -> str | None:
        """Why it opens nothing at `now`, or None."""
        if self.revoked is not None:
            return "has been revoked"
        reason = self.key.refusal(now)
        return None if reason is None else f"belongs to a key that {reason}"


class SheetTokens:
    """The sheet tokens of a store. Only hashes are kept: of 158 random bits, as of keys."""

    def __init__(self, control: Control) -> None:
        self._engine = control.engine
        self._known: Remembered[SheetToken] = Remembered(control)

    def make(self, key: str, holder: Holder, now: datetime, identity: Identity | None = None) -> tuple[SheetToken, str]:
        """Make a token for the key of that name; with its letters, which are never shown again.

        An identity is exchanged once, and only if a token is made. Raises SheetTokensFull, IdentityUsed.
        """
        token = _BEGINS + random_groups()
        row = {
            "id": secrets.token_hex(6),
            "hash": _hash(token),
            "key": key,
            "spreadsheet": holder.spreadsheet,
            "name": holder.name,
            "email": holder.email,
            "made": plain(now),
        }
        own, over = SHEET_TOKENS.c.key == key, SHEET_TOKENS.c.revoked.is_not(None)
        last = sa.select(SHEET_TOKENS.c.number).where(own, over).order_by(SHEET_TOKENS.c.number.desc()).limit(MOST)
        with self._engine.begin() as connection:
            # The first statement writes, so that no other process counts meanwhile.
            connection.execute(sa.insert(SHEET_TOKENS).values(row))
            if identity is not None:
                _exchange(connection, identity, now)
            open_ones = sa.select(sa.func.count()).select_from(SHEET_TOKENS).where(own, sa.not_(over))
            if connection.execute(open_ones).scalar_one() > MOST:
                raise SheetTokensFull(MOST)
            connection.execute(sa.delete(SHEET_TOKENS).where(own, over, SHEET_TOKENS.c.number.not_in(last)))
            made = connection.execute(_with_keys().where(SHEET_TOKENS.c.id == row["id"])).one()
        return _token(made._mapping), token

    def find(self, token: str, now: datetime) -> SheetToken:
        """The token that these letters are. Raises SheetTokenRefused if it is unknown, revoked or of such a key."""
        if not _TOKEN.fullmatch(token):
            raise SheetTokenRefused("is not whole")
        found = self._known.found(_hash(token), lambda: self._read(token))
        if found is None:
            raise SheetTokenRefused()
        reason = found.refusal(now)
        if reason is not None:
            raise SheetTokenRefused(reason)
        return found

    def is_quick(self, token: str) -> bool:
        """Whether `find` would read nothing: quick enough for a thread that must not wait."""
        return not _TOKEN.fullmatch(token) or self._known.get(_hash(token)) is not None

    def all(self, key: str | None = None) -> Sequence[SheetToken]:
        """Every token that is kept, or those of the key of that name, oldest first; revoked ones, too."""
        chosen = _with_keys() if key is None else _with_keys().where(SHEET_TOKENS.c.key == key)
        with self._engine.connect() as connection:
            return [_token(row._mapping) for row in connection.execute(chosen.order_by(SHEET_TOKENS.c.number))]

    def revoke(self, token: str, now: datetime, key: str | None = None) -> None:
        """End the token of that id at once, if it belongs to the key of that name; again changes nothing.

        Raises UnknownSheetToken.
        """
        chosen = SHEET_TOKENS.c.id == token
        if key is not None:
            chosen = sa.and_(chosen, SHEET_TOKENS.c.key == key)
        ended = sa.func.coalesce(SHEET_TOKENS.c.revoked, plain(now))
        with self._engine.begin() as connection:
            done = connection.execute(sa.update(SHEET_TOKENS).where(chosen).values(revoked=ended))
        if not done.rowcount:
            raise UnknownSheetToken(token)

    def is_to_note(self, token: SheetToken, now: datetime) -> bool:
        """Whether `note` would write that the token is used."""
        return token.used is None or now - token.used >= SELDOM

    def note(self, token: SheetToken, now: datetime) -> None:
        """Write that the token is used, unless another request just did. Raises nothing: rows are not refused for
        it."""
        used = SHEET_TOKENS.c.used
        old = sa.or_(used.is_(None), used <= plain(now - SELDOM))
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    sa.update(SHEET_TOKENS).where(SHEET_TOKENS.c.id == token.id, old).values(used=plain(now))
                )
        except sa.exc.OperationalError:
            pass  # the disk is full, or another process writes for long: the next request notes it

    def _read(self, token: str) -> SheetToken | None:
        with self._engine.connect() as connection:
            row = connection.execute(_with_keys().where(SHEET_TOKENS.c.hash == _hash(token))).one_or_none()
        return None if row is None else _token(row._mapping)


def is_sheet_token(text: str) -> bool:
    """Whether what was sent as a key is meant as a sheet token: no key begins so.

    >>> is_sheet_token("SHEET-ABCDEFGH"), is_sheet_token("ABCDEFGH-JKMNPQRS")
    (True, False)
    """
    return text.startswith(_BEGINS)


def _exchange(connection: sa.Connection, identity: Identity, now: datetime) -> None:
    """Note that an identity was exchanged; those that nobody takes any more are forgotten. Raises IdentityUsed."""
    connection.execute(sa.delete(IDENTITIES).where(IDENTITIES.c.until <= plain(now)))
    try:
        connection.execute(sa.insert(IDENTITIES).values(hash=identity.digest, until=plain(identity.until)))
    except sa.exc.IntegrityError as failure:
        raise IdentityUsed(max(1, ceil((identity.expires - now) / timedelta(minutes=1)))) from failure


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _with_keys() -> sa.Select[Any]:
    """Sheet tokens, each with the columns of its key."""
    return sa.select(SHEET_TOKENS, *(column.label(f"key_{column.name}") for column in KEYS.c)).join(KEYS)


def _token(kept: Mapping[Any, Any]) -> SheetToken:
    return SheetToken(
        id=kept["id"],
        key=key_of({column.name: kept[f"key_{column.name}"] for column in KEYS.c}),
        holder=Holder(kept["spreadsheet"], kept["name"], kept["email"]),
        made=kept["made"].replace(tzinfo=UTC),
        revoked=aware(kept["revoked"]),
        used=aware(kept["used"]),
    )
