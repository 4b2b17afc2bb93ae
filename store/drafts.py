"""Drafts: the pages of a month that is still being fetched, on disk beside the store, so that a kill loses none."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from store.layout import arrow_schema
from tabular.month import Month
from tabular.table import Table

KEPT = timedelta(days=1)
"""How long a draft is worth going on with: after that its first pages say little of the month."""

_FACTS = b"tvox"


@dataclass(frozen=True, slots=True)
class Drafted:
    """What is known of a page without reading its rows: where it begins, its elements, the rows, what the month held
    then, when it was asked for (UTC), whether no page follows, and whether its last interaction may go on there."""

    offset: int
    elements: int
    rows: int
    held: int | None
    sent: datetime
    is_last: bool
    is_cut: bool


class Draft:
    """The pages of one month so far, each one file: there whole, or not at all."""

    def __init__(self, folder: Path, table: Table) -> None:
        self._folder = folder
        self._schema = arrow_schema(table)
        self.pages: list[Drafted] = []
        for file in sorted(folder.glob("*.arrow")):
            page = self._known(file)
            if page is None or page.offset != self.next:
                break
            self.pages.append(page)

    @property
    def next(self) -> int:
        """Where the next page begins."""
        return self.pages[-1].offset + self.pages[-1].elements if self.pages else 0

    @property
    def began(self) -> datetime | None:
        """When the first page was asked for; None before that."""
        return self.pages[0].sent if self.pages else None

    @property
    def rows(self) -> int:
        """How many rows the pages hold."""
        return sum(page.rows for page in self.pages)

    def add(self, page: Drafted, rows: pa.RecordBatch) -> None:
        """Keep a page. The file gets its name once it is whole."""
        self._make_folder()
        file = self._file(page.offset)
        being_written = file.with_suffix(".part")
        told = json.dumps(asdict(page) | {"sent": page.sent.isoformat()}).encode()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        schema = self._schema.with_metadata({_FACTS: told})
        with pa.OSFile(str(being_written), "wb") as sink, pa.ipc.new_file(sink, schema, options=options) as writer:
            writer.write_batch(rows.replace_schema_metadata({_FACTS: told}))
        being_written.replace(file)
        self.pages.append(page)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows of the pages, a page at a time."""
        for page in self.pages:
            yield self._rows(page)

    def column(self, name: str) -> pa.ChunkedArray:
        """One field of all rows, without the cost of reading the others."""
        only = pa.ipc.IpcReadOptions(included_fields=[self._schema.get_field_index(name)])
        chunks = []
        for page in self.pages:
            with pa.OSFile(str(self._file(page.offset)), "rb") as file, pa.ipc.open_file(file, options=only) as reader:
                chunks.append(reader.get_batch(0).column(0))
        return pa.chunked_array(chunks, self._schema.field(name).type)

    def first_rows(self) -> pa.RecordBatch:
        """The rows of the first page."""
        return self._rows(self.pages[0])

    def last_rows(self) -> pa.RecordBatch:
        """The rows of the last page."""
        return self._rows(self.pages[-1])

    def discard(self) -> None:
        """Forget the pages."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):  # other drafts lie there
            self._folder.parent.rmdir()
        self.pages = []

    def _make_folder(self) -> None:
        while True:
            try:
                return self._folder.mkdir(parents=True, exist_ok=True)
            except (FileNotFoundError, FileExistsError):
                # Another draft was the last one there, and removed what held them, in this very moment: before this
                # one was made in it, or before it was seen that it is there.
                if any(one.exists() and not one.is_dir() for one in (self._folder, self._folder.parent)):
                    raise

    def _rows(self, page: Drafted) -> pa.RecordBatch:
        with pa.OSFile(str(self._file(page.offset)), "rb") as file, pa.ipc.open_file(file) as reader:
            return reader.get_batch(0).replace_schema_metadata(None)

    def _file(self, offset: int) -> Path:
        return self._folder / f"{offset:010d}.arrow"

    def _known(self, file: Path) -> Drafted | None:
        """What a file says of itself; None for one that is not of this table's layout or cannot be read."""
        try:
            with pa.OSFile(str(file), "rb") as source, pa.ipc.open_file(source) as reader:
                schema = reader.schema
            facts = json.loads((schema.metadata or {}).get(_FACTS, b"null"))
            if facts is None or not schema.remove_metadata().equals(self._schema):
                return None
            return Drafted(**facts | {"sent": datetime.fromisoformat(facts["sent"])})
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid):
            return None


class Drafts:
    """The drafts of a store, in a folder beside it."""

    def __init__(self, store: Path) -> None:
        self._folder = store.with_name(f"{store.name}.drafts")

    def of(self, table: Table, month: Month | None, now: datetime) -> Draft:
        """The draft of a month, as far as it is: empty where there is none, or none that is worth going on with."""
        draft = Draft(self._folder / f"{table.name}@{month or 'all'}", table)
        if draft.began is None or now - draft.began > KEPT:
            draft.discard()
        return draft

    def sweep(self, now: datetime) -> int:
        """Remove the drafts that nobody has added to for long; how many."""
        removed = 0
        for folder in self._folder.glob("*@*"):
            if folder.stat().st_mtime < (now - KEPT).timestamp():
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        return removed
