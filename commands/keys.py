"""`main.py keys`: make, list and revoke the keys that open the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from commands.opened import StorePath, control_of, settings_with
from store.keys import Keys
from tabular.restriction import Restriction

cli = typer.Typer(no_args_is_help=True, help="Make, list and revoke the keys that open the tables.")


@cli.command("create", epilog="Example: main.py keys create --name sales-sheet --expires 2027-12-31 --mask cli=last3")
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
    zone = settings_with(store=store).zone
    ends = None if expires is None else expires.replace(tzinfo=zone) + timedelta(days=1)
    with _keys(store) as known:
        typer.echo(known.create(name, ends, per_minute, restriction))


def _restriction(tables: str, hide: list[str], mask: list[str]) -> Restriction:
    """What a key may not see; the tables are looked at only where something is left out."""
    if not (tables or hide or mask):
        return Restriction()
    from api.grants import restriction_from
    from datamodel.catalogue import documented

    return restriction_from(tables, hide, mask, documented())


@cli.command("list", epilog="Example: main.py keys list")
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


@cli.command("revoke", epilog="Example: main.py keys revoke sales-sheet")
def revoke_key(name: Annotated[str, typer.Argument(help="The key's name.")], store: StorePath = None) -> None:
    """End a key at once."""
    with _keys(store) as known:
        known.revoke(name)
    typer.echo(f"{name} opens nothing any more.")


@contextmanager
def _keys(store: Path | None) -> Iterator[Keys]:
    with control_of(store) as control:
        yield Keys(control)
