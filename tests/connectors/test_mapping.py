"""A mapping is checked whole before any data is read, and every fault says where it is and what to do."""

from pathlib import Path

import pytest

from connectors.files import FUNCTIONS, read_mapping
from datamodel.catalogue import documented
from tabular.errors import MappingWrong

GOOD = """
table = "inboundCalls"
zone = "Europe/Rome"
[names]
start = "time(began)"
[columns]
id = "call_id"
step = 0
startTime = "start"
contact.value = "caller"
"callResult.note1" = "note"
multiChannel_type = "'CALL'"
"""


def refused(folder: Path, document: str) -> MappingWrong:
    path = folder / "mapping.toml"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(MappingWrong) as caught:
        read_mapping(path, documented())
    assert str(path) in caught.value.message
    return caught.value


def test_fields_are_named_flat_or_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(GOOD, encoding="utf-8")
    mapping = read_mapping(path, documented())
    names = ["id", "step", "startTime", "contact_value", "callResult_note1", "multiChannel_type"]
    assert [target.column.name for target in mapping.targets] == names
    assert mapping.reads == {"call_id", "began", "caller", "note"}
    assert mapping.table.name == "inboundCalls"


# What is changed in the good mapping, and where and how that is refused.
FAULTS = {
    "syntax": ('table = "inboundCalls"', 'table = "inboundCalls', "line 2, column 22", "illegal character", None),
    "setting": ("zone =", "zones =", "zones", 'there is no setting "zones"', '"zone"'),
    "far setting": ("zone =", "x =", "x", 'there is no setting "x"', "The settings are table, zone"),
    "no table": ('table = "inboundCalls"', "", "table", "is not said", "inboundCalls"),
    "unknown table": ("inboundCalls", "inboundCall", "table", 'no table "inboundCall"', "inboundCalls"),
    "table of elements": (
        "inboundCalls",
        "addressBookContactTels",
        "table",
        "lie in addressBookContacts",
        "tel_1_value",
    ),
    "summary": ("inboundCalls", "inboundCallSummaries", "table", "is made from inboundCalls", "inboundCalls"),
    "table no text": ('"inboundCalls"', "1", "table", "must be a text, not 1", None),
    "zone": ("Europe/Rome", "Europe/Roma", "zone", 'no time zone "Europe/Roma"', "Europe/Rome"),
    "zone missing": ('zone = "Europe/Rome"', "", "names.start", "the zone of these local times", 'zone = "'),
    "field": ("startTime", "startTme", "columns.startTme", 'no field "startTme" in inboundCalls', "startTime"),
    "dotted field": (
        "contact.value",
        "contact.valu",
        "columns.contact.valu",
        'no field "contact.valu"',
        "contact_value",
    ),
    "doubled field": (
        "[columns]",
        '[columns]\ncontact_value = "x"',
        "columns.contact.value",
        "filled twice",
        "keep one",
    ),
    "no key": ("step = 0", "", "columns", "step is not filled", 'step = "'),
    "no columns": ("[columns]", "[colums]", "colums", 'no setting "colums"', "columns"),
    "columns no table": (GOOD, 'table = "inboundCalls"\ncolumns = 1', "columns", "must be a table", "[columns]"),
    "function": ("time(began)", "tim(began)", "names.start, character 1", 'no function "tim"', "time"),
    "far function": ("time(began)", "zz(began)", "names.start", 'no function "zz"', "The functions are integer"),
    "arguments": ("time(began)", "time()", "names.start", "does not take 0 arguments", "time(text, format)"),
    "type": ('"start"', '"began"', "columns.startTime", "holds a time, the formula gives a text", "time(…)"),
    "type of constant": (
        "step = 0",
        "step = 0.5",
        "columns.step",
        "holds an integer, the formula gives a number",
        None,
    ),
    "not a formula": ("step = 0", "step = [0]", "columns.step", "a text in quotes", None),
    "a date": ("step = 0", "step = 2020-01-01", "columns.step", "a text in quotes", None),
    "formula syntax": ('"start"', '"start +"', "columns.startTime, character", "invalid syntax", "col("),
    "assignment": ('"caller"', "\"'a' if note = 'b' else 'c'\"", "columns.contact.value, character", "", None),
    "enum": ("'CALL'", "'CAL'", "columns.multiChannel_type", '"CAL" is no value of multiChannel_type', '"CALL"'),
    "far enum": ("'CALL'", "'x'", "columns.multiChannel_type", '"x" is no value', "CALL, GENERIC_1"),
    "enum in a map": (
        "\"'CALL'\"",
        "\"map_known(note, {'a': 'CAL'})\"",
        "columns.multiChannel_type",
        "no value",
        "CALL",
    ),
    "enum in a choice": ("\"'CALL'\"", "\"'CAL' if note is None else 'CALL'\"", "columns.multi", "no value", "CALL"),
    "name": ("start =", '"the start" =', "names.the start", "is no plain word", "letters, digits"),
    "keyword": ("start =", "from =", "names.from", "is no plain word", None),
    "name below": (
        "[names]",
        '[names]\nend = "after(start, start)"',
        "names.end, character 7",
        "start is a text",
        "time",
    ),
    "separator": ("zone =", 'separator = "||"\nzone =', "separator", "must be one character, not '||'", '"\\t"'),
    "far separator": ("zone =", 'separator = "§"\nzone =', "separator", "must be one character", None),
    "quote": ("zone =", 'quote = ","\nzone =', "quote", "is the separator, too", None),
    "long quote": ("zone =", "quote = \"''\"\nzone =", "quote", "must be one character", 'None is written ""'),
    "encoding": ("zone =", 'encoding = "utf-9"\nzone =', "encoding", 'no encoding "utf-9"', "cp1252"),
    "no text encoding": ("zone =", 'encoding = "base64"\nzone =', "encoding", 'no encoding "base64"', None),
    "nulls": ("zone =", 'nulls = "NA"\nzone =', "nulls", "must be a list of texts", 'nulls = ["…"]'),
    "header": ("zone =", "header = false\nzone =", "header", "must be a list of texts, not False", "header = true"),
    "empty header": ("zone =", "header = []\nzone =", "header", "needs the names", "header = true"),
    "doubled header": ("zone =", 'header = ["a", "a"]\nzone =', "header", 'names the column "a" twice', None),
    "header lacks": (
        "zone =",
        'header = ["call_id", "began", "callers", "note"]\nzone =',
        "header",
        'no column "caller", which a formula reads',
        '"callers"',
    ),
    "condition": ("zone =", 'leave_out = ["note"]\nzone =', "leave_out, condition 1", "is no condition", "=="),
    "wrong condition": (
        "zone =",
        "leave_out = [\"note = 'x'\"]\nzone =",
        "leave_out, condition 1",
        "cannot assign",
        "==",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_says_where_it_is_and_what_to_do(tmp_path: Path, fault: tuple[str, str, str, str, str | None]) -> None:
    old, new, where, reason, advice = fault
    assert old in GOOD
    error = refused(tmp_path, GOOD.replace(old, new, 1))
    assert error.where.startswith(where)
    assert reason in error.reason
    assert not error.reason.endswith(".")
    if advice is not None:
        assert advice in (error.hint or "")


def test_a_mapping_that_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    for reason in ("it does not exist", "it is a directory"):
        with pytest.raises(MappingWrong) as caught:
            read_mapping(path, documented())
        assert caught.value.message == f"{path}: the file: {reason}."
        path.mkdir(exist_ok=True)
    latin = tmp_path / "latin.toml"
    latin.write_bytes("# perché".encode("latin-1"))
    with pytest.raises(MappingWrong, match="no UTF-8 text"):
        read_mapping(latin, documented())


def test_a_list_is_filled_by_its_wide_columns_alone(tmp_path: Path) -> None:
    document = 'table = "addressBookContacts"\n[columns]\nuuid = "id"\ntel = "phone"'
    error = refused(tmp_path, document)
    assert (error.where, error.reason) == ("columns.tel", 'there is no field "tel" in addressBookContacts')


def test_names_may_use_those_above_and_hide_columns(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    document = GOOD.replace("[names]", '[names]\nnote = "strip(note)"\nshort = "substring(note, 1, 3)"')
    path.write_text(document, encoding="utf-8")
    assert read_mapping(path, documented()).reads == {"call_id", "began", "caller", "note"}


def test_repairs_are_known_by_field_and_formula(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(GOOD + 'waitDuration = "at_least(integer(note), 0)"', encoding="utf-8")
    assert read_mapping(path, documented()).repairs == ("waitDuration: at_least(integer(note), 0)",)


def test_every_function_says_how_it_is_written_and_what_it_means() -> None:
    for name, function in FUNCTIONS.items():
        assert function.name == name
        assert function.form.startswith(f"{name}(")
        assert function.meaning.endswith(".")
