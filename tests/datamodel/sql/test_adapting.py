"""A store of a release that knew no SQL tables is given them: views at once, the demo's own when it is filled."""

from pathlib import Path

from answers.filling import fill
from datamodel.catalogue import data_model, documented
from datamodel.demo import DemoCentre
from datamodel.sql.tables import SQL_TABLES
from store.store import Store
from tests.datamodel.sql.centre import AT
from tests.steps import columns


def test_an_older_demo_store_is_given_what_it_lacks(tmp_path: Path) -> None:
    path, centre = tmp_path / "tvox.duckdb", DemoCentre(150, now=AT, months=2)
    with Store(path, tables=tuple(data_model())) as older:
        fill(centre, older, data_model())
        before = {name: older.partitions(name) for name in data_model().names}
        steps = columns(older, data_model().table("inboundCalls"))
    with Store(path, tables=tuple(documented())) as store:
        seen = columns(store, documented().table("ast_calls"), "uniqueid", "step", "priorita_agente")
        assert len(seen) >= len(steps)
        assert seen["priorita_agente"].null_count == len(seen), "nobody had said"
        assert columns(store, documented().table("tickets")).num_rows == 0
        fill(centre, store, documented())
        for declared in SQL_TABLES:
            table = documented().table(declared.name)
            assert declared.name == "links" or columns(store, table).num_rows, declared.name
        assert columns(store, data_model().table("inboundCalls")).equals(steps), "rows are what they were"
        over = [one for one in before["inboundCalls"] if one.month and str(one.month) == "2026-10"]
        assert [one.version for one in store.partitions("inboundCalls")][:1] == [one.version for one in over]
        assert fill(centre, store, documented()).of == 4 + 6, "the open month of channels and of monthly tables"
