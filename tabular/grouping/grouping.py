"""A Grouping says what becomes of the rows of a question: groups by keys, and measures of each."""

from dataclasses import dataclass, replace

from tabular.grouping.keys import Key
from tabular.grouping.measures import Measure
from tabular.table import Column


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows with the same keys become one row of keys and measures; without keys, all rows become one, even if there
    are none. Days, hours and what clocks show are those of `zone`."""

    keys: tuple[Key, ...]
    measures: tuple[Measure, ...] = ()
    zone: str = "UTC"

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the answer can show and be sorted by: the keys, then the measures."""
        return (*(key.column for key in self.keys), *(measure.column for measure in self.measures))

    def without_measures(self) -> "Grouping":
        """The same groups, with nothing said of them."""
        return replace(self, measures=())
