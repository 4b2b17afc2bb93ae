"""Where entities lead: an interaction and its steps, a record and its elements, a contact and who was in touch."""

from collections import defaultdict
from collections.abc import Mapping

from datamodel.derive import singular
from odata.model.elements import Navigation
from odata.model.numbering import CONTACTS
from tabular.table import Column, Grain, Table, Type

_CONTACT = "contact_id"
"""The column of steps and interactions that names a contact."""


def navigations(tables: Mapping[str, Table]) -> Mapping[str, tuple[Navigation, ...]]:
    """The navigations of each table, by its name; `tables` are all that become sets.

    One exists only where the columns that it relates are seen by the key, unmasked, on both sides.
    """
    found: dict[str, list[Navigation]] = defaultdict(list)
    for table in tables.values():
        root = tables.get(table.root)
        if root is not None and table.grain is Grain.INTERACTION:
            _link(found, table, root, "steps", "interaction")
        elif root is not None and table.grain is Grain.ELEMENT and table.element:
            _link(found, root, table, table.element, "contact" if root.name == CONTACTS else singular(root.name))
    contacts = tables.get(CONTACTS)
    if contacts is not None:
        for table in tables.values():
            if table.grain in (Grain.STEP, Grain.INTERACTION):
                _lead(found, table, contacts)
    return {name: tuple(ways) for name, ways in found.items()}


def _link(found: dict[str, list[Navigation]], one: Table, many: Table, forth: str, back: str) -> None:
    """The way from `one` to its `many`, and back."""
    key = one.key[0]
    if not (_plain(one, key) and _plain(many, key)):
        return
    forth, back = _free(forth, one, True), _free(back, many, False)
    pairs = ((key, key),)
    found[one.name].append(Navigation(forth, many.name, True, False, back, pairs))
    found[many.name].append(Navigation(back, one.name, False, False, forth, pairs))


def _lead(found: dict[str, list[Navigation]], table: Table, contacts: Table) -> None:
    """The way to the contact. There is none back: it would lead through every month."""
    own, key = _plain(table, _CONTACT), _plain(contacts, contacts.key[0])
    if own and key and own.type is key.type is Type.TEXT and len(contacts.key) == 1:
        name = _free("contact", table, False)
        found[table.name].append(Navigation(name, contacts.name, False, True, None, ((own.name, key.name),)))


def _plain(table: Table, name: str) -> Column | None:
    """The column of that name, if the key sees what it really holds."""
    return next((column for column in table.columns if column.name == name and column.mask is None), None)


def _free(name: str, table: Table, many: bool) -> str:
    """The name, or another one where a column has it: columns are called the same in every face.

    Fields count as well, so that what a key does not see changes no name.
    """
    taken = {column.name for column in table.columns} | {field.name for field in table.fields if not field.items}
    if name in taken:
        name = f"{singular(name)}{'Rows' if many else 'Row'}"
    while name in taken:
        name += "_"
    return name
