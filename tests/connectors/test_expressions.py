"""Formulas over columns give what a plain Python reading of them gives, line by line."""

import ast
import hmac
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.files.expression import Block, Cells, Wrong, arrow_of
from connectors.files.grammar import Scope, read_expression
from tests.connectors.logs import SECRET

Texts = list[str | None]


def cells(formula: str, zone: str | None = "Europe/Rome", **columns: Texts) -> Cells:
    expression = read_expression(formula, Scope("field", zone))
    rows = max((len(values) for values in columns.values()), default=1)
    arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return Block(arrays, rows, SECRET).cells(expression)


def values(formula: str, zone: str | None = "Europe/Rome", **columns: Texts) -> list[object]:
    """The values; a fault in the place of one that cannot be read."""
    found = cells(formula, zone, **columns)
    faults = [None] * len(found.values) if found.faults is None else found.faults.to_pylist()
    return [
        value if fault is None else f"! {fault}" for value, fault in zip(found.values.to_pylist(), faults, strict=True)
    ]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


NO_INTEGER = "is no integer"
# A formula, its column a, and what it gives; a text that begins with ! is a fault.
READINGS: list[tuple[str, Texts, list[object]]] = [
    ("integer(a)", ["12", "-3", "007", None], [12, -3, 7, None]),
    (
        "integer(a)",
        ["abc", " 5", "0x1F", "1.0", "9" * 19],
        [f'! "{v}" is no integer' for v in ("abc", " 5", "0x1F", "1.0", "9" * 19)],
    ),
    ("number(a)", ["1.5", "-2", "6.02E+11", ".5", None], [1.5, -2.0, 6.02e11, 0.5, None]),
    ("number(a)", ["nan", "inf", "1e999", "1,5"], [f'! "{v}" is no number' for v in ("nan", "inf", "1e999", "1,5")]),
    ("number(a, ',')", ["1,5", "2", "1.500"], [1.5, 2.0, '! "1.500" is no number']),
    (
        "boolean(a)",
        ["Yes", "TRUE", "1", "n", "0", None, "x"],
        [True, True, True, False, False, None, '! "x" is no boolean'],
    ),
    ("boolean(a, 'S', 'N')", ["S", "N", "s"], [True, False, '! "s" is no boolean']),
    ("text(integer(a) + 1)", ["1", None], ["2", None]),
    ("a", ["x", None], ["x", None]),
    ("col('a')", ["x"], ["x"]),
    ("'CALL'", ["x", "y"], ["CALL", "CALL"]),
    ("None", ["x"], [None]),
    ("-1", ["x"], [-1]),
    ("join(1, '.', a)", ["x", None], ["1.x", None]),
    ("a + '-' + a", ["x", None], ["x-x", None]),
    ("integer(a) + 1.5", ["1"], [2.5]),
    ("integer(a) - 1", ["1", None], [0, None]),
    ("strip(a)", ["  x y ", None], ["x y", None]),
    ("upper(a)", ["ünï"], ["ÜNÏ"]),
    ("lower(a)", ["ÜNÏ"], ["ünï"]),
    ("substring(a, 2, 3)", ["abcdef", "ab", "", None], ["bcd", "b", "", None]),
    ("substring(a, 3)", ["abcdef", "ab"], ["cdef", ""]),
    ("substring(a, -4)", ["abcdef", "ab"], ["cdef", "ab"]),
    ("substring(a, -4, 2)", ["abcdef", "abc"], ["cd", "ab"]),
    ("replace(a, '.', ',')", ["1.2.3", None], ["1,2,3", None]),
    ("matches(a, '^AA[0-9]+$')", ["AA01", "AB01", None], [True, False, None]),
    ("map(a, {'PS': 'regular'})", ["PS", "AA", None], ["regular", "AA", None]),
    ("map(a, {'PS': 1, 'NW': 2}, 0)", ["PS", "NW", "AA", None], [1, 2, 0, None]),
    ("map(a, {'PS': 'regular'}, None)", ["PS", "AA"], ["regular", None]),
    ("map(a, {'PS': None})", ["PS", "AA"], [None, "AA"]),
    ("map_known(a, {'A': 'B', 'C': 'D'})", ["A", "X", None], ["B", '! "X" is none of A, C', None]),
    ("null_if(a, '0', '')", ["0", "", "5", None], [None, None, "5", None]),
    ("null_if(integer(a), 0)", ["0", "5"], [None, 5]),
    ("coalesce(a, 'none')", [None, "x"], ["none", "x"]),
    ("seconds(a)", ["0:00:31", "100:00:00", None], [31, 360000, None]),
    ("seconds(a)", ["1:60:00", "12:30"], [f'! "{v}" is no duration written as H:MM:SS' for v in ("1:60:00", "12:30")]),
    ("a == 'x'", ["x", "y", None], [True, False, None]),
    ("a != 'x'", ["x", "y"], [False, True]),
    ("integer(a) >= 2.5", ["2", "3"], [False, True]),
    ("1 < integer(a) <= 3", ["1", "3", "4"], [False, True, False]),
    ("a in ('x', 'y')", ["x", "z", None], [True, False, False]),
    ("a not in ['x']", ["x", "z", None], [False, True, True]),
    ("integer(a) in (1, -1)", ["-1", "0"], [True, False]),
    ("a is None", ["x", None], [False, True]),
    ("a is not None", ["x", None], [True, False]),
    ("not a == 'x'", ["x", "y", None], [False, True, None]),
    ("'few' if integer(a) < 3 else 'many'", ["1", "5", None], ["few", "many", "many"]),
    ("unix(time(a))", ["1970-01-01T00:00:01Z", "1969-12-31T23:59:58.5Z", None], [1, -2, None]),
    ("unix(from_unix(integer(a)))", ["915141631", None], [915141631, None]),
    ("from_unix(integer(a))", ["9" * 14], [f'! "{"9" * 14}" is no Unix time']),
    ("from_unix(number(a))", ["0.25"], [moment("1970-01-01T00:00:00.25")]),
    ("time(a) - time('2024-01-01 00:00:00')", ["2024-01-01 01:00:00"], [3600]),
    ("time(a, '%Y%m%d %H:%M:%S %z') + 60", ["20240101 00:00:00 +0100"], [moment("2023-12-31T23:01:00")]),
    ("time(a) + integer('9' + '99999999999999')", ["2024-01-01 01:00:00"], ['! "999999999999999" is too many seconds']),
]


