"""Schemas that were read are remembered, with the time of the first and of the last reading."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.control import Control
from store.schemas import Remembered, Schemas

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_schema_is_remembered_from_its_first_to_its_last_reading(tmp_path: Path) -> None:
    times = iter(BEGAN + timedelta(days=day) for day in range(10))
    control = Control(tmp_path / "tvox.duckdb")
    schemas = Schemas(control, lambda: next(times))
    assert schemas.all() == []
    one, other, again = (
        schemas.remember(text) for text in ("type A { é: Int }", "type B { b: Int }", "type A { é: Int }")
    )
    assert one == again != other
    expected = [
        Remembered(one, BEGAN, BEGAN + timedelta(days=2), "type A { é: Int }"),
        Remembered(other, BEGAN + timedelta(days=1), BEGAN + timedelta(days=1), "type B { b: Int }"),
    ]
    assert schemas.all() == expected
    control.close()
    reopened = Control(tmp_path / "tvox.duckdb")
    assert Schemas(reopened).all() == expected
    reopened.close()


def test_a_clock_that_went_back_unsees_nothing(tmp_path: Path) -> None:
    times = iter([BEGAN, BEGAN - timedelta(hours=1)])
    control = Control(tmp_path / "tvox.duckdb")
    schemas = Schemas(control, lambda: next(times))
    schemas.remember("a")
    schemas.remember("a")
    assert schemas.all()[0].seen_last == BEGAN
    control.close()
