"""Rows as JSON objects, built from whole Arrow columns: no value passes through Python."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from odata.rendering.control import Control
from odata.rendering.texts import Rows, Texts
from odata.rendering.values import Around, Spelling, add_values

SLICE_ROWS = 2_500
"""Rows that are written at once: their text is still near when it is sent, and worth a change of threads."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of each object, which a column of the batches holds: its name, and how the column is to be read.

    `is_json` says that the column's texts are JSON already: nested entities, counts of them and such. `is_optional`
    leaves the member out wherever it is null, whatever the client would like: annotations are there or not.
    """

    name: str
    is_json: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A member that is the same JSON in every object, and needs no column."""

    name: str
    json: str


def entities(
    batches: Iterable[pa.RecordBatch], members: Sequence[Member | Constant], control: Control, spelling: Spelling
) -> Iterator[bytes]:
    """The objects of all rows, separated by commas, in pieces of some rows of a batch.

    The batches have a column for each Member, in the same order. Times are instants of UTC, with a zone in their type
    or without.
    """
    begun = False
    for batch in batches:
        # A batch is made whole and copied in slices: making costs a little for each column, however few its rows.
        rows, may_be_empty = _made(batch, members, control, spelling)
        for some in rows.slices(SLICE_ROWS):
            yield spelling.text_bytes(_texts(some, may_be_empty), 1 if not begun else 0)
            begun = True


def objects(
    batch: pa.RecordBatch, members: Sequence[Member | Constant], control: Control, spelling: Spelling
) -> pa.Array:
    """Each row as `,{…}`."""
    return _texts(*_made(batch, members, control, spelling))


def _texts(rows: Rows, may_be_empty: bool) -> pa.Array:
    """Each row as `,{…}`."""
    texts = rows.joined()
    if may_be_empty:
        return pc.binary_join_element_wise(",{", pc.binary_replace_slice(texts, 0, 1, ""), "}", "")
    return texts


def _made(
    batch: pa.RecordBatch, members: Sequence[Member | Constant], control: Control, spelling: Spelling
) -> tuple[Rows, bool]:
    """Each row as `,{…}`; or, where it may lack every member, what is inside, and that this is so."""
    own = [member for member in members if isinstance(member, Member)]
    columns = dict(zip(own, batch.columns, strict=True))
    there = [member for member in members if not _is_absent(member, columns, control)]
    # A comma stands behind each member before the first one that every row has, and before each one behind it.
    first = next((place for place, one in enumerate(there) if not _may_lack(one, columns, control)), None)
    texts = Texts(batch.num_rows)
    texts.same("" if first is None else ",{")
    for place, member in enumerate(there):
        before = "," if first is None or place > first else ""
        behind = "," if first is not None and place < first else ""
        if isinstance(member, Constant):
            texts.same(f"{before}{_key(member.name)}{member.json}{behind}")
            continue
        around = Around(before + _key(member.name), behind, _may_lack(member, columns, control))
        add_values(texts, columns[member], member.is_json, around, control.exact, spelling)
    texts.same("" if first is None else "}")
    return texts.rows(), first is None


@lru_cache(maxsize=1000)
def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) + ":"


def _is_absent(member: Member | Constant, columns: dict[Member, pa.Array], control: Control) -> bool:
    """Whether no row has the member."""
    if isinstance(member, Constant) or not _may_lack(member, columns, control):
        return False
    return bool(columns[member].null_count == len(columns[member]))


def _may_lack(member: Member | Constant, columns: dict[Member, pa.Array], control: Control) -> bool:
    """Whether a row may be without the member."""
    if isinstance(member, Constant) or not (member.is_optional or control.without_nulls):
        return False
    return bool(columns[member].null_count)
