"""Context URLs: what an answer tells its reader that it holds (OData 4.01 part 1, 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from odata.accepting import Version

METADATA = "$metadata"
REFERENCE, REFERENCES = "$ref", "Collection($ref)"

KeyValue = str | int | bool | datetime


@dataclass(frozen=True, slots=True)
class Projection:
    """What of a row is in the answer: the selected members, in their order, and what is nested in it.

    Without members all of them are. What `$apply` makes is a projection too: its names are the members.
    """

    members: tuple[str, ...] = ()
    nested: tuple[tuple[str, "Projection"], ...] = ()


WHOLE = Projection()


def metadata(root: str) -> str:
    """The context of the service document; `root` has no slash at its end.

    >>> metadata("https://t/odata")
    'https://t/odata/$metadata'
    """
    return f"{root}/{METADATA}"


def of_set(
    root: str, entity_set: str, projection: Projection = WHOLE, version: Version = "4.0", is_entity: bool = False
) -> str:
    """The context of an entity set's rows, or of one of them.

    >>> of_set("https://t", "calls", Projection(("id", "cli")), is_entity=True)
    'https://t/$metadata#calls(id,cli)/$entity'
    """
    return f"{metadata(root)}#{entity_set}{_listed(projection, version)}{'/$entity' if is_entity else ''}"


def of_property(root: str, entity_set: str, key: Mapping[str, KeyValue], path: Sequence[str]) -> str:
    """The context of one property of an entity.

    >>> of_property("https://t", "calls", {"id": "a/b"}, ["cli"])
    "https://t/$metadata#calls('a%2Fb')/cli"
    """
    return f"{metadata(root)}#{entity_set}{key_of(key)}/{'/'.join(path)}"


def of_type(root: str, name: str, is_collection: bool = False) -> str:
    """The context of values of a type that no entity set holds; of references, whose type is `$ref`.

    >>> of_type("https://t", "Edm.String", is_collection=True), of_type("https://t", "$ref")
    ('https://t/$metadata#Collection(Edm.String)', 'https://t/$metadata#$ref')
    """
    return f"{metadata(root)}#{f'Collection({name})' if is_collection else name}"


def key_of(key: Mapping[str, KeyValue]) -> str:
    """A key in an address, with its parentheses: a single value without its name, several with theirs.

    >>> key_of({"id": "O'Neil"}), key_of({"id": "x", "step": 0})
    ("('O''Neil')", "(id='x',step=0)")
    """
    if len(key) == 1:
        return f"({_spelt(next(iter(key.values())))})"
    return f"({','.join(f'{name}={_spelt(value)}' for name, value in key.items())})"


def _listed(projection: Projection, version: Version) -> str:
    """The members of a projection in parentheses; nothing where all are there.

    4.01 writes what is expanded with parentheses, `steps()`, whatever of it is selected. Power Query refuses empty
    ones: for 4.0 it is named like a member, and only where members are selected, since a list of names alone would say
    that the others are not there.
    """
    names = list(projection.members)
    for name, inner in projection.nested:
        inside = _listed(inner, version)
        if version == "4.01":
            names.append(f"{name}{inside or '()'}")
        elif inside:
            names.append(f"{name}{inside}")
        elif projection.members and name not in projection.members:
            names.append(name)
    return f"({','.join(names)})" if names else ""


def _spelt(value: KeyValue) -> str:
    """A key's value as a literal in an address.

    >>> _spelt(True), _spelt(datetime(2020, 5, 1, 8, 39, 49, tzinfo=UTC))
    ('true', '2020-05-01T08:39:49Z')
    """
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
        case int():
            return str(value)
    return "'" + quote(value.replace("'", "''"), safe="'") + "'"
