"""Paths over relations: what a filter asks of the rows that are related to the one it is about."""

from collections.abc import Callable, Sequence

from tabular.errors import FilterUnsupported, FilterWrong
from tabular.filter.bound import Apply, Bound, Kind, OneRelated, Relation, SizeRelated, SomeRelated
from tabular.filter.bound import Operation as Do
from tabular.filter.tree import Count, Filtered, Name, Node, Path, Quantified, Segment, Span

ConditionOf = Callable[[Relation, str, Node], Bound]
"""What a node means as a condition of related rows, which a variable stands for; without one, names are theirs."""

ValueOf = Callable[[Relation, Node], Bound]
"""What a node means as a value of related rows."""


def begun(names: Sequence[Name]) -> Name | None:
    """The name in which a relation may begin: the first that is not the row itself."""
    after = names[1:] if names and names[0].text.lower() == "$it" else names
    return after[0] if after else None


def beyond(
    relation: Relation, path: Sequence[Segment], span: Span, condition_of: ConditionOf, value_of: ValueOf
) -> Bound:
    """What a path asks of related rows, behind the relation's name. Raises FilterWrong, FilterUnsupported."""
    if relation.many:
        return _of_many(relation, path, span, condition_of)
    if not path:
        advice = f"Name one of its columns, as in {relation.name}/{relation.other.name}."
        raise FilterWrong(span.start, f"{relation.name} is a whole row", advice)
    value = value_of(relation, Path(tuple(path), span))
    return OneRelated(relation, value, value.kind)


def _of_many(relation: Relation, path: Sequence[Segment], span: Span, condition_of: ConditionOf) -> Bound:
    conditions: list[Bound] = []
    while path and isinstance(path[0], Filtered):
        conditions.append(condition_of(relation, "", path[0].condition))
        path = path[1:]
    match tuple(path):
        case (Count(condition),):
            if condition is not None:
                conditions.append(condition_of(relation, "", condition))
            return SizeRelated(relation, _all(conditions))
        case (Quantified(is_all, name, condition),) if not (conditions and is_all):
            if condition is not None:
                conditions.append(condition_of(relation, name, condition))
            return SomeRelated(relation, is_all, _all(conditions))
        case () | (Name(), *_):
            advice = f"Ask for some of them: {relation.name}/any(x:x/{relation.other.name} eq …)."
            raise FilterWrong(span.start, f"{relation.name} are many rows", advice)
    raise FilterUnsupported(path[0].span.start, "this use of related rows")


def is_there(relation: Relation, is_null: bool) -> Bound:
    """Whether there is a related row, or (`is_null`) none: `contact ne null`, `contact eq null`."""
    there = SomeRelated(relation, False, None)
    return Apply(Do.NOT, (there,), Kind.BOOLEAN) if is_null else there


def _all(conditions: Sequence[Bound]) -> Bound | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Apply(Do.AND, tuple(conditions), Kind.BOOLEAN)
