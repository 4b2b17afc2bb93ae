"""What the documents show works as it is written."""

import re
from pathlib import Path

from connectors.files import Loading, read_mapping
from datamodel.catalogue import documented
from tests.commands import ROOT


def test_the_smallest_mapping_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert found is not None
    (tmp_path / "smallest.toml").write_text(found[1], encoding="utf-8")
    (tmp_path / "calls.csv").write_text("started,number,caller,waited\n2020-05-01T10:00:00,1,+39041,0:00:12\n")
    mapping = read_mapping(tmp_path / "smallest.toml", documented())
    loading = Loading(tmp_path / "calls.csv", mapping, b"secret", tmp_path / "refused.tsv")
    rows = [row for batch in loading.batches() for row in batch.to_pylist()]
    assert [(row["id"], row["cli"], row["waitDuration"]) for row in rows] == [("1588320000.1", "+39041", 12)]


def test_the_example_mapping_is_a_mapping() -> None:
    mapping = read_mapping(ROOT / "examples" / "anonymous_bank_1999.toml", documented())
    assert mapping.table.name == "inboundCalls"
