"""Every error has its own code, one sentence and a status."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from tabular import errors
from tabular.errors import TablesError


def leaves(kind: type[TablesError] = TablesError) -> Iterator[type[TablesError]]:
    """The classes of the tree that are raised."""
    for child in kind.__subclasses__():
        if child.__subclasses__():
            yield from leaves(child)
        elif child.__module__.startswith("tabular.errors"):
            yield child


def sample(kind: type[TablesError]) -> TablesError:
    """An error of that class with some facts in it."""
    facts: dict[str, object] = {}
    assert is_dataclass(kind)
    for field in fields(kind):
        facts[field.name] = 3 if field.type in (int, float) else "Do this." if field.name == "advice" else "x"
        if "tuple" in str(field.type):
            facts[field.name] = ("a", "b")
    return kind(**facts)


@pytest.mark.parametrize("kind", list(leaves()), ids=lambda kind: kind.__name__)
def test_an_error_is_one_sentence_with_a_code(kind: type[TablesError]) -> None:
    error = sample(kind)
    assert re.fullmatch(r"TT\d{3}", error.code)
    assert 400 <= error.status < 600
    assert re.fullmatch(r"[^\n]+\.", error.message)
    assert error.hint is None or re.fullmatch(r"[^\n]+[.?]", error.hint)
    assert str(error).startswith(error.message)
    assert str(error).endswith(f"[{error.code}]")


def test_codes_are_used_once_and_the_tree_is_drawn_whole() -> None:
    codes = [kind.code for kind in leaves()]
    assert len(set(codes)) == len(codes) >= 25
    drawn = errors.__doc__ or ""
    for kind in leaves():
        assert re.search(rf"\b{kind.__name__}\s+{kind.status}\b", drawn), kind.__name__


def test_what_the_caller_sent_is_repeated_on_one_short_line() -> None:
    error = errors.UnknownTable("x" * 500 + "\n<script>", ("calls",))
    assert "\n" not in error.message
    assert len(error.message) < 120
