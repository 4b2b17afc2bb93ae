"""Filling: how soon the demo centre stands, and how fast a large one is made."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.service import ROOT, Service


def figures(folder: Path) -> Iterator[Figure]:
    """`serve` with an empty store until it is ready; `demo` of twelve months of 200,000 calls."""
    starts = []
    for number in range(3):
        began = time.perf_counter()
        with Service("main.py", "serve", "--port", "0", "--store", str(folder / f"start{number}.duckdb")):
            starts.append(time.perf_counter() - began)
    yield Figure("an empty store until three months of 5,000 calls are served", "s", starts, at_most=5)
    words = ["demo", "--months", "12", "--calls-per-month", "200000", "--store", str(folder / "large.duckdb")]
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "main.py", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    whole = time.perf_counter() - began
    rows = int(re.sub(r"\D", "", re.findall(r"([\d,]+) rows in", done.stdout)[0]))
    speed = int(re.sub(r"\D", "", re.findall(r"\(([\d,]+) rows/s\)", done.stdout)[0]))
    yield Figure("12 months of 200,000 calls made and stored, as the command says", "rows/s", [speed], at_least=100_000)
    yield Figure("  the same with the start and end of the process", "rows/s", [rows / whole])
