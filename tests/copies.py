"""Stores of tests: filled once and copied for each test, which takes a tenth of the time, or thrown away in the end."""

import shutil
from contextlib import suppress
from pathlib import Path

import duckdb

from store.store import Store


def copied(store: Path, folder: Path) -> Path:
    """Copy a store that is closed, with all that lies beside it; the copy's path."""
    for file in store.parent.glob(f"{store.name}*"):
        shutil.copy(file, folder / file.name)
    return folder / store.name


def unwritten(store: Store) -> Store:
    """A store that will not write its log into its file when it closes: nobody opens the file again, or somebody reads
    the log as after a kill. Of a hundred columns and few rows, that is most of what a test's store costs."""
    with suppress(duckdb.ConnectionException):  # the test has closed it
        store._connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    return store
