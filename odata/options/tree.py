"""What query options say, before any name in them is looked up: trees with the place of everything in the text."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from odata.options.sought import Sought
from odata.options.transformations import Computed, Transformation
from tabular.filter.tree import Name, Node, Ordering, Span


class Form(StrEnum):
    """As what the related entities of an `$expand` are asked for."""

    ENTITIES = "entities"
    REFERENCES = "$ref"
    COUNT = "$count"
    STREAM = "$value"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an address, or those in the parentheses behind a part of `$select` and `$expand`.

    What is not given is None or empty. `aliases` are the values of `@name` without the `@`; `custom` are the options
    that OData knows nothing of. Spans count characters of the outermost option's value.
    """

    filter: Node | None = None
    orderby: tuple[Ordering, ...] = ()
    top: int | None = None
    skip: int | None = None
    count: bool | None = None
    search: Sought | None = None
    select: tuple["Selected", ...] = ()
    expand: tuple["Expanded", ...] = ()
    compute: tuple[Computed, ...] = ()
    apply: tuple[Transformation, ...] = ()
    levels: int | Literal["max"] | None = None
    format: str | None = None
    schemaversion: str | None = None
    skiptoken: str | None = None
    deltatoken: str | None = None
    index: int | None = None
    id: str | None = None
    aliases: tuple[tuple[str, Node], ...] = ()
    custom: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Selected:
    """An item of `$select`: names between slashes, the last of which may be `*`, `Model.*` or `$count`.

    `parameters` name the overload of a function, `options` say what of the items of a list is asked for.
    """

    path: tuple[Name, ...]
    parameters: tuple[Name, ...] | None
    options: Options
    span: Span


@dataclass(frozen=True, slots=True)
class Expanded:
    """An item of `$expand`: names between slashes, the last of which may be `*`; none for the entity's own stream."""

    path: tuple[Name, ...]
    form: Form
    options: Options
    span: Span
