"""Lists of entities: what is chosen, kept, sorted, counted and written."""

import json
from collections.abc import Mapping

import pytest

from tests.api.odata.test_documents import DATA, once
from tests.serving import Served

CALLS = "/odata/inboundCalls"


def values(served: Served, query: str, **headers: str) -> list[dict[str, object]]:
    """The rows of an answer that must be one."""
    answer = served.get(f"{CALLS}?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()["value"]
    assert isinstance(found, list)
    return found


def test_all_stored_months_are_there_and_select_adds_nothing(odata: Served) -> None:
    answer = odata.get(f"{CALLS}?$select=cli,id&$count=true")
    assert once(answer, "Content-Type") == DATA
    assert once(answer, "X-Row-Count") == "72"
    assert answer.headers["X-Data-As-Of"]
    assert answer.headers["Last-Modified"]
    assert answer.headers["ETag"]
    body = answer.json()
    assert body["@odata.count"] == len(body["value"]) == 72
    # In the order of the metadata, whatever the client's.
    assert list(body["value"][0]) == ["id", "cli"]
    assert body["@odata.context"].endswith("/odata/$metadata#inboundCalls(id,cli)")
    assert body["value"][0]["id"].startswith("157")


def test_a_window_reads_its_months_alone(odata: Served) -> None:
    window = "startTime ge 2026-09-01T00:00:00Z and startTime lt 2026-10-01T00:00:00Z"
    assert len(values(odata, f"$filter={window}&$select=id")) == 24
    seen = odata.get("/odata/_requests").json()["requests"][0]
    assert (seen["months"], seen["rowsRead"]) == ("2026-09", 24)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$filter=user eq 'o''neil' and step eq 0&$select=id&$top=100", 9),
        ("filter=contains(tolower(user),'ROSSI')&select=id", 0),
        ("FILTER=contains(toupper(user),'ROSSI')&Select=id", 18),
        ("$filter=user eq @u&@u='zoë.bianchi'&$select=id", 18),
        ("$filter=cli eq null&$select=id", 24),
        ("$search=rossi&$select=id", 18),
        ("$search=NOT rossi AND hangup&$select=id", 36),
        ("$filter=startTime ge 2026-11-03T10:00:00+01:00&$select=id", 22),
        ("$filter=startTime ge 2026-11-03T10:00:00%2B01:00&$select=id", 22),
        ("$filter=date(startTime) eq 2026-11-03&tz=Pacific/Kiritimati&$select=id", 4),
        ("$apply=filter(step eq 1)/groupby((user))", 4),
        ("$top=0", 0),
        ("$skip=70&$select=id", 2),
        ("utm=5&$top=1", 1),
    ],
)
def test_options_keep_rows(odata: Served, query: str, expected: int) -> None:
    assert len(values(odata, query)) == expected


def test_nulls_come_before_all_values(odata: Served) -> None:
    waits = [row["waitDuration"] for row in values(odata, "$select=waitDuration&$orderby=waitDuration")]
    assert waits[0] is None
    assert waits[-1] == 4
    assert waits == sorted(waits, key=lambda wait: -1 if wait is None else wait)  # type: ignore[arg-type, return-value]
    down = values(odata, "$select=waitDuration&$orderby=waitDuration desc")
    assert [row["waitDuration"] for row in down] == waits[::-1]
    by_sum = values(odata, "$select=id&$orderby=step add waitDuration desc&$top=1")
    assert len(by_sum) == 1


def test_values_that_need_escaping_are_json(odata: Served) -> None:
    assert {row["status"] for row in values(odata, "$select=status")} == {"HANGUP", 'said "no"\n'}


def test_nulls_are_left_out_where_that_is_preferred_and_confirmed(odata: Served) -> None:
    answer = odata.get(f"{CALLS}?$filter=user eq null&$select=id,user", headers={"Prefer": "omit-values=nulls"})
    assert once(answer, "Preference-Applied") == "omit-values=nulls"
    assert all(set(row) == {"id"} for row in answer.json()["value"])