@pytest.mark.parametrize(("formula", "a", "expected"), READINGS)
def test_a_formula_gives(formula: str, a: Texts, expected: list[object]) -> None:
    assert values(formula, a=a) == expected


ROME = [
    ("2024-03-31 02:30:00", "2024-03-31T01:30:00"),  # left out by the clocks: counted on, 03:30
    ("2024-10-27 02:30:00", "2024-10-27T00:30:00"),  # shown twice: the first
    ("2024-10-27T02:30:00+01:00", "2024-10-27T01:30:00"),
    ("2024-07-01T12:00:00.123456789", "2024-07-01T10:00:00.123456"),
    ("2024-07-01T12:00:00Z", "2024-07-01T12:00:00"),
]


@pytest.mark.parametrize(("text", "utc"), ROME)
def test_a_time_without_format_is_iso(text: str, utc: str) -> None:
    assert values("time(a)", a=[text]) == [moment(utc)]


@pytest.mark.parametrize(
    "text", ["2024-02-30 00:00:00", "2024-01-01", "2024-13-01 00:00:00", "x", "2024-01-01 24:00:00"]
)
def test_an_impossible_time_is_refused(text: str) -> None:
    assert values("time(a)", a=[text, None]) == [f'! "{text}" is no time written as ISO 8601', None]


def test_a_date_and_a_clock() -> None:
    formula = "time(a, b, '%y%m%d %H:%M:%S')"
    a: Texts = ["990101", "990230", "990101", None, "9911"]
    b: Texts = ["0:00:31", "0:00:31", "24:00:00", "1:00:00", "1:00:00"]
    fault = "is no time written as %y%m%d %H:%M:%S"
    faults = [f'! "{text}" {fault}' for text in ("990230 0:00:31", "990101 24:00:00")]
    expected = [moment("1998-12-31T22:00:31"), *faults, None, f'! "9911 1:00:00" {fault}']
    assert values(formula, "Asia/Jerusalem", a=a, b=b) == expected


