"""Groups as SQL: keys and measures over the partitions of a plan, every literal bound, masks in front of values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store import stretches
from store.expressions import Bound, value_of
from store.layout import sql_type
from tabular.filter.bound import LEAST_INTEGER, MOST_INTEGER
from tabular.grouping import Function, Grouping, Key, Measure, Part
from tabular.partition import Extent
from tabular.query import Query
from tabular.table import Column, Type

_SHARES = {Function.MEDIAN: 50.0}


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of a partition that a question keeps, as SQL to stand behind FROM, and the extents of its times."""

    rows: str
    extents: Mapping[str, Extent]


def groups_statement(query: Query, grouping: Grouping, held: Sequence[Held], bound: Bound) -> str:
    """The SQL of the groups of these rows, in the order asked and last in that of their keys; not cut to a page.

    Every partition gives the keys and the values that are measured; the engine groups them together, so that a group
    may lie in many of them.
    """
    return _Groups(query, grouping, held, bound).statement()


class _Groups:
    def __init__(self, query: Query, grouping: Grouping, held: Sequence[Held], bound: Bound) -> None:
        self._query = query
        self._grouping = grouping
        self._held = held
        self._bound = bound
        sources = [measure.source for measure in grouping.measures if measure.source is not None]
        self._sources = list(dict.fromkeys(sources))
        self._made: dict[str, str] = {}

    def statement(self) -> str:
        """Rows → groups → what is shown of them."""
        grouping, query = self._grouping, self._query
        keys = [f"k{place}" for place in range(len(grouping.keys))]
        shown = [self._shown(key, name) for key, name in zip(grouping.keys, keys, strict=True)]
        shown += [self._measured(measure) for measure in grouping.measures]
        names = {column: f"g.r{place}" for place, column in enumerate(grouping.columns)}
        results = ", ".join(f"{sql} AS r{place}" for place, sql in enumerate(shown))
        made = ", ".join([*keys, *(f"{sql} AS {name}" for sql, name in self._made.items())])
        rows = " UNION ALL ".join(map(self._rows, self._held)) or self._nothing()
        by = f" GROUP BY {', '.join(keys)}" if keys else ""
        cells = ", ".join(f"{names[chosen.column]} AS c{place}" for place, chosen in enumerate(query.columns))
        order = [f"{names[one.column]} {'DESC' if one.descending else 'ASC'} NULLS LAST" for one in query.sort]
        order += [f"g.r{place} ASC NULLS LAST" for place in range(len(keys))]
        ordered = f" ORDER BY {', '.join(order)}" if order else ""
        return f"SELECT {cells} FROM (SELECT {results} FROM (SELECT {made} FROM ({rows}){by})) AS g{ordered}"

    # Rows

    def _rows(self, held: Held) -> str:
        cells = [f"{self._key(key, held)} AS k{place}" for place, key in enumerate(self._grouping.keys)]
        cells += [f"{self._value(source)} AS x{place}" for place, source in enumerate(self._sources)]
        return f"SELECT {', '.join(cells) or 'NULL'} FROM {held.rows}"

    def _key(self, key: Key, held: Held) -> str:
        value = self._value(key.source)
        if key.part is None:
            return value
        return stretches.in_row(key, key.part, value, self._grouping.zone, held.extents, self._bound)

    def _value(self, column: Column) -> str:
        value = value_of(column, self._query.table, self._bound)
        if column.type is not Type.NUMBER:
            return value
        # A number that is none is no value, and zero is one value whatever its sign.
        return f"nullif({value} + {self._bound.literal(0.0)}, {self._bound.literal(float('nan'))})"

    def _nothing(self) -> str:
        keys = [self._kind(key) for key in self._grouping.keys]
        cells = [f"CAST(NULL AS {kind}) AS k{place}" for place, kind in enumerate(keys)]
        kinds = [sql_type(source.type) for source in self._sources]
        cells += [f"CAST(NULL AS {kind}) AS x{place}" for place, kind in enumerate(kinds)]
        return f"SELECT {', '.join(cells) or 'NULL'} WHERE {self._bound.literal(False)}"

    @staticmethod
    def _kind(key: Key) -> str:
        return "BIGINT" if key.part is Part.HALF_HOUR_OF_DAY else sql_type(key.column.type)

    # Groups

    def _shown(self, key: Key, name: str) -> str:
        return stretches.of_group(key, name, self._grouping.zone, [one.extents for one in self._held], self._bound)

    def _measured(self, measure: Measure) -> str:
        """A measure as SQL over what the engine made of a group's rows."""
        function, source = measure.function, measure.source
        if source is None:
            return self._named("count(*)")
        value = f"x{self._sources.index(source)}"
        match function:
            case Function.COUNT:
                return self._named(f"count({value})")
            case Function.DISTINCT:
                return self._named(f"count(DISTINCT {value})")
            case Function.SUM if source.type is Type.INTEGER:
                return self._fitting(self._named(f"sum({value})"))
            case Function.MEDIAN | Function.PERCENTILE:
                return self._percentile(measure, source, value)
        return self._named(f"{function}({value})")

    def _named(self, sql: str) -> str:
        """The name of what is made of a group's rows; what is asked for twice is made once."""
        return self._made.setdefault(sql, f"a{len(self._made)}")

    def _fitting(self, wide: str) -> str:
        """A sum of more than 64 bits as one of 64, null where it does not fit."""
        least, most = self._bound.literal(LEAST_INTEGER), self._bound.literal(MOST_INTEGER)
        return f"CASE WHEN {wide} BETWEEN {least} AND {most} THEN CAST({wide} AS BIGINT) END"

    def _percentile(self, measure: Measure, source: Column, value: str) -> str:
        """One of the percentiles that are asked of a column: the engine puts its values in order once for all."""
        asked = [_share(one) for one in self._grouping.measures if one.source == source and _share(one) is not None]
        shares = sorted({share for share in asked if share is not None})
        listed = self._bound.sequence([share / 100 for share in shares])
        place = next(number for number, share in enumerate(shares, 1) if share == _share(measure))
        return f"{self._named(f'quantile_cont(CAST({value} AS DOUBLE), {listed})')}[{place}]"


def _share(measure: Measure) -> float | None:
    return _SHARES.get(measure.function, measure.percent)
