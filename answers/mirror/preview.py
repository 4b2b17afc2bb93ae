"""A preview: the first rows of a month that is missing, from its first page alone."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from answers.answer import Answer, Question, answer
from answers.mirror.mirror import Mirror
from answers.mirror.places import FIRST, Place
from answers.mirror.rules import ORIGIN
from store.plan import Plan
from store.store import Store
from tabular.month import Month
from tabular.query import Query
from tabular.upstream import PAGE


def is_bounded(query: Query) -> bool:
    """Whether a query asks for no more than a page of rows in their natural order: the first page may hold them all."""
    limited = query.limit is not None and query.limit + query.offset <= PAGE
    return limited and not query.sort and query.grouping is None


def first_page(place: Place, mirror: Mirror, store: Store) -> Store | None:
    """A store beside `store` that holds the first page of a month and nothing else; None where the page has not been
    asked for."""
    rows = mirror.first_rows(place)
    if rows is None:
        return None
    page = store.beside()
    with page.writing(ORIGIN) as writing:
        writing.replace(place.table, place.month, [rows], mirror.catalogue.summary_of(place.table))
    return page


def is_full(planned: Plan, store: Store) -> bool:
    """Whether a store has all the rows that a plan with a limit may give."""
    limit, there = planned.query.limit, planned.row_count
    if limit is not None and there is None:
        with closing(store.read(replace(planned, query=planned.query.narrowed()))) as batches:
            there = sum(batch.num_rows for batch in batches)
    return limit is not None and there is not None and there >= limit


def is_full_before(month: Month, planned: Plan, store: Store) -> bool:
    """Whether the months before `month` have all the rows that a plan with a limit may give: rows come by month, so
    that no later one has to be there."""
    parts = (part for part in planned.parts if part.partition.month is not None and part.partition.month < month)
    return is_full(replace(planned, parts=tuple(parts)), store)


def previewed(question: Question, place: Place, mirror: Mirror, store: Store) -> Answer | None:
    """The answer from the first page of a month, as a store that holds nothing else gives it; None where the page
    has not been asked for or does not hold enough rows."""
    page = first_page(place, mirror, store)
    if page is None:
        return None
    # The page's months are all it holds: every one of them counts.
    now = datetime.now(UTC)
    found = answer(question, page, 12 * (now.year - FIRST.year + 1), now)
    if not is_full(found.plan, page):
        page.close()
        return None
    return found
