"""Related rows: nothing of a question stands in the statement, and one statement reads them for all keys."""

import re
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest

from store.related import Related
from tabular.table import Mask, MaskKind
from tests.answers.odata.related_rows import MONTHS, asked, centre, expands
from tests.steps import CALLS, CONTACTS, step
from tests.store.tracing import traced

HOSTILE = [
    "stepRows($filter=user eq 'x0zz''; DROP TABLE kept; --')",
    "stepRows($filter=contains(user,'x0zz') and waitDuration gt 471147;$top=815815;$skip=4711;$count=true)",
    "stepRows($orderby=concat(user,'x0zz') desc,step mul 471147;$top=815815)",
    "stepRows/$count($filter=startTime gt 2019-04-07T04:07:11Z)",
    "contact($filter=name eq 'x0zz';$expand=tel($filter=value eq 'x0zz';$top=4711))",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_literals_and_keys_never_stand_in_the_text(text: str) -> None:
    steps = {month: [step(datetime(2020, month.month, 3), contact_id='x0zz"k')] for month in MONTHS}
    with traced() as noted, centre(steps, [{"uuid": 'x0zz"k', "name": "x0zz", "tel": [{"value": "x0zz"}]}]) as store:
        noted.clear()
        asked(store, "inboundCallSummaries", text)
        read = [one for one in noted if "related_keys" in one.sql]
    assert len(read) == 1 + ("tel(" in text), "one statement for all parents of a batch"
    for one in read:
        for hint in ("x0zz", "4711", "815", "DROP", "2019", "15884"):
            assert hint not in one.sql
        names = {field.name for table in (CALLS, CONTACTS) for field in table.fields}
        items = {item for field in CONTACTS.fields for item, _ in field.items}
        partitions = {f"inboundCalls@{month}" for month in MONTHS} | {"addressBookContacts"}
        assert set(re.findall(r'"([^"]*)"', one.sql)) <= names | items | partitions


def test_a_masked_column_relates_nothing() -> None:
    by = replace(CALLS.column("id"), mask=Mask(MaskKind.HASH))
    with centre({MONTHS[0]: [step(datetime(2020, 5, 3))]}) as store:
        partitions = tuple(store.partitions("inboundCalls"))
        with pytest.raises(ValueError, match="relates to nothing"):
            store.related(Related(CALLS, by, (), partitions, store.version), pa.array(["x"]))


def test_thousands_of_keys_are_no_literals() -> None:
    (bound,) = expands("stepRows($select=step)", "inboundCallSummaries")
    steps = [step(datetime(2020, 5, 3, 0, number // 60, number % 60)) for number in range(2000)]
    with traced() as noted, centre({MONTHS[0]: steps}) as store:
        columns = (CALLS.column("step"),)
        related = Related(CALLS, bound.by, columns, tuple(store.partitions("inboundCalls")), store.version)
        keys = pa.array([str(row["id"]) for row in reversed(steps)])
        found = store.related(related, keys)
        assert found.num_rows == 2000
        assert found.column("_place").to_pylist() == list(range(2000))
        assert not noted[-1].literals
