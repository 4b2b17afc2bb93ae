"""Whatever rows a TVox has, and however it writes them as JSON, the same rows are read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tvox.upstream import Tvox
from datamodel.catalogue import SCHEMA_FILE, data_model
from tabular.errors import UpstreamWrong
from tests.connectors.tvox.answering import Upstreams, read, upstreams
from tests.connectors.tvox.later import later_schema, nested
from tests.datamodel.drawn_rows import MAY, Row, calls, contacts
from tests.steps import batches

pytestmark = pytest.mark.law

ZONES = (UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30)))


@pytest.fixture(scope="module", params=["documented", "later"])
def tvox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tvox, bool]]:
    """A TVox of each dialect, which says what the test puts into its mouth, and whether its lists are nested."""
    folder: Path = tmp_path_factory.mktemp("memory")
    is_documented = request.param == "documented"
    with upstreams(folder) as opened:
        yield _of(opened, SCHEMA_FILE.read_text(encoding="utf-8") if is_documented else later_schema()), is_documented


def _of(memory: Upstreams, schema: str) -> Tvox:
    memory.schemas.remember(schema)
    tvox, _ = memory.of(lambda source, variables: b"")
    tvox.tables()
    return tvox


texts = st.text(st.characters(codec="utf-8"), max_size=8)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[str, list[Row]]:
    """A table and rows of it, some texts of which are like none of the pools'."""
    name = draw(st.sampled_from(["outboundCalls", "addressBookContacts"]))
    rows = draw(contacts() if name == "addressBookContacts" else calls(name, MAY))
    for row in rows:
        row[draw(st.sampled_from(["note", "site"] if "uuid" in row else ["user", "contact_value", "data"]))] = draw(
            texts
        )
    return name, rows


def _spelled(moment: datetime, dice: Random) -> str:
    """A time as some TVox would write it."""
    text = moment.replace(tzinfo=UTC).astimezone(dice.choice(ZONES)).isoformat()
    return text.replace("+00:00", dice.choice(["Z", "+00:00", "z"]))


def _body(table: str, rows: list[Row], is_nested: bool, dice: Random) -> bytes:
    """The answer with these rows, a list for each interaction where these are nested."""
    records: list[Any] = []
    for row in rows:
        spelled = {name: _spelled(value, dice) if isinstance(value, datetime) else value for name, value in row.items()}
        records.append(nested(spelled, table))
    if is_nested and "step" in (rows or [{}])[0]:
        records = [list(steps) for _, steps in groupby(records, key=lambda record: record["id"])]
    answer = {"data": {"held": len(records), "rows": records}}
    return json.dumps(answer, indent=dice.choice([None, 2]), ensure_ascii=dice.random() < 0.5).encode()


@given(drawn=drawn(), dice=st.randoms(use_true_random=False))
def test_what_was_written_is_read(tvox: tuple[Tvox, bool], drawn: tuple[str, list[Row]], dice: Random) -> None:
    upstream, is_nested = tvox
    table = data_model().table(drawn[0])
    page = read(upstream, _body(table.name, drawn[1], is_nested, dice), table)
    assert page.rows.to_pylist() == pa.Table.from_batches(batches(drawn[1], table)).to_pylist()
    assert page.elements == page.held


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The answer with a few calls, of which a piece was cut out or replaced."""
    whole = _body(
        "outboundCalls", draw(calls("outboundCalls", MAY, least=1)), True, draw(st.randoms(use_true_random=False))
    )
    begins, length = draw(st.integers(0, len(whole))), draw(st.integers(0, 40))
    piece = st.sampled_from([b"null", b"{}", b"[]", b"}", b"]", b",", b'"', b"\\ud800", b"\xff", b"1e999", b"{", b"["])
    return whole[:begins] + draw(st.one_of(piece, st.binary(max_size=4))) + whole[begins + length :]


@given(body=st.one_of(damaged(), st.binary(max_size=60)))
def test_what_is_damaged_is_refused_or_still_whole(tvox: tuple[Tvox, bool], body: bytes) -> None:
    try:
        page = read(tvox[0], body, data_model().table("outboundCalls"))
    except UpstreamWrong as refused:
        said = refused.message
    else:
        page.rows.validate(full=True)
        said = f"held {json.loads(body)['data']['held']}"
        assert said == f"held {page.held}"
    assert said.encode(), "it can be written down"
