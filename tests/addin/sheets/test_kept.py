"""How often the service is asked: once for each question, however many formulas ask it."""

from collections.abc import Iterator

import pytest

from tests.addin.sheets.host import Host, ScriptFailure
from tests.addin.sheets.sheet import WORLD, asked, renewed, sheet_before
from tests.connectors.tvox.peers import Peer, answer
from tests.serving import Served

DIES = """
function claimAndDie() {
  const question = rowsQuestion_({ table: "inboundCalls", from: "2026-10", columns: "id" });
  if (!claimed_(nameOf_(question))) throw new Error("it was claimed");
}

/** The service"""
ASKED = ("TVOX", "inboundCalls", "2026-10", "", "id")


@pytest.fixture(scope="module")
def first(served: Served) -> Iterator[Host]:
    """A sheet, with a function that claims a question and does not answer it."""
    with sheet_before(served, changed={"/** The service": DIES}) as opened:
        yield opened


@pytest.fixture
def host(first: Host, served: Served) -> Host:
    """The same, as good as new."""
    return renewed(first, served)


def test_fifty_formulas_together(host: Host) -> None:
    questions = [f'=TVOX_COUNT("inboundCalls";"2026-11";;"step eq {place % 5}";;TVOX_STAMP)' for place in range(50)]
    host.type("Sheet1!A1", [[one] for one in questions])
    assert [row[0] for row in host.values("Sheet1!A1:A50")] == [15, 15, 0, 0, 0] * 10
    assert len(asked(host, "/tables/inboundCalls.grid")) == 5
    assert host.state()["peak"] > 10, "they were worked out at the same time"
    host.sidebar("tvoxRefreshNow")
    host.settle()
    assert [row[0] for row in host.values("Sheet1!A1:A50")] == [15, 15, 0, 0, 0] * 10
    again = asked(host, "/tables/inboundCalls.grid")
    assert [one["status"] for one in again] == [304] * 5, "another stamp asks anew, and nothing has changed"


def test_nothing_is_asked_within_the_time(host: Host) -> None:
    first = host.custom(*ASKED)
    asked(host)
    host.advance(9 * 60)
    assert host.custom(*ASKED) == first
    assert not asked(host, "/tables")
    host.advance(2 * 60)
    assert host.custom(*ASKED) == first
    assert [one["status"] for one in asked(host, "/tables")] == [304]
    assert host.custom(*ASKED) == first
    assert not asked(host, "/tables"), "what has not changed is new again"
    host.advance(1)
    assert host.custom(*ASKED, "", "cache=0") == first
    assert len(asked(host, "/tables")) == 1
    host.sidebar("tvoxSaveSettings", {"cacheMinutes": "0,5"})
    host.advance(40)
    host.custom(*ASKED)
    assert len(asked(host, "/tables")) == 1


def test_stamps_do_not_take_answers_from_each_other(host: Host) -> None:
    first = host.custom(*ASKED, "", "", 1)
    assert host.custom(*ASKED, "", "", 2) == host.custom(*ASKED, "", "", 1) == first
    assert [one["status"] for one in asked(host, "/tables")] == [200, 304]


def test_a_long_answer_is_kept_in_pieces_and_a_lost_piece_is_no_answer(served: Served) -> None:
    lose = "const CACHE_PIECE = 300;\nfunction lose(piece) { cache_().remove(piece); }"
    with sheet_before(served, changed={"const CACHE_PIECE = 90000;": lose}) as small:
        whole = small.custom("TVOX", "inboundCalls", "2026-10", "2026-11")
        pieces = [name for name in small.state()["caches"]["document"] if name.count(".") == 2]
        assert len(pieces) > 5
        asked(small)
        assert small.custom("TVOX", "inboundCalls", "2026-10", "2026-11") == whole
        assert not asked(small)
        small.call("lose", pieces[3])
        assert small.custom("TVOX", "inboundCalls", "2026-10", "2026-11") == whole
        assert [one["status"] for one in asked(small)] == [200]


def test_what_is_kept_fits(host: Host) -> None:
    host.custom("TVOX", "inboundCalls", "2026-10", "2026-11")
    kept = host.state()["caches"]["document"]
    assert kept
    assert all(len(name) <= 250 and len(str(one)) < 100_000 for name, one in kept.items())


def test_whoever_dies_blocks_nobody(host: Host) -> None:
    host.call("claimAndDie")
    before = host.state()["now"]
    rows = host.custom(*ASKED)
    assert len(rows) == 31
    waited = host.log()[-1]["duration"] / 1000
    assert 15 < waited < 26, (before, waited)


