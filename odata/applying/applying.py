"""`$apply`, `$compute` and the options behind them → steps of a pipeline."""

from collections.abc import Sequence

from odata.applying.aggregating import aggregated
from odata.applying.expressions import Expressions
from odata.applying.grouping import grouped
from odata.applying.searching import search_filter
from odata.options.sought import Sought
from odata.options.transformations import (
    Aggregated,
    Computed,
    Computing,
    Concatenated,
    Cutting,
    Extreme,
    Filtering,
    Grouped,
    Identity,
    Searching,
    Sorting,
    Transformation,
)
from tabular.errors import OptionUnsupported, OptionWrong
from tabular.filter.bound import Constant, Kind
from tabular.filter.tree import Node, Ordering
from tabular.pipeline import Extreme as ExtremeStep
from tabular.pipeline import Order, Pipeline, Reach
from tabular.table import Column

LARGEST = 2**53
"""More rows than any table has."""


class Applying:
    """One pipeline on its way through options, each in words of its own.

    `how` says what names may mean, and as which option mistakes are told. Methods give the pipeline with the steps that
    an option asks for; they raise UnknownColumn with the nearest name, OptionWrong with option and place, and
    OptionUnsupported with the name of what OData has and this service does not.
    """

    def __init__(self, how: Expressions) -> None:
        self._how = how

    def apply(self, pipeline: Pipeline, transformations: Sequence[Transformation]) -> Pipeline:
        """`$apply`: transformations, one after the other."""
        for one in transformations:
            pipeline = self._applied(pipeline, one, ())
        return self._how.checked(pipeline)

    def compute(self, pipeline: Pipeline, computed: Sequence[Computed]) -> Pipeline:
        """`$compute`: one more column for each; an expression may name the ones before it."""
        how = self._how
        for one in computed:
            how.check_name(one.name, pipeline.table.spellings, one.span.start)
            value = how.value(one.expression, pipeline)
            pipeline = pipeline.computed(how.column(one.name, value, one.span.start), value)
        return how.checked(pipeline)

    def filter(self, pipeline: Pipeline, condition: Node) -> Pipeline:
        """`$filter`."""
        return self._how.checked(pipeline.kept(self._how.condition(condition, pipeline)))

    def search(self, pipeline: Pipeline, sought: Sought) -> Pipeline:
        """`$search`."""
        return self._how.checked(pipeline.kept(search_filter(sought, pipeline.table, self._how.option)))

    def orderby(self, pipeline: Pipeline, orderings: Sequence[Ordering]) -> Pipeline:
        """`$orderby`: any expressions."""
        return self._how.checked(pipeline.ordered(self._how.order(orderings, pipeline)))

    def _applied(self, pipeline: Pipeline, one: Transformation, within: tuple[Column, ...]) -> Pipeline:
        """The rows after a transformation, which is done to each group of rows with equal columns."""
        match one:
            case Identity():
                return pipeline
            case Filtering(condition):
                return self.filter(pipeline, condition)
            case Searching(sought):
                return self.search(pipeline, sought)
            case Computing(computed):
                return self.compute(pipeline, computed)
            case Sorting(orders):
                return self.orderby(pipeline, orders)
            case Cutting():
                return self._cut(pipeline, one, within)
            case Extreme():
                return self._extreme(pipeline, one, within)
            case Aggregated(measures):
                return aggregated(pipeline, (), measures, (), self._how)
            case Grouped():
                return grouped(pipeline, one, self._how, self._applied)
            case Concatenated():
                return self._concatenated(pipeline, one)
        raise OptionUnsupported(self._how.option, one.span.start, _NAMES.get(type(one).__name__, "this transformation"))

    def _concatenated(self, pipeline: Pipeline, one: Concatenated) -> Pipeline:
        settled, branches = pipeline.settled(), []
        for transformations in one.branches:
            branch = settled
            for transformation in transformations:
                branch = self._applied(branch, transformation, ())
            branches.append(branch)
        try:
            return settled.concatenated(branches)
        except ValueError as failure:
            problem = f'"{failure}" is of another type in another branch of concat'
            advice = "Give it another name there, behind as."
            raise OptionWrong(self._how.option, one.span.start, problem, advice) from failure

    def _cut(self, pipeline: Pipeline, one: Cutting, within: tuple[Column, ...]) -> Pipeline:
        if one.count > LARGEST:
            raise OptionWrong(
                self._how.option,
                one.span.start,
                f"{one.name} is larger than any table",
                "It looks like this: top(100).",
            )
        skip, top = (one.count, None) if one.name == "skip" else (0, one.count)
        return pipeline.limited(skip, top, within)

    def _extreme(self, pipeline: Pipeline, one: Extreme, within: tuple[Column, ...]) -> Pipeline:
        how, settled = self._how, pipeline.settled()
        reach = Reach(one.name.removeprefix("top").removeprefix("bottom"))
        amount = self._amount(one, reach, pipeline)
        value = how.value(one.of, settled)
        if reach is not Reach.COUNT and value.kind not in (Kind.INTEGER, Kind.NUMBER):
            raise OptionWrong(how.option, one.of.span.start, f"{one.name} takes numbers, not {value.kind}", _ADVICE)
        order = Order(value, descending=one.name.startswith("top"))
        columns = tuple(settled.table.column(column.name) for column in within)
        return settled.extreme(ExtremeStep(reach, amount, order, columns))

    def _amount(self, one: Extreme, reach: Reach, pipeline: Pipeline) -> float:
        """A number that is the same for all rows."""
        how, place = self._how, one.amount.span.start
        found = how.value(one.amount, pipeline)
        if not isinstance(found, Constant):
            raise OptionUnsupported(how.option, place, f"an amount of {one.name} that is computed")
        value = found.value
        if reach is Reach.COUNT and (not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST):
            problem = f"{one.name} takes a whole number of rows, from 1"
            raise OptionWrong(how.option, place, problem, f"It looks like this: {one.name}(10,waitDuration).")
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
            raise OptionWrong(how.option, place, f"{one.name} takes a number", f"It looks like this: {one.name}(50,…).")
        if reach is Reach.PERCENT and not 0 <= value <= 100:
            raise OptionWrong(how.option, place, f"{one.name} takes a number from 0 to 100", _ADVICE)
        return value


_ADVICE = "It looks like this: toppercent(50,waitDuration), topsum(1000,waitDuration)."
_NAMES = {
    "Joined": "join",
    "Nested": "nest",
    "Kin": "ancestors and descendants",
    "Traversed": "traverse",
    "Custom": "a transformation of its own",
}
