"""`cast` and `isof`: the primitive types of OData and what is made into them."""

from tabular.errors import FilterUnsupported, FilterWrong, nearest, shown
from tabular.filter.bound import Apply, Bound, Constant, Kind, Operation
from tabular.filter.coercion import made, taken_as
from tabular.filter.tree import Name, Node, Path, Span

_TYPES: dict[str, Kind] = {
    "Edm.String": Kind.TEXT,
    "Edm.Guid": Kind.TEXT,
    **dict.fromkeys(("Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"), Kind.INTEGER),
    **dict.fromkeys(("Edm.Decimal", "Edm.Double", "Edm.Single"), Kind.NUMBER),
    "Edm.Boolean": Kind.BOOLEAN,
    "Edm.DateTimeOffset": Kind.MOMENT,
    "Edm.Date": Kind.DATE,
    "Edm.TimeOfDay": Kind.TIME_OF_DAY,
    "Edm.Duration": Kind.DURATION,
}
_REACH = {"Edm.Byte": (0, 255), "Edm.SByte": (-128, 127), "Edm.Int16": (-32768, 32767)}
_REACH |= {"Edm.Int32": (-(2**31), 2**31 - 1)}

_WAYS: dict[tuple[Kind, Kind], Operation] = {
    (Kind.INTEGER, Kind.TEXT): Operation.TEXT_OF_INTEGER,
    (Kind.NUMBER, Kind.TEXT): Operation.TEXT_OF_NUMBER,
    (Kind.BOOLEAN, Kind.TEXT): Operation.TEXT_OF_BOOLEAN,
    (Kind.DATE, Kind.TEXT): Operation.TEXT_OF_DATE,
    (Kind.MOMENT, Kind.TEXT): Operation.TEXT_OF_MOMENT,
    (Kind.TIME_OF_DAY, Kind.TEXT): Operation.TEXT_OF_TIME,
    (Kind.TEXT, Kind.INTEGER): Operation.INTEGER_IN,
    (Kind.TEXT, Kind.NUMBER): Operation.NUMBER_IN,
    (Kind.TEXT, Kind.BOOLEAN): Operation.BOOLEAN_IN,
    (Kind.TEXT, Kind.DATE): Operation.DATE_IN,
    (Kind.INTEGER, Kind.NUMBER): Operation.NUMBER_OF,
    (Kind.NUMBER, Kind.INTEGER): Operation.INTEGER_OF,
}
"""Where a value of another kind has a spelling or a rounding; what fails is null (OData 4.01 part 2, 5.1.1.10.1)."""


def cast(value: Bound, to: Node, zone: str, span: Span) -> Bound:
    """A value as one of another type. Raises FilterWrong, FilterUnsupported where there is no way between the two."""
    name = _type_name(to, span)
    kind = _TYPES[name]
    found = taken_as(value, kind, zone)
    if found is None:
        operation = _WAYS.get((value.kind, kind))
        if operation is None:
            raise FilterUnsupported(span.start, f"a cast of {value.kind} to {name}")
        found = made(operation, value, kind=kind)
    if name in _REACH:
        least, most = (Constant(edge, Kind.INTEGER) for edge in _REACH[name])
        return made(Operation.WITHIN, found, least, most, kind=kind)
    return found


def isof(value: Bound, to: Node, span: Span) -> Bound:
    """Whether a value is of a type; null is of none."""
    name = _type_name(to, span)
    if value.kind is not _TYPES[name]:
        return Constant(False, Kind.BOOLEAN)
    return Apply(Operation.NE, (value, Constant(None, value.kind)), Kind.BOOLEAN)


def _type_name(node: Node, span: Span) -> str:
    if not (isinstance(node, Path) and len(node.segments) == 1 and isinstance(node.segments[0], Name)):
        raise FilterWrong(span.start, "no type stands where one was expected", "Types look like Edm.String.")
    name = node.segments[0].text
    if name not in _TYPES:
        near = nearest(name, _TYPES)
        advice = f'Did you mean "{near}"?' if near else f"The types are {', '.join(_TYPES)}."
        raise FilterWrong(node.span.start, f'there is no type "{shown(name)}"', advice)
    return name
