"""Google's part, played by a program of node: a spreadsheet, the Apps Script bound to it, and the person before it.

The program is addin/web/conformance/appsscript/main.js; what it does as Google does, and where it had to choose, its
files say. Its clock moves only when a test says so, or when every execution sleeps.
"""

import json
import os
import selectors
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from addin import build

PROGRAM = build.WEB / "conformance" / "appsscript" / "main.js"
PATIENCE = 120.0
"""Seconds for an answer of the program's, before a test is held to hang."""

Found = dict[str, Any]
Value = str | float | bool | datetime | None
Lines = Sequence[Sequence[object]]


class Refused(Exception):
    """The program could not do what it was asked for: the test asked wrongly, or the host is broken."""


class ScriptFailure(Exception):
    """An execution failed; `said` is what Sheets tells the person."""

    def __init__(self, failure: Found) -> None:
        super().__init__(failure["said"])
        self.name = cast(str, failure["name"])
        self.message = cast(str, failure["message"])
        self.line = cast(int | None, failure["line"])
        self.said = cast(str, failure["said"])


@dataclass(frozen=True, slots=True)
class Cells:
    """What is in a rectangle of cells, line by line. `types`: number, string, boolean, date or empty; `errors`: None,
    or what is `shown` (#ERROR!, #REF!, Loading...) and what is `said` of it."""

    values: list[list[Value]]
    types: list[list[str]]
    displayed: list[list[str]]
    formats: list[list[str]]
    formulas: list[list[str]]
    errors: list[list[Found | None]]
    notes: list[list[str]]


