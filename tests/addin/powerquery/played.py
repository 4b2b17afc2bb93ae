"""A centre for the M texts, what is asked of them, and the program that plays Power Query's part."""

import json
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from addin import build
from addin.place import Place
from addin.powerquery import Variant, clock_of, library_text, query_text
from datamodel.catalogue import documented
from datamodel.sql.tables import BY_NAME
from tabular.table import Table
from tests.serving import Served
from tests.steps import NOW, moment, step

PROGRAM = build.WEB / "conformance" / "mashup" / "main.js"
PAGE = 25
"""Rows of a page, so that months have several."""

ZONE = "Europe/Rome"
BOUNDS = ["2026-08-01", "2026-09-01", "2026-10-01", "2026-10-15", "2026-11-01", "2026-12-01"]
"""Where Power BI cuts a table into parts."""

TRICKY = "Niccolò D'Àvila"
USERS = (TRICKY, 'Zoë "la" Però', "a, b; c", "uno\r\ndue\n", None, "", " 007 ", "=1+1", "#(lf)")

Found = dict[str, Any]


def calls() -> list[dict[str, object]]:
    """Steps of three months, some at the edges of a month in Rome and in the hour that autumn has twice."""
    times = [moment("2026-08-31T21:59:59.5") + timedelta(hours=11 * place) for place in range(160)]
    edges = ("2026-09-30T21:59:59.999", "2026-09-30T22:00:00", "2026-10-31T22:59:59", "2026-10-31T23:00:00")
    times += [moment(text) for text in (*edges, "2026-10-25T00:30:00", "2026-10-25T01:30:00")]
    return [
        step(
            began,
            place % 3,
            place,
            user=USERS[place % len(USERS)],
            cli=f"+39{place:05}" if place % 4 else "0432",
            waitDuration=place * 7 % 90 if place % 5 else None,
            sentiment=place % 5 - 2,
            endTime=began + timedelta(seconds=place * 37, milliseconds=250 * (place % 3)) if place % 6 else None,
        )
        for place, began in enumerate(sorted(times))
    ]


def contacts() -> list[dict[str, object]]:
    """Contacts with telephones, more than a page."""
    return [
        {
            "uuid": f"u{place:03}",
            "name": USERS[place % len(USERS)],
            "vip": (True, False, None)[place % 3],
            "tel": [{"value": f"+39{place}{number}", "type": "WORK"} for number in range(place % 3)],
        }
        for place in range(2 * PAGE)
    ]


def variants(table: Table) -> list[Variant]:
    """The variants that a table has."""
    return [one for one in Variant if not one.is_incremental or clock_of(table, one) is not None]


_SQL = ("ast_calls", "ast_pd_history", "smartrec", "t4you_global_addressbook", "groups_users", "ticket_articles")
"""SQL tables of every kind: what holds for these holds for the others."""

FED = [table for table in documented() if table.name not in BY_NAME or table.name in _SQL]
TEXTS = [(table.name, variant) for table in FED for variant in variants(table)]


def literal(text: str) -> str:
    """A text as somebody writes it in the editor."""
    return '"' + text.replace("#(", "#(#)(").replace('"', '""') + '"'


def questions(served: Served, place: Place) -> dict[str, Found]:
    """What is evaluated, by name."""
    catalogue = served.services.catalogue
    of = {(name, variant): query_text(catalogue.table(name), place, variant) for name, variant in TEXTS}
    rows, parts = of["inboundCalls", Variant.ROWS], of["inboundCalls", Variant.INCREMENTAL]
    september = {"From": literal("2026-09-01"), "To": literal("2026-10-31")}
    library = {"queries": {"TVox": library_text(place)}}
    asked: dict[str, Found] = {
        "unedited": {"text": rows},
        "months": {"text": rows, "steps": september},
        "empty": {"text": rows, "steps": {"From": literal("2025-01-01"), "To": literal("2025-12-31")}},
        "chosen": {
            "text": rows,
            "steps": september
            | {
                "Columns": '{"user", "startTime", "cli"}',
                "Filter": literal("user eq 'Niccolò D''Àvila' or cli eq '0432'"),
            },
        },
        "one": {"text": rows, "steps": {"Columns": '{"user"}'}},
        "zone": {"text": rows, "steps": {"From": literal("2026-10-31T20:00"), "Zone": literal("America/New_York")}},
        "contacts": {"text": of["addressBookContacts", Variant.ROWS]},
        "telephones": {"text": of["addressBookContactTels", Variant.ROWS]},
        "summaries": {"text": of["inboundCallSummaries", Variant.ROWS]},
        "wrong": {"text": rows, "steps": {"Columns": '{"nobody"}'}},
        "listed": {"text": "TVox[Tables]()", **library},
        "described": {"text": 'TVox[Columns]("inboundCalls")', **library},
        "called": {
            "text": 'TVox[Rows]("inboundCalls", [month = "2026-10", columns = "id,sentiment,endTime"])',
            **library,
        },
        "all": {"text": 'TVox[Rows]("addressBookContacts")', **library},
        "between": {
            "text": 'TVox[Between]("inboundCalls", #datetime(2026, 10, 1, 0, 0, 0), #datetime(2026, 11, 1, 0, 0, 0))',
            **library,
        },
    }
    for since, until in pairwise(BOUNDS):
        part = {"parameters": {"RangeStart": f"{since}T00:00:00", "RangeEnd": f"{until}T00:00:00"}}
        asked[f"part {since}"] = {"text": parts} | part
        asked[f"fed {since}"] = {"text": of["inboundCalls", Variant.FEED_INCREMENTAL]} | part
    for table in FED:
        asked[f"feed {table.name}"] = {"text": of[table.name, Variant.FEED]}
    return asked


def play(node: Path, served: Served, texts: Mapping[str, str], evaluations: Mapping[str, Found]) -> Found:
    """What the program says to texts and evaluations, all in one process; the clock stands at NOW."""
    task = {"texts": texts, "evaluations": evaluations, "outside": ["RangeStart", "RangeEnd"]}
    task |= {"key": served.key, "now": NOW.isoformat().replace("+00:00", "Z")}
    said = subprocess.run([node, PROGRAM], input=json.dumps(task), capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr
    assert not said.stderr
    return cast(Found, json.loads(said.stdout))
