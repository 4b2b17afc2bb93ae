"""Macros: what MariaDB does with texts, numbers and times, and the engine does otherwise or not at all.

Times of day and durations are microseconds, as the engine's own end at a day.
"""

from collections.abc import Iterator

_DATE_LIKE = r"\s*\d{4}-\d{1,2}-\d{1,2}([ T]+\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,6})?)?)?\s*"
_SPAN_LIKE = r"\s*-?\d{1,3}:[0-5]?\d(:[0-5]?\d(\.\d{1,6})?)?\s*"
_MOST_SPAN = "3020399000000"

FAILED = "tvox: "
"""How the sentences begin that a statement of ours fails with on purpose."""


def _failing(said: str) -> str:
    return f"error('{FAILED}{said}')"


_MACROS = {
    # Texts
    "mdb_ci(x)": "CASE WHEN strlen(x) = length(x) THEN upper(x) ELSE mdb_folded(x) END",
    "mdb_capitals(x)": "CASE WHEN strlen(x) = length(x) THEN upper(x) ELSE mdb_upper(x) END",
    "mdb_small(x)": "CASE WHEN strlen(x) = length(x) THEN lower(x) ELSE mdb_lower(x) END",
    "mdb_key(x)": "rtrim(mdb_ci(x), ' ') || ' '",
    "mdb_number(x)": r"""CASE WHEN x IS NULL THEN NULL ELSE coalesce(try_cast(
        regexp_extract(x, '^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)', 1) AS DOUBLE), 0) END""",
    "mdb_integer(x)": r"""CASE WHEN x IS NULL THEN NULL
        ELSE coalesce(try_cast(regexp_extract(x, '^\s*([+-]?\d+)', 1) AS BIGINT), 0) END""",
    "mdb_decimal(x)": r"""CASE WHEN x IS NULL THEN NULL ELSE coalesce(try_cast(
        regexp_extract(x, '^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)', 1) AS DECIMAL(38,15)), 0) END""",
    "mdb_cut(x, n)": "CASE WHEN x IS NULL OR n IS NULL THEN NULL WHEN n <= 0 THEN '' ELSE left(x, n) END",
    "mdb_cut_end(x, n)": "CASE WHEN x IS NULL OR n IS NULL THEN NULL WHEN n <= 0 THEN '' ELSE right(x, n) END",
    "mdb_part(x, s, n)": """CASE WHEN x IS NULL OR s IS NULL OR n IS NULL THEN NULL
        WHEN s = 0 OR n <= 0 OR abs(s) > length(x) THEN ''
        ELSE substring(x, CASE WHEN s < 0 THEN length(x) + s + 1 ELSE s END, least(n, length(x))) END""",
    "mdb_padded(x, n, p, at_left)": f"""CASE WHEN x IS NULL OR n IS NULL OR p IS NULL OR n < 0 THEN NULL
        WHEN n <= length(x) THEN left(x, n)
        WHEN n > 1000000 THEN {_failing("a text is padded to more than a million letters")}
        WHEN p = '' THEN NULL
        WHEN at_left THEN lpad(x, CAST(n AS INTEGER), p) ELSE rpad(x, CAST(n AS INTEGER), p) END""",
    "mdb_repeated(x, n)": f"""CASE WHEN x IS NULL OR n IS NULL THEN NULL WHEN n <= 0 OR x = '' THEN ''
        WHEN n * strlen(x) > 1000000 THEN {_failing("a text is repeated to more than a million letters")}
        ELSE repeat(x, n) END""",
    "mdb_place(x, part, s)": """CASE WHEN x IS NULL OR part IS NULL OR s IS NULL THEN NULL
        WHEN s < 1 OR (s > length(x) AND s > 1) THEN 0 WHEN part = '' THEN s
        WHEN instr(substring(x, s), part) = 0 THEN 0 ELSE instr(substring(x, s), part) + s - 1 END""",
    "mdb_find_in_set(x, y)": """CASE WHEN x IS NULL OR y IS NULL THEN NULL WHEN y = '' OR contains(x, ',') THEN 0
        ELSE coalesce(list_position(string_split(y, ','), x), 0) END""",
    "mdb_inserted(x, s, n, y)": """CASE WHEN x IS NULL OR s IS NULL OR n IS NULL OR y IS NULL THEN NULL
        WHEN s < 1 OR s > length(x) THEN x
        WHEN n < 0 OR s + n > length(x) THEN left(x, s - 1) || y
        ELSE left(x, s - 1) || y || substring(x, s + n) END""",
    "mdb_index(x, d, n)": """CASE WHEN x IS NULL OR d IS NULL OR n IS NULL THEN NULL WHEN d = '' OR n = 0 THEN ''
        WHEN n > 0 THEN array_to_string(list_slice(string_split(x, d), 1, n), d)
        WHEN -n >= len(string_split(x, d)) THEN x
        ELSE array_to_string(
            list_slice(string_split(x, d), len(string_split(x, d)) + n + 1, len(string_split(x, d))), d) END""",
    "mdb_stripped(x, p, at_left, at_right)": """regexp_replace(regexp_replace(x,
        CASE WHEN at_left THEN '^(?:' || regexp_escape(p) || ')+' ELSE '$^' END, ''),
        CASE WHEN at_right THEN '(?:' || regexp_escape(p) || ')+$' ELSE '$^' END, '')""",
    # Numbers
    "mdb_double_digits(v)": "replace(regexp_extract(v, '^([0-9.]+)', 1), '.', '')",
    "mdb_double_text(x)": """CASE WHEN x IS NULL THEN NULL
        WHEN x = 0 THEN '0'
        WHEN abs(x) < 1e15 AND x = trunc(x) THEN CAST(CAST(x AS BIGINT) AS VARCHAR)
        WHEN abs(x) >= 1e16 OR abs(x) < 1e-15 THEN replace(CAST(x AS VARCHAR), 'e+', 'e')
        WHEN abs(x) >= 1e15 THEN regexp_replace(CASE WHEN x < 0 THEN '-' ELSE '' END ||
            left(CAST(CAST(abs(x) AS BIGINT) AS VARCHAR), 1) || '.' ||
            rtrim(substring(CAST(CAST(abs(x) AS BIGINT) AS VARCHAR), 2), '0'), '\\.$', '') || 'e15'
        WHEN abs(x) >= 1e-4 THEN CAST(x AS VARCHAR)
        ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || '0.' ||
            repeat('0', CAST(regexp_extract(CAST(x AS VARCHAR), 'e-(\\d+)', 1) AS INTEGER) - 1) ||
            mdb_double_digits(CAST(abs(x) AS VARCHAR)) END""",
    "mdb_finite(x)": f"CASE WHEN isfinite(x) OR x IS NULL THEN x ELSE {_failing('a number is too large')} END",
    "mdb_unsigned(x)": f"CASE WHEN x < 0 THEN {_failing('a difference of unsigned numbers is below zero')} ELSE x END",
    "mdb_bits(x)": "CAST(CASE WHEN x < 0 THEN CAST(x AS HUGEINT) + 18446744073709551616 ELSE x END AS UBIGINT)",
    "mdb_divided(a, b, up)": """CASE WHEN b = 0 THEN NULL ELSE
        CAST((CAST(a AS HUGEINT) * up) // CAST(b AS HUGEINT) AS DECIMAL(38,0)) END""",
    "mdb_rounded(x, p)": "round_even(x * p, 0) / p",
    "mdb_truncated(x, p)": "trunc(x * p) / p",
    # Times
    "mdb_fraction(us, n)": "(us % 1000000) / 1000000.0",
    "mdb_time_digits(us)": "us // 3600000000 * 10000 + us // 60000000 % 60 * 100 + us // 1000000 % 60",
    "mdb_time_text(us)": """CASE WHEN us < 0 THEN '-' ELSE '' END ||
        CASE WHEN abs(us) < 36000000000 THEN '0' ELSE '' END || CAST(abs(us) // 3600000000 AS VARCHAR) || ':' ||
        lpad(CAST(abs(us) // 60000000 % 60 AS VARCHAR), 2, '0') || ':' ||
        lpad(CAST(abs(us) // 1000000 % 60 AS VARCHAR), 2, '0')""",
    "mdb_clipped(us)": f"greatest(least(us, {_MOST_SPAN}), -{_MOST_SPAN}) + us * 0",
    "mdb_moment(x)": rf"""CASE WHEN x IS NULL THEN NULL
        WHEN regexp_full_match(x, '{_DATE_LIKE}') AND NOT regexp_matches(x, '^\s*(0000-|\d+-0?0-|\d+-\d+-0?0(\D|$))')
            THEN try_cast(regexp_replace(regexp_replace(trim(x), '[ T]+', ' '), '( \d+:\d+)$', '\1:00') AS TIMESTAMP)
        WHEN NOT regexp_matches(x, '\d') THEN NULL
        ELSE {_failing("a text is taken as a date and is not written like 2020-05-31 23:59:59")} END""",
    "mdb_span(x)": rf"""CASE WHEN x IS NULL THEN NULL
        WHEN regexp_full_match(x, '{_SPAN_LIKE}') THEN mdb_clipped(CASE WHEN contains(x, '-') THEN -1 ELSE 1 END * (
            CAST(regexp_extract(x, '(\d+):', 1) AS BIGINT) * 3600000000
            + CAST(regexp_extract(x, ':(\d+)', 1) AS BIGINT) * 60000000
            + coalesce(try_cast(regexp_extract(x, ':\d+:(\d+)', 1) AS BIGINT), 0) * 1000000
            + coalesce(try_cast(rpad(nullif(regexp_extract(x, '\.(\d+)', 1), ''), 6, '0') AS BIGINT), 0)))
        WHEN regexp_full_match(x, '{_DATE_LIKE}') AND contains(x, ':')
            THEN epoch_us(mdb_moment(x)) - epoch_us(date_trunc('day', mdb_moment(x)))
        WHEN NOT regexp_matches(x, '\d') THEN NULL
        ELSE {_failing("a text is taken as a time and is not written like 23:59:59")} END""",
    "mdb_unreal_day()": _failing("STR_TO_DATE reads a day that its month does not have"),
    "mdb_beyond_a_day()": _failing("TIME_FORMAT is given a time beyond a day"),
    "mdb_in_years(x)": "CASE WHEN year(x) BETWEEN 1 AND 9999 THEN x END",
    "mdb_months(a, b)": """(year(b) - year(a)) * 12 + month(b) - month(a)
        - CASE WHEN b >= a AND mdb_in_month(b) < mdb_in_month(a) THEN 1
               WHEN b < a AND mdb_in_month(b) > mdb_in_month(a) THEN -1 ELSE 0 END""",
    "mdb_in_month(x)": "epoch_us(x) - epoch_us(date_trunc('month', x))",
    "mdb_days(x)": "CAST(x AS DATE) - DATE '1970-01-01' + 719528",
    "mdb_suffix(d)": """CAST(d AS VARCHAR) || CASE WHEN d BETWEEN 11 AND 13 THEN 'th' WHEN d % 10 = 1 THEN 'st'
        WHEN d % 10 = 2 THEN 'nd' WHEN d % 10 = 3 THEN 'rd' ELSE 'th' END""",
    # The day that says to which year a week belongs: its first one, or the fourth.
    "mdb_week_day(d, monday, ahead)": """CAST(d AS DATE) + CAST(ahead AS INTEGER)
        - CAST(CASE WHEN monday THEN isodow(d) - 1 ELSE dayofweek(d) END AS INTEGER)""",
    "mdb_week_of_year(k)": "(dayofyear(k) - 1) // 7 + 1",
    "mdb_week(d, monday, ahead, whole)": """CASE
        WHEN whole OR year(mdb_week_day(d, monday, ahead)) = year(d)
            THEN mdb_week_of_year(mdb_week_day(d, monday, ahead))
        WHEN year(mdb_week_day(d, monday, ahead)) < year(d) THEN 0
        ELSE mdb_week_of_year(mdb_week_day(d, monday, ahead) - 7) + 1 END""",
    "mdb_year_week(d, monday, ahead)": """year(mdb_week_day(d, monday, ahead)) * 100
        + mdb_week_of_year(mdb_week_day(d, monday, ahead))""",
    # Groups
    "mdb_agreed(x)": f"""CASE WHEN count(x) = 0 THEN NULL
        WHEN count(x) = count(*) AND min(x) IS NOT DISTINCT FROM max(x) THEN min(x)
        ELSE {_failing("a field is neither grouped by nor the same in all rows of a group")} END""",
    "mdb_different(l)": "[one.t for one, nth in l if nth = 1 OR one.g IS DISTINCT FROM l[nth - 1].g]",
    "mdb_joined(x)": f"""CASE WHEN strlen(x) > 1048576
        THEN {_failing("a text of GROUP_CONCAT has more than 1048576 bytes")} ELSE x END""",
}

_NEEDED_FIRST = ("mdb_ci(x)", "mdb_in_month(x)", "mdb_clipped(us)", "mdb_double_digits(v)", "mdb_moment(x)")


FUNCTIONS = ("mdb_folded", "mdb_upper", "mdb_lower")
"""Functions of one text that macros call for texts beyond ASCII: they are given from above."""


def macros() -> Iterator[str]:
    """The statements that make the macros."""
    for head in (*_NEEDED_FIRST, *(head for head in _MACROS if head not in _NEEDED_FIRST)):
        yield f"CREATE MACRO {head} AS {_MACROS[head]}"