def test_exact_numbers_are_texts(odata: Served) -> None:
    (row,) = values(odata, "$select=step,startTime&$top=1", Accept="application/json;IEEE754Compatible=true")
    assert row == {"step": "0", "startTime": "2019-11-03T08:00:00Z"}


def test_full_metadata_say_types_and_addresses(odata: Served) -> None:
    (row,) = values(odata, "$select=step&$top=1&$format=application/json;odata.metadata=full")
    assert row["@odata.type"] == "#TVox.inboundCalls"
    assert str(row["@odata.id"]).startswith("inboundCalls(id='157")
    assert row["step@odata.type"] == "#Int64"
    one = odata.get(f"/odata/{row['@odata.id']}?$select=step").json()
    assert one["step"] == row["step"]
    assert odata.get(f"/odata/{row['interaction@odata.navigationLink']}").status_code == 200


def test_no_metadata_are_the_rows_alone(odata: Served) -> None:
    answer = odata.get(f"{CALLS}?$top=1&$select=step&$format=application/json;odata.metadata=none")
    assert answer.json() == {"value": [{"step": 0}]}


def test_what_is_related_comes_with_its_own(odata: Served) -> None:
    answer = odata.get("/odata/inboundCallSummaries?$select=id&$expand=stepRows($select=step)&$top=1").json()
    assert answer["value"][0]["stepRows"] == [{"step": 0}, {"step": 1}]
    assert answer["@odata.context"].endswith("#inboundCallSummaries(id,stepRows(step))")


def test_groups_are_rows_of_their_own(odata: Served) -> None:
    apply = "groupby((user),aggregate($count as calls))"
    answer = odata.get(f"{CALLS}?$apply={apply}&$orderby=calls desc,user&$count=true").json()
    assert answer["@odata.context"].endswith("#inboundCalls(user,calls)")
    assert answer["@odata.count"] == 4
    assert answer["value"][0] == {"user": None, "calls": 18}


def test_the_same_again_is_not_sent_again(odata: Served) -> None:
    address = f"{CALLS}?$select=id&$top=2"
    etag = odata.get(address).headers["ETag"]
    again = odata.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    other = odata.get(address, headers={"If-None-Match": etag, "Prefer": "omit-values=nulls"})
    assert other.status_code == 200


def test_head_says_what_get_would(odata: Served) -> None:
    address = f"{CALLS}?$select=id"
    got, head = odata.get(address), odata.client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "OData-Version", "X-Row-Count"):
        assert once(head, name) == once(got, name)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_answers_are_compressed_as_asked(odata: Served, encoding: str) -> None:
    with odata.client.stream("GET", f"{CALLS}?$select=id", headers={"Accept-Encoding": encoding}) as answer:
        assert answer.headers["Content-Encoding"] == encoding
        packed = b"".join(answer.iter_raw())
    assert len(packed) < len(odata.get(f"{CALLS}?$select=id").content)


@pytest.mark.parametrize(
    ("query", "status", "code", "says"),
    [
        ("$filter=usr eq 'x'", 400, "TT102", 'Did you mean "user"?'),
        ("$select=usr", 400, "TT102", 'Did you mean "user"?'),
        ("$filter=user eq", 400, "TT160", "$filter is wrong at character"),
        ("$fliter=user eq 'x'", 400, "TT103", 'Did you mean "$filter"?'),
        ("$top=x", 400, "TT160", "$top is wrong at character 1"),
        ("$top=1&top=2", 400, "TT105", "$top"),
        ("tz=Europe/Roma", 400, "TT106", 'Did you mean "Europe/Rome"?'),
        ("fresh=often", 400, "TT105", "fresh"),
        ("$deltatoken=x", 501, "TT161", "$deltatoken"),
        ("$skiptoken=x", 400, "TT168", "none that this service gave"),
    ],
)
def test_refusals_are_odata_errors(odata: Served, query: str, status: int, code: str, says: str) -> None:
    answer = odata.get(f"{CALLS}?{query}")
    assert answer.status_code == status, answer.text
    error: Mapping[str, str] = json.loads(answer.content)["error"]
    assert error["code"] == code or code == "TT105", error
    assert says in error["message"], error
