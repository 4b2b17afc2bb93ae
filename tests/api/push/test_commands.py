"""`main.py push`: kept, listed, run and logged; the running service does the work where there is one."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.push.pushing import ASKED, HEADER, Pushing
from tests.commands import environment, started
from tests.forked import run
from tests.google.standin import StandIn


class Command:
    """A store with a demo centre whose commands push into the stand-in."""

    def __init__(self, folder: Path, google: StandIn) -> None:
        self.google = google
        pushing = Pushing(folder, google)
        pushing.fill()
        self.store, self.book = pushing.path, pushing.book
        pushing.close()
        self.settings = {
            "google_credentials": pushing.account,
            "sheets_url": google.address,
            "sheets_rate": 0,
        }

    def run(self, *words: object, fails: bool = False) -> str:
        """What `main.py push …` says."""
        given = environment() | {f"TVOX_{name.upper()}": str(value) for name, value in self.settings.items()}
        return run(self.store, "push", *words, given=given, fails=fails)

    def add(self, name: str, *words: object, fails: bool = False) -> str:
        """Keep a push."""
        place = ("--key", "tests", "--table", "inboundCalls", "--spreadsheet", self.book, "--sheet", "Calls")
        return self.run("add", name, *place, *words, fails=fails)


@pytest.fixture
def command(tmp_path: Path, google: StandIn) -> Iterator[Command]:
    """Commands on a store of their own."""
    yield Command(tmp_path, google)
    google.reset()
    google.limit(None)


WORDS = ("from=2026-11-01", "to=2026-11-30", f"columns={ASKED['columns']}")


def test_a_push_is_kept_run_listed_logged_and_removed(command: Command) -> None:
    assert "morning is kept" in command.add("morning", *WORDS, "--schedule", "0 7 * * *")
    said = command.run("run", "morning")
    assert re.search(r'^morning: 6 rows of inboundCalls written into the sheet "Calls" at A1 of', said, re.MULTILINE)
    assert command.google.rows(command.book, "Calls")[0] == HEADER
    listed = command.run("list")
    assert re.search(r'morning +of tests; inboundCalls, replace, into Calls!A1 .*"0 7 \* \* \*"; next .*6 rows', listed)
    assert "Share the spreadsheets with writer@reports-4711.iam.gserviceaccount.com" in listed
    assert "command" in command.run("log", "morning")
    assert "No push is due" in command.run("run", "--all-due")
    assert 'There is no push "mornin". Did you mean "morning"?' in command.run("run", "mornin", fails=True)
    assert "runs no more" in command.run("remove", "morning")
    assert 'There is no push "morning"' in command.run("log", "morning", fails=True)
    assert "TT205" in command.add("wrong", "--key", "test", fails=True)


def test_a_running_service_does_the_work(command: Command) -> None:
    service = started(command.store, "serve", "--port", 0, "--no-demo", **command.settings)
    assert service.stdout is not None
    try:
        while "is ready" not in service.stdout.readline():
            assert service.poll() is None
        assert "morning is kept" in command.add("morning", *WORDS)
        assert "6 rows of inboundCalls written" in command.run("run", "morning")
        assert len(command.google.rows(command.book, "Calls")) == 7
        command.google.share(command.book, "writer@reports-4711.iam.gserviceaccount.com", None)
        said = command.run("run", "morning", fails=True)
        assert "TT417" in said or "TT418" in said
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(30)
        service.stdout.close()
