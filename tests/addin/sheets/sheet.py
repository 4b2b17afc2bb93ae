"""A sheet with the script in it, before a real service."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from addin import build
from addin.place import Place
from addin.sheets import code_text, manifest_text
from tabular.month import Month
from tests.addin.sheets.host import Found, Host
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, NOW, batches, moment, step

ZONE = "Europe/Rome"
WORLD = "https://tables.example.com"
"""The address that the script knows; the host finds the service behind it."""

TEXTS = ("+390432123456", "0045", "=1+1", "'quoted", "+39 0432 1", "@home", "-7", "1/2", "TRUE", " 007 ", "a\nb", None)
"""What a spreadsheet would make something else of."""

TIDY = """
function tidy() {
  const book = SpreadsheetApp.getActiveSpreadsheet();
  for (const one of ScriptApp.getProjectTriggers()) ScriptApp.deleteTrigger(one);
  for (const one of book.getNamedRanges()) one.remove();
  for (const one of book.getSheets().slice(1)) book.deleteSheet(one);
  book.getSheets()[0].clear().clearNotes().getRange("A1").activate();
  PropertiesService.getDocumentProperties().deleteAllProperties();
}
"""
"""What makes a sheet as good as new."""


def calls() -> list[dict[str, object]]:
    """Thirty steps of October and thirty of November, a few at the edges of a day in Rome."""
    times = [
        moment(f"2026-{month}-02T22:30:00") + timedelta(hours=11 * place) for month in (10, 11) for place in range(30)
    ]
    return [
        step(
            began,
            place % 2,
            place,
            cli=TEXTS[place % len(TEXTS)],
            status="HANGUP" if place % 3 else "ANSWERED",
            service=f"service {place % 4}",
            waitDuration=place * 7 if place % 5 else None,
        )
        for place, began in enumerate(times)
    ]


def contacts() -> list[dict[str, object]]:
    """Contacts with booleans and lists."""
    return [
        {"uuid": f"u{place}", "name": TEXTS[place], "vip": (True, False, None)[place % 3], "tel": [{"value": "0432"}]}
        for place in range(6)
    ]


@contextmanager
def served_at(path: Path, **settings: object) -> Iterator[Served]:
    """A service with these rows; its time is NOW."""
    services = opened_at(path / "tvox.duckdb", **settings)
    with services.store.writing("tests") as writing:
        for month in (10, 11):
            rows = [row for row in calls() if getattr(row["startTime"], "month", 0) == month]
            writing.replace(CALLS, Month(2026, month), batches(rows), services.catalogue.summary_of(CALLS))
        writing.replace(CONTACTS, None, batches(contacts(), CONTACTS))
    running = Served(services)
    try:
        yield running
    finally:
        running.close()
        services.close()


@contextmanager
def sheet_before(
    served: Served, *, locale: str = "it_IT", zone: str = ZONE, changed: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Host]:
    """A spreadsheet with the script, signed in. `changed`: pieces of its text, and what is to stand there."""
    with host_before(served, locale=locale, zone=zone, changed=changed) as host:
        host.sidebar("tvoxSignInWithKey", served.key)
        host.requests(clear=True)
        yield host


@contextmanager
def host_before(
    served: Served, *, locale: str = "it_IT", zone: str = ZONE, changed: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Host]:
    """The same, and nobody has signed in. Skips the test where there is no Node."""
    node = build.node()
    if node is None:
        pytest.skip("there is no Node 20.19 or newer here")
    place = Place(WORLD, "api_key", ZONE)
    code = code_text(place) + TIDY
    for before, after in changed.items():
        assert code.count(before) == 1, before
        code = code.replace(before, after)
    with Host(node.binary, now=NOW, locale=locale, zone=zone) as host:
        host.configure(routes={WORLD: served.address}, name="Calls")
        manifest = json.loads(manifest_text(place))
        host.load(code, manifest["oauthScopes"])
        yield host


def asked(host: Host, path: str = "") -> list[Found]:
    """The requests since the last look, those below a path."""
    return [one for one in host.requests(clear=True) if f"{WORLD}{path}" in str(one["url"])]


def renewed(host: Host, served: Served) -> Host:
    """The sheet as if it were new, signed in: what its cache holds is for another token."""
    host.configure(routes={WORLD: served.address}, locale="it_IT")
    host.call("tidy")
    host.sidebar("tvoxSignInWithKey", served.key)
    host.requests(clear=True)
    host.log(clear=True)
    return host
