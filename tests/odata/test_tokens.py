"""Skip tokens: what was put in comes out, and nothing that another hand made."""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.tokens import SkipToken, Value, token_of, token_text
from tabular.errors import TokenRefused

SECRET = b"of this installation"
QUESTION = "calls?$orderby=cli&$select=id,cli"
TOKEN = SkipToken(7, ("x", 3), 100, QUESTION)

VALUES = (
    st.none()
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))
)


@pytest.mark.law
@given(st.integers(0), st.lists(VALUES, max_size=4), st.none() | st.integers(0), st.text(max_size=20))
def test_a_token_is_read_back_with_the_kinds_of_its_values(
    version: int, after: list[Value], left: int | None, question: str
) -> None:
    token = SkipToken(version, tuple(after), left, question)
    text = token_text(token, SECRET)
    assert quote(text, safe="") == text
    found = token_of(text, SECRET, question)
    assert found == token
    assert [type(value) for value in found.after] == [type(value) for value in after]
    assert [math.copysign(1, one) for one in found.after if isinstance(one, float)] == [
        math.copysign(1, one) for one in after if isinstance(one, float)
    ]


def test_numbers_that_are_none_and_infinite_ones_are_kept() -> None:
    text = token_text(SkipToken(1, (math.nan, math.inf, -math.inf), None, ""), SECRET)
    nan, *infinite = token_of(text, SECRET, "").after
    assert isinstance(nan, float)
    assert math.isnan(nan)
    assert infinite == [math.inf, -math.inf]


def test_the_question_is_not_readable_in_it() -> None:
    text = token_text(TOKEN, SECRET)
    assert QUESTION.encode() not in urlsafe_b64decode(text + "==")


@pytest.mark.parametrize("question", ["", QUESTION + "&$filter=id eq 1"])
def test_a_token_of_another_question_is_refused(question: str) -> None:
    with pytest.raises(TokenRefused, match="belongs to another question") as refused:
        token_of(token_text(TOKEN, SECRET), SECRET, question)
    assert refused.value.status == 400


@pytest.mark.parametrize("text", ["", "x", "1000", "é", "a" * 20_004, "%%%%", token_text(TOKEN, b"of another one")])
def test_a_foreign_token_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused, match="none that this service gave"):
        token_of(text, SECRET, QUESTION)


def test_a_token_is_refused_whatever_is_changed_in_it() -> None:
    text = token_text(TOKEN, SECRET)
    sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    changed = [urlsafe_b64encode(sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :]) for i in range(len(sealed))]
    others = [one.decode().rstrip("=") for one in changed]
    for other in [*others, text[:-1], text + "A", f"{text}=", f"{text}!", f" {text}", f"{text[:5]}\n{text[5:]}"]:
        with pytest.raises(TokenRefused):
            token_of(other, SECRET, QUESTION)
