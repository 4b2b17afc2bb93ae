"""What a filter's words refuse, told of the query option that they stand in."""

from collections.abc import Iterator
from contextlib import contextmanager

from tabular.errors import FilterUnsupported, FilterWrong, OptionUnsupported, OptionWrong


@contextmanager
def told_of(option: str) -> Iterator[None]:
    """Inside, FilterWrong and FilterUnsupported become OptionWrong and OptionUnsupported of an option such as
    `$filter`, at the same place."""
    try:
        yield
    except FilterWrong as failure:
        raise OptionWrong(option, failure.offset, failure.problem, failure.advice) from failure
    except FilterUnsupported as failure:
        raise OptionUnsupported(option, failure.offset, failure.feature) from failure
