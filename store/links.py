"""Links: addresses that give what one key asked for, to whoever has them, until they end."""

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from store.control import KEYS, LINKS, Control
from store.keys import Key, aware, key_of, plain
from store.remembered import Remembered
from tabular.errors import LinkOver, LinkRefused, LinksFull, UnknownLink

MOST = 1_000
"""Open links of a key; of those that are over, as many are kept to say so."""

SELDOM = timedelta(hours=1)
"""How far the time at which a link was last used may be behind: noting it is a write."""

_RANDOM, _SEAL = 20, 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]{48}", re.ASCII)
"""36 bytes are 48 letters without a bit to spare: each token has one spelling."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link is to give: a table's rows in a format, as the parameters ask for them, until a moment.

    `name` is for people.
    """

    name: str
    table: str
    form: str
    asked: Mapping[str, str]
    expires: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A link without its token. `used` is when it was last opened, to the hour."""

    id: str
    key: Key
    wanted: Wanted
    made: datetime
    revoked: datetime | None
    used: datetime | None

    def refusal(self, now: datetime) -> str | None:
        """Why it opens nothing at `now`, or None."""
        if self.revoked is not None:
            return "has been revoked"
        if self.wanted.expires <= now:
            return f"expired on {self.wanted.expires:%Y-%m-%d}"
        reason = self.key.refusal(now)
        return None if reason is None else f"is one of a key that {reason}"


class Links:
    """The links of a store.

    A token is 160 random bits, and a seal of them and of the format under this installation's secret: what was not made
    here is refused without a look at the database, which holds hashes of tokens only.
    """

    def __init__(self, control: Control) -> None:
        self._engine = control.engine
        # The secret seals other things elsewhere: the label keeps them apart.
        self._secret = hmac.digest(control.secret, b"link", sha256)
        self._known: Remembered[Link] = Remembered(control)

    def make(self, key: str, wanted: Wanted, now: datetime) -> tuple[Link, str]:
        """Make a link for the key of that name; with its token, which is never shown again. Raises LinksFull."""
        random = secrets.token_bytes(_RANDOM)
        token = urlsafe_b64encode(random + self._seal(random, wanted.form)).decode()
        row = {
            "id": secrets.token_hex(6),
            "hash": _hash(token),
            "key": key,
            "name": wanted.name,
            "table": wanted.table,
            "format": wanted.form,
            "asked": dict(wanted.asked),
            "made": plain(now),
            "expires": plain(wanted.expires),
        }
        own, over = LINKS.c.key == key, _over(now)
        last = sa.select(LINKS.c.number).where(own, over).order_by(LINKS.c.number.desc()).limit(MOST)
        with self._engine.begin() as connection:
            # The first statement writes, so that no other process counts meanwhile.
            connection.execute(sa.insert(LINKS).values(row))
            open_ones = sa.select(sa.func.count()).select_from(LINKS).where(own, sa.not_(over))
            if connection.execute(open_ones).scalar_one() > MOST:
                raise LinksFull(MOST)
            connection.execute(sa.delete(LINKS).where(own, over, LINKS.c.number.not_in(last)))
            made = connection.execute(_linked().where(LINKS.c.id == row["id"])).one()
        return _link(made._mapping), token

    def find(self, token: str, form: str, now: datetime) -> Link:
        """The link that these letters open in a format.

        Raises LinkRefused where none was made with them, LinkOver where it has ended.
        """
        if not self._is_sealed(token, form):
            raise LinkRefused()
        found = self._known.found(_hash(token), lambda: self._read(token))
        if found is None:
            raise LinkRefused()
        reason = found.refusal(now)
        if reason is not None:
            raise LinkOver(reason)
        return found

    def is_quick(self, token: str, form: str) -> bool:
        """Whether `find` would read nothing: quick enough for a thread that must not wait."""
        return not self._is_sealed(token, form) or self._known.get(_hash(token)) is not None

    def all(self, key: str | None = None) -> Sequence[Link]:
        """Every link that is kept, or those of the key of that name, oldest first; those that are over, too."""
        chosen = _linked() if key is None else _linked().where(LINKS.c.key == key)
        with self._engine.connect() as connection:
            return [_link(row._mapping) for row in connection.execute(chosen.order_by(LINKS.c.number))]

    def revoke(self, link: str, now: datetime, key: str | None = None) -> None:
        """End the link of that id at once, if it belongs to the key of that name; again changes nothing.

        Raises UnknownLink.
        """
        chosen = LINKS.c.id == link if key is None else sa.and_(LINKS.c.id == link, LINKS.c.key == key)
        ended = sa.func.coalesce(LINKS.c.revoked, plain(now))
        with self._engine.begin() as connection:
            done = connection.execute(sa.update(LINKS).where(chosen).values(revoked=ended))
        if not done.rowcount:
            raise UnknownLink(link)

    def is_to_note(self, link: Link, now: datetime) -> bool:
        """Whether `note` would write that the link is used."""
        return link.used is None or now - link.used >= SELDOM

    def note(self, link: Link, now: datetime) -> None:
        """Write that the link is used. Raises nothing: rows are not refused for it."""
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.update(LINKS).where(LINKS.c.id == link.id).values(used=plain(now)))
        except sa.exc.OperationalError:
            pass  # the disk is full, or another process writes for long: the next request notes it

    def _read(self, token: str) -> Link | None:
        with self._engine.connect() as connection:
            row = connection.execute(_linked().where(LINKS.c.hash == _hash(token))).one_or_none()
        return None if row is None else _link(row._mapping)

    def _is_sealed(self, token: str, form: str) -> bool:
        if not _TOKEN.fullmatch(token):
            return False
        whole = urlsafe_b64decode(token)
        return hmac.compare_digest(whole[_RANDOM:], self._seal(whole[:_RANDOM], form))

    def _seal(self, random: bytes, form: str) -> bytes:
        return hmac.digest(self._secret, random + form.encode(errors="surrogatepass"), sha256)[:_SEAL]


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _over(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(LINKS.c.revoked.is_not(None), LINKS.c.expires <= plain(now))


def _linked() -> sa.Select[Any]:
    """Links, each with the columns of its key."""
    return sa.select(LINKS, *(column.label(f"key_{column.name}") for column in KEYS.c)).join(KEYS)


def _link(kept: Mapping[Any, Any]) -> Link:
    return Link(
        id=kept["id"],
        key=key_of({column.name: kept[f"key_{column.name}"] for column in KEYS.c}),
        wanted=Wanted(kept["name"], kept["table"], kept["format"], kept["asked"], kept["expires"].replace(tzinfo=UTC)),
        made=kept["made"].replace(tzinfo=UTC),
        revoked=aware(kept["revoked"]),
        used=aware(kept["used"]),
    )
