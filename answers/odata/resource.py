"""What a path addresses in a model: a set or a part of it, one entity, or one of its properties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from answers.odata.conditions import condition_of
from answers.odata.sight import Sight
from odata.address import Alias, Bare, Cast, Ending, Filtered, Named, Parentheses, Resource
from odata.address.tree import Segment
from odata.model import EntitySet, Navigation, Property
from tabular.errors import NoSuchEntity, NotOffered, OptionWrong, UnknownEntitySet, UnknownSegment
from tabular.filter import Bound
from tabular.filter.bound import KIND_OF, Apply, Cell, Constant, Kind, Of, Operation
from tabular.filter.tree import Binary, Literal, Name, Node, Path, Span, Spelling

Read = Callable[["Target", tuple[str, ...]], Mapping[str, Cell] | None]
"""What properties of the one entity that a target is hold; None where there is no such entity."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is addressed: the entities of a set that meet all conditions.

    `is_single`: it is one entity, of which there may be none where `may_lack` (a navigation that leads to nobody).
    `said` is the path as a sentence repeats it, `property` what is asked of the entity, `ending` how.
    """

    entity_set: EntitySet
    said: str
    conditions: tuple[Bound, ...] = ()
    is_single: bool = False
    may_lack: bool = False
    property: Property | None = None
    ending: Ending | None = None


def target_of(resource: Resource, sight: Sight, read: Read) -> Target:
    """What a resource addresses; `read` is asked only where a navigation begins at what no key says.

    Raises UnknownEntitySet and UnknownSegment with the nearest name, NoSuchEntity, OptionWrong, NotOffered.
    """
    first, *rest = resource.segments
    assert isinstance(first, Named), "a path begins with a name"
    if first.name not in sight.model.by_name:
        raise UnknownEntitySet(first.name, tuple(sight.model.by_name))
    found = Target(sight.model.by_name[first.name], first.name)
    found = _keyed(found, first, sight)
    for segment in rest:
        found = _beyond(found, segment, sight, read)
    if resource.ending in (Ending.REF, Ending.EACH):
        raise NotOffered(f"{resource.ending} behind a resource")
    if resource.ending is Ending.VALUE and found.property is None:
        raise NotOffered("$value of anything but a property")
    if resource.ending is Ending.COUNT and (found.is_single or found.property is not None):
        raise UnknownSegment("$count", found.said, ())
    return replace(found, ending=resource.ending)


def _beyond(found: Target, segment: Segment, sight: Sight, read: Read) -> Target:
    names = found.entity_set.type.by_name
    if found.property is not None:
        raise UnknownSegment(_text(segment), found.said, ())
    match segment:
        case Filtered(condition):
            _refuse_single(found, "$filter")
            bound = condition_of(condition, found.entity_set, sight, "$filter(…)")
            return replace(found, conditions=(*found.conditions, bound))
        case Cast(name):
            if name != found.entity_set.type.qualified:
                raise UnknownSegment(name, found.said, (found.entity_set.type.qualified,))
            return found
        case Bare(text):
            raise UnknownSegment(text, found.said, tuple(names) if found.is_single else ())
        case Named(name):
            member = names.get(name) if found.is_single else None
            if member is None:
                raise UnknownSegment(name, found.said, tuple(names) if found.is_single else ())
            if isinstance(member, Navigation):
                return _keyed(_led(found, member, sight, read), segment, sight)
            if segment.parentheses:
                raise UnknownSegment(f"{name}(…)", found.said, tuple(names))
            return replace(found, property=member, said=f"{found.said}/{name}")


def _text(segment: Segment) -> str:
    match segment:
        case Named(name) | Cast(name):
            return name
        case Bare(text):
            return text
    return "$filter"


def _refuse_single(found: Target, what: str) -> None:
    if found.is_single:
        raise UnknownSegment(what, found.said, tuple(found.entity_set.type.by_name))


# Keys


def _keyed(found: Target, segment: Named, sight: Sight) -> Target:
    """The entity with the key in the parentheses behind a name, if there are any."""
    if not segment.parentheses:
        return found
    if found.is_single or len(segment.parentheses) > 1:
        raise UnknownSegment(f"{segment.name}(…)", found.said, tuple(found.entity_set.type.by_name))
    given = _named(found.entity_set, segment.parentheses[0], segment.name)
    conditions = tuple(_is(found.entity_set, name, _value(value, sight), sight) for name, value in given.items())
    said = f"{found.said}({','.join(f'{name}={_shown(value)}' for name, value in given.items())})"
    return replace(found, conditions=(*found.conditions, *conditions), is_single=True, said=said)


def _named(entity_set: EntitySet, given: Parentheses, said: str) -> Mapping[str, Literal | Alias]:
    """The values of a key by the names of its properties. Raises OptionWrong."""
    key = entity_set.type.key
    if given.value is not None and len(key) == 1:
        return {key[0]: given.value}
    named = dict(given.named)
    if set(named) != set(key):
        example = ",".join(f"{name}=…" for name in key)
        problem = f"the key of {entity_set.name} is {' and '.join(key)}"
        raise OptionWrong(f"The key of {said}", given.span.start, problem, f"It looks like this: {said}({example}).")
    return {name: named[name] for name in key}


def _value(value: Literal | Alias, sight: Sight) -> Node:
    if isinstance(value, Literal):
        return value
    return sight.aliases.get(value.name, Literal(Spelling.NULL, "null", value.span))


def _is(entity_set: EntitySet, name: str, value: Node, sight: Sight) -> Bound:
    span = Span(0, 0)
    node = Binary("eq", Path((Name(name, span),), span), value, value.span, value.span)
    return condition_of(node, entity_set, sight, "The key")


def _shown(value: Literal | Alias) -> str:
    if isinstance(value, Alias):
        return f"@{value.name}"
    return f"'{value.text}'" if value.spelling is Spelling.TEXT else value.text


# Navigations


def _led(found: Target, way: Navigation, sight: Sight, read: Read) -> Target:
    """Where a navigation leads from one entity. Raises NoSuchEntity where there is no such entity."""
    target = sight.model.by_name[way.target]
    own = tuple(mine for mine, _ in way.pairs)
    cells = read(found, own)
    if cells is None:
        raise NoSuchEntity(found.said)
    conditions = tuple(_equals(target, theirs, cells[mine]) for mine, theirs in way.pairs)
    return Target(target, f"{found.said}/{way.name}", conditions, is_single=not way.many, may_lack=True)


def _equals(target: EntitySet, name: str, cell: Cell) -> Bound:
    """Whether a property has a value; null leads nowhere."""
    column = target.type.table.column(name)
    kind = KIND_OF[column.type]
    if cell is None:
        return Constant(False, Kind.BOOLEAN)
    return Apply(Operation.EQ, (Of(column, kind), Constant(cell, kind)), Kind.BOOLEAN)
