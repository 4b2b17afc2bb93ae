"""When patience ends, the engine stops working for it."""

import threading
from pathlib import Path

import duckdb
import pytest

from datamodel.catalogue import documented
from store.patience import Patience
from store.store import Store
from tabular.errors import TookTooLong
from tabular.search import Search
from tests.steps import CALLS, SUMMARIES, batches, moment, step

ENDLESS = "SELECT sum(sqrt(a.range * b.range)) FROM range(1_000_000) a, range(1_000_000) b"


def test_a_working_engine_is_interrupted() -> None:
    patience, refused = Patience(seconds=7), []

    def work() -> None:
        with duckdb.connect() as connection:
            try:
                with patience.lent_to(connection):
                    connection.execute(ENDLESS).fetchall()
            except TookTooLong as error:
                refused.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive():
        patience.end()
    assert [str(error) for error in refused] == [str(TookTooLong(7))]


def test_nothing_begins_once_it_has_ended(tmp_path: Path) -> None:
    patience = Patience(seconds=7)
    patience.end()
    with Store(tmp_path / "tvox.duckdb", tables=tuple(documented())) as store:
        with store.writing("test") as writing:
            writing.merge(CALLS, batches([step(moment("2020-05-01T08:00:00"))]), SUMMARIES)
        (partition,) = store.partitions(CALLS.name)
        search = Search(CALLS, partition.month)
        with pytest.raises(TookTooLong, match="7 seconds"):
            store.count(search, partition, store.version, patience)
        assert store.count(search, partition, store.version, Patience()) == 1
