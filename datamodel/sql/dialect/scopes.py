"""Scopes: which names mean what, where an expression stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlglot import exp

from datamodel.sql.dialect.collation import key_of
from datamodel.sql.dialect.lexing import Lexed, is_text
from datamodel.sql.dialect.values import Value, text
from tabular.errors import StatementUnsupported, UnknownSqlColumn


@dataclass(frozen=True, slots=True)
class Relation:
    """What FROM names: the columns by their names in small letters, with the spelling of each."""

    name: str
    columns: Mapping[str, tuple[str, Value]]
    hidden: frozenset[str] = frozenset()
    """Columns that an earlier relation shows in place of them (USING)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The relations of a SELECT, those around it, and, where rows are grouped, what they are grouped by.

    `fields` are the fields of the SELECT by their names, where these may be used; `keys` are expressions that rows are
    grouped by, as rows have them (SQL), and as groups have them.
    """

    relations: Sequence[Relation] = ()
    parent: "Scope | None" = None
    fields: Mapping[str, exp.Expression] = field(default_factory=dict)
    keys: Mapping[str, Value] | None = None
    place: str = ""
    """Where no aggregate may stand, such as WHERE; empty where one may."""
    windows: Mapping[str, exp.Expression] = field(default_factory=dict)

    @property
    def of_rows(self) -> "Scope":
        """The same before its rows are grouped."""
        return replace(self, keys=None, fields={}, place="an aggregate")

    def column(self, table: str, name: str) -> Value:
        """The column of that name. Raises UnknownSqlColumn."""
        scope: Scope | None = self
        while scope is not None:
            found = [
                relation.columns[name.lower()][1]
                for relation in scope.relations
                if ((not table and name.lower() not in relation.hidden) or relation.name == table)
                and name.lower() in relation.columns
            ]
            if len(found) > 1 and not table:
                raise UnknownSqlColumn(name, problem="is in several tables", advice="Write its table before it.")
            if found:
                return scope.as_grouped(found[0], name)
            scope = scope.parent
        raise UnknownSqlColumn(f"{table}.{name}" if table else name, self._known(bool(table)))

    def as_grouped(self, value: Value, name: str) -> Value:
        """A column as groups have it: all rows of a group have to agree on it."""
        if self.keys is None:
            return value
        if value.sql in self.keys:
            return self.keys[value.sql]
        return value.plain(f"mdb_agreed({value.sql})")

    def _known(self, with_tables: bool) -> list[str]:
        names, scope = [], self
        while scope is not None:
            for relation in scope.relations:
                prefix = f"{relation.name}." if with_tables else ""
                names += [prefix + spelt for spelt, _ in relation.columns.values()]
            if scope.parent is None:
                break
            scope = scope.parent
        return names


@dataclass(slots=True)
class Writing:
    """What is known of the statement that is being written: its texts, which are bound, the moment and the zone."""

    lexed: Lexed
    now: datetime
    zone: str
    literals: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _aliases: int = 0

    def alias(self) -> str:
        """A new name for a relation."""
        self._aliases += 1
        return f"t{self._aliases}"

    def bound(self, said: str) -> str:
        """A text as a parameter."""
        if said not in self._names:
            self._names[said] = f"p{len(self._names)}"
            self.literals[self._names[said]] = said
        return f"${self._names[said]}"

    def literal(self, said: str) -> Value:
        """A text as a value."""
        return replace(text(f"CAST({self.bound(said)} AS VARCHAR)"), key=self.bound(key_of(said)), literal=said)

    def constant(self, node: exp.Expression, what: str) -> str:
        """The text of a literal. Raises StatementUnsupported."""
        if isinstance(node, exp.Neg):
            return f"-{self.constant(node.this, what)}"
        if not isinstance(node, exp.Literal):
            raise StatementUnsupported(f"anything but a constant as {what}", advice="Write a text or a number there.")
        return self.lexed.text(str(node.this))

    def name(self, node: exp.Expression | None) -> str:
        """The name that an identifier spells."""
        return "" if node is None else self.lexed.text(str(node.name))


def is_number(node: exp.Expression) -> bool:
    """Whether it is a literal number."""
    return isinstance(node, exp.Literal) and not is_text(str(node.this))
