"""What the commands share: the settings with what a command line says, and the control database of a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.settings import Settings
from store.control import Control

StorePath = Annotated[
    Path | None, typer.Option("--store", help="File of the store. Also TVOX_STORE.", show_default=False)
]


def settings_with(**given: object) -> Settings:
    """The settings, with what the command line gives in place of theirs; None is not given."""
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


@contextmanager
def control_of(store: Path | None) -> Iterator[Control]:
    """The control database of a store, or of the store that the settings name. Raises StoreUnreadable."""
    control = Control(settings_with(store=store).store)
    try:
        yield control
    finally:
        control.close()
