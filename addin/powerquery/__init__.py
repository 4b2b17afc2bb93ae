"""Queries in Power Query's language, M: one for each table and way to bring it, and a library of functions.

Each is complete in itself: its only sources are this service's address, written into it as text, so that Power BI's
service can refresh it and no privacy rule stands between its steps.
"""

from addin.powerquery.queries import Variant, clock_of, library_text, query_text

__all__ = ["Variant", "clock_of", "library_text", "query_text"]
