"""Fields: those of a SELECT, what is grouped by, and how rows are limited and written."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from datamodel.sql.dialect.comparing import key
from datamodel.sql.dialect.conversions import settled, text_of
from datamodel.sql.dialect.scopes import Writing, is_number
from datamodel.sql.dialect.values import Kind, Value
from tabular.errors import StatementRefused, StatementUnsupported, UnknownSqlColumn


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a SELECT: its name (empty where it has none), and its value where the SELECT stands."""

    name: str
    value: Value


@dataclass(slots=True)
class Select:
    """The parts of one SELECT."""

    fields: list[Field]
    source: str = ""
    groups: str = ""
    having: str = ""
    order: list[str] = field(default_factory=list)
    limit: str = ""
    is_plain: bool = True
    """Whether its rows are those of its source: then a decimal keeps the digits that it does not show."""


def settled_kind(kind: Value) -> Value:
    """The type of a field that a table holds."""
    return replace(kind, digits=kind.scale) if kind.kind is Kind.DECIMAL else kind


def chosen(value: Value) -> str:
    return f"{'min' if value.kind is Kind.TEXT else 'any_value'}({value.sql})"


def key_of_field(value: Value) -> str | None:
    return key(value) if value.kind is Kind.TEXT else None


def column_of(alias: str, place: int, value: Value) -> Value:
    """A field of a sub-query from outside."""
    order = f"{alias}.o{place}" if value.order is not None else None
    return replace(value.plain(f"{alias}.c{place}"), order=order)


def representative(value: Value, by: str, rolled: bool) -> Value:
    """A key of groups as their rows have it."""
    if value.kind is not Kind.TEXT:
        value = settled(value)
        made = f"any_value({value.sql})"
        return value.plain(f"CASE WHEN grouping({by}) = 0 THEN {made} END" if rolled else made)
    made = f"any_value({value.sql})" if value.exact else f"min({value.sql})"
    order = f"any_value({value.order})" if value.order else None
    shown = f"CASE WHEN grouping({by}) = 0 THEN {made} END" if rolled else made
    # What it is grouped by sorts it, too.
    return replace(
        value.plain(shown),
        key=None if by == value.rank else by,
        rank=by if by == value.rank else None,
        exact=value.exact,
        order=order,
        source=value.source if value.exact and not rolled and by == value.rank else None,
    )


def windows_of(writing: Writing, node: exp.Select) -> dict[str, exp.Expression]:
    return {writing.name(one.this).lower(): one for one in node.args.get("windows") or ()}


def check_modifiers(node: exp.Select) -> None:
    if node.args.get("kind") or node.args.get("hint") or node.args.get("operation_modifiers"):
        raise StatementUnsupported("a modifier of SELECT", advice="Leave it out.")


def checked_position(said: str, many: int) -> int:
    if not said.isdigit() or not 1 <= int(said) <= many:
        raise UnknownSqlColumn(said, problem=f"is no place among the {many} fields")
    return int(said) - 1


def item_at(said: str, items: "Sequence[tuple[str, exp.Expression | Value]]") -> exp.Expression | Value:
    return items[checked_position(said, len(items))][1]


def limit_of(node: exp.Expression, most: int | None) -> str:
    """LIMIT and OFFSET; `most` rows where there is none, or a larger one."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if isinstance(limit, exp.Fetch):
        raise StatementUnsupported("FETCH", advice="Write LIMIT.")
    if limit is not None and limit.args.get("offset") is not None:
        offset = limit.args["offset"]
    numbers: list[int | None] = []
    for part in (limit, offset):
        said = part
        if isinstance(part, exp.Limit | exp.Offset):
            said = part.expression
        if said is None:
            numbers.append(None)
        elif is_number(said) and str(said.this).isdigit():
            numbers.append(min(int(str(said.this)), (1 << 63) - 1))
        else:
            raise StatementRefused("a LIMIT that is no whole number")
    rows, skipped = numbers
    if most is not None:
        rows = most if rows is None else min(rows, most)
    return (f" LIMIT {rows}" if rows is not None else "") + (f" OFFSET {skipped}" if skipped else "")


def rendered(select: Select, printing: bool) -> str:
    fields = []
    for place, one in enumerate(select.fields):
        value = one.value if select.is_plain or printing else settled(one.value)
        printed = value.rank if value.is_told_by_rank else text_of(value)
        fields.append(f"{printed if printing else _held(value)} AS c{place}")
        if value.order is not None and not printing:
            fields.append(f"{value.order} AS o{place}")
    if not select.is_plain and not printing:
        select.fields = [Field(one.name, settled(one.value)) for one in select.fields]
    order = f" ORDER BY {', '.join(select.order)}" if select.order else ""
    return f"SELECT {', '.join(fields)} {select.source}{select.groups}{select.having}{order}{select.limit}"


def _held(value: Value) -> str:
    return "CAST(NULL AS VARCHAR)" if value.kind is Kind.NULL else value.sql
