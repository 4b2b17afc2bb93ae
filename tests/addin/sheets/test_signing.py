"""Signing in and out, how things stand, and what menu and sidebar do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from addin.place import Place
from addin.sheets import code_text
from tests.addin.sheets.host import Host, ScriptFailure
from tests.addin.sheets.sheet import WORLD, host_before, sheet_before
from tests.api.signing_in import Signing, identity
from tests.connectors.google.signing import Clock, serving
from tests.connectors.tvox.peers import Peer, answer
from tests.serving import Served


@pytest.fixture
def host(served: Served) -> Iterator[Host]:
    """A sheet in which nobody has signed in."""
    with host_before(served) as opened:
        yield opened


def test_a_key_is_exchanged_for_a_token_and_forgotten(host: Host, served: Served) -> None:
    with pytest.raises(ScriptFailure, match="Nobody is signed in: open TVox > Open the sidebar"):
        host.custom("TVOX", "inboundCalls")
    assert host.requests() == []
    assert host.sidebar("tvoxState")["problem"] == "Nobody is signed in yet."
    with pytest.raises(ScriptFailure, match=r"TT\d+"):
        host.sidebar("tvoxSignInWithKey", "wrong")
    assert not host.sidebar("tvoxState")["isSignedIn"]
    state = host.sidebar("tvoxSignInWithKey", f" {served.key}\n")
    assert (state["isSignedIn"], state["key"], state["problem"], state["note"]) == (True, "tests", "", "")
    assert served.key not in str(host.state())
    assert "token" not in str(state)
    held = served.get("/sheets/tokens").json()["tokens"]
    assert [(one["name"], one["state"]) for one in held] == [("Calls", "open")]
    assert host.custom("TVOX_COUNT", "inboundCalls", "2026-11") == 30
    assert [one["function"] for one in host.state()["triggers"]] == ["tvoxPulse", "tvoxWatch"]
    assert host.book()["sheets"][1]["hidden"]
    host.sidebar("tvoxSignInWithKey", served.key)
    assert [one["state"] for one in served.get("/sheets/tokens").json()["tokens"]] == ["revoked", "open"]
    host.call("onOpen", kind="open")
    host.item("TVox", "Sign out")
    assert [one["state"] for one in served.get("/sheets/tokens").json()["tokens"]] == ["revoked", "revoked"]
    with pytest.raises(ScriptFailure, match="Nobody is signed in"):
        host.custom("TVOX_COUNT", "inboundCalls", "2026-11")
    assert host.state()["triggers"] == []
    assert not host.sidebar("tvoxState")["isSignedIn"]


def test_a_token_that_is_revoked_says_so(served: Served) -> None:
    with sheet_before(served) as host:
        (one,) = [one for one in served.get("/sheets/tokens").json()["tokens"] if one["state"] == "open"]
        served.client.delete(f"/sheets/tokens/{one['id']}")
        with pytest.raises(ScriptFailure, match="Sign in again: TVox > Open the sidebar"):
            host.custom("TVOX_COUNT", "inboundCalls")
        state = host.sidebar("tvoxState")
        assert not state["isSignedIn"]
        assert "Sign in again" in state["problem"]


def test_signing_out_without_the_service_still_forgets(served: Served) -> None:
    with sheet_before(served) as host:
        host.configure(routes={})
        state = host.sidebar("tvoxSignOut")
        assert state["note"].startswith("The token could not be revoked: Google cannot reach")
        assert "token" not in host.state()["properties"]["document"]["tvox.session"]


def test_google_s_account(tmp_path: Path) -> None:
    with serving(Clock()) as google:
        service = Signing(tmp_path / "tvox.duckdb", google)
        with host_before(service) as host:
            with pytest.raises(
                ScriptFailure, match="Google tells this script nothing of your account: paste the manifest"
            ):
                host.sidebar("tvoxSignInWithGoogle")
            host.configure(identityToken=identity())
            assert host.sidebar("tvoxState")["canUseGoogle"]
            assert host.sidebar("tvoxSignInWithGoogle")["key"] == "google"
            assert [row[0] for row in host.custom("TVOX_TABLES")][1:2] == ["inboundCalls"]
            host.configure(identityToken=identity(hd="elsewhere.example"))
            with pytest.raises(ScriptFailure, match=r"TT\d+"):
                host.sidebar("tvoxSignInWithGoogle")
            assert host.sidebar("tvoxState")["isSignedIn"], "who is signed in stays so"
        service.close()


def test_it_works_without_a_manifest(served: Served) -> None:
    """Google then finds the scopes by itself."""
    with host_before(served) as host:
        host.load(code_text(Place(WORLD, "api_key", "Europe/Rome")))
        assert host.sidebar("tvoxSignInWithKey", served.key)["isSignedIn"]
        assert host.custom("TVOX_COUNT", "inboundCalls", "2026-11") == 30
        with pytest.raises(ScriptFailure, match="paste the manifest"):
            host.sidebar("tvoxSignInWithGoogle")


def test_releases(host: Host) -> None:
    for there, says in (
        ("9.0.0", "The service has a newer script (9.0.0, this is"),
        ("0.0.1", "This script ("),
        ("", ""),
    ):
        with Peer(answer(body=f'{{"status":"ok","release":"{there}"}}'.encode())) as peer:
            host.configure(routes={WORLD: peer.address})
            assert host.sidebar("tvoxState")["note"].startswith(says)


def test_menu_and_sidebar(sheet: Host) -> None:
    sheet.call("onInstall", kind="open")
    captions = [one["caption"] for one in sheet.ui()["menus"]["TVox"] if one]
    assert captions == ["Open the sidebar", "Refresh now", "Refresh pinned tables", "Self-test", "Sign out"]
    sheet.item("TVox", "Open the sidebar")
    assert sheet.ui()["sidebar"]["title"] == "TVox Tables"
    assert "tvoxSignInWithKey" in str(sheet.ui()["sidebar"])
    sheet.item("TVox", "Refresh pinned tables")
    before = sheet.sidebar("tvoxState")["stamp"]
    sheet.item("TVox", "Refresh now")
    assert sheet.sidebar("tvoxState")["stamp"] > before


def test_formulas(sheet: Host) -> None:
    wanted = {"table": "inboundCalls", "from": "2026-11", "columns": "id", "filter": "cli eq 'a \"b\"'"}
    assert sheet.sidebar("tvoxFormulaOf", wanted) == (
        '=TVOX("inboundCalls";"2026-11";;"id";"cli eq \'a ""b""\'";;TVOX_STAMP)'
    )
    count = {"kind": "count", "table": "inboundCalls", "from": "2026-11"}
    made = sheet.sidebar("tvoxInsertFormula", count)
    assert made == {"cell": "Sheet1!A1", "formula": '=TVOX_COUNT("inboundCalls";"2026-11";;;;TVOX_STAMP)'}
    assert sheet.value("Sheet1!A1") == 30
    with pytest.raises(ScriptFailure, match="Which table"):
        sheet.sidebar("tvoxInsertFormula", {"table": ""})


def test_what_stands_between_arguments(sheet: Host) -> None:
    separators = {
        "de_CH": ",",
        "de_DE": ";",
        "es_MX": ",",
        "es_ES": ";",
        "es": ";",
        "en_GB": ",",
        "fr_FR": ";",
        "pt_BR": ";",
    }
    assert {locale: sheet.call("separator_", locale) for locale in separators} == separators


def test_a_first_look(sheet: Host) -> None:
    found = sheet.sidebar(
        "tvoxPreview", {"table": "inboundCalls", "from": "2026-11", "columns": "id,startTime,waitDuration"}
    )
    assert found["header"] == ["id", "startTime", "waitDuration"]
    assert found["types"] == ["text", "time", "integer"]
    assert found["rows"][0] == ["1793658600.30", "2026-11-02 23:30:00", ""]
    assert len(found["rows"]) == 20
    assert sheet.sidebar("tvoxTables")[0]["name"] == "inboundCalls"
    assert {"name", "label", "type", "description", "values"} == set(sheet.sidebar("tvoxColumns", "inboundCalls")[0])


def test_settings_and_the_stamp_that_moves_by_itself(sheet: Host) -> None:
    assert sheet.sidebar("tvoxSaveSettings", {"refreshMinutes": 15}) == {"cacheMinutes": 10, "refreshMinutes": 15}
    sheet.sidebar("tvoxRefreshNow")
    before = sheet.sidebar("tvoxState")["stamp"]
    sheet.advance(10 * 60)
    assert sheet.sidebar("tvoxState")["stamp"] == before
    sheet.advance(6 * 60)
    moved = sheet.sidebar("tvoxState")["stamp"]
    assert moved > before
    sheet.sidebar("tvoxSaveSettings", {"refreshMinutes": 0})
    sheet.advance(60 * 60)
    assert sheet.sidebar("tvoxState")["stamp"] == moved
    for wrong in ({"cacheMinutes": 361}, {"refreshMinutes": "often"}):
        with pytest.raises(ScriptFailure, match="Give minutes from 0 to"):
            sheet.sidebar("tvoxSaveSettings", wrong)
    assert sheet.sidebar("tvoxSettings") == {"cacheMinutes": 10, "refreshMinutes": 0}
