"""Rows of which few fields agree and few differ wholly, so that searches meet some of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zlib import crc32

from graphql import GraphQLEnumType, GraphQLList, GraphQLObjectType, get_named_type
from hypothesis import strategies as st

from datamodel.catalogue import documented, documented_schema
from tabular.month import Month
from tests.datamodel.plain_sorting import leaves

Row = dict[str, Any]

MAY, JUNE = Month(2020, 5), Month(2020, 6)

FAMILIES = (
    ("anna", "ANNA", "Ännä"),
    ("Zoë", "zoe", "ZOÈ!"),
    ("eva", "Èva", "e\u0301va"),
    ("a.b", "A+B", "a_b"),
    ("50%", "5_0", "50"),
    ("(x", "[y]", "x|y"),
    ("back\\slash", "O'Hara", 'say "hi"'),
    ("日本", "😀 ok", "Øre"),
    ("0123", "123", "+39 123"),
    ("Annalisa", "lisanna", "na na"),
)
"""Texts that differ by an accent, by capitals, or by what a pattern would take for a sign of its own."""

UUIDS = tuple(f"{number:08x}-3d4a-4315-c3e2-b3bf3521a325" for number in (0x74, 0x75, 0xAB0, 0xAB1, 0xFFF0A, 0xFFF0B))
CONTACTS = (*UUIDS, UUIDS[2].upper(), UUIDS[4].upper(), "Zoë-7", "alfa-7")
IDS = {
    # The first and the last second of the month in Rome, the plain middle, no counter, and no time at all.
    MAY: (
        "1588284000.1", "1588284000.10", "1588284000.2", "1588581589.1320",
        "1590962399.7", "1590962399", "Zeta-5", "alfa-5",
    ),
    JUNE: ("1590962400.1", "1590962400.11", "1592000000.3", "1593554399.9", "Zeta-6", "alfa-6"),
}  # fmt: skip
UNKNOWN = ("1588581589.1321", "9999999999.1", "nobody", "zeta-5", "1588284000", "1588284000.1 ", "%", "")

MOMENTS = tuple(
    datetime.fromisoformat(text)
    for text in (
        "2020-04-30T21:59:59",
        "2020-04-30T22:00:00",
        "2020-04-30T23:59:59.999999",
        "2020-05-01T00:00:00",
        "2020-05-14T23:59:59.5",
        "2020-05-15T00:00:00",
        "2020-05-15T08:39:49.123456",
        "2020-05-16T00:00:00",
        "2020-05-31T22:00:00",
        "2020-05-31T23:59:59.25",
        "2020-06-01T00:00:00",
        "2020-06-15T12:00:00",
        "2020-07-01T00:00:00.000001",
    )
)
"""Both sides of days and of months, in UTC and in Rome."""
MIDDLE = {MAY: datetime(2020, 5, 15, 8, 39, 49), JUNE: datetime(2020, 6, 15, 12)}

CHANNELS = {
    "inboundCalls": ("CALL", "GENERIC_1", "GENERIC_2", "GENERIC_3"),
    "outboundCalls": ("CALL", "GENERIC_1", "GENERIC_2", "GENERIC_3"),
    "inboundVideoCalls": ("VIDEO",),
    "inboundChats": ("LIVEHELP", "CHAT"),
}
INTERACTIONS = tuple(CHANNELS)
ADDRESS_BOOK = "addressBookContacts"


def record_type(table: str) -> GraphQLObjectType:
    """The type of a table's records."""
    query = documented_schema().query_type
    assert query is not None
    kind = get_named_type(query.fields[table].type)
    assert isinstance(kind, GraphQLObjectType)
    return kind


