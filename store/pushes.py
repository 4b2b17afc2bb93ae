"""Pushes: table questions that are written into spreadsheets, and the journal of their runs."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from store.control import PUSH_RUNS, PUSHES, Control
from store.keys import aware, plain
from tabular.errors import PushesFull, PushUnderWay, UnknownPush, UnknownRun

MOST = 300
"""Pushes of a store."""

LOGGED = 50
"""Runs that are remembered of a push; of those that were asked for without a name, as many of each key."""


class Mode(StrEnum):
    """What becomes of the rows that are in the sheet: all are replaced, all stay, or those with the same key are
    replaced."""

    REPLACE = "replace"
    APPEND = "append"
    MERGE = "merge"


class State(StrEnum):
    """How a run stands: it waits for its turn, is at work, or how it ended."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """How far a run is in the spreadsheet: nothing is there, rows are gathered in a hidden sheet, the change of the
    table itself may have been sent, or nothing of it is left to do."""

    PLANNED = "planned"
    STAGING = "staging"
    SWAPPING = "swapping"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a push writes where: a table's rows as the parameters ask for them, from the cell `anchor` of a sheet on.

    `keys` are the columns that tell rows apart when they are merged; none are the table's own.
    """

    table: str
    asked: Mapping[str, str]
    spreadsheet: str
    sheet: str
    anchor: str = "A1"
    mode: Mode = Mode.REPLACE
    keys: tuple[str, ...] = ()

    def kept(self) -> dict[str, object]:
        """The same as JSON."""
        return {
            "table": self.table,
            "asked": dict(self.asked),
            "spreadsheet": self.spreadsheet,
            "sheet": self.sheet,
            "anchor": self.anchor,
            "mode": self.mode.value,
            "keys": list(self.keys),
        }


