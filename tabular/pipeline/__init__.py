"""What is done to the rows of a question after they are found, step by step: computed, grouped, sorted, cut.

- `Pipeline` and its methods: each gives a pipeline with one more step, and the table that its rows then are.
- Groups and measures are those of `tabular/grouping/`: null is a group, functions pass over nulls and NaN, whole
  numbers stay whole, and a sum that does not fit into 64 bits is null.
- A condition keeps the rows for which it is true, as a filter does.
"""

from tabular.pipeline.pipeline import Pipeline
from tabular.pipeline.reads import columns_in, columns_of, trees_in
from tabular.pipeline.steps import (
    Computed,
    Concatenated,
    Extreme,
    Grouped,
    Kept,
    Limited,
    Order,
    Ordered,
    Reach,
    Settled,
    Step,
)

__all__ = [
    "Computed",
    "Concatenated",
    "Extreme",
    "Grouped",
    "Kept",
    "Limited",
    "Order",
    "Ordered",
    "Pipeline",
    "Reach",
    "Settled",
    "Step",
    "columns_in",
    "columns_of",
    "trees_in",
]
