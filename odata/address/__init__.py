"""What the path of an OData request addresses, before any name in it is looked up."""

from odata.address.parser import parse
from odata.address.tree import (
    Address,
    Alias,
    All,
    Bare,
    Batch,
    Cast,
    Crossjoin,
    Ending,
    EntityById,
    Filtered,
    Metadata,
    Named,
    Parentheses,
    Resource,
    ServiceDocument,
)

__all__ = [
    "Address",
    "Alias",
    "All",
    "Bare",
    "Batch",
    "Cast",
    "Crossjoin",
    "Ending",
    "EntityById",
    "Filtered",
    "Metadata",
    "Named",
    "Parentheses",
    "Resource",
    "ServiceDocument",
    "parse",
]
