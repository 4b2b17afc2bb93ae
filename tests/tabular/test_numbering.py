"""Numbers for ids: what is documented exactly, everything else by a hash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.numbering import HASHED_FROM, number_of

SPELLED_OTHERWISE = [
    "1588581589.01",
    "01588581589.1",
    "1588581589.1000000",
    "9000000000.1",
    "1588581589",
    "1588581589.",
    ".1",
    "-1.1",
    "+1.1",
    "1588581589.1 ",
    "1588581589.1\n",
    "1588581589.1.2",
    "1e9.1",
    "\uff11588581589.1",
    "",
    "0007418f-3d4a-4315-c3e2-b3bf3521a325",
]


def test_a_documented_id_is_its_time_and_its_counter() -> None:
    assert number_of("1588581589.1320") == 1588581589001320
    assert number_of("1588581589.0") == 1588581589000000
    assert number_of("0.1") == 1
    assert number_of("8999999999.999999") == 8999999999999999 < 2**53


@pytest.mark.parametrize("text", SPELLED_OTHERWISE)
def test_any_other_text_is_hashed(text: str) -> None:
    assert HASHED_FROM <= number_of(text) < 2**63


def test_the_hash_never_changes() -> None:
    assert number_of("x") == 7609349463296291389
    assert number_of("0007418f-3d4a-4315-c3e2-b3bf3521a325") == 6437746702283391736


@pytest.mark.law
@given(st.sets(st.one_of(st.text(max_size=20), st.from_regex(r"\A[0-9]{1,10}\.[0-9]{1,7}\Z")), max_size=20))
def test_different_ids_have_different_numbers(texts: set[str]) -> None:
    assert len({number_of(text) for text in texts}) == len(texts)
