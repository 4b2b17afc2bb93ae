"""Service accounts: which files are one, what is said of others, and how they come by their tokens."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.oauth2 import service_account

from connectors.google.credentials import SCOPE, ServiceAccount
from connectors.google.transport import Transport
from connectors.tvox.trouble import Trouble
from tabular.errors import AccountRefused, AccountUnusable
from tests.google.standin import EMAIL, StandIn, pair
from tests.google.tokens import AUDIENCE, Tokens

GIVEN: dict[str, Any] = {
    "type": "service_account",
    "project_id": "reports-4711",
    "private_key_id": "1",
    "client_email": EMAIL,
    "token_uri": "https://oauth2.googleapis.com/token",
}


def written(folder: Path, given: object, mode: int = 0o600) -> Path:
    """A key file."""
    path = folder / "google.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given))
    path.chmod(mode)
    return path


def refused(path: Path) -> str:
    """What is said of a file, path left out."""
    with pytest.raises(AccountUnusable) as found:
        ServiceAccount.read(path)
    return str(found.value).replace(str(path), "FILE")


def test_an_account_says_with_whom_to_share(tmp_path: Path) -> None:
    account = ServiceAccount.read(written(tmp_path, GIVEN | {"private_key": pair()[0]}))
    assert (account.email, account.project) == (EMAIL, "reports-4711")
    assert repr(account) == f"ServiceAccount({EMAIL})"


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    given = GIVEN | {"private_key": pair()[0]}
    assert "everybody on this machine can read the file" in refused(written(tmp_path, given, 0o644))
    assert "chmod 600" in refused(written(tmp_path, given, 0o604))
    assert ServiceAccount.read(written(tmp_path, given, 0o640)).email == EMAIL


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[1]", "it is no JSON object"),
        ({}, "it is no key of a service account"),
        ({"installed": {"client_secret": "s"}}, "but the secret of an OAuth client"),
        ({"type": "authorized_user", "refresh_token": "s"}, "but 'authorized_user'"),
        ({"type": "service_account"}, "it has no client_email"),
        (GIVEN, "it has no private_key"),
        (
            GIVEN | {"private_key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"},
            "cannot be read",
        ),
        (GIVEN | {"private_key": 5}, "its private key cannot be read"),
    ],
)
def test_what_is_no_key_file_is_said_in_a_sentence(tmp_path: Path, given: object, said: str) -> None:
    told = refused(written(tmp_path, given))
    assert said in told
    assert told.endswith("[TT411]")
    assert "c2VjcmV0" not in told


def test_a_file_that_is_not_there_or_a_folder_is_said(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "google.json")
    assert "is a directory" in refused(tmp_path)


def test_a_token_is_kept_until_it_is_refused_or_about_to_end(tmp_path: Path) -> None:
    with StandIn() as google, httpx.Client(trust_env=False) as client:
        transport = Transport(client)
        account = ServiceAccount.read(google.account(tmp_path))
        first = account.token(transport)
        assert isinstance(first, str)
        assert account.token(transport) == first == account.token(transport, "another that was refused before")
        second = account.token(transport, first)
        assert second not in (first, None)
        assert len(google.log()) == 2
        google.settings(lifetime=60)
        third = account.token(transport, str(second))
        fourth = account.token(transport)
        assert third != fourth, "a token of one minute is about to end"
        assert [arrival.status for arrival in google.log()] == [200] * 4
        unknown = ServiceAccount.read(
            google.account(tmp_path, "other@reports-4711.iam.gserviceaccount.com", known=False)
        )
        with pytest.raises(AccountRefused, match="Invalid JWT Signature"):
            unknown.token(transport)


def test_trouble_on_the_way_to_a_token_is_told_without_waiting(tmp_path: Path) -> None:
    with StandIn() as google, httpx.Client(trust_env=False) as client:
        transport, account = Transport(client), ServiceAccount.read(google.account(tmp_path))
        google.fault("503", asked="POST /token", retry_after="9")
        assert account.token(transport) == Trouble("status 503 to the request for a token", after=9)
        google.fault("cut", asked="POST /token")
        assert isinstance(account.token(transport), Trouble)
        google.fault("garbage", asked="POST /token")
        assert isinstance(account.token(transport), Trouble)
        assert len(google.log()) == 3, "google-auth would have tried each three times"
        google.close()
        assert account.token(transport) == Trouble("it refuses the connection", reached=False)


def test_the_assertion_is_signed_for_google_alone() -> None:
    tokens = Tokens()
    tokens.add(EMAIL, "1", pair()[1])
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.read())
        status, given = tokens.answer(asked[-1])
        return httpx.Response(status, json=given)

    made = service_account.Credentials.from_service_account_info(GIVEN | {"private_key": pair()[0]}, scopes=[SCOPE])
    account = ServiceAccount(made, "reports-4711", AUDIENCE)
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        token = account.token(Transport(client))
    assert tokens.owner(f"Bearer {token}") == (EMAIL, {SCOPE})
    assert b"PRIVATE" not in asked[0]
