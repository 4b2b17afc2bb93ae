"""Small logs and mappings for tests: written to a folder, and loaded as the command would."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from connectors.files import Loading, Mapping, Report, read_mapping
from datamodel.catalogue import documented
from store.layout import arrow_schema

SECRET = b"a store's secret"
HEAD = 'table = "inboundCalls"\nzone = "Europe/Rome"\n'
KEYS = 'id = "call_id"\nstep = 0\n'


@dataclass(frozen=True)
class Loaded:
    """What came of a log: rows as dicts (only fields that have a value), the report, and the refused lines as text."""

    rows: list[dict[str, object]]
    report: Report
    refused: str | None
    progress: list[tuple[int, int]]


def mapping(folder: Path, fields: str = "", head: str = HEAD, names: str = "") -> Mapping:
    """A mapping of calls: `fields` are further lines of [columns], `names` those of [names]."""
    path = folder / "mapping.toml"
    path.write_text(f"{head}\n[names]\n{names}\n[columns]\n{KEYS}{fields}\n", encoding="utf-8")
    return read_mapping(path, documented())


def load(folder: Path, content: str | bytes, by: Mapping, name: str = "log.csv") -> Loaded:
    """Load a log that says `content`."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_file(file, by, folder)


def load_file(file: Path, by: Mapping, folder: Path) -> Loaded:
    """Load a file that is there; every batch has the layout of the table."""
    refused_to = folder / "refused.tsv"
    refused_to.unlink(missing_ok=True)
    progress: list[tuple[int, int]] = []
    loading = Loading(file, by, SECRET, refused_to, lambda done, of: progress.append((done, of)))
    batches = list(loading.batches())
    for batch in batches:
        batch.validate(full=True)
    table = pa.Table.from_batches(batches, schema=arrow_schema(by.table))
    rows = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    refused = refused_to.read_text(encoding="utf-8") if refused_to.exists() else None
    report = loading.report
    assert report.read == report.loaded + sum(report.left_out.values()) + report.refused
    assert report.loaded == len(rows)
    return Loaded(rows, report, refused, progress)
