"""Modules that are not installed, and are not looked for again."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType


class Absent(MetaPathFinder):
    """Says at once of modules that there are none of these names."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing is found here. Raises ModuleNotFoundError where nothing would be found elsewhere either."""
        if fullname in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def remember_absent(*names: str) -> None:
    """Have imports of those modules that are not installed fail without a look along the path."""
    absent = frozenset(name for name in names if find_spec(name) is None)
    if absent:
        sys.meta_path.insert(0, Absent(absent))
