"""Summaries as SQL: one row per interaction out of the rows of its steps."""

from store.layout import quoted
from tabular.table import Field, Summarise, Table


def summary_select(summary: Table, steps_sql: str, step: str = "step") -> str:
    """A SELECT of the summary's fields over `steps_sql`, a FROM clause of step rows; ordered by nothing."""
    inner = ", ".join(f"{_aggregate(field, step)} AS {quoted(field.name)}" for field in summary.fields)
    outer = ", ".join(_without_repeats(field) for field in summary.fields)
    key = next(field for field in summary.fields if field.summarise is Summarise.KEY)
    return f"SELECT {outer} FROM (SELECT {inner} FROM {steps_sql} GROUP BY {quoted(key.of or '')})"


def _aggregate(field: Field, step: str) -> str:
    of, by = quoted(field.of or ""), quoted(step)
    match field.summarise:
        case Summarise.KEY:
            return of
        case Summarise.COUNT:
            return "count(*)"
        case Summarise.COUNT_SET:
            return f"count({of})"
        case Summarise.ANY:
            return f"bool_or({of} IS NOT NULL)"
        case Summarise.SUM:
            return f"CAST(coalesce(sum({of}), 0) AS BIGINT)"
        case Summarise.EARLIEST:
            return f"min({of})"
        case Summarise.LATEST:
            return f"max({of})"
        case Summarise.OLDEST:  # steps run from the most recent (0) to the oldest
            return f"arg_max({of}, {by})"
        case Summarise.NEWEST:
            return f"arg_min({of}, {by})"
        case Summarise.PATH:
            return f"list({of} ORDER BY {by} DESC) FILTER ({of} IS NOT NULL)"
        case None:
            raise AssertionError(f"{field.name} is no field of a summary")


def _without_repeats(field: Field) -> str:
    """A path names a service once for as long as the interaction stays there."""
    name = quoted(field.name)
    if field.summarise is not Summarise.PATH:
        return name
    return f"list_filter({name}, lambda one, place: place = 1 OR one <> {name}[place - 1]) AS {name}"
