"""SAP CAP as a peer of the OData feed: its project in peer_cap/, installed with npm, filled with rows, and served.

`python -m bench.peer_odata` installs it, as `make bench` does.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from json import dumps
from pathlib import Path

from addin.build import Node, node
from bench.peers import Peer
from bench.service import ROOT

PROJECT = ROOT / "bench" / "peer_cap"
TABLE = "Centre_inboundCalls"
INDEXES = ("startTime", "status, startTime")
"""For spans of time, alone and of a status: CAP deploys none but that of the key."""

COVERING = "service, status, waitDuration"
"""One that answers one question of groups by itself."""

_INSTALLED = PROJECT / "node_modules" / ".package-lock.json"
_WANTED = PROJECT / "package-lock.json"


def found() -> Node | None:
    """The Node for it, None where there is none or the packages that the lock file names are not installed."""
    fresh = _INSTALLED.exists() and _INSTALLED.stat().st_mtime >= _WANTED.stat().st_mtime
    return node() if fresh else None


def filled(cap: Node, path: Path, names: list[str], rows: Iterable[list[object]]) -> None:
    """Let CAP make its tables in a new file, and put rows of these columns there.

    Times are text such as `2026-01-31T08:00:00Z`. Raises AssertionError if CAP's columns are other ones.
    """
    words, environment = _program(cap, "cds-deploy", path)
    subprocess.run(words, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(path) as database:
        described = {str(row[1]): str(row[2]) for row in database.execute(f"PRAGMA table_info({TABLE})")}
        assert list(described) == names, described
        times = [place for place, name in enumerate(names) if described[name] == "TIMESTAMP_TEXT"]
        places = ",".join("?" * len(names))
        database.executemany(f"INSERT INTO {TABLE} VALUES ({places})", (_written(row, times) for row in rows))
    database.close()


def indexed(path: Path, copy: Path, indexes: Iterable[str]) -> None:
    """Copy such a file that nobody serves yet, and give the copy these indexes of its columns."""
    shutil.copyfile(path, copy)
    with sqlite3.connect(copy) as database:
        for columns in indexes:
            database.execute(f'CREATE INDEX "{columns}" ON {TABLE} ({columns})')
        database.execute("ANALYZE")
    database.close()


def served(cap: Node, path: Path) -> Peer:
    """CAP over that file, as in production."""
    words, environment = _program(cap, "cds-serve", path)
    return Peer([*words, "--port", "PORT"], "/odata/", environment, PROJECT)


def _written(row: list[object], times: list[int]) -> list[object]:
    """The row with its times as CAP writes them, for it compares text."""
    for place in times:
        if row[place] is not None:
            row[place] = f"{str(row[place]).removesuffix('Z')}.000Z"
    return row


def _program(cap: Node, name: str, path: Path) -> tuple[list[str], dict[str, str]]:
    settings = {"requires": {"db": {"credentials": {"url": str(path)}}}}
    environment = os.environ | {"NODE_ENV": "production", "CDS_CONFIG": dumps(settings)}
    return [str(cap.binary), str(PROJECT / "node_modules" / ".bin" / name)], environment


def main() -> int:
    """Install what the lock file names, and succeed even where that cannot be done: then its lines say so."""
    if found() is not None:
        return 0
    fitting = node()
    if fitting is not None:
        path = os.pathsep.join([str(fitting.binary.parent), os.environ.get("PATH", "")])
        environment = os.environ | {"PATH": path, "npm_config_loglevel": "error"}
        if subprocess.run([*fitting.npm, "ci"], cwd=PROJECT, env=environment).returncode == 0:
            _INSTALLED.touch()
            return 0
    why = "npm could not install it" if fitting else "there is no Node 20.19 or newer here"
    print(f"SAP CAP is not measured beside: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
