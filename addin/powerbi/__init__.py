"""Files for Power BI: one that opens the OData feed, a connector of its own, and a model with measures to begin with.

All are made of a key's tables and this service's address. None holds a key: Power BI asks for one, and keeps it itself.
"""

from addin.powerbi.connector import connector_file
from addin.powerbi.model import starter_text
from addin.powerbi.source import source_text

__all__ = ["connector_file", "source_text", "starter_text"]
