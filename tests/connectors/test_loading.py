"""A log becomes rows, and every line of it is accounted for: loaded, left out or refused with its number."""

import csv
import gzip
import io
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.files import Loading, read_mapping, records
from connectors.files.decoding import Lines, whole_lines
from connectors.files.records import split
from datamodel.catalogue import documented
from tests.connectors.logs import HEAD, SECRET, load, mapping

LOG = "call_id,caller,wait\n1.1,045,3\n2.1,,-4\n3.1,049,5\n"
FIELDS = 'cli = "caller"\nwaitDuration = "at_least(integer(wait), 0)"'


def test_rows_have_the_layout_of_the_table(tmp_path: Path) -> None:
    found = load(tmp_path, LOG, mapping(tmp_path, FIELDS))
    assert [(row["id"], row.get("cli"), row["waitDuration"]) for row in found.rows] == [
        ("1.1", "045", 3),
        ("2.1", None, 0),
        ("3.1", "049", 5),
    ]
    # Numbers that are never null are 0 where they are left out, and everything else is null.
    zeros = "waitDurationOnUser durationOnUser totalDuration servicePriority queueDuration wnrDurationOnUser"
    assert found.rows[0] == {
        "id": "1.1", "step": 0, "cli": "045", "waitDuration": 3, "holdDuration": 0, "sentiment": 0,
        **dict.fromkeys(zeros.split(), 0),
    }  # fmt: skip
    assert found.report.repaired == {"waitDuration: at_least(integer(wait), 0)": 1}
    assert found.refused is None


def test_what_cannot_be_read_refuses_its_line(tmp_path: Path) -> None:
    log = "call_id,caller,wait\n1.1,045,abc\n2.1,045\n3.1,045,1,2\n\n,045,1\n6.1,045,99999999999999999999\n7.1,045,7\n"
    found = load(tmp_path, log, mapping(tmp_path, FIELDS))
    assert found.refused == (
        '2\twaitDuration: "abc" is no integer\t1.1,045,abc\n'
        "3\t2 fields where the header has 3\t2.1,045\n"
        "4\t4 fields where the header has 3\t3.1,045,1,2\n"
        "6\tid is null\t,045,1\n"
        '7\twaitDuration: "99999999999999999999" is no integer\t6.1,045,99999999999999999999\n'
    )
    assert found.report.first_refused == 'line 2: waitDuration: "abc" is no integer'
    assert (found.report.read, found.report.loaded, found.report.refused) == (6, 1, 5)


def test_an_enum_takes_its_values_alone(tmp_path: Path) -> None:
    log = "call_id,end\n1.1,HANGUP\n2.1,\n3.1,hangup\n"
    found = load(tmp_path, log, mapping(tmp_path, 'status = "end"'))
    assert [row.get("status") for row in found.rows] == ["HANGUP", None]
    assert found.refused == '4\tstatus: "hangup" is none of its values\t3.1,hangup\n'


def test_lines_are_left_out_by_the_first_condition_they_meet(tmp_path: Path) -> None:
    head = HEAD + 'leave_out = ["caller == \'045\'", "integer(wait) < 0", "wait == \'5\'"]\n'
    log = LOG + "x,049,abc\n5.1,045,abc\n6.1,,9\n"
    found = load(tmp_path, log, mapping(tmp_path, FIELDS, head))
    assert found.report.left_out == {"caller == '045'": 2, "integer(wait) < 0": 1, "wait == '5'": 1}
    # A condition that cannot be told refuses the line; one that is null leaves it.
    assert found.refused == '5\tleave_out integer(wait) < 0: "abc" is no integer\tx,049,abc\n'
    assert [row["id"] for row in found.rows] == ["6.1"]
    # What is left out is not repaired.
    assert found.report.repaired == {"waitDuration: at_least(integer(wait), 0)": 0}


