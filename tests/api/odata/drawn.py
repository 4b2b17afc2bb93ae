"""Drawn for laws of OData's face: sixty steps of calls, and expressions over them as a client writes them."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.steps import moment, step

USERS = ("anna.rossi", None, "zoë.bianchi", "o'neil", "Ünal", "", " anna ", "%")
CALLS_EACH, STEPS_EACH = 15, 2
_STATUSES = ("HANGUP", None, "ERROR")


def rows() -> list[dict[str, Any]]:
    """Fifteen calls of two steps in each of two months, in the order in which a store keeps them."""
    found = []
    for month in ("2026-09", "2026-11"):
        for place in range(CALLS_EACH):
            began = moment(f"{month}-03T20:59:30") + timedelta(hours=place * 5, seconds=place * 13)
            found += [_row(began, place, number) for number in range(STEPS_EACH)]
    return found


def _row(began: datetime, place: int, number: int) -> dict[str, Any]:
    at = place * STEPS_EACH + number
    return step(
        began,
        number,
        place,
        user=USERS[at * 5 % len(USERS)],
        cli=f"+39{at % 7:03}" if at % 4 else None,
        waitDuration=at * 7 % 90 if at % 5 else None,
        sentiment=at % 5 - 2 if at % 3 else None,
        status=_STATUSES[at % 3],
        endTime=began + timedelta(seconds=at * 37, milliseconds=250 * (at % 3)) if at % 6 else None,
    )


TEXTS = st.sampled_from(["user", "cli", "service"])
NUMBERS = st.sampled_from(["waitDuration", "sentiment", "step"])
TIMES = st.sampled_from(["startTime", "endTime"])
COMPARED = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
EQUALLED = st.sampled_from(["eq", "ne"])
WHOLE = st.integers(-3, 90).map(str)
QUOTED = st.sampled_from(["''", "'anna.rossi'", "'o''neil'", "'zoë'", "'Ü'", "'a'", "'+39003'", "'%'", "'ann_'", "'.'"])
MOMENTS = st.sampled_from(
    [
        *("2026-09-03T20:59:30Z", "2026-11-05T00:00:00Z", "2026-10-01T02:00:00+02:00", "2026-11-04T08:00:00-05:30"),
        *("2026-09-05", "2026-11-03", "2026-11-05T01:00:00.25Z", "now()", "mindatetime()"),
    ]
)


def _joined(*parts: "str | st.SearchStrategy[str]") -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


_number = st.recursive(
    st.one_of(NUMBERS, WHOLE),
    lambda inner: st.one_of(
        _joined("(", inner, " ", st.sampled_from(["add", "sub", "mul", "div", "mod"]), " ", inner, ")"),
        _joined("-(", inner, ")"),
        _joined(st.sampled_from(["round", "ceiling", "floor"]), "(", inner, ")"),
        _joined("length(", TEXTS, ")"),
        _joined("indexof(", TEXTS, ",", QUOTED, ")"),
        _joined(st.sampled_from(["year", "month", "day", "hour", "minute", "second"]), "(", TIMES, ")"),
        _joined("case(", EQUALLED.map(lambda sign: f"cli {sign} null"), ":", inner, ",true:", inner, ")"),
    ),
    max_leaves=3,
)
_text = st.one_of(
    TEXTS,
    _joined(st.sampled_from(["tolower", "toupper", "trim"]), "(", TEXTS, ")"),
    _joined("concat(", TEXTS, ",", QUOTED, ")"),
    _joined("substring(", TEXTS, ",", st.integers(-2, 4).map(str), ")"),
    _joined("substring(", TEXTS, ",1,", st.integers(0, 3).map(str), ")"),
)
_listed = st.lists(st.one_of(QUOTED, st.just("null")), min_size=1, max_size=3).map(",".join)
_asked = st.one_of(
    _joined(_text, " ", COMPARED, " ", QUOTED),
    _joined(_number, " ", COMPARED, " ", _number),
    _joined(TIMES, " ", st.sampled_from(["gt", "ge", "lt", "le"]), " ", MOMENTS),
    _joined(st.one_of(TEXTS, NUMBERS, TIMES), " ", EQUALLED, " null"),
    _joined(st.sampled_from(["contains", "startswith", "endswith"]), "(", _text, ",", QUOTED, ")"),
    _joined("matchesPattern(", TEXTS, ",", st.sampled_from(["'^a'", "'[0-9]{2}$'", "'ë|Ü'"]), ")"),
    _joined(TEXTS, " in (", _listed, ")"),
    _joined("waitDuration in (", st.lists(st.one_of(WHOLE, st.just("null")), min_size=1).map(",".join), ")"),
    _joined("status ", EQUALLED, " ", st.sampled_from(["'HANGUP'", "'ERROR'", "null"])),
    _joined("date(", TIMES, ") ", COMPARED, " ", st.sampled_from(["2026-09-04", "2026-11-05"])),
    _joined("time(", TIMES, ") ", COMPARED, " ", st.sampled_from(["12:00:00", "20:59:30.25"])),
    _joined("endTime sub startTime ", COMPARED, " ", st.sampled_from(["duration'PT5M'", "duration'PT0S'"])),
    _joined("startTime add duration'PT", st.integers(0, 900).map(str), "S' ", COMPARED, " endTime"),
    _joined("waitDuration ", COMPARED, " duration'PT1M'"),
)
conditions = st.recursive(
    _asked,
    lambda inner: st.one_of(
        _joined("(", inner, " ", st.sampled_from(["and", "or"]), " ", inner, ")"), _joined("not (", inner, ")")
    ),
    max_leaves=3,
)
"""Whatever `$filter` may say."""

_key = st.one_of(TEXTS, NUMBERS, TIMES, _number, _text, _asked)
orders = st.lists(_joined(_key, st.sampled_from(["", " asc", " desc"])), min_size=1, max_size=2).map(",".join)
"""Whatever `$orderby` may say."""

selects = st.lists(st.one_of(TEXTS, NUMBERS, TIMES, st.just("status")), min_size=1, max_size=4, unique=True)
"""Names of columns."""
