"""What a key may not see of the Data Model it does not see in the SQL tables either, whatever it is called there."""

import pytest

from answers.sql.rows import SqlRows
from datamodel.catalogue import Catalogue, documented
from datamodel.sql.tables import BY_NAME
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.datamodel.sql.centre import OCTOBER, centre_store, in_sql
from tests.steps import read

LAST = Mask(MaskKind.LAST, 3)
HASH = Mask(MaskKind.HASH)


def seen(**restriction: object) -> Catalogue:
    return documented().restricted(Restriction(**restriction))  # type: ignore[arg-type]


def names(catalogue: Catalogue, table: str) -> set[str]:
    return {column.name for column in catalogue.table(table).columns}


@pytest.mark.parametrize(
    ("pattern", "gone"),
    [
        ("cli", {"ast_calls": {"cli"}, "ast_cdr": {"clid"}, "smartrec": {"clid"}, "ast_pd_history": set(),
                 "ast_calls_abandoned": {"contact_value", "contact_last_number", "contact_uid_generated"}}),
        ("inboundCalls:cli", {"ast_calls": {"cli"}, "ast_calls_outbound": set(), "ast_cdr": {"clid"}}),
        ("outboundCalls:dnis", {"ast_calls": set(), "ast_calls_outbound": {"dnis"},
                                "ast_pd_history": {"phone_number"}}),
        ("user", {"ast_calls": {"pin", "priorita_agente"}, "smartrec": {"codiceagente"},
                  "ast_calls_callback": {"owner", "last_recall_owner"}}),
        ("startTime", {"ast_calls": {"datainizio", "orainizio"}, "smartrec": {"data", "ora"}}),
        ("contact.value", {"ast_calls": {"contact_value"}, "t4you_multichannel_addressbook": {"channel_data"}}),
        ("contact", {"ast_calls": {"contact_id", "contact_username", "contact_value", "contact_type",
                                   "contact_lookup_type"}}),
        ("tel", {"t4you_global_addressbook": {f"tel_{part}_{n}" for part in ("value", "type") for n in range(1, 11)},
                 "users": {"phone", "fax", "mobile"}}),
        ("addressBookContacts:surname", {"t4you_global_addressbook": {"surname"}, "users": {"lastname"}}),
        ("ast_calls:pin", {"ast_calls": {"pin"}, "ast_calls_outbound": set()}),
        ("tickets:id", {"tickets": {"id"}, "users": set(), "groups": set()}),
        ("inboundCalls:id", {"tickets": set(), "users": set(), "ast_calls": {"uniqueid", "idlastcall"}}),
    ],
)  # fmt: skip
def test_hidden_columns_are_nowhere(pattern: str, gone: dict[str, set[str]]) -> None:
    catalogue = seen(hidden=(pattern,))
    for table, columns in gone.items():
        assert names(documented(), table) - names(catalogue, table) == columns, table
    assert "user" in names(catalogue, "inboundCalls") or pattern == "user"


def test_masked_columns_are_masked_in_every_sight() -> None:
    catalogue = seen(masked=(("cli", LAST), ("contact.value", LAST), ("user", HASH), ("startTime", LAST)))
    rows = SqlRows(centre_store(), catalogue)
    plain = {(row["uniqueid"], row["step"]): row for row in in_sql("ast_calls", OCTOBER)}
    names = ("uniqueid", "step", "cli", "pin", "datainizio", "orainizio", "contact_value")
    masked = rows.rows(BY_NAME["ast_calls"], OCTOBER, names).to_pylist()
    assert len(masked) == len(plain)
    for row in masked:
        whole = plain[row["uniqueid"], row["step"]]
        cli = whole["cli"]
        assert row["cli"] == (None if cli is None else "*" * (len(str(cli)) - 3) + str(cli)[-3:])
        assert row["datainizio"] is None, "no day has last digits"
        assert row["orainizio"] == "****" + str(whole["orainizio"])[-3:]
        assert (row["pin"] is None) == (whole["pin"] is None)
        assert row["pin"] is None or len(str(row["pin"])) == 16
    tables = (catalogue.table(name) for name in ("inboundCalls", "inboundVideoCalls", "inboundChats"))
    steps = {row["user"] for table in tables for row in read(centre_store(), table, "user")}
    assert {row["pin"] for row in masked if row["pin"]} <= steps, "a user's pseudonym is the same everywhere"


def test_filters_and_sorts_see_the_mask() -> None:
    catalogue = seen(masked=(("user", Mask(MaskKind.NULL)),))
    rows = read(centre_store(), catalogue.table("ast_calls"), "pin")
    assert {row["pin"] for row in rows} == {None}


def test_a_table_that_is_not_opened_is_not_there() -> None:
    catalogue = seen(tables=("ast_calls",))
    assert catalogue.names == ("ast_calls",)
    rows = SqlRows(centre_store(), catalogue)
    assert len(rows.columns(BY_NAME["ast_calls"])) == 84
    assert rows.columns(BY_NAME["tickets"]) == ()
    assert rows.rows(BY_NAME["tickets"], None, ()).num_rows == 0
    assert rows.version(BY_NAME["tickets"], None) == ()
    assert [name for name, _ in rows.version(BY_NAME["ast_calls"], OCTOBER)] == [
        "inboundCalls", "inboundVideoCalls", "inboundChats"
    ]  # fmt: skip