class Host:
    """A spreadsheet with a script, in a process of its own. `zone` is the script's (of the manifest) and, until
    `configure` says otherwise, the spreadsheet's."""

    def __init__(
        self,
        node: Path,
        *,
        now: datetime,
        zone: str = "Europe/Rome",
        locale: str = "it_IT",
        user: str = "analista@example.com",
    ) -> None:
        self.zone = zone
        self._process = subprocess.Popen(
            [node, PROGRAM, now.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"TZ": zone, "LC_ALL": "en_US.UTF-8"},
            text=True,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        self._answers = selectors.DefaultSelector()
        self._answers.register(self._process.stdout, selectors.EVENT_READ)
        self.configure(zone=zone, locale=locale, user=user)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the program."""
        self._answers.close()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def ask(self, verb: str, **given: object) -> Any:
        """Any verb of main.js. Raises Refused."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": verb} | given, default=_dated) + "\n")
        self._process.stdin.flush()
        if not self._answers.select(PATIENCE):
            self._process.kill()
            raise Refused(f"no answer to {verb} in {PATIENCE:.0f} seconds")
        said = self._process.stdout.readline()
        if not said:
            raise Refused(f"the program ended at {verb}, with {self._process.wait()}")
        answer = json.loads(said)
        if "error" in answer:
            raise Refused(answer["error"])
        return _revived(answer["ok"])

    def load(self, code: str, scopes: Sequence[str] | None = None, **manifest: object) -> None:
        """Another script in place of this; `manifest` are fields of appsscript.json besides its zone."""
        whole: Found = {"timeZone": self.zone} | manifest
        if scopes is not None:
            whole["oauthScopes"] = list(scopes)
        self.ask("load", code=code, manifest=whole)

    def configure(self, **given: object) -> None:
        """Any of `user`, `userLocale`, `identityToken`, `zone`, `locale`, `name`, `names` (of ranges: where they are),
        `routes` (addresses of the world: where they are on this machine), `latency` (milliseconds of the host's clock
        that each request takes) and `spent` (requests of today)."""
        self.ask("set", **given)

    def type(self, at: str, values: object, *, settle: bool = True) -> None:
        """Type a value, or lines of values, from a cell on (`Sheet1!A1`); what follows from it is computed."""
        lines = values if isinstance(values, list) else [[values]]
        self.ask("type", at=at, values=lines, settle=settle)

    def format(self, at: str, number_format: str) -> None:
        """Give cells a number format."""
        self.ask("format", at=at, format=number_format)

    def settle(self) -> None:
        """Compute what is to be computed."""
        self.ask("settle")

    def read(self, at: str) -> Cells:
        """What is in a range."""
        return Cells(**self.ask("read", at=at))

    def values(self, at: str) -> list[list[Value]]:
        """The values of a range, as scripts get them: an empty cell is "", a date a datetime in UTC."""
        return self.read(at).values

    def value(self, at: str) -> Value:
        """The value of one cell."""
        return self.read(at).values[0][0]

    def error(self, at: str) -> str | None:
        """What Sheets says of one cell's error; None where there is none."""
        found = self.read(at).errors[0][0]
        return cast(str, found["said"] or found["shown"]) if found else None

    def call(self, function: str, *args: object, kind: str = "menu") -> Any:
        """One execution; `kind` is menu, trigger, open, edit or sidebar. Raises ScriptFailure."""
        return _value(self.ask("call", function=function, args=args, kind=kind))

    def custom(self, function: str, *args: object) -> Any:
        """A custom function's call by itself. Raises ScriptFailure."""
        return _value(self.ask("custom", function=function, args=args))

    def together(self, calls: Sequence[tuple[str, Sequence[object]]], kind: str = "menu") -> list[Found]:
        """Several executions at the same time: for each its `value` or `failure`."""
        return cast(list[Found], self.ask("together", calls=calls, kind=kind))

    def item(self, *path: str) -> Any:
        """Choose a menu's item, by the captions from the menu's on. Raises ScriptFailure."""
        return _value(self.ask("item", path=path))

    def sidebar(self, function: str, *args: object) -> Any:
        """What google.script.run does with a call. Raises ScriptFailure."""
        return _value(self.ask("sidebar", function=function, args=args))

    def answer(self, *buttons: str) -> None:
        """What the person will answer to alerts and prompts: OK, CANCEL, YES, NO; `OK: text` to a prompt."""
        given = [dict(zip(("button", "text"), button.split(": ", 1), strict=False)) for button in buttons]
        self.ask("answers", buttons=given)

    def advance(self, seconds: float) -> list[Found]:
        """Move the clock, and run the triggers that become due on the way: the outcome of each."""
        return cast(list[Found], self.ask("advance", seconds=seconds))

    def requests(self, *, clear: bool = False) -> list[Found]:
        """Every request: `method`, `url`, names of `headers`, `status`, `execution`, `function`."""
        return cast(list[Found], self.ask("requests", clear=clear))

    def log(self, *, clear: bool = False) -> list[Found]:
        """Every execution: `kind`, `function`, `started` and `duration` by the host's clock, `status`, `logs` and
        `failure`."""
        return cast(list[Found], self.ask("log", clear=clear))

    def ui(self) -> Found:
        """`menus` by caption, `sidebar`, `dialog` and what was `asked`: alerts, prompts and toasts."""
        return cast(Found, self.ask("ui"))

    def book(self) -> Found:
        """`sheets` (name, hidden, frozenRows, maxRows, maxColumns, row and column of the last content) and `names`."""
        return cast(Found, self.ask("book"))

    def state(self) -> Found:
        """`now`, `caches`, `properties`, `triggers`, `spent` requests, `peak` of simultaneous executions."""
        return cast(Found, self.ask("state"))

    def front(self) -> str:
        """The address of a page that shows the sidebar, in a frame named `sidebar`, to a browser."""
        return cast(str, self.ask("front")["address"])


def _value(outcome: Found) -> Any:
    if outcome.get("failure"):
        raise ScriptFailure(outcome["failure"])
    return outcome.get("value")


def _dated(value: object) -> Found:
    if isinstance(value, datetime):
        return {"date": value.isoformat()}
    raise TypeError(f"{type(value).__name__} is nothing that a cell or an argument can be")


def _revived(value: Any) -> Any:
    if isinstance(value, list):
        return [_revived(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"date"}:
        return datetime.fromisoformat(value["date"]) if value["date"] else None
    return {name: _revived(one) for name, one in value.items()}
