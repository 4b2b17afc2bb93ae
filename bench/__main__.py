"""Runs every benchmark, or those named: `python -m bench rows`."""

import os
import platform
import sys
import tempfile
from importlib import import_module
from pathlib import Path

BENCHMARKS = (
    "rows",
    "filling",
    "datamodel",
    "formats",
    "mirror",
    "peers",
    "powerquery",
    "cap",
    "tables",
    "jsonpath",
    "push",
    "advanced",
)


def main() -> int:
    """Print a line for each figure; 1 if a limit was missed."""
    missed = held = 0
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians, with the least and the most\n")
    for name in sys.argv[1:] or BENCHMARKS:
        with tempfile.TemporaryDirectory() as folder:
            for figure in import_module(f"bench.{name}").figures(Path(folder)):
                print(figure.line(), flush=True)
                missed += figure.holds is False
                held += figure.holds is True
    print(f"\n{missed} limits missed, {held} held")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
