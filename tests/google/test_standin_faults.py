"""The stand-in of Google tells who may do what, how often and how much, and goes wrong on command."""

import time

import httpx
import pytest

from tests.google.asking import Client, assertion, message
from tests.google.standin import EMAIL, most_writes, pair
from tests.google.tokens import AUDIENCE

# ---- tokens --------------------------------------------------------------------------------------------------


def test_an_assertion_has_to_be_right_in_every_part(client: Client) -> None:
    now = int(time.time())
    wrong = {
        "Invalid JWT Signature.": [assertion(pair("another")[0]), assertion(header={"kid": "2"})],
        "Invalid grant: account not found": [assertion(iss="nobody@example.org")],
        f"Invalid JWT: Audience is not {AUDIENCE}": [assertion(aud="https://sheets.googleapis.com/")],
        "Invalid JWT: Failed to parse.": ["", "a.b.c", assertion().replace(".", "")],
    }
    short = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
    wrong[short] = [assertion(exp=now - 4000, iat=now - 7000), assertion(exp=now + 7200), assertion(iat=now + 1000)]
    for said, given in wrong.items():
        for each in given:
            answer = client.token(each)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
            assert answer.json()["error_description"] == said
    assert client.token(assertion(header={"alg": "none"})).status_code == 400
    assert client.token(assertion(scope="")).json()["error"] == "invalid_scope"
    assert client.token(assertion(), "password").json()["error"] == "unsupported_grant_type"
    good = client.token(assertion()).json()
    assert (good["token_type"], good["expires_in"]) == ("Bearer", 3599)


def test_without_the_right_token_nothing_is_told(client: Client) -> None:
    assert "invalid authentication" in message(
        httpx.get(f"{client.google.address}/v4/spreadsheets/{client.book}"), 401, "UNAUTHENTICATED"
    )
    other = client.token(assertion(scope="https://www.googleapis.com/auth/drive")).json()["access_token"]
    client.http.headers["Authorization"] = f"Bearer {other}"
    assert "insufficient authentication scopes" in message(client.get(), 403, "PERMISSION_DENIED")


# ---- who, how often, how much --------------------------------------------------------------------------------


def test_only_those_with_whom_it_is_shared(client: Client) -> None:
    client.google.share(client.book, EMAIL, "reader")
    assert client.get().status_code == 200
    assert message(client.put("A1", [[1]]), 403, "PERMISSION_DENIED") == "The caller does not have permission"
    client.google.share(client.book, EMAIL, None)
    message(client.get(), 403, "PERMISSION_DENIED")
    client.google.settings(enabled=False)
    assert client.get().json()["error"]["details"][0]["reason"] == "SERVICE_DISABLED"
    client.google.settings(enabled=True)
    client.book = client.google.spreadsheet(office=True)
    message(client.get(), 400, "FAILED_PRECONDITION")
    client.book = "nowhere"
    message(client.get(), 404, "NOT_FOUND")


def test_quotas_of_reads_and_of_writes(client: Client) -> None:
    client.google.limit(2)
    said = [client.put("A1", [[number]]) for number in range(3)]
    assert [each.status_code for each in said] == [200, 200, 429]
    assert "'Write requests per minute per user'" in message(said[2], 429, "RESOURCE_EXHAUSTED")
    assert said[2].json()["error"]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert [client.get().status_code for _ in range(3)] == [200, 200, 429]
    client.google.limit(None, project=1)
    assert [client.get().status_code for _ in range(2)] == [200, 429]
    assert client.rows() == [[1]]
    assert most_writes(client.google.log()) == 3


def test_a_request_may_have_two_megabytes(client: Client) -> None:
    rows = [["x" * 40_000]] * 50
    assert "payload size exceeds" in message(client.put("A1:A50", rows))
    client.google.settings(payload=None)
    assert client.put("A1:A50", rows).status_code == 200


# ---- faults --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["429", "500", "503", "401", "cut", "garbage", "html"])
def test_faults_come_before_or_after_what_was_asked(client: Client, kind: str, after: bool) -> None:
    client.google.fault(kind, asked="PUT", after=after, at=2, retry_after="3" if kind == "503" else None)
    assert client.put("A1", [[1]]).status_code == 200
    if kind == "cut":
        with pytest.raises(httpx.RemoteProtocolError):
            client.put("A1", [[2]])
    else:
        answer = client.put("A1", [[2]])
        assert answer.status_code == {"garbage": 200, "html": 502}.get(kind) or int(kind)
        assert answer.headers.get("Retry-After") == ("3" if kind == "503" else None)
    assert client.rows() == [[2 if after else 1]]
    assert client.put("A1", [[3]]).status_code == 200
    assert [(write.applied, write.fault) for write in client.google.writes()] == [
        (True, None),
        (after, kind),
        (True, None),
    ]


def test_half_an_answer_is_half_of_what_was_done(client: Client) -> None:
    client.google.fault("half")
    with pytest.raises(httpx.RemoteProtocolError):
        client.put("A1", [[1]])
    assert client.rows() == [[1]]


@pytest.mark.parametrize("after", [False, True])
def test_what_stalls_goes_on_when_it_is_released(client: Client, after: bool) -> None:
    client.google.fault("stall", after=after)
    with pytest.raises(httpx.ReadTimeout):
        client.http.put(
            f"/v4/spreadsheets/{client.book}/values/A1?valueInputOption=RAW", json={"values": [[1]]}, timeout=0.2
        )
    assert client.google.arrived(2)[1].fault == "stall"
    assert client.rows() == ([[1]] if after else [])
    client.google.release()
    assert client.rows() == [[1]], "done at last, though nobody hears of it"
    assert client.put("A2", [[2]]).status_code == 200


def test_the_token_endpoint_may_refuse(client: Client) -> None:
    client.google.fault("token")
    assert client.get().status_code == 200
    assert client.token(assertion()).json()["error"] == "invalid_grant"
    assert client.token(assertion()).status_code == 200
    client.google.expire()
    message(client.get(), 401, "UNAUTHENTICATED")
