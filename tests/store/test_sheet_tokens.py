"""Sheet tokens in the control database: what one opens, until when, and that nothing else is one."""

import re
import string
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from store import sheet_tokens
from store.control import IDENTITIES, METADATA, SHEET_TOKENS, Control
from store.keys import Keys
from store.sheet_tokens import Holder, Identity, SheetTokens, is_sheet_token
from tabular.errors import IdentityUsed, SheetTokenRefused, SheetTokensFull, TablesError, UnknownSheetToken
from tabular.restriction import Restriction

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOLDER = Holder("1AbC-d_e", "Sales", "anna@example.com")


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A control database with the keys `sheet` and `other`."""
    opened = Control(tmp_path / "tvox.duckdb")
    for name in ("sheet", "other"):
        Keys(opened).create(name)
    yield opened
    opened.close()


def identity(text: str = "one", hours: float = 1) -> Identity:
    """An identity token that is exchanged."""
    expires = NOW + timedelta(hours=hours)
    return Identity(text.encode(), expires, expires + timedelta(seconds=30))


def test_a_token_is_its_key_and_whose(control: Control) -> None:
    Keys(control).create("few", None, 7, Restriction(tables=("inboundCalls",), hidden=("cli",)))
    made, token = SheetTokens(control).make("few", HOLDER, NOW)
    assert re.fullmatch(r"SHEET(-[A-HJ-KM-NP-Z2-9]{8}){4}", token)
    assert is_sheet_token(token)
    again = SheetTokens(control).find(token, NOW)
    assert again == made
    assert (again.key.name, again.key.per_minute, again.key.restriction.hidden) == ("few", 7, ("cli",))
    assert (again.holder, again.made, again.revoked, again.used) == (HOLDER, NOW, None, None)


def test_nothing_else_is_a_token(control: Control) -> None:
    known = SheetTokens(control)
    _, token = known.make("sheet", HOLDER, NOW)
    reads: list[object] = []
    event.listen(control.engine, "before_cursor_execute", lambda *said: reads.append(said[2]))
    for other in ("", "SHEET-", token[:-1], f"{token}A", f"{token}\n", token.lower(), token[:-1] + "\udc80", "SHEET-É"):
        assert known.is_quick(other)
        with pytest.raises(SheetTokenRefused, match="not whole"):
            known.find(other, NOW)
    assert not reads, "what cannot be a token is refused without a look at the database"
    for letter in set(string.ascii_uppercase + "23456789") - {token[-1]}:
        with pytest.raises(SheetTokenRefused, match="not known"):
            known.find(token[:-1] + letter, NOW)
    assert known.find(token, NOW)


def test_the_files_hold_no_token(control: Control, tmp_path: Path) -> None:
    _, token = SheetTokens(control).make("sheet", HOLDER, NOW)
    control.close()
    files = list(tmp_path.iterdir())
    assert any(b"anna@example.com" in file.read_bytes() for file in files)
    assert not any(group.encode() in file.read_bytes() for file in files for group in token.split("-")[1:])


def test_a_token_ends_with_its_key(control: Control) -> None:
    keys, known = Keys(control), SheetTokens(control)
    keys.create("short", NOW + timedelta(days=1))
    (_, one), (_, two) = known.make("sheet", HOLDER, NOW), known.make("short", HOLDER, NOW)
    known.find(one, NOW)
    keys.revoke("sheet")
    with pytest.raises(SheetTokenRefused, match="belongs to a key that has been revoked"):
        known.find(one, NOW)
    assert known.find(two, NOW + timedelta(days=1) - timedelta(microseconds=1))
    with pytest.raises(SheetTokenRefused, match="belongs to a key that expired on 2026-11-23"):
        known.find(two, NOW + timedelta(days=1))


def test_a_remembered_token_ends_when_another_process_revokes_it(control: Control, tmp_path: Path) -> None:
    known, other = SheetTokens(control), Control(tmp_path / "tvox.duckdb")
    (first, one), (_, two) = known.make("sheet", HOLDER, NOW), known.make("sheet", HOLDER, NOW)
    assert not known.is_quick(one)
    known.find(one, NOW)
    reads: list[object] = []
    event.listen(control.engine, "before_cursor_execute", lambda *said: reads.append(said[2]))
    assert known.is_quick(one)
    assert known.find(one, NOW)
    assert not reads, "what is remembered is not read again"
    SheetTokens(other).revoke(first.id, NOW)
    assert not known.is_quick(one)
    with pytest.raises(SheetTokenRefused, match="has been revoked"):
        known.find(one, NOW)
    assert known.find(two, NOW)
    other.close()


def test_only_its_own_key_revokes_a_token_and_the_first_time_counts(control: Control) -> None:
    known = SheetTokens(control)
    made, _ = known.make("sheet", HOLDER, NOW)
    for wrong, key in ((made.id, "other"), ("", "sheet"), ("' OR 1=1 --", "sheet"), ("' OR 1=1 --", None)):
        with pytest.raises(UnknownSheetToken):
            known.revoke(wrong, NOW, key)
    known.revoke(made.id, NOW, "sheet")
    known.revoke(made.id, NOW + timedelta(hours=1))
    assert [token.revoked for token in known.all("sheet")] == [NOW]
    assert known.all("other") == []


def test_use_is_noted_at_most_once_an_hour(control: Control) -> None:
    known = SheetTokens(control)
    made, token = known.make("sheet", HOLDER, NOW)
    assert known.is_to_note(made, NOW)
    known.note(made, NOW)
    known.note(made, NOW + timedelta(minutes=59))  # as a request that began before the first had noted it
    found = known.find(token, NOW)
    assert found.used == NOW
    assert not known.is_to_note(found, NOW + timedelta(minutes=59))
    assert known.is_to_note(found, NOW + timedelta(hours=1))
    known.note(found, NOW + timedelta(hours=1))
    assert known.find(token, NOW).used == NOW + timedelta(hours=1)


def test_a_key_has_so_many_tokens_and_as_many_that_are_over(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_tokens, "MOST", 3)
    known = SheetTokens(control)
    made = [known.make("sheet", HOLDER, NOW)[0].id for _ in range(3)]
    with pytest.raises(SheetTokensFull, match="3 sheets"):
        known.make("sheet", HOLDER, NOW, identity())
    known.make("other", HOLDER, NOW, identity())  # what was refused used up nothing
    for _ in range(4):
        known.revoke(made[-1], NOW)
        made.append(known.make("sheet", HOLDER, NOW)[0].id)
    assert [token.id for token in known.all("sheet")] == [*made[:2], *made[3:]]
    assert sum(token.revoked is not None for token in known.all("sheet")) == 3


def test_an_identity_is_exchanged_once_by_whichever_process(control: Control, tmp_path: Path) -> None:
    other = Control(tmp_path / "tvox.duckdb")
    SheetTokens(control).make("sheet", Holder("first"), NOW, identity())
    for known in (SheetTokens(control), SheetTokens(other)):
        with pytest.raises(IdentityUsed, match="again in 1 minutes"):
            known.make("sheet", Holder("second"), NOW + timedelta(minutes=59), identity())
    assert SheetTokens(other).make("sheet", Holder("second"), NOW, identity("two"))
    assert [token.holder.spreadsheet for token in SheetTokens(control).all()] == ["first", "second"]
    other.close()


def test_an_identity_is_remembered_for_as_long_as_it_is_taken(control: Control) -> None:
    known, end = SheetTokens(control), identity().until
    known.make("sheet", HOLDER, NOW, identity())
    known.make("sheet", HOLDER, end - timedelta(microseconds=1), identity("two", 5))
    with pytest.raises(IdentityUsed):
        known.make("sheet", HOLDER, end - timedelta(microseconds=1), identity())
    known.make("sheet", HOLDER, end, identity("three", 5))
    with control.engine.connect() as connection:
        kept = {row.hash for row in connection.execute(IDENTITIES.select())}
    assert kept == {b"two", b"three"}


def test_of_many_at_once_one_exchanges_an_identity(control: Control) -> None:
    known = SheetTokens(control)

    def tried(number: int) -> bool:
        try:
            known.make("sheet", Holder(str(number)), NOW, identity())
        except TablesError as refusal:
            assert isinstance(refusal, IdentityUsed)  # noqa: PT017  # in a thread of its own
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, range(8))) == 1
    assert len(known.all()) == 1


def test_a_control_database_of_an_earlier_release_gets_the_tables(control: Control, tmp_path: Path) -> None:
    METADATA.drop_all(control.engine, tables=[SHEET_TOKENS, IDENTITIES])
    again = Control(tmp_path / "tvox.duckdb")
    assert SheetTokens(again).make("sheet", HOLDER, NOW, identity())
    again.close()
