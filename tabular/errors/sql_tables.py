"""Refusals about the documented SQL tables: TT196."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong


@dataclass(eq=False)
class OnlyInSql(AskedWrong):
    """A table that nothing but a TVox's advanced query gives."""

    table: str
    area: str
    code = "TT196"
    status = 404

    @property
    def message(self) -> str:
        return f"{self.table} is not mirrored: a TVox gives its rows to advanced queries alone."

    @property
    def hint(self) -> str:
        return f"Ask /datamodel/query for advancedQuery(type: {self.area}, query: …)."
