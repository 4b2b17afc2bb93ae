"""Drawn for laws: rows of a table with every type, and filters of every operator and function, written as text."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tabular.criteria import Elements
from tabular.table import Column, Field, Grain, Reading, Table, Type

ITEMS = (("value", Type.TEXT), ("rank", Type.INTEGER), ("since", Type.TIME))
FIELDS = (
    Field("name", Type.TEXT),
    Field("note", Type.TEXT),
    Field("mood", Type.TEXT),
    Field("count", Type.INTEGER),
    Field("wait", Type.INTEGER),
    Field("score", Type.NUMBER),
    Field("took", Type.NUMBER),
    Field("open", Type.BOOLEAN),
    Field("began", Type.TIME),
    Field("ended", Type.TIME),
    Field("tel", Type.TEXT, ITEMS),
    Field("mail", Type.TEXT, ITEMS),
)


def _column(name: str, kind: Type, **more: Any) -> Column:
    return Column(name, name, kind, "", Reading(name), (name,), **more)


_MORE: dict[str, dict[str, Any]] = {
    "wait": {"unit": "s"},
    "took": {"unit": "s"},
    "mood": {"values": ("GOOD", "BAD")},
}
TABLE = Table(
    "drawn",
    "Drawn",
    "",
    tuple(_column(field.name, field.type, **_MORE.get(field.name, {})) for field in FIELDS if not field.items),
    ("name",),
    Grain.RECORD,
    "drawn",
    FIELDS,
)
LISTS = tuple(
    Elements(field.name, tuple((item, _column(f"{field.name}_1_{item}", kind)) for item, kind in ITEMS))
    for field in FIELDS
    if field.items
)
ZONES = ("Europe/Rome", "UTC", "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu")

# Around the changes of clocks in Europe/Rome, where an hour comes twice or not at all, and beside months' ends.
_EDGES = [
    *(datetime(2020, 3, 29, 0, 59, 59, 999999), datetime(2020, 3, 29, 1), datetime(2020, 10, 25, 0, 30)),
    *(datetime(2020, 10, 25, 1), datetime(2020, 5, 31, 22), datetime(2020, 12, 31, 23), datetime(2020, 1, 1)),
    *(datetime(1969, 12, 31, 23, 59, 59), datetime(2101, 6, 1), datetime(1985, 9, 29, 1), datetime(2098, 7, 1)),
]
moments = st.one_of(
    st.sampled_from(_EDGES),
    st.datetimes(datetime(1960, 1, 1), datetime(2110, 1, 1)),
    st.datetimes(datetime(2020, 1, 1), datetime(2021, 1, 1)),
)
texts = st.one_of(
    st.sampled_from(
        ["", "a", "anna", "Anna", " anna ", "Ünï", "unì", "045", "12", "-1.5", "true", "2020-02-30", "NaN"]
    ),
    st.sampled_from(["2020-02-29", "O'Neil", "%", "_", "a\u0301", "👍b", "HANGUP", "PT5M", "1e3", "\u2003x\t", "💥"]),
    st.text("abAB01 éÉüÜçàñ.'-%_\"\\", max_size=6),
)
integers = st.one_of(
    st.integers(-5, 12), st.sampled_from([30, 60, 3600, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 10**15])
)
numbers = st.one_of(
    st.sampled_from([0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e300, -1e300, 1e-5, float("inf"), float("-inf"), float("nan")]),
    st.floats(-100, 100),
    st.integers(-20, 20).map(float),
)
_VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: texts,
    Type.INTEGER: integers,
    Type.NUMBER: numbers,
    Type.BOOLEAN: st.booleans(),
    Type.TIME: moments,
}


def _perhaps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, values, st.none())


_elements = st.lists(st.fixed_dictionaries({name: _perhaps(_VALUES[kind]) for name, kind in ITEMS}), max_size=3)
rows = st.lists(
    st.fixed_dictionaries(
        {
            field.name: _perhaps(
                _elements
                if field.items
                else st.sampled_from(["GOOD", "BAD"])
                if field.name == "mood"
                else _VALUES[field.type]
            )
            for field in FIELDS
        }
    ),
    min_size=1,
    max_size=6,
)

Draw = st.DrawFn
Kind = str
_COLUMNS: dict[Kind, list[str]] = {
    "text": ["name", "note", "$it/name"],
    "integer": ["count", "wait"],
    "number": ["score", "took"],
    "boolean": ["open"],
    "moment": ["began", "ended"],
    "day": [],
    "time": [],
    "duration": [],
}
_ITEM: dict[Kind, str] = {"text": "value", "integer": "rank", "moment": "since"}


class Writer:
    """Writes expressions of a kind; `variables` are the elements that any and all around it stand for."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._variables: list[str] = []

    def pick(self, *options: str) -> str:
        """One of some spellings."""
        return self._draw(st.sampled_from(options))

    def condition(self, depth: int) -> str:
        """Something that is true, false or null."""
        if depth <= 0:
            return self.pick(
                "open", "true", "false", "null eq null", "open eq null", "mood ne 'GOOD'", "mood has 'BAD'"
            )
        make: list[Callable[[int], str]] = [self._compared, self._compared, self._logic, self._asked, self._member]
        make += [self._quantified] if len(self._variables) < 2 else []
        return self._draw(st.sampled_from(make))(depth - 1)

    def value(self, kind: Kind, depth: int) -> str:
        """An expression of a kind."""
        if depth <= 0 or self._draw(st.integers(0, 4)) == 0:
            return self.leaf(kind)
        ways: list[Callable[[], str]] = getattr(self, f"_{kind}")(depth - 1)
        return self._draw(st.sampled_from(ways))()

    def leaf(self, kind: Kind) -> str:
        """A column, an item or a literal."""
        names = list(_COLUMNS[kind])
        names += [f"{variable}/{_ITEM[kind]}" for variable in self._variables if kind in _ITEM]
        if names and self._draw(st.integers(0, 2)) > 0:
            return self.pick(*names)
        return self.pick("null", *[self.literal(kind)] * 9)

    def literal(self, kind: Kind) -> str:
        """A literal of a kind."""
        draw = self._draw
        match kind:
            case "text":
                return "'" + draw(texts).replace("'", "''") + "'"
            case "integer":
                return str(draw(integers))
            case "number":
                return _number(draw(numbers))
            case "boolean":
                return self.pick("true", "false")
            case "moment":
                return f"{draw(moments).isoformat()}{self.pick('Z', '+02:00', '-11:30', '')}"
            case "day":
                return draw(st.dates(date(1969, 1, 1), date(2101, 1, 1))).isoformat()
            case "time":
                return draw(st.times(time())).isoformat()
        length = draw(st.timedeltas(timedelta(days=-40), timedelta(days=40))) // timedelta(microseconds=1)
        sign, length = ("-" if length < 0 else ""), abs(length)
        return f"duration'{sign}PT{length // 10**6}.{length % 10**6:06}S'"

    def _logic(self, depth: int) -> str:
        first, second = self.condition(depth), self.condition(depth)
        return self.pick(f"({first} and {second})", f"({first} or {second})", f"not ({first})", f"({first})")

    def _compared(self, depth: int) -> str:
        kind = self.pick(
            "text", "integer", "number", "boolean", "moment", "day", "time", "duration", "mixed", "seconds"
        )
        operator = self.pick("eq", "ne", "gt", "ge", "lt", "le", "EQ", "Lt")
        if kind == "mixed":
            return f"{self.value('integer', depth)} {operator} {self.value('number', depth)}"
        if kind == "seconds":
            return f"{self.pick('wait', 'took', '(wait add wait)')} {operator} {self.value('duration', depth)}"
        if kind == "boolean":
            return f"({self.condition(depth)}) {operator} {self.pick('true', 'false', 'null', 'open')}"
        return f"{self.value(kind, depth)} {operator} {self.value(kind, depth)}"

    def _asked(self, depth: int) -> str:
        one, other = self.value("text", depth), self.value("text", depth)
        name = self.pick("contains", "startswith", "endswith", "ENDSWITH", "matchesPattern", "hassubset", "arrays")
        if name == "matchesPattern":
            pattern = self.pick("'^a'", "'[0-9]+'", "'b$'", "'a.*b'", "'é|ü'", "'n{2}','i'", "'^$'")
            return f"matchesPattern({one},{pattern})"
        if name == "arrays":
            name = self.pick("hassubset", "hassubsequence", "contains", "startswith", "endswith")
            return f"{name}([name,{self.leaf('text')},note],[{self.leaf('text')},name])"
        return f"hassubset([name,note],[{self.leaf('text')}])" if name == "hassubset" else f"{name}({one},{other})"

    def _member(self, depth: int) -> str:
        kind = self.pick("text", "integer", "number", "moment", "day")
        literals = [self.pick(self.literal(kind), self.literal(kind), "null") for _ in range(3)]
        if self._draw(st.booleans()):
            return f"{self.value(kind, depth)} in ({','.join(literals)})"
        return f"{self.value(kind, depth)} in [{literals[0]},{self.value(kind, depth)}]"

    def _quantified(self, depth: int) -> str:
        listed = self.pick("tel", "mail")
        if self._draw(st.integers(0, 4)) == 0:
            return self.pick(
                f"{listed}/any()", f"not {listed}/any()", f"{listed}/$count gt 1", f"length({listed}) eq 1"
            )
        variable = f"x{len(self._variables)}"
        self._variables.append(variable)
        condition = self.condition(depth)
        self._variables.pop()
        return f"{listed}/{self.pick('any', 'all', 'ANY')}({variable}:{condition})"

    # What makes a value of a kind out of others

    def _text(self, depth: int) -> list[Callable[[], str]]:
        def one() -> str:
            return self.value("text", depth)

        kinds = ("integer", "number", "day", "moment", "time")
        return [
            lambda: f"concat({one()},{one()})",
            lambda: f"{self.pick('tolower', 'toupper', 'trim')}({one()})",
            lambda: f"substring({one()},{self.value('integer', depth)})",
            lambda: f"substring({one()},{self.leaf('integer')},{self.pick('0', '1', '3', 'count', 'wait')})",
            lambda: f"cast({self.value(self.pick(*kinds), depth)},Edm.String)",
            lambda: f"case({self.condition(depth)}:{one()},true:{one()})",
        ]

    def _integer(self, depth: int) -> list[Callable[[], str]]:
        def one() -> str:
            return self.value("integer", depth)

        clock = ("year", "month", "day", "hour", "minute", "second", "totaloffsetminutes")
        return [
            lambda: f"({one()} {self.pick('add', 'sub', 'mul', 'div', 'mod', 'MOD')} {one()})",
            lambda: f"(- {one()})",
            lambda: f"{self.pick(*clock)}({self.value('moment', depth)})",
            lambda: f"{self.pick('year', 'month', 'day')}({self.value('day', depth)})",
            lambda: f"{self.pick('hour', 'minute', 'second')}({self.value('time', depth)})",
            lambda: f"indexof({self.value('text', depth)},{self.value('text', depth)})",
            lambda: f"length({self.value('text', depth)})",
            lambda: f"cast({self.value('number', depth)},Edm.{self.pick('Int64', 'Int32', 'Byte')})",
            lambda: f"cast({self.value('text', depth)},Edm.Int64)",
            lambda: f"case({self.condition(depth)}:{one()},{self.condition(depth)}:{one()})",
            lambda: f"tel/$count($filter=rank gt {self.literal('integer')})",
            lambda: "mail/$filter(value ne null)/$count",
        ]

    def _number(self, depth: int) -> list[Callable[[], str]]:
        def one() -> str:
            return self.value(self.pick("number", "number", "integer"), depth)

        return [
            lambda: f"({self.value('number', depth)} {self.pick('add', 'sub', 'mul', 'div', 'divby', 'mod')} {one()})",
            lambda: f"({self.value('integer', depth)} divby {self.value('integer', depth)})",
            lambda: f"(- {self.value('number', depth)})",
            lambda: f"{self.pick('ceiling', 'floor', 'round')}({one()})",
            lambda: f"fractionalseconds({self.value(self.pick('moment', 'time'), depth)})",
            lambda: f"totalseconds({self.value('duration', depth)})",
            lambda: f"cast({self.value('text', depth)},Edm.Double)",
        ]

    def _moment(self, depth: int) -> list[Callable[[], str]]:
        def one() -> str:
            return self.value("moment", depth)

        return [
            lambda: f"({one()} {self.pick('add', 'sub')} {self.value('duration', depth)})",
            lambda: f"({one()} add wait)",
            lambda: self.pick("now()", "mindatetime()", "maxdatetime()"),
            lambda: f"case({self.condition(depth)}:{one()},true:{one()})",
        ]

    def _day(self, depth: int) -> list[Callable[[], str]]:
        return [
            lambda: f"date({self.value('moment', depth)})",
            lambda: f"({self.value('day', depth)} {self.pick('add', 'sub')} {self.value('duration', depth)})",
            lambda: f"cast({self.value('text', depth)},Edm.Date)",
        ]

    def _time(self, depth: int) -> list[Callable[[], str]]:
        return [lambda: f"time({self.value('moment', depth)})"]

    def _duration(self, depth: int) -> list[Callable[[], str]]:
        def one() -> str:
            return self.value("duration", depth)

        return [
            lambda: f"({self.value('moment', depth)} sub {self.value('moment', depth)})",
            lambda: f"({self.value('day', depth)} sub {self.value('day', depth)})",
            lambda: f"({one()} {self.pick('add', 'sub')} {one()})",
            lambda: f"({one()} {self.pick('mul', 'div', 'divby')} {self.value(self.pick('integer', 'number'), depth)})",
            lambda: f"(- {one()})",
        ]


def _number(value: float) -> str:
    special = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}
    text = special.get(repr(value), repr(value))
    return text if "." in text or text in special.values() else text.replace("e", ".0e")


@st.composite
def filters(draw: Draw) -> str:
    """A filter of TABLE, nested up to five levels."""
    return Writer(draw).condition(draw(st.integers(1, 5)))
