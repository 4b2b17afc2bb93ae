"""What filters ask of related entities, and what answers show of them, over HTTP and at one version."""

from collections.abc import Iterator

import pytest

from tests.api.odata.test_paging import walked
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, moment, step

ANNA, BRUNO = "0007418f", "0007419a"
STEPS = [
    step(moment("2026-11-03T08:00:00"), number, place, user=f"user{number}", waitDuration=10 * place + number)
    | {"contact_id": (ANNA, BRUNO, None, "gone")[place % 4]}
    for place in range(12)
    for number in range(1 + place % 3)
]


def put_contacts(served: Served, surname: str) -> None:
    """The two contacts, of that surname."""
    people: list[dict[str, object]] = [
        {"uuid": ANNA, "name": "Anna", "surname": surname, "tel": [{"value": "045", "type": "HOME"}]},
        {"uuid": BRUNO, "name": "Bruno", "surname": surname},
    ]
    with served.services.store.writing("test") as writing:
        writing.replace(CONTACTS, None, batches(people, CONTACTS))


def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over twelve calls of one to three steps, and two contacts."""
    services = opened_at(tmp_path_factory.mktemp("related") / "tvox.duckdb")
    with services.store.writing("test") as writing:
        writing.merge(CALLS, batches(STEPS), SUMMARIES)
    running = Served(services)
    put_contacts(running, "Rossi")
    yield running
    running.close()
    services.close()


related = pytest.fixture(scope="module")(centre)
changing = pytest.fixture(centre)

CALLS_BY_ID: dict[object, list[dict[str, object]]] = {}
for one in STEPS:
    CALLS_BY_ID.setdefault(one["id"], []).append(one)


def calls_where(condition: str) -> set[object]:
    """The ids of the calls for which a condition in Python holds, whose steps it calls `steps`."""
    return {found for found, steps in CALLS_BY_ID.items() if eval(condition, {"steps": steps})}  # noqa: S307


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("stepRows/any(s:s/user eq 'user2')", "any(s['user'] == 'user2' for s in steps)"),
        ("stepRows/all(s:s/waitDuration lt 41)", "all(s['waitDuration'] < 41 for s in steps)"),
        ("stepRows/$count gt 1", "len(steps) > 1"),
        ("stepRows/$count($filter=waitDuration gt 50) eq 2", "sum(s['waitDuration'] > 50 for s in steps) == 2"),
        ("contact/name eq 'Anna'", f"steps[0]['contact_id'] == '{ANNA}'"),
        ("contact eq null", f"steps[0]['contact_id'] not in ('{ANNA}', '{BRUNO}')"),
        ("contact/tel/any(t:t/value eq '045')", f"steps[0]['contact_id'] == '{ANNA}'"),
    ],
)
def test_filters_go_on_to_related_entities(related: Served, asked: str, meant: str) -> None:
    answer = related.get("/odata/inboundCallSummaries", params={"$filter": asked, "$select": "id", "$count": "true"})
    assert answer.status_code == 200, answer.text
    expected = calls_where(meant)
    assert 0 < len(expected) < len(CALLS_BY_ID)
    assert {row["id"] for row in answer.json()["value"]} == expected
    assert answer.json()["@odata.count"] == len(expected)
    query = {"$apply": f"filter({asked})/aggregate($count as n)"}
    assert related.get("/odata/inboundCallSummaries", params=query).json()["value"] == [{"n": len(expected)}]


@pytest.mark.parametrize(
    "asked",
    [
        "$filter=contact/surname eq 'Rossi'&$select=id,step",
        "$expand=contact($select=surname)&$select=id,step",
        "$expand=interaction($expand=contact($select=surname);$select=id)&$select=id,step",
        "$expand=contact($filter=surname eq 'Rossi';$select=name)&$select=id,step",
    ],
)
def test_what_is_related_is_of_the_same_version_on_every_page(changing: Served, asked: str) -> None:
    address = f"/odata/inboundCalls?{asked}"
    whole = changing.get(address).json()["value"]
    surnames = iter(("Bianchi", "Verdi", "Neri"))
    pages = walked(changing, address, 5, lambda: put_contacts(changing, next(surnames, "Gialli")))
    assert [row for page in pages for row in page] == whole


@pytest.mark.parametrize("asked", ["$filter=contact/surname eq 'Rossi'", "$expand=contact"])
def test_what_is_related_belongs_to_the_etag(changing: Served, asked: str) -> None:
    address = f"/odata/inboundCalls?{asked}"
    before = changing.get(address)
    again = changing.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 304
    put_contacts(changing, "Bianchi")
    after = changing.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.json()["value"] != before.json()["value"]


def test_related_rows_where_they_are_not_offered_are_refused_by_name(related: Served) -> None:
    for option in ("$orderby=stepRows/$count", "$compute=stepRows/$count as n"):
        answer = related.get(f"/odata/inboundCallSummaries?{option}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, "TT161"), option
