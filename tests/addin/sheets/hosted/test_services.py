"""Services, their limits with Google's sentences, triggers, the sidebar; and a real service answers requests."""

import json
import subprocess
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, expect

from addin import build
from tests.addin.sheets.host import PROGRAM, Host, ScriptFailure
from tests.addin.sheets.hosted.probed import CODE, SCOPES
from tests.serving import Served

DOCUMENTED = PROGRAM.with_name("documented.js")


def test_a_request_is_sent_and_answered_as_documented(host: Host, echo: str) -> None:
    """Methods, headers, forms, redirects, and what an answer gives."""
    asked = (
        "const a = JSON.parse(UrlFetchApp.fetch('{0}/asked', {1}).getContentText());"
        "[a.method, a.headers['{2}'], a.body]"
    )
    form = "{method: 'post', payload: {a: '1 2', b: 'è'}}"
    assert host.call("run", asked.format(echo, form, "Content-Type")) == [
        "POST",
        "application/x-www-form-urlencoded",
        "a=1+2&b=%C3%A8",
    ]
    body = "{method: 'post', contentType: 'application/json', payload: JSON.stringify({a: 1}), headers: {'X-Key': 'k'}}"
    assert host.call("run", asked.format(echo, body, "X-Key")) == ["POST", "k", '{"a":1}']
    assert host.call("run", asked.format(echo, "{payload: 'x'}", "Content-Length")) == ["POST", "1", "x"]
    answer = (
        "const r = UrlFetchApp.fetch('{}'); [r.getResponseCode(), r.getContentText(), r.getAllHeaders()['X-Two'],"
        "r.getBlob().getContentType()]"
    )
    assert host.call("run", answer.format(f"{echo}/moved")) == [200, "/there", ["1", "2"], "text/plain"]
    alone = f"UrlFetchApp.fetch('{echo}/moved', {{followRedirects: false}}).getResponseCode()"
    assert host.call("run", alone) == 302
    both = f"UrlFetchApp.fetchAll(['{echo}/1', {{url: '{echo}/2'}}]).map((one) => one.getContentText())"
    assert host.call("run", both) == ["/1", "/2"]
    host.configure(routes={"https://tvox.example.com": echo})
    assert host.call("run", "UrlFetchApp.fetch('https://tvox.example.com/x').getContentText()") == "/x"
    made = host.requests()
    assert [one["method"] for one in made[:3]] == ["POST"] * 3
    assert made[1]["headers"] == ["X-Key"]
    assert [(one["url"].removeprefix(echo), one["status"]) for one in made[3:5]] == [("/moved", 302), ("/there", 200)]


def test_errors_of_requests_have_googles_sentences(host: Host, echo: str) -> None:
    """The origin without its path, the code, and 147 characters of the body."""
    said = host.call("said", f"UrlFetchApp.fetch('{echo}/429/secret?key=1')")
    start = json.dumps({"error": "x" * 200})[:147]
    assert said == (
        f"true Exception: Request failed for {echo} returned code 429. Truncated server response: {start}... "
        "(use muteHttpExceptions option to examine full response)"
    )
    muted = f"UrlFetchApp.fetch('{echo}/429', {{muteHttpExceptions: true}}).getResponseCode()"
    assert host.call("run", muted) == 429
    for call, message in {
        "UrlFetchApp.fetch('https://tvox.example.org/x')": "DNS error: https://tvox.example.org/x",
        "UrlFetchApp.fetch('http://127.0.0.1:9/x')": "Address unavailable: http://127.0.0.1:9/x",
        f"UrlFetchApp.fetch('{echo}/?x=' + 'x'.repeat(2048))": "Limit Exceeded: URLFetch URL Length.",
        f"UrlFetchApp.fetch('{echo}/a b')": f"Invalid argument: {echo}/a b",
        f"UrlFetchApp.fetch('{echo}', {{headers: {{'X': 'x'.repeat(9000)}}}})": "Limit Exceeded: URLFetch Header Size.",
        f"UrlFetchApp.fetch('{echo}', {{method: 'fetch'}})": "Attribute provided with invalid value: method",
    }.items():
        assert host.call("said", call) == f"true Exception: {message}"


def test_a_day_has_20_000_requests(host: Host, echo: str) -> None:
    """And a day later there are as many again."""
    host.configure(spent=20_000 - host.state()["spent"])
    said = host.call("said", f"UrlFetchApp.fetch('{echo}/x')")
    assert said == "true Exception: Service invoked too many times for one day: urlfetch."
    host.advance(86_400)
    assert host.call("run", f"UrlFetchApp.fetch('{echo}/x').getResponseCode()") == 200


