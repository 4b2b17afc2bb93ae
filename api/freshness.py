"""Freshness: what a request says of how new its rows have to be and how long it waits for them."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import TypeVar

from anyio import to_thread

from answers.answer import Answer, Question
from answers.mirror import Fresh, Mirror, Standing, Wanted
from answers.mirror.places import Place
from answers.mirror.preview import is_bounded, is_full_before, previewed
from answers.plan import plan
from store.store import Store
from tabular.errors import BadValue
from tabular.month import Month
from tabular.query import Query

HELD = 25.0
"""Seconds for which a request without `wait` is held: spreadsheets and Power BI give up a little later."""

LONGEST_WAIT = 600

Shown = TypeVar("Shown")

_COUNT = re.compile(r"[0-9]{1,6}")
_RESPOND_ASYNC = re.compile(r"(?:^|[,;\s])respond-async(?:$|[,;\s])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """How fresh the rows have to be, whether months may be lacking, how many seconds the request waits, and whether
    it takes the address of a job (202) for an answer. Of a job itself: it is `lasting`, since missing months are waited
    for however long they take, and `hear` is told what is waited for."""

    fresh: Fresh = Fresh.AUTO
    partial: bool = False
    seconds: float = HELD
    later: bool = False
    lasting: bool = False
    hear: Callable[[Wanted], None] = lambda wanted: None


def wish_of(asked: Mapping[str, str], headers: Mapping[str, str]) -> Wish:
    """What `fresh`, `partial`, `wait` and the header Prefer say. Raises BadValue."""
    fresh = asked.get("fresh", Fresh.AUTO.value)
    if fresh not in list(Fresh):
        raise BadValue("fresh", fresh, "auto, live or cached")
    partial = asked.get("partial", "refuse")
    if partial not in ("refuse", "allow"):
        raise BadValue("partial", partial, "refuse or allow")
    later = _RESPOND_ASYNC.search(headers.get("Prefer", "")) is not None
    seconds = 0.0 if later and "wait" not in asked else HELD
    if "wait" in asked:
        if not _COUNT.fullmatch(asked["wait"]) or int(asked["wait"]) > LONGEST_WAIT:
            raise BadValue("wait", asked["wait"], f"a number of seconds from 0 to {LONGEST_WAIT}")
        later, seconds = True, float(asked["wait"])
    return Wish(Fresh(fresh), partial == "allow", seconds, later)


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a wish: how the answer stands, or what is still to come for a request that takes 202."""

    standing: Standing
    coming: Wanted | None = None


async def brought(
    mirror: Mirror, query: Query, history: int, wish: Wish, is_full: Callable[[Month], bool] | None = None
) -> Brought:
    """Have the months of a query brought as far as the wish says.

    With `is_full`, which says, in a thread, whether the months before one have all rows that are asked for, they are
    brought from the first one on and no further than that.

    Raises what `Wanted.standing` raises: what keeps a missing month away, MonthsComing, MonthsMissing.
    """
    ends = asyncio.get_running_loop().time() + wish.seconds
    places, edges = mirror.needs(query, history)
    wanted = mirror.want(() if is_full else places, wish.fresh)
    wish.hear(wanted)
    if edges and wish.fresh is not Fresh.CACHED:
        asked = Wanted(flights={edge.place.name: edge for edge in edges})
        await over(asked, inf if wish.lasting and wanted.is_coming else ends)
        places, _ = mirror.needs(query, history)
        if not is_full:
            wanted = wanted.and_also(mirror.want(places, wish.fresh))
    if is_full:
        wanted = await _as_needed(mirror, places, wish, ends, is_full)
    await arrived(wanted, wish, ends)
    if wish.later and wanted.is_coming:
        return Brought(Standing(), wanted)
    return Brought(wanted.standing(wish.fresh, wish.partial))


async def _as_needed(
    mirror: Mirror, places: Sequence[Place], wish: Wish, ends: float, is_full: Callable[[Month], bool]
) -> Wanted:
    """What is wanted of the first places until they are enough: one, then twice as many each time, since many are
    counted together."""
    count = 0
    while True:
        wanted = mirror.want(places[:count], wish.fresh)
        await arrived(wanted, wish, ends)
        if wanted.is_coming or (wanted.failure and not wish.partial) or count >= len(places):
            return wanted
        month = places[count].month
        if month is not None and await to_thread.run_sync(is_full, month):
            return wanted
        count = min(2 * count or 1, len(places))


async def arrived(wanted: Wanted, wish: Wish, ends: float) -> None:
    """Wait for what is wanted as far as a wish says, whose seconds end at a time of the running loop."""
    wish.hear(wanted)
    await over(wanted, ends)
    if wish.lasting and (wanted.is_coming or wish.fresh is Fresh.LIVE):
        await over(wanted, inf)


async def over(wanted: Wanted, ends: float) -> None:
    """Wait until nothing of it is under way any more, or until a time of the running loop."""
    if wanted.is_over:
        return
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(done.set)

    wanted.when_over(tell)
    with suppress(TimeoutError):
        async with asyncio.timeout_at(None if ends == inf else ends):
            await done.wait()


async def brought_for(
    question: Question, mirror: Mirror, store: Store, history: int, wish: Wish, now: datetime
) -> Brought:
    """The same for a question of tables. For a few rows no more months are brought than hold them."""

    def is_full(month: Month) -> bool:
        return is_full_before(month, plan(question.query, store, history, now), store)

    return await brought(mirror, question.query, history, wish, is_full if is_bounded(question.query) else None)


async def preview_of(question: Question, mirror: Mirror, store: Store, history: int, wish: Wish) -> Answer | None:
    """The answer to a question for a few rows of months of which none is held: from the first page of the first of
    them that holds anything, one request each. None for every other question."""
    if not is_bounded(question.query) or wish.fresh is Fresh.CACHED:
        return None
    places = mirror.all_missing(question.query, history)
    return await first_shown(places, mirror, wish, lambda place: previewed(question, place, mirror, store))


async def first_shown(
    places: Iterable[Place], mirror: Mirror, wish: Wish, show: Callable[[Place], Shown | None]
) -> Shown | None:
    """What `show` makes, in a thread, of the first page of the first place that holds anything. Raises what `Wanted`
    does of pages that do not come."""
    ends = asyncio.get_running_loop().time() + wish.seconds
    for place in places:
        begun = Wanted((place,), (), {place.name: mirror.begin(place)})
        await arrived(begun, wish, ends)
        begun.standing(wish.fresh, partial=False)
        found = await to_thread.run_sync(show, place)
        if found is not None or not mirror.is_empty(place):
            return found
    return None
