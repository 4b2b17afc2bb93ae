"""Skip tokens: where the next page begins, as text that nobody else can make."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tabular.errors import TokenRefused

Value = str | int | float | bool | datetime | None

LONGEST = 20_000
"""Characters of a token that is looked at."""

_SEAL = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SkipToken:
    """The page that begins behind the row with these values of what the answer is sorted by.

    `version` is the store's, which all pages read; `left` how many rows `$top` still allows, None for all; `question`
    is everything else that the pages have in common, in a spelling of the caller's. Moments are those of UTC.
    """

    version: int
    after: tuple[Value, ...]
    left: int | None
    question: str


def token_text(token: SkipToken, secret: bytes) -> str:
    """A token as text that an address can hold; it does not hold the question itself.

    >>> text = token_text(SkipToken(7, ("a", None), 10, "calls"), b"secret")
    >>> token_of(text, b"secret", "calls").after
    ('a', None)
    """
    said = [token.version, token.left, [_said(value) for value in token.after]]
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = _digest(token.question) + content
    return urlsafe_b64encode(_seal(sealed, secret) + sealed).decode().rstrip("=")


def token_of(text: str, secret: bytes, question: str) -> SkipToken:
    """The token that `token_text` made of the same question under the same secret.

    Raises TokenRefused for all others. Whether its version is still kept is for the store to say.
    """
    whole = _bytes_of(text)
    seal, sealed = whole[:_SEAL], whole[_SEAL:]
    if not hmac.compare_digest(seal, _seal(sealed, secret)):
        raise TokenRefused("is none that this service gave")
    if not hmac.compare_digest(sealed[:_SEAL], _digest(question)):
        raise TokenRefused("belongs to another question")
    version, left, after = json.loads(sealed[_SEAL:])
    return SkipToken(version, tuple(_meant(*one) for one in after), left, question)


def _bytes_of(text: str) -> bytes:
    """The bytes that a token spells; none where it spells nothing, or in more than one way."""
    try:
        if len(text) <= LONGEST:
            found = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            # The decoder skips letters that are not of its alphabet.
            return found if urlsafe_b64encode(found).decode().rstrip("=") == text else b""
    except ValueError:
        pass
    return b""


def _seal(content: bytes, secret: bytes) -> bytes:
    # The secret seals other things elsewhere: the label keeps them apart.
    return hmac.digest(hmac.digest(secret, b"odata skiptoken", sha256), content, sha256)[:_SEAL]


def _digest(question: str) -> bytes:
    return sha256(question.encode(errors="surrogatepass")).digest()[:_SEAL]


def _said(value: Value) -> tuple[str, object]:
    """A value with the kind that JSON does not show: numbers are spelt to the last bit, moments in microseconds."""
    match value:
        case None:
            return "null", None
        case bool():
            return "boolean", value
        case int():
            return "integer", value
        case float():
            return "number", value.hex()
        case datetime():
            return "time", (value - _EPOCH) // _MICROSECOND
    return "text", value


def _meant(kind: str, said: object) -> Value:
    match kind, said:
        case "number", str():
            return float.fromhex(said)
        case "time", int():
            return _EPOCH + said * _MICROSECOND
    assert said is None or isinstance(said, str | int | bool)
    return said
