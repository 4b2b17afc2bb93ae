"""How rows come to lie in a store: at once, replaced, merged; so that partitions have versions and are untidy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from tabular.month import Month
from tests.datamodel.drawn_rows import ADDRESS_BOOK, INTERACTIONS, JUNE, MAY, calls, contacts, rich

History = list[list["Write"]]
"""Writes by transaction."""

MONTHS = st.sampled_from([(MAY,), (MAY, JUNE)])


@dataclass(frozen=True)
class Write:
    """Rows that take the place of a month's (a month of None: of the whole table), or are merged."""

    table: str
    rows: list[dict[str, Any]]
    month: Month | None = None
    merged: bool = False

    def __repr__(self) -> str:
        """In brief: which steps and contacts, not their fifty fields each."""
        keys = [row["uuid"] if self.table == ADDRESS_BOOK else f"{row['id']}/{row['step']}" for row in self.rows]
        return f"{'merge' if self.merged else 'replace'} {self.table} {self.month or ''}: {', '.join(keys)}"


@st.composite
def histories(draw: st.DrawFn, tables: Sequence[str]) -> History:
    """Some tables filled at once; then, at times, months replaced and interactions merged."""
    first = []
    for table in tables:
        if table == ADDRESS_BOOK:
            first.append(Write(table, draw(contacts())))
        else:
            first += [Write(table, draw(calls(table, month)), month) for month in draw(MONTHS)]
    one = st.sampled_from(tables)
    later = draw(st.lists(st.one_of(one.flatmap(replacements), one.flatmap(merges)), max_size=3))
    return [first, *([write] for write in later)]


@st.composite
def replacements(draw: st.DrawFn, table: str) -> Write:
    """A month, or the address book, as a later look at the source has it."""
    if table == ADDRESS_BOOK:
        return Write(table, draw(contacts()))
    month = draw(st.sampled_from([MAY, JUNE]))
    return Write(table, draw(calls(table, month)), month)


@st.composite
def merges(draw: st.DrawFn, table: str) -> Write:
    """Some interactions of one month or both, or some contacts."""
    if table == ADDRESS_BOOK:
        return Write(table, draw(contacts(least=1)), merged=True)
    return Write(table, [row for month in (MAY, JUNE) for row in draw(calls(table, month, least=1))], merged=True)


def rich_history() -> History:
    """The rich rows of every table, in several versions: every third record late, every fifth one wrong at first."""
    transactions: History = [[], [], []]
    for table in (*INTERACTIONS, ADDRESS_BOOK):
        key = "uuid" if table == ADDRESS_BOOK else "id"
        rows = rich(table)
        numbers = {value: number for number, value in enumerate(dict.fromkeys(row[key] for row in rows))}
        early = [row for row in rows if numbers[row[key]] % 3]
        wrong = [{**row, "note": "wrong", "cli": "wrong"} if numbers[row[key]] % 5 == 0 else row for row in early]
        late = [row for row in rows if numbers[row[key]] % 3 == 0]
        begun = Write(table, wrong, None if table == ADDRESS_BOOK else MAY)
        transactions[0].append(begun)
        transactions[1].append(replace(begun, rows=early))
        transactions[2].append(Write(table, late, merged=True))
    return transactions
