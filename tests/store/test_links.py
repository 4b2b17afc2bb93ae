"""Links in the control database: what a token opens, until when, and that nothing else is a token."""

import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from store import links
from store.control import LINKS, Control
from store.keys import Keys
from store.links import Links, Wanted
from tabular.errors import LinkOver, LinkRefused, LinksFull, UnknownLink

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LETTERS = string.ascii_letters + string.digits + "-_"
WANTED = Wanted("wall", "inboundCalls", "csv", {"last": "7d", "columns": "id,cli"}, NOW + timedelta(days=1))


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A control database with the keys `sheet` and `other`."""
    opened = Control(tmp_path / "tvox.duckdb")
    for name in ("sheet", "other"):
        Keys(opened).create(name)
    yield opened
    opened.close()


def test_a_link_is_what_was_wanted_and_whose(control: Control) -> None:
    made, token = Links(control).make("sheet", WANTED, NOW)
    again = Links(control).find(token, "csv", NOW)
    assert again == made
    assert (again.key.name, again.wanted, again.made, again.revoked, again.used) == ("sheet", WANTED, NOW, None, None)
    assert list(again.wanted.asked) == ["last", "columns"]


def test_no_letter_of_a_token_may_be_another_one(control: Control) -> None:
    known = Links(control)
    _, token = known.make("sheet", WANTED, NOW)
    reads: list[object] = []
    event.listen(control.engine, "before_cursor_execute", lambda *said: reads.append(said[2]))
    for place, right in enumerate(token):
        for letter in LETTERS:
            if letter != right:
                with pytest.raises(LinkRefused):
                    known.find(token[:place] + letter + token[place + 1 :], "csv", NOW)
    for other in ("", token[:-1], token + "A", f"{token}=", f"{token}\n", token[:-1] + "é", token[:-1] + "\udc80"):
        with pytest.raises(LinkRefused):
            known.find(other, "csv", NOW)
    for form in ("tsv", "CSV", "csv ", "", "\udc80"):
        with pytest.raises(LinkRefused):
            known.find(token, form, NOW)
    assert not reads, "what was not made here is refused without a look at the database"
    assert known.find(token, "csv", NOW).wanted == WANTED
    assert reads


def test_a_sealed_token_that_nobody_was_given_opens_nothing(control: Control) -> None:
    """Not even whoever has the secret may make one: the database knows each that was made."""
    known = Links(control)
    _, token = known.make("sheet", WANTED, NOW)
    with control.engine.begin() as connection:
        connection.execute(LINKS.delete())
    with pytest.raises(LinkRefused):
        known.find(token, "csv", NOW)


def test_two_installations_know_nothing_of_each_other(control: Control, tmp_path: Path) -> None:
    other = Control(tmp_path / "other.duckdb")
    Keys(other).create("sheet")
    _, token = Links(other).make("sheet", WANTED, NOW)
    with pytest.raises(LinkRefused):
        Links(control).find(token, "csv", NOW)
    other.close()


def test_the_files_hold_no_token(control: Control, tmp_path: Path) -> None:
    _, token = Links(control).make("sheet", WANTED, NOW)
    control.close()
    files = list(tmp_path.iterdir())
    assert files
    assert not any(token[:12].encode() in file.read_bytes() for file in files)


def test_a_link_ends_at_its_moment(control: Control) -> None:
    known = Links(control)
    _, token = known.make("sheet", WANTED, NOW)
    assert known.find(token, "csv", WANTED.expires - timedelta(microseconds=1))
    with pytest.raises(LinkOver, match="expired on 2026-11-23"):
        known.find(token, "csv", WANTED.expires)


def test_a_remembered_link_ends_when_another_process_revokes_it_or_its_key(control: Control, tmp_path: Path) -> None:
    known, other = Links(control), Control(tmp_path / "tvox.duckdb")
    (first, one), (_, two) = known.make("sheet", WANTED, NOW), known.make("sheet", WANTED, NOW)
    known.find(one, "csv", NOW)
    known.find(two, "csv", NOW)
    assert known.is_quick(one, "csv")
    Links(other).revoke(first.id, NOW)
    assert not known.is_quick(one, "csv")
    with pytest.raises(LinkOver, match="has been revoked"):
        known.find(one, "csv", NOW)
    assert known.find(two, "csv", NOW)
    Keys(other).revoke("sheet")
    with pytest.raises(LinkOver, match="is one of a key that has been revoked"):
        known.find(two, "csv", NOW)
    other.close()


def test_only_its_own_key_revokes_a_link_and_the_first_time_counts(control: Control) -> None:
    known = Links(control)
    made, _ = known.make("sheet", WANTED, NOW)
    for wrong, key in ((made.id, "other"), ("", "sheet"), ("' OR 1=1 --", "sheet"), ("' OR 1=1 --", None)):
        with pytest.raises(UnknownLink):
            known.revoke(wrong, NOW, key)
    known.revoke(made.id, NOW, "sheet")
    known.revoke(made.id, NOW + timedelta(hours=1), "sheet")
    assert [link.revoked for link in known.all("sheet")] == [NOW]
    assert known.all("other") == []


def test_use_is_noted_at_most_once_an_hour(control: Control) -> None:
    known = Links(control)
    link, token = known.make("sheet", WANTED, NOW)
    assert known.is_to_note(link, NOW)
    known.note(link, NOW)
    link = known.find(token, "csv", NOW)
    assert link.used == NOW
    assert not known.is_to_note(link, NOW + timedelta(minutes=59))
    assert known.is_to_note(link, NOW + timedelta(hours=1))


def test_a_key_has_so_many_links_and_as_many_that_are_over(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST", 3)
    known = Links(control)
    made = [known.make("sheet", WANTED, NOW)[0].id for _ in range(3)]
    with pytest.raises(LinksFull):
        known.make("sheet", WANTED, NOW)
    known.make("other", WANTED, NOW)
    known.revoke(made[0], NOW)
    later = WANTED.expires  # when all of them have expired
    newer = [known.make("sheet", Wanted("", "t", "csv", {}, later + timedelta(days=1)), later)[0].id for _ in range(2)]
    known.revoke(newer[0], later)
    newest, _ = known.make("sheet", Wanted("", "t", "csv", {}, later + timedelta(days=1)), later)
    assert [link.id for link in known.all("sheet")] == [*made[1:], *newer, newest.id]
