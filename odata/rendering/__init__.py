"""Answers as OData's JSON: rows from whole Arrow columns, the envelopes around them, and errors."""

from odata.rendering.control import Control
from odata.rendering.entities import Constant, Member, entities
from odata.rendering.envelopes import collection, error_body, property_of, service_document, single
from odata.rendering.full import addresses_of, with_types
from odata.rendering.values import Spelling

__all__ = [
    "Constant",
    "Control",
    "Member",
    "Spelling",
    "addresses_of",
    "collection",
    "entities",
    "error_body",
    "property_of",
    "service_document",
    "single",
    "with_types",
]
