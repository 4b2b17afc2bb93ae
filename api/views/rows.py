"""The rows of views for who asks: kept, joined while they are made for somebody else, or made."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from answers.answer import Answer, Question, answer
from answers.importing.importing import Import, Prepared
from answers.mirror import Standing
from answers.mirror.wanted import Wanted
from answers.views import KeptViews, Rows, Viewed, rows_of, version_of
from api.freshness import Wish, arrived, brought_for
from api.making import AGAIN
from api.services import Services
from api.turns import Turn, Turns
from store.patience import Patience
from store.store import Store
from store.views import Kind
from tabular.errors import SnapshotGone

MANY_ROWS = 200_000
"""A view that is made of more rows than these takes the turn of a heavy question."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The store that holds the rows of a view and nothing else, and how they stand to their upstream; or what is still
    to come, for a request that takes 202."""

    store: Store
    standing: Standing = field(default_factory=Standing)
    coming: Wanted | None = None


class Showing:
    """What the views of an app share: the rows that are kept, and those that are being made.

    `seconds` is how long making them may take.
    """

    def __init__(self, kept: KeptViews, turns: Turns, seconds: float) -> None:
        self.kept = kept
        self._turns = turns
        self._seconds = seconds or float("inf")
        self._making: dict[int, asyncio.Task[Rows]] = {}

    async def shown(
        self, viewed: Viewed, services: Services, wish: Wish, now: datetime, version: int | None = None
    ) -> Shown:
        """The rows of a view as they are at `now`, months brought as far as the wish says, or those of a version.

        Raises SnapshotGone for a version that is neither kept nor what the rows are now, ViewTooLarge, ViewBroken, and
        what answering the view's question raises.
        """
        if version is None:
            return await self._shown(viewed, services, wish, now)
        kept = self.kept.get(version, viewed.table)
        if kept is not None:
            return Shown(kept.store)
        # What a version holds was brought before it.
        shown = await self._shown(viewed, services, None, now)
        if shown.store.version != version:
            raise SnapshotGone(version)
        return shown

    async def _shown(self, viewed: Viewed, services: Services, wish: Wish | None, now: datetime) -> Shown:
        """The rows at `now`; without a wish nothing is brought for them."""
        if viewed.view.kind is Kind.IMPORT:
            return await self._imported(viewed, services, wish, now)
        question, history = viewed.ask(now), services.settings.history
        assert isinstance(question, Question)
        if viewed.below is not None:
            below = await self._shown(viewed.below, services, wish, now)
            if below.coming is not None:
                return below
            store, standing = below.store, below.standing
        else:
            store, standing = services.store, Standing()
            if services.mirror is not None and wish is not None:
                came = await brought_for(question, services.mirror, store, history, wish, now)
                if came.coming is not None:
                    return Shown(store, coming=came.coming)
                standing = came.standing
        found = answer(question, store, history, now)
        return Shown((await self._rows(viewed, found, store)).store, standing)

    async def _imported(self, viewed: Viewed, services: Services, wish: Wish | None, now: datetime) -> Shown:
        """The same of an import."""
        prepared = await self._turns.take(Turn.SMALL, lambda: viewed.ask(now))
        assert isinstance(prepared, Prepared)
        mirror, model, standing = services.mirror, services.sights.model, Standing()
        # To the Data Model it is whoever kept it that asks, with the eyes of who reads.
        name, seen = viewed.view.by, viewed.seen
        if mirror is not None and wish is not None:
            places = await self._turns.take(Turn.SMALL, lambda: prepared.places(model, seen, name))
            wanted = mirror.want(mirror.named(places), wish.fresh)
            await arrived(wanted, wish, asyncio.get_running_loop().time() + wish.seconds)
            if wish.later and wanted.is_coming:
                return Shown(services.store, coming=wanted)
            standing = wanted.standing(wish.fresh, wish.partial)
        seconds = services.settings.datamodel_seconds
        found = await self._turns.take(
            Turn.SMALL, lambda: prepared.of_store(model, services.store, seen, name, seconds)
        )
        return Shown((await self._rows(viewed, found, services.store)).store, standing)

    async def _rows(self, viewed: Viewed, found: Answer | Import, store: Store) -> Rows:
        version = version_of(viewed, found)
        rows = self.kept.get(version, viewed.table)
        if rows is None:
            return await self._joined(version, viewed, found, store)
        rows.looked_at(found)
        return rows

    async def _joined(self, version: int, viewed: Viewed, found: Answer | Import, store: Store) -> Rows:
        making = self._making.get(version)
        if making is None:
            making = asyncio.create_task(self._made(viewed, found, store))
            self._making[version] = making
            making.add_done_callback(lambda _: self._making.pop(version, None))
        # Who leaves does not end what others wait for.
        return await asyncio.shield(making)

    async def _made(self, viewed: Viewed, found: Answer | Import, store: Store) -> Rows:
        patience = Patience(self._seconds)
        # What is read of JSON takes long for few rows.
        is_heavy = isinstance(found, Import) or found.plan.rows_read > MANY_ROWS
        turn = Turn.HEAVY if is_heavy else Turn.SMALL
        work = self._turns.take(turn, lambda: rows_of(viewed, found, store, self.kept.most, patience))
        ends = self._seconds
        while not (await asyncio.wait([work], timeout=None if ends == float("inf") else ends))[0]:
            # An engine that is about to begin does not hear it: again and again.
            patience.end()
            ends = AGAIN
        rows = await work
        self.kept.put(rows)
        return rows
