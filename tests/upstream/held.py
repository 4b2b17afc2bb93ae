"""Rows as a TVox holds them: those of one month of one table, found, ordered, and shaped as its schema has them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
)

from tests.datamodel.plain import Record, written
from tests.datamodel.plain_searching import NOT_CRITERIA, Criteria, Row, check, folded, meets, time_meets
from tests.datamodel.plain_sorting import in_order

Shaped = dict[str, Any]
"""A record as JSON has it, with every field of its type."""

Element = list[int]
"""What a page counts, as places in `Held.rows`: one row, or the steps of one interaction."""


class Held:
    """The rows of one month, ordered by their key: `("id", "step")`, `("id",)` or `("uuid",)`.

    `together`: the steps of an interaction are one element, as they were before 1.2.3.
    """

    def __init__(
        self, rows: Iterable[Row], key: tuple[str, ...], kind: GraphQLObjectType, together: bool = False
    ) -> None:
        self.rows: Sequence[Row] = sorted(rows, key=lambda row: tuple(row[name] for name in key))
        self._id, self._kind, self._together = key[0], kind, together
        self._stepped = len(key) > 1
        self._shape = shaper(kind)
        self._shaped: list[Shaped | None] = [None] * len(self.rows)

    def shaped(self, place: int) -> Shaped:
        """The row at a place as a record; made when it is first asked for."""
        held = self._shaped[place]
        if held is None:
            held = self._shaped[place] = self._shape(self.rows[place])
        return held

    def with_id(self, identifier: str) -> list[Shaped]:
        """The rows that have exactly this id."""
        found = self._places.get(_plain(identifier), ())
        return [self.shaped(place) for place in found if self.rows[place][self._id] == identifier]

    def found(self, search: Criteria, kind: GraphQLInputObjectType) -> list[Element]:
        """What meets a search, in the order of the keys. Raises Wrong."""
        check(search, kind)
        criteria = {n: wanted for n, wanted in search.items() if wanted is not None and n not in NOT_CRITERIA}
        last = self._stepped and search.get("step") == "LAST"
        met = [place for place in self._meeting(criteria, kind) if not last or self.rows[place]["step"] == 0]
        if not self._together:
            return [[place] for place in met]
        ids = dict.fromkeys(self.rows[place][self._id] for place in met)
        steps = ([p for p in self._places[_plain(each)] if self.rows[p][self._id] == each] for each in ids)
        return [places[:1] if last else places for places in steps]

    def in_order(self, elements: list[Element], sorting: Criteria | None) -> list[Element]:
        """Elements in the order asked; those of one id always with their steps from 0 upwards."""
        asked = sorting or {}
        if asked.get("key") in {None, "ID", "UUID"}:
            if asked.get("direction") != "DESC":
                return elements
            return sorted(elements, key=self._id_of, reverse=True)
        return in_order(elements, sorting, self._kind, self._newest, self._key_of)

    def _meeting(self, criteria: Criteria, kind: GraphQLInputObjectType) -> Sequence[int]:
        """The places of the rows that meet all criteria; two of them, asked over and over, without looking at all."""
        places: Sequence[int] = range(len(self.rows))
        left = dict(criteria)
        wanted = left.get(self._id)
        if wanted is not None and wanted["operator"] == "EQUAL":
            del left[self._id]
            places = sorted({place for value in wanted["value"] for place in self._places.get(_plain(value), ())})
        moment = left.pop("lastUpdateTime", None)
        if moment is not None:
            rows = self.rows
            places = [place for place in places if time_meets(rows[place]["lastUpdateTime"], moment, exactly=True)]
        return [place for place in places if meets(self.rows[place], left, kind)] if left else places

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The places of each id, spelled as ids are compared."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            found[_plain(row[self._id])].append(place)
        return dict(found)

    def _id_of(self, element: Element) -> str:
        return str(self.rows[element[0]][self._id])

    def _key_of(self, element: Element) -> str:
        step = self.rows[element[0]]["step"] if self._stepped else 0
        return f"{self._id_of(element)}\0{step:09d}"

    def _newest(self, element: Element) -> Row | None:
        row = self.rows[element[0]]
        return row if not self._together or not self._stepped or row["step"] == 0 else None


def _plain(identifier: str) -> str:
    return identifier.lower() if identifier.isascii() else folded(identifier)


# ---- records -------------------------------------------------------------------------------------------------


def shaper(kind: GraphQLObjectType, prefix: str = "") -> Callable[[Row], Shaped]:
    """What makes records of a type out of rows; an object of which nothing is known is null."""
    makers = [(name, _maker(prefix + name, field.type)) for name, field in kind.fields.items()]
    return lambda row: {name: make(row) for name, make in makers}


def _maker(name: str, kind: GraphQLOutputType) -> Callable[[Row], Any]:
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(bare, GraphQLObjectType):
        inner, above = shaper(bare, f"{name}_"), f"{name}_"
        if bare is not kind:
            return inner
        return lambda row: inner(row) if Record(row, above).is_known(bare) else None
    named = get_named_type(kind)
    if isinstance(bare, GraphQLList) and isinstance(named, GraphQLObjectType):
        element = shaper(named)
        return lambda row: None if row.get(name) is None else [element(each) for each in row[name]]
    if named.name == "Time":
        return lambda row: _text(row.get(name))
    return lambda row: row.get(name)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else written(moment)
