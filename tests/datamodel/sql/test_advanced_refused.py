"""What no advanced query may do is refused: one sentence, a code, soon, and no file is touched."""

import os
import sys
import threading
from pathlib import Path
from time import perf_counter

import pytest

from store.patience import Patience
from tabular.errors import TablesError
from tests.datamodel.sql.asked import Asked
from tests.datamodel.sql.refused import REFUSED

SECONDS = 1.5
_OPENED: list[str] = []
_WATCHING = threading.Event()


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _WATCHING.is_set() and isinstance(arguments[0], str | bytes):
        name = os.fsdecode(arguments[0])
        # A module that is loaded when it is first needed is no file of a statement's.
        if not name.endswith((".py", ".pyc", ".so")):
            _OPENED.append(name)


sys.addaudithook(_watch)


@pytest.mark.parametrize(("statement", "code"), REFUSED, ids=lambda value: str(value)[:60])
def test_a_statement_is_refused(statement: str, code: str, asked: Asked, tmp_path: Path) -> None:
    asked.answer("SELECT COUNT(*) FROM ast_calls_202005")
    os.chdir(tmp_path)
    patience = Patience(SECONDS)
    ending = threading.Timer(SECONDS, patience.end)
    open_before = _open_files()
    _OPENED.clear()
    _WATCHING.set()
    ending.start()
    began = perf_counter()
    try:
        with pytest.raises(TablesError) as refused:
            asked.answer(statement, patience=patience)
    finally:
        ending.cancel()
        _WATCHING.clear()
        os.chdir("/")
    assert refused.value.code.startswith(code), str(refused.value)
    assert perf_counter() - began < SECONDS + 3
    said = refused.value.message
    assert said.endswith(".")
    assert len(said) < 250
    assert "\n" not in said
    assert "mdb_" not in said
    assert _OPENED == []
    assert _open_files() == open_before
    assert list(tmp_path.iterdir()) == []
    assert not Path("/tmp/tvox-refused").exists()  # noqa: S108 (what the statements name)


def test_enough_is_refused() -> None:
    assert len(REFUSED) >= 60


def test_the_nearest_name_is_told(asked: Asked) -> None:
    for statement, name in (
        ("SELECT DATEDIF('2020-01-01', '2020-01-02')", '"DATEDIFF"'),
        ("SELECT clii FROM ast_calls_202005", '"cli"'),
        ("SELECT cli FROM ast_cals_202005", '"ast_calls_202005"'),
    ):
        with pytest.raises(TablesError) as refused:
            asked.answer(statement)
        assert name in (refused.value.hint or "")


def _open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0