FORMATS = ["%y%m%d %H:%M:%S", "%d/%m/%Y %H.%M", "%Y-%m-%dT%H:%M:%S.%f", "%d-%b-%Y %I:%M:%S %p", "%m/%d/%y %H:%M"]
ZONES = ["Europe/Rome", "Asia/Jerusalem", "America/New_York", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu"]
# Around the days on which clocks change, and anywhere; Arrow knows the zones' rules up to 2037.
WALLS = st.one_of(
    st.datetimes(moment("1970-01-01"), moment("2037-12-30")),
    st.integers(-7200, 7200).map(lambda s: moment("2024-03-31T02:00") + timedelta(seconds=s)),
    st.integers(-7200, 7200).map(lambda s: moment("2024-10-27T02:00") + timedelta(seconds=s)),
    st.integers(-7200, 7200).map(lambda s: moment("2024-04-07T02:00") + timedelta(seconds=s)),
)


def python_time(text: str, spelled: str, zone: str) -> datetime:
    """Python's own reading; fold 0 is the first of two equal clocks, and counts on over a gap."""
    wall = datetime.strptime(text, spelled).replace(tzinfo=ZoneInfo(zone))
    return wall.astimezone(UTC).replace(tzinfo=None)


@given(st.lists(WALLS, min_size=1, max_size=6), st.sampled_from(FORMATS), st.sampled_from(ZONES))
def test_times_are_those_of_python(walls: list[datetime], spelled: str, zone: str) -> None:
    texts = [wall.strftime(spelled) for wall in walls]
    assert values(f"time(a, {spelled!r})", zone, a=[*texts]) == [python_time(text, spelled, zone) for text in texts]


@given(
    st.text(st.sampled_from("0123456789/: ."), max_size=16), st.sampled_from(["%d/%m/%Y %H:%M", "%y%m%d", "%Y.%m.%d"])
)
def test_no_time_is_read_that_python_refuses(text: str, spelled: str) -> None:
    found = values(f"time(a, {spelled!r})", "UTC", a=[text])[0]
    if isinstance(found, datetime):
        assert found == python_time(" ".join(text.split()), spelled, "UTC")


@given(
    st.lists(st.tuples(WALLS, st.integers(-2 * 86_400, 2 * 86_400)), min_size=1, max_size=5),
    st.sampled_from([0, 60, 300]),
    st.sampled_from(ZONES),
)
def test_after_adds_a_day_of_the_zone(pairs: list[tuple[datetime, int]], tolerance: int, zone: str) -> None:
    here = ZoneInfo(zone)
    starts = [wall.replace(tzinfo=here, microsecond=0).astimezone(UTC) for wall, _ in pairs]
    times = [start + timedelta(seconds=shift) for start, (_, shift) in zip(starts, pairs, strict=True)]

    def expected(start: datetime, time: datetime) -> datetime:
        least = start - timedelta(seconds=tolerance)
        if time >= least:
            return time
        again = time.astimezone(here).replace(fold=1).astimezone(UTC)
        if again >= least and again.astimezone(here).replace(fold=0) == time.astimezone(here).replace(fold=0):
            return again
        wall = time.astimezone(here).replace(tzinfo=None) + timedelta(days=1)
        return wall.replace(tzinfo=here).astimezone(UTC)

    found = cells(
        f"after(time(a), time(b), {tolerance})",
        zone,
        a=[start.isoformat() for start in starts],
        b=[time.isoformat() for time in times],
    )
    wanted = [expected(*pair) for pair in zip(starts, times, strict=True)]
    assert found.values.to_pylist() == [time.replace(tzinfo=None) for time in wanted]
    changed = [time != want for time, want in zip(times, wanted, strict=True)]
    assert [repair.to_pylist() for repair in found.repairs.values()] == [changed]


def test_a_clock_after_midnight_is_moved_and_counted() -> None:
    found = cells(
        "after(time(a), time(b), 300)", a=["2024-01-01 23:59:00"] * 2, b=["2024-01-01 00:01:00", "2024-01-01 23:58:00"]
    )
    assert found.values.to_pylist() == [moment("2024-01-01T23:01:00"), moment("2024-01-01T22:58:00")]
    assert {label: changed.to_pylist() for label, changed in found.repairs.items()} == {
        "field: after(time(a), time(b), 300)": [True, False]
    }


def test_latest_and_earliest_pass_over_nulls() -> None:
    a: Texts = ["2024-01-01T00:00:00Z", None, None]
    b: Texts = ["2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z", None]
    assert values("latest(time(a), time(b))", a=a, b=b) == [moment("2024-01-01"), moment("2024-01-01"), None]
    assert values("earliest(time(a), time(b))", a=a, b=b) == [moment("2023-01-01"), moment("2024-01-01"), None]


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1, max_size=20))
def test_a_hash_is_the_hmac_of_the_value(texts: Texts) -> None:
    expected = [None if t is None else hmac.digest(SECRET, t.encode(), "sha256").hex()[:16] for t in texts]
    assert values("hash(a)", a=texts) == expected