@cache
def pools(table: str) -> dict[str, Sequence[Any]]:
    """The values that each field of a table may hold."""
    kind = record_type(table)
    found: dict[str, Sequence[Any]] = {}
    for name, of in leaves(kind):
        inner = get_named_type(of)
        if isinstance(inner, GraphQLEnumType):
            found[name] = (None, *list(inner.values)[:4])
        elif inner.name == "Time":
            found[name] = (None, *MOMENTS)
        elif inner.name == "Int":
            found[name] = (None, 0, 1, 5, 30, 31, 600)
        elif inner.name == "Boolean":
            found[name] = (None, True, False)
        else:
            found[name] = (None, "", *_texts(name))
    for name, field in kind.fields.items():
        if isinstance(field.type, GraphQLList):
            inner = get_named_type(field.type)
            assert isinstance(inner, GraphQLObjectType)
            types = get_named_type(inner.fields["type"].type)
            assert isinstance(types, GraphQLEnumType)
            found[f"{name}_value"] = (None, "", *_texts(name))
            found[f"{name}_type"] = (None, *list(types.values)[:3])
    links = (None, *IDS[MAY][:3], *IDS[JUNE][:2])
    ids = {
        "contact_id": (None, *UUIDS),
        "organization_uuid": (None, *UUIDS),
        "abandonedCall": links,
        "callbackCall": links,
    }
    found |= {name: values for name, values in ids.items() if name in found}
    if table in CHANNELS:
        found |= {"id": (*IDS[MAY], *IDS[JUNE]), "multiChannel_type": CHANNELS[table], "lastUpdateTime": MOMENTS}
    else:
        found |= {"uuid": CONTACTS, "nps": (None, -1, 0, 1, 7, 10, 100)}
    return found


def _texts(field: str) -> tuple[str, ...]:
    """Three families for a field, always the same."""
    start = crc32(field.encode())
    return tuple(text for turn in range(3) for text in FAMILIES[(start + turn * 3) % len(FAMILIES)])


def _picked(seed: int, field: str, pool: Sequence[Any]) -> Any:
    return pool[crc32(f"{field} {seed}".encode()) % len(pool)]


def _filled(table: str, seed: int) -> Row:
    """A row by its seed: the same seed gives the same row, near seeds have nothing in common."""
    held = pools(table)
    row = {}
    for field in documented().table(table).fields:
        nested = field.name.partition("_")[0]
        if field.items:
            row[field.name] = _elements(field.name, held, seed)
        elif (
            field.name != nested
            and nested not in {"custom", "multiChannel"}
            and _picked(seed, nested, (True, False, False))
        ):
            row[field.name] = None  # an object that is wholly unknown
        else:
            row[field.name] = _picked(seed, field.name, held.get(field.name, (None,)))
    return row


def _elements(name: str, held: dict[str, Sequence[Any]], seed: int) -> list[Row] | None:
    count = _picked(seed, name, (None, 0, 1, 2, 3))
    if count is None:
        return None
    return [
        {part: _picked(seed + 1000 * place, f"{name} {part}", held[f"{name}_{part}"]) for part in ("value", "type")}
        for place in range(1, count + 1)
    ]


def step(table: str, month: Month, id_: str, number: int, seed: int) -> Row:
    """A step of the call `id_`, which lives in `month`."""
    row = _filled(table, seed) | {"id": id_, "step": number}
    if not id_[0].isdigit():
        row["startTime"] = MIDDLE[month]  # by which such a call finds its month
    return row


def contact(uuid: str, seed: int) -> Row:
    """A contact of the address book."""
    return _filled(ADDRESS_BOOK, seed) | {"uuid": uuid}


SEEDS = st.integers(0, 400)
FIRST_STEPS = st.sampled_from([0] * 9 + [1])  # of a call whose latest step has not come yet, the others are known


@st.composite
def calls(draw: st.DrawFn, table: str, month: Month, least: int = 0) -> list[Row]:
    """The steps of some calls of a month, in one order or another."""
    ids = draw(st.lists(st.sampled_from(IDS[month]), unique=True, min_size=least, max_size=8))
    rows = [
        step(table, month, id_, number, seed)
        for id_ in ids
        for number, seed in enumerate(draw(st.lists(SEEDS, min_size=1, max_size=4)), draw(FIRST_STEPS))
    ]
    return rows[:: draw(st.sampled_from([1, -1]))]


@st.composite
def contacts(draw: st.DrawFn, least: int = 0) -> list[Row]:
    """Some contacts."""
    uuids = draw(st.lists(st.sampled_from(CONTACTS), unique=True, min_size=least, max_size=8))
    return [contact(uuid, draw(SEEDS)) for uuid in uuids]


@cache
def rich(table: str, count: int = 40) -> list[Row]:
    """Fixed rows of a table in which everything that its pools hold is met somewhere."""
    if table == ADDRESS_BOOK:
        return [contact(f"{number * 0x3D4A:08x}-3d4a-4315-c3e2-b3bf3521a325", number) for number in range(count)]
    first = int(IDS[MAY][0].partition(".")[0])
    return [
        step(table, MAY, f"{first + call * 40_000}.{call}", number, call * 4 + number)
        for call in range(count)
        for number in range(1 + call % 4)
    ]
