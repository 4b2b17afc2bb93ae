"""Commands forked from a process that has loaded their code: each is a process of its own, and at work at once."""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import main
from datamodel.catalogue import documented
from tests.commands import command, environment

_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(
    [__name__, "answers.jobs", "api.services", "api.push.keeping", "connectors.google.spreadsheets", "connectors.tvox"]
)

documented()  # kept, so that no command has to read the schema


def begun(store: Path, *words: object, given: Mapping[str, str] | None = None) -> ForkServerProcess:
    """A command that has just begun, in this environment or another; it prints into `said.txt` beside the store."""
    argv = command(store, *words)[1:]
    process = _LOADED.Process(target=_work, args=(argv, dict(given or environment()), store.parent), daemon=True)
    process.start()
    return process


def run(store: Path, *words: object, given: Mapping[str, str] | None = None, fails: bool = False) -> str:
    """What a command prints; it must end as expected."""
    (store.parent / "said.txt").unlink(missing_ok=True)
    process = begun(store, *words, given=given)
    process.join(120)
    said = (store.parent / "said.txt").read_text()
    assert process.exitcode == int(fails), said
    assert "Traceback" not in said
    return said


def _work(argv: list[str], given: Mapping[str, str], folder: Path) -> None:
    os.environ.clear()
    os.environ.update(given)
    os.chdir(folder)
    printed = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(printed, stream)
    sys.argv = argv
    sys.exit(main.main())
