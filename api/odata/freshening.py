"""Freshness of OData's answers: with a TVox behind, what has to be brought before rows are read."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import cast

from answers.mirror import Fresh, Mirror, Standing
from answers.mirror.places import Place
from answers.mirror.preview import is_bounded, is_full_before
from answers.odata.expands import tables_of
from answers.odata.planning import month_of, planned
from answers.odata.previewing import previewed
from answers.odata.question import Asked
from api.freshness import brought, first_shown, over
from api.odata.ask import Ask
from api.views.rows import Showing, Shown
from store.store import Store
from tabular.filter.bound import relations
from tabular.month import Month
from tabular.query import Query, Window
from tabular.table import Table


async def shown_of(ask: Ask, table: Table, version: int | None = None) -> Shown | None:
    """The rows of a view, or those of a version of it; None for a table. Raises as `Showing.shown` does."""
    viewed = ask.caller.catalogue.views.get(table.name)
    if viewed is None:
        return None
    showing = cast(Showing, ask.request.app.state.showing)
    return await showing.shown(viewed, ask.services, ask.wish, ask.services.now(), version)


async def standing_of(ask: Ask, asked: Asked) -> Standing:
    """Have brought what a question reads: the months that its filter names of the clock or by an id, else the last
    ones, and the records that it leads to.

    Never answered by 202: the request is held. Raises what keeps a missing month away, MonthsComing, MonthsMissing.
    """
    mirror = ask.services.mirror
    if mirror is None or _is_empty(asked):
        return Standing()
    ends = asyncio.get_running_loop().time() + ask.wish.seconds
    beside = mirror.want(_beside(asked, mirror), ask.wish.fresh)
    own = await standing_of_rows(ask, _of_few(asked) or asked.query)
    await over(beside, ends)
    others = beside.standing(ask.wish.fresh, ask.wish.partial)
    return Standing(own.is_stale or others.is_stale, ", ".join(filter(None, (own.lacking, others.lacking))))


async def standing_of_rows(ask: Ask, query: Query) -> Standing:
    """The same for the rows of a query alone."""
    services, wish = ask.services, ask.wish
    if services.mirror is None:
        return Standing()
    month = month_of(query, services.store)
    if month is None:
        is_full = partial(_is_full_before, query, services.store) if is_bounded(query) else None
        return (await brought(services.mirror, query, services.settings.history, wish, is_full)).standing
    # An interaction lies in the month of its id, wherever its steps happened: no other month is asked about.
    ends = asyncio.get_running_loop().time() + wish.seconds
    wanted = services.mirror.want(services.mirror.named([(query.table, month)]), wish.fresh)
    await over(wanted, ends)
    return wanted.standing(wish.fresh, wish.partial)


async def preview_of(ask: Ask, asked: Asked) -> Store | None:
    """A store that holds the first page of a missing month, where that is all that a question for a few rows needs:
    none of its months is held, and its rows lead to none elsewhere."""
    mirror, store, query = ask.services.mirror, ask.services.store, _of_few(asked)
    if mirror is None or query is None or _is_empty(asked):
        return None
    if ask.wish.fresh is Fresh.CACHED or _beside(asked, mirror) or planned(query, store).parts:
        return None
    places = mirror.all_missing(_of_one_month(query, store), ask.services.settings.history)
    return await first_shown(places, mirror, ask.wish, lambda place: previewed(query, place, mirror, store))


def spent(mirror: Mirror | None) -> int:
    """Requests that were sent to the TVox so far."""
    return 0 if mirror is None else mirror.spent


def _is_empty(asked: Asked) -> bool:
    """Whether the answer has no rows whatever is held: clients ask so for the columns alone."""
    return asked.top == 0 and not asked.count


def _of_few(asked: Asked) -> Query | None:
    """The rows of a question for a few of them in their own order, whose number nobody wants to know, and which asks
    for nothing of related ones; else None."""
    query = replace(asked.query, limit=asked.top, offset=asked.skip)
    is_few = is_bounded(query) and asked.is_plain and not asked.count
    return query if is_few and not (query.filter and relations(query.filter)) else None


def _is_full_before(query: Query, store: Store, month: Month) -> bool:
    return is_full_before(month, planned(query, store), store)


def _beside(asked: Asked, mirror: Mirror) -> list[Place]:
    """The places of the records that a question leads to or asks about. What is made of the same records as its own
    rows comes with these."""
    table = asked.target.entity_set.type.table
    names = {*tables_of(asked.expands), *_asked_about(asked)}
    tables = (mirror.catalogue.table(name) for name in sorted(names))
    return mirror.named((one, None) for one in tables if one.root != table.root and not one.monthly)


def _asked_about(asked: Asked) -> Iterable[str]:
    return (name for tree in asked.pipeline.trees for one in relations(tree) for name in one.table.stored_in)


def _of_one_month(query: Query, store: Store) -> Query:
    """A query that names one interaction as one of its month."""
    month = month_of(query, store)
    if month is None or not query.table.monthly:
        return query
    return replace(query, window=Window(month.begins(store.zone), month.ends(store.zone)), filter=None)
