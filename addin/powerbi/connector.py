"""The connector: a .mez, which is a zip of a section document in M, its words and its icons."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from addin.place import Place
from addin.powerbi.icons import SIZES, icon
from addin.powerquery.words import comment, literal
from tabular.release import RELEASE
from tabular.table import Table

_SECTION = Path(__file__).with_name("connector.pq")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name: so the same tables make the same bytes."""

WORDS = {
    "ButtonTitle": "TVox Tables",
    "ButtonHelp": "Contact-centre tables of TVox: interactions, their steps, contacts",
    "ContentsHelp": "The tables that your key sees, read through the server's OData feed.",
    "ContentsExample": "One table; what later steps filter and select is left to the server.",
    "RowsHelp": "Rows as the server's pages bring them, times in the centre's zone. Options are the parameters of the "
    "server as text: from, to, last, columns, filter, tz and others.",
    "RowsExample": "The last seven days.",
    "AddressCaption": "Address of the server",
    "AddressHelp": "Where TVox Tables is, without a slash at its end.",
    "TableCaption": "Table",
    "KeyLabel": "API key of TVox Tables",
    "KeyKind": "API key",
    "OnlyEncrypted": "The address has to begin with https://, so that nobody can read the key on its way.",
}
"""What people read of the connector, under the names by which the section asks for it."""

_RESX = """\
<?xml version="1.0" encoding="utf-8"?>
<root>
  <resheader name="resmimetype"><value>text/microsoft-resx</value></resheader>
  <resheader name="version"><value>2.0</value></resheader>
  <resheader name="reader"><value>System.Resources.ResXResourceReader, System.Windows.Forms, Version=4.0.0.0, \
Culture=neutral, PublicKeyToken=b77a5c561934e089</value></resheader>
  <resheader name="writer"><value>System.Resources.ResXResourceWriter, System.Windows.Forms, Version=4.0.0.0, \
Culture=neutral, PublicKeyToken=b77a5c561934e089</value></resheader>
{data}
</root>
"""


def connector_file(place: Place, tables: Iterable[Table]) -> bytes:
    """The connector for this service; the same bytes for the same tables, address and release."""
    contents = {
        "TVoxTables.pq": _section(place, tables).encode(),
        "resources.resx": _words().encode(),
        **{f"TVoxTables{size}.png": icon(size) for size in SIZES},
    }
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as folder:
        for name, content in contents.items():
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            folder.writestr(entry, content)
    return written.getvalue()


def _section(place: Place, tables: Iterable[Table]) -> str:
    rows = (f"        {{{literal(one.name)}, {literal(one.title or one.name)}}}" for one in tables)
    return Template(_SECTION.read_text(encoding="utf-8")).substitute(
        plain=comment(place.address),
        version=literal(RELEASE),
        address=literal(place.address),
        zone=literal(place.zone),
        tables=",\n".join(rows),
    )


def _words() -> str:
    data = (
        f'  <data name={quoteattr(name)} xml:space="preserve"><value>{escape(text)}</value></data>'
        for name, text in WORDS.items()
    )
    return _RESX.format(data="\n".join(data))
