"""The pusher: runs at work in threads, those of one spreadsheet one after the other, all of them in the journal."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Protocol

from answers.filling import Progress
from answers.moment import Moment
from answers.push.gathering import Gathered
from answers.push.running import Ended, Running, Sheets, Stopped, said_of
from answers.push.schedule import due_after
from api.settings import Settings
from store.patience import Patience
from store.pushes import Phase, Push, Pushes, Run, State, Wanted
from tabular.errors import (
    AskedWrong,
    GoogleFailed,
    GoogleMisnamed,
    NoGoogleAccount,
    NotAllowed,
    TablesError,
    UpstreamFailed,
)

if TYPE_CHECKING:
    from connectors.google.spreadsheets import Pace, Spreadsheets

AT_ONCE = 4
"""Runs at work at the same time: Google takes about one request in a second of them all."""

Tell = Callable[[Progress], None]
_LOG = logging.getLogger("tvox.push")


class Asker(Protocol):
    """What a run is asked with: `api/push/asking.py` makes one of the services."""

    @property
    def settings(self) -> Settings:
        """The service's settings."""

    def now(self) -> datetime:
        """The time (UTC)."""

    def gathered(self, run: Run, moment: Moment | None, patience: Patience) -> Gathered:
        """The rows of a run, at its moment or now, as its key sees them."""


@dataclass
class Task:
    """A run under way; its future gives the run as it ended, or the refusal that ended it."""

    run: Run
    asker: Asker
    future: "Future[Run]" = field(default_factory=Future)
    cancelled: threading.Event = field(default_factory=threading.Event)
    patience: Patience = field(default_factory=Patience)
    done: int = 0
    of: int = 0
    hear: Tell = lambda progress: None

    def __post_init__(self) -> None:
        # Who waits for it and leaves does not cancel it.
        self.future.set_running_or_notify_cancel()

    def tell(self, done: int, of: int) -> None:
        """Rows are gathered, of all."""
        self.done, self.of = done, of
        self.hear(Progress(done, of, done, 0.0, self.run.wanted.sheet))


