"""Offered is what this service's OData can do, said once: the metadata tell it, and the API is held to it."""

from dataclasses import dataclass

from tabular.filter.functions import FUNCTIONS, OTHERS


@dataclass(frozen=True, slots=True)
class Offered:
    """The capabilities that the metadata declare.

    Everything is read-only, for every set alike. `conformance` is a level of OData 4.0: Minimal, Intermediate or
    Advanced. `asynchronous` is the preference respond-async; Power Query asks in parallel where it is declared.
    `expand_levels` is how deep $expand may nest, -1 without a limit; `continue_on_error` the preference of that name in
    a batch.
    """

    conformance: str = "Intermediate"
    asynchronous: bool = False
    filter: bool = True
    filter_functions: tuple[str, ...] = (*FUNCTIONS, *OTHERS)
    orderby: bool = True
    top: bool = True
    skip: bool = True
    count: bool = True
    select: bool = True
    expand: bool = True
    expand_levels: int = 4
    search: bool = True
    compute: bool = True
    transformations: tuple[str, ...] = (
        "aggregate",
        "bottomcount",
        "bottompercent",
        "bottomsum",
        "compute",
        "concat",
        "filter",
        "groupby",
        "identity",
        "orderby",
        "search",
        "skip",
        "top",
        "topcount",
        "toppercent",
        "topsum",
    )
    batch_formats: tuple[str, ...] = ("multipart/mixed", "application/json")
    continue_on_error: bool = True
    key_as_segment: bool = False


OFFERED = Offered()
"""What is offered."""
