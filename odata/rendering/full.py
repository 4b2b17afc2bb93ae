"""What full metadata adds to each row: the address of the entity, and the types that JSON does not show."""

import json
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from odata.rendering.control import Control
from odata.rendering.entities import Constant, Member

_SAFE = r"^[A-Za-z0-9._~'-]*$"


_SHOWN = ("Edm.String", "Edm.Boolean", "Edm.Double")
"""Types that a JSON value shows by itself."""


def addresses_of(entity_set: str, keys: Sequence[tuple[str, pa.Array]]) -> pa.Array:
    """Each row's address behind the service's root, from its key's columns, which hold texts, integers or booleans.

    >>> addresses_of("calls", [("id", pa.array(["a/b", "O'Neil"]))]).to_pylist()
    ["calls('a%2Fb')", "calls('O''Neil')"]
    >>> addresses_of("steps", [("id", pa.array(["x"])), ("step", pa.array([0]))]).to_pylist()
    ["steps(id='x',step=0)"]
    """
    parts: list[pa.Array | str] = [f"{entity_set}("]
    for place, (name, values) in enumerate(keys):
        key = "" if len(keys) == 1 else f"{',' if place else ''}{name}="
        if pa.types.is_string(values.type):
            parts += [f"{key}'", _encoded(values), "'"]
        else:
            parts += [key, values.cast(pa.string())]
    return pc.binary_join_element_wise(*parts, ")", "")


def _encoded(texts: pa.Array) -> pa.Array:
    """Texts as they stand in an address between single quotes."""
    doubled = pc.replace_substring(texts, "'", "''")
    if pc.all(pc.match_substring_regex(doubled, _SAFE), skip_nulls=True, min_count=0).as_py():
        return doubled
    once = doubled.dictionary_encode()
    spelt = [quote(text, safe="'") for text in once.dictionary.to_pylist()]
    return pc.take(pa.array(spelt, pa.string()), once.indices)


def with_types(members: Sequence[Member], types: Mapping[str, str], control: Control) -> Iterator[Member | Constant]:
    """The members, those whose type JSON does not show each behind its annotation (OData JSON 4.01, 4.6.3).

    `types` are qualified names by the members' names: `{"startTime": "Edm.DateTimeOffset"}`.
    """
    for member in members:
        kind = types.get(member.name)
        if kind is not None and kind not in _SHOWN:
            yield Constant(control.name("type", of=member.name), json.dumps(f"#{kind.removeprefix('Edm.')}"))
        yield member
