"""TVox Tables: the app and its command line."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from api.settings import Settings
from store.control import Control
from store.keys import Keys
from store.links import Links
from store.service_file import ServiceFile
from tabular.errors import BackwardWindow, BadValue, StoreBusy, TablesError
from tabular.month import Month
from tabular.restriction import Restriction

# What only some commands need is imported where they need it: it takes longer to load than the others take to run.
if TYPE_CHECKING:
    from answers.filling import Progress
    from answers.jobs import Job
    from api.services import Services

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="TVox Data Model statistics as ready-made rows for Google Sheets, Excel and Power BI.",
)
keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke the keys that open the tables.")
cli.add_typer(keys, name="keys")
links = typer.Typer(no_args_is_help=True, help="List and revoke the links that keys have made.")
cli.add_typer(links, name="links")

_STDERR = Console(stderr=True)


def __getattr__(name: str) -> object:
    """`create_app`, for a server that names `main:create_app`."""
    if name == "create_app":
        from api.app import create_app

        return create_app
    raise AttributeError(name)


StorePath = Annotated[
    Path | None, typer.Option("--store", help="File of the store. Also TVOX_STORE.", show_default=False)
]


@cli.command("serve", epilog="Example: main.py serve --host 0.0.0.0 --port 8000 --no-demo")
def serve_command(
    store: StorePath = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. Also TVOX_HOST.", show_default=False)] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one. Also TVOX_PORT.", show_default=False)
    ] = None,
    demo: Annotated[
        bool | None,
        typer.Option("--demo/--no-demo", help="Fill the demo centre; unsaid: if the store holds nothing else."),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate (PEM) for HTTPS.", exists=True, dir_okay=False)
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key (PEM).", exists=True, dir_okay=False)] = None,
) -> None:
    """Serve the tables over HTTP."""
    from api.serving import Listening, fill_demo, serve

    settings = _settings(store=store, host=host, port=port)
    if (tls_cert is None) != (tls_key is None):
        raise BadValue("--tls-cert and --tls-key", "one without the other", "both, or neither")
    with _open(settings) as services:
        with _progress("Demo centre") as tell:
            with_demo = fill_demo(services, demo, tell)

        def ready(address: str) -> None:
            typer.echo(f"\n  TVox Tables is ready: {address}/\n")
            key = services.keys.demo() if with_demo else None
            if key is not None:
                typer.echo(f"  Demo key:  {key}")
                first = f"{address}/tables/inboundCalls.csv?last=7d&limit=5"
                typer.echo(f'  Try:       curl -H "X-Telenia-APIKey: {key}" "{first}"\n')
            elif with_demo:
                typer.echo("  The demo key has been revoked; make another: main.py keys create --name NAME\n")
            if services.line is not None:
                shown = (one.address for one in services.line.client.state().addresses)
                typer.echo(f"  Mirrors:   {', '.join(shown)}")
                if not services.keys.all():
                    typer.echo("  Make a key to ask with: main.py keys create --name NAME")
                typer.echo()

        serve(services, Listening(settings.host, settings.port, tls_cert, tls_key), ready)


@cli.command("demo", epilog="Example: main.py demo --months 12 --calls-per-month 200000 --seed 7")
def demo_command(
    store: StorePath = None,
    months: Annotated[int, typer.Option(min=1, max=240, help="Months to fill, this one included.")] = 3,
    calls_per_month: Annotated[int, typer.Option(min=1, max=5_000_000, help="Inbound calls a month.")] = 5000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another centre.")] = 1,
) -> None:
    """Fill the store with a demo contact centre, the same for the same seed."""
    from answers.jobs import FillDemo

    _do(FillDemo(months, calls_per_month, seed), _settings(store=store), "Demo centre")


@cli.command("load", epilog="Example: main.py load january1999.tsv.gz --mapping examples/anonymous_bank_1999.toml")
def load_command(
    file: Annotated[Path, typer.Argument(help="CSV or TSV, gzipped or not.")],
    mapping: Annotated[Path, typer.Option(help="TOML file that says which column becomes what.")],
    refuse_at_most: Annotated[int, typer.Option(min=0, help="Load although so many lines are refused.")] = 0,
    store: StorePath = None,
) -> None:
    """Load a log of calls into a table, whole or not at all."""
    from answers.jobs import LoadFile

    refused_to = Path.cwd() / f"{file.name}.refused.tsv"
    job = LoadFile(str(file.resolve()), str(mapping.resolve()), refuse_at_most, str(refused_to))
    _do(job, _settings(store=store), file.name)


@cli.command("sync", epilog="Example: main.py sync --from 2024-01 --table inboundCalls")
def sync_command(
    table: Annotated[list[str] | None, typer.Option(help="Only this table; may be given several times.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="First month, YYYY-MM.", show_default="TVOX_HISTORY months ago")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.", show_default="this month")] = None,
    again: Annotated[bool, typer.Option("--all", help="Fetch settled months again, too.")] = False,
    store: StorePath = None,
) -> None:
    """Bring months of the TVox into the store ahead of anybody's asking; after an end of any kind it goes on there."""
    from answers.jobs import SyncUpstream

    settings = _settings(store=store)
    this_month = Month.of(datetime.now(settings.zone))
    ends = _month("--to", last) if last else this_month
    begins = _month("--from", first) if first else ends - (settings.history - 1)
    if begins > ends:
        raise BackwardWindow(str(begins), str(ends))
    _do(SyncUpstream(tuple(table or ()), str(begins), str(min(ends, this_month)), again), settings, "TVox")


