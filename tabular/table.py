"""A Table is a tuple of Columns: what every face lists, describes and serves."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from tabular.errors import UnknownColumn


class Type(StrEnum):
    """What a cell holds. TIME is an instant, kept as UTC with microseconds; DATE a day of the calendar, which no table
    keeps but a question may make of times; JSON is a value as JSON text."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    DATE = "date"
    JSON = "json"


class Grain(StrEnum):
    """What one row is."""

    STEP = "step"
    INTERACTION = "interaction"
    RECORD = "record"
    ELEMENT = "element"


class MaskKind(StrEnum):
    """How a key sees a masked column: a keyed hash, the last digits, or nothing."""

    HASH = "hash"
    LAST = "last"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Mask:
    """What stands in a column's place for a key that may not see it; `digits` are kept by MaskKind.LAST."""

    kind: MaskKind
    digits: int = 3


class Summarise(StrEnum):
    """How a field of an interaction is made from the fields of its steps (step 0 is the most recent)."""

    KEY = "key"
    COUNT = "count"
    OLDEST = "oldest"
    NEWEST = "newest"
    EARLIEST = "earliest"
    LATEST = "latest"
    SUM = "sum"
    ANY = "any"
    COUNT_SET = "count_set"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing the store keeps of a row.

    `items` makes it a list of records. In a summary, `summarise` says how it is made and `of` from which field of
    the steps.
    """

    name: str
    type: Type
    items: tuple[tuple[str, Type], ...] = ()
    summarise: Summarise | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a column's value lies: in a field, in an item of one element of a listed field (`index` counts from 0),
    or, in a table of elements, in an item of the row's own element (`index` None) or in its position.

    `numbered`: the value is the number that stands for the field's text (`tabular/numbering.py`). `every`: it is the
    item of every element, as one text with commas between them.
    """

    field: str
    index: int | None = None
    item: str | None = None
    position: bool = False
    numbered: bool = False
    every: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `path` is where the value lies in the Data Model's record (`contact.value`, `tel[0].value`), `origins` are the
    paths in the records of `Table.root` that the value is made of: hiding or masking one of them hides or masks
    this column. `unit` is "s" for durations. `values` are an enum's.
    """

    name: str
    path: str
    type: Type
    description: str
    reading: Reading
    origins: tuple[str, ...]
    nullable: bool = True
    unit: str | None = None
    values: tuple[str, ...] = ()
    mask: Mask | None = None

    @property
    def label(self) -> str:
        """The name as a person would write it above a column.

        >>> read = Reading("x")
        >>> Column("waitDurationOnUser", "", Type.INTEGER, "", read, ()).label
        'Wait duration on user'
        >>> [Column(name, "", Type.TEXT, "", read, ()).label for name in ("SIPCallId", "tel_1_value")]
        ['SIP call ID', 'Tel 1 value']
        """
        return label_of(self.name)


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ACRONYMS = {"cli", "dnis", "id", "ivr", "nps", "sip", "uuid", "vip", "wnr"}


def label_of(name: str) -> str:
    """A camel-case or underscored name in a person's words."""
    words = [word.upper() if word.lower() in _ACRONYMS else word.lower() for word in _WORD.findall(name)]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


LONGEST_SPELLING = 300
"""A longer text names no column: it is not looked at more closely."""

_ROOT = re.compile(r"^\$\.?")
_BRACKET_NAME = re.compile(r"\[\s*(['\"])(.*?)\1\s*\]")


def plain_path(spelling: str) -> str:
    """A column's path without JSONPath's decoration.

    >>> plain_path("$.contact.value"), plain_path("$['contact']['value']"), plain_path("$.tel[0].value")
    ('contact.value', 'contact.value', 'tel[0].value')
    """
    path = _BRACKET_NAME.sub(lambda match: "." + match.group(2), spelling.strip())
    return _ROOT.sub("", path).lstrip(".")


class Making(StrEnum):
    """How a column is made of a field that is kept: as it is; the day or the time of day (`HH,MMSS`) that the centre's
    clocks show at it; by a code for each of its values; followed by a text. Or of none: a text, null, or the services
    that the interaction has crossed."""

    FIELD = "field"
    DAY = "day"
    CLOCK = "clock"
    CODE = "code"
    JOINED = "joined"
    TEXT = "text"
    NOTHING = "nothing"
    CROSSED = "crossed"


@dataclass(frozen=True, slots=True)
class Made:
    """How the store makes one column of a table from the rows it keeps.

    `name` and `type` are the column's, `field` is what is kept; `index` and `item` lead into a list (`Reading`).
    `cast` says that the field is of another type. `pairs` are the codes, or the summaries of the tables that are kept.
    """

    name: str
    type: Type
    how: Making
    field: str = ""
    index: int | None = None
    item: str | None = None
    cast: bool = False
    text: str = ""
    pairs: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Table:
    """A named set of columns, and how its rows are kept.

    `root` is the table whose records the rows are made of (itself, a summary's steps, or a list's parent); `clock`
    is the column that a window tests; `monthly` says that rows are kept by month. `fields` are what the store
    keeps; a table of elements keeps none and reads the list `element` of its root.

    The rows of a table `of` others are theirs, seen another way: nothing is kept of it. Where columns are `made`, each
    of them is, and a column's reading names what is made. What the `tells_of` tables hide or mask is hidden or masked
    in this one too, since it tells the same.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    grain: Grain
    root: str
    fields: tuple[Field, ...] = ()
    clock: str | None = None
    monthly: bool = False
    element: str | None = None
    of: tuple[str, ...] = ()
    made: tuple[Made, ...] = ()
    tells_of: tuple[str, ...] = ()

    @cached_property
    def spellings(self) -> dict[str, Column]:
        """Every way to name a column without JSONPath's decoration: its flat name and its path."""
        return {c.path: c for c in self.columns} | {c.name: c for c in self.columns}

    def column(self, spelling: str) -> Column:
        """The column named by its flat name, its dotted path, or a JSONPath relative to the record.

        Raises UnknownColumn with the nearest name.
        """
        spellings = self.spellings
        found = spellings.get(spelling)
        if found is None and len(spelling) <= LONGEST_SPELLING:
            found = spellings.get(plain_path(spelling))
        if found is None:
            raise UnknownColumn(spelling, self.name, tuple(column.name for column in self.columns))
        return found

    @property
    def clock_column(self) -> Column | None:
        """The column a window tests, unless this key may not see it."""
        found = self.spellings.get(self.clock) if self.clock else None
        return None if found is None or found.mask is not None else found

    @property
    def clock_time(self) -> Column | None:
        """The clock where it is a time: some tables have a day in its place."""
        clock = self.clock_column
        return clock if clock is not None and clock.type is Type.TIME else None

    @property
    def clock_field(self) -> str:
        """The field that is kept of the clock; nothing for a table without one."""
        return next((one.field for one in self.made if one.name == self.clock), self.clock or "")

    @property
    def stored_in(self) -> tuple[str, ...]:
        """The names of the tables whose partitions hold these rows: an element's are its root's."""
        return self.of or ((self.root if self.element else self.name),)

    def with_columns(self, columns: tuple[Column, ...]) -> "Table":
        """The same table with other columns: a key's view of it."""
        return replace(self, columns=columns)
