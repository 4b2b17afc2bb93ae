"""What was read of the control database, as long as nobody has changed anything there."""

from collections.abc import Callable
from typing import Generic, TypeVar

from store.control import Control

Found = TypeVar("Found")


class Remembered(Generic[Found]):
    """What was found by its hash. Every change of the database, by another process too, forgets it all."""

    def __init__(self, control: Control) -> None:
        self._changes = control.changes
        self._known: dict[bytes, Found] = {}
        self._known_at = -1

    def get(self, name: bytes) -> Found | None:
        """What was found under a name, if it is still so; quick enough for a thread that must not wait."""
        changes = self._changes()
        if changes != self._known_at:
            self._known, self._known_at = {}, changes
        return self._known.get(name)

    def found(self, name: bytes, read: Callable[[], Found | None]) -> Found | None:
        """What is remembered under a name, or else what `read` reads; nothing is remembered of what is not there."""
        remembered = self.get(name)
        if remembered is not None:
            return remembered
        # Into what was known before it was read: if the database changes meanwhile, that is forgotten anyway.
        known = self._known
        found = read()
        if found is not None:
            known[name] = found
        return found
