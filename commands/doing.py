"""How commands do their work: on the open store, or handed to the service that holds it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from api.settings import Settings
from store.service_file import ServiceFile
from tabular.errors import StoreBusy

# What only some commands need is imported where they need it: it takes longer to load than the others take to run.
if TYPE_CHECKING:
    from answers.filling import Progress
    from answers.jobs import Job
    from api.services import Services

_STDERR = Console(stderr=True)


@contextmanager
def opened(settings: Settings) -> Iterator["Services"]:
    """The services, as soon as no other command holds the store. Raises StoreBusy if a service serves it."""
    services = _services(settings, _refuse)
    assert services is not None
    try:
        yield services
    finally:
        services.close()


def _refuse(service: ServiceFile, busy: StoreBusy) -> bool:
    raise StoreBusy(busy.path, f"the service on port {service.port}") from busy


def do(job: "Job", settings: Settings, title: str) -> None:
    """Do a job here, or have the service that holds the store do it."""
    said: list[str] = []
    with progress(title) as tell:

        def hand(service: ServiceFile, _: StoreBusy) -> bool:
            handed = _handed(service, job, tell)
            said.extend(handed or ())
            return handed is not None

        services = _services(settings, hand)
        if services is not None:
            # It loads every face of pushes, which no other command needs.
            from api.workplace import workplace_of

            try:
                said.extend(job.run(workplace_of(services), tell))
            finally:
                services.close()
    for line in said:
        typer.echo(line)


def _handed(service: ServiceFile, job: "Job", tell: "Callable[[Progress], None]") -> tuple[str, ...] | None:
    """What the running service said when it had done a job; None where nobody answers."""
    from answers.filling import Progress
    from answers.jobs import as_message
    from connectors.service import Refused, Unreachable, hand_over

    def heard(message: Mapping[str, object]) -> None:
        done, of, rows = (int(str(message[name])) for name in ("done", "of", "rows"))
        tell(Progress(done, of, rows, 0.0, str(message["at"])))

    try:
        return hand_over(service, as_message(job), heard)
    except Unreachable:
        return None
    except Refused as refusal:
        say_refused(str(refusal))
        raise typer.Exit(1) from refusal


def _services(settings: Settings, serving: Callable[[ServiceFile, StoreBusy], bool]) -> "Services | None":
    """The services; None once `serving`, told of the service that holds the store, has taken care of the work.

    A store held by another command is waited for.
    """
    from api.services import Services

    waiting = False
    while True:
        try:
            return Services.open(settings)
        except StoreBusy as busy:
            service = ServiceFile.read(settings.store)
            if service is not None and serving(service, busy):
                return None
            if not waiting:
                _STDERR.print(f"Waiting for the store: it is in use by {busy.holder}.")
                waiting = True
            time.sleep(0.2)


@contextmanager
def progress(title: str) -> Iterator["Callable[[Progress], None]"]:
    """A bar on standard error, where a person is looking."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[at]}"))
    with Bar(*columns, TimeRemainingColumn(), console=_STDERR, transient=True, disable=not _STDERR.is_terminal) as bar:
        task = bar.add_task(title, total=None, at="")

        def tell(progress: "Progress") -> None:
            rows = f"{progress.rows:,} rows · " if progress.rows else ""
            bar.update(task, total=progress.of, completed=progress.done, at=f"{rows}{progress.at}")

        yield tell


def say_refused(sentence: str) -> None:
    """A refusal, on standard error."""
    _STDERR.print(sentence, style="bold red", highlight=False, soft_wrap=True)