@dataclass(frozen=True, slots=True)
class Push:
    """A push under a name, of the key of that name; `due` is when it runs next by its schedule, and `failures` how
    many of its last runs failed one after the other."""

    name: str
    key: str
    wanted: Wanted
    schedule: str
    paused: bool
    made: datetime
    changed: datetime
    due: datetime | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a push, or of a question without a name (`push` None).

    `owner` is the process that is at it. `moment` is the moment of its rows; `staging` the number of the hidden sheet
    that it has made, or is about to make; `order` names the order in which the rows are gathered there, `staged` how
    many of them are.
    """

    id: str
    push: str | None
    key: str
    wanted: Wanted
    origin: str
    owner: str
    began: datetime
    state: State = State.WAITING
    phase: Phase = Phase.PLANNED
    moment: str = ""
    staging: int | None = None
    order: str = ""
    staged: int = 0
    rows: int | None = None
    requests: int = 0
    ended: datetime | None = None
    error: str = ""
    code: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state not in (State.WAITING, State.RUNNING)


class Pushes:
    """The pushes of a store and the journal of their runs; what is noted there survives the process."""

    def __init__(self, control: Control) -> None:
        self._engine = control.engine
        self.changes = control.changes

    # Pushes

    def put(self, push: Push) -> bool:
        """Keep a push, in the place of one of its name if there is one, whose `made` stays; whether it is new.

        Raises PushesFull.
        """
        row = {
            "name": push.name,
            "key": push.key,
            "wanted": push.wanted.kept(),
            "schedule": push.schedule,
            "paused": push.paused,
            "made": plain(push.made),
            "changed": plain(push.changed),
            "due": None if push.due is None else plain(push.due),
            "failures": push.failures,
        }
        with self._engine.begin() as connection:
            # The first statement writes, so that no other process counts meanwhile.
            later = {name: value for name, value in row.items() if name not in ("name", "made")}
            done = connection.execute(sa.update(PUSHES).where(PUSHES.c.name == push.name).values(later))
            if done.rowcount:
                return False
            connection.execute(sa.insert(PUSHES).values(row))
            if connection.execute(sa.select(sa.func.count()).select_from(PUSHES)).scalar_one() > MOST:
                raise PushesFull(MOST)
            return True

    def all(self, key: str | None = None) -> Sequence[Push]:
        """Every push, or those of the key of that name, by their names."""
        chosen = sa.select(PUSHES) if key is None else sa.select(PUSHES).where(PUSHES.c.key == key)
        with self._engine.connect() as connection:
            return [_push(row._mapping) for row in connection.execute(chosen.order_by(PUSHES.c.name))]

    def named(self, name: str) -> Push | None:
        """The push of that name, if there is one."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(PUSHES).where(PUSHES.c.name == name)).one_or_none()
        return None if row is None else _push(row._mapping)

    def find(self, name: str, key: str | None = None) -> Push:
        """The push of that name, if it is that key's. Raises UnknownPush."""
        found = self.named(name)
        if found is None or key not in (None, found.key):
            raise UnknownPush(name, tuple(push.name for push in self.all(key)))
        return found

    def delete(self, name: str) -> None:
        """Forget a push; the log of its runs stays for its key. Raises UnknownPush."""
        with self._engine.begin() as connection:
            done = connection.execute(sa.delete(PUSHES).where(PUSHES.c.name == name))
        if not done.rowcount:
            raise UnknownPush(name, tuple(push.name for push in self.all()))

    def plan(self, name: str, due: datetime | None, failures: int) -> None:
        """Note when a push runs next, and how often it has failed."""
        with self._engine.begin() as connection:
            values = {"due": None if due is None else plain(due), "failures": failures}
            connection.execute(sa.update(PUSHES).where(PUSHES.c.name == name).values(values))

    # Runs

    def begin(self, wanted: Wanted, key: str, origin: str, owner: str, now: datetime, push: str | None = None) -> Run:
        """A new run, waiting for its turn. Raises PushUnderWay where the push has one that is not over."""
        row = {
            "id": secrets.token_hex(8),
            "push": push,
            "key": key,
            "wanted": wanted.kept(),
            "spreadsheet": wanted.spreadsheet,
            "origin": origin,
            "owner": owner,
            "state": State.WAITING.value,
            "phase": Phase.PLANNED.value,
            "began": plain(now),
        }
        with self._engine.begin() as connection:
            connection.execute(sa.insert(PUSH_RUNS).values(row))
            if push is not None:
                same = sa.and_(PUSH_RUNS.c.push == push, PUSH_RUNS.c.ended.is_(None), PUSH_RUNS.c.id != row["id"])
                other = connection.execute(sa.select(PUSH_RUNS.c.id).where(same)).scalars().first()
                if other is not None:
                    raise PushUnderWay(push, other)
            made = connection.execute(sa.select(PUSH_RUNS).where(PUSH_RUNS.c.id == row["id"])).one()
        return _run(made._mapping)

    def note(self, run: str, **facts: object) -> Run:
        """Write facts of a run into the journal; the run as it stands then."""
        values = {name: plain(value) if isinstance(value, datetime) else value for name, value in facts.items()}
        with self._engine.begin() as connection:
            connection.execute(sa.update(PUSH_RUNS).where(PUSH_RUNS.c.id == run).values(values))
            return _run(connection.execute(sa.select(PUSH_RUNS).where(PUSH_RUNS.c.id == run)).one()._mapping)

    def end(self, run: Run, state: State, now: datetime, **facts: object) -> Run:
        """It is over; the log forgets its oldest."""
        ended = self.note(run.id, state=state.value, ended=now, **facts)
        same = sa.and_(PUSH_RUNS.c.key == run.key, PUSH_RUNS.c.push.is_not_distinct_from(run.push))
        last = sa.select(PUSH_RUNS.c.number).where(same).order_by(PUSH_RUNS.c.number.desc()).limit(LOGGED)
        over = sa.and_(same, PUSH_RUNS.c.phase == Phase.SETTLED.value, PUSH_RUNS.c.ended.is_not(None))
        with self._engine.begin() as connection:
            connection.execute(sa.delete(PUSH_RUNS).where(over, PUSH_RUNS.c.number.not_in(last)))
        return ended

    def run(self, name: str, key: str | None = None) -> Run:
        """The run of that id, if it is that key's. Raises UnknownRun."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(PUSH_RUNS).where(PUSH_RUNS.c.id == name)).one_or_none()
        if row is None or key not in (None, row._mapping["key"]):
            raise UnknownRun(name)
        return _run(row._mapping)

    def runs(self, key: str | None = None, push: str | None = None, most: int = LOGGED) -> Sequence[Run]:
        """The last runs, of a key and of a push where these are named, newest first."""
        chosen = sa.select(PUSH_RUNS).order_by(PUSH_RUNS.c.number.desc()).limit(most)
        if key is not None:
            chosen = chosen.where(PUSH_RUNS.c.key == key)
        if push is not None:
            chosen = chosen.where(PUSH_RUNS.c.push == push)
        return self._runs(chosen)

    def left_by(self, owner: str) -> Sequence[Run]:
        """Runs that are not over and that another process than `owner` was at, oldest first: only one process has the
        store open, so those are dead."""
        chosen = sa.select(PUSH_RUNS).where(PUSH_RUNS.c.ended.is_(None), PUSH_RUNS.c.owner != owner)
        return self._runs(chosen.order_by(PUSH_RUNS.c.number))

    def unsettled(self, spreadsheet: str) -> Sequence[Run]:
        """Runs that ended with something left to do in a spreadsheet, oldest first."""
        left = sa.and_(PUSH_RUNS.c.phase != Phase.SETTLED.value, PUSH_RUNS.c.ended.is_not(None))
        chosen = sa.select(PUSH_RUNS).where(PUSH_RUNS.c.spreadsheet == spreadsheet, left)
        return self._runs(chosen.order_by(PUSH_RUNS.c.number))

    def _runs(self, chosen: sa.Select[Any]) -> Sequence[Run]:
        with self._engine.connect() as connection:
            return [_run(row._mapping) for row in connection.execute(chosen)]


def wanted_of(kept: Mapping[str, Any]) -> Wanted:
    """What was kept as JSON."""
    return Wanted(**{**kept, "mode": Mode(kept["mode"]), "keys": tuple(kept["keys"])})


def _push(kept: Mapping[Any, Any]) -> Push:
    return Push(
        name=kept["name"],
        key=kept["key"],
        wanted=wanted_of(kept["wanted"]),
        schedule=kept["schedule"],
        paused=kept["paused"],
        made=kept["made"].replace(tzinfo=UTC),
        changed=kept["changed"].replace(tzinfo=UTC),
        due=aware(kept["due"]),
        failures=kept["failures"],
    )


def _run(kept: Mapping[Any, Any]) -> Run:
    same = ("id", "push", "key", "origin", "owner", "moment", "staging", "order", "staged", "rows", "requests")
    return Run(
        **{name: kept[name] for name in (*same, "error", "code")},
        wanted=wanted_of(kept["wanted"]),
        began=kept["began"].replace(tzinfo=UTC),
        state=State(kept["state"]),
        phase=Phase(kept["phase"]),
        ended=aware(kept["ended"]),
    )
