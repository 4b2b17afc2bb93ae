"""What DuckDB raises, as errors of ours: they enter here and go no further."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tabular.errors import StoreFull, StoreOutOfMemory


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Raise StoreOutOfMemory or StoreFull for the engine's own; what else it raises is a fault and stays as it is."""
    try:
        yield
    except duckdb.OutOfMemoryException as failure:
        raise StoreOutOfMemory(path) from failure
    except duckdb.IOException as failure:
        if "no space" in str(failure).lower():
            raise StoreFull(path) from failure
        raise
