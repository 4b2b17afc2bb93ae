"""`groupby((…),…)` → steps of a pipeline: what is done to each group, done to all at once."""

from collections.abc import Callable

from odata.applying.aggregating import aggregated
from odata.applying.expressions import Expressions
from odata.applying.searching import search_filter
from odata.options.transformations import (
    Aggregated,
    Computing,
    Cutting,
    Extreme,
    Filtering,
    Grouped,
    Identity,
    Searching,
    Sorting,
    Transformation,
)
from tabular.errors import OptionUnsupported
from tabular.filter import Bound
from tabular.filter.tree import Path
from tabular.grouping import Grouping, Key
from tabular.pipeline import Pipeline
from tabular.table import Column

Apply = Callable[[Pipeline, Transformation, tuple[Column, ...]], Pipeline]
"""One transformation of a pipeline's rows, of each group of those with equal columns."""


def grouped(pipeline: Pipeline, asked: Grouped, how: Expressions, apply: Apply) -> Pipeline:
    """The groups that are asked for, or the rows that transformations leave of each.

    Raises UnknownColumn, OptionWrong, OptionUnsupported.
    """
    keys = _keys(pipeline, asked, how)
    if not asked.then:
        return pipeline.grouped(Grouping(tuple(Key(key) for key in keys)), [key.name for key in keys])
    place = next((i for i, one in enumerate(asked.then) if isinstance(one, Aggregated)), None)
    if place is None:
        for one in asked.then:
            pipeline = apply(pipeline, _of_rows(one, how), _again(keys, pipeline))
        return pipeline
    conditions: list[Bound] = []
    for one in asked.then[:place]:
        pipeline = _before(pipeline, one, keys, conditions, how, apply)
    measures = asked.then[place]
    assert isinstance(measures, Aggregated), "it was looked for"
    pipeline = aggregated(pipeline, _again(keys, pipeline), measures.measures, conditions, how)
    for one in asked.then[place + 1 :]:
        # One row is left of each group: what is done to each is done to all.
        if not isinstance(one, Filtering | Searching | Computing | Identity):
            raise OptionUnsupported(how.option, one.span.start, f"{_word(one)} behind aggregate in groupby")
        pipeline = apply(pipeline, one, ())
    return pipeline


def _keys(pipeline: Pipeline, asked: Grouped, how: Expressions) -> tuple[Column, ...]:
    found: list[Column] = []
    for one in asked.by:
        if not isinstance(one, Path):
            raise OptionUnsupported(how.option, one.span.start, "rollup")
        column = how.named(one, pipeline)
        how.check_name(column.name, [key.name for key in found], one.span.start)
        found.append(column)
    return tuple(found)


def _again(keys: tuple[Column, ...], pipeline: Pipeline) -> tuple[Column, ...]:
    """The keys as the table of a later pipeline has them."""
    return tuple(pipeline.table.column(key.name) for key in keys)


def _of_rows(one: Transformation, how: Expressions) -> Transformation:
    if not isinstance(one, Filtering | Searching | Computing | Identity | Sorting | Cutting | Extreme):
        raise OptionUnsupported(how.option, one.span.start, f"{_word(one)} in groupby")
    return one


def _before(
    pipeline: Pipeline,
    one: Transformation,
    keys: tuple[Column, ...],
    conditions: list[Bound],
    how: Expressions,
    apply: Apply,
) -> Pipeline:
    """A transformation of a group's rows before these are aggregated; its conditions are noted.

    A group of which a condition keeps no row has a row of its own all the same: so measures ask the condition.
    """
    match one:
        case Filtering(condition):
            conditions.append(how.condition(condition, pipeline))
            return pipeline
        case Searching(sought):
            conditions.append(search_filter(sought, pipeline.table, how.option))
            return pipeline
        case Computing() | Identity() | Sorting():
            return apply(pipeline, one, _again(keys, pipeline))
        case Extreme() | Cutting(name="top") if not conditions and not _leaves_none(one):
            return apply(pipeline, one, _again(keys, pipeline))
    raise OptionUnsupported(how.option, one.span.start, f"{_word(one)} before aggregate in groupby")


def _leaves_none(one: Transformation) -> bool:
    return isinstance(one, Cutting) and one.count == 0


def _word(one: Transformation) -> str:
    return one.name if isinstance(one, Cutting | Extreme) else _WORDS.get(type(one).__name__, "this transformation")


_WORDS = {
    "Aggregated": "aggregate",
    "Computing": "compute",
    "Concatenated": "concat",
    "Filtering": "filter",
    "Grouped": "groupby",
    "Identity": "identity",
    "Joined": "join",
    "Nested": "nest",
    "Searching": "search",
    "Sorting": "orderby",
    "Traversed": "traverse",
}
