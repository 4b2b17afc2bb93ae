"""Introspection: a TVox shows its schema; it is remembered, and asked for again when it may be another one."""

import json
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from graphql import GraphQLError, build_client_schema, get_introspection_query, print_schema

from connectors.tvox.known import Known, schema_from
from connectors.tvox.sending import Sends
from connectors.tvox.wire import QueryRefused, Wrong, loose_data_in
from store.schemas import Remembered, Schemas
from tabular.errors import UpstreamFailed, UpstreamWrong
from tabular.upstream import Urgent

DAY = timedelta(days=1)
"""A schema is asked for again after this time."""

PAUSE = timedelta(minutes=1)
"""Where it was asked for in vain, it is not asked for again before this time."""

WHAT = "the request for its schema"

_LOG = logging.getLogger("tvox.upstream")
_UNREADABLE = (GraphQLError, TypeError, ValueError, KeyError, AttributeError, RecursionError)


class Refused(Exception):
    """A TVox does not show its schema, or shows none that can be read; why, in words."""


def introspect(sends: Sends, urgent: Urgent) -> str:
    """The schema of a TVox as SDL text: one request. Raises Refused, UpstreamFailed."""
    body = json.dumps({"query": get_introspection_query(), "operationName": "IntrospectionQuery"}).encode()
    try:
        data = loose_data_in(sends.send(body, urgent, WHAT).body)
    except (QueryRefused, Wrong) as failure:
        raise Refused(str(failure)) from failure
    except UpstreamWrong as failure:
        raise Refused(failure.came) from failure
    try:
        # In one order: the same schema is the same text, however its types are listed.
        data["__schema"]["types"].sort(key=lambda kind: kind["name"])
        text = print_schema(build_client_schema(data, assume_valid=True))  # type: ignore[arg-type]  # as it came
        Known.read("", {"": schema_from(text)})
    except _UNREADABLE as failure:
        raise Refused(f"its schema cannot be read ({failure})") from failure
    return text


class Introspection:
    """What is known of a TVox, read from it once and then remembered; any number of threads may ask.

    `on_change` is called when the TVox has another schema than before.
    """

    def __init__(
        self,
        sends: Sends,
        schemas: Schemas,
        on_change: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._sends, self._schemas = sends, schemas
        self._on_change, self._now = on_change, now
        self._lock = threading.Lock()
        self.current: Known | None = None
        """What is known now; None before anything was."""
        self.seen: datetime | None = None
        """When the schema was read for the last time."""
        self.trouble: str | None = None
        """Why the last attempt to read it gave none."""
        self._due: datetime | None = None
        # When it was last asked for in vain.
        self._idle: datetime | None = None

    def begun(self, urgent: Urgent) -> Known:
        """What is known of the TVox, however old: no request but at the very first time.

        Raises UpstreamFailed where nothing is known yet.
        """
        if self.current is not None:
            return self.current
        with self._lock:
            return self.current or self._begin(urgent)

    def known(self, urgent: Urgent) -> Known:
        """What is known of the TVox, read again once a day. Raises as `begun`."""
        before = self.begun(urgent)
        if self._due is not None and self._now() >= self._due and self._lock.acquire(blocking=False):
            try:
                is_other = self._refresh(urgent)
            except UpstreamFailed as failure:
                # What is known serves on; the question itself will say what ails the way.
                is_other, self.trouble, self._due = False, failure.message, self._now() + PAUSE
            finally:
                self._lock.release()
            self._tell(is_other)
        return self.current or before

    def again(self, used: Known, urgent: Urgent) -> Known | None:
        """What is known after a question made with `used` was refused: None if it is the same.

        Raises UpstreamFailed.
        """
        is_other = False
        with self._lock:
            if self.current is used and (self._idle is None or self._now() - self._idle >= PAUSE):
                is_other = self._refresh(urgent)
            newer = self.current
        self._tell(is_other)
        return None if newer is None or newer.hash == used.hash else newer

    def _begin(self, urgent: Urgent) -> Known:
        """Begin with what is remembered, else with what the TVox shows, else with what is documented."""
        remembered = self._schemas.all()
        self.current = _from(remembered)
        if self.current is not None:
            self.seen = max(one.seen_last for one in remembered)
            self._due = self.seen + DAY
        else:
            self._refresh(urgent)
        self.current = self.current or Known.documented()
        return self.current

    def _refresh(self, urgent: Urgent) -> bool:
        """Read the schema; whether it is another one. Where the TVox does not show it, what is known stays.

        Raises UpstreamFailed.
        """
        try:
            text = introspect(self._sends, urgent)
        except Refused as refused:
            self.trouble, self._due, self._idle = str(refused), self._now() + DAY, self._now()
            _LOG.warning("The TVox does not show its schema: %s", refused)
            return False
        name, before = self._schemas.remember(text), self.current
        self.seen, self.trouble, self._due = self._now(), None, self._now() + DAY
        if before is not None and before.hash == name:
            self._idle = self._now()
            return False
        self.current = _from(self._schemas.all(), name)
        return before is not None

    def _tell(self, is_other: bool) -> None:
        if is_other and self.current is not None:
            _LOG.warning("The TVox has another schema than before: %s", self.current.hash)
            self._on_change()


def _from(remembered: Sequence[Remembered], newest: str | None = None) -> Known | None:
    """What is known from the schemas that were seen; None from none.

    The TVox's own is the one of the hash `newest`, or the one that was seen last.
    """
    readable = {}
    for one in remembered:
        try:
            readable[one.hash] = schema_from(one.text)
        except _UNREADABLE as failure:
            _LOG.warning("A schema remembered of the TVox (%s) cannot be read: %s", one.hash, failure)
    last = sorted((one for one in remembered if one.hash in readable), key=lambda one: one.seen_last)[-1:]
    name = newest or next((one.hash for one in last), None)
    return Known.read(name, readable) if name is not None else None
