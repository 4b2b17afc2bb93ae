"""A Loading reads one file by one mapping: batches of rows, and a report of what became of each line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connectors.files.columns import Columns, check_header, header_of
from connectors.files.decoding import whole_lines
from connectors.files.expression import Block, any_true
from connectors.files.mapping import Mapping
from connectors.files.opening import Progress, read_chunks
from connectors.files.records import Records, Refused, split
from connectors.files.refusals import Refusals
from connectors.files.targets import fill
from tabular.errors import FileUnreadable


@dataclass
class Report:
    """What became of a file's lines: read = loaded + left out + refused. The header and empty lines are not counted.

    `left_out` counts by condition and `repaired` by the formula that changed a value, both as the mapping writes them;
    repairs are counted in loaded rows alone. `first_refused` is the first refused line and its reason.
    """

    read: int = 0
    loaded: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    first_refused: str | None = None


def _unwatched(done: int, total: int) -> None:
    """Progress that nobody looks at."""


class Loading:
    """The rows that a mapping makes of a file.

    `secret` keys the function hash. Refused lines are written to `refused_to` (`line<TAB>reason<TAB>the raw line`),
    when all is read and if there are any. `progress` is told the bytes of the file read so far, and in all.
    """

    def __init__(
        self, file: Path, mapping: Mapping, secret: bytes, refused_to: Path, progress: Progress = _unwatched
    ) -> None:
        self._file = file
        self._mapping = mapping
        self._secret = secret
        self._refused_to = refused_to
        self._progress = progress
        self.report = self._fresh_report()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, in the layout of the table (`store.layout.arrow_schema`), in the order of the file.

        The file is read block by block; `report` is complete when the last batch was taken. Raises FileUnreadable.
        """
        self.report = self._fresh_report()
        with Refusals(self._refused_to) as refusals:
            for records, columns in self._blocks():
                batch = self._batch(records, columns, refusals)
                if batch.num_rows:
                    yield batch
            refusals.keep()

    def _fresh_report(self) -> Report:
        mapping = self._mapping
        return Report(left_out=dict.fromkeys(mapping.leave_out, 0), repaired=dict.fromkeys(mapping.repairs, 0))

    def _blocks(self) -> Iterator[tuple[Records, Columns]]:
        mapping, layout = self._mapping, self._mapping.layout
        lines = whole_lines(read_chunks(self._file, self._progress), layout.encoding, self._file)
        columns = None
        if layout.names is not None:
            columns = Columns(layout.names, mapping.reads, layout, has_header=False)
        empty = True
        for records in split(lines, layout.separator, layout.quote):
            empty = empty and not len(records) and not records.refused
            if columns is None and not empty:
                columns, records = self._after_header(records)
            if columns is not None and (len(records) or records.refused):
                yield records, columns
        if empty or columns is None:
            raise FileUnreadable(str(self._file), "there is no line with text in it")

    def _after_header(self, records: Records) -> tuple[Columns, Records]:
        mapping, layout = self._mapping, self._mapping.layout
        if records.refused and (not len(records) or records.refused[0].line < records.lines[0]):
            raise FileUnreadable(str(self._file), f"its header line cannot be split: {records.refused[0].reason}")
        names = header_of(records, layout)
        check_header(names, mapping.reads, layout, self._file)
        return Columns(names, mapping.reads, layout, has_header=True), records.slice(1)

    def _batch(self, records: Records, columns: Columns, refusals: Refusals) -> pa.RecordBatch:
        """The rows of some records; everything else that becomes of them goes into the report."""
        report = self.report
        report.read += len(records) + len(records.refused)
        raw, records, misshapen = columns.read(records)
        refused = [*records.refused, *misshapen]
        block = Block(raw, len(records), self._secret)
        block, records = self._leave_out(block, records, refused)
        filled = fill(self._mapping.table, self._mapping.targets, block)
        batch, repairs = filled.batch, dict(filled.repairs)
        if filled.faults is not None:
            right = pc.is_null(filled.faults)
            refused += _refusals(records, filled.faults)
            batch = batch.filter(right)
            repairs = {label: pc.and_(changed, right) for label, changed in repairs.items()}
        for label, changed in repairs.items():
            report.repaired[label] += int(pc.sum(changed).as_py() or 0)
        report.loaded += batch.num_rows
        refusals.add(refused)
        report.refused, report.first_refused = refusals.count, refusals.first
        return batch

    def _leave_out(self, block: Block, records: Records, refused: list[Refused]) -> tuple[Block, Records]:
        """The block without the lines that meet a condition; each is counted at the first that it meets."""
        for text, condition in self._mapping.leave_out.items():
            cells = block.cells(condition)
            left = pc.fill_null(cells.values, False)
            if cells.faults is not None:
                faults = pc.binary_join_element_wise(pa.scalar(f"leave_out {text}"), cells.faults, ": ")
                refused += _refusals(records, faults)
            self.report.left_out[text] += int(pc.sum(left).as_py() or 0)
            stays = pc.invert(left)
            if cells.faults is not None:
                stays = pc.and_(stays, pc.is_null(cells.faults))
            if any_true(pc.invert(stays)):
                records = records.only(stays.to_numpy(zero_copy_only=False))
                block = block.where(stays, len(records))
        return block, records


def _refusals(records: Records, faults: pa.Array) -> list[Refused]:
    faulty = pc.indices_nonzero(pc.is_valid(faults))
    reasons = faults.take(faulty).to_pylist()
    return [records.refuse(at, reason) for at, reason in zip(faulty.to_pylist(), reasons, strict=True)]
