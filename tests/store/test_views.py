"""Views as the control database keeps them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import store.views
from store.control import Control
from store.views import Declared, Kind, View, Views
from tabular.errors import UnknownView, ViewsFull
from tabular.table import Type

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 8, tzinfo=UTC)
COLUMNS = (Declared("cli", Type.TEXT, "Calling number."), Declared("wait", Type.NUMBER, "", "s"))
SALES = View("sales", Kind.TABLE, "inboundCalls", {"last": "7d"}, COLUMNS, "Sales", "Of them.", AT, AT, "anna")


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A control database."""
    opened = Control(tmp_path / "tvox.duckdb")
    yield opened
    opened.close()


def test_a_view_is_kept_as_it_was_given_and_a_restart_finds_it(control: Control, tmp_path: Path) -> None:
    Views(control).put(SALES)
    control.close()
    again = Control(tmp_path / "tvox.duckdb")
    assert Views(again).shelf().views == {"sales": SALES}
    again.close()


def test_a_view_in_the_place_of_another_keeps_when_that_was_made(control: Control) -> None:
    views = Views(control)
    views.put(SALES)
    views.put(replace(SALES, name="daily", made=LATER))
    changed = replace(SALES, asked={}, made=LATER, changed=LATER, by="luca")
    views.put(changed)
    assert list(views.shelf().views.values()) == [replace(changed, made=AT), replace(SALES, name="daily", made=LATER)]


def test_what_is_forgotten_is_gone_and_cannot_be_forgotten_twice(control: Control) -> None:
    views = Views(control)
    views.put(SALES)
    views.delete("sales")
    assert not views.shelf().views
    with pytest.raises(UnknownView):
        views.delete("sales")


def test_the_shelf_is_the_same_until_a_view_changes_whoever_changes_it(control: Control, tmp_path: Path) -> None:
    views = Views(control)
    views.put(SALES)
    assert views.remembered() is None, "nothing was read yet"
    first = views.shelf()
    assert views.remembered() is first
    other = Control(tmp_path / "tvox.duckdb")
    other.engine.connect().exec_driver_sql("PRAGMA user_version = 5").close()
    assert views.remembered() is None, "something has changed"
    assert views.shelf() is first, "and no view has"
    Views(other).put(replace(SALES, title="Other"))
    assert views.remembered() is None
    assert views.shelf().views["sales"].title == "Other"
    Views(other).delete("sales")
    assert not views.shelf().views
    other.close()


def test_names_are_told_apart_by_more_than_capitals(control: Control) -> None:
    views = Views(control)
    views.put(SALES)
    assert views.shelf().named_like("SALES") == SALES
    assert views.shelf().named_like("sale") is None


def test_there_are_no_more_than_so_many(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.views, "MOST", 2)
    views = Views(control)
    for name in ("a", "b"):
        views.put(replace(SALES, name=name))
    views.put(replace(SALES, name="b", title="Replaced"))
    with pytest.raises(ViewsFull):
        views.put(replace(SALES, name="c"))
    assert list(views.shelf().views) == ["a", "b"]
