"""Shapes: what the objects of an answer look like, and from which columns their values come."""

from dataclasses import dataclass

from tabular.search import Shown


@dataclass(frozen=True, slots=True)
class Constant:
    """A member that is the same in every object, as JSON text."""

    key: str
    json: str


@dataclass(frozen=True, slots=True)
class Value:
    """A member that is one value: a column of the row by its place, or an item of a list's element by its name."""

    key: str
    place: int | str


@dataclass(frozen=True, slots=True)
class Object:
    """A member that is an object.

    Where it may be null it is so when none of the columns in `known` has a value, or one in `needed` has none.
    """

    key: str
    members: "Members"
    nullable: bool = False
    known: tuple[int, ...] = ()
    needed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A member that is a list of objects: a column of lists, and the shape of an element."""

    key: str
    place: int
    members: "Members"


Members = tuple[Constant | Value | Object | Listed, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The members of each object of an answer, and the columns that they are made from, in the order of their places.

    `lists`: the objects are steps, in lists for each interaction.
    """

    members: Members
    shown: tuple[Shown, ...]
    lists: bool
