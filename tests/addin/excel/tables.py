"""Tables to make files of: small ones, and a place."""

from addin.place import Place
from tabular.table import Column, Grain, Reading, Table, Type

PLACE = Place("https://tables.example.com", "api_key", "Europe/Rome")

QUERY = """// The calls; "From" is the first day.
let
    From = "",
    Get = (path as text) => Web.Contents("https://tables.example.com", [RelativePath = path, ApiKeyName = "api_key"]),
    Rows = Csv.Document(Get("tables/calls.csv"), [Encoding = 65001]), /* a; b */
    Kept = Table.SelectRows(Rows, each [a] <> "x;y" and [b]{0} < 3 & "]]>")
in
    Kept"""

KINDS = (
    ("cli", Type.TEXT, None),
    ("step", Type.INTEGER, None),
    ("startTime", Type.TIME, None),
    ("waited", Type.INTEGER, "s"),
    ("score", Type.NUMBER, None),
    ("answered", Type.BOOLEAN, None),
    ("day", Type.DATE, None),
    ("tags", Type.JSON, None),
)


def column_of(name: str, kind: Type = Type.TEXT, unit: str | None = None, description: str = "") -> Column:
    """A column of a name and a type."""
    return Column(name, name, kind, description or f"What `{name}` is.", Reading(name), (name,), unit=unit)


def table_of(name: str, columns: tuple[Column, ...], title: str = "Calls", description: str = "All calls.") -> Table:
    """A table of columns."""
    return Table(name, title, description, columns, (columns[0].name,), Grain.RECORD, name)


CALLS = table_of("calls", tuple(column_of(*kind) for kind in KINDS))
