"""`aggregate(…)` → groups and measures of a pipeline's rows."""

from collections.abc import Sequence
from dataclasses import replace

from odata.applying.expressions import Expressions
from odata.options.transformations import Measure as Asked
from tabular.errors import OptionUnsupported, OptionWrong, nearest, shown
from tabular.filter.bound import Apply, Bound, Choice, Constant, Kind, Of, Operation
from tabular.filter.tree import Count, Name, Node, Path
from tabular.grouping import Function, Grouping, Key, Measure
from tabular.grouping.groups import MOST, MOST_DISTINCT
from tabular.pipeline import Pipeline
from tabular.table import Column

METHODS = {
    "sum": Function.SUM,
    "min": Function.MIN,
    "max": Function.MAX,
    "average": Function.AVG,
    "countdistinct": Function.DISTINCT,
}


def aggregated(
    pipeline: Pipeline, keys: Sequence[Column], asked: Sequence[Asked], conditions: Sequence[Bound], how: Expressions
) -> Pipeline:
    """The groups by these columns, with what is asked of the rows of each that meet the conditions.

    A group of which no row meets them is still one. Raises UnknownColumn, OptionWrong, OptionUnsupported.
    """
    taken = [key.name for key in keys]
    measures: list[Measure] = []
    for one in asked:
        name = one.name
        pipeline, measure = _measure(pipeline, one, conditions, how)
        how.check_name(name, taken, one.span.start)
        taken.append(name)
        measures.append(measure)
    _check(asked, measures, how)
    grouping = Grouping(tuple(Key(key) for key in keys), tuple(measures))
    found = pipeline.grouped(grouping, taken)
    told = [_told(column) for column in found.table.columns]
    return replace(found, table=found.table.with_columns(tuple(told)))


def _measure(
    pipeline: Pipeline, asked: Asked, conditions: Sequence[Bound], how: Expressions
) -> tuple[Pipeline, Measure]:
    """A measure, and the pipeline with the column that it may need."""
    aggregate, place = asked.aggregate, asked.span.start
    if aggregate.steps:
        raise OptionUnsupported(how.option, aggregate.steps[0].span.start, "from in aggregate")
    if _counts(aggregate.value):
        if isinstance(aggregate.value, Path) and len(aggregate.value.segments) > 1:
            raise OptionUnsupported(how.option, place, "the count of a list in aggregate")
        return _counted(pipeline, conditions)
    if "." in aggregate.method:
        raise OptionUnsupported(how.option, place, f"the method {aggregate.method}")
    if not aggregate.method:
        raise _custom(aggregate.value, place, pipeline, how)
    if how.leads_away(aggregate.value):
        raise OptionUnsupported(how.option, place, "a path to other entities in aggregate")
    function, value = METHODS[aggregate.method], how.value(aggregate.value, pipeline)
    column = value.column if isinstance(value, Of) else how.column("", value, place)
    if not function.takes(column.type):
        problem = f"{aggregate.method} does not take {value.kind}"
        raise OptionWrong(how.option, place, problem, "countdistinct takes all; sum and average take numbers.")
    if conditions or not isinstance(value, Of):
        pipeline = _beside(pipeline, column, _where(conditions, value))
        column = pipeline.table.columns[-1]
    return pipeline, Measure(function, column)


def _counted(pipeline: Pipeline, conditions: Sequence[Bound]) -> tuple[Pipeline, Measure]:
    if not conditions:
        return pipeline, Measure(Function.COUNT)
    met = _where(conditions, Constant(1, Kind.INTEGER))
    pipeline = _beside(pipeline, Measure(Function.COUNT).column, met)
    return pipeline, Measure(Function.COUNT, pipeline.table.columns[-1])


def _beside(pipeline: Pipeline, column: Column, value: Bound) -> Pipeline:
    """The rows with a column that only the groups see, of a name that nobody can ask for."""
    name = f"made {pipeline.made}"
    return pipeline.computed(replace(column, name=name, path=name), value)


def _where(conditions: Sequence[Bound], value: Bound) -> Bound:
    """A value where the conditions are met, else null, which measures pass over."""
    if not conditions:
        return value
    met = conditions[0] if len(conditions) == 1 else Apply(Operation.AND, tuple(conditions), Kind.BOOLEAN)
    return Choice(((met, value),), value.kind)


def _custom(value: Node, place: int, pipeline: Pipeline, how: Expressions) -> OptionWrong:
    names = "/".join(one.text for one in value.segments if isinstance(one, Name)) if isinstance(value, Path) else ""
    near = nearest(names, [column.name for column in pipeline.table.columns]) or names
    problem = f'there is no aggregate of its own called "{shown(names)}"'
    return OptionWrong(how.option, place, problem, f"Say how: {shown(near)} with {'|'.join(METHODS)} as total.")


def _counts(value: Node) -> bool:
    last = value.segments[-1] if isinstance(value, Path) else None
    return isinstance(last, Count) or (isinstance(last, Name) and last.text.lower() == "$count")


def _check(asked: Sequence[Asked], measures: Sequence[Measure], how: Expressions) -> None:
    if len(measures) > MOST:
        raise OptionWrong(
            how.option, asked[MOST].span.start, f"there are more than {MOST} aggregates", "Ask for fewer."
        )
    counted = [place for place, one in enumerate(measures) if one.function is Function.DISTINCT]
    if len(counted) > MOST_DISTINCT:
        problem = f"more than {MOST_DISTINCT} aggregates count different values"
        raise OptionWrong(how.option, asked[counted[MOST_DISTINCT]].span.start, problem, "Ask for fewer at once.")


def _told(column: Column) -> Column:
    """A column that tells of none that nobody has asked for."""
    told = column.description
    if told.startswith("Of made "):
        told = told.partition(": ")[2]
    return replace(column, description=told[:1].upper() + told[1:])
