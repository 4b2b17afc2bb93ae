"""`main.py sheets`: list and revoke the sign-ins of spreadsheets."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opened import StorePath, control_of
from store.sheet_tokens import SheetTokens

cli = typer.Typer(no_args_is_help=True, help="List and revoke the spreadsheets that are signed in.")


@cli.command("list", epilog="Example: main.py sheets list")
def list_sheets(store: StorePath = None) -> None:
    """List the spreadsheets that are signed in, and who signed in; the tokens themselves are not kept."""
    with control_of(store) as control:
        now = datetime.now(UTC)
        for token in SheetTokens(control).all():
            holder = token.holder
            facts = [token.refusal(now) or "open", f"of {token.key.name}"]
            facts += [f"signed in by {holder.email}" if holder.email else "by the key"]
            facts += [f"spreadsheet {holder.spreadsheet}"] if holder.spreadsheet else []
            facts += [f"used {token.used:%Y-%m-%d}" if token.used else "never used"]
            typer.echo(f"{token.id}  {holder.name:24} made {token.made:%Y-%m-%d}  {'; '.join(facts)}")


@cli.command("revoke", epilog="Example: main.py sheets revoke 9f31c07be2a4")
def revoke_sheet(sheet: Annotated[str, typer.Argument(help="The id.")], store: StorePath = None) -> None:
    """Sign a spreadsheet out at once."""
    with control_of(store) as control:
        SheetTokens(control).revoke(sheet, datetime.now(UTC))
    typer.echo(f"{sheet} opens nothing any more.")
