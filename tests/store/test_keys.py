"""Keys and the control database."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.control import Control
from store.keys import Keys
from store.service_file import ServiceFile
from tabular.errors import BadValue, KeyRefused, StoreUnreadable, UnknownKey
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A fresh control database."""
    opened = Control(tmp_path / "tvox.duckdb")
    yield opened
    opened.close()


def test_a_key_opens_until_it_is_revoked(control: Control) -> None:
    keys = Keys(control)
    key = keys.create("sheet", per_minute=5)
    assert keys.find(key, NOW).name == "sheet"
    assert keys.find(key, NOW).per_minute == 5
    keys.revoke("sheet")
    with pytest.raises(KeyRefused, match="has been revoked"):
        keys.find(key, NOW)


def test_a_remembered_key_ends_when_another_process_revokes_it(control: Control, tmp_path: Path) -> None:
    keys = Keys(control)
    key = keys.create("sheet")
    assert keys.remembered(key) is None
    assert keys.find(key, NOW) == keys.remembered(key)
    other = Control(tmp_path / "tvox.duckdb")
    Keys(other).revoke("sheet")
    other.close()
    assert keys.remembered(key) is None
    with pytest.raises(KeyRefused, match="has been revoked"):
        keys.find(key, NOW)


def test_an_expired_key_opens_nothing(control: Control) -> None:
    keys = Keys(control)
    key = keys.create("short", expires=NOW)
    assert keys.find(key, NOW - timedelta(seconds=1)).name == "short"
    with pytest.raises(KeyRefused, match="expired on 2026-11-22"):
        keys.find(key, NOW)


def test_the_file_holds_no_key(control: Control, tmp_path: Path) -> None:
    key = Keys(control).create("secret")
    control.close()
    files = list(tmp_path.iterdir())
    assert files
    assert not any(key.encode() in file.read_bytes() for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files if file.name.endswith(".sqlite")} == {0o600}


def test_a_restriction_comes_back_as_it_was(control: Control) -> None:
    keys = Keys(control)
    restriction = Restriction(
        ("inboundCalls",), ("user", "contact.value"), (("cli", Mask(MaskKind.LAST, 4)), ("id", Mask(MaskKind.HASH)))
    )
    assert keys.find(keys.create("limited", restriction=restriction), NOW).restriction == restriction


def test_names_are_taken_once_and_for_all(control: Control) -> None:
    keys = Keys(control)
    keys.create("sheet")
    keys.revoke("sheet")
    with pytest.raises(BadValue):
        keys.create("sheet")
    with pytest.raises(UnknownKey) as unknown:
        keys.revoke("sheet")
    assert unknown.value.status == 404


def test_the_demo_key_is_the_same_at_every_start_until_revoked(control: Control, tmp_path: Path) -> None:
    key = Keys(control).demo()
    assert key is not None
    again = Control(tmp_path / "tvox.duckdb")
    assert Keys(again).demo() == key
    assert Keys(again).find(key, NOW).name == "demo"
    Keys(again).revoke("demo")
    assert Keys(control).demo() is None
    again.close()
    other = Control(tmp_path / "other.duckdb")
    assert Keys(other).demo() not in (None, key)
    other.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tvox.duckdb.control.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(StoreUnreadable):
        Control(tmp_path / "tvox.duckdb")


def test_the_service_file_is_its_owners_and_forgotten_when_the_process_is_gone(tmp_path: Path) -> None:
    store = tmp_path / "tvox.duckdb"
    announced = ServiceFile.announce(store, "127.0.0.1", 8000)
    assert ServiceFile.read(store) == announced
    assert stat.S_IMODE(ServiceFile.place(store).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["tvox.duckdb.service.json"]
    announced.withdraw(store)
    assert ServiceFile.read(store) is None
    gone = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(gone, 0)
    ServiceFile.place(store).write_text(
        f'{{"host": "::1", "port": 1, "token": "t", "process": {gone}, "certificate": null}}'
    )
    assert ServiceFile.read(store) is None
    ServiceFile.place(store).write_text("{half")
    assert ServiceFile.read(store) is None
