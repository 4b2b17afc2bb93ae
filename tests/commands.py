"""The command line as a person runs it: in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BANK = ROOT.parent / "shared" / "data" / "anonymous_bank_1999"
BANK_MAPPING = ROOT / "examples" / "anonymous_bank_1999.toml"


def command(store: Path, *words: object) -> list[str]:
    """The words of a command on a store."""
    return [sys.executable, str(ROOT / "main.py"), *map(str, words), "--store", str(store)]


def environment() -> dict[str, str]:
    """This machine's environment without settings of the service."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TVOX_")}


def run(store: Path, *words: object, fails: bool = False) -> str:
    """What a command prints; it must end as expected."""
    done = subprocess.run(
        command(store, *words),
        capture_output=True,
        text=True,
        check=False,
        cwd=store.parent,
        env=environment(),
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, said
    assert "Traceback" not in said
    return said


def started(store: Path, *words: object, **settings: object) -> subprocess.Popen[str]:
    """A command that runs on, with these settings."""
    return subprocess.Popen(
        command(store, *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=store.parent,
        env=environment() | {f"TVOX_{name.upper()}": str(value) for name, value in settings.items()},
        stdin=subprocess.DEVNULL,
    )
