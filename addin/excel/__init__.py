"""Files that Excel opens with a double click, for each table: a workbook that fills itself, and a connection.

Both carry the table's query, and neither carries a key: Excel asks whoever refreshes for one and keeps it in their own
settings. The query is the one of `addin.powerquery` for rows. The same table and place make the same bytes.
"""

from addin.excel.connection import connection_text
from addin.excel.names import query_name
from addin.excel.template import template_file

__all__ = ["connection_text", "query_name", "template_file"]
