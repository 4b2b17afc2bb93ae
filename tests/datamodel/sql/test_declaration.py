"""Every column of every SQL table of the vendor's document is declared, with the type that stands there."""

import re
from dataclasses import replace

import pytest

from answers.views.catalogue import Views
from datamodel.catalogue import data_model, documented, mirrored
from datamodel.sql.tables import BY_NAME, SQL_TABLES, Area, SqlTable, table_named
from tabular.errors import OnlyInSql, UnknownTable
from tabular.month import Month
from tabular.restriction import Restriction
from tabular.table import Making, Type
from tests.seed_document import seed_text

_AREAS = {Area.TVOX: 8, Area.ADDRESSBOOK: 2, Area.SUPPORT: 8}
_LOST = "varchar(255)"
"""How the line of the column `email` begins, whose name the text has lost (rulings)."""

_THERE = {("ast_calls", "idlastcall"), ("ast_calls", "sito"), ("ast_calls_outbound", "idlastcall"),
          ("ast_calls_outbound", "sito"), ("t4you_global_addressbook", "surname")}  # fmt: skip
"""Columns that are marked as internal and are none (rulings)."""


def written() -> dict[str, tuple[tuple[str, ...], list[tuple[str, str, bool]]]]:
    """The document's tables by name: their keys, and their columns with type and whether they are internal."""
    lines = seed_text().splitlines()
    found = {}
    for place, line in enumerate(lines):
        if not line.startswith("Table: "):
            continue
        begin = next(at for at in range(place, len(lines)) if lines[at].startswith("Field |"))
        head = " ".join(lines[place + 1 : begin]).partition("Foreign")[0]
        columns: list[tuple[str, str, bool]] = []
        for at in range(begin + 2, len(lines)):
            cells = [cell.strip() for cell in lines[at].split("|")]
            if cells[0] == _LOST:
                columns.append(("email", "varchar(255)", False))
            elif re.match(r"\w+ \| \w", lines[at]):
                kind = cells[1] + ")" * (cells[1].count("(") - cells[1].count(")"))
                columns.append((cells[0], kind, "*" in cells[2:4]))
            elif re.fullmatch(r"[A-Z][A-Za-z ]+", lines[at]):
                break
        name = re.sub("(?i)_yyyymm$", "", line.removeprefix("Table: "))
        found[name] = (tuple(re.findall(r"\w+", head.partition(":")[2])), columns)
    return found


def test_every_table_and_every_column() -> None:
    document = written()
    assert list(document) == [table.name for table in SQL_TABLES]
    for table in SQL_TABLES:
        told = [(name, kind) for name, kind, _ in document[table.name][1]]
        assert [(column.name, column.sql_type) for column in table.columns] == told, table.name
    assert sum(len(table.columns) for table in SQL_TABLES) == 689


def test_keys_and_months() -> None:
    text = seed_text()
    for name, (key, _) in written().items():
        assert BY_NAME[name].key == (key or ("user_id", "group_id")), name
        assert BY_NAME[name].monthly == bool(re.search(rf"(?i)^Table: {name}_yyyymm$", text, re.MULTILINE)), name


def test_what_is_marked_is_internal() -> None:
    for name, (_, columns) in written().items():
        marked = {column for column, _, internal in columns if internal and (name, column) not in _THERE}
        assert {column.name for column in BY_NAME[name].columns if column.internal} == marked, name


def test_sentences_are_our_own() -> None:
    text = seed_text().lower()
    for table in SQL_TABLES:
        for column in table.columns:
            assert column.description.endswith("."), (table.name, column.name)
            copied = len(column.description) > 25 and column.description.rstrip(".").lower() in text
            assert not copied, (table.name, column.name, column.description)


def test_areas() -> None:
    assert {area: sum(table.area is area for table in SQL_TABLES) for area in Area} == _AREAS


@pytest.mark.parametrize("table", SQL_TABLES, ids=lambda table: table.name)
def test_each_is_a_table(table: SqlTable) -> None:
    found = documented().table(table.name)
    assert [(c.name, c.type) for c in found.columns] == [(c.name, c.type) for c in table.columns]
    assert found.key == table.key
    assert found.monthly == table.monthly
    assert found.description
    if table.clock:
        assert found.column(table.clock).type in (Type.TIME, Type.DATE)
        assert found.clock_field
    kept = {field.name for name in found.stored_in for field in documented().table(name).fields}
    for made in found.made:
        if made.how not in (Making.NOTHING, Making.TEXT, Making.CROSSED):
            assert made.field in kept, made
    if not found.made:
        assert [field.name for field in found.fields] == [column.name for column in found.columns]
    assert table.named(Month(2020, 5)) == f"{table.name}_202005"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ast_calls_202005", ("ast_calls", Month(2020, 5))),
        ("ast_calls_outbound_202012", ("ast_calls_outbound", Month(2020, 12))),
        ("tickets", ("tickets", None)),
        ("t4you_global_addressbook", ("t4you_global_addressbook", None)),
        ("ast_calls", None),
        ("ast_calls_202013", None),
        ("ast_calls_20205", None),
        ("tickets_202005", None),
        ("inboundCalls", None),
        ("AST_CALLS_202005", None),
    ],
)
def test_names_in_sql(name: str, found: tuple[str, Month | None] | None) -> None:
    known = table_named(name)
    assert (None if known is None else (known[0].name, known[1])) == found


def test_a_mirror_shows_what_it_can_see_another_way() -> None:
    catalogue = mirrored(tuple(data_model()))
    of_sql = [table.name for table in catalogue if table.name in BY_NAME]
    assert of_sql == ["ast_calls", "ast_calls_outbound", "t4you_global_addressbook"]
    own = {made.name: made.how for made in catalogue.table("ast_calls_outbound").made}
    assert own["campagna"] is Making.NOTHING, "a TVox gives nothing of it"
    with pytest.raises(OnlyInSql, match="tickets is not mirrored") as refused:
        catalogue.table("tickets")
    assert "type: SUPPORT" in (refused.value.hint or "")
    with pytest.raises(UnknownTable):
        catalogue.table("ticket")
    assert not {field.name for table in data_model() for field in table.fields} & {"campagna", "presence"}


def test_a_tvox_with_a_table_of_that_name_keeps_it() -> None:
    calls, *_ = data_model()
    theirs = replace(calls, name="tickets", root="tickets")
    catalogue = mirrored((*data_model(), theirs))
    assert catalogue.table("tickets") is theirs


def test_a_key_with_views_is_told_the_same() -> None:
    catalogue = Views(mirrored(tuple(data_model())))
    with pytest.raises(OnlyInSql):
        catalogue.table("ast_cdr")
    with pytest.raises(OnlyInSql):
        catalogue.tables.restricted(Restriction(hidden=("cli",))).table("ast_cdr")
