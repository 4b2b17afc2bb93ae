"""Queries as a workbook keeps them: the binary stream of [MS-QDEFF], the Query Definition File Format.

Its parts, each behind its length: a package with the queries' text, the permissions, the metadata that say where each
query's rows go, and a checksum that only the user's own Windows can make.
"""

import base64
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

SECTION = "Section1"
"""The only section that Excel reads."""

VERSION, MIN_VERSION = "2.108.243.0", "2.21.0.0"
"""The release of Power Query that the queries are written for, and the oldest that may read them."""

CULTURE = "en-US"
"""The queries name the culture of each conversion themselves; this one is for what a user adds in the editor."""

_SCHEMAS = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_XML = '<?xml version="1.0" encoding="utf-8"?>'

_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="text/xml" />'
    '<Default Extension="m" ContentType="application/x-ms-m" /></Types>'
)
_PACKAGE = (
    f"{_XML}<Package {_SCHEMAS}><Version>{VERSION}</Version><MinVersion>{MIN_VERSION}</MinVersion>"
    f"<Culture>{CULTURE}</Culture></Package>"
)
_PERMISSIONS = (
    f"{_XML}<PermissionList {_SCHEMAS}><CanEvaluateFuturePackages>false</CanEvaluateFuturePackages>"
    '<FirewallEnabled>true</FirewallEnabled><WorkbookGroupType xsi:nil="true" /></PermissionList>'
)
"""Section 2.6: what Excel puts in the place of permissions whose checksum is not its user's. So nothing is replaced."""

_NO_BINDINGS = b""
"""Section 2.6: the checksum is encrypted for one user of one Windows, which makes it when the workbook is saved."""

_NO_CONTENT = b"PK\x05\x06" + bytes(18)
"""An archive of nothing: the content of the metadata."""

_NEVER = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive: the same queries are the same bytes."""

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = re.compile(
    "and|as|each|else|error|false|if|in|is|let|meta|not|null|or|otherwise|section|shared|then|true|try|type"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Fill:
    """Where a query's rows go: the Excel table's name, and the query's columns in their order."""

    target: str
    columns: tuple[str, ...]


def mashup_of(queries: Mapping[str, str], fills: Mapping[str, Fill] | None = None) -> bytes:
    """The stream for M expressions by their names; a query that `fills` names has its rows put into a table.

    Top level: section 2.2; an unsigned 32-bit little-endian length stands before each of the four parts.
    """
    package = zip_of(
        {
            "[Content_Types].xml": _marked(_CONTENT_TYPES),
            "Config/Package.xml": _marked(_PACKAGE),
            f"Formulas/{SECTION}.m": section_text(queries).encode(),
        }
    )
    told = _marked(_metadata(queries, fills or {}))
    metadata = struct.pack("<I", 0) + _measured(told) + _measured(_NO_CONTENT)
    parts = (package, _marked(_PERMISSIONS), metadata, _NO_BINDINGS)
    return struct.pack("<I", 0) + b"".join(map(_measured, parts))


def item_of(mashup: bytes) -> bytes:
    """The custom XML part that holds a stream (section 2.1). Excel writes it as UTF-16, and finds no query in UTF-8."""
    text = (
        '<?xml version="1.0" encoding="utf-16"?><DataMashup xmlns="http://schemas.microsoft.com/DataMashup">'
        f"{base64.b64encode(mashup).decode()}</DataMashup>"
    )
    return b"\xff\xfe" + text.encode("utf-16-le")


def section_text(queries: Mapping[str, str]) -> str:
    """The section document: every query is a shared member.

    >>> section_text({"a": "1", "b c": "2 // two"})
    'section Section1;\\r\\n\\r\\nshared a = 1;\\r\\n\\r\\nshared #"b c" = 2 // two\\n;\\r\\n'
    """
    members = []
    for name, query in queries.items():
        body = query.strip()
        # A comment at the end would take the semicolon with it.
        end = "\n;" if "//" in body.rpartition("\n")[2] else ";"
        members.append(f"\r\nshared {identifier(name)} = {body}{end}\r\n")
    return f"section {SECTION};\r\n{''.join(members)}"


def identifier(name: str) -> str:
    """A name as M writes it: plain where it may be, quoted otherwise.

    >>> identifier("inboundCalls"), identifier("each"), identifier('a "b" #(lf)')
    ('inboundCalls', '#"each"', '#"a ""b"" #(#)(lf)"')
    """
    if _PLAIN_NAME.fullmatch(name) and not _KEYWORDS.fullmatch(name):
        return name
    plain = name.replace("#(", "#(#)(").replace('"', '""')
    return f'#"{_CONTROL.sub(lambda found: f"#({ord(found[0]):04X})", plain)}"'


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    """An archive of parts by their names, in their order and without their times."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, _NEVER)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return file.getvalue()


def _metadata(queries: Iterable[str], fills: Mapping[str, Fill]) -> str:
    """The metadata (section 2.5.2): an item for all formulas, and one for each; a value's first letter is its type."""
    every = _item("AllFormulas", "", [("Relationships", "sAAAAAA==")])
    each = "".join(_item("Formula", f"{SECTION}/{quote(name, safe='')}", _entries(fills.get(name))) for name in queries)
    return f"{_XML}<LocalPackageMetadataFile {_SCHEMAS}><Items>{every}{each}</Items></LocalPackageMetadataFile>"


def _entries(fill: Fill | None) -> list[tuple[str, str]]:
    """What is told of a query; what Excel notes after a refresh (times, counts, types) is not there before one."""
    if fill is None:
        return [("IsPrivate", "l0"), ("FillEnabled", "l0"), ("FillToDataModelEnabled", "l0")]
    return [
        ("IsPrivate", "l0"),
        ("FillEnabled", "l1"),
        ("FillObjectType", "sTable"),
        ("FillToDataModelEnabled", "l0"),
        ("FillTarget", f"s{fill.target}"),
        ("FillColumnNames", f"s{json.dumps(fill.columns, separators=(',', ':'))}"),
        ("ResultType", "sTable"),
        ("BufferNextRefresh", "l1"),
        ("NameUpdatedAfterFill", "l0"),
        ("AddedToDataModel", "l0"),
    ]


def _item(kind: str, path: str, entries: list[tuple[str, str]]) -> str:
    told = "".join(f"<Entry Type={quoteattr(name)} Value={quoteattr(value)} />" for name, value in entries)
    return (
        f"<Item><ItemLocation><ItemType>{kind}</ItemType><ItemPath>{escape(path)}</ItemPath></ItemLocation>"
        f"<StableEntries>{told}</StableEntries></Item>"
    )


def _marked(xml: str) -> bytes:
    """XML in UTF-8 that says so in its first bytes, as Power Query writes all of its own."""
    return b"\xef\xbb\xbf" + xml.encode()


def _measured(part: bytes) -> bytes:
    return struct.pack("<I", len(part)) + part
