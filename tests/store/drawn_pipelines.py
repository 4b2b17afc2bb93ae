"""Drawn for laws: pipelines written as `$apply`, and rows whose numbers add up exactly in any order."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from odata.applying import Applying, Expressions
from odata.options import read_options
from tabular.filter import Scope
from tabular.pipeline import Pipeline
from tabular.query import Query
from tabular.table import Field, Type
from tests.store.drawn_filters import FIELDS, LISTS, TABLE, Writer, _column, rows

NOW = datetime(2020, 5, 4, 8, tzinfo=UTC)
SERIAL = Field("serial", Type.INTEGER)
STORED = replace(
    TABLE, columns=(*TABLE.columns, _column("serial", Type.INTEGER)), fields=(*FIELDS, SERIAL), key=("serial",)
)
"""The drawn table with a key that no two rows share."""

_WORDS = ("a", "an", "ANNA", "good", "%", "0")
_quarters = st.one_of(st.integers(-20, 20).map(lambda quarters: quarters / 4), st.none())


@st.composite
def months(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """The rows of two months or of one or none, in the order of their key, which begins anew in each."""
    found = []
    for _ in range(draw(st.sampled_from([2, 2, 2, 1, 0]))):
        drawn = draw(rows) + draw(rows)
        for serial, row in enumerate(drawn):
            row.update(serial=serial, score=draw(_quarters), took=draw(_quarters))
        found.append(drawn)
    return found


class Drawing:
    """One pipeline that is drawn step by step, each written with the names that there are at its place."""

    def __init__(self, draw: st.DrawFn, zone: str) -> None:
        self._draw = draw
        self._writer = Writer(draw)
        self._applying = Applying(Expressions("$apply", Scope(STORED, LISTS, zone, NOW)))
        self._inexact: set[str] = set()
        self.pipeline = Pipeline.of(Query(STORED, ()))
        self.text: list[str] = []

    def step(self) -> None:
        """One more transformation."""
        kinds = [self._filter, self._compute, self._orderby, self._cut, self._extreme, self._groupby, self._search]
        text = self._draw(st.sampled_from([*kinds, self._groupby, self._compute, self._concat]))()
        self.text.append(text)
        options = read_options([("$apply", text)])
        self.pipeline = self._applying.apply(self.pipeline, options.apply)

    def _pick(self, *options: str) -> str:
        return self._draw(st.sampled_from(options))

    def _columns(self, *kinds: Type, inexact: bool = True) -> list[str]:
        columns = [c for c in self.pipeline.table.columns if not kinds or c.type in kinds]
        return [c.name for c in columns if inexact or c.name not in self._inexact]

    def _new(self) -> str:
        return f"n{len(self.text)}"

    def _condition(self) -> str:
        if self.pipeline.is_stored and self._draw(st.booleans()):
            return self._writer.condition(2)
        numbers = self._columns(Type.INTEGER, Type.NUMBER, inexact=False)
        texts, any_kind = self._columns(Type.TEXT), self._columns(inexact=False)
        made = [
            f"{name} {self._pick('gt', 'le', 'ne', 'eq')} {self._pick('0', '1', '2', '-3', '1.5')}" for name in numbers
        ]
        made += [f"contains({name},'a')" for name in texts]
        made += [f"{name} {self._pick('eq', 'ne')} null" for name in any_kind]
        return self._pick(*made, "1 eq 1")

    def _value(self) -> tuple[str, bool]:
        """An expression, and whether its numbers may be such as do not add up exactly."""
        if self.pipeline.is_stored and self._draw(st.booleans()):
            kind = self._pick("text", "integer", "number", "boolean", "moment")
            return self._writer.condition(2) if kind == "boolean" else self._writer.value(kind, 2), True
        made = [
            f"{name} {self._pick('add', 'sub', 'mul')} {self._pick('1', '2', '0.5')}"
            for name in self._columns(Type.INTEGER, Type.NUMBER, inexact=False)
        ]
        made += [f"length({name})" for name in self._columns(Type.TEXT)]
        made += [f"year({name})" for name in self._columns(Type.TIME)]
        made += [f"not ({name})" for name in self._columns(Type.BOOLEAN)]
        return self._pick(*made, *self._columns(inexact=False), "1", "null", "'x'"), True

    def _filter(self) -> str:
        return f"filter({self._condition()})"

    def _search(self) -> str:
        words = [self._pick("", "NOT ") + self._pick(*_WORDS) for _ in range(2)]
        return f"search({self._pick(' ', ' OR ', ' AND ').join(words)})"

    def _compute(self) -> str:
        text, is_inexact = self._value()
        if is_inexact:
            self._inexact.add(self._new())
        return f"compute({text} as {self._new()})"

    def _orderby(self) -> str:
        text = self._pick(*self._columns(inexact=False), "1")
        return f"orderby({text}{self._pick('', ' desc', ' asc')})"

    def _cut(self) -> str:
        return f"{self._pick('top', 'skip')}({self._pick('0', '1', '2', '5')})"

    def _extreme(self) -> str:
        small = [name for name in self._columns(Type.NUMBER, inexact=False) if name in ("score", "took")]
        if small and self._pick("sum", "count") == "sum":
            name = self._pick("topsum", "bottomsum", "toppercent", "bottompercent")
            return f"{name}({self._pick('0', '3', '20', '50.5')},{self._pick(*small)})"
        of = self._pick(*self._columns(inexact=False), "1")
        return f"{self._pick('topcount', 'bottomcount')}({self._pick('1', '3')},{of})"

    def _concat(self) -> str:
        self.pipeline = self.pipeline.settled()
        first = self._pick("identity", self._filter(), self._cut())
        branches = [first, self._pick(self._extreme(), self._groupby(), f"{self._cut()}/{self._groupby()}")]
        return f"concat({','.join(branches if self._pick('', 'turned') else branches[::-1])})"

    def _groupby(self) -> str:
        keys = self._draw(st.lists(st.sampled_from(self._columns(inexact=False) or ["-"]), max_size=2, unique=True))
        keys = [key for key in keys if key != "-"]
        if keys and self._draw(st.integers(0, 4)) == 0:
            within = self._pick(self._cut(), self._extreme(), self._filter(), f"{self._extreme()}/{self._aggregate()}")
            return f"groupby(({','.join(keys)}),{within})"
        first = self._pick("", "", f"filter({self._condition()})/", f"compute(1 as {self._new()}x)/") if keys else ""
        aggregate = f"{first}{self._aggregate()}"
        if not keys:
            return self._aggregate()
        return self._pick(f"groupby(({','.join(keys)}),{aggregate})", f"groupby(({','.join(keys)}))")

    def _aggregate(self) -> str:
        said = []
        for place in range(self._draw(st.integers(1, 3))):
            methods = {
                "sum": self._columns(Type.INTEGER, Type.NUMBER, inexact=False),
                "average": self._columns(Type.INTEGER, Type.NUMBER, inexact=False),
                "min": self._columns(Type.INTEGER, Type.NUMBER, Type.TEXT, Type.TIME, inexact=False),
                "max": self._columns(Type.INTEGER, Type.NUMBER, Type.TEXT, Type.TIME, inexact=False),
                "countdistinct": self._columns(inexact=False),
            }
            name, method = f"{self._new()}m{place}", self._pick(*methods)
            if method == "average":
                self._inexact.add(name)
            said.append(
                f"{self._pick(*methods[method])} with {method} as {name}" if methods[method] else f"$count as {name}"
            )
        return f"aggregate({','.join([*said, f'$count as {self._new()}c'])})"


@st.composite
def pipelines(draw: st.DrawFn) -> tuple[Pipeline, str]:
    """A pipeline over STORED, and the text that it is read from."""
    drawing = Drawing(draw, draw(st.sampled_from(["UTC", "Europe/Rome"])))
    for _ in range(draw(st.integers(0, 5))):
        drawing.step()
    return drawing.pipeline, "/".join(drawing.text)
