"""`$apply` and `$compute` as a client writes them, over a table of the Data Model."""

from datetime import UTC, datetime

from odata.applying import Applying, Expressions
from odata.options import read_options
from tabular.filter import Scope
from tabular.pipeline import Pipeline
from tabular.query import Query
from tabular.table import Table
from tests.steps import CALLS

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


def words(option: str, table: Table = CALLS, zone: str = "UTC") -> Applying:
    """What reads an option of a request."""
    return Applying(Expressions(option, Scope(table, (), zone, NOW), navigations=("interaction",)))


def applied(text: str, table: Table = CALLS, zone: str = "UTC") -> Pipeline:
    """The pipeline of an `$apply`."""
    options = read_options([("$apply", text)])
    return words("$apply", table, zone).apply(Pipeline.of(Query(table, ())), options.apply)


def asked(table: Table = CALLS, **given: str) -> Pipeline:
    """The pipeline of all options together, in the order in which OData evaluates them."""
    options = read_options([(f"${name}", text) for name, text in given.items()])
    pipeline = words("$apply", table).apply(Pipeline.of(Query(table, ())), options.apply)
    pipeline = words("$compute", table).compute(pipeline, options.compute)
    if options.search is not None:
        pipeline = words("$search", table).search(pipeline, options.search)
    if options.filter is not None:
        pipeline = words("$filter", table).filter(pipeline, options.filter)
    if options.orderby:
        pipeline = words("$orderby", table).orderby(pipeline, options.orderby)
    if options.skip is not None or options.top is not None:
        pipeline = pipeline.limited(options.skip or 0, options.top)
    return pipeline
