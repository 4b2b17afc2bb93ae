"""TVox Tables: the app and its command line."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from commands import keys, links, push, sheets
from commands.doing import do, opened, progress, say_refused
from commands.opened import StorePath, settings_with
from tabular.errors import BackwardWindow, BadValue, TablesError
from tabular.month import Month

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="TVox Data Model statistics as ready-made rows for Google Sheets, Excel and Power BI.",
)
cli.add_typer(keys.cli, name="keys")
cli.add_typer(links.cli, name="links")
cli.add_typer(sheets.cli, name="sheets")
cli.add_typer(push.cli, name="push")


def __getattr__(name: str) -> object:
    """`create_app`, for a server that names `main:create_app`."""
    if name == "create_app":
        from api.app import create_app

        return create_app
    raise AttributeError(name)


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

    settings = settings_with(store=store, host=host, port=port)
    if (tls_cert is None) != (tls_key is None):
        raise BadValue("--tls-cert and --tls-key", "one without the other", "both, or neither")
    with opened(settings) as services:
        with progress("Demo centre") as tell:
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

    do(FillDemo(months, calls_per_month, seed), settings_with(store=store), "Demo centre")


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
    do(job, settings_with(store=store), file.name)


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

    settings = settings_with(store=store)
    this_month = Month.of(datetime.now(settings.zone))
    ends = _month("--to", last) if last else this_month
    begins = _month("--from", first) if first else ends - (settings.history - 1)
    if begins > ends:
        raise BackwardWindow(str(begins), str(ends))
    do(SyncUpstream(tuple(table or ()), str(begins), str(min(ends, this_month)), again), settings, "TVox")


def _month(option: str, text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as failure:
        raise BadValue(option, text, "a month such as 2020-05") from failure


def main() -> int:
    """Run the command line; a refusal is one sentence and status 1."""
    os.umask(0o077)  # whatever is written here holds calls or keys: it is its owner's alone
    try:
        cli(standalone_mode=True)
    except TablesError as refusal:
        say_refused(str(refusal))
        return 1
    except ValidationError as failure:
        for fault in failure.errors():
            where = "".join(f"TVOX_{str(part).upper()}: " for part in fault["loc"][:1])
            said = f"{where}{fault['msg'].removeprefix('Value error, ')}"
            say_refused(said)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
