"""Filters over real HTTP: which rows come, which months are read, and what is refused."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, step

BEGAN = datetime(2026, 11, 20, 22, 30)
ROWS = [
    step(BEGAN + timedelta(minutes=i), 0, i, cli=f"0432{i}", waitDuration=i, user="Ünï" if i % 2 else "anna")
    | {"status": "HANGUP" if i % 2 else None, "endTime": BEGAN + timedelta(minutes=2 * i), "contact_value": f"c{i}"}
    for i in range(120)
]
OLD = [step(datetime(2020, 5, 1, 8), 0, 1, cli="old", waitDuration=600)]
PEOPLE: list[dict[str, object]] = [
    {"uuid": "a", "name": "Anna", "tel": [{"value": "045", "type": "HOME"}, {"value": "046", "type": "WORK"}]},
    {"uuid": "b", "name": "Luca", "tel": [{"value": "047", "type": None}]},
    {"uuid": "c", "name": "Ugo", "tel": []},
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over calls of November 2026, one of May 2020, and three contacts."""
    path: Path = tmp_path_factory.mktemp("filter") / "tvox.duckdb"
    services = opened_at(path)
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches([*ROWS, *OLD]), SUMMARIES)
        writing.replace(CONTACTS, None, batches(PEOPLE, CONTACTS))
    running = Served(services)
    yield running
    running.close()
    services.close()


def found(served: Served, text: str, table: str = "inboundCalls", column: str = "cli", **asked: str) -> list[str]:
    """The cells of one column of the rows that a filter keeps."""
    key = asked.pop("key", served.key)
    answer = served.get(
        f"/tables/{table}.csv",
        params={"filter": text, "columns": column, **asked},
        headers={"X-Telenia-APIKey": key},
    )
    assert answer.status_code == 200, answer.text
    assert "X-Row-Count" not in answer.headers, "it is not known before the rows are read"
    return [cells[0] for cells in list(csv.reader(io.StringIO(answer.text, newline="")))[1:]]


FOUND = [
    ("status eq 'HANGUP' and waitDuration gt 115", ["0432117", "0432119"]),
    ("STATUS EQ 'x'", None),
    ("status ne 'HANGUP' and waitDuration lt 3", ["04320", "04322"]),
    ("waitDuration gt duration'PT1M57S'", ["0432118", "0432119"]),
    ("waitDuration gt 'PT1M57S'", ["0432118", "0432119"]),
    ("contains(cli,'11') and user eq 'Ünï'", ["043211", "0432111", "0432113", "0432115", "0432117", "0432119"]),
    ("contact/value eq 'c7' or contact.value eq 'c8' or contact_value eq 'c9'", ["04327", "04328", "04329"]),
    ("endTime sub startTime eq duration'PT5M'", ["04325"]),
    ("cli in ('04321','04322','nobody')", ["04321", "04322"]),
    ("matchesPattern(cli,'^04321[01]$')", ["043210", "043211"]),
    ("startTime ge 2026-11-21T00:28:00+01:00 and waitDuration lt 60", ["043258", "043259"]),
    ("startTime ge 2026-11-21T00:28:00 01:00 and waitDuration lt 60", ["043258", "043259"]),
    ("startTime lt 2026-11-20T23:32:00", ["04320", "04321"]),
    ("date(startTime) eq 2026-11-20 and waitDuration ge 28", ["043228", "043229"]),
    ("hour(startTime) eq 1 and minute(startTime) ge 28", ["0432118", "0432119"]),
]


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[text for text, _ in FOUND])
def test_the_rows_that_a_filter_keeps(served: Served, text: str, expected: list[str] | None) -> None:
    if expected is None:
        assert served.get("/tables/inboundCalls.csv", params={"filter": text}).status_code == 400
        return
    kept = found(served, text)
    assert [cli for cli in kept if cli != "old"] == expected


def test_hours_and_days_are_those_of_the_zone_asked(served: Served) -> None:
    assert len(found(served, "date(startTime) eq 2026-11-20")) == 30
    assert len(found(served, "date(startTime) eq 2026-11-20", tz="UTC")) == 90


def test_a_range_of_the_clock_is_the_window(served: Served) -> None:
    assert found(served, "waitDuration eq 600") == [], "older than what is shown without a window"
    assert found(served, "startTime ge 2020-01-01 and waitDuration eq 600") == ["old"]
    assert found(served, "date(startTime) eq 2020-05-01") == ["old"]
    assert found(served, "waitDuration eq 600", year="2020") == ["old"]
    assert found(served, "startTime lt 2020-06-01", year="2026") == []
    assert found(served, "startTime ge 2020-01-01 or waitDuration eq 600") == found(served, "true"), "no range"


