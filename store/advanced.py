"""The engine of advanced queries: in memory, apart from the store, and closed to everything but the rows it is given.

It opens no file, loads no extension, and its settings cannot be changed. A statement sees the tables that are lent to
it under names of ours, and nothing else; when its time is over it is interrupted.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import closing

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType

from store.advanced_macros import FAILED, FUNCTIONS, macros
from store.patience import Patience
from tabular.errors import StatementFailed

_LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "python_scan_all_frames": "false",
    "default_null_order": "nulls_first_on_asc_last_on_desc",
    "temp_directory": "",
    "max_expression_depth": "2000",
}

_OUT_OF_RANGE = re.compile(r"out of range|overflow|could not be cast|could not convert|conversion error", re.IGNORECASE)


class Advanced:
    """One engine for all advanced queries of a service; any number of threads may ask it.

    `functions` are those of one text that the macros need, by their names in FUNCTIONS.
    """

    def __init__(
        self, functions: Mapping[str, Callable[[str], str]], memory: str = "512MB", threads: int | None = None
    ) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {**_LOCKED, "memory_limit": memory}
        if threads is not None:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        for name in FUNCTIONS:
            self._connection.create_function(
                name, _vectorised(functions[name]), ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW
            )
        for macro in macros():
            self._connection.execute(macro)
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Close it; what runs ends with an error."""
        self._connection.close()

    def answer(
        self,
        sql: str,
        literals: Mapping[str, str],
        tables: Mapping[str, pa.Table],
        patience: Patience | None = None,
    ) -> pa.Table:
        """The rows of a statement over the tables that are lent to it by name.

        Raises TookTooLong and StatementFailed.
        """
        waits = patience or Patience()
        with closing(self._connection.cursor()) as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            try:
                with waits.lent_to(cursor):
                    return cursor.execute(sql, dict(literals) or None).to_arrow_table()
            except duckdb.OutOfMemoryException as failure:
                raise StatementFailed("it needs more memory than advanced queries may use") from failure
            except duckdb.InterruptException:
                raise
            except duckdb.Error as failure:
                raise StatementFailed(_problem(str(failure))) from failure


def _vectorised(function: Callable[[str], str]) -> Callable[[pa.Array], pa.Array]:
    def answer(texts: pa.Array) -> pa.Array:
        return pa.array([None if text is None else function(text) for text in texts.to_pylist()], pa.string())

    return answer


def _problem(said: str) -> str:
    """What the engine says, in words of the person who asked: nothing of its own SQL is told."""
    _, begins, sentence = said.partition(FAILED)
    if begins:
        return sentence.splitlines()[0]
    if "More than one row returned by a subquery" in said:
        return "a sub-query in the place of a value gives more than one row"
    if _OUT_OF_RANGE.search(said):
        return "a number or a date is out of the range that it may have"
    if "expression depth" in said.lower():
        return "its expressions are nested too deeply"
    if "regex" in said.lower() or "escape" in said.lower():
        return "a pattern is not understood"
    return "its parts cannot be combined in this way"