def test_limits_of_caches_and_properties(host: Host) -> None:
    """Sizes, counts and times, with Google's sentences."""
    for call, message in {
        "CacheService.getScriptCache().put('k', 'è'.repeat(51201))": "Argument too large: value",
        "CacheService.getScriptCache().putAll({k: 'x'.repeat(102401)})": "Argument too large: value",
        "PropertiesService.getUserProperties().setProperty('k', 'x'.repeat(9217))": "Argument too large: value",
        "const all = {}; for (let i = 0; i < 60; i++) all[i] = 'x'.repeat(9000); "
        "PropertiesService.getUserProperties().setProperties(all)": (
            "You have exceeded the property storage quota. Please remove some properties and try again."
        ),
        "Utilities.sleep(300001)": "Argument out of range: milliseconds",
    }.items():
        assert host.call("said", call) == f"true Exception: {message}"
    kept = "CacheService.getUserCache().getAll(['ten', 'unsaid', 'missing'])"
    host.call("run", "CacheService.getUserCache().put('ten', '1', 10); CacheService.getUserCache().put('unsaid', '2')")
    host.advance(9)
    assert host.call("run", kept) == {"ten": "1", "unsaid": "2"}
    host.advance(2)
    assert host.call("run", kept) == {"unsaid": "2"}
    host.advance(600)
    assert host.call("run", kept) == {}
    many = "const all = {}; for (let i = 0; i < 1001; i++) all[i] = 'x'; CacheService.getUserCache().putAll(all, 60)"
    host.call("run", many)
    assert len(host.state()["caches"]["user"]) == 900


def test_a_lock_is_held_by_one(host: Host) -> None:
    """Others wait until it is released, or for as long as they say."""
    holder = "const l = LockService.getDocumentLock(); l.waitLock(0); Utilities.sleep(5000); l.hasLock()"
    waiter = "Utilities.sleep(1); const l = LockService.getDocumentLock(); [l.tryLock({}), Date.now()]"
    started = datetime.fromisoformat(host.state()["now"]).timestamp() * 1000
    found = host.together([("run", [holder]), ("run", [waiter.format(1000)]), ("run", [waiter.format(9000)])])
    assert [one["value"] for one in found] == [True, [False, started + 1001], [True, started + 5000]]
    late = host.together(
        [("run", [holder]), ("said", ["Utilities.sleep(1); LockService.getDocumentLock().waitLock(10)"])]
    )
    message = "true Exception: Lock timeout: another process was holding the lock for too long."
    assert late[1]["value"] == message


def test_menus_triggers_and_who_may_what(host: Host) -> None:
    """A simple trigger has no authorization, a menu's item all of the manifest's, a trigger no user interface."""
    host.call("onOpen", kind="open")
    host.answer("YES")
    assert host.item("TVox", "Go") == "YES"
    assert [one["text"] for one in host.ui()["asked"][-2:]] == ["done", "Sure?"]
    with pytest.raises(ScriptFailure, match="have permission to call UrlFetchApp"):
        host.call("run", "UrlFetchApp.fetch('http://127.0.0.1/')", kind="open")
    with pytest.raises(ScriptFailure, match=r"Cannot call SpreadsheetApp.getUi\(\) from this context."):
        host.call("run", "SpreadsheetApp.getUi()", kind="trigger")
    assert host.call("run", "ScriptApp.getIdentityToken()") is None
    host.configure(identityToken="eyJ")
    assert host.call("run", "[ScriptApp.getIdentityToken(), Session.getActiveUser().getEmail()]") == [
        "eyJ",
        "analista@example.com",
    ]
    host.load(CODE, ["https://www.googleapis.com/auth/spreadsheets.currentonly"])
    said = "Specified permissions are not sufficient to call UrlFetchApp.fetch. Required permissions: https://www.googleapis.com/auth/script.external_request"
    assert host.call("said", "UrlFetchApp.fetch('http://127.0.0.1/')") == f"true Exception: {said}"
    host.load(CODE, SCOPES)


