"""The options of a request and what its path addresses, as one question: what is read, shown, counted and paged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from answers.odata.conditions import all_of, condition_of
from answers.odata.expanding import expands_of
from answers.odata.expands import Expand, needed, patterns_of, projection_of, tables_of
from answers.odata.resource import Target
from answers.odata.scoping import scope_of
from answers.odata.sight import Sight
from odata.applying import Applying, Expressions, told_of
from odata.context import Projection
from odata.model import EntitySet, Navigation
from odata.options import Options
from odata.options import Selected as Item
from tabular.errors import FilterUnsupported, OptionUnsupported, OptionWrong, UnknownColumn
from tabular.filter.bound import relations
from tabular.pipeline import Grouped, Pipeline
from tabular.query import Query, Selected
from tabular.table import Column

_OF_LISTS = ("filter", "search", "orderby", "top", "skip", "count", "skiptoken", "apply")
"""Options that only a list of entities takes."""

LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a target.

    `pipeline` is what becomes of the target's rows, without the page, and `whole` the same before it is sorted, whose
    rows count. `shown` are the columns of each row, which the pipeline shows first, those behind them are read only;
    `projection` is what the context says of them, `expands` what is related to them. `top` and `skip` are counted over
    all pages.
    """

    target: Target
    pipeline: Pipeline
    whole: Pipeline
    shown: tuple[Selected, ...]
    projection: Projection
    expands: tuple[Expand, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False

    @property
    def query(self) -> Query:
        """What is read of the store, with the columns of the answer where nothing is made of its rows."""
        return replace(self.pipeline.query, columns=self.pipeline.columns)

    @property
    def is_plain(self) -> bool:
        """Whether the rows are those of the store, in their order."""
        return not self.pipeline.steps

    @property
    def has_entities(self) -> bool:
        """Whether each row is still an entity of the set."""
        return not any(isinstance(step, Grouped) for step in self.pipeline.steps)

    @property
    def beside(self) -> frozenset[str]:
        """The names of the tables that are read besides the target's own."""
        condition = self.pipeline.query.filter
        asked = () if condition is None else relations(condition)
        return frozenset((*tables_of(self.expands), *(name for one in asked for name in one.table.stored_in)))

    @property
    def patterns(self) -> tuple[str, ...]:
        """The regular expressions in it, which the store has to judge."""
        return (*self.pipeline.patterns, *patterns_of(self.expands))


def asked_of(target: Target, options: Options, sight: Sight) -> Asked:
    """The question that options ask of a target.

    Raises UnknownColumn with the nearest name, OptionWrong with option and place, OptionUnsupported.
    """
    _refuse(target, options)
    entity_set = target.entity_set
    whole = _kept(target, options, sight)
    pipeline = whole
    if options.orderby:
        pipeline = _applying("$orderby", entity_set, sight).orderby(whole, options.orderby)
    columns = _columns(whole, entity_set)
    if target.property is not None:
        columns = {target.property.name: target.property.column}
    shown, projection = _selected(options.select, columns, entity_set)
    grouped = Asked(target, pipeline, whole, shown, projection)
    if not grouped.has_entities:
        projection = projection if options.select else Projection(tuple(columns))
        if options.expand:
            raise OptionUnsupported("$expand", options.expand[0].span.start, "what is related to groups")
    expands = expands_of(options.expand, entity_set, sight)
    for name, value in (("$top", options.top), ("$skip", options.skip)):
        if value is not None and value > LARGEST:
            raise OptionWrong(name, 0, "it is larger than any table", "It looks like this: 100.")
    asked = Asked(
        target,
        pipeline.showing(shown),
        whole,
        shown,
        projection_of(projection, expands),
        expands,
        options.top,
        options.skip or 0,
        bool(options.count),
    )
    return also_reading(asked, needed(expands))


def also_reading(asked: Asked, names: Sequence[str]) -> Asked:
    """The same question with more properties read behind those that are shown, each once."""
    table, there = asked.pipeline.table, asked.pipeline.columns
    known = {one.name for one in there}
    more = tuple(Selected(table.column(name), name) for name in dict.fromkeys(names) if name not in known)
    return replace(asked, pipeline=asked.pipeline.showing((*there, *more)))


def keyed(asked: Asked) -> Asked:
    """The same question with the key's properties read."""
    return also_reading(asked, asked.target.entity_set.type.key) if asked.has_entities else asked


def _kept(target: Target, options: Options, sight: Sight) -> Pipeline:
    """The rows that are kept, in the order in which OData evaluates the options (part 1, 11.2.1)."""
    entity_set = target.entity_set
    table = entity_set.type.table
    found = Pipeline.of(Query(table, (), filter=all_of(target.conditions)))
    if options.apply:
        found = _applying("$apply", entity_set, sight).apply(found, options.apply)
    if options.compute:
        found = _applying("$compute", entity_set, sight).compute(found, options.compute)
    if options.search is not None:
        found = _applying("$search", entity_set, sight).search(found, options.search)
    if options.filter is not None and found.steps:
        found = _applying("$filter", entity_set, sight).filter(found, options.filter)
    elif options.filter is not None:
        found = found.kept(condition_of(options.filter, entity_set, sight))
    return found


def _applying(option: str, entity_set: EntitySet, sight: Sight) -> Applying:
    scope = replace(scope_of(entity_set, sight), aliases=sight.aliases)
    return Applying(Expressions(option, scope, tuple(one.name for one in entity_set.type.navigations)))


def _refuse(target: Target, options: Options) -> None:
    """Raise OptionUnsupported or OptionWrong for what is never offered, or not for this target."""
    for name in ("deltatoken", "index", "schemaversion", "id"):
        value = getattr(options, name)
        if value is not None and (name, value) != ("schemaversion", "*"):
            raise OptionUnsupported(f"${name}", 0, {"id": "an entity by its address here"}.get(name, "it"))
    if target.is_single:
        for name in _OF_LISTS:
            if getattr(options, name) not in (None, (), False):
                advice = "Leave it out, or ask for a whole table."
                raise OptionWrong(f"${name}", 0, "what the path addresses is one entity", advice)


def _columns(pipeline: Pipeline, entity_set: EntitySet) -> dict[str, Column]:
    """The columns that the rows of a pipeline show, by name: of those of the set only what is a property."""
    hidden = {column.name for column in entity_set.type.table.columns} - set(entity_set.type.by_name)
    return {column.name: column for column in pipeline.table.columns if column.name not in hidden}


def _selected(
    items: Sequence[Item], columns: dict[str, Column], entity_set: EntitySet
) -> tuple[tuple[Selected, ...], Projection]:
    """The columns that are chosen, in the order of the metadata, and the names for the context."""
    if not items or any(item.path[0].text == "*" for item in items):
        return tuple(Selected(column, name) for name, column in columns.items()), Projection()
    # Operations of a namespace ("Model.*") there are none.
    names = {_name(item, columns, entity_set) for item in items if not item.path[-1].text.endswith(".*")}
    # Where only navigations are chosen, the key tells whose they are.
    chosen = names & set(columns) or {name for name in entity_set.type.key if name in columns}
    shown = tuple(Selected(column, name) for name, column in columns.items() if name in chosen)
    ways = tuple(one.name for one in entity_set.type.navigations if one.name in names)
    return shown, Projection((*(one.name for one in shown), *ways))


def _name(item: Item, columns: dict[str, Column], entity_set: EntitySet) -> str:
    """The column or navigation that an item means. Raises UnknownColumn, OptionUnsupported."""
    entity = entity_set.type
    with told_of("$select"):
        path = [one.text for one in item.path if one.text != entity.qualified]
        if item.parameters is not None or item.options != Options():
            raise FilterUnsupported(item.span.start, "options of what is selected")
        if len(path) == 1 and (path[0] in columns or isinstance(entity.by_name.get(path[0]), Navigation)):
            return path[0]
        if path and (path[0] in columns or path[0] in entity.by_name or path[0].startswith("@")):
            raise FilterUnsupported(item.span.start, "a path")
    ways = (one.name for one in entity.navigations)
    raise UnknownColumn("/".join(one.text for one in item.path), entity_set.name, (*columns, *ways))
