"""The number that stands for a text key, as a column that only OData's tables have."""

from tabular.table import Column, Grain, MaskKind, Reading, Table, Type

CONTACTS = "addressBookContacts"
"""The table that the Data Model keeps contacts in."""

INTERACTION_KEY, CONTACT_KEY = "interactionKey", "contactKey"


def identifies(column: Column) -> bool:
    """Whether a key's values still tell rows apart behind its mask: a hash does, last digits and nothing do not."""
    mask = column.mask
    return mask is None or (mask.kind is MaskKind.HASH and column.type is Type.TEXT)


def numbered(table: Table) -> Table:
    """The table with the number of its text key beside it; the table itself where none belongs.

    Steps and interactions have an `interactionKey`, contacts and their elements a `contactKey`. One id has one number
    wherever it stands (`tabular.numbering.number_of`); of a hashed id it is the number of the hash. A column of that
    name that the table has of its own stays what it is.
    """
    key = next((column for column in table.columns if column.name in table.key[:1]), None)
    name = _name(table)
    if name is None or key is None or key.type is not Type.TEXT or not identifies(key) or name in table.spellings:
        return table
    of = "contact" if name == CONTACT_KEY else "interaction"
    number = Column(
        name=name,
        path=name,
        type=Type.INTEGER,
        description=f"Number that stands for the {of}, the same in every table: relate tables by it.",
        reading=Reading(key.reading.field, numbered=True),
        origins=key.origins,
        nullable=False,
        mask=key.mask,
    )
    place = table.columns.index(key) + 1
    return table.with_columns((*table.columns[:place], number, *table.columns[place:]))


def _name(table: Table) -> str | None:
    if table.grain in (Grain.STEP, Grain.INTERACTION):
        return INTERACTION_KEY
    return CONTACT_KEY if table.root == CONTACTS else None
