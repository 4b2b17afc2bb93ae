"""Filters as SQL: the same rows as the plain reading keeps, and nothing of the question in the text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from store.expressions import Bound as Literals
from store.filter_functions import FUNCTIONS
from store.filtering import filter_test
from store.layout import arrow_schema
from tabular.errors import FilterWrong
from tabular.filter import Scope, bind, parse
from tabular.filter.bound import Operation
from tabular.filter.evaluate import ALWAYS, local, matches
from tabular.filter.zones import changes_of
from tabular.partition import Extent
from tabular.table import Mask, MaskKind
from tests.store.drawn_filters import FIELDS, ITEMS, LISTS, TABLE, ZONES, filters, rows

NOW = datetime(2020, 5, 4, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine as the store opens it, but in memory."""
    with duckdb.connect(":memory:", config={"autoload_known_extensions": "false", "threads": "1"}) as connection:
        yield connection


def kept(engine: duckdb.DuckDBPyConnection, text: str, scope: Scope, extents: Mapping[str, Extent]) -> list[int]:
    """The numbers of the rows that the engine keeps."""
    literals = Literals(b"secret")
    test = filter_test(bind(parse(text), scope), TABLE, literals, extents)
    found = engine.execute(f"SELECT _n FROM drawn WHERE {test} ORDER BY _n", literals.values or None).fetchall()
    return [number for (number,) in found]


def hold(engine: duckdb.DuckDBPyConnection, drawn: list[dict[str, Any]]) -> None:
    """Put rows into the engine as the store lays them out."""
    schema = arrow_schema(TABLE).append(pa.field("_n", pa.int64()))
    batch = pa.Table.from_pylist([row | {"_n": number} for number, row in enumerate(drawn)], schema=schema)
    engine.execute("CREATE OR REPLACE TABLE drawn AS SELECT * FROM batch")
    assert batch.num_rows == len(drawn)


def extents_of(drawn: list[dict[str, Any]]) -> dict[str, Extent]:
    """The extents of a partition of these rows."""
    found = {}
    for name in ("began", "ended"):
        held = [row[name].replace(tzinfo=UTC) for row in drawn if row[name] is not None]
        found[name] = Extent(min(held, default=None), max(held, default=None), len(drawn) - len(held))
    return found


@pytest.mark.law
@settings(max_examples=settings().max_examples * 2)
@given(rows, st.lists(filters(), min_size=1, max_size=4), st.sampled_from(ZONES), st.booleans())
def test_the_engine_keeps_the_rows_that_the_plain_reading_keeps(
    engine: duckdb.DuckDBPyConnection, drawn: list[dict[str, Any]], texts: list[str], zone: str, with_extents: bool
) -> None:
    hold(engine, drawn)
    scope = Scope(TABLE, LISTS, zone, NOW)
    for text in texts:
        note(text)
        condition = bind(parse(text), scope)
        expected = [number for number, row in enumerate(drawn) if matches(condition, row)]
        assert kept(engine, text, scope, extents_of(drawn) if with_extents else {}) == expected