def test_a_refused_line_is_not_repaired(tmp_path: Path) -> None:
    fields = 'waitDuration = "at_least(integer(caller), 0)"\nqueueDuration = "integer(wait)"'
    found = load(tmp_path, "call_id,caller,wait\n1.1,-1,x\n2.1,-1,1\n", mapping(tmp_path, fields))
    assert found.report.repaired == {"waitDuration: at_least(integer(caller), 0)": 1}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_empty_lines(tmp_path: Path, end: str, last: bool) -> None:
    lines = ["call_id,caller", "", "1.1,045", "", "", "2.1", "3.1,046"]
    log = end.join(lines) + (end if last else "")
    for quote in ('"', ""):
        by = mapping(tmp_path, 'cli = "caller"', f"{HEAD}quote = '{quote}'\n")
        found = load(tmp_path, log, by)
        assert [(row["id"], row["cli"]) for row in found.rows] == [("1.1", "045"), ("3.1", "046")]
        assert found.refused == "6\t1 field where the header has 2\t2.1\n"


def test_a_carriage_return_inside_a_line_is_refused(tmp_path: Path) -> None:
    for quote in ('"', ""):
        by = mapping(tmp_path, 'cli = "caller"', f"{HEAD}quote = '{quote}'\n")
        found = load(tmp_path, 'call_id,caller\n1.1,0\r45\n2.1,046\n3.1,"7"\n', by)
        assert found.refused == "2\ta carriage return inside the line\t1.1,0\\r45\n"
        assert found.rows[0]["cli"] == "046"


def test_quoted_fields_hold_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    log = 'call_id,"the caller"\n1.1,"a,b"\n2.1,"say ""hi"""\n3.1,"two\nlines"\nx\n4.1,5" disk\n'
    found = load(tmp_path, log, mapping(tmp_path, "cli = \"col('the caller')\""))
    assert [row["cli"] for row in found.rows] == ["a,b", 'say "hi"', "two\nlines", '5" disk']
    assert found.refused == "6\t1 field where the header has 2\tx\n"


def test_a_file_of_one_column(tmp_path: Path) -> None:
    for log in ("call_id\n1.1\n\n2.1\n\n", 'call_id\r\n"1.1"\r\n\r\n"2.1"'):
        assert [row["id"] for row in load(tmp_path, log, mapping(tmp_path)).rows] == ["1.1", "2.1"]
    quoted = load(tmp_path, 'call_id\n""\n"2.1"\n', mapping(tmp_path))
    assert (len(quoted.rows), quoted.refused) == (1, '2\tid is null\t""\n')


def test_a_stray_quote_refuses_its_line_alone(tmp_path: Path) -> None:
    log = 'call_id,caller\n1.1,"open\n2.1,"closed"\n3.1,"twice"d\n4.1,"two\nlines"\n5.1,\'x\'\n'
    found = load(tmp_path, log, mapping(tmp_path, 'cli = "caller"'))
    reason = "its quotes do not pair; a quote in a quoted field is written twice"
    assert found.refused == f'2\t{reason}\t1.1,"open\n4\t{reason}\t3.1,"twice"d\n'
    assert [row["cli"] for row in found.rows] == ["closed", "two\nlines", "'x'"]


def test_an_open_quote_does_not_swallow_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.files.opening.CHUNK", 1000)
    monkeypatch.setattr(records, "LONGEST_RECORD", 5000)
    log = 'call_id,caller\n1.1,"open\n' + "".join(f"{at}.1,x\n" for at in range(2, 3000))
    found = load(tmp_path, log, mapping(tmp_path, 'cli = "caller"'))
    assert found.report.loaded == 2998
    assert found.report.refused == 1


def test_a_refused_record_of_many_lines_is_one_line_of_the_report(tmp_path: Path) -> None:
    found = load(tmp_path, 'call_id,wait\n1.1,"a\r\nb\tc"\n', mapping(tmp_path, 'queueDuration = "integer(wait)"'))
    assert found.refused == '2\tqueueDuration: "a\\r\\nb\\tc" is no integer\t1.1,"a\\r\\nb\tc"\n'


def test_a_file_without_header(tmp_path: Path) -> None:
    by = mapping(tmp_path, 'cli = "caller"', HEAD + 'header = ["call_id", "caller"]\n')
    found = load(tmp_path, "1.1,045\n2.1\n", by)
    assert [row["cli"] for row in found.rows] == ["045"]
    assert found.refused == "2\t1 field where the mapping has 2\t2.1\n"


