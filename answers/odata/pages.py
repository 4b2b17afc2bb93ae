"""A list of entities, a page at a time: each page says where the next one begins, on the same version of the store."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from answers.odata.made import Made, Manner
from answers.odata.question import Asked, keyed
from answers.odata.reading import counted, plan_of, rows_of
from answers.odata.writing import following_of, written
from odata import context
from odata.accepting import Amount
from odata.rendering import collection
from odata.tokens import SkipToken
from store.patience import Patience
from store.store import Store
from tabular.errors import TokenRefused

PAGE_ROWS = 20_000
"""Rows of a page, unless the client prefers fewer or more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page: how many rows of all lie before it, how many it may have, how many `$top` leaves for it and those behind
    it (None: all), and the version that it reads (None: the newest)."""

    offset: int
    size: int = PAGE_ROWS
    left: int | None = None
    version: int | None = None

    @property
    def most(self) -> int:
        """Rows that are read: one more than the page has tells whether there is another page."""
        is_last = self.left is not None and self.left <= self.size
        return self.left if is_last and self.left is not None else self.size + 1

    @classmethod
    def first(cls, asked: Asked, size: int | None) -> "Place":
        """The first page."""
        return cls(asked.skip, size or PAGE_ROWS, asked.top)

    @classmethod
    def of(cls, token: SkipToken, size: int | None) -> "Place":
        """The page that a token names; as large as the one before, unless the client prefers another size."""
        match token.after:
            case (int() as offset, int() as before):
                return cls(offset, size or before, token.left, token.version)
        raise TokenRefused("names no page")


@dataclass(frozen=True, slots=True)
class Link:
    """What makes the address of a page: from its token, and the question that all pages have in common."""

    question: str
    address: Callable[[SkipToken], str]


def page(asked: Asked, place: Place, link: Link, store: Store, manner: Manner) -> Made:
    """A page of a list. Raises SnapshotGone."""
    if manner.control.amount is Amount.FULL:
        asked = keyed(asked)
    plan = plan_of(asked, store, place.offset, place.most, place.version)
    known = plan.row_count if asked.is_plain else None
    rows = None if known is None else min(known, place.size)
    found = Made(asked, plan, store, manner, (link.question, place.offset, place.size, place.left), rows)
    return found.made_by(lambda patience: _pieces(found, asked, place, link, store, manner, patience))


def _pieces(
    found: Made, asked: Asked, place: Place, link: Link, store: Store, manner: Manner, patience: Patience | None
) -> Iterator[bytes]:
    plan = found.plan
    about = context.of_set(manner.root, asked.target.entity_set.name, asked.projection, manner.control.version)
    count = counted(asked, plan, store, patience) if asked.count else None
    with rows_of(asked, plan, store, patience, place.offset, place.most) as rows:
        cut = _Cut(rows, place.size)

        def following() -> str | None:
            found.given = cut.given
            if not cut.has_more:
                return None
            left = None if place.left is None else place.left - cut.given
            after = (place.offset + cut.given, place.size)
            return link.address(SkipToken(plan.version, after, left, link.question))

        yield from collection(
            about,
            written(cut, asked, manner, following_of(plan, store, manner, patience)),
            manner.control,
            count,
            following,
        )


class _Cut:
    """Batches up to a number of rows, and whether there are more."""

    def __init__(self, batches: Iterable[pa.RecordBatch], most: int) -> None:
        self.given = 0
        self.has_more = False
        self._batches = batches
        self._most = most

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            left = self._most - self.given
            if batch.num_rows > left:
                self.has_more = True
                batch = batch.slice(0, left)
            self.given += batch.num_rows
            yield batch
            if self.has_more:
                return
