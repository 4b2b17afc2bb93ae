"""Paths that were made to take forever or all memory: each ends soon, with rows or a refusal that says why."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tabular.jsonpath.limits import MOST_NODES
from tests.tabular.jsonpath.bombs import BOMBS

MOST_MEGABYTES = 256
Ends = list[tuple[str, object, float]]

_ASKING = """
import json, resource, sys, time
from tabular.errors import TablesError
from tabular.jsonpath import Budget, Dialect, compiled
from tests.tabular.jsonpath.bombs import BOMBS, document

def size():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmSize")).split()[1]) * 1024

megabytes, nodes = map(int, sys.argv[1:])
kinds = {bomb.document: document(bomb.document) for bomb in BOMBS}
compiled("$[?match(@.a, 'a')]", "@").pluck([{"a": "a"}])
compiled("$", "@", Dialect.NG).pluck(1)
resource.setrlimit(resource.RLIMIT_AS, (size() + megabytes * 2**20,) * 2)
for bomb in BOMBS:
    began = time.process_time()
    try:
        end = len(compiled(bomb.rows, bomb.columns, bomb.dialect).pluck(kinds[bomb.document], Budget(nodes))[0])
    except TablesError as refused:
        end = type(refused).__name__
    print(json.dumps([bomb.rows[:60], end, time.process_time() - began]), flush=True)
"""


def ends(nodes: int) -> Ends:
    """How each bomb ended with so large a budget, in a process that may take 256 MB more than it began with, and the
    processor's seconds."""
    root = Path(__file__).resolve().parents[3]
    words = [sys.executable, "-c", _ASKING, str(MOST_MEGABYTES), str(nodes)]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def test_every_bomb_ends_with_rows_or_a_reason() -> None:
    # An eighth of the budget shows that it holds; the whole is for `make prove`, and bench/jsonpath.py times it.
    found = ends(MOST_NODES // 8)
    assert [end for _, end, _ in found] == [bomb.end for bomb in BOMBS]
    assert [told for told in found if told[2] > 1] == []


@pytest.mark.prove
def test_every_bomb_ends_within_two_seconds_of_the_whole_budget() -> None:
    found = ends(MOST_NODES)
    assert [end for _, end, _ in found] == [bomb.end for bomb in BOMBS]
    assert [told for told in found if told[2] > 2] == []
