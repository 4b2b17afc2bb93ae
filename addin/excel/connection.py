"""A connection file: a query that Excel takes into the open workbook, or into a new one.

An `.odc` is an HTML page with islands of XML ([MS-ODCFF]): the connection, and beside it the query as XML that is
written out as text ([MS-ODCFF] 2.7.1.1, [MS-QDEIF]). This page is also well-formed XML.
"""

from xml.sax.saxutils import escape, quoteattr

from addin.excel.mashup import CULTURE, MIN_VERSION, VERSION
from addin.excel.names import query_name, without_controls
from addin.place import Place
from addin.powerquery import Variant, query_text
from tabular.table import Table

_OFFICE, _ODC = "urn:schemas-microsoft-com:office:office", "urn:schemas-microsoft-com:office:odc"


def connection_text(table: Table, place: Place, query: str | None = None) -> str:
    """The `.odc` file of a table, to be sent in UTF-8. `query` is an M expression in the place of the table's own."""
    name = query_name(table.name)
    mashup = _mashup(name, query or query_text(table, place, Variant.ROWS))
    told = without_controls(f"{table.title}, from {place.address}. Excel asks for a key: choose Web API.")
    return f"""<html xmlns:o="{_OFFICE}" xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv="Content-Type" content="text/x-ms-odc; charset=utf-8"/>
<meta name="ProgId" content="ODC.Database"/>
<meta name="SourceType" content="OLEDB"/>
<title>Query - {name}</title>
<xml id="docprops"><o:DocumentProperties xmlns:o="{_OFFICE}" xmlns="http://www.w3.org/TR/REC-html40">
  <o:Description>{_escaped(told)}</o:Description>
  <o:Name>Query - {name}</o:Name>
 </o:DocumentProperties>
</xml><xml id="msodc"><odc:OfficeDataConnection xmlns:odc="{_ODC}" xmlns="http://www.w3.org/TR/REC-html40">
  <odc:PowerQueryConnection odc:Type="OLEDB">
   <odc:ConnectionString>{_escaped(connection_string(name))}</odc:ConnectionString>
   <odc:CommandType>SQL</odc:CommandType>
   <odc:CommandText>{_escaped(command(name))}</odc:CommandText>
  </odc:PowerQueryConnection>
  <odc:PowerQueryMashupData>{_escaped(mashup)}</odc:PowerQueryMashupData>
 </odc:OfficeDataConnection>
</xml>
</head>
<body><p>{_escaped(told)} Open this file in Excel.</p></body>
</html>
"""


def connection_string(name: str) -> str:
    """How Excel reaches a query of the workbook itself."""
    return f'Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location={name};Extended Properties=""'


def command(name: str) -> str:
    """What Excel asks of a query: all of it."""
    return f"SELECT * FROM [{name}]"


def _mashup(name: str, query: str) -> str:
    """The queries of the connection ([MS-QDEIF]). SafeCombine keeps the rules of privacy on."""
    formula = query.strip().replace("]]>", "]]]]><![CDATA[>")
    return (
        '<Mashup xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns="http://schemas.microsoft.com/DataMashup">'
        f"<Client>EXCEL</Client><Version>{VERSION}</Version><MinVersion>{MIN_VERSION}</MinVersion>"
        f"<Culture>{CULTURE}</Culture><SafeCombine>true</SafeCombine><Items>"
        f"<Query Name={quoteattr(name)}><Formula><![CDATA[{formula}]]></Formula>"
        '<IsParameterQuery xsi:nil="true" /><IsDirectQuery xsi:nil="true" /></Query></Items></Mashup>'
    )


def _escaped(text: str) -> str:
    return escape(text, {'"': "&quot;", "\r": "&#13;"})
