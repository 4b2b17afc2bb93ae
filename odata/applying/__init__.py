"""`$apply`, `$compute` and `$search` over a table: trees of options → steps of a `tabular.pipeline.Pipeline`.

`Applying` reads one option after the other, in the order in which OData evaluates them: `$apply`, `$compute`,
`$search`, `$filter`, (what counts), `$orderby`, `$skip` and `$top` (OData 4.01 part 1, 11.2.1). Each is bound against
`Pipeline.table`, so that it may name what the ones before it made.

What of the Extension for Data Aggregation 4.0 is there: aggregate (sum, min, max, average, countdistinct, $count),
groupby with these, with filter, search and compute before or behind them, and with top, skip, topcount and their like
in each group; filter, search, compute, orderby, top, skip, identity, topcount, topsum, toppercent and those from the
bottom; concat. What is not is refused by its name: rollup, from, nest, join, hierarchies, paths to other entities.
"""

from odata.applying.applying import Applying
from odata.applying.expressions import Expressions, told_of
from odata.applying.searching import search_filter

__all__ = ["Applying", "Expressions", "search_filter", "told_of"]
