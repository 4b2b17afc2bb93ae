"""Pages: none of their rows is lost or doubled, whatever is written meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.api.odata.rows import filled
from tests.api.odata.test_documents import once
from tests.serving import Served
from tests.steps import CALLS, SUMMARIES, batches, moment, step

Row = dict[str, object]


def walked(served: Served, address: str, size: int, between: Callable[[], None] = lambda: None) -> list[list[Row]]:
    """The rows of each page of an answer."""
    pages: list[list[Row]] = []
    following: str | None = address
    while following is not None:
        assert len(pages) < 50, "it does not end"
        # Only the first request says how large pages are.
        headers = {"Prefer": f"odata.maxpagesize={size}"} if not pages else {}
        answer = served.get(following, headers=headers)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        pages.append(body["value"])
        following = body.get("@odata.nextLink")
        assert following is None or following.startswith(f"{served.address}/odata/"), "absolute"
        if following is not None:
            between()
    return pages


def rewriting(served: Served) -> Callable[[], None]:
    """What adds calls before, between and behind all others, and changes some, each time it is called."""
    times = iter(range(3))

    def write() -> None:
        place = next(times, None)
        if place is None:
            return
        rows = [
            step(moment("2026-09-01T00:00:00") + timedelta(minutes=place), 0, place, user="new"),
            step(moment("2026-09-03T08:30:00") + timedelta(minutes=place), 0, place, user="new"),
            step(moment("2026-11-28T00:00:00") + timedelta(minutes=place), 0, place, user="new"),
            step(moment("2026-11-03T08:00:00") + timedelta(hours=place), 0, place, user="changed", waitDuration=9),
        ]
        with served.services.store.writing("test") as writing:
            writing.merge(CALLS, batches(rows), SUMMARIES)

    return write


@pytest.mark.parametrize(
    "query",
    [
        "$select=id,step,user",
        "$select=id,step,user&$filter=user ne 'anna.rossi'",
        "$select=id,step,user&$orderby=waitDuration desc",
        "$select=id,step,user&$skip=5&$top=33",
        "$select=id,step,user&$filter=startTime lt 2026-11-03T12:00:00Z",
        "$apply=filter(step eq 0)&$select=id,step,user",
    ],
)
def test_pages_are_one_answer_while_rows_change(served: Served, query: str) -> None:
    filled(served.services)
    whole = served.get(f"/odata/inboundCalls?{query}").json()["value"]
    pages = walked(served, f"/odata/inboundCalls?{query}", 7, rewriting(served))
    assert [row for page in pages for row in page] == whole
    assert all(len(page) == 7 for page in pages[:-1])
    assert len(pages) > 3
    assert len({row["user"] for row in served.get("/odata/inboundCalls?$select=user").json()["value"]} - {"new"}) == 5


def test_the_last_page_has_no_link_even_where_it_is_full(odata: Served) -> None:
    assert list(map(len, walked(odata, "/odata/inboundCalls?$select=id", 36))) == [36, 36]
    assert list(map(len, walked(odata, "/odata/inboundCalls?$select=id&$top=20", 10))) == [10, 10]
    assert list(map(len, walked(odata, "/odata/inboundCalls?$select=id&$top=72", 72))) == [72]
    assert list(map(len, walked(odata, "/odata/inboundCalls?$select=id&$orderby=id&$top=25", 10))) == [10, 10, 5]
    assert list(map(len, walked(odata, "/odata/inboundCalls?$skip=100&$select=interactionKey", 10))) == [0]


def test_the_size_that_is_preferred_is_confirmed(odata: Served) -> None:
    answer = odata.get("/odata/inboundCalls?$select=id&$count=true", headers={"Prefer": "maxpagesize=5"})
    assert once(answer, "Preference-Applied") == "maxpagesize=5"
    assert once(answer, "X-Row-Count") == "5"
    body = answer.json()
    assert (len(body["value"]), body["@odata.count"]) == (5, 72)
    following = odata.get(body["@odata.nextLink"])
    assert "Preference-Applied" not in following.headers
    assert (len(following.json()["value"]), following.json()["@odata.count"]) == (5, 72)


def test_links_keep_all_options_but_the_key(odata: Served) -> None:
    query = f"api_key={odata.key}&$select=id&tenant=x&fresh=cached&stray={odata.key}&%24filter=step%20eq%200"
    link = odata.get(f"/odata/inboundCalls?{query}", headers={"Prefer": "odata.maxpagesize=3"}).json()[
        "@odata.nextLink"
    ]
    assert odata.key not in link
    assert "?$select=id&tenant=x&fresh=cached&%24filter=step%20eq%200&$skiptoken=" in link
    # As Power BI does, which adds the key again.
    assert odata.get(f"{link}&api_key={odata.key}").status_code == 200


def test_a_token_is_good_for_its_own_question_alone(odata: Served) -> None:
    link = odata.get("/odata/inboundCalls?$select=id", headers={"Prefer": "odata.maxpagesize=3"}).json()[
        "@odata.nextLink"
    ]
    for wrong in (link.replace("select=id", "select=cli"), link + "A", link.replace("inboundCalls", "outboundCalls")):
        answer = odata.get(wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "TT168"), wrong


def test_a_version_that_is_gone_is_said_and_not_guessed(served: Served) -> None:
    filled(served.services)
    first = served.get("/odata/inboundCalls?$select=id", headers={"Prefer": "odata.maxpagesize=3"}).json()
    store = served.services.store
    store.sweep(timedelta(0))
    assert served.get(first["@odata.nextLink"]).status_code == 200, "nothing has changed since"
    rewriting(served)()
    store.sweep(timedelta(0))
    answer = served.get(first["@odata.nextLink"])
    assert answer.status_code == 410
    assert answer.json()["error"] == {
        "code": "TT114",
        "message": "Version 1 of the store is no longer kept. Ask again from the first page.",
    }
