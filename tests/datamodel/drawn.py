"""Documents drawn from the schema: root fields, searches, selections, in the spellings that GraphQL has for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    get_named_type,
)
from hypothesis import strategies as st

from tests.datamodel.drawn_rows import ADDRESS_BOOK, CONTACTS, IDS, INTERACTIONS, JUNE, MAY, UNKNOWN, record_type
from tests.datamodel.drawn_searches import Search, search_type, searches, wrong_searches
from tests.datamodel.plain import QUERIES

TABLES = (*INTERACTIONS, ADDRESS_BOOK)


def counting(table: str) -> str:
    """The query that counts what a search finds."""
    return "addressBookContactCount" if table == ADDRESS_BOOK else f"{table}Count"


@dataclass(frozen=True)
class Drawn:
    """A document with its variables and the operation to run."""

    source: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation: str | None = None


class Draft:
    """A document while it is written: what its text has declared so far."""

    def __init__(self, draw: st.DrawFn, may_clash: bool = False) -> None:
        self.draw = draw
        self.may_clash = may_clash
        self.declared: list[str] = []
        self.variables: dict[str, Any] = {}
        self.fragments: list[str] = []
        self._names = 0

    def once_in(self, count: int) -> bool:
        """True in one of so many cases."""
        return bool(self.draw(st.integers(1, count)) == count)

    def name(self, letter: str) -> str:
        """A name that nothing else in the document has."""
        self._names += 1
        return f"{letter}{self._names}"

    # ---- values ------------------------------------------------------------------------------------------

    def value(self, value: Any, kind: GraphQLInputType) -> str:
        """A value inline, or as a variable."""
        return self.variable(value, kind) if self.once_in(10) else self.literal(value, kind)

    def variable(self, value: Any, kind: GraphQLInputType) -> str:
        """A value as a variable: given, or left to its default."""
        name = self.name("v")
        if value is not None and self.once_in(3):
            self.declared.append(f"${name}: {kind} = {self.literal(value, kind, constant=True)}")
            if self.draw(st.booleans()):
                self.variables[name] = value
        else:
            self.declared.append(f"${name}: {kind}")
            single = isinstance(value, list) and len(value) == 1 and self.draw(st.booleans())
            self.variables[name] = value[0] if single else value
        return f"${name}"

    def literal(self, value: Any, kind: GraphQLInputType, constant: bool = False) -> str:
        """A value inline; a `constant` has no variables within."""

        def inner(value: Any, kind: GraphQLInputType) -> str:
            return self.literal(value, kind, constant=True) if constant else self.value(value, kind)

        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if value is None:
            return "null"
        if isinstance(bare, GraphQLList):
            if len(value) == 1 and self.draw(st.booleans()):
                return self.literal(value[0], bare.of_type, constant=True)
            return "[" + ", ".join(inner(each, bare.of_type) for each in value) + "]"
        if isinstance(bare, GraphQLInputObjectType):
            parts = [f"{name}: {inner(each, bare.fields[name].type)}" for name, each in value.items()]
            if not constant and self.once_in(8):
                parts += self._not_given(value, bare)
            return "{" + ", ".join(parts) + "}"
        return str(value) if isinstance(bare, GraphQLEnumType) else json.dumps(value, ensure_ascii=False)

    def _not_given(self, value: Search, kind: GraphQLInputObjectType) -> list[str]:
        """A field whose variable is declared and not given: as if the field were left out."""
        free = [name for name in kind.fields if name not in value]
        if not free:
            return []
        chosen, name = self.draw(st.sampled_from(free)), self.name("v")
        self.declared.append(f"${name}: {kind.fields[chosen].type}")
        return [f"{chosen}: ${name}"]

    # ---- selections --------------------------------------------------------------------------------------

    def selection(self, kind: GraphQLObjectType, most: int = 5) -> str:
        """Some fields of a type, in braces; fields may come twice, and then are merged."""
        names = [*kind.fields, "__typename"]
        objects = [name for name in names[:-1] if isinstance(get_named_type(kind.fields[name].type), GraphQLObjectType)]
        chosen = self.draw(st.lists(st.sampled_from(names + objects * 2), min_size=1, max_size=most))
        parts = [self._selected(kind, name) for name in chosen]
        turn = self.draw(st.integers(0, 9))
        if turn >= 7:
            some, parts = parts[: (len(parts) + 1) // 2], parts[(len(parts) + 1) // 2 :]
            parts.append(self._fragment(kind, " ".join(some), turn))
        return "{ " + " ".join(parts) + " }"

    def _selected(self, kind: GraphQLObjectType, name: str) -> str:
        alias = ""
        if self.once_in(6):
            # At times another field's name; where the two clash the document is refused.
            others = [other for other in kind.fields if other != name][:2] if self.may_clash else []
            names = [self.name("a")] * 3 + others
            alias = f"{self.draw(st.sampled_from(names))}: "
        inner = get_named_type(kind.fields[name].type) if name in kind.fields else None
        below = f" {self.selection(inner, 3)}" if isinstance(inner, GraphQLObjectType) else ""
        return f"{alias}{name}{self.condition()}{below}"

    def _fragment(self, kind: GraphQLObjectType, parts: str, turn: int) -> str:
        if turn == 7:
            return f"... {self.condition()} {{ {parts} }}"
        if turn == 8:
            return f"... on {kind.name}{self.condition()} {{ {parts} }}"
        name = self.name("F")
        self.fragments.append(f"fragment {name} on {kind.name} {{ {parts} }}")
        return f"...{name}{self.condition()}"

    def condition(self) -> str:
        """At times a directive that includes or skips."""
        if not self.once_in(9):
            return ""
        directive, given = self.draw(st.sampled_from(["include", "skip"])), self.draw(st.booleans())
        written = str(given).lower()
        if self.draw(st.booleans()):
            name = self.name("v")
            self.declared.append(f"${name}: Boolean! = {str(not given).lower()}")
            self.variables[name], written = given, f"${name}"
        return f" @{directive}(if: {written})"

    # ---- root fields -------------------------------------------------------------------------------------

    def searched(self, table: str, search: Search, counted: bool) -> str:
        """A root field that searches or counts."""
        name = counting(table) if counted else table
        argument = self.value(search, GraphQLNonNull(search_type(table)))
        below = "" if counted else f" {self.selection(record_type(table))}"
        return f"{name}(search: {argument}){self.condition()}{below}"

    def by_id(self, table: str) -> str:
        """A root field that asks for one interaction."""
        id_ = self.draw(st.sampled_from([*IDS[MAY], *IDS[JUNE], *UNKNOWN]))
        argument = self.value(id_, GraphQLNonNull(GraphQLString))
        return f"{QUERIES[table]}(id: {argument}) {self.selection(record_type(table))}"

    def finished(self, fields: list[str]) -> Drawn:
        """The document of these root fields."""
        selected = " ".join(fields)
        if self.once_in(6):
            selected = f"... on Query {{ {selected} }}"
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        named = self.draw(st.sampled_from(["", "Asked", "shorthand"]))
        head = "" if named == "shorthand" and not declared else f"query {named}{declared} "
        operation, others = None, ""
        if named and head and self.once_in(3):
            operation, others = named, " query Other { me { name } }"
        fragments = "".join(f"\n{fragment}" for fragment in self.fragments)
        return Drawn(f"{head}{{ {selected} }}{others}{fragments}", self.variables, operation)


@st.composite
def documents(draw: st.DrawFn, tables: Sequence[str] = TABLES) -> Drawn:
    """A document of one to three root fields, which is in order but for a rare clash of aliases."""
    draft = Draft(draw, may_clash=True)
    fields: list[str] = []
    count = draw(st.sampled_from([1, 1, 1, 2, 3]))
    for turn in range(count):
        alias = f"r{turn}: " if count > 1 or draft.once_in(4) else ""
        fields.append(alias + draw_root(draft, tables, single=not fields))
    if draft.once_in(10):
        fields.append(draw(st.sampled_from(["__typename", "me { name }", "me { ...on Me { n: name __typename } }"])))
    if draft.once_in(10):
        fields.append(fields[0])  # the same field twice is one field
    return draft.finished(fields)


def draw_root(draft: Draft, tables: Sequence[str], single: bool) -> str:
    """A root field; one that may fail, since its contact may be unknown, only where it is the first."""
    table = draft.draw(st.sampled_from(tables))
    what = draft.draw(st.sampled_from(["list"] * 6 + ["count"] * 2 + ["one"]))
    if what == "one" and table != ADDRESS_BOOK:
        return draft.by_id(table)
    if what == "one" and single:
        uuid = json.dumps(draft.draw(st.sampled_from(CONTACTS)))
        return f"addressBookContact(uuid: {uuid}) {draft.selection(record_type(table))}"
    return draft.searched(table, draft.draw(searches(table)), what == "count")


@st.composite
def wrong_documents(draw: st.DrawFn) -> Drawn:
    """A document of which exactly one root field is an error."""
    draft = Draft(draw)
    table, counted = draw(st.sampled_from(TABLES)), draw(st.booleans())
    search = draw(wrong_searches(table, counted))
    argument = draft.literal(search, GraphQLNonNull(search_type(table)))
    name = counting(table) if counted else table
    below = "" if counted else f" {draft.selection(record_type(table))}"
    fields = [f"wrong: {name}(search: {argument}){below}"]
    if draw(st.booleans()):
        other = draw(st.sampled_from(TABLES))
        fields.insert(draw(st.integers(0, 1)), f"right: {draft.searched(other, draw(searches(other)), counted=True)}")
    return draft.finished(fields)
