"""`$expand` bound to the model: names become navigations, and what stands in parentheses conditions and columns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, NoReturn

from answers.odata.conditions import all_of, found_by
from answers.odata.expands import Expand, projection_of
from answers.odata.scoping import scope_of
from answers.odata.sight import Sight
from odata.applying import told_of
from odata.context import Projection
from odata.model import EntitySet, Navigation, Property
from odata.options import Expanded, Form, Options, Selected, with_aliases
from store.related import Order
from tabular.errors import OptionUnsupported, OptionWrong, nearest, shown
from tabular.filter import Bound, bind, bind_value
from tabular.filter.tree import Name, Node, Ordering
from tabular.table import Column

OPTION = "$expand"

MOST_LEVELS, MOST_EXPANDS = 4, 40
"""How deep entities may be nested in others, and ways of one answer; also what `$levels=max` means."""

_ONLY_OF_MANY = ("orderby", "top", "skip", "count")
_Levels = int | Literal["max"] | None


def expands_of(items: Sequence[Expanded], entity_set: EntitySet, sight: Sight) -> tuple[Expand, ...]:
    """What `$expand` asks of the entities of a set, in the order of the text; what a star adds comes where it stands.

    Raises OptionWrong with the place and the nearest name, UnknownColumn, OptionUnsupported.
    """
    return _Binding(sight).expands(items, entity_set, 1)


class _Binding:
    """One `$expand` on its way."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._count = 0

    def expands(self, items: Sequence[Expanded], parent: EntitySet, level: int) -> tuple[Expand, ...]:
        """Items about the entities of one set, which are nested so deeply."""
        if items and level > MOST_LEVELS:
            problem = f"entities are nested in others more than {MOST_LEVELS} deep"
            raise OptionWrong(OPTION, items[0].span.start, problem, "Ask for what lies deeper by itself.")
        # Who is named beside a star is asked for as is said there, wherever the star stands.
        named = {name: item for item in items if (name := self._named(item, parent)) is not None}
        found: dict[str, Expand] = {}
        for item in items:
            if item.form is Form.STREAM:
                raise OptionUnsupported(OPTION, item.span.start, "a stream of bytes")
            name = self._named(item, parent)
            if name is None:
                for way in parent.type.navigations:
                    if way.name not in named:
                        self._once(found, way.name, item)
                        found[way.name] = self._of_star(item, way, level)
                continue
            self._once(found, name, item)
            way = self._way(name, parent)
            found[name] = self._expand(item, way, level)
        return tuple(found.values())

    def _once(self, found: Mapping[str, Expand], name: str, item: Expanded) -> None:
        if name in found:
            raise OptionWrong(OPTION, item.span.start, f"{name} is expanded twice", "Expand it once.")
        self._count += 1
        if self._count > MOST_EXPANDS:
            problem = f"it leads more than {MOST_EXPANDS} ways"
            raise OptionWrong(OPTION, item.span.start, problem, "Ask for fewer in one request.")

    def _named(self, item: Expanded, parent: EntitySet) -> str | None:
        """The name of the navigation that an item means, None for a star. Raises OptionWrong, OptionUnsupported."""
        path = [one for one in item.path if one.text != parent.type.qualified]
        if not item.path:
            return None  # the entity's own stream
        if not path:
            _unknown(item.path[0], parent)
        first, *rest = path
        if first.text == "*":
            return None
        found = parent.type.by_name.get(first.text)
        if not isinstance(found, Navigation):
            _unknown(first, parent)
        if any(one.text != self._target(found).type.qualified for one in rest):
            raise OptionUnsupported(OPTION, rest[0].span.start, "a path behind what is expanded")
        return found.name

    @staticmethod
    def _way(name: str, parent: EntitySet) -> Navigation:
        return next(one for one in parent.type.navigations if one.name == name)

    def _target(self, way: Navigation) -> EntitySet:
        return self._sight.model.by_name[way.target]

    def _of_star(self, item: Expanded, way: Navigation, level: int) -> Expand:
        """One of the ways of a star: what is nested in it is what the star's levels say."""
        target = self._target(way)
        below: tuple[Expand, ...] = ()
        left = _below(item.options.levels, level)
        if left and item.form is Form.ENTITIES:
            again = replace(item, options=replace(item.options, levels=left))
            below = self.expands((again,), target, level + 1)
        return self._made(item, way, Options(), below)

    def _expand(self, item: Expanded, way: Navigation, level: int) -> Expand:
        options, target = item.options, self._target(way)
        _refuse(item, way)
        below = list(self.expands(options.expand, target, level + 1))
        left = _below(options.levels, level)
        # Levels repeat a way that leads on to entities of its own kind; where it leads nowhere, they end.
        again = next((one for one in target.type.navigations if one.name == way.name), None)
        if left and again is not None and all(one.navigation.name != way.name for one in below):
            below.append(self._expand(replace(item, options=replace(options, levels=left)), again, level + 1))
        return self._made(item, way, options, tuple(below))

    def _made(self, item: Expanded, way: Navigation, options: Options, below: tuple[Expand, ...]) -> Expand:
        target = self._target(way)
        columns, projection = _selected(options.select, target)
        sight = replace(self._sight, aliases={**self._sight.aliases, **dict(options.aliases)})
        conditions = [] if options.filter is None else [_condition(options.filter, target, sight)]
        if options.search is not None:
            conditions.append(found_by(options.search, target))
        if item.form is not Form.ENTITIES:
            columns = tuple(target.type.table.column(name) for name in target.type.key)
        return Expand(
            navigation=way,
            target=target,
            form=item.form,
            columns=columns,
            projection=projection_of(projection, below),
            filter=all_of(conditions),
            order=tuple(_order(one, target, sight) for one in options.orderby),
            top=options.top,
            skip=options.skip or 0,
            counted=bool(options.count) or item.form is Form.COUNT,
            expands=below,
            place=item.span.start,
        )