class Pusher:
    """The runs of a process. Only one process has the store, so a run of another owner in the journal is a dead one's.

    Who asks is given with each run; `connect` makes what speaks with Google, when it is needed first.
    """

    def __init__(
        self, journal: Pushes, connect: "Callable[[Settings], tuple[Spreadsheets, Pace]] | None" = None
    ) -> None:
        self.journal = journal
        self._connect = connect or _opened
        self.owner = token_hex(8)
        self._threads: ThreadPoolExecutor | None = None
        self._guard = threading.Lock()
        self._tasks: dict[str, Task] = {}
        self._queues: dict[str, deque[Task]] = {}
        self._stopping = threading.Event()
        self._google: tuple[Spreadsheets, Pace] | None = None

    def check_account(self, settings: Settings) -> Sheets:
        """What speaks with Google. Raises NoGoogleAccount, AccountUnusable, GoogleMisnamed."""
        with self._guard:
            if self._stopping.is_set():
                raise Stopped
            if self._google is None:
                self._google = self._connect(settings)
            return self._google[0]

    def begin(
        self,
        asker: Asker,
        wanted: Wanted,
        key: str,
        origin: str,
        push: str | None = None,
        hear: Tell | None = None,
    ) -> Task:
        """Begin a run, of a push of that name or of none. Raises PushUnderWay."""
        run = self.journal.begin(wanted, key, origin, self.owner, asker.now(), push)
        return self._enqueue(run, asker, hear)

    def recover(self, asker: Asker, hear: Tell | None = None) -> Sequence[Task]:
        """Go on with the runs that a process which is gone has left; where there is no account any more, end them."""
        left = self.journal.left_by(self.owner)
        if asker.settings.google_credentials is None:
            for run in left:
                self._end_without_account(run, asker)
            return ()
        return [self._enqueue(self.journal.note(run.id, owner=self.owner), asker, hear) for run in left]

    def task(self, run: str) -> Task | None:
        """The run of that id, if it is under way."""
        return self._tasks.get(run)

    def cancel(self, run: str) -> None:
        """Stop a run, if it is under way, as soon as it can be: not between a change and its outcome."""
        task = self.task(run)
        if task is not None:
            task.cancelled.set()
            task.patience.end()

    def close(self) -> None:
        """Stop what is at work between two requests: the journal knows how far it is. Hang up."""
        self._stopping.set()
        for task in list(self._tasks.values()):
            task.patience.end()
        with self._guard:
            google, self._google = self._google, None
        if google is not None:
            # Who waits for its turn is refused, and hears that the process ends.
            google[0].close()
            google[1].close()
        if self._threads is not None:
            self._threads.shutdown()

    # At work

    def _enqueue(self, run: Run, asker: Asker, hear: Tell | None) -> Task:
        task = Task(run, asker)
        if hear is not None:
            task.hear = hear
        with self._guard:
            self._tasks[run.id] = task
            queue = self._queues.setdefault(run.wanted.spreadsheet, deque())
            queue.append(task)
            if len(queue) == 1:
                self._submit(task)
        return task

    def _submit(self, task: Task) -> None:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(AT_ONCE, "push")
        if not self._stopping.is_set():
            self._threads.submit(self._work, task)

    def _work(self, task: Task) -> None:
        ended: Run | None = None
        failure: BaseException | None = None
        try:
            ended = self._ran(task)
        except BaseException as raised:  # noqa: BLE001  # told to whoever waits for it
            failure = raised
        if not isinstance(failure, Stopped):
            self._plan_next(task, ended, failure)
        with self._guard:
            self._tasks.pop(task.run.id, None)
            queue = self._queues[task.run.wanted.spreadsheet]
            queue.popleft()
            if queue:
                self._submit(queue[0])
            else:
                del self._queues[task.run.wanted.spreadsheet]
        if failure is None and ended is not None:
            task.future.set_result(ended)
        else:
            task.future.set_exception(failure or Stopped())

    def _ran(self, task: Task) -> Run:
        # With it comes FastAPI, which commands do without.
        from api.errors import failed_as

        asker, run = task.asker, task.run
        try:
            sheets = self.check_account(asker.settings)
        except TablesError as failure:
            self._end_without_account(run, asker, failure)
            raise

        def check() -> None:
            if self._stopping.is_set():
                raise Stopped
            if task.cancelled.is_set():
                raise Ended

        def gather(asked: Run, moment: Moment | None) -> Gathered:
            return asker.gathered(asked, moment, task.patience)

        running = Running(run, self.journal, sheets, gather, check, task.tell, asker.now)
        try:
            return running.go()
        except (TablesError, Stopped):
            raise
        except Exception as failure:
            if self._stopping.is_set():
                raise Stopped from failure
            failed = failed_as(failure, f"the push {run.push or run.id}")
            running.failed(failed)
            raise failed from failure

    def _end_without_account(self, run: Run, asker: Asker, failure: TablesError | None = None) -> None:
        """What it left in the spreadsheet is for the next run to remove."""
        refused = failure or NoGoogleAccount()
        phase = Phase.SETTLED if run.staging is None else run.phase
        said = {"error": said_of(refused), "code": refused.code, "phase": phase.value}
        self.journal.end(run, State.FAILED, asker.now(), **said)

    def _plan_next(self, task: Task, ended: Run | None, failure: BaseException | None) -> None:
        """When the push runs next, and what the log of the service says."""
        run, name = task.run, task.run.push
        if failure is not None:
            _LOG.warning("the push %s: %s", name or run.id, failure)
        push = None if name is None else self.journal.named(name)
        if push is None:
            return
        settings, now = task.asker.settings, task.asker.now()
        if ended is not None and ended.state is State.CANCELLED:
            due = due_after(push.schedule, now, settings.zone, 0, may_help=False)
            self.journal.plan(push.name, due, push.failures)
            return
        failures = 0 if failure is None else push.failures + 1
        may_help = isinstance(failure, UpstreamFailed | GoogleFailed) and not isinstance(
            failure, AskedWrong | NotAllowed
        )
        due = due_after(push.schedule, now, settings.zone, failures, may_help)
        self.journal.plan(push.name, due, failures)


def is_due(push: Push, now: datetime) -> bool:
    """Whether a push has a time that has come."""
    return not push.paused and push.due is not None and push.due <= now


def _opened(settings: Settings) -> "tuple[Spreadsheets, Pace]":
    if settings.google_credentials is None:
        raise NoGoogleAccount()
    from connectors.google.spreadsheets import Pace, ServiceAccount, Spreadsheets

    account = ServiceAccount.read(settings.google_credentials)
    pace = Pace(settings.store, settings.sheets_rate, 1.0 if settings.sheets_rate else 0.0)
    try:
        return Spreadsheets(account, pace, address=settings.sheets_url, proxy=settings.google_proxy), pace
    except ValueError as failure:
        pace.close()
        raise GoogleMisnamed(str(failure)) from failure
