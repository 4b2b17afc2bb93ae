"""`main.py links`: list and revoke the links that keys have made."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opened import StorePath, control_of
from store.links import Links

cli = typer.Typer(no_args_is_help=True, help="List and revoke the links that keys have made.")


@cli.command("list", epilog="Example: main.py links list")
def list_links(store: StorePath = None) -> None:
    """List the links of every key by their ids; the addresses themselves are not kept."""
    with control_of(store) as control:
        now = datetime.now(UTC)
        for link in Links(control).all():
            wanted, ended = link.wanted, link.refusal(now)
            facts = [ended or f"open until {wanted.expires:%Y-%m-%d}"]
            facts += [f"of {link.key.name}", f"{wanted.table}.{wanted.form}"]
            facts += [f"used {link.used:%Y-%m-%d}" if link.used else "never used"]
            typer.echo(f"{link.id}  {wanted.name:24} made {link.made:%Y-%m-%d}  {'; '.join(facts)}")


@cli.command("revoke", epilog="Example: main.py links revoke 9f31c07be2a4")
def revoke_link(link: Annotated[str, typer.Argument(help="The link's id.")], store: StorePath = None) -> None:
    """End a link at once."""
    with control_of(store) as control:
        Links(control).revoke(link, datetime.now(UTC))
    typer.echo(f"{link} opens nothing any more.")
