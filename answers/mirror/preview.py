"""A preview: the first rows of a month that is missing, from its first page alone."""

from contextlib import closing
from datetime import UTC, datetime

from answers.answer import Answer, Question, answer
from answers.mirror.mirror import Mirror
from answers.mirror.places import FIRST, Place
from answers.mirror.rules import ORIGIN
from store.store import Store
from tabular.query import Query
from tabular.upstream import PAGE


def is_bounded(query: Query) -> bool:
    """Whether a query asks for no more than a page of rows in their natural order: the first page may hold them all."""
    limited = query.limit is not None and query.limit + query.offset <= PAGE
    return limited and not query.sort and query.grouping is None


def previewed(question: Question, place: Place, mirror: Mirror, store: Store) -> Answer | None:
    """The answer from the first page of a month, as a store that holds nothing else gives it; None where the page
    has not been asked for or does not hold enough rows."""
    rows = mirror.first_rows(place)
    query = question.query
    if rows is None or query.limit is None:
        return None
    page = store.beside()
    with page.writing(ORIGIN) as writing:
        writing.replace(place.table, place.month, [rows], mirror.catalogue.summary_of(place.table))
    # The page's months are all it holds: every one of them counts.
    now = datetime.now(UTC)
    found = answer(question, page, 12 * (now.year - FIRST.year + 1), now)
    with closing(page.read(found.plan)) as batches:
        there = sum(batch.num_rows for batch in batches)
    if there < query.limit:
        page.close()
        return None
    return found