def test_triggers_run_at_their_times(host: Host) -> None:
    """Every so many minutes from their making, daily at an hour of the zone, once after a while; twenty of them."""
    now = datetime.fromisoformat(host.state()["now"])
    host.advance((datetime(now.year, now.month, now.day + 1, 11, tzinfo=UTC) - now).total_seconds())
    host.log(clear=True)
    host.call(
        "run",
        "ScriptApp.newTrigger('tick').timeBased().everyMinutes(30).create();"
        "ScriptApp.newTrigger('tick').timeBased().everyDays(1).atHour(13).nearMinute(15).create();"
        "ScriptApp.newTrigger('tick').timeBased().after(60000).create()",
    )
    host.advance(3600 * 2)
    ticks = [one["logs"][0]["text"][14:19] for one in host.log() if one["function"] == "tick"]
    assert ticks == ["11:01", "11:30", "12:00", "12:15", "12:30", "13:00"]
    assert host.call("run", "ScriptApp.getProjectTriggers().map((one) => one.getHandlerFunction())") == ["tick", "tick"]
    made = "for (let i = 0; i < 19; i++) ScriptApp.newTrigger('tick').timeBased().everyHours(1).create()"
    assert host.call("said", made) == (
        "true Exception: This script has too many triggers. "
        "Triggers must be deleted from the script before more can be added."
    )
    host.call("run", "ScriptApp.getProjectTriggers().forEach((one) => ScriptApp.deleteTrigger(one))")
    wrong = "true Exception: The value you passed to everyMinutes was invalid. It must be one of 1, 5, 10, 15 or 30."
    assert host.call("said", "ScriptApp.newTrigger('tick').timeBased().everyMinutes(2)") == wrong


def test_utilities(host: Host) -> None:
    """Java's patterns, digests, compression, base64."""
    for expression, value in {
        "formatDate(new Date(1792888205007), 'Europe/Rome', \"yyyy-MM-dd'T'HH:mm:ss.SSSXXX EEE u w\")": (
            "2026-10-25T02:30:05.007+02:00 Sun 7 43"
        ),
        "formatDate(new Date(0), 'GMT', 'd/M/yy h:mm a Z')": "1/1/70 12:00 AM +0000",
        "parseDate('25/10/2026 02:30', 'Europe/Rome', 'dd/MM/yyyy HH:mm').toISOString()": "2026-10-25T00:30:00.000Z",
        "base64Encode('è?>')": "w6g/Pg==",
        "base64EncodeWebSafe('è?>')": "w6g_Pg==",
        "newBlob(Utilities.base64DecodeWebSafe('w6g_Pg')).getDataAsString()": "è?>",
        "computeDigest(Utilities.DigestAlgorithm.SHA_256, 'a', Utilities.Charset.UTF_8).slice(0, 3)": [-54, -105, -127],
        "ungzip(Utilities.gzip(Utilities.newBlob('però'))).getDataAsString()": "però",
        "formatString('%s %05.1f', 'a', 2.25)": "a 002.3",
    }.items():
        assert host.call("run", f"Utilities.{expression}") == value


def test_the_sidebars_calls_carry_json_only(host: Host) -> None:
    """No dates either way, no private functions, no services."""
    assert host.sidebar("echo", {"a": [1, None, "x"]}) == {"a": [1, None, "x"]}
    for function, message in {
        "when": "the returned value, at at, has a Date, which google.script.run does not carry",
        "hidden_": "google.script.run.hidden_ is not a function",
    }.items():
        with pytest.raises(ScriptFailure, match=message.replace(".", r"\.")):
            host.sidebar(function)
    with pytest.raises(ScriptFailure, match="A Sheet cannot be returned"):
        host.sidebar("run", "SpreadsheetApp.getActiveSheet()")


def test_the_sidebar_works_in_a_browser(host: Host, visits: BrowserContext) -> None:
    """google.script.run calls the host from a frame, with its handlers."""
    host.call("onOpen", kind="open")
    host.item("TVox", "More", "Show")
    page = visits.new_page()
    page.goto(host.front())
    assert page.title() == "TVox"
    frame = page.frame_locator("iframe")
    expect(frame.locator("#said")).to_have_text("mine key analista@example.com")
    expect(frame.locator("#wrong")).to_have_text("no such key")
    assert page.locator("iframe").evaluate("(frame) => frame.clientWidth") == 300
    page.close()


def test_a_real_service_answers(host: Host, served: Served) -> None:
    """The app itself, over HTTP, with a key in a header."""
    fetch = f"UrlFetchApp.fetch('{served.address}/health', {{headers: {{'X-Telenia-APIKey': '{served.key}'}}}})"
    assert host.call("run", f"{fetch}.getResponseCode()") == 200
    assert [one["headers"] for one in host.requests()] == [["X-Telenia-APIKey"]]
    assert served.key not in json.dumps(host.requests())


def test_scripts_can_call_what_google_documents() -> None:
    """Every method of the host's services, and its parameters' count, is in the types of Google's API."""
    node = build.node()
    if node is None:
        pytest.skip("no Node here")
    said = subprocess.run([node.binary, DOCUMENTED], capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["seen"] > 200
    assert found["undocumented"] == []
