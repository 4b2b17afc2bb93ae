"""What is said of a group's rows: how many there are, and what functions make of a column's values."""

from dataclasses import dataclass
from enum import StrEnum

from tabular.table import Column, Reading, Type

_NUMBERS = (Type.INTEGER, Type.NUMBER)


class Function(StrEnum):
    """What makes one value of many, under the name that it is written with."""

    COUNT = "count"
    DISTINCT = "distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    PERCENTILE = "percentile"

    @property
    def meaning(self) -> str:
        """What it gives, for a person."""
        return _MEANINGS[self]

    def takes(self, kind: Type) -> bool:
        """Whether it means something for values of a type."""
        if self in (Function.COUNT, Function.DISTINCT):
            return True
        if self in (Function.MIN, Function.MAX):
            return kind in (*_NUMBERS, Type.TEXT, Type.TIME, Type.DATE)
        return kind in _NUMBERS

    def gives(self, kind: Type) -> Type:
        """The type of what it makes of values of a type."""
        if self in (Function.COUNT, Function.DISTINCT):
            return Type.INTEGER
        return kind if self in (Function.SUM, Function.MIN, Function.MAX) else Type.NUMBER


_MEANINGS = {
    Function.COUNT: "how many values there are; without a column, how many rows",
    Function.DISTINCT: "how many different values there are",
    Function.SUM: "the sum",
    Function.AVG: "the average",
    Function.MIN: "the least value; of texts the first, of times the earliest",
    Function.MAX: "the greatest value; of texts the last, of times the latest",
    Function.MEDIAN: "the value in the middle, the same as the 50th percentile",
    Function.PERCENTILE: "the value that so many per cent of the values do not exceed, from 0 to 100",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A function of a column's values in a group; of COUNT without a source, of the rows.

    `percent` says which percentile (0 to 100), of PERCENTILE alone.
    """

    function: Function
    source: Column | None = None
    percent: float | None = None

    @property
    def column(self) -> Column:
        """The column of the answer (`count`, `avg_waitDuration`, `p95_waitDuration`), in the unit of its source."""
        function, source = self.function, self.source
        if source is None:
            name, meaning = function.value, "How many rows there are."
            return Column(name, name, Type.INTEGER, meaning, Reading(""), (), nullable=False)
        of_values = function not in (Function.COUNT, Function.DISTINCT)
        said, word, meaning = f"{function}({source.name})", function.value, function.meaning.partition(";")[0]
        if self.percent is not None:
            said, word = f"{function}({source.name},{self.percent:g})", f"p{self.percent:g}".replace(".", "_")
            meaning = f"the value that {self.percent:g} per cent of the values do not exceed"
        return Column(
            name=f"{word}_{source.name}",
            path=said,
            type=function.gives(source.type),
            description=f"Of {source.name}: {meaning}. {source.description}".strip(),
            reading=source.reading,
            origins=source.origins,
            nullable=of_values,
            unit=source.unit if of_values else None,
        )
