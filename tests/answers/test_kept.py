"""Kept answers stay within their memory, and what was asked for last stays longest."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers.answer import Answer, Question, answer
from answers.kept import KeptAnswers
from datamodel.catalogue import documented
from formats import formats
from formats.format import Header, Style, Times
from store.store import Store
from tabular.filter import Scope, bind, parse
from tabular.query import Query, SortKey, Window
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.steps import CALLS, NOW, SUMMARIES, batches, moment, selected, step

LARGE = 1_000_000
NAMES = st.sampled_from("abcdefghij")


@given(st.lists(st.tuples(st.booleans(), NAMES, st.integers(0, 3_000)), max_size=80))
def test_it_is_what_a_plain_list_of_the_last_asked_would_be(steps: list[tuple[bool, str, int]]) -> None:
    kept, plain = KeptAnswers(16 * 2_000), OrderedDict[str, bytes]()
    for puts, name, size in steps:
        if puts:
            kept.put(name, b"x" * size)
            if size + 501 <= 2_000:
                plain.pop(name, None)
                plain[name] = b"x" * size
                while sum(len(body) + 501 for body in plain.values()) > 16 * 2_000:
                    plain.popitem(last=False)
        else:
            assert kept.get(name) == plain.get(name)
            if name in plain:
                plain.move_to_end(name)
        assert kept.bytes == sum(len(body) + 501 for body in plain.values()) <= kept.most
        assert len(kept) == len(plain)


def test_no_memory_keeps_nothing() -> None:
    kept = KeptAnswers(0)
    kept.put("a", b"")
    assert kept.get("a") is None
    assert (kept.bytes, kept.hits, kept.misses) == (0, 0, 1)


def test_any_number_of_threads_may_use_it() -> None:
    kept = KeptAnswers(16 * 1_000)

    def use(number: int) -> None:
        for turn in range(500):
            kept.put(f"{(turn * number) % 23}", b"x" * (turn % 400))
            kept.get(f"{turn % 23}")

    threads = [threading.Thread(target=use, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.hits + kept.misses == 2_000
    assert 0 < kept.bytes <= kept.most
    held = {name: kept.get(name) for name in map(str, range(23))}
    assert kept.bytes == sum(len(name) + len(body) + 500 for name, body in held.items() if body is not None)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """A store with some calls of one month."""
    rows = [step(moment("2026-11-03T08:00") + timedelta(minutes=i), 0, i, user=f"user{i % 3}") for i in range(20)]
    with Store(tmp_path / "tvox.duckdb") as opened:
        with opened.writing("test") as writing:
            writing.merge(CALLS, batches(rows), SUMMARIES)
        yield opened


QUESTION = Question(
    Query(CALLS, selected(CALLS, "id", "user"), limit=5), documented(), formats()["csv"], Style(Times.LOCAL), "UTC"
)


def answered(question: Question, store: Store) -> Answer:
    return answer(question, store, 13, NOW)


def asking(**changes: object) -> Question:
    """QUESTION with another query."""
    return replace(QUESTION, query=replace(QUESTION.query, **changes))  # type: ignore[arg-type]


def filtering(text: str) -> Question:
    bound = bind(parse(text), Scope(CALLS, (), "UTC", NOW))
    return replace(asking(filter=bound), filter=text)


MASKED = documented().restricted(Restriction(masked=(("user", Mask(MaskKind.HASH)),)))
OTHERS = {
    "another column": asking(columns=selected(CALLS, "id", "cli")),
    "another name": asking(columns=(replace(QUESTION.query.columns[0], name="user"), QUESTION.query.columns[1])),
    "another page": asking(offset=5),
    "another length": asking(limit=6),
    "another order": asking(sort=(SortKey(CALLS.column("user")),)),
    "a window": asking(window=Window(datetime(2026, 11, 1, tzinfo=UTC), None)),
    "a filter": filtering("user eq 'user1'"),
    "a filter of another kind": filtering("user eq '1'"),
    "the same filter in other words": filtering("(user eq 'user1')"),
    "another format": replace(QUESTION, form=formats()["tsv"]),
    "other times": replace(QUESTION, style=Style(Times.ISO)),
    "another header": replace(QUESTION, style=Style(Times.LOCAL, Header.NONE)),
    "another zone": replace(QUESTION, zone="Europe/Rome"),
    "a key that sees less": replace(
        asking(columns=selected(MASKED.table("inboundCalls"), "id", "user"), table=MASKED.table("inboundCalls")),
        catalogue=MASKED,
    ),
    "another table": asking(table=SUMMARIES, columns=selected(SUMMARIES, "id", "user")),
}


def test_whatever_changes_the_bytes_changes_the_name(filled: Store) -> None:
    names = {said: answered(question, filled).name for said, question in OTHERS.items()}
    assert len({*names.values(), answered(QUESTION, filled).name}) == len(OTHERS) + 1
    assert answered(QUESTION, filled).name == answered(QUESTION, filled).name
    assert b"".join(answered(QUESTION, filled).pieces()) == b"".join(answered(QUESTION, filled).pieces())


def test_a_version_or_a_later_look_changes_the_name(filled: Store) -> None:
    names = [answered(QUESTION, filled).name]
    (partition,) = filled.partitions("inboundCalls")
    with filled.writing("test") as writing:
        # Nothing has changed; but a page that says as of when it is has to say another time.
        writing.confirm(CALLS, partition.month, NOW + timedelta(minutes=1), settled=False)
    names.append(answered(QUESTION, filled).name)
    with filled.writing("test") as writing:
        writing.merge(CALLS, batches([step(moment("2026-11-03T08:00"), 0, 0, user="other")]), SUMMARIES)
    names.append(answered(QUESTION, filled).name)
    assert len(set(names)) == 3


def test_another_store_gives_other_names(filled: Store) -> None:
    with filled.beside() as beside:
        with beside.writing("test") as writing:
            writing.merge(CALLS, batches([step(moment("2026-11-03T08:00"))]), SUMMARIES)
        assert answered(QUESTION, beside).name != answered(QUESTION, filled).name
