"""Queries: a SELECT with all its parts, and UNION, as the engine's SQL under names of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from datamodel.sql.dialect.calls import directed, has_aggregates
from datamodel.sql.dialect.comparing import group_key, sort_key
from datamodel.sql.dialect.conversions import converted, merged, settled
from datamodel.sql.dialect.expressions import Expressions
from datamodel.sql.dialect.fields import (
    Field,
    Select,
    check_modifiers,
    checked_position,
    chosen,
    column_of,
    item_at,
    key_of_field,
    limit_of,
    rendered,
    representative,
    settled_kind,
    windows_of,
)
from datamodel.sql.dialect.relations import Relations, Tables
from datamodel.sql.dialect.scopes import Relation, Scope, Writing, is_number
from datamodel.sql.dialect.values import Kind, Value
from tabular.errors import StatementUnreadable, StatementUnsupported, UnknownSqlColumn

MOST_FIELDS = 1_000
_PARTS = frozenset(
    {"with_", "kind", "hint", "distinct", "expressions", "limit", "offset", "from_", "joins", "where", "group"}
    | {"having", "order", "windows", "operation_modifiers", "options", "this", "expression"}
)
"""What a SELECT or UNION may have."""


class Queries:
    """The queries of one statement."""

    def __init__(self, writing: Writing, tables: Tables) -> None:
        self._writing = writing
        self._expressions = Expressions(writing, self._answered)
        self._relations = Relations(writing, tables, self._expressions, self.inner)

    def printed(self, node: exp.Expression, most: int) -> tuple[str, list[Field]]:
        """The whole statement, each field as the text that MariaDB prints, and at most so many rows."""
        sql, fields = self._query(node, None, printing=True, most=most)
        return sql, fields

    def inner(self, node: exp.Expression, parent: Scope | None) -> tuple[str, list[Field]]:
        """A sub-query in parentheses, whose fields are called c0, c1, …"""
        sql, fields = self._query(node, parent, printing=False)
        return f"({sql})", fields

    def _answered(self, node: exp.Expression, scope: Scope) -> tuple[str, list[Value]]:
        inside = node.this if isinstance(node, exp.Subquery) and not node.args.get("alias") else node
        sql, fields = self.inner(inside, scope)
        return sql, [replace(one.value.plain(f"§.c{place}"), order=None) for place, one in enumerate(fields)]

    def _query(
        self, node: exp.Expression, parent: Scope | None, printing: bool, most: int | None = None
    ) -> tuple[str, list[Field]]:
        while isinstance(node, exp.Subquery):
            if any(node.args.get(part) for part in ("alias", "order", "limit", "offset", "with_", "joins", "pivots")):
                return self._wrapped(node, parent, printing, most)
            node = node.this
        if not isinstance(node, exp.Select | exp.Union):
            raise StatementUnsupported(type(node).__name__.upper(), advice="Write SELECT, or UNION of several.")
        for part, value in node.args.items():
            if value and part not in _PARTS and part not in ("distinct", "by_name", "side", "match"):
                raise StatementUnsupported(part.strip("_").replace("_", " ").upper(), advice="Leave it out.")
        named = self._relations.with_queries(node.args.get("with_"), parent)
        with self._relations.knowing(named):
            begin = f"WITH {', '.join(f'{name} AS {sql}' for name, sql in named.written)} " if named.written else ""
            if isinstance(node, exp.Union):
                sql, fields = self._union(node, parent, printing, most)
            else:
                sql, fields = self._select(node, parent, printing, most)
        return begin + sql, fields

    def _wrapped(
        self, node: exp.Subquery, parent: Scope | None, printing: bool, most: int | None
    ) -> tuple[str, list[Field]]:
        """Parentheses that have an order or a limit of their own."""
        if any(node.args.get(part) for part in ("alias", "with_", "joins", "pivots")):
            raise StatementUnsupported("a sub-query in this place", advice="Leave out its parentheses.")
        sql, fields = self._query(node.this, parent, printing=False)
        alias = self._writing.alias()
        values = [Field(one.name, column_of(alias, place, one.value)) for place, one in enumerate(fields)]
        select = Select(values, f"FROM ({sql}) AS {alias}")
        self._finish(node, select, Scope(parent=parent), printing, most)
        return rendered(select, printing), values

    # SELECT

    def _select(
        self, node: exp.Select, parent: Scope | None, printing: bool, most: int | None
    ) -> tuple[str, list[Field]]:
        check_modifiers(node)
        relations, source = self._relations.source(node, parent)
        scope = Scope(relations, parent, windows=windows_of(self._writing, node))
        conditions = []
        if node.args.get("where") is not None:
            conditions.append(self._expressions.condition(node.args["where"].this, replace(scope, place="WHERE")))
        items = list(self._items(node, scope))
        if len(items) > MOST_FIELDS:
            raise StatementUnsupported(f"more than {MOST_FIELDS:,} fields", advice="Name those that are needed.")
        names = {name.lower(): one for name, one in reversed(items) if name and isinstance(one, exp.Expression)}
        group, having = node.args.get("group"), node.args.get("having")
        parts = [one for _, one in items if isinstance(one, exp.Expression)]
        ordered = node.args["order"].expressions if node.args.get("order") else []
        is_grouped = bool(group) or any(has_aggregates(one) for one in [*parts, *([having.this] if having else [])])
        is_grouped = is_grouped or any(has_aggregates(one) for one in ordered)
        select = Select([], source)
        rollup: list[str] = []
        if is_grouped:
            scope, rollup = self._grouped(group, scope, items, select)
        select.fields = [
            Field(
                name,
                self._expressions.value(one, scope) if isinstance(one, exp.Expression) else self._whole(one, scope),
            )
            for name, one in items
        ]
        if having is not None:
            inside = replace(scope, fields=names, place="" if is_grouped else "HAVING")
            condition = self._expressions.condition(having.this, inside)
            if is_grouped:
                select.having = f" HAVING {condition}"
            else:
                conditions.append(condition)
        if conditions:
            select.source += f" WHERE {' AND '.join(conditions)}"
        if rollup:
            if ordered:
                raise StatementUnsupported(
                    "ORDER BY with ROLLUP", advice="MariaDB refuses it too: order a query around it."
                )
            select.order = rollup
        if node.args.get("distinct"):
            if not isinstance(node.args["distinct"], exp.Distinct) or node.args["distinct"].args.get("on"):
                raise StatementUnsupported("DISTINCT ON", advice="Write DISTINCT.")
            self._distinct(node, select, scope, printing, most)
        else:
            self._finish(node, select, replace(scope, fields=names), printing, most)
        if is_grouped:
            select.is_plain = False
        return rendered(select, printing), select.fields

    def _items(self, node: exp.Select, scope: Scope) -> "list[tuple[str, exp.Expression | Value]]":
        """The fields as they are named, `*` taken apart into columns."""
        found: list[tuple[str, exp.Expression | Value]] = []
        for one in node.expressions:
            if isinstance(one, exp.Alias):
                found.append((self._writing.name(one.args["alias"]), one.this))
            elif isinstance(one, exp.Star):
                if one.args.get("except_") or one.args.get("except") or one.args.get("replace"):
                    raise StatementUnsupported("EXCLUDE", advice="Name the columns.")
                found += self._all(scope.relations)
            elif isinstance(one, exp.Column) and isinstance(one.this, exp.Star):
                table = self._writing.name(one.args.get("table"))
                of = [relation for relation in scope.relations if relation.name == table]
                if not of:
                    raise UnknownSqlColumn(f"{table}.*", [f"{relation.name}.*" for relation in scope.relations])
                found += [(name, value) for name, value in of[0].columns.values()]
            else:
                name = self._writing.name(one.this) if isinstance(one, exp.Column) else ""
                found.append((name, one))
        if not found:
            raise StatementUnreadable("SELECT names no fields")
        return found

    def _all(self, relations: Sequence[Relation]) -> "list[tuple[str, exp.Expression | Value]]":
        if not relations:
            raise StatementUnsupported("* without tables", advice="Name a table after FROM.")
        shared = {name for relation in relations for name in relation.hidden}
        first = [relations[0].columns[name] for name in relations[0].columns if name in shared]
        first += [
            relation.columns[name]
            for relation in relations[1:]
            for name in relation.columns
            if name in shared and name not in relation.hidden and name not in relations[0].columns
        ]
        rest = [column for relation in relations for name, column in relation.columns.items() if name not in shared]
        return [*first, *rest]

    def _whole(self, value: Value | exp.Expression, scope: Scope) -> Value:
        assert isinstance(value, Value)
        return scope.as_grouped(value, "")

    # Groups

    def _grouped(
        self,
        group: exp.Group | None,
        scope: Scope,
        items: "Sequence[tuple[str, exp.Expression | Value]]",
        select: Select,
    ) -> tuple[Scope, list[str]]:
        """The scope of groups, and the order that WITH ROLLUP brings."""
        if group is None:
            return replace(scope, keys={}), []
        rolled = group.args.get("rollup")
        if any(value for part, value in group.args.items() if part not in ("expressions", "rollup")) or (
            rolled and any(one.expressions for one in rolled)
        ):
            raise StatementUnsupported("such a GROUP BY", advice="Write GROUP BY a, b or GROUP BY a, b WITH ROLLUP.")
        keys: dict[str, Value] = {}
        sqls: list[str] = []
        order: list[str] = []
        for one in group.expressions:
            value = self._group_value(one.this if isinstance(one, exp.Ordered) else one, scope, items)
            if value.literal is not None and not rolled:
                continue
            by = group_key(value)
            if by in sqls:
                continue
            sqls.append(by)
            keys[value.sql] = representative(value, by, bool(rolled))
            order += [
                f"grouping({by})",
                directed(sort_key(value) if value.order is None else f"min({value.order})", down=False),
            ]
        if rolled:
            select.groups = f" GROUP BY ROLLUP ({', '.join(sqls)})"
        else:
            order = []
            # Where all keys are constants there is one group, and none where there are no rows.
            select.groups = f" GROUP BY {', '.join(sqls)}" if sqls else " GROUP BY TRUE"
        return replace(scope, keys=keys or {"": Value("NULL", Kind.NULL)}), order

    def _group_value(
        self, node: exp.Expression, scope: Scope, items: "Sequence[tuple[str, exp.Expression | Value]]"
    ) -> Value:
        inside = replace(scope, place="GROUP BY")
        if is_number(node):
            item = item_at(str(node.this), items)
            return item if isinstance(item, Value) else self._expressions.value(item, inside)
        if isinstance(node, exp.Column) and not node.args.get("table"):
            # A column comes before a field of that name.
            name = self._writing.name(node.this).lower()
            if not any(name in relation.columns for relation in scope.relations):
                for known, item in items:
                    if known.lower() == name and isinstance(item, exp.Expression):
                        return self._expressions.value(item, inside)
        return self._expressions.value(node, inside)

    # DISTINCT, ORDER BY, LIMIT

    def _distinct(self, node: exp.Select, select: Select, scope: Scope, printing: bool, most: int | None) -> None:
        """Wrap a SELECT into one whose rows all differ."""
        sqls = {one.value.sql: place for place, one in enumerate(select.fields)}
        inner = Select(select.fields, select.source, select.groups, select.having)
        alias = self._writing.alias()
        parts = []
        keys = []
        for place, one in enumerate(select.fields):
            value = settled(one.value)
            parts.append(f"{value.sql} AS c{place}")
            keys.append(f"{group_key(value)} AS k{place}")
            if value.order is not None:
                keys.append(f"{value.order} AS o{place}")
        rows = f"SELECT {', '.join([*parts, *keys])} {inner.source}{inner.groups}{inner.having}"
        fields = []
        for place, one in enumerate(select.fields):
            value = settled(one.value)
            order = f"any_value({alias}.o{place})" if value.order is not None else None
            chosen = "min" if value.kind is Kind.TEXT else "any_value"
            by = f"{alias}.k{place}" if value.kind is Kind.TEXT else None
            fields.append(Field(one.name, replace(value.plain(f"{chosen}({alias}.c{place})"), key=by, order=order)))
        select.fields = fields
        select.source = f"FROM ({rows}) AS {alias}"
        select.groups = f" GROUP BY {', '.join(f'{alias}.k{place}' for place in range(len(fields)))}"
        select.having, select.is_plain = "", False
        for one in node.args["order"].expressions if node.args.get("order") else ():
            at = self._place_of(one.this, node, select, scope, sqls)
            if at is None:
                raise StatementUnsupported("DISTINCT ordered by what is no field", advice="Add it to the fields.")
            select.order.append(directed(sort_key(fields[at].value), bool(one.args.get("desc"))))
        select.limit = limit_of(node, most)

    def _place_of(
        self, node: exp.Expression, select_node: exp.Select, select: Select, scope: Scope, sqls: Mapping[str, int]
    ) -> int | None:
        if is_number(node):
            return checked_position(str(node.this), len(select.fields))
        if isinstance(node, exp.Column) and not node.args.get("table"):
            name = self._writing.name(node.this).lower()
            for place, one in enumerate(select.fields):
                if one.name.lower() == name:
                    return place
        return sqls.get(self._expressions.value(node, scope).sql)

    def _finish(self, node: exp.Expression, select: Select, scope: Scope, printing: bool, most: int | None) -> None:
        """The order and the limit of rows."""
        limit = limit_of(node, most)
        ordered = node.args["order"].expressions if node.args.get("order") else []
        if ordered and (printing or limit):
            for one in ordered:
                by, down = one.this, bool(one.args.get("desc"))
                value = self._ordering(by, select, scope)
                if value is not None:
                    select.order.append(directed(sort_key(value), down))
        select.limit = limit
        if limit:
            select.is_plain = False

    def _ordering(self, node: exp.Expression, select: Select, scope: Scope) -> Value | None:
        if is_number(node):
            return select.fields[checked_position(str(node.this), len(select.fields))].value
        if isinstance(node, exp.Column) and not node.args.get("table"):
            name = self._writing.name(node.this).lower()
            for one in select.fields:
                if one.name.lower() == name:
                    return one.value
        value = self._expressions.value(node, scope)
        return None if value.literal is not None or value.kind is Kind.NULL else value

    # UNION

    def _union(
        self, node: exp.Union, parent: Scope | None, printing: bool, most: int | None
    ) -> tuple[str, list[Field]]:
        sides = [self._query(side, parent, printing=False) for side in (node.this, node.expression)]
        (first, ones), (second, others) = sides
        if len(ones) != len(others):
            raise StatementUnreadable("the parts of a UNION have different numbers of fields")
        alias = self._writing.alias()
        kinds = [merged([one.value, other.value]) for one, other in zip(ones, others, strict=True)]
        written = []
        for sql, fields in ((first, ones), (second, others)):
            side = self._writing.alias()
            columns = (
                f"{converted(column_of(side, place, one.value), settled_kind(kind))} AS c{place}"
                for place, (one, kind) in enumerate(zip(fields, kinds, strict=True))
            )
            written.append(f"SELECT {', '.join(columns)} FROM ({sql}) AS {side}")
        values = [column_of(alias, place, settled_kind(kind)) for place, kind in enumerate(kinds)]
        fields = [Field(one.name, value) for one, value in zip(ones, values, strict=True)]
        select = Select(fields, f"FROM ({' UNION ALL '.join(written)}) AS {alias}", is_plain=False)
        if node.args.get("distinct"):
            select.groups = f" GROUP BY {', '.join(group_key(one.value) for one in fields)}"
            select.fields = [
                Field(one.name, replace(one.value.plain(chosen(one.value)), key=key_of_field(one.value)))
                for one in fields
            ]
        self._finish(node, select, Scope(parent=parent), printing, most)
        return rendered(select, printing), select.fields
