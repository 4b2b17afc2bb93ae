"""Running a push: rows are gathered in a hidden sheet and swapped into their table at once.

Each step is in the journal before it is taken, so that whoever finds it there goes on with it.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa

from answers.moment import Moment
from answers.push.gathering import Gathered, Measured
from answers.push.place import Noted, Place, is_written, marks_at
from answers.push.planning import Planned, Planner
from answers.push.swapping import Request, Table, requests, staged
from connectors.google.chunks import chunks
from connectors.google.facts import Facts, area
from store.pushes import Phase, Pushes, Run, State
from tabular.errors import (
    GoogleFailed,
    GoogleUnreachable,
    OutcomeUnknown,
    RowsTooMany,
    SnapshotGone,
    TablesError,
    TookTooLong,
)

MOST_CELLS = 10_000_000
"""Cells of a spreadsheet, all its sheets together."""

ANEW = 3
"""How often a run begins anew because the sheet or the store has changed under it."""

RETRY = "retry"
"""The origin of a run that is there because the one before it failed."""

_SWAPS = 3


class Sheets(Protocol):
    """What a run needs of Google: `connectors.google.spreadsheets.Spreadsheets` is one."""

    def facts(self, spreadsheet: str) -> Facts:
        """Its sheets and marks."""

    def values(self, spreadsheet: str, cells: str) -> list[list[Any]]:
        """The values of cells."""

    def put_values(self, spreadsheet: str, cells: str, rows: bytes) -> object:
        """Write rows into cells, as they are."""

    def batch(self, spreadsheet: str, requests: list[Request]) -> object:
        """Change it, all or nothing. Raises OutcomeUnknown."""


class Ended(Exception):
    """Somebody cancelled the run."""


class Stopped(Exception):
    """The process ends: whoever finds the run in the journal goes on with it."""


class _Anew(Exception):
    """What was gathered is no longer what is to be written."""


@dataclass
class Running:
    """One run at work, in a thread of its own.

    `gather` gives the rows of its question, at a moment or now; `check` raises Ended or Stopped between two requests;
    `tell` hears of rows gathered, of all rows; `now` is the clock.
    """

    run: Run
    journal: Pushes
    sheets: Sheets
    gather: Callable[[Run, Moment | None], Gathered]
    check: Callable[[], None]
    tell: Callable[[int, int], None]
    now: Callable[[], datetime]
    _is_over: bool = field(default=False, repr=False)

    def go(self) -> Run:
        """Do it, or go on with it; the run as it ended. Raises Stopped, and the refusal that ended it."""
        self._note(state=State.RUNNING.value)
        try:
            if self._settle_others():
                return self._done()
            for again in range(ANEW):
                try:
                    return self._once()
                except (_Anew, SnapshotGone):
                    if again == ANEW - 1:
                        raise
                    self._drop()
                    self._note(moment="")
            raise AssertionError("unreachable")
        except Stopped:
            raise
        except Ended:
            return self._over(State.CANCELLED)
        except _Anew:
            return self._failed(SnapshotGone(Moment.parse(self.run.moment).version))
        except TablesError as failure:
            return self._over(State.CANCELLED) if self._is_cancelled(failure) else self._failed(failure)

    def failed(self, failure: TablesError) -> None:
        """End it because of something that was not foreseen."""
        self._over(State.FAILED, failure)

    def _failed(self, failure: TablesError) -> Run:
        """The run, if its table was written after all. Raises the failure."""
        run = self._over(State.FAILED, failure)
        if run.state is State.DONE:
            return run
        if isinstance(failure, OutcomeUnknown) and run.phase is Phase.SETTLED:
            raise GoogleUnreachable(failure.reason) from failure
        raise failure

    def _is_cancelled(self, failure: TablesError) -> bool:
        """Whether it failed because somebody cancelled the run. Raises Stopped where the process ends."""
        try:
            self.check()
        except Ended:
            return isinstance(failure, TookTooLong)
        return False

    # The steps

    def _once(self) -> Run:
        facts = self._facts()
        if self.run.phase is Phase.SWAPPING and is_written(facts, self.run.id):
            return self._done()
        moment = Moment.parse(self.run.moment) if self.run.moment else None
        rows = self.gather(self.run, moment)
        self._note(moment=str(rows.moment))
        measured = rows.measured()
        self._note(rows=measured.rows)
        table = self._table(facts, rows)
        planned = self._planned(table, rows, measured)
        if planned.swap is None:
            self._drop()
            return self._done()
        self._check_room(facts, table, planned, measured)
        self._staged(facts, rows, planned)
        return self._swapped(rows, measured, planned)

    def _planned(self, table: Table, rows: Gathered, measured: Measured) -> Planned:
        return Planner(table, rows, measured.rows, self._values).planned(self.run.wanted.mode)

    def _table(self, facts: Facts, rows: Gathered) -> Table:
        """Where the table is, and what was noted of it last."""
        wanted = self.run.wanted
        sheet, place = facts.sheet(wanted.sheet), Place.parse(wanted.anchor)
        noted = None if sheet is None else next((found for _, found in marks_at(sheet, place)), None)
        return Table(sheet, place, len(rows.headings), noted)

    def _check_room(self, facts: Facts, table: Table, planned: Planned, measured: Measured) -> None:
        """Raise RowsTooMany before anything is written."""
        assert planned.swap is not None
        others = sum(sheet.rows * sheet.columns for sheet in facts.sheets if sheet.id != self.run.staging)
        cells = others + planned.gathered * table.columns + table.cells_with(planned.swap.rows)
        if cells > MOST_CELLS:
            raise RowsTooMany(measured.rows, table.columns, cells, MOST_CELLS)

    def _staged(self, facts: Facts, rows: Gathered, planned: Planned) -> None:
        """Have all rows in the hidden sheet."""
        there = any(sheet.id == self.run.staging for sheet in facts.sheets)
        if self.run.staging is not None and (not there or self.run.order != planned.order):
            self._drop(facts)
            there = False
        title, columns = self._title, len(rows.headings)
        if not there:
            taken = {sheet.id for sheet in facts.sheets}
            number = next(found for found in iter(_number, None) if found not in taken)
            self._note(phase=Phase.STAGING.value, staging=number, order=planned.order, staged=0)
            self._batch([staged(number, title, planned.gathered, columns)], self._has_staging)
        if self.run.phase is Phase.SWAPPING:
            return
        done = self.run.staged
        pieces = rows.grid(_in_order(rows, planned), done, planned.with_header)
        for chunk in chunks(pieces) if done < planned.gathered else ():
            self._ask(self.sheets.put_values, area(title, done, 0, chunk.rows, columns), chunk.body)
            done += chunk.rows
            self._note(staged=done)
            self.tell(done, planned.gathered)

    def _swapped(self, rows: Gathered, measured: Measured, before: Planned) -> Run:
        """Have the table as it shall be."""
        # Somebody may have sorted the sheet, or written into it, while rows were gathered.
        table = self._table(self._facts(), rows)
        planned = self._planned(table, rows, measured)
        if planned.gathers != before.gathers:
            raise _Anew
        swap = planned.swap
        assert swap is not None
        assert self.run.staging is not None
        wanted = self.run.wanted
        noted = Noted(self.run.id, str(table.place), swap.rows, table.columns, rows.layout)
        made = _number()
        asked = requests(swap, table, self.run.staging, made, wanted.sheet, noted, measured.looks)
        self._note(phase=Phase.SWAPPING.value)
        self._batch(asked, lambda found: is_written(found, self.run.id))
        return self._done()

    # The ends

    def _done(self) -> Run:
        facts = {"phase": Phase.SETTLED.value, "staging": None, "error": "", "code": ""}
        self.run = self.journal.end(self.run, State.DONE, self.now(), requests=self.run.requests, **facts)
        return self.run

    def _over(self, state: State, failure: TablesError | None = None) -> Run:
        """It ends without its rows in the table; what it left in the spreadsheet is removed, now or by the next run.

        A change that may still be on its way comes to nothing without the hidden sheet.
        """
        self._is_over = True
        with suppress(GoogleFailed):
            if self.run.phase is Phase.SWAPPING and is_written(self._facts(), self.run.id):
                return self._done()
            self._drop()
        phase = Phase.SETTLED if self.run.staging is None else self.run.phase
        if isinstance(failure, OutcomeUnknown) and phase is Phase.SETTLED:
            failure = GoogleUnreachable(failure.reason)
        said = {"error": "", "code": ""} if failure is None else {"error": said_of(failure), "code": failure.code}
        counted = {"phase": phase.value, "requests": self.run.requests}
        self.run = self.journal.end(self.run, state, self.now(), **counted, **said)
        return self.run

    def _drop(self, facts: Facts | None = None) -> None:
        """Have no hidden sheet of its own any more."""
        if self.run.staging is None:
            return
        found = facts or self._facts()
        if any(sheet.id == self.run.staging for sheet in found.sheets):
            self._remove(self.run.staging)
        self._note(phase=Phase.PLANNED.value, staging=None, order="", staged=0)

    def _settle_others(self) -> bool:
        """Finish what earlier runs have left in the spreadsheet; whether one of them has done what this one is to do
        again. Raises GoogleFailed."""
        is_done = False
        for other in self.journal.unsettled(self.run.wanted.spreadsheet):
            if other.id == self.run.id:
                continue
            facts, settled = self._facts(), {"phase": Phase.SETTLED.value, "staging": None}
            if other.phase is Phase.SWAPPING and is_written(facts, other.id):
                self.journal.note(other.id, state=State.DONE.value, error="", code="", **settled)
                if self.run.origin == RETRY and other.push == self.run.push:
                    is_done = True
                    self._note(rows=other.rows, moment=other.moment)
                continue
            gone = other.staging
            if any(sheet.id == gone for sheet in facts.sheets):
                self._remove(gone)
            self.journal.note(other.id, **settled)
        return is_done

    # Google

    def _batch(self, asked: list[Request], is_so: Callable[[Facts], bool]) -> None:
        """Have a change made once; `is_so` tells whether it was made."""
        unknown: OutcomeUnknown | None = None
        for _ in range(_SWAPS):
            try:
                self._ask(self.sheets.batch, asked, checked=unknown is None)
            except OutcomeUnknown as failure:
                unknown = failure
            except GoogleFailed:
                # A change that was made after all cannot be made again.
                if unknown is None or not is_so(self._facts()):
                    raise
                return
            else:
                return
            if is_so(self._facts()):
                return
        assert unknown is not None
        raise unknown

    def _remove(self, sheet: int | None) -> None:
        """Have a sheet no more."""
        self._batch([{"deleteSheet": {"sheetId": sheet}}], lambda facts: all(one.id != sheet for one in facts.sheets))

    def _has_staging(self, facts: Facts) -> bool:
        return any(sheet.id == self.run.staging for sheet in facts.sheets)

    def _facts(self) -> Facts:
        facts: Facts = self._ask(self.sheets.facts, checked=False)
        return facts

    def _values(self, cells: str) -> list[list[Any]]:
        values: list[list[Any]] = self._ask(self.sheets.values, cells)
        return values

    def _ask(self, work: Callable[..., Any], *given: object, checked: bool = True) -> Any:
        if checked and not self._is_over:
            self.check()
        self._note_request()
        return work(self.run.wanted.spreadsheet, *given)

    def _note_request(self) -> None:
        self.run = replace(self.run, requests=self.run.requests + 1)

    def _note(self, **facts: object) -> None:
        """Into the journal, before anything that follows from it is done."""
        self.run = self.journal.note(self.run.id, requests=self.run.requests, **facts)

    @property
    def _title(self) -> str:
        return f"tvox-push-{self.run.id}"


def _in_order(rows: Gathered, planned: Planned) -> Iterator[pa.RecordBatch]:
    """The rows as they are gathered: in their own order, or in that of the rows that they replace."""
    if planned.taken is None:
        yield from rows.batches()
        return
    held = list(rows.batches())
    if held:
        table = pa.Table.from_batches(held).take(pa.array(planned.taken, pa.int64()))
        yield from table.combine_chunks().to_batches(max_chunksize=20_000)


def _number() -> int:
    return secrets.randbelow(2**31 - 2) + 1


def said_of(failure: TablesError) -> str:
    """A refusal as a log tells it: its sentence, and what to do about it."""
    return " ".join(filter(None, (failure.message, failure.hint)))