def _unknown(name: Name, parent: EntitySet) -> NoReturn:
    if isinstance(parent.type.by_name.get(name.text), Property):
        advice = f"What {parent.name} leads to: {_listed(parent)}." if parent.type.navigations else "Leave it out."
        raise OptionWrong(OPTION, name.span.start, f"{shown(name.text)} is a property and leads nowhere", advice)
    near = nearest(name.text, (one.name for one in parent.type.navigations))
    advice = f'Did you mean "{near}"?' if near else f"{parent.name} leads to {_listed(parent)}."
    raise OptionWrong(OPTION, name.span.start, f'{parent.name} has no navigation "{shown(name.text)}"', advice)


def _listed(parent: EntitySet) -> str:
    return ", ".join(one.name for one in parent.type.navigations) or "nothing else"


def _below(levels: _Levels, level: int) -> int:
    """How many levels are left below this one."""
    deepest = MOST_LEVELS - level
    return deepest if levels == "max" else (levels or 1) - 1


def _refuse(item: Expanded, way: Navigation) -> None:
    """Raise for what is never offered, or not of a single entity."""
    options, place = item.options, item.span.start
    if options.apply:
        raise OptionUnsupported(OPTION, place, "$apply in what is expanded")
    if options.compute:
        raise OptionUnsupported(OPTION, options.compute[0].span.start, "$compute in what is expanded")
    if way.many:
        return
    given = [f"${name}" for name in _ONLY_OF_MANY if getattr(options, name) not in (None, ())]
    if item.form is Form.COUNT or given:
        problem = f"{way.name} leads to one entity and takes no {given[0] if given else Form.COUNT}"
        raise OptionWrong(OPTION, place, problem, "Leave it out.")


def _selected(items: Sequence[Selected], target: EntitySet) -> tuple[tuple[Column, ...], Projection]:
    """The columns that are chosen, in the order of the metadata, and the names for the context."""
    entity = target.type
    names: dict[str, None] = {}
    is_all = not items
    for item in items:
        path = [one for one in item.path if one.text != entity.qualified]
        if item.path[-1].text == "*":
            is_all = True
        elif item.path[-1].text.endswith(".*"):
            continue  # operations of a namespace, of which there are none
        elif item.parameters is not None or item.options != Options() or len(path) != 1 or path[0].text[0] == "@":
            raise OptionUnsupported(OPTION, item.span.start, "this item of $select")
        elif path[0].text not in entity.by_name:
            near = nearest(path[0].text, entity.by_name)
            advice = f'Did you mean "{near}"?' if near else f"The metadata list the properties of {target.name}."
            problem = f'{target.name} has no property "{shown(path[0].text)}"'
            raise OptionWrong(OPTION, path[0].span.start, problem, advice)
        else:
            names[path[0].text] = None
    if is_all:
        return tuple(one.column for one in entity.properties), Projection()
    shown_ones = tuple(one for one in entity.properties if one.name in names)
    ways = tuple(one.name for one in entity.navigations if one.name in names)
    return tuple(one.column for one in shown_ones), Projection((*(one.name for one in shown_ones), *ways))


def _condition(node: Node, target: EntitySet, sight: Sight) -> Bound:
    with told_of(OPTION):
        return bind(with_aliases(node, sight.aliases), scope_of(target, sight))


def _order(one: Ordering, target: EntitySet, sight: Sight) -> Order:
    with told_of(OPTION):
        value = bind_value(with_aliases(one.expression, sight.aliases), scope_of(target, sight))
        return Order(value, one.descending)
