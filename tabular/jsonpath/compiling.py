"""Rows and columns compiled together, once for each text."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tabular.jsonpath.columns import Column, Style, read, read_each
from tabular.jsonpath.filters import Run
from tabular.jsonpath.following import TRACING, follow, follow_steps
from tabular.jsonpath.ir import Dialect, Json, Path
from tabular.jsonpath.limits import Budget
from tabular.jsonpath.plucking import BLOCK, Block, Cells, Plan, links_read
from tabular.jsonpath.reading import path_of
from tabular.jsonpath.resolving import Shape, leaves, resolve
from tabular.jsonpath.tracing import Link, first_linked, steps_of


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's name: as it was written, without the quotes of a quoted name."""

    name: str


class Plucker:
    """A path of rows and its columns, ready for any number of documents and threads."""

    def __init__(self, path: Path, columns: tuple[Column, ...], style: Style) -> None:
        self._plan = Plan(columns, style)
        self.columns = tuple(Heading(column.name) for column in columns)
        steps = steps_of(path.segments)
        links = max(map(links_read, columns))
        self._first = first_linked(steps, links)
        self._follow = follow_steps(steps[: self._first])
        self._trace = TRACING.trace(steps[self._first :]) if links else None

    def pluck(self, document: Json, budget: Budget | None = None) -> list[Cells]:
        """The cells of each column, as many as there are rows. `document` is what a JSON decoder made.

        Raises PathTooCostly, TookTooLong, and BadPattern where a filter's pattern comes from the document.
        """
        run = Run(document, budget or Budget())
        values = self._follow([document], run)
        links: list[Link] = []
        if self._trace is not None:
            links = self._trace([(value, None, None) for value in values], run)
            values = [link[0] for link in links]
        columns: list[Cells] = [[] for _ in self.columns]
        for start in range(0, len(values), BLOCK):
            block = Block(values[start : start + BLOCK], links[start : start + BLOCK], run)
            for column, cells in zip(columns, self._plan.cells(block), strict=True):
                column += cells
        return columns


def compiled(
    rows: str,
    columns: Sequence[str] | str | None,
    dialect: Dialect = Dialect.RFC9535,
    shape: Shape | None = None,
    style: Style = Style.NATIVE,
) -> Plucker:
    """Rows and columns as one Plucker.

    `rows` is a path in `dialect`, each match of which is a row. `columns` are a text in the language of
    `columns.py`, or a text for each; None takes one for each leaf below the rows as `shape` knows it, else their value
    alone. With the shape of the documents to come, `$..name` is made exact. Raises PathWrong, PathUnsupported,
    PathTooLong and ColumnsWrong.
    """
    return _compiled(
        rows, columns if columns is None or isinstance(columns, str) else tuple(columns), dialect, shape, style
    )


@lru_cache(256)
def _compiled(
    rows: str, columns: tuple[str, ...] | str | None, dialect: Dialect, shape: Shape | None, style: Style
) -> Plucker:
    path = path_of(rows, dialect)
    if columns is None:
        columns = leaves(path, shape)
    read_columns = read(columns, dialect, style) if isinstance(columns, str) else read_each(columns, dialect, style)
    return Plucker(resolve(path, shape), read_columns, style)


def select(path: str, document: Json, dialect: Dialect = Dialect.RFC9535, budget: Budget | None = None) -> list[Json]:
    """The values of the nodes that a path finds. Raises what `compiled` and `Plucker.pluck` do."""
    return follow(path_of(path, dialect).segments)([document], Run(document, budget or Budget()))
