"""`main.py push`: rows of a table question in a Google spreadsheet, written by this server, now or by a schedule."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from answers.push.told import outcome
from commands.doing import do
from commands.opened import StorePath, control_of, settings_with
from store.pushes import Pushes
from tabular.errors import AccountUnusable, BadValue

cli = typer.Typer(no_args_is_help=True, help="Write rows into Google spreadsheets: run, list, add and remove pushes.")


@cli.command("run", epilog="Example: main.py push run morning")
def run(
    names: Annotated[list[str] | None, typer.Argument(help="Names of pushes.", show_default=False)] = None,
    all_due: Annotated[bool, typer.Option("--all-due", help="Run every push whose time has come.")] = False,
    store: StorePath = None,
) -> None:
    """Run pushes now, or go on with runs that ended in between. A running service does it, if there is one."""
    from answers.jobs import RunPushes

    if not names and not all_due:
        raise BadValue("push run", "nothing", "the names of pushes, or --all-due")
    do(RunPushes(tuple(names or ()), all_due), settings_with(store=store), "Push")


@cli.command("list", epilog="Example: main.py push list")
def list_pushes(store: StorePath = None) -> None:
    """List the pushes of every key: what they write where, when they run, and how the last run ended."""
    settings = settings_with(store=store)
    with control_of(store) as control:
        journal = Pushes(control)
        for push in journal.all():
            wanted = push.wanted
            where = f"{wanted.sheet}!{wanted.anchor} of {wanted.spreadsheet}"
            facts = [f"of {push.key}", f"{wanted.table}, {wanted.mode.value}, into {where}"]
            facts += [f'"{push.schedule}"'] if push.schedule else ["no schedule"]
            facts += ["paused"] if push.paused else [f"next {_local(push.due, settings.zone)}"] if push.due else []
            last = journal.runs(push.key, push.name, 1)
            facts += [f"last {_local(last[0].began, settings.zone)}: {outcome(last[0])}"] if last else ["never run"]
            typer.echo(f"{push.name:24} {'; '.join(facts)}")
    typer.echo(_shared_with(settings.google_credentials))


@cli.command("log", epilog="Example: main.py push log morning")
def log(name: Annotated[str, typer.Argument(help="The push's name.")], store: StorePath = None) -> None:
    """Show the last runs of a push, the newest last."""
    settings = settings_with(store=store)
    with control_of(store) as control:
        journal = Pushes(control)
        for one in reversed(journal.runs(journal.find(name).key, name)):
            took = f"{(one.ended - one.began).total_seconds():.1f} s" if one.ended else "under way"
            typer.echo(
                f"{_local(one.began, settings.zone)}  {one.id}  {one.origin:9} {took:>10}  {one.requests:4} requests  "
                f"{outcome(one)}"
            )


@cli.command(
    "add",
    epilog="Example: main.py push add morning --key sales-sheet --table inboundCalls --spreadsheet "
    "https://docs.google.com/spreadsheets/d/1qsPaQ…/edit --schedule '0 7 * * mon-fri' last=7d columns=id,cli",
)
def add(
    name: Annotated[str, typer.Argument(help="A name to know the push by.")],
    key: Annotated[str, typer.Option(help="Name of the key whose tables it sees.")],
    table: Annotated[str, typer.Option(help="The table, or view, whose rows are written.")],
    spreadsheet: Annotated[str, typer.Option(help="The spreadsheet's address, or its id.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(help="Parameters of the rows, such as last=7d.", show_default=False)
    ] = None,
    sheet: Annotated[
        str, typer.Option(help="Name of the sheet; it is made if there is none.", show_default="the table's")
    ] = "",
    anchor: Annotated[str, typer.Option(help="First cell of the table.")] = "A1",
    mode: Annotated[str, typer.Option(help="replace, append or merge.")] = "replace",
    keys: Annotated[
        str, typer.Option(help="Columns that tell rows apart in merge.", show_default="the table's key")
    ] = "",
    schedule: Annotated[str, typer.Option(help="Cron, in the centre's zone.", show_default="none")] = "",
    paused: Annotated[bool, typer.Option("--paused", help="Keep it, but do not run it by its schedule.")] = False,
    store: StorePath = None,
) -> None:
    """Keep a push, or change the one of that name."""
    given = {"table": table, "spreadsheet": spreadsheet, "sheet": sheet, "anchor": anchor, "mode": mode}
    given |= {"keys": keys, "schedule": schedule, "paused": "true" if paused else ""}
    from answers.jobs import KeepPush

    said = {one: value for one, value in given.items() if value} | dict(_spelt(parameters))
    do(KeepPush(name, key, said), settings_with(store=store), "Push")


def _spelt(parameters: list[str] | None) -> Iterator[tuple[str, str]]:
    for parameter in parameters or ():
        name, _, value = parameter.partition("=")
        if not name.strip():
            raise BadValue("A parameter", parameter, "a name and a value, such as last=7d")
        yield name.strip(), value


@cli.command("remove", epilog="Example: main.py push remove morning")
def remove(name: Annotated[str, typer.Argument(help="The push's name.")], store: StorePath = None) -> None:
    """Forget a push; what it has written stays in the spreadsheet."""
    with control_of(store) as control:
        Pushes(control).delete(name)
    typer.echo(f"{name} runs no more.")


def _shared_with(credentials: Path | None) -> str:
    """With whom spreadsheets are to be shared, or why nobody can tell."""
    from connectors.google.spreadsheets import ServiceAccount

    if credentials is None:
        return "TVOX_GOOGLE_CREDENTIALS is not set: nothing can be pushed."
    try:
        return f"Share the spreadsheets with {ServiceAccount.read(credentials).email}, as an editor."
    except AccountUnusable as failure:
        return str(failure)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
