"""What `$search` finds."""

from dataclasses import replace

import pytest

from odata.applying import search_filter
from odata.applying.searching import MOST_WORDS
from odata.options import read_options
from tabular.errors import OptionWrong
from tabular.filter.bound import Constant, Kind
from tabular.filter.evaluate import evaluate
from tabular.table import Mask, MaskKind, Table
from tests.store.drawn_filters import TABLE

ROWS: list[dict[str, str | None]] = [
    {"name": "Anna Rossi", "note": None, "mood": "GOOD"},
    {"name": None, "note": "100% rossi", "mood": None},
    {"name": None, "note": None, "mood": None},
]


def found(text: str, table: Table = TABLE) -> list[object]:
    """What the condition is for each row."""
    sought = read_options([("$search", text)]).search
    assert sought is not None
    condition = search_filter(sought, table)
    empty: dict[str, str | None] = dict.fromkeys(column.name for column in TABLE.columns)
    return [evaluate(condition, empty | row) for row in ROWS]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("rossi", [True, True, False]),
        ("ROSSI anna", [True, False, False]),
        ("anna OR 100%", [True, True, False]),
        ("NOT anna", [False, True, True]),
        ('"anna rossi"', [True, False, False]),
        ('"rossi anna"', [False, False, False]),
        ("goo AND NOT (100% OR x)", [True, False, False]),
    ],
)
def test_words_are_found_in_any_text_whatever_their_case(text: str, rows: list[bool]) -> None:
    assert found(text) == rows


def test_what_a_key_may_not_see_is_not_searched() -> None:
    hidden = [replace(c, mask=Mask(MaskKind.NULL)) if c.name == "name" else c for c in TABLE.columns]
    assert found("anna", TABLE.with_columns(tuple(hidden))) == [False, False, False]


def test_a_table_without_texts_holds_no_word() -> None:
    bare = TABLE.with_columns((TABLE.column("count"),))
    sought = read_options([("$search", "x")]).search
    assert sought is not None
    assert search_filter(sought, bare) == Constant(False, Kind.BOOLEAN)


def test_too_many_words_are_refused() -> None:
    sought = read_options([("$search", " ".join(f"w{n}" for n in range(MOST_WORDS + 1)))]).search
    assert sought is not None
    with pytest.raises(OptionWrong):
        search_filter(sought, TABLE)