def test_nulls(tmp_path: Path) -> None:
    by = mapping(tmp_path, 'cli = "caller"', HEAD + 'nulls = ["", "-", "NULL"]\n')
    found = load(tmp_path, 'call_id,caller\n1.1,-\n2.1,"NULL"\n3.1,\n4.1,x-\n', by)
    assert [row.get("cli") for row in found.rows] == [None, None, None, "x-"]
    kept = load(tmp_path, "call_id,caller\n1.1,\n,x\n", mapping(tmp_path, 'cli = "caller"', HEAD + "nulls = []\n"))
    assert [row.get("cli") for row in kept.rows] == [""]
    assert kept.refused == "3\tid is null\t,x\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "iso-8859-15", "utf-32"])
def test_encodings(tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.files.opening.CHUNK", 7)
    by = mapping(tmp_path, 'cli = "città"', f'{HEAD}encoding = "{encoding}"\n')
    log = "call_id,città\n1.1,perché\n2\n3.1,più\n"
    found = load(tmp_path, log.encode(encoding), by)
    assert [row["cli"] for row in found.rows] == ["perché", "più"]
    assert found.refused == "3\t1 field where the header has 2\t2\n"


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    found = load(tmp_path, LOG.encode("utf-8-sig"), mapping(tmp_path, FIELDS))
    assert found.report.loaded == 3


def test_lists_are_filled_by_their_wide_columns(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(
        'table = "addressBookContacts"\n[columns]\nuuid = "id"\ntel_1_value = "phone"\ntel_1_type = "kind"\n'
        '"tel[2].value" = "third"\nmail_1_value = "mail"\nvip = "boolean(vip)"\n',
        encoding="utf-8",
    )
    log = "id,phone,kind,third,mail,vip\na,045,WORK,9,,yes\nb,,,7,x@y,\nc,,,,,no\nd,1,odd,,,\n"
    found = load(tmp_path, log, read_mapping(path, documented()))
    nothing = {"value": None, "type": None}
    assert found.rows == [
        {"uuid": "a", "vip": True, "tel": [{"value": "045", "type": "WORK"}, nothing, {"value": "9", "type": None}]},
        {
            "uuid": "b",
            "tel": [nothing, nothing, {"value": "7", "type": None}],
            "mail": [{"value": "x@y", "type": None}],
        },
        {"uuid": "c", "vip": False},
    ]
    assert found.refused == '5\ttel_1_type: "odd" is none of its values\td,1,odd,,,\n'


def test_refused_lines_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    """Nothing is written while the file is read, and nothing stays of a loading that was given up."""
    log = b"call_id,caller,wait\n1.1,x\n2.1,x,1\n"
    refused_to = tmp_path / "deep" / "refused.tsv"
    file = tmp_path / "log.csv"
    file.write_bytes(log)
    batches = Loading(file, mapping(tmp_path, FIELDS), SECRET, refused_to).batches()
    next(batches)
    assert not refused_to.exists()
    batches.close()  # type: ignore[attr-defined]  # it is a generator
    assert not list(refused_to.parent.iterdir())
    loading = Loading(file, mapping(tmp_path, FIELDS), SECRET, refused_to)
    list(loading.batches())
    assert [path.name for path in refused_to.parent.iterdir()] == ["refused.tsv"]
    assert refused_to.stat().st_mode & 0o777 == 0o600
    # The same loading again gives the same, and counts anew.
    list(loading.batches())
    assert (loading.report.read, loading.report.refused) == (2, 1)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_progress_goes_from_nothing_to_the_whole(
    tmp_path: Path, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.files.opening.CHUNK", 1000)
    content = pack(LOG.encode() + b"".join(b"%d.1,%d,1\n" % (at, at * at) for at in range(2000)))
    found = load(tmp_path, content, mapping(tmp_path, FIELDS))
    done = [progress[0] for progress in found.progress]
    assert {progress[1] for progress in found.progress} == {len(content)}
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, len(content))
    assert len(set(done)) > 2


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    line = b"1577833200.%d,0459%07d,3,a text that makes the line longer and the file larger than a block\n"
    by = mapping(tmp_path, FIELDS)
    peaks = []
    for times in (1, 4):
        file = tmp_path / "log.csv"
        with file.open("wb") as log:
            log.write(b"call_id,caller,wait,note\n")
            for start in range(0, times * 60_000, 1000):
                log.write(b"".join(line % (at, at) for at in range(start, start + 1000)))
        tracemalloc.start()
        rows = most = 0
        for batch in Loading(file, by, SECRET, tmp_path / "refused.tsv").batches():
            rows += batch.num_rows
            most = max(most, pa.total_allocated_bytes())
        peaks.append(tracemalloc.get_traced_memory()[1] + most)
        tracemalloc.stop()
        assert rows == times * 60_000
    assert peaks[1] < peaks[0] * 1.25


# ── Laws ──

_plain = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=6)
_quoted = st.text(st.sampled_from('ab",\n\r;ü '), max_size=6)


@given(st.lists(st.tuples(_quoted, _quoted), max_size=8), st.sampled_from([",", ";", "\t"]), st.integers(4, 60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[tuple[str, str]], separator: str, chunk: int
) -> None:
    """And a line is numbered as in the file, however the file is cut into chunks."""
    monkeypatch.setattr("connectors.files.opening.CHUNK", chunk)
    log = io.StringIO()
    writer = csv.writer(log, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["call_id", "caller", "info"])
    numbers = []
    for at, (caller, info) in enumerate(cells):
        writer.writerow([f"{at}.1", caller, info])
        numbers.append(log.getvalue().count("\n") + 1)
        writer.writerow(["odd"])
    by = mapping(tmp_path, 'cli = "caller"\ndata = "info"', f"{HEAD}separator = '{separator}'\nnulls = []\n")
    found = load(tmp_path, log.getvalue(), by)
    assert [(row["cli"], row["data"]) for row in found.rows] == cells
    assert [int(line.split("\t")[0]) for line in (found.refused or "").splitlines()] == numbers


@given(st.lists(st.lists(_plain, min_size=1, max_size=3), max_size=8), st.integers(4, 60), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_file_is_read_the_same_however_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[list[str]], chunk: int, quoting: bool
) -> None:
    log = "call_id,caller\n" + "".join(",".join(fields) + "\n" for fields in lines)
    quote = '"' if quoting else ""
    by = mapping(tmp_path, 'cli = "caller"', f"{HEAD}quote = '{quote}'\nnulls = []\n")
    whole = load(tmp_path, log, by)
    monkeypatch.setattr("connectors.files.opening.CHUNK", chunk)
    cut = load(tmp_path, log, by)
    assert (cut.rows, cut.report, cut.refused) == (whole.rows, whole.report, whole.refused)
    if not quoting:
        good = [",".join(fields).split(",") for fields in lines if ",".join(fields)]
        assert [row["cli"] for row in whole.rows] == [fields[1] for fields in good if len(fields) == 2 and fields[0]]
        assert whole.report.read == len(good)


@given(st.text(st.sampled_from('ab",\n\r'), max_size=40), st.integers(1, 12))
def test_records_cover_every_line_once(text: str, chunk: int) -> None:
    """Whatever the quotes: each line is empty, in one record, or refused."""
    data = text.encode()
    chunks = [data[at : at + chunk] for at in range(0, len(data), chunk)]
    covered: list[int] = []
    for block in split(whole_lines(chunks, "utf-8", Path("log")), ",", '"'):
        for at in range(len(block)):
            record = block.data[block.starts[at] : block.ends[at]]
            covered.extend(range(int(block.lines[at]), int(block.lines[at]) + record.count(b"\n") + 1))
        covered.extend(line.line for line in block.refused)
    filled = [at for at, line in enumerate(data.split(b"\n"), start=1) if line.rstrip(b"\r")]
    assert set(filled) <= set(covered)
    assert len(covered) == len(set(covered))


def test_a_block_of_nothing_holds_no_record() -> None:
    assert [len(block) for block in split([Lines(b"", 1, last=True)], ",", "")] == [0]


def test_times_are_kept_as_utc(tmp_path: Path) -> None:
    found = load(tmp_path, "call_id,began\n1.1,2024-07-01 12:00:00\n", mapping(tmp_path, 'startTime = "time(began)"'))
    assert found.rows[0]["startTime"] == datetime.fromisoformat("2024-07-01 10:00:00")
