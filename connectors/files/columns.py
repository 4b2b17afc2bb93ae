"""Records become raw columns: texts in Arrow, one for each column of the file that the mapping reads."""

import csv
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from connectors.files.layout import Layout
from connectors.files.records import Records, Refused
from tabular.errors import FileUnreadable, nearest, shown


def header_of(records: Records, layout: Layout) -> tuple[str, ...]:
    """The names in the first of some records."""
    line = records.data[records.starts[0] : records.ends[0]].decode()
    if not layout.quote:
        return tuple(line.split(layout.separator))
    return tuple(next(csv.reader([line], delimiter=layout.separator, quotechar=layout.quote)))


def check_header(names: Sequence[str], wanted: Collection[str], layout: Layout, file: Path) -> None:
    """Raises FileUnreadable where a name stands twice in the header, or one that the mapping reads is not in it."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            reason = f'its header names the column "{shown(name)}" twice'
            raise FileUnreadable(str(file), reason, "Rename one of the two.")
        seen.add(name)
    lacking = sorted(set(wanted) - seen)
    if not lacking:
        return
    others = f" (nor {', '.join(map(shown, lacking[1:]))})" if lacking[1:] else ""
    reason = f'its header has no column "{shown(lacking[0])}"{others}, which the mapping reads'
    if len(names) == 1:
        parted = f"The header is one column, not parted by {layout.separator!r}"
        advice = f"{parted}: say separator = in the mapping."
    else:
        near = nearest(lacking[0], [name for name in names if name not in wanted])
        spelled = near if near is None or near.isidentifier() else f"col({near!r})"
        listed = ", ".join(shown(name) for name in names)
        advice = f"Did you mean {spelled}?" if near else f"Its columns are {listed}."
    raise FileUnreadable(str(file), reason, advice)


class Columns:
    """Splits records into the columns that a mapping reads."""

    def __init__(self, names: Sequence[str], wanted: Collection[str], layout: Layout, *, has_header: bool) -> None:
        self._names = list(names)
        # Arrow names its columns by position, so that any name will do in a header.
        self._ids = [str(at) for at in range(len(names))]
        read = {name: at for name, at in zip(names, self._ids, strict=True) if name in wanted}
        self._read = read
        self._layout = layout
        self._expected = f"where the {'header' if has_header else 'mapping'} has {len(names)}"
        self._convert = pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(self._ids, pa.string()),
            # A mapping of constants alone reads no column, but Arrow must know how many rows there are.
            include_columns=list(read.values()) or self._ids[:1],
            null_values=list(layout.nulls),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,
        )

    def read(self, records: Records) -> tuple[dict[str, pa.Array], Records, list[Refused]]:
        """The wanted columns by name, the records whose rows they are, and those with a wrong number of fields."""
        if not len(records):
            return {name: pa.array([], pa.string()) for name in self._read}, records, []
        wrong: list[tuple[int, int]] = []

        def skip(row: pyarrow.csv.InvalidRow) -> str:
            # Arrow counts the rows it sees from 1, without empty lines: so are the records.
            wrong.append((row.number - 1, row.actual_columns))
            return "skip"

        table = pyarrow.csv.read_csv(
            pa.BufferReader(records.data),
            pyarrow.csv.ReadOptions(
                column_names=self._ids, use_threads=False, block_size=len(records.data) + 1, encoding="utf8"
            ),
            pyarrow.csv.ParseOptions(
                delimiter=self._layout.separator,
                quote_char=self._layout.quote or False,
                newlines_in_values=bool(self._layout.quote),
                invalid_row_handler=skip,
            ),
            self._convert,
        )
        refused = [records.refuse(at, f"{_fields(count)} {self._expected}") for at, count in wrong]
        if wrong:
            keep = np.ones(len(records), bool)
            keep[[at for at, _ in wrong]] = False
            records = records.only(keep)
        if table.num_rows != len(records):
            raise AssertionError(f"Arrow read {table.num_rows} rows of {len(records)} records")
        found = {name: table.column(at).combine_chunks() for name, at in self._read.items()}
        return found, records, refused


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"
