"""A key's catalogue: what it does not hold does not exist, under any name and in any table."""

import pytest

from datamodel.catalogue import documented
from tabular.errors import UnknownColumn, UnknownTable
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind


def names(table: str, **restriction: object) -> set[str]:
    """The columns of a table that a key sees."""
    seen = documented().restricted(Restriction(**restriction))  # type: ignore[arg-type]
    return {column.name for column in seen.table(table).columns}


def test_a_hidden_column_is_gone_wherever_it_shows() -> None:
    hidden = ("user",)
    assert "user" not in names("inboundCalls", hidden=hidden)
    assert not {"user", "users"} & names("inboundCallSummaries", hidden=hidden)
    assert "user" in names("inboundCalls")


def test_a_path_stands_for_all_that_is_in_it() -> None:
    assert not {n for n in names("inboundCalls", hidden=("contact",)) if n.startswith("contact_")}
    assert "contact_type" in names("inboundCalls", hidden=("contact.value",))
    contacts = names("addressBookContacts", hidden=("tel",))
    assert not {name for name in contacts if name.startswith("tel_")}
    assert names("addressBookContactTels", hidden=("tel",)) == {"uuid"}
    assert names("addressBookContactTels", hidden=("tel.value",)) == {"uuid", "position", "type"}


def test_a_pattern_may_name_one_table() -> None:
    hidden = ("outboundCalls:cli",)
    assert "cli" in names("inboundCalls", hidden=hidden)
    assert "cli" not in names("outboundCalls", hidden=hidden)
    assert "cli" not in names("outboundCallSummaries", hidden=hidden)


def test_an_answered_flag_does_not_tell_what_the_answer_time_would() -> None:
    hidden = ("answerByUserTime",)
    assert not {"answered", "answers", "answerByUserTime"} & names("inboundCallSummaries", hidden=hidden)


def test_a_hidden_column_is_unknown_and_never_suggested() -> None:
    seen = documented().restricted(Restriction(hidden=("cli",))).table("inboundCalls")
    with pytest.raises(UnknownColumn) as unknown:
        seen.column("cli")
    assert '"cli"?' not in (unknown.value.hint or "")
    assert "cli" not in unknown.value.known


def test_tables_left_out_do_not_exist() -> None:
    seen = documented().restricted(Restriction(tables=("inboundCalls",)))
    assert seen.names == ("inboundCalls",)
    with pytest.raises(UnknownTable):
        seen.table("outboundCalls")


def test_a_mask_is_part_of_the_column_and_of_the_fingerprint() -> None:
    mask = Mask(MaskKind.HASH)
    seen = documented().restricted(Restriction(masked=(("user", mask),)))
    assert seen.table("inboundCallSummaries").column("users").mask == mask
    assert seen.table("inboundCalls").column("cli").mask is None
    assert seen.fingerprint != documented().fingerprint


def test_an_open_key_sees_the_catalogue_itself() -> None:
    assert documented().restricted(Restriction()) is documented()
