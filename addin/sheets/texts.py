"""The texts: the sources one after the other, with this service's address in them, and what Google is told of it."""

import json
from pathlib import Path

from addin.place import Place
from addin.sheets.sidebar import sidebar_text
from tabular.release import RELEASE

SCRIPT = Path(__file__).with_name("script")

SOURCES = (
    *("about", "functions", "arguments", "windows", "zones", "cells"),
    *("http", "properties", "keeping", "asking", "loading", "pages", "importing"),
    *("stamp", "signing", "catalogue", "formulas"),
    *("pins", "runs", "writing", "merging", "placing", "log"),
    *("triggers", "menu", "selftest"),
)
"""The sources in the order in which somebody reads them who has pasted them."""

_AUTH = "https://www.googleapis.com/auth"
SCOPES = (
    "openid",
    f"{_AUTH}/userinfo.email",
    f"{_AUTH}/script.external_request",
    f"{_AUTH}/spreadsheets.currentonly",
    f"{_AUTH}/script.container.ui",
    f"{_AUTH}/script.scriptapp",
)
"""What the script may do: know who signs in, ask the service, write into its own spreadsheet, show the sidebar, and run
by the clock. No list of addresses stands beside it: IMPORTJSONAPI reads whatever its formulas name."""


def code_text(place: Place) -> str:
    """The script as one text, complete without any other file."""
    text = "\n".join((SCRIPT / f"{name}.js").read_text(encoding="utf-8") for name in SOURCES)
    values = {"ADDRESS": place.address, "RELEASE": RELEASE, "SIDEBAR": sidebar_text()}
    for name, value in values.items():
        before, _, after = text.partition(f'"%{name}%"')
        text = before + json.dumps(value) + after
    return text


def manifest_text(place: Place) -> str:
    """The manifest: with it people can sign in with Google's account. Its zone is the centre's."""
    told = {
        "timeZone": place.zone,
        "dependencies": {},
        "exceptionLogging": "STACKDRIVER",
        "runtimeVersion": "V8",
        "oauthScopes": list(SCOPES),
    }
    return json.dumps(told, indent=2) + "\n"
