"""Merging: which row of a sheet each new row replaces, by the values of their key columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from tabular.errors import KeysUnclear

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """`taken` are the new rows in the order in which they are gathered: those that replace one, as these lie in the
    sheet, then those that are added. `places` are the rows of the table's body that the first of them replace."""

    taken: tuple[int, ...]
    places: tuple[int, ...]

    @property
    def order(self) -> str:
        """What names this very order and these places."""
        return blake2b(repr((self.taken, self.places)).encode(), digest_size=8).hexdigest()


def key_of(row: Sequence[object]) -> Key | None:
    """The key that values of a sheet, or of JSON, are; None where all of them are empty.

    Text is never a number, nor a boolean one of the two.

    >>> key_of([432]) == key_of([432.0]), key_of([432]) == key_of(["432"]), key_of([True]) == key_of([1])
    (True, False, False)
    >>> key_of(["", None])
    """
    found = tuple(_plain(value) for value in row)
    return found if any(value is not None for value in found) else None


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return float(value)
    return None if value is None or value == "" else str(value)


def merge(new: Iterable[Sequence[object]], old: Sequence[Sequence[object]], names: str) -> Merge:
    """How new rows go into the rows of a sheet, of both only the values of the key columns called `names`.

    Raises KeysUnclear where a key is there twice, or a new row has none.

    >>> merge([["a", 1], ["b", 1], ["c", 1]], [["b", 1], ["x", 1], ["a", 1]], "id, step")
    Merge(taken=(1, 0, 2), places=(0, 2))
    """
    held = {key: row for row, key in enumerate(_each_once(old, names, "the table in the sheet")) if key is not None}
    replacing: list[tuple[int, int]] = []
    added: list[int] = []
    for number, key in enumerate(_each_once(new, names, "the answer")):
        if key is None:
            raise KeysUnclear(f"row {number + 1:,} of the answer has nothing in {names}")
        if key in held:
            replacing.append((held[key], number))
        else:
            added.append(number)
    replacing.sort()
    return Merge((*(number for _, number in replacing), *added), tuple(place for place, _ in replacing))


def _each_once(rows: Iterable[Sequence[object]], names: str, where: str) -> list[Key | None]:
    """The keys of rows. Raises KeysUnclear."""
    keys = [key_of(row) for row in rows]
    first: dict[Key, int] = {}
    for row, key in enumerate(keys):
        if key is not None and first.setdefault(key, row) != row:
            raise KeysUnclear(f"rows {first[key] + 1:,} and {row + 1:,} of {where} have the same {names}")
    return keys


def stretches(places: Sequence[int]) -> list[tuple[int, int, int]]:
    """Places that follow each other, as (first of the gathered rows, first place, how many).

    >>> stretches([3, 4, 5, 9])
    [(0, 3, 3), (3, 9, 1)]
    """
    found: list[tuple[int, int, int]] = []
    for number, place in enumerate(places):
        if found and place == found[-1][1] + found[-1][2]:
            found[-1] = (*found[-1][:2], found[-1][2] + 1)
        else:
            found.append((number, place, 1))
    return found
