"""Rows and columns taken from JSON by JSONPath: RFC 9535 by default, jsonpath-ng and JSONPath-Plus on request.

    text ── rfc.py ─ ng.py ─ rewriting.py ──► ir.py ── resolving.py ──► following.py, tracing.py ──► plucking.py

A front end reads a text and gives segments; nothing below knows which it was. Segments become functions from a list
of nodes to the next list, and columns are taken for all rows at once: the interpreter's own loops in C do most of the
work. Filters are closures over our own tree; no text is ever run. What a path costs is held by a `Budget`, not by
forbidding what the standard allows.
"""

from tabular.jsonpath.columns import Style
from tabular.jsonpath.compiling import Heading, Plucker, compiled, select
from tabular.jsonpath.ir import Dialect
from tabular.jsonpath.limits import Budget
from tabular.jsonpath.resolving import Contents, Shape

__all__ = ["Budget", "Contents", "Dialect", "Heading", "Plucker", "Shape", "Style", "compiled", "select"]
