"""A Restriction is what a key may not see: the tables left out, the columns hidden or masked."""

from dataclasses import dataclass
from functools import cached_property

from tabular.table import Column, Mask, Table


@dataclass(frozen=True)
class Restriction:
    """What a key's catalogue leaves out.

    `tables` None means all. A pattern in `hidden` or `masked` is a column's name or path, perhaps after a table's
    name and a colon (`cli`, `contact.value`, `inboundCalls:user`); an object's or a list's path stands for all
    that is in it. It holds for every column made of it, in every table.
    """

    tables: tuple[str, ...] | None = None
    hidden: tuple[str, ...] = ()
    masked: tuple[tuple[str, Mask], ...] = ()

    def opens(self, table: Table) -> bool:
        """Whether the key sees the table at all."""
        return self.tables is None or table.name in self.tables

    def hides(self, table: Table, column: Column) -> bool:
        """Whether the column does not exist for the key."""
        return any(matches(pattern, table, column) for pattern in self.hidden)

    def mask(self, table: Table, column: Column) -> Mask | None:
        """What stands in the column's place, if it is masked."""
        return next((mask for pattern, mask in self.masked if matches(pattern, table, column)), None)

    @cached_property
    def is_open(self) -> bool:
        """Whether nothing is left out."""
        return self.tables is None and not self.hidden and not self.masked


def matches(pattern: str, table: Table, column: Column) -> bool:
    """Whether a pattern names the column, or something the column is made of."""
    of_table, _, path = pattern.rpartition(":")
    is_own = of_table in ("", table.name, table.root)
    if not is_own and of_table not in table.tells_of:
        return False
    named = {*column.origins, *(origin.replace(".", "_") for origin in column.origins)}
    if is_own:
        named |= {column.name, column.path}
    return any(name == path or name.startswith((f"{path}.", f"{path}[")) for name in named)
