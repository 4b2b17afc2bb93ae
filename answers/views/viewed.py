"""A view as one key sees it: the table that it is, and the question that makes its rows."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from answers.answer import Question
from answers.importing.importing import Prepared
from datamodel.catalogue import Catalogue
from formats.format import Heading
from odata.model import identifies
from store.views import Declared, View
from tabular.errors import ViewBroken
from tabular.query import Query, Selected
from tabular.table import Column, Field, Grain, Reading, Table, Type

NUMBER = "row"
"""The column of a view whose rows nothing else tells apart."""

_NO_KEYS = (Type.NUMBER, Type.JSON)
"""Types that identify nothing."""


@dataclass(frozen=True, eq=False)
class Viewed:
    """A view, the table that it is for a key, and the view that it reads if it reads one.

    `ask` is the question at a moment, or the import, made for `seen`, what the key sees of the tables: what is hidden
    from it or masked is so in the rows. The columns of its answer at `places` are those of the table, behind the number
    of the row where there is one.
    """

    view: View
    table: Table
    seen: Catalogue
    ask: Callable[[datetime], Question | Prepared]
    places: tuple[int, ...]
    below: "Viewed | None" = None

    @property
    def is_numbered(self) -> bool:
        """Whether the first column is the number of the row."""
        return len(self.table.columns) > len(self.places)


def question_for(view: View, question: Question) -> Question:
    """The question with the columns that the view was kept with, and no others. Raises ViewBroken."""
    query = question.query
    asked = {one.name: one for one in query.columns}
    chosen = []
    for declared in view.columns:
        found = asked.get(declared.name)
        if found is None:
            raise ViewBroken(view.name, lacking(declared.name, query.table.name))
        if found.column.type is not declared.type:
            raise ViewBroken(view.name, _retyped(declared, found.column))
        chosen.append(found)
    return replace(question, query=replace(query, columns=tuple(chosen)))


def lacking(column: str, table: str) -> str:
    """Why a view is broken that needs a column which has vanished."""
    return f'needs the column "{column}" of {table}, which is no longer there'


def table_of(view: View, query: Query) -> Table:
    """The table that a view is, its question having the view's columns."""
    columns = tuple(_column(one, query) for one in query.columns)
    key = _key(query)
    if not key:
        number = _number({column.name.casefold() for column in columns})
        columns, key = (number, *columns), (number.name,)
    return _made(view, columns, key, _clock(query))


def _made(view: View, columns: tuple[Column, ...], key: tuple[str, ...], clock: str | None) -> Table:
    return Table(
        name=view.name,
        title=view.title,
        description=view.description,
        columns=columns,
        key=key,
        grain=Grain.RECORD,
        root=view.name,
        # The names of fields are those of the columns: windows and extents go by them.
        fields=tuple(Field(column.name, column.type) for column in columns),
        clock=clock,
    )


def places_in(view: View, headings: Sequence[Heading]) -> tuple[int, ...]:
    """Where the columns that a view was kept with are among those of its import. Raises ViewBroken."""
    names = names_of(headings)
    for declared in view.columns:
        if declared.name not in names:
            raise ViewBroken(view.name, lacking(declared.name, "its import"))
        found = headings[names.index(declared.name)].column
        if found.type is not declared.type:
            raise ViewBroken(view.name, _retyped(declared, found))
    return tuple(names.index(one.name) for one in view.columns) if view.columns else tuple(range(len(names)))


_NOT_OF_NAMES = re.compile(r"\W+", re.ASCII)


def names_of(headings: Sequence[Heading]) -> tuple[str, ...]:
    """What the columns of an import are called in a view: letters, digits and _, a letter first, each name once.

    >>> column = Column("", "", Type.TEXT, "", Reading(""), ())
    >>> names_of([Heading(name, column) for name in ("contact.value", "tel[0].value", "$", "1st", "a b", "A-B")])
    ('contact_value', 'tel_0_value', 'column', 'column_1st', 'a_b', 'A_B_2')
    """
    found: list[str] = []
    for heading in headings:
        name = _NOT_OF_NAMES.sub("_", heading.name).strip("_")[:100] or "column"
        name = name if name[0].isalpha() else f"column_{name}"
        taken, number = {one.casefold() for one in found}, 2
        own = name
        while name.casefold() in taken:
            name, number = f"{own}_{number}", number + 1
        found.append(name)
    return tuple(found)


def table_of_import(view: View, headings: Sequence[Heading], places: Sequence[int]) -> Table:
    """The table that a view of an import is: nothing but its number identifies a row."""
    names = names_of(headings)
    columns = [_imported(names[place], headings[place].column) for place in places]
    number = _number({column.name.casefold() for column in columns})
    return _made(view, (number, *columns), (number.name,), None)


def _imported(name: str, source: Column) -> Column:
    return Column(name, name, source.type, source.description, Reading(name), (), unit=source.unit)


def _retyped(declared: Declared, found: Column) -> str:
    return f'was kept with the column "{declared.name}" as {declared.type}, which is {found.type} now'


def _column(chosen: Selected, query: Query) -> Column:
    source = chosen.column
    is_same = query.grouping is None and chosen.name == source.name
    return Column(
        name=chosen.name,
        path=source.path if is_same else chosen.name,
        type=source.type,
        description=source.description,
        reading=Reading(chosen.name),
        origins=source.origins,
        # Rows come behind the masks, which are not put on a second time.
        nullable=source.nullable or source.mask is not None,
        unit=source.unit,
        values=source.values if source.mask is None else (),
    )


def _key(query: Query) -> tuple[str, ...]:
    """The columns that identify a row: those of the source, or of the groups; none where one of them is not shown under
    its own name, may be empty, or does not tell rows apart."""
    table, grouping = query.table, query.grouping
    if grouping is not None:
        names = tuple(key.column.name for key in grouping.keys)
    elif table.grain is Grain.ELEMENT and table.key[:1] == ("id",):
        return ()  # steps are known by their number besides
    else:
        names = table.key
    shown = {one.name: one.column for one in query.columns if one.name == one.column.name}
    for name in names:
        column = shown.get(name)
        if column is None or not identifies(column) or column.type in _NO_KEYS:
            return ()
        if grouping is not None and (column.nullable or column.mask is not None):
            return ()
    return names


def _number(taken: set[str]) -> Column:
    name = NUMBER
    while name in taken:
        name += "_"
    said = "Number of the row in the view, from 1."
    return Column(name, name, Type.INTEGER, said, Reading(name), (), nullable=False)


def _clock(query: Query) -> str | None:
    """The column that a window tests: the source's clock, or the stretch of it by which rows are grouped."""
    clock = query.table.clock_column
    if clock is None or clock.type is not Type.TIME:
        return None
    if query.grouping is None:
        columns = [clock]
    else:
        columns = [key.column for key in query.grouping.keys if key.source == clock and key.column.type is Type.TIME]
    return next((one.name for one in query.columns if one.column in columns), None)
