"""A preview of a month that is missing: a store that holds the first page of it alone."""

from answers.mirror import Mirror
from answers.mirror.places import Place
from answers.mirror.preview import first_page, is_full
from answers.odata.planning import planned
from store.store import Store
from tabular.query import Query


def previewed(query: Query, place: Place, mirror: Mirror, store: Store) -> Store | None:
    """A store with the first page of a month; None where that has not been asked for, or has fewer rows than the
    query's limit."""
    page = first_page(place, mirror, store)
    if page is not None and not is_full(planned(query, page), page):
        page.close()
        return None
    return page