def test_pages_of_a_filter_meet(served: Served) -> None:
    whole = found(served, "waitDuration mod 3 eq 0")
    pages = [found(served, "waitDuration mod 3 eq 0", limit="7", offset=str(place)) for place in range(0, 49, 7)]
    assert [cli for page in pages for cli in page] == whole
    assert len(whole) == 40


def test_summaries_contacts_and_elements_are_filtered_too(served: Served) -> None:
    assert found(served, "steps eq 1 and waitDuration eq 7", "inboundCallSummaries", "id") == [ROWS[7]["id"]]
    asked = ("tel/any(t:t/value eq '046' and t/type eq 'WORK')", "tel/$count gt 1", "tel/any() and name lt 'B'")
    for text in asked:
        assert found(served, text, "addressBookContacts", "uuid") == ["a"], text
    assert found(served, "not tel/any()", "addressBookContacts", "uuid") == ["c"]
    assert found(served, "tel/all(t:t/type eq null)", "addressBookContacts", "uuid") == ["b", "c"]
    assert found(served, "type ne null and position gt 1", "addressBookContactTels", "value") == ["046"]


def test_an_etag_covers_the_filter(served: Served) -> None:
    tags = {
        served.get("/tables/inboundCalls.csv", params={"filter": text}).headers["etag"]
        for text in ("waitDuration gt 5", "waitDuration gt 6", "waitDuration ge 5", "true")
    }
    assert len(tags) == 4
    again = {"filter": "waitDuration gt 5"}
    tag = served.get("/tables/inboundCalls.csv", params=again).headers["etag"]
    assert served.get("/tables/inboundCalls.csv", params=again, headers={"If-None-Match": tag}).status_code == 304


def test_orders_may_be_written_as_odata_does(served: Served) -> None:
    for sort in ("-startTime,id", "startTime desc, id", "startTime DESC,id asc"):
        assert found(served, "waitDuration lt 3", sort=sort) == ["04322", "04321", "04320"]
    answer = served.get("/tables/inboundCalls.csv", params={"sort": "startTme desc"})
    assert (answer.status_code, 'Did you mean "startTime"?' in answer.text) == (400, True)


REFUSED = [
    ("status = 'HANGUP'", 400, "TT130", "character 8"),
    ("clii eq 'a'", 400, "TT102", 'Did you mean "cli"?'),
    ("status eq 'HANGUPP'", 400, "TT130", 'Did you mean "HANGUP"?'),
    ("geo.length(cli) gt 1", 501, "TT131", "geo.length"),
    ("matchesPattern(cli,'(045')", 400, "TT120", "RE2"),
    ("cli eq 'a'; DROP TABLE x", 400, "TT130", "character 11"),
    ("(" * 5_000, 400, "TT130", "50 levels"),
]


@pytest.mark.parametrize(("text", "status", "code", "words"), REFUSED, ids=[case[0][:20] for case in REFUSED])
def test_what_cannot_be_answered_is_one_sentence(served: Served, text: str, status: int, code: str, words: str) -> None:
    answer = served.get("/tables/inboundCalls.csv", params={"filter": text})
    assert (answer.status_code, answer.text.count("\n")) == (status, 1)
    assert f"[{code}]" in answer.text
    assert words in answer.text


def test_no_filter_sees_what_the_key_may_not(served: Served) -> None:
    restriction = Restriction(hidden=("user", "tel.value"), masked=(("cli", Mask(MaskKind.LAST, 2)),))
    key = served.services.keys.create("filters", restriction=restriction)
    headers = {"X-Telenia-APIKey": key}
    for table, text in (("inboundCalls", "user eq 'anna'"), ("addressBookContacts", "tel/any(t:t/value eq '045')")):
        answer = served.get(f"/tables/{table}.csv", params={"filter": text}, headers=headers)
        assert (answer.status_code, "[TT102]" in answer.text) == (400, True), text
    assert found(served, "cli eq '04327'", key=key) == []
    assert found(served, "cli eq '***27'", key=key) == ["***27"]
    assert found(served, "endswith(cli,'27') and startswith(cli,'*')", key=key) == ["***27", "****27"]
    assert found(served, "tel/any(t:t/type eq 'HOME')", "addressBookContacts", "uuid", key=key) == ["a"]
