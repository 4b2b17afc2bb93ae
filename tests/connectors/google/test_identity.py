"""Identity tokens: whose is taken, what is refused and why, and how often Google is asked for its certificates."""

import hmac
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from google.auth.exceptions import TransportError

from connectors.google.identity import LONGEST, Identities
from connectors.google.transport import LARGEST, Transport
from tabular.errors import IdentityRefused, IdentityUnchecked
from tests.connectors.google.signing import (
    AUDIENCE,
    DOMAIN,
    NOW,
    Clock,
    Google,
    certificate,
    claims,
    private_key,
    serving,
    signed,
    written,
)

AT = int(NOW.timestamp())
FORGED, GARBLED = "is not signed by Google", "cannot be read"


@pytest.fixture(scope="module")
def running() -> Iterator[Google]:
    """A server of certificates."""
    with serving(Clock()) as google:
        yield google


@pytest.fixture
def google(running: Google) -> Google:
    """That server, which has not been asked and gives the certificates of the keys `one` and `two`."""
    running.clock.now, running.clock.seconds, running.asked = NOW, 1000.0, 0
    running.headers = {"Cache-Control": "public, max-age=20000"}
    running.offer(one="one", two="two")
    running.open.set()
    running.heard.clear()
    return running


def refused(identities: Identities, token: str) -> IdentityRefused:
    """Why a token is refused."""
    with pytest.raises(IdentityRefused) as caught:
        identities.verify(token)
    assert token not in str(caught.value) or len(token) < 5
    return caught.value


def test_a_token_of_google_tells_who_it_is(google: Google) -> None:
    identities = google.identities()
    person = identities.verify(signed(claims()))
    assert (person.email, person.subject, person.domain) == (f"anna@{DOMAIN}", "1177", DOMAIN)
    assert person.expires.timestamp() == AT + 3540
    assert person.expires.tzinfo is UTC
    assert person.until - person.expires == timedelta(seconds=30)
    for right in (
        signed(claims(iss="accounts.google.com")),
        signed(claims(), kid="two", key="two"),
        signed(claims(hd="Example.COM")),
        signed(claims(nbf=AT)),
    ):
        assert identities.verify(right).email == person.email
    assert google.asked == 1


def test_several_audiences_and_domains(google: Google) -> None:
    identities = google.identities(audiences=["other", AUDIENCE], domains=["example.org", "EXAMPLE.com"])
    assert identities.verify(signed(claims())).domain == DOMAIN
    assert identities.verify(signed(claims(aud="other", hd="example.org"))).domain == "example.org"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"aud": "999-zzz.apps.googleusercontent.com"}, "is for another program"),
        ({"aud": [AUDIENCE]}, "is for another program"),
        ({"aud": None}, "is for another program"),
        ({"aud": ""}, "is for another program"),
        ({"hd": "example.org"}, "is of an account outside example.com"),
        ({"hd": None}, "is of an account outside example.com"),
        ({"hd": "sub.example.com"}, "is of an account outside example.com"),
        ({"hd": ["example.com"]}, "is of an account outside example.com"),
        ({"email_verified": False}, "is of an address that Google has not verified"),
        ({"email_verified": "true"}, "is of an address that Google has not verified"),
        ({"email_verified": None}, "is of an address that Google has not verified"),
        ({"email": None}, "does not tell the address of the account"),
        ({"email": 7}, "does not tell the address of the account"),
        ({"sub": None}, GARBLED),
        ({"iss": "https://accounts.google.com.example"}, FORGED),
        ({"iss": None}, FORGED),
        ({"iss": ["accounts.google.com"]}, FORGED),
        ({"exp": AT - 30}, "has expired"),
        ({"exp": AT - 5 * 365 * 86_400}, "has expired"),
        ({"iat": AT + 31}, "begins only in the future"),
        ({"nbf": AT + 31}, "begins only in the future"),
        ({"exp": None}, FORGED),
        ({"iat": None}, FORGED),
        ({"exp": "tomorrow"}, FORGED),
        ({"exp": float("nan")}, GARBLED),
        ({"exp": float("inf")}, GARBLED),
        ({"exp": 10**30}, GARBLED),
        ({"exp": True}, GARBLED),
        ({"iat": -5}, GARBLED),
        ({"nbf": "now"}, GARBLED),
    ],
)
def test_what_google_signed_for_something_else(google: Google, other: dict[str, object], reason: str) -> None:
    refusal = refused(google.identities(), signed(claims(**other)))
    assert refusal.reason == reason
    assert refusal.status == 403


