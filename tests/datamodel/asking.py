"""The engine beside the plain reading: the same rows, the same documents, and what of their answers must agree."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from answers.datamodel import DataModel
from datamodel.catalogue import documented
from datamodel.documents import Document
from store.store import Store
from tests.copies import unwritten
from tests.datamodel.drawn import Drawn
from tests.datamodel.drawn_histories import Write
from tests.datamodel.plain import Plain
from tests.steps import Row, batches

KEY = "name of the key"
FRACTION = re.compile(r'(?<="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.0+|(\.\d*[1-9])0+)(?=Z")')

Response = dict[str, Any]


def asked(model: DataModel, drawn: Drawn) -> Response:
    """What the engine answers."""
    document = Document(drawn.source, drawn.variables, drawn.operation)
    response: Response = json.loads(model.answer(document, documented(), KEY).body)
    return response


@dataclass(frozen=True)
class Shelf:
    """The same rows in a store, which one engine answers about throughout, and in the plain reading."""

    store: Store
    model: DataModel
    plain: Plain

    def write(self, writes: Iterable[Write]) -> None:
        """Do what the writes say to both, in one transaction."""
        with self.store.writing("test") as writing:
            for write in writes:
                table = documented().table(write.table)
                rows: list[Row] = list(write.rows)
                if write.merged:
                    writing.merge(table, batches(rows, table), documented().summary_of(table))
                    self.plain.merge(write.table, rows)
                else:
                    writing.replace(table, write.month, batches(rows, table), documented().summary_of(table))
                    self.plain.replace(write.table, write.month, rows)

    def expected(self, drawn: Drawn) -> Response:
        """What the plain reading answers."""
        return self.plain.answer(drawn.source, drawn.variables, drawn.operation)

    def disagreement(self, drawn: Drawn, expected: Response | None = None) -> str:
        """Where the two answers to a document differ, in words; nothing where they agree."""
        expected = expected or self.expected(drawn)
        answered = asked(self.model, drawn)
        ours, theirs = comparable(expected), comparable(answered)
        if ours == theirs:
            return ""
        same = next((n for n, pair in enumerate(zip(ours, theirs, strict=False)) if len(set(pair)) > 1), 0)
        said = f"variables {json.dumps(drawn.variables, ensure_ascii=False)} operation {drawn.operation}"
        around = slice(max(0, same - 200), same + 300)
        errors = f"errors {expected.get('errors')} and {answered.get('errors')}"
        return "\n".join([drawn.source, said, f"expected {ours[around]}", f"answered {theirs[around]}", errors])


def comparable(response: Mapping[str, Any]) -> str:
    """What of two responses must be the same: the data with its keys in order, and where there are errors.

    Times are compared as instants, whatever zeros end their fractions. The sentences of errors may differ, and so may
    the number of those before execution.
    """
    data = FRACTION.sub(r"\1", json.dumps(response["data"], ensure_ascii=False)) if "data" in response else "none"
    paths = [error.get("path") for error in response.get("errors", [])]
    return f"{data}\n{[path for number, path in enumerate(paths) if path not in paths[:number]]}"


@contextmanager
def shelf(transactions: Iterable[Iterable[Write]] = ()) -> Iterator[Shelf]:
    """A store of its own with its plain reading, after some writes."""
    with TemporaryDirectory() as folder, Store(Path(folder) / "tvox.duckdb", threads=1) as store:
        made = Shelf(store, DataModel(store), Plain(KEY))
        for writes in transactions:
            made.write(writes)
        yield made
        unwritten(store)
