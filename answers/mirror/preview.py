"""A preview: the first rows of a month that is missing, from its first page alone."""

from contextlib import closing
from datetime import UTC, datetime

from answers.answer import Answer, Question, answer
from answers.mirror.mirror import Mirror
from answers.mirror.places import FIRST, Place
from answers.mirror.rules import ORIGIN
from store.plan import Plan
from store.store import Store
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


def is_full(planned: Plan, page: Store) -> bool:
    """Whether a page has all the rows that a plan with a limit may give."""
    with closing(page.read(planned)) as batches:
        there = sum(batch.num_rows for batch in batches)
    return planned.query.limit is not None and there >= planned.query.limit


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
