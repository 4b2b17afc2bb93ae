"""Requests that are made to cost much, or to get something through: what is asked, and how each has to end."""
# ruff: noqa: RUF001  # letters that look like others are what some of them are about

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import quote, urlencode

from store.store import Store
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, step

MONTHS, A_MONTH = 13, 150
ALL, NONE = MONTHS * A_MONTH, 0
"""How many rows there are, and none of them."""

Expected = int | str
"""How many rows come, or the code of the refusal."""


def fill(store: Store) -> None:
    """Thirteen months of calls, the last that the service shows unasked, and forty people with twelve numbers each."""
    rows = []
    for month in range(MONTHS):
        began = datetime(2025 + (10 + month) // 12, (10 + month) % 12 + 1, 3, 8)
        for i in range(A_MONTH):
            told = {"cli": f"+39043255{i:03}", "user": "anna" if i % 2 else None, "waitDuration": i}
            rows.append(step(began + timedelta(minutes=i), 0, i, endTime=began + timedelta(minutes=i + 1), **told))
    held = [{"value": f"0432{i}", "type": "HOME"} for i in range(12)]
    people = [{"uuid": f"{i:03}", "name": f"Anna {i}", "tel": held, "mail": held} for i in range(40)]
    with store.writing("test") as writing:
        writing.merge(CALLS, batches(rows), SUMMARIES)
        writing.replace(CONTACTS, None, batches(people, CONTACTS))


def many(count: int, each: Callable[[int], str] | str, between: str = " or ") -> str:
    """So many of something, with something between them."""
    return between.join(each if isinstance(each, str) else each(i) for i in range(count))


def nested(levels: int, opening: str, inmost: str, closing: str) -> str:
    """Something within something within something."""
    return opening * levels + inmost + closing * levels


FILTERS: dict[str, tuple[str, Expected]] = {
    # Deep
    "10,000 parentheses": ("(" * 10_000, "TT130"),
    "4,900 nots": ("not " * 4_900, "TT130"),
    "2,800 functions": ("concat(" * 2_800, "TT130"),
    "15,000 brackets": ("[" * 15_000, "TT130"),
    "47 parentheses": (nested(47, "(", "true", ")"), ALL),
    "46 functions": (nested(46, "concat(", "cli", ",'a')") + " ne cli", ALL),
    "30 days": (nested(30, "(", "date(startTime)", " add duration'P1D')") + " gt 2020-01-01", ALL),
    "46 sums": (nested(46, "(", "waitDuration", " add 1)") + " gt 0", ALL),
    "46 casts": (nested(46, "cast(", "cli", ",Edm.String)") + " eq 'a'", NONE),
    "texts within texts": (nested(40, "concat(", "cli", f",'{'x' * 400}')") + " ne 'a'", "TT130"),
    "46 substrings": (nested(46, "substring(", "concat(cli,'a')", ",length(cli) sub 1)") + " ne 'a'", "TT130"),
    # Long
    "1,900 ands": (many(1_900, "true", " and "), ALL),
    "2,400 ands": (many(2_400, "true", " and "), "TT130"),
    "1,900 texts in a list": (f"cli in ({many(1_900, lambda i: repr(str(i)), ',')})", NONE),
    "400 conditions": (many(400, lambda i: f"contains(cli,'x{i}')"), NONE),
    "400 sums": (many(400, lambda i: f"waitDuration add {i} eq 5"), "TT130"),
    "60 sums": (many(60, lambda i: f"waitDuration add {i} eq -5"), NONE),
    "100 casts of texts": (many(100, lambda i: f"cast(concat(cli,'{i}'),Edm.Double) eq -5"), "TT130"),
    "long texts": (many(20, lambda i: f"concat('{i}{'x' * 600}',cli) eq 'a'"), NONE),
    "more long texts": (many(60, lambda i: f"concat('{i}{'x' * 300}',cli) eq concat(cli,'{'y' * 25}')"), "TT130"),
    "a literal of 19,000 letters": (f"cli eq '{'x' * 19_000}'", NONE),
    "20,001 letters": ("x" * 20_001, "TT130"),
    "a name of 19,000 letters": ("x" * 19_000 + " eq 1", "TT130"),
    # Numbers
    "1e999": ("waitDuration gt 1e999", NONE),
    "-1e999": ("waitDuration gt -1e999", ALL),
    "1e-999": ("waitDuration gt 1e-999", ALL - MONTHS),
    "10^5000": ("waitDuration lt " + "9" * 5_000, ALL),
    "-10^19000": ("waitDuration lt -" + "9" * 19_000, NONE),
    "5,000 decimals": ("waitDuration eq 0." + "9" * 5_000, MONTHS),
    "5,000 zeros": ("waitDuration eq " + "0" * 5_000 + "7", MONTHS),
    "more than 64 bits": ("waitDuration add 9223372036854775807 gt 0", MONTHS),
    "the least number without its sign": ("- -9223372036854775808 gt 0", NONE),
    "divisions by zero": ("waitDuration div 0 eq null and waitDuration mod 0 eq null", ALL),
    "beyond all places": (
        "substring(cli,9223372036854775807) eq '' and substring(cli,-9223372036854775808) eq cli",
        ALL,
    ),
    "digits of Arabic": ("waitDuration eq ٧", "TT130"),
    "digits of Arabic in a day": ("startTime ge ٢٠٢٠-01-01", "TT130"),
    "half a digit of Arabic": ("time(startTime) gt 0٨:00:00", "TT130"),
    "a superscript": ("waitDuration eq 7²", "TT130"),
    # Expressions
    "backtracking": ("matchesPattern(cli,'^(([0-9+])+.)+[A-Z]([a-z])+$')", NONE),
    "an exponent": ("matchesPattern(cli,'(0+)+$') or matchesPattern(cli,'(0|00|0*)*$')", ALL),
    "a thousand thousand": ("matchesPattern(cli,'(a{1000}){1000}')", "TT130"),
    "an unfolded million": ("matchesPattern(cli,'((a{100}){100}){100}')", "TT130"),
    "letters of all scripts": (r"matchesPattern(cli,'\pL{200}')", "TT130"),
    "letters of all scripts, in a class": (r"matchesPattern(cli,'[[:alpha:]\pL]{200}')", "TT130"),
    "4,000 groups": (f"matchesPattern(cli,'{'(.*)' * 4_000}')", "TT130"),
    "6,000 parentheses of a pattern": (f"matchesPattern(cli,'{'(' * 6_000}{')' * 6_000}')", "TT130"),
    "6,000 classes that do not end": (f"matchesPattern(cli,'{'[[:' * 6_000}')", "TT120"),
    "6,000 scripts that do not end": ("matchesPattern(cli,'" + r"\p{" * 6_000 + "')", "TT130"),
    "450 patterns": (many(450, lambda i: f"matchesPattern(cli,'[0-9]{{500}}x{i}')"), "TT130"),
    "look-around": ("matchesPattern(cli,'(?=a)b')", "TT120"),
    "a null in a pattern": ("matchesPattern(cli,'a\0b')", NONE),
    # Zones
    "240 look-ups of zones": (many(240, lambda i: f"hour(startTime add duration'PT{i}S') eq 99"), "TT130"),
    "8 look-ups of zones": (many(8, lambda i: f"hour(startTime add duration'PT{i}S') eq 99"), NONE),
    "130 hours": (many(130, lambda i: f"hour(startTime) eq {i + 99}"), NONE),
    # Arrays
    "80,000 comparisons of arrays": (f"contains([{many(900, 'cli', ',')}],[{many(800, 'cli', ',')}])", "TT130"),
    "80,000 places in arrays": (f"indexof([{many(900, 'cli', ',')}],[{many(800, 'cli', ',')}]) eq 1", "TT130"),
    "a subset of 299": (f"hassubset([{many(299, 'cli', ',')}],[user])", "TT130"),
    "a subset of 150": (f"hassubset([{many(150, 'cli', ',')}],[user])", NONE),
    "all sequences": (f"hassubsequence([{many(60, 'cli', ',')}],[{many(30, 'user', ',')}])", "TT130"),
    # Days
    "31 February": ("startTime ge 2020-02-31", "TT130"),
    "the year 0": ("startTime ge 0000-01-01", "TT130"),
    "before Christ": ("startTime ge -0001-01-01", "TT130"),
    "the year 999999": ("startTime ge 999999-01-01T00:00:00Z", "TT130"),
    "the first moment": ("startTime ge 0001-01-01T00:00:00+23:59 and date(startTime) ge 0001-01-01", ALL),
    "the last moment": ("startTime le 9999-12-31T23:59:59.999999999999-23:59 and date(startTime) le 9999-12-31", ALL),
    "a leap second": ("startTime ge 2016-12-31T23:59:60Z and startTime le 9999-12-31T23:59:60Z", ALL),
    "a leap second of a day": ("time(startTime) gt 23:59:60", "TT130"),
    "beyond all times": ("startTime add duration'P99999999D' gt startTime", NONE),
    # Names and SQL
    "a Cyrillic с": ("\u0441li eq 'a'", "TT102"),
    "a blank of no width": ("c\u200bli eq 'a'", "TT130"),
    "wide letters": ("ｃｌｉ eq 'a'", "TT102"),
    "capitals": ("CLI eq 'a'", "TT102"),
    "an accent of its own": ("cli\u0301 eq 'a'", "TT130"),
    "from right to left": ("\u202ecli eq 'a'", "TT130"),
    "a Cyrillic е in eq": ("cli \u0435q 'a'", "TT130"),
    "a null in a name": ("cli\0 eq 'a'", "TT130"),
    "a null in a text": ("cli eq 'a\0b'", NONE),
    "half of a surrogate pair": ('cli in ["\\ud800"]', "TT130"),
    "a surrogate pair": ('cli in ["\\ud83d\\ude00"]', NONE),
    "the end of a text": ("cli eq '''; DROP TABLE versions; --'", NONE),
    "SQL behind a comparison": ("cli eq 'a' or 1=1 --", "TT130"),
    "another statement": ("cli eq 'a'; DROP TABLE versions; --", "TT130"),
    "a union": ("cli eq 'a' union select * from versions", "TT130"),
    "a comment": ("cli/**/eq 'a'", "TT130"),
    "a name as SQL quotes it": ("\"cli\" eq 'a'", "TT130"),
    "a name of the store's": ("_from eq 1", "TT102"),
    "a bound literal": ("$v0 eq 1", "TT131"),
    "a function of the engine": ("read_csv('/etc/passwd') eq 'a'", "TT130"),
}

_PEOPLE: dict[str, tuple[str, Expected]] = {
    "30 lists in lists": (nested(30, "tel/any(a:", "a/value eq 'x'", ")"), "TT130"),
    "6 lists in lists": (nested(6, "tel/all(a:", "a/value ne 'x'", ")"), "TT130"),
    "3 lists in lists": ("tel/all(a:mail/all(b:tel/all(c:a/value ne concat(b/value,c/value))))", 40),
    "300 lists": (many(300, lambda i: f"tel/any(t:t/value eq '{i}x')"), NONE),
}

_PLAIN = "cli as a{}".format
ASKED: dict[str, tuple[dict[str, str], Expected]] = {
    # Columns and their names
    "a column 1,900 times": ({"columns": many(1_900, "cli", ",")}, "TT105"),
    "a column 101 times": ({"columns": many(101, _PLAIN, ",")}, "TT105"),
    "a column 100 times": ({"columns": many(100, _PLAIN, ",")}, ALL),
    "9,000 stars": ({"columns": many(9_000, "*", ",")}, "TT105"),
    "a long list of columns": ({"columns": many(10_000, "cli", ",")}, "TT105"),
    "a name of 256 letters": ({"columns": f"cli as {'x' * 256}"}, "TT105"),
    "60 names of 60 letters": ({"columns": many(60, lambda i: f"cli as {'x' * 58}{i:02}", ",")}, "TT105"),
    "two long names that are the same": ({"columns": f"cli as {'x' * 9_000},id as {'x' * 9_000}"}, "TT105"),
    "a null in a new name": ({"columns": "cli as a\0b"}, "TT105"),
    "an escape in a new name": ({"columns": "cli as \x1b[31m"}, "TT105"),
    "the end of a name": ({"columns": 'cli as x"; DROP TABLE versions; --'}, ALL),
    "names of the store's": ({"columns": "cli as c0,id as _part,user as s0,dnis as k0", "sort": "-cli"}, ALL),
    "SQL for a column": ({"columns": 'cli" FROM versions --'}, "TT102"),
    "a column of the store's": ({"columns": "_from"}, "TT102"),
    "a Cyrillic с in a column": ({"columns": "\u0441li"}, "TT102"),
    "a zero width in a column": ({"columns": "c\u200bli"}, "TT102"),
    "18,000 brackets": ({"columns": "[" * 18_000}, "TT102"),
    # Orders
    "200 orders": ({"sort": many(200, "cli", ",")}, "TT105"),
    "1,900 orders as OData writes them": ({"sort": many(1_900, "cli desc", ",")}, "TT105"),
    "100 orders": ({"sort": many(100, "cli", ",")}, ALL),
    "SQL for an order": ({"sort": "cli; DROP TABLE versions"}, "TT102"),
    "SQL behind an order": ({"sort": "cli desc; DROP TABLE versions"}, "TT102"),
    "an order by a number": ({"sort": "1"}, "TT102"),
    # Groups
    "101 keys": ({"group": many(101, _PLAIN, ",")}, "TT132"),
    "100 keys": ({"group": many(100, lambda i: f"hour(startTime) as a{i}", ",")}, 3 * MONTHS),
    "3,900 days of days": ({"group": nested(3_900, "day(", "startTime", ")")}, "TT102"),
    "SQL for a key": ({"group": "cli) FROM versions --"}, "TT102"),
    "SQL in a key": ({"group": "day(startTime) FROM versions"}, "TT102"),
    "2,500 measures": ({"measures": many(2_500, "count", ",")}, "TT132"),
    "100 percentiles": ({"measures": many(100, lambda i: f"p{i}(waitDuration)", ",")}, 1),
    "62 counts of different values": ({"measures": many(62, lambda i: f"distinct(cli) as a{i}", ",")}, "TT132"),
    "SQL for a measure": ({"measures": "count(*) FROM versions --"}, "TT102"),
    "a function of the engine for a measure": ({"measures": "read_csv('/etc/passwd')"}, "TT132"),
    "the end of a measure's name": ({"measures": 'count as x"; DROP TABLE versions; --'}, 1),
    "a null in a measure's name": ({"measures": "count as a\0"}, "TT105"),
    "a percentile beyond all": ({"measures": f"percentile(waitDuration,{'9' * 9_000})"}, "TT132"),
    "a percentile of Arabic": ({"measures": "percentile(waitDuration,٥٠)"}, "TT132"),
    # Pages
    **{
        f"{name} {value}": ({name: value}, "TT105")
        for name in ("limit", "offset")
        for value in (
            str(2**53 + 1),
            str(2**63),
            str(2**64),
            "-1",
            "1.0",
            "1e3",
            "١٠",
            "１０",
            "²",
            "0x10",
            "1_000",
            "+5",
        )
    },
    "a limit of 9,000 digits": ({"limit": "9" * 9_000}, "TT105"),
    "a limit with SQL behind it": ({"limit": "1; DROP TABLE versions"}, "TT105"),
    "the largest page": ({"limit": str(2**53), "offset": str(2**53), "sort": "cli"}, NONE),
    # Days
    **{
        f"{name} {value} in {tz}": ({name: value, "tz": tz}, expected)
        for tz in ("Asia/Kolkata", "America/New_York")
        for name, value, expected in (
            *(("from", "0001-01-01", ALL), ("from", "0001-01-01T00:00", ALL), ("year", "0001", NONE)),
            *(("month", "0001-01", NONE), ("to", "9999-12-31", ALL), ("to", "9999-12-31T23:59:59.999999", ALL)),
            *(("year", "9998", NONE), ("from", "9999-12-31", NONE), ("month", "9998-12", NONE)),
        )
    },
    "from the first moment, with an offset": ({"from": "0001-01-01T00:00+23:59", "to": "9999-12-31T23:59-23:59"}, ALL),
    **{
        f"{name} {value!r}": ({name: value}, "TT105")
        for name, value in (
            *(("from", "2020-02-31"), ("from", "0000-01-01"), ("from", "10000-01-01"), ("from", "-0001-01-01")),
            *(("from", "2016-12-31T23:59:60Z"), ("from", "٢٠٢٠-٠٥-٠١"), ("from", "2020-05-01\0"), ("from", "")),
            *(("from", "2020-05-01'; DROP TABLE versions"), ("from", "2020-05-01T00:00+99:99"), ("to", "9" * 9_000)),
            *(("month", "2020-00"), ("month", "9999-12"), ("year", "9999"), ("year", "٢٠٢٠"), ("year", "0000")),
            *(("last", "99999d"), ("last", "٧d"), ("last", "7ｄ"), ("last", "1e9d"), ("today", "x" * 9_000)),
        )
    },
    "the last 9,999 weeks": ({"last": "9999w", "tz": "Pacific/Apia"}, ALL),
    # Zones
    **{
        f"tz {value[:20]!r}": ({"tz": value}, "TT106")
        for value in (
            *("x" * 9_000, "../../etc/passwd", "/usr/share/zoneinfo/UTC", "Europe/Rome\0", "europe/rome", ""),
            *(
                "Europe/R\u043eme",
                "Europe/Rome\u200b",
                "UTC'; DROP TABLE versions",
                "posix/UTC",
                "Factory",
                "localtime",
            ),
        )
    },
    # How values are written
    **{
        f"{name} {value!r}": ({name: value} | more, "TT105")
        for name, value, more in (
            *(("header", "<script>", {}), ("times", "local'; DROP", {}), ("csv", "excel; DROP", {})),
            *(("sep", "|", {"csv": "excel"}), ("sep", "\0", {"csv": "excel"}), ("sep", '"', {"csv": "excel"})),
            *(("sep", "\r\n", {"csv": "excel"}), ("decimal", "'", {"csv": "excel"}), ("header", "Labelſ", {})),
            *(("fresh", "x" * 9_000, {}), ("wait", "-1", {}), ("wait", "²", {}), ("partial", "allow'", {})),
        )
    },
    "wait 5,000 digits": ({"wait": "9" * 5_000}, "TT105"),
    "an unknown parameter of 9,000 letters": ({"x" * 9_000: "1"}, "TT103"),
    "an unknown parameter of two lines": ({"a\r\nX-Evil: b": "1"}, "TT103"),
    "a parameter with a null": ({"limit\0": "1"}, "TT103"),
    "a parameter in capitals": ({"LIMIT": "1"}, "TT103"),
    "a parameter with a Cyrillic і": ({"l\u0456mit": "1"}, "TT103"),
}


ADDRESSES: tuple[tuple[str, Expected], ...] = (
    ("/tables/..%2f..%2fetc%2fpasswd", "TT112"),
    ("/tables/..%2finboundCalls.csv", "TT112"),
    ("/tables/../main.py", "TT112"),
    ("/tables/inboundCalls%00.csv", "TT101"),
    ("/tables/inboundCalls.csv%00", "TT104"),
    ("/tables/inboundCalls%0d%0aX-Evil:%201.csv", "TT101"),
    ("/tables/inboundCalls.csv%0d%0aX-Evil:%201", "TT104"),
    ("/tables/%ff%fe.csv", "TT101"),
    ("/tables/%zz.csv", "TT101"),
    ("/tables/INBOUNDCALLS.csv", "TT101"),
    ("/tables/inb%D0%BEundCalls.csv", "TT101"),
    ("/tables/inboundCalls%252Ecsv", "TT101"),
    (f"/tables/{quote('inboundCalls; DROP TABLE versions')}.csv", "TT101"),
    ("/tables/kept.%22inboundCalls@2026-11%22.csv", "TT101"),
    ("/tables/versions.csv", "TT101"),
    ("/tables/inboundCalls.csv%27%20--", "TT104"),
    (f"/tables/inboundCalls{'.' * 5_000}csv", "TT101"),
    (f"/tables/{'x' * 15_000}.csv", "TT101"),
    ("/" * 15_000, "TT112"),
    (f"/tables/{quote('<script>alert(1)<script>')}.html", "TT101"),
    ("/tables/inboundCalls.csv?limit=1&limit=1", "TT109"),
    (f"/tables/inboundCalls.csv?{'limit=1&' * 1_500}", "TT109"),
    (f"/tables/inboundCalls.csv?{'a&' * 7_000}", "TT103"),
    ("/tables/inboundCalls.csv?filter=%ff%fe", "TT130"),
    ("/tables/inboundCalls.csv?columns=id&filter=cli%20eq%20%27%ff%27", NONE),
    ("/tables/inboundCalls.csv?columns=%ed%a0%80", "TT102"),
    ("/tables/inboundCalls.csv?columns=%2563li", "TT102"),
    ("/tables/inboundCalls.csv?columns=%c0%a7", "TT102"),
)

HEADERS: dict[str, tuple[dict[str, str], Expected]] = {
    "thousands of media types": ({"Accept": "a/b," * 3_000}, "TT110"),
    "a quality of 5,000 digits": ({"Accept": f"text/csv;q={'9' * 5_000}"}, ALL),
    "a quality that is a superscript": ({"Accept": "text/csv;q=\xb2"}, "TT110"),
    "no quality at all": ({"Accept": "text/csv;q=nan"}, "TT110"),
    "thousands of tags": ({"Accept": "text/csv", "If-None-Match": '"a",' * 3_000}, ALL),
    "thousands of encodings": ({"Accept": "text/csv", "Accept-Encoding": "a;q=9e999," * 1_000}, ALL),
    "a long key": ({"X-Telenia-APIKey": "x" * 15_000}, "TT202"),
    "SQL for a key of the service": ({"X-Telenia-APIKey": "' OR 1=1 --"}, "TT202"),
    "a key that is no text": ({"X-Telenia-APIKey": "", "Authorization": "Basic //79"}, "TT202"),
}

ROWS = "/tables/inboundCalls.csv"


@cache
def requests() -> dict[str, tuple[str, dict[str, str], Expected]]:
    """All of them: an address with its query, headers, how it has to end."""

    def asked(path: str, parameters: dict[str, str]) -> str:
        if not {"columns", "group", "measures"} & set(parameters):
            parameters = {"columns": "id"} | parameters
        return f"{path}?{urlencode(parameters, quote_via=quote)}"

    found: dict[str, tuple[str, dict[str, str], Expected]] = {}
    for name, (text, expected) in FILTERS.items():
        found[f"filter: {name}"] = asked(ROWS, {"filter": text}), {}, expected
    for name, (text, expected) in _PEOPLE.items():
        found[f"filter: {name}"] = (
            asked("/tables/addressBookContacts.csv", {"columns": "uuid", "filter": text}),
            {},
            expected,
        )
    for name, (parameters, expected) in ASKED.items():
        found[name] = asked(ROWS, parameters), {}, expected
    for address, expected in ADDRESSES:
        found[address[:60]] = address, {}, expected
    found["6,000 keys"] = f"/tables/inboundCalls.csv?{'api_key=x&' * 6_000}", {}, "TT203"
    for name, (headers, expected) in HEADERS.items():
        found[name] = "/tables/inboundCalls/rows?columns=id", headers, expected
    return found