@given(st.lists(st.integers(-9, 9).map(str), min_size=1, max_size=20), st.integers(-5, 5))
def test_bounds_count_what_they_change(texts: list[str], bound: int) -> None:
    found = cells(f"at_least(integer(a), {bound})", a=[*texts])
    assert found.values.to_pylist() == [max(int(text), bound) for text in texts]
    changed = found.repairs[f"field: at_least(integer(a), {bound})"]
    assert changed.to_pylist() == [int(text) < bound for text in texts]
    found = cells(f"at_most(integer(a), {bound})", a=[*texts])
    assert found.values.to_pylist() == [min(int(text), bound) for text in texts]


# Any formula of these parts; a cell of `abc` is a value that cannot be read, and is fatal only where it is used.
_numbers = st.recursive(
    st.sampled_from(["integer(a)", "integer(b)", "0", "7"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("at_least({}, {})".format, inner, inner),
        st.builds("({} if {} < {} else {})".format, inner, inner, inner, inner),
        st.builds("({} if {} == {} and {} > {} else {})".format, inner, inner, inner, inner, inner, inner),
        st.builds("({} if {} == {} or {} > {} else {})".format, inner, inner, inner, inner, inner, inner),
    ),
    max_leaves=12,
)
_cells = st.lists(st.sampled_from(["1", "2", "-3", "abc"]), min_size=4, max_size=4)


@given(_numbers, _cells, _cells)
def test_a_part_that_is_not_used_cannot_refuse_a_line(formula: str, a: list[str], b: list[str]) -> None:
    for at, found in enumerate(values(formula, a=[*a], b=[*b])):
        known = {"a": a[at], "b": b[at], "integer": int, "at_least": max}
        try:
            expected: object = eval(formula, {"__builtins__": {}}, known)  # noqa: S307  # Python is the law here
        except ValueError:
            expected = f'! "abc" {NO_INTEGER}'
        assert found == expected


@given(_numbers, _cells)
def test_repairs_count_where_they_are_used(formula: str, a: list[str]) -> None:
    """A repair in a branch that is not taken changes nothing."""
    good = [cell.replace("abc", "5") for cell in a]
    found = cells(f"at_least({formula}, 2) if a == '1' else 0", a=[*good], b=[*good])
    label = f"field: {read_label(formula)}"
    if label in found.repairs:
        assert not any(
            changed and cell != "1" for changed, cell in zip(found.repairs[label].to_pylist(), good, strict=True)
        )


def read_label(formula: str) -> str:
    return ast.unparse(ast.parse(f"at_least({formula}, 2)", mode="eval"))


WRONG = [
    ("outcome = 'x'", "cannot assign", "==", 9),
    ("a.b", "cannot hold 'a.b'", "columns, constants", 1),
    ("__import__('os')", 'no function "__import__"', None, 1),
    ("[x for x in a]", "cannot hold", None, 1),
    ("(lambda: 1)()", "is no call of a function", None, 1),
    ("strip(text=a)", "is no call of a function", "position", 1),
    ("a[0]", "cannot hold", None, 1),
    ("f'{a}'", "cannot hold", None, 1),
    ("a * 2", "cannot hold 'a * 2'", None, 1),
    ("b'x'", "cannot hold", None, 1),
    ("", "is empty", None, None),
    ("\0", "", None, None),
    ("(" * 500 + "a" + ")" * 500, "", None, None),
    ("not " * 5000 + "a", "", None, None),
    ("99999999999999999999", "too large a number", None, 1),
    ("1e999", "too large a number", None, 1),
    ("  strip(1)", "where strip takes a text", "'1'", 9),
    ("città == 1", "1 is an integer, città is a text", "integer(…)", 10),
    ("a == 1", "1 is an integer, a is a text", "integer(…)", 6),
    ("a == None", "nothing equals None", "a is None", 1),
    ("a is b", "is no comparison", None, 1),
    ("a in b", "is no comparison", None, 1),
    ("a in ('x', None)", "needs constants", None, 6),
    ("a in (b, 'x')", "needs constants", None, 6),
    ("1 if a else 2", "a is a text, not a condition", None, 6),
    ("'x' if a == 'b' else 3", "3 is an integer, 'x' is a text", None, 22),
    ("a - a", "- does not join a text and a text", None, 1),
    ("a + 1", "+ does not join a text and an integer", "text(…)", 1),
    ("time(a) > a", "a is a text, time(a) is a time", "time(…)", 11),
    ("coalesce(a, 1)", "1 is an integer, where coalesce takes a text", "'1'", 13),
    ("null_if(a, b)", "needs constants", None, 12),
    ("null_if(a, 0)", "0 is an integer", "'0'", 12),
    ("map(a, b)", "b is no constant", None, 8),
    ("map(a, {})", "no table", None, 8),
    ("map(a, {1: 'x'})", "1 is no text", "'1'", 8),
    ("map(a, {'A': 1})", "stays as it is", None, 8),
    ("map(a, {'A': 1, 'B': 'x'}, 0)", "not of one type", None, 8),
    ("map(a, {'A': 'B', 'A': 'C'})", "twice", None, 8),
    ("substring(a, 0)", "counted from 1", None, 14),
    ("substring(a, 1, 0)", "at least 1", None, 17),
    ("substring(a, b)", "must be a whole number, not b", None, 14),
    ("replace(a, '', 'x')", "nothing cannot be replaced", None, 12),
    ("matches(a, '(')", "no regular expression", "RE2", 12),
    ("matches(a, b)", "must be a text in quotes", None, 12),
    ("number(a, '12')", "no decimal sign", None, 11),
    ("boolean(a, 'S')", "what is false", None, 12),
    ("col(a)", "must be a text in quotes, not a", None, 5),
    ("time(a, '%Y-%m')", "has no day", "%Y", 9),
    ("time(a, '%Y-%m-%d %q')", "no directive %q", "%Y", 9),
    ("time(a, '%Y-%m-%d %m')", "says something twice", None, 9),
    ("time(a, '%Y-%m-%d %I')", "hour", "%p", 9),
    ("time(a, '%f %Y-%m-%d')", "%f does not come last", None, 9),
    ("time(a, b, '%H:%M')", "no format of a date and a clock", "blank", 12),
    ("time(a, b, '%Y-%m-%d %d:%H')", "the clock of", None, 12),
    ("time(a, b)", "must be a text in quotes", None, 9),
    ("after(time(a), time(a), -1)", "tolerance", None, 25),
    ("after(a, time(a))", "where after takes a time", "time(…)", 7),
    ("at_least(a, 0)", "where at_least takes an integer", "integer(…)", 10),
    ("at_least(integer(a), b)", "b is a text", None, 22),
]


@pytest.mark.parametrize(("formula", "reason", "advice", "at"), WRONG)
def test_what_is_no_formula_is_refused(formula: str, reason: str, advice: str | None, at: int | None) -> None:
    with pytest.raises(Wrong) as caught:
        read_expression(formula, Scope("field", "UTC"))
    assert reason in caught.value.reason
    assert advice is None or advice in (caught.value.advice or "")
    assert at is None or caught.value.at == at


_SOUP = """
a b 'x' '%Y-%m-%d' '0:00' 1 -2 1.5 None True ( ) , + - == < = != in not is and or if else { } : [ ] .
integer( number( boolean( text( time( after( unix( from_unix( latest( seconds( map( map_known( null_if( coalesce(
join( hash( substring( at_least( col( replace( matches( strip(
"""
_words = st.sampled_from(_SOUP.split())


@given(st.one_of(st.text(max_size=30), st.lists(_words, max_size=14).map(" ".join)))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    """And a formula that was accepted can be computed over any cells."""
    try:
        expression = read_expression(text, Scope("field", "Europe/Rome"))
    except Wrong:
        return
    cells: Texts = ["1", "abc", None, "", "2024-01-01"]
    block = Block({name: pa.array(cells, pa.string()) for name in expression.columns}, len(cells), SECRET)
    found = block.cells(expression)
    assert len(found.values) == len(cells)
    assert expression.type is None or found.values.type == arrow_of(expression.type)


def test_without_a_zone_there_is_no_local_time() -> None:
    for formula in ("time(a)", "time(a, '%Y-%m-%d')", "after(from_unix(1), from_unix(2))"):
        with pytest.raises(Wrong, match="is not said"):
            read_expression(formula, Scope("field"))
    assert values("time(a, '%Y-%m-%d %H:%M %z')", None, a=["2024-01-01 00:00 -0130"]) == [moment("2024-01-01T01:30")]