ASKED = [
    "name eq 'x0zz'",
    "name ne 'x0zz' and note gt 'x0zz'",
    "contains(name,'x0zz') or startswith(note,'x0zz') or endswith(note,'x0zz')",
    "matchesPattern(name,'x0zz.*')",
    "name in ('x0zz','x0zz''; DROP TABLE drawn; --')",
    "wait gt 471147 and count add 471147 lt 815815 mul 471147",
    "score divby 4711.47 ge round(815.8158)",
    "wait gt duration'PT471147S'",
    "began ge 2019-04-07T04:07:11Z and began lt 2019-08-15T08:15:00Z",
    "date(began) eq 2019-04-07 or year(ended) eq 4711",
    "time(began) gt 04:07:11.471147",
    "ended sub began gt duration'PT47M11S'",
    "tel/any(t:t/value eq 'x0zz' and t/rank gt 471147) and mail/all(m:m/since gt 2019-04-07T04:07:11Z)",
    "tel/$count($filter=value eq 'x0zz') gt 471147",
    "substring(name,471147,815815) eq tolower('X0ZZ')",
    "cast(count,Edm.String) eq 'x0zz'",
    "case(open:'x0zz',true:name) eq 'x0zz'",
    "hassubset([name,note],['x0zz'])",
    "name in [note,'x0zz']",
    "name eq 'x0zz' or name eq '\u202e$v0' or name eq '\" OR 1=1 --'",
]
_WORDS = """
and or not is distinct from in null cast as varchar bigint hugeint double timestamp date time integer case when then
else end between coalesce try_cast list_transform list_filter lambda len isnan isinf greatest least length substr
trim lower upper contains starts_with ends_with strpos regexp_matches regexp_full_match make_timestamp epoch_us
strftime rtrim ceil floor round nullif year month day hour minute second microsecond true false
"""
OUR_WORDS = set(_WORDS.split())


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome"])
def test_the_text_holds_names_of_the_table_and_words_of_ours_alone(text: str, zone: str) -> None:
    literals = Literals(b"secret")
    sql = filter_test(bind(parse(text), Scope(TABLE, LISTS, zone, NOW)), TABLE, literals, {})
    for hint in ("x0zz", "X0ZZ", "4711", "815", "DROP", "2019", "04:07", "1=1", "\u202e"):
        assert hint not in sql
    quoted = set(re.findall(r'"([^"]*)"', sql))
    assert quoted <= {field.name for field in FIELDS} | {name for name, _ in ITEMS}
    assert "'" not in re.sub(r"'(%Y-%m-%dT%H:%M:%S\.%f|0|\.|Z|INF|-INF|NaN|true|false|nan|inf|-inf)'", "", sql)
    bare = set(re.findall(r"[A-Za-z_]\w*", re.sub(r'"[^"]*"|\$v\d+|\'[^\']*\'', "", sql)))
    assert {word for word in bare if word.lower() not in OUR_WORDS and not re.fullmatch(r"_[em]\d+", word)} == set()
    assert set(re.findall(r"\$(v\d+)", sql)) == set(literals.values), "what is bound is used, and nothing else is"


def test_every_operation_has_sql_and_a_plain_reading() -> None:
    by_themselves = {"and", "or", "not", "has", "eq", "ne", "gt", "ge", "lt", "le", "in"}
    assert set(FUNCTIONS) == set(ALWAYS) == {one for one in Operation if one not in by_themselves}


def test_a_deep_filter_makes_a_text_that_grows_with_it_alone() -> None:
    def nested(levels: int) -> int:
        number = "score"
        for _ in range(levels):
            number = f"case({number} gt 1.5:substring(name,0,1) eq 'a',true:false) eq true"
            number = f"case({number}:1.5,true:2.5)"
        return len(filter_test(bind(parse(f"{number} gt 1"), TABLE), TABLE, Literals(b""), {}))

    assert nested(8) - nested(7) < 2 * (nested(4) - nested(3)), "no expression stands in it twice"


def test_what_a_key_sees_masked_is_compared_as_its_mask(engine: duckdb.DuckDBPyConnection) -> None:
    hold(engine, [dict.fromkeys(field.name for field in FIELDS) | {"name": "0432123456", "wait": 7}])
    columns = tuple(
        replace(column, mask=Mask(MaskKind.LAST, 3) if column.name == "name" else Mask(MaskKind.NULL))
        for column in TABLE.columns
    )
    seen = TABLE.with_columns(columns)
    for text, kept_rows in (
        ("name eq '*******456'", 1),
        ("name eq '0432123456'", 0),
        ("wait eq null", 1),
        ("wait ge 0", 0),
    ):
        literals = Literals(b"secret")
        test = filter_test(bind(parse(text), seen), seen, literals, {})
        assert len(engine.execute(f"SELECT 1 FROM drawn WHERE {test}", literals.values or None).fetchall()) == kept_rows


@pytest.mark.parametrize("zone", [*ZONES, "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"])
def test_the_changes_of_clocks_are_those_of_the_zone(zone: str) -> None:
    changes = changes_of(zone)
    for moment in (*changes.moments, datetime(1975, 1, 1), datetime(2099, 12, 31)):
        for at in (moment - timedelta(microseconds=1), moment):
            assert at + timedelta(microseconds=changes.offset(at)) == local(at, zone)


def test_arrays_that_would_be_too_many_comparisons_are_refused() -> None:
    with pytest.raises(FilterWrong):
        bind(parse(f"hassubsequence([{','.join(['name'] * 30)}],[{','.join(['note'] * 15)}])"), TABLE)


@pytest.mark.parametrize("text", ["count mul 1000000 gt 5", "count add count ge 0", "cast(score,Edm.Int64) gt 5"])
def test_what_does_not_fit_is_above_nothing(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    hold(engine, [dict.fromkeys(field.name for field in FIELDS) | {"count": 2**62, "score": 1e300}])
    assert kept(engine, text, Scope(TABLE), {}) == [], "DuckDB would undo a TRY_CAST that is compared"
