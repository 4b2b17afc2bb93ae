"""Relations: what stands in FROM, the tables and sub-queries, how they are joined, and the queries of WITH."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlglot import exp

from datamodel.sql.dialect.comparing import comparable
from datamodel.sql.dialect.expressions import Expressions
from datamodel.sql.dialect.scopes import Relation, Scope, Writing
from datamodel.sql.dialect.values import Value
from tabular.errors import StatementRefused, StatementUnreadable, StatementUnsupported, UnknownSqlColumn

MOST_RELATIONS = 40


class Tables(Protocol):
    """The tables that a statement may read."""

    def relation(self, name: str, alias: str) -> tuple[str, Mapping[str, tuple[str, Value]]]:
        """What a table is called in the engine, and its columns as `alias` has them. Raises UnknownSqlTable."""


class Named(Protocol):
    """A field of a sub-query."""

    @property
    def name(self) -> str:
        """Its name; empty where it has none."""

    @property
    def value(self) -> Value:
        """Its value inside."""


Inner = Callable[[exp.Expression, Scope | None], tuple[str, Sequence[Named]]]


@dataclass(slots=True)
class With:
    """The queries of one WITH: their names of ours with their SQL, and what they are called."""

    written: list[tuple[str, str]] = field(default_factory=list)
    known: dict[str, tuple[str, Sequence[Named]]] = field(default_factory=dict)


class Relations:
    """The relations of one statement."""

    def __init__(self, writing: Writing, tables: Tables, expressions: Expressions, inner: Inner) -> None:
        self._writing = writing
        self._tables = tables
        self._expressions = expressions
        self._inner = inner
        self._known: list[With] = []
        self._many = 0

    def with_queries(self, node: exp.Expression | None, parent: Scope | None) -> With:
        """The queries of a WITH, each of which knows those before it."""
        found = With()
        if node is None:
            return found
        if node.args.get("recursive"):
            raise StatementUnsupported("WITH RECURSIVE", advice="Write WITH without it.")
        with self.knowing(found):
            for one in node.expressions:
                name = self._writing.name(one.args["alias"].this)
                sql, fields = self._inner(one.this, parent)
                columns = one.args["alias"].args.get("columns") or ()
                if columns:
                    fields = self._renamed(fields, [self._writing.name(column) for column in columns])
                if name in found.known:
                    raise StatementUnreadable(f"WITH names {name} twice")
                ours = self._writing.alias()
                found.written.append((ours, sql))
                found.known[name] = (ours, fields)
        return found

    def _renamed(self, fields: Sequence[Named], names: Sequence[str]) -> Sequence[Named]:
        if len(fields) != len(names):
            raise StatementUnreadable("a sub-query has another number of fields than names")
        return [_Renamed(name, one.value) for name, one in zip(names, fields, strict=True)]

    @contextmanager
    def knowing(self, found: With) -> Iterator[None]:
        """While the names of a WITH are known."""
        self._known.append(found)
        try:
            yield
        finally:
            self._known.pop()

    def source(self, node: exp.Select, parent: Scope | None) -> tuple[list[Relation], str]:
        """The relations of a SELECT, and its FROM in SQL; nothing where it has none."""
        from_ = node.args.get("from_")
        if from_ is None:
            return [], ""
        relations: list[Relation] = []
        first, sql = self._relation(from_.this, parent)
        if first is not None:
            relations.append(first)
        joins = [*(from_.this.args.get("joins") or ()), *(node.args.get("joins") or ())]
        commas = any(_kind(join) == "," for join in joins)
        sql = f"FROM {sql}" if sql else ""
        for join in joins:
            if first is None:
                raise StatementUnsupported("a join with DUAL", advice="Leave DUAL out.")
            kind = _kind(join)
            if kind == "RIGHT" and commas:
                raise StatementUnsupported("RIGHT JOIN beside commas", advice="Write JOIN in place of the commas.")
            relation, joined = self._relation(join.this, parent)
            if relation is None:
                raise StatementUnsupported("a join with DUAL", advice="Leave DUAL out.")
            if any(one.name == relation.name for one in relations):
                raise StatementUnreadable(f"two tables are both called {relation.name}")
            condition, relation = self._condition(join, kind, relations, relation, parent)
            relations.append(relation)
            sql += f" {'CROSS' if condition is None else 'INNER' if kind == ',' else kind} JOIN {joined}"
            sql += "" if condition is None else f" ON {condition}"
        return relations, sql

    def _condition(
        self, join: exp.Join, kind: str, relations: Sequence[Relation], relation: Relation, parent: Scope | None
    ) -> tuple[str | None, Relation]:
        on, using = join.args.get("on"), join.args.get("using")
        if on is not None:
            inside = Scope([*relations, relation], parent, place="ON")
            return self._expressions.condition(on, inside), relation
        if using:
            if kind == "RIGHT":
                raise StatementUnsupported("RIGHT JOIN with USING", advice="Write LEFT JOIN, or ON.")
            names = [self._writing.name(one).lower() for one in using]
            pairs = []
            for name in names:
                if name not in relation.columns:
                    raise UnknownSqlColumn(name, relation.columns)
                one, other = comparable(Scope(relations).column("", name), relation.columns[name][1])
                pairs.append(f"{one} = {other}")
            return " AND ".join(pairs), replace(relation, hidden=frozenset(names))
        if kind in ("LEFT", "RIGHT"):
            raise StatementUnreadable(f"{kind} JOIN needs ON or USING")
        return None, relation

    def _relation(self, node: exp.Expression, parent: Scope | None) -> tuple[Relation | None, str]:
        self._many += 1
        if self._many > MOST_RELATIONS:
            raise StatementUnsupported(f"more than {MOST_RELATIONS} tables", advice="Ask in several statements.")
        for part, value in node.args.items():
            if value and part not in ("this", "alias", "joins", "db", "catalog"):
                raise StatementUnsupported(f"{part.strip('_').upper()} in FROM", advice="Leave it out.")
        alias = node.args.get("alias")
        named = self._writing.name(alias.this) if alias is not None and alias.this is not None else ""
        ours = self._writing.alias()
        if isinstance(node, exp.Subquery):
            if alias is None or not named:
                raise StatementUnsupported("a sub-query or join without a name", advice="Give it one: (SELECT …) AS t.")
            sql, fields = self._inner(node.this, None)
            if alias.args.get("columns"):
                fields = self._renamed(fields, [self._writing.name(one) for one in alias.args["columns"]])
            return Relation(named, _columns(ours, fields)), f"{sql} AS {ours}"
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise StatementUnsupported("this in FROM", advice="Name tables or sub-queries.")
        if alias is not None and alias.args.get("columns"):
            raise StatementUnsupported("names for the columns of a table", advice="Give them in a sub-query.")
        name = self._writing.name(node.this)
        if node.args.get("db") or node.args.get("catalog"):
            raise StatementRefused(f"the database {self._writing.name(node.args.get('db'))}")
        if node.this.name.startswith("§"):
            raise StatementUnreadable("a text stands where a table is named")
        if name.upper() == "DUAL" and not node.this.args.get("quoted"):
            return None, ""
        for known in reversed(self._known):
            if name in known.known:
                table, fields = known.known[name]
                return Relation(named or name, _columns(ours, fields)), f"{table} AS {ours}"
        table, columns = self._tables.relation(name, ours)
        return Relation(named or name, columns), f"{table} AS {ours}"


@dataclass(frozen=True, slots=True)
class _Renamed:
    name: str
    value: Value


def _columns(alias: str, fields: Sequence[Named]) -> dict[str, tuple[str, Value]]:
    found: dict[str, tuple[str, Value]] = {}
    for place, one in enumerate(fields):
        if one.name.lower() in found and one.name:
            raise UnknownSqlColumn(one.name, problem="is twice in a sub-query", advice="Give one another name with AS.")
        order = f"{alias}.o{place}" if one.value.order is not None else None
        # A field without a name cannot be named, but counts.
        found[one.name.lower() or f"\0{place}"] = (one.name, replace(one.value.plain(f"{alias}.c{place}"), order=order))
    return found


def _kind(join: exp.Join) -> str:
    side, kind, method = (str(join.args.get(part) or "").upper() for part in ("side", "kind", "method"))
    if method or kind not in ("", "INNER", "CROSS", "OUTER") or side not in ("", "LEFT", "RIGHT"):
        raise StatementUnsupported(
            f"{method} {side} {kind} JOIN".replace("  ", " ").strip(), advice="Write JOIN, LEFT JOIN or RIGHT JOIN."
        )
    if side:
        return side
    return "INNER" if kind or join.args.get("on") or join.args.get("using") else ","
