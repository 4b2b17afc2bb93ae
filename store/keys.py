"""Keys: who may ask, until when, how often, and what they see."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from store.control import KEYS, Control
from store.remembered import Remembered
from tabular.errors import BadValue, KeyRefused, UnknownKey
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody mistakes for one another."""

DEMO_KEY = "demo"


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret: its name, its life, its limits."""

    name: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    per_minute: int | None
    restriction: Restriction

    def refusal(self, now: datetime) -> str | None:
        """Why it opens nothing at `now`, or None."""
        if self.revoked is not None:
            return "has been revoked"
        if self.expires is not None and self.expires <= now:
            return f"expired on {self.expires:%Y-%m-%d}"
        return None


class Keys:
    """The keys of a store. Only hashes are kept: of 150 random bits, so that a plain SHA-256 cannot be guessed."""

    def __init__(self, control: Control) -> None:
        self._engine = control.engine
        self._secret = control.secret
        self._known: Remembered[Key] = Remembered(control)

    def create(
        self,
        name: str,
        expires: datetime | None = None,
        per_minute: int | None = None,
        restriction: Restriction = Restriction(),
    ) -> str:
        """Make a key and return it; it is never shown again. Raises BadValue if the name is taken."""
        key = random_groups()
        self._add(name, key, expires, per_minute, restriction)
        return key

    def demo(self) -> str | None:
        """The key of the demo centre, the same at every start; None once it has been revoked.

        It is derived from this installation's secret, so that it can be printed again without being kept.
        """
        digest = hmac.new(self._secret, b"demo key", sha256).hexdigest().upper()
        key = "-".join(["DEMO", *(digest[i : i + 8] for i in range(0, 32, 8))])
        known = next((k for k in self.all() if k.name == DEMO_KEY), None)
        if known is None:
            self._add(DEMO_KEY, key, None, None, Restriction())
        return None if known is not None and known.revoked else key

    def find(self, key: str, now: datetime) -> Key:
        """The key that these letters are. Raises KeyRefused if it is unknown, expired or revoked."""
        found = self._known.found(_hash(key), lambda: self._read(key))
        if found is None:
            raise KeyRefused()
        reason = found.refusal(now)
        if reason is not None:
            raise KeyRefused(reason)
        return found

    def remembered(self, key: str) -> Key | None:
        """The key, expired and revoked ones too, if it was read before and nothing has changed since.

        Quick enough for a thread that must not wait.
        """
        return self._known.get(_hash(key))

    def _read(self, key: str) -> Key | None:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(KEYS).where(KEYS.c.hash == _hash(key))).one_or_none()
        return None if row is None else key_of(row._mapping)

    def all(self) -> Sequence[Key]:
        """Every key, revoked ones too, oldest first."""
        with self._engine.connect() as connection:
            return [key_of(row._mapping) for row in connection.execute(sa.select(KEYS).order_by(KEYS.c.id))]

    def revoke(self, name: str) -> None:
        """End a key at once; its name stays taken. Raises UnknownKey."""
        with self._engine.begin() as connection:
            done = connection.execute(
                sa.update(KEYS)
                .where(KEYS.c.name == name, KEYS.c.revoked.is_(None))
                .values(revoked=plain(datetime.now(UTC)))
            )
        if not done.rowcount:
            raise UnknownKey(name, tuple(key.name for key in self.all() if key.revoked is None))

    def _add(
        self, name: str, key: str, expires: datetime | None, per_minute: int | None, restriction: Restriction
    ) -> None:
        row = {
            "name": name,
            "hash": _hash(key),
            "created": plain(datetime.now(UTC)),
            "expires": plain(expires) if expires else None,
            "tables": None if restriction.tables is None else list(restriction.tables),
            "hidden": list(restriction.hidden),
            "masked": [[pattern, mask.kind.value, mask.digits] for pattern, mask in restriction.masked],
            "per_minute": per_minute,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(KEYS).values(row))
        except sa.exc.IntegrityError as failure:
            raise BadValue("--name", name, "a name that no other key has, revoked ones included") from failure


def random_groups() -> str:
    """Four groups of eight letters and digits: 158 random bits that a person can type."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(8)) for _ in range(4))


def _hash(key: str) -> bytes:
    return sha256(key.encode()).digest()


def plain(moment: datetime) -> datetime:
    """A moment as the control database keeps it: UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware(moment: datetime | None) -> datetime | None:
    """A moment of the control database, with its zone."""
    return None if moment is None else moment.replace(tzinfo=UTC)


def key_of(kept: Mapping[Any, Any]) -> Key:
    """The key that the columns of a row of `keys` describe."""
    return Key(
        name=kept["name"],
        created=kept["created"].replace(tzinfo=UTC),
        expires=aware(kept["expires"]),
        revoked=aware(kept["revoked"]),
        per_minute=kept["per_minute"],
        restriction=Restriction(
            tables=None if kept["tables"] is None else tuple(kept["tables"]),
            hidden=tuple(kept["hidden"]),
            masked=tuple((pattern, Mask(MaskKind(kind), digits)) for pattern, kind, digits in kept["masked"]),
        ),
    )
