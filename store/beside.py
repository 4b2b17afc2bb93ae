"""The partitions that can hold rows related to those of another one, as SQL to read them."""

from dataclasses import dataclass, replace

from store.expressions import Bound
from store.layout import partition_name, quoted
from tabular.month import Month
from tabular.partition import Partition
from tabular.table import Table


@dataclass(frozen=True, slots=True)
class Beside:
    """The partitions of other tables, at a version, beside one of `month` whose rows a filter is about."""

    version: int
    month: Month | None
    partitions: tuple[Partition, ...]

    def holding(self, source: Table, target: Table) -> tuple[Partition, ...]:
        """Those that can hold rows of `target` that are related to rows of `source` in that month.

        What is made of the same records lies in the same month.
        """
        is_same = source.root == target.root
        held = [one for one in self.partitions if one.table in target.stored_in]
        return tuple(one for one in held if not is_same or one.month == self.month)

    def within(self, partition: Partition) -> "Beside":
        """What lies beside one of them."""
        return replace(self, month=partition.month)

    def rows(self, target: Table, partition: Partition, bound: Bound) -> str:
        """The rows of a partition, as SQL to stand behind FROM."""
        version = bound.literal(self.version)
        held = f"{partition_name(partition.table, partition.month)} WHERE _from <= {version} AND _until > {version}"
        if not target.element:
            return f"(SELECT * FROM {held})"
        listed = quoted(target.element)
        places = f"generate_subscripts({listed}, 1) AS _position"
        return f"(SELECT *, unnest({listed}) AS _element, {places} FROM {held})"