def _month(option: str, text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as failure:
        raise BadValue(option, text, "a month such as 2020-05") from failure


@keys.command("create", epilog="Example: main.py keys create --name sales-sheet --expires 2027-12-31 --mask cli=last3")
def create_key(
    name: Annotated[str, typer.Option(help="A name to know the key by.")],
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day on which it opens.")] = None,
    tables: Annotated[str, typer.Option(help="Only these tables, separated by commas.")] = "",
    hide: Annotated[
        list[str] | None, typer.Option(help="A column that does not exist for the key: user, or inboundCalls:user.")
    ] = None,
    mask: Annotated[
        list[str] | None, typer.Option(help="A column shown as hash, last digits or null: cli=last3.")
    ] = None,
    per_minute: Annotated[int | None, typer.Option(min=1, help="Requests a minute.", show_default="no limit")] = None,
    store: StorePath = None,
) -> None:
    """Make a key; it is printed once, alone on the last line."""
    restriction = _restriction(tables, hide or [], mask or [])
    ends = None if expires is None else expires.replace(tzinfo=_settings(store=store).zone) + timedelta(days=1)
    with _keys(store) as known:
        typer.echo(known.create(name, ends, per_minute, restriction))


def _restriction(tables: str, hide: list[str], mask: list[str]) -> Restriction:
    """What a key may not see; the tables are looked at only where something is left out."""
    if not (tables or hide or mask):
        return Restriction()
    from api.grants import restriction_from
    from datamodel.catalogue import documented

    return restriction_from(tables, hide, mask, documented())


@keys.command("list", epilog="Example: main.py keys list")
def list_keys(store: StorePath = None) -> None:
    """List the keys by name; the keys themselves are not kept."""
    with _keys(store) as known:
        now = datetime.now(UTC)
        for key in known.all():
            limits = [key.refusal(now) or "open"]
            limits += [f"until {key.expires:%Y-%m-%d}"] if key.expires else []
            limits += [f"{key.per_minute} a minute"] if key.per_minute else []
            limits += [f"tables {','.join(key.restriction.tables)}"] if key.restriction.tables is not None else []
            limits += [f"without {','.join(key.restriction.hidden)}"] if key.restriction.hidden else []
            limits += [f"{pattern} as {mask.kind}" for pattern, mask in key.restriction.masked]
            typer.echo(f"{key.name:24} made {key.created:%Y-%m-%d}  {'; '.join(limits)}")


@keys.command("revoke", epilog="Example: main.py keys revoke sales-sheet")
def revoke_key(name: Annotated[str, typer.Argument(help="The key's name.")], store: StorePath = None) -> None:
    """End a key at once."""
    with _keys(store) as known:
        known.revoke(name)
    typer.echo(f"{name} opens nothing any more.")


@links.command("list", epilog="Example: main.py links list")
def list_links(store: StorePath = None) -> None:
    """List the links of every key by their ids; the addresses themselves are not kept."""
    with _control(store) as control:
        now = datetime.now(UTC)
        for link in Links(control).all():
            wanted, ended = link.wanted, link.refusal(now)
            facts = [ended or f"open until {wanted.expires:%Y-%m-%d}"]
            facts += [f"of {link.key.name}", f"{wanted.table}.{wanted.form}"]
            facts += [f"used {link.used:%Y-%m-%d}" if link.used else "never used"]
            typer.echo(f"{link.id}  {wanted.name:24} made {link.made:%Y-%m-%d}  {'; '.join(facts)}")


@links.command("revoke", epilog="Example: main.py links revoke 9f31c07be2a4")
def revoke_link(link: Annotated[str, typer.Argument(help="The link's id.")], store: StorePath = None) -> None:
    """End a link at once."""
    with _control(store) as control:
        Links(control).revoke(link, datetime.now(UTC))
    typer.echo(f"{link} opens nothing any more.")


def _settings(**given: object) -> Settings:
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


@contextmanager
def _control(store: Path | None) -> Iterator[Control]:
    control = Control(_settings(store=store).store)
    try:
        yield control
    finally:
        control.close()


@contextmanager
def _keys(store: Path | None) -> Iterator[Keys]:
    with _control(store) as control:
        yield Keys(control)


@contextmanager
def _open(settings: Settings) -> Iterator["Services"]:
    """The services, as soon as no other command holds the store. Raises StoreBusy if a service serves it."""
    services = _opened(settings, _refuse)
    assert services is not None
    try:
        yield services
    finally:
        services.close()


def _refuse(service: ServiceFile, busy: StoreBusy) -> bool:
    raise StoreBusy(busy.path, f"the service on port {service.port}") from busy


def _do(job: "Job", settings: Settings, title: str) -> None:
    """Do a job here, or have the service that holds the store do it."""
    said: list[str] = []
    with _progress(title) as tell:

        def hand(service: ServiceFile, _: StoreBusy) -> bool:
            handed = _handed(service, job, tell)
            said.extend(handed or ())
            return handed is not None

        services = _opened(settings, hand)
        if services is not None:
            try:
                said.extend(job.run(services.workplace, tell))
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
        _say_refused(str(refusal))
        raise typer.Exit(1) from refusal


def _opened(settings: Settings, serving: Callable[[ServiceFile, StoreBusy], bool]) -> "Services | None":
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
def _progress(title: str) -> Iterator["Callable[[Progress], None]"]:
    """A bar on standard error, where a person is looking."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[at]}"))
    with Bar(*columns, TimeRemainingColumn(), console=_STDERR, transient=True, disable=not _STDERR.is_terminal) as bar:
        task = bar.add_task(title, total=None, at="")

        def tell(progress: "Progress") -> None:
            rows = f"{progress.rows:,} rows · " if progress.rows else ""
            bar.update(task, total=progress.of, completed=progress.done, at=f"{rows}{progress.at}")

        yield tell


def main() -> int:
    """Run the command line; a refusal is one sentence and status 1."""
    os.umask(0o077)  # whatever is written here holds calls or keys: it is its owner's alone
    try:
        cli(standalone_mode=True)
    except TablesError as refusal:
        _say_refused(str(refusal))
        return 1
    except ValidationError as failure:
        for fault in failure.errors():
            where = "".join(f"TVOX_{str(part).upper()}: " for part in fault["loc"][:1])
            said = f"{where}{fault['msg'].removeprefix('Value error, ')}"
            _say_refused(said)
        return 1
    return 0


def _say_refused(sentence: str) -> None:
    _STDERR.print(sentence, style="bold red", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