def test_a_wrong_audience_is_named_for_the_administrator(google: Google) -> None:
    refusal = refused(google.identities(), signed(claims(aud="999-zzz.apps.googleusercontent.com")))
    assert "999-zzz.apps.googleusercontent.com" in refusal.advice
    assert "TVOX_GOOGLE_AUDIENCES" in refusal.advice
    forged = refused(google.identities(), signed(claims(aud="999-zzz"), key="mallory"))
    assert "999-zzz" not in str(forged), "nothing is read of what Google has not signed"


def test_the_clocks_may_differ_by_half_a_minute(google: Google) -> None:
    identities = google.identities()
    for near in ({"exp": AT - 29}, {"iat": AT + 30}, {"nbf": AT + 30}):
        assert identities.verify(signed(claims(**near)))


def forged_tokens() -> dict[str, str]:
    """Tokens that no key of Google has signed, though each tries to look so."""
    said = claims()
    public = certificate(private_key("one")).encode()
    symmetric = f"{written({'alg': 'HS256', 'kid': 'one'})}.{written(said)}"
    curve = ec.generate_private_key(ec.SECP256R1())
    elliptic = f"{written({'alg': 'ES256', 'kid': 'one'})}.{written(said)}"
    right = signed(said)
    head, body, seal = right.split(".")
    return {
        "unsigned": f"{written({'alg': 'none', 'kid': 'one'})}.{written(said)}.AA",
        "unsigned under Google's name": f"{written({'alg': 'none', 'kid': 'one'})}.{body}.{seal}",
        "HS256 with the public key": f"{symmetric}.{written(hmac.digest(public, symmetric.encode(), 'sha256'))}",
        "ES256": f"{elliptic}.{written(curve.sign(elliptic.encode(), ec.ECDSA(hashes.SHA256())))}",
        "RS512 said": signed(said, alg="RS512"),
        "a list as algorithm": signed(said, alg=["RS256"]),
        "another key": signed(said, key="mallory"),
        "another key of Google": signed(said, kid="two", key="one"),
        "an unknown key": signed(said, kid="three", key="mallory"),
        "no key named": signed(said, kid=None),
        "a number as key": signed(said, kid=1),
        "other claims": f"{head}.{written(claims(email='boss@example.com'))}.{seal}",
        "half a signature": right[: -len(seal) // 2],
    }


def test_what_google_did_not_sign(google: Google) -> None:
    for name, token in forged_tokens().items():
        assert refused(google.identities(), token).reason == FORGED, name


def test_what_is_no_token(google: Google) -> None:
    for text in (
        "",
        "ya29.a0AfH6SMB",
        "a.b.c",
        "..",
        f"{written({'alg': 'none', 'kid': 'one'})}.{written(claims())}.",
        f"{written(b'{')}.{written(claims())}.AA",
        f"{written([])}.{written([])}.AA",
        f"{written(b'[' * 3000)}.{written(b'[' * 3000)}.AA",
        f"{written(bytes([255, 254]))}.{written(claims())}.AA",
        signed(claims()) + "\n",
        " " + signed(claims()),
        signed(claims()) + "=",
        signed(claims()).replace(".", "·"),
        signed(claims())[:-1] + "\udc80",
        "a" * LONGEST + ".b.c",
    ):
        assert refused(google.identities(), text).reason == GARBLED, text
    assert not google.asked


def test_claims_that_are_no_object(google: Google) -> None:
    nothing: tuple[object, ...] = ([], "text", 7, None)
    for said in nothing:
        assert refused(google.identities(), signed(said)).reason in (GARBLED, FORGED)


def test_the_spare_bits_of_a_signature_make_no_other_token(google: Google) -> None:
    identities, token = google.identities(), signed(claims())
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + letters[letters.index(token[-1]) ^ 1]
    assert twin != token
    assert identities.verify(twin).digest == identities.verify(token).digest
    assert identities.verify(signed(claims(iat=AT - 59))).digest != identities.verify(token).digest


@pytest.mark.parametrize("lacking", [{"audiences": []}, {"domains": []}, {"audiences": [""]}, {"domains": ["a", ""]}])
def test_nobody_is_checked_without_audiences_and_domains(google: Google, lacking: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="audiences and domains"):
        google.identities(**lacking)


def test_certificates_are_kept_for_as_long_as_google_says(google: Google) -> None:
    google.headers = {"cache-control": "public, max-age=20000, must-revalidate", "age": "500"}
    identities = google.identities()
    for seconds, asked in ((0, 1), (19_499, 1), (1, 2), (19_499, 2), (1, 3)):
        google.clock.pass_by(seconds)
        now = int(google.clock.now.timestamp())
        assert identities.verify(signed(claims(iat=now, exp=now + 3600)))
        assert google.asked == asked


@pytest.mark.parametrize("said", [None, "no-store", "max-age=0", "private, max-age=soon", "no-cache, max-age=9000"])
def test_certificates_are_kept_for_a_minute_whatever_comes_with_them(google: Google, said: str | None) -> None:
    google.headers = {} if said is None else {"Cache-Control": said}
    identities = google.identities()
    for seconds, asked in ((0, 1), (59, 1), (1, 2)):
        google.clock.pass_by(seconds)
        identities.verify(signed(claims()))
        assert google.asked == asked


def test_a_new_key_is_asked_for_at_once_and_forged_ones_once_a_minute(google: Google) -> None:
    identities = google.identities()
    identities.verify(signed(claims()))
    google.offer(two="two", three="three")
    google.clock.pass_by(60)
    assert identities.verify(signed(claims(), kid="three", key="three"))
    assert google.asked == 2
    assert refused(identities, signed(claims())).reason == FORGED, "Google has withdrawn the key"
    for number in range(50):
        assert refused(identities, signed(claims(), kid=f"forged {number}", key="mallory")).reason == FORGED
    assert google.asked == 2
    google.clock.pass_by(60)
    for number in range(50):
        refused(identities, signed(claims(), kid=f"forged {number}", key="mallory"))
    assert google.asked == 3
    assert identities.verify(signed(claims(), kid="two", key="two"))


WRONG = [
    (500, b"no"),
    (404, b"{}"),
    (200, b"<html>Sign in to the hotel's network</html>"),
    (200, b"{}"),
    (200, b"[]"),
    (200, b"null"),
    (200, b'{"keys": [{"kid": "one"}]}'),
    (200, b'{"one": "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"}'),
    (200, b'{"one": 7}'),
    (200, b"[" * 100_000),
    (200, b"\xff\xfe"),
    (200, b'{"one": "' + b"x" * 300_000 + b'"}'),
    (302, b""),
]


@pytest.mark.parametrize(("status", "body"), WRONG, ids=str)
def test_google_fails_before_it_ever_answered(google: Google, status: int, body: bytes) -> None:
    google.status, google.body = status, body
    identities = google.identities()
    with pytest.raises(IdentityUnchecked) as caught:
        identities.verify(signed(claims()))
    assert (caught.value.status, caught.value.seconds) == (503, 30)
    google.offer(one="one")
    google.clock.pass_by(29)
    with pytest.raises(IdentityUnchecked, match=r"Try again in 1 seconds"):
        identities.verify(signed(claims()))
    assert google.asked == 1, "a failure is told for a while without another request"
    google.clock.pass_by(1)
    assert identities.verify(signed(claims()))


@pytest.mark.parametrize(("status", "body"), WRONG[:3], ids=str)
def test_google_fails_later_and_what_is_kept_goes_on_while_it_is_valid(
    google: Google, status: int, body: bytes
) -> None:
    identities = google.identities()
    identities.verify(signed(claims()))
    google.status, google.body = status, body
    for days, is_valid in ((10, True), (4.99, True), (0.1, False)):
        google.clock.pass_by(days * 86_400)
        now = int(google.clock.now.timestamp())
        token = signed(claims(iat=now, exp=now + 3600))
        if is_valid:
            assert identities.verify(token)
        else:
            with pytest.raises(IdentityUnchecked):
                identities.verify(token)
    with pytest.raises(IdentityUnchecked):
        identities.verify(signed(claims(), kid="three", key="three"))
    google.offer(three="three")
    google.clock.pass_by(30)
    with pytest.raises(IdentityRefused, match=FORGED):
        identities.verify(signed(claims(iat=now, exp=now + 3600)))


def test_certificates_that_are_not_valid_now_or_not_of_rsa_are_none(google: Google) -> None:
    google.give(
        {
            "old": certificate(private_key("one"), NOW - timedelta(days=20), 10),
            "early": certificate(private_key("one"), NOW + timedelta(days=1)),
            "curve": certificate(ec.generate_private_key(ec.SECP256R1())),
            "junk": "no certificate",
            "two": certificate(private_key("two")),
        }
    )
    identities = google.identities()
    for kid in ("old", "early", "curve", "junk"):
        assert refused(identities, signed(claims(), kid=kid)).reason == FORGED
    assert identities.verify(signed(claims(), kid="two", key="two"))


def test_google_is_slow(google: Google) -> None:
    google.open.clear()
    with pytest.raises(IdentityUnchecked, match="ReadTimeout"):
        google.identities(patience=0.05).verify(signed(claims()))


def test_many_at_once_ask_google_once(google: Google) -> None:
    google.open.clear()
    identities = google.identities()
    with ThreadPoolExecutor(8) as pool:
        coming = [pool.submit(identities.verify, signed(claims(sub=str(number)))) for number in range(8)]
        assert google.heard.wait(60)
        google.open.set()
        assert sorted(one.result().subject for one in coming) == [str(number) for number in range(8)]
    assert google.asked == 1


def test_who_has_a_certificate_does_not_wait_while_another_fetches(google: Google) -> None:
    identities = google.identities()
    identities.verify(signed(claims()))
    google.clock.pass_by(20_000)
    google.open.clear()
    google.heard.clear()
    now = int(google.clock.now.timestamp())
    token = signed(claims(iat=now, exp=now + 3600))
    with ThreadPoolExecutor(2) as pool:
        fetching = pool.submit(identities.verify, token)
        assert google.heard.wait(60)
        try:
            assert pool.submit(identities.verify, token).result(timeout=15), "with what is kept"
            assert not fetching.done()
        finally:
            google.open.set()
        assert fetching.result()
    assert google.asked == 2


def test_an_answer_without_end_is_cut_off(google: Google) -> None:
    google.give(b" " * (LARGEST + 1))
    with pytest.raises(IdentityUnchecked, match="more than"):
        google.identities().verify(signed(claims()))


def test_a_proxy_that_is_none_is_refused_without_its_password() -> None:
    with pytest.raises(ValueError, match="address of the proxy") as caught:
        Transport(proxy="what:// user:hunter2@nowhere:x")
    assert not re.search("hunter2", repr(caught.value) + repr(caught.value.__cause__))


def test_requests_of_google_auth_go_out_as_they_are_and_failures_are_its_own() -> None:
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        if request.url.path == "/cut":
            raise httpx.ReadError("cut")
        return httpx.Response(418, headers={"X-Said": "tea"}, content=b"short and stout")

    client = httpx.Client(transport=httpx.MockTransport(answer))
    transport = Transport(client)
    came = transport("https://oauth2.example/token", "POST", b"a=b", {"X-Own": "1"}, timeout=5)
    assert (came.status, came.headers["x-said"], came.data) == (418, "tea", b"short and stout")
    assert (heard[0].method, heard[0].content, heard[0].headers["x-own"]) == ("POST", b"a=b", "1")
    for address in ("https://oauth2.example/cut", "https://\x00"):
        with pytest.raises(TransportError):
            transport(address, headers={"Authorization": "Bearer secret"})
    transport.close()
    assert transport("https://oauth2.example/token").status == 418, "a client of somebody else is not closed"
    client.close()
    with pytest.raises(TransportError):
        transport("https://oauth2.example/token")
    late = Transport(httpx.Client(transport=httpx.MockTransport(answer)), clock=iter((0.0, 5.1)).__next__)
    with pytest.raises(TransportError, match="longer than 5 seconds"):
        late("https://oauth2.example/token", timeout=5)
