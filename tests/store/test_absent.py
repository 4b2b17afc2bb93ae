"""What is not installed is not looked for; what is, is found as ever."""

import importlib
import sys

import pytest

from store.absent import Absent, remember_absent


def test_what_is_not_installed_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    class Looking:
        def find_spec(self, name: str, *_: object) -> None:
            looked.append(name)

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Looking()])
    remember_absent("not_installed_at_all", "json")
    looked.clear()
    with pytest.raises(ModuleNotFoundError, match="No module named 'not_installed_at_all'"):
        importlib.import_module("not_installed_at_all")
    assert not looked
    assert importlib.import_module("json").loads("1") == 1
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("another_that_is_not_installed")
    assert looked == ["another_that_is_not_installed"]


def test_nothing_is_put_in_the_way_where_all_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = list(sys.meta_path)
    remember_absent("json")
    assert sys.meta_path == before
    assert Absent(frozenset()).find_spec("json") is None
