"""Every way in which httpx may fail has plain words; waits between attempts stay within their bounds."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import chain

import h2.exceptions
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tvox.backoff import CAP, LONGEST, SHORTEST, backoff, backoff_when_busy, retry_after
from connectors.tvox.trouble import _CERTIFICATE, TROUBLES, trouble_of

NOW = datetime(2020, 5, 1, tzinfo=UTC)


def kinds(root: type[Exception]) -> Iterator[type[Exception]]:
    """A class of exceptions and all below it."""
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def raised_by_httpx() -> set[type[Exception]]:
    """Every exception in the face of httpx, and those below them that are raised: with no others below."""
    public = (getattr(httpx, name) for name in httpx.__all__)
    roots = [one for one in public if isinstance(one, type) and issubclass(one, Exception)]
    return {kind for kind in chain.from_iterable(map(kinds, roots)) if not kind.__subclasses__()}


@pytest.mark.parametrize("kind", sorted(raised_by_httpx(), key=str))
def test_every_exception_of_httpx_is_mapped(kind: type[Exception]) -> None:
    nearest = next(one for one in kind.__mro__ if one in TROUBLES)
    # Not by way of ValueError or another class that is not httpx's own.
    assert nearest.__module__.startswith("httpx")
    assert kind in TROUBLES or issubclass(kind, httpx.StreamError)


def test_the_walk_finds_them() -> None:
    assert {httpx.ReadTimeout, httpx.ConnectError, httpx.InvalidURL, httpx.StreamConsumed} <= raised_by_httpx()
    assert len(raised_by_httpx()) >= 19


def test_reasons_fit_into_the_sentence_of_the_error() -> None:
    reasons = [trouble.reason for trouble in TROUBLES.values()] + list(_CERTIFICATE.values())
    assert all(len(reason) <= 60 for reason in reasons)
    for by_proxy in (False, True):
        for cause in (ConnectionRefusedError(), OSError(), ssl.SSLError(1, "[SSL: X] x"), None):
            failure = httpx.ConnectError(cause.__class__.__name__)
            failure.__cause__ = cause
            assert 0 < len(trouble_of(failure, by_proxy).reason) <= 60


def test_where_there_is_a_proxy_it_is_named() -> None:
    refused = httpx.ConnectError("")
    refused.__cause__ = ConnectionRefusedError()
    assert trouble_of(refused, by_proxy=True).reason == "the proxy refuses the connection"


def test_http2_is_mapped_too() -> None:
    assert trouble_of(h2.exceptions.StreamClosedError(1)).reason == "its answer broke off or was no HTTP"


@pytest.mark.law
@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_grow_to_a_cap(tries: int, part: float) -> None:
    def draw(low: float, high: float) -> float:
        return low + part * (high - low)

    assert 0 <= backoff(tries, draw) <= min(CAP, 0.5 * 2 ** min(tries - 1, 20))
    most = min(CAP, 4 * 2 ** min(tries - 1, 20))
    assert most / 2 <= backoff_when_busy(tries, draw) <= most


@given(st.integers(1, 10))
def test_chance_keeps_to_the_bounds(tries: int) -> None:
    assert 0 <= backoff(tries) <= CAP
    assert 2 <= backoff_when_busy(tries) <= CAP


@pytest.mark.law
@given(st.text() | st.from_regex(r"[0-9.]{1,20}", fullmatch=True) | st.datetimes().map(str))
def test_no_retry_after_is_too_long(said: str) -> None:
    seconds = retry_after(said, NOW)
    assert seconds is None or SHORTEST <= seconds <= LONGEST


@pytest.mark.law
@given(st.integers(-5000, 5000))
def test_a_date_and_a_number_mean_the_same(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(date, NOW) == retry_after(str(max(0, seconds)), NOW)


@pytest.mark.parametrize("said", [None, "", "soon", "-5", "1e3", "٣", "Fri, 99 May 2020 00:00:30 GMT", "nan", "9" * 30])
def test_other_words_say_nothing(said: str | None) -> None:
    assert retry_after(said, NOW) is None


def test_a_date_without_a_zone_is_utc() -> None:
    assert retry_after("Fri, 01 May 2020 00:00:30 -0000", NOW) == 30
    assert retry_after("Fri, 01 May 2020 02:00:30 +0200", NOW) == 30