def test_a_refusal_is_asked_once(host: Host) -> None:
    host.type("Sheet1!A1", [['=TVOX("inboundCalls";"2026-11";;"clii")'] for _ in range(20)])
    said = {str(host.error(f"Sheet1!A{row}")).partition(" (line")[0] for row in range(1, 21)}
    assert len(asked(host, "/tables")) == 1
    (sentence,) = said
    assert 'There is no column "clii" in inboundCalls. Did you mean "cli"?' in sentence


def test_pages_of_a_large_answer(served: Served) -> None:
    with sheet_before(served, changed={"const FORMULA_ROWS = 10000;": "const FORMULA_ROWS = 7;"}) as host:
        rows = host.custom("TVOX", "inboundCalls", "2026-10", "2026-11", "id,startTime")
        assert len(rows) == 61
        assert len({row[0] for row in rows}) == 61
        by_status = host.custom("TVOX", "inboundCalls", "2026-10", "2026-11", "id,status", "", "sort=status")
        assert [row[1] for row in by_status[1:]] == ["ANSWERED"] * 20 + ["HANGUP"] * 40
        paths = [str(one["url"]).removeprefix(WORLD).split("?")[0] for one in asked(host)]
        assert paths[:2] == ["/tables/inboundCalls.grid", "/tables/inboundCalls/pages"]
        assert len(paths) > 10


def test_more_than_a_formula_holds(served: Served) -> None:
    with sheet_before(served, changed={"const FORMULA_CELLS = 250000;": "const FORMULA_CELLS = 100;"}) as host:
        with pytest.raises(
            ScriptFailure, match=r"These rows of 2 columns are more than a formula can hold .* pin the table"
        ):
            host.custom("TVOX", "inboundCalls", "2026-10", "2026-11", "id,step")
        assert host.custom("TVOX", "inboundCalls", "2026-10", "2026-11", "id,step", "", "limit=5")


def test_a_busy_service_is_waited_for(host: Host) -> None:
    grid = answer(body=b'[["id"],["1"]]\n', X_Column_Types="text", ETag='"1"')
    said = b'{"title":"Too many questions.","hint":"Ask again in 3 seconds.","code":"TT429"}'
    with Peer(answer(429, said, Retry_After="3"), answer(503, said, Retry_After="2"), grid) as peer:
        host.configure(routes={WORLD: peer.address})
        assert host.custom(*ASKED) == [["id"], ["1"]]
        assert 5 <= host.log()[-1]["duration"] / 1000 < 6
    with Peer(answer(429, said, Retry_After="60")) as peer:
        host.configure(routes={WORLD: peer.address})
        with pytest.raises(ScriptFailure, match=r"Too many questions\. Ask again in 3 seconds\. \[TT429\]"):
            host.custom("TVOX", "inboundCalls", "2026-10", "", "step")
        assert len(peer.asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            502,
            b"<html>Bad gateway</html>",
            "https://tables.example.com answered with an error (502) and did not say why.",
        ),
        (301, b"", "sends requests elsewhere"),
        (200, b'[["id"]]', "is older than this script"),
        (401, b'{"title":"The key is unknown.","code":"TT002"}', "The key is unknown. [TT002] Sign in again"),
    ],
)
def test_what_else_stands_there(host: Host, status: int, body: bytes, says: str) -> None:
    with Peer(answer(status, body)) as peer:
        host.configure(routes={WORLD: peer.address})
        with pytest.raises(ScriptFailure) as told:
            host.custom(*ASKED)
        assert says in told.value.message


def test_nobody_is_there(host: Host) -> None:
    host.configure(routes={})
    with pytest.raises(ScriptFailure) as told:
        host.custom(*ASKED)
    assert told.value.message.startswith("Google cannot reach TVox Tables at https://tables.example.com (DNS error")
    assert "push tables into this sheet" in told.value.message
    assert "inboundCalls" not in told.value.message, "the address may be long"


def test_a_long_question_is_refused_before_google_does(host: Host) -> None:
    with pytest.raises(ScriptFailure, match="Google fetches addresses of up to 2000: shorten its filter"):
        host.custom("TVOX", "inboundCalls", "", "", "", " or ".join(f"cli eq '{place}'" for place in range(200)))


def test_the_key_is_in_no_cell_and_no_address(host: Host, served: Served) -> None:
    with pytest.raises(ScriptFailure, match="A key does not belong in a cell"):
        host.custom("TVOX", "inboundCalls", "", "", "", "", f"api_key={served.key}")
    host.custom(*ASKED)
    token = host.state()["properties"]["document"]["tvox.session"]
    assert served.key not in str(host.state())
    assert all("token" not in str(one["url"]) for one in host.requests())
    assert '"token":' in token
    assert served.key not in token
