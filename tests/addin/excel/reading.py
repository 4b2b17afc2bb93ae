"""Readers of Excel's files, written from what their formats say and from nothing of `addin.excel`.

[MS-QDEFF] for the mashup, ECMA-376 part 2 (OPC) for packages, the M language's specification for section documents.
Whatever does not follow them is a ValueError.
"""

import base64
import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types of its own

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_MASHUP = "{http://schemas.microsoft.com/DataMashup}"
_BOM = b"\xef\xbb\xbf"

Element = Any


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship that leads to a part."""

    kind: str
    target: str


class Package:
    """An OPC package: parts by their names, which begin with a slash."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.testzip() is not None:
                raise ValueError("a part is broken")
            names = archive.namelist()
            if len({name.casefold() for name in names}) != len(names):
                raise ValueError("two parts have one name")
            self.parts = {f"/{name}": archive.read(name) for name in names}
            self.times = {entry.date_time for entry in archive.infolist()}
        listed = parsed(self.parts.pop("/[Content_Types].xml"))
        self._defaults = {
            one.get("Extension", "").lower(): one.get("ContentType") for one in listed.iter(f"{_TYPES}Default")
        }
        overrides = [(one.get("PartName"), one.get("ContentType")) for one in listed.iter(f"{_TYPES}Override")]
        self._overrides = dict(overrides)
        if len(self._overrides) != len(overrides) or not self._overrides.keys() <= self.parts.keys():
            raise ValueError("a content type is given twice, or to no part")

    def content_type(self, part: str) -> str:
        """The type of a part: its own, or its extension's."""
        found = self._overrides.get(part) or self._defaults.get(part.rpartition(".")[2].lower())
        if found is None:
            raise ValueError(f"{part} has no content type")
        return str(found)

    def relations(self, source: str = "/") -> dict[str, Relation]:
        """What a part, or the package itself, leads to; every target is a part."""
        folder, _, name = source.rpartition("/")
        listed = self.parts.get(f"{folder}/_rels/{name}.rels")
        found: dict[str, Relation] = {}
        for one in () if listed is None else parsed(listed).iter(f"{_RELATIONS}Relationship"):
            target = posixpath.normpath(posixpath.join(f"{folder}/", one.get("Target", "")))
            if target not in self.parts or one.get("TargetMode", "Internal") != "Internal":
                raise ValueError(f"{source} leads to {target}, which is no part")
            if one.get("Id") in found or not re.fullmatch(r"[^\W\d][\w.-]*", one.get("Id", "")):
                raise ValueError(f"{one.get('Id')!r} of {source} is no name, or twice")
            found[one.get("Id", "")] = Relation(one.get("Type", "").rpartition("/")[2], target)
        return found

    def only(self, source: str, kind: str) -> str:
        """The one part of a kind that a part leads to."""
        (found,) = (one.target for one in self.relations(source).values() if one.kind == kind)
        return found

    def reached(self) -> set[str]:
        """All parts that the package leads to, each of which has a type."""
        seen, ahead = set[str](), ["/"]
        while ahead:
            for one in self.relations(ahead.pop()).values():
                if one.target not in seen:
                    self.content_type(one.target)
                    seen.add(one.target)
                    ahead.append(one.target)
        return seen


@dataclass(frozen=True, slots=True)
class Mashup:
    """A mashup's parts. `entries` are the stable entries of each item, by its type and its path."""

    package: Package
    section: str
    permissions: dict[str, str | None]
    entries: dict[tuple[str, str], dict[str, str]]
    bindings: bytes

    @property
    def queries(self) -> dict[str, str]:
        """The expressions of the section's shared members."""
        return dict(members(self.section))


def mashup_in(item: bytes) -> bytes:
    """The stream in a custom XML part (2.1), which has to be UTF-16."""
    if not item.startswith(b"\xff\xfe"):
        raise ValueError("not UTF-16")
    root = parsed(item)
    if root.tag != f"{_MASHUP}DataMashup" or len(root):
        raise ValueError("no DataMashup")
    return base64.b64decode(root.text or "", validate=True)


def read_mashup(data: bytes) -> Mashup:
    """A top-level stream (2.2): a version and four parts, and not a byte more."""
    package, permissions, metadata, bindings = _framed(data, 4)
    told, content = _framed(metadata, 2)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.namelist():
            raise ValueError("nothing is said of content")
    opened = Package(package)
    types = {part: opened.content_type(part) for part in opened.parts}
    if types != {"/Config/Package.xml": "text/xml", "/Formulas/Section1.m": "application/x-ms-m"}:
        raise ValueError(f"these are not the parts of 2.3: {types}")
    return Mashup(
        opened,
        opened.parts["/Formulas/Section1.m"].decode(),
        {one.tag: one.text for one in _marked(permissions, "PermissionList")},
        dict(_items(_marked(told, "LocalPackageMetadataFile"))),
        bindings,
    )


def _framed(data: bytes, count: int) -> Iterator[bytes]:
    """So many parts behind a version, which is 0, each behind its length."""
    (version,) = struct.unpack_from("<I", data)
    if version != 0:
        raise ValueError(f"version {version}")
    at = 4
    for _ in range(count):
        (length,) = struct.unpack_from("<I", data, at)
        if at + 4 + length > len(data):
            raise ValueError("a part is longer than what there is")
        yield data[at + 4 : at + 4 + length]
        at += 4 + length
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes too many")


def _marked(data: bytes, root: str) -> Element:
    if not data.startswith(_BOM):
        raise ValueError(f"{root} does not begin as UTF-8")
    found = parsed(data.removeprefix(_BOM))
    if found.tag != root:
        raise ValueError(f"{found.tag} in the place of {root}")
    return found


def _items(root: Element) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    for item in root.iterfind("Items/Item"):
        entries = [(one.get("Type", ""), one.get("Value", "")) for one in item.iterfind("StableEntries/Entry")]
        if len(dict(entries)) != len(entries) or any(value[:1] not in tuple("slfdc") for _, value in entries):
            raise ValueError("an entry is there twice, or has no type")
        path = "/".join(unquote(word) for word in (item.findtext("ItemLocation/ItemPath") or "").split("/"))
        yield (item.findtext("ItemLocation/ItemType") or "", path), dict(entries)


def parsed(xml: bytes) -> Element:
    """XML, well-formed and without entities of its own."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


_TOKEN = re.compile(
    r"""(?P<comment>//[^\r\n\u0085\u2028\u2029]*|/\*.*?\*/)|(?P<text>\#?"(?:[^"]|"")*")|(?P<end>;)|(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"#\(([^)]*)\)")
_ESCAPES = {"#": "#", "cr": "\r", "lf": "\n", "tab": "\t"}


def members(section: str) -> Iterator[tuple[str, str]]:
    """The shared members of a section document: their names and expressions."""
    rest = section.removeprefix("section Section1;")
    if rest == section:
        raise ValueError("no section")
    start = 0
    for token in _TOKEN.finditer(rest):
        if token.lastgroup == "end":
            yield _member(rest[start : token.start()])
            start = token.end()
    if rest[start:].strip():
        raise ValueError(f"text after the last member: {rest[start:]!r}")


def _member(text: str) -> tuple[str, str]:
    found = re.fullmatch(r'\s*shared\s+(?:#"((?:[^"]|"")*)"|([A-Za-z_]\w*))\s=\s(.*)', text, re.DOTALL)
    if found is None:
        raise ValueError(f"no member: {text!r}")
    quoted, plain, expression = found.groups()
    name = plain if quoted is None else _ESCAPE.sub(_unescaped, quoted.replace('""', '"'))
    return name, expression.strip()


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1]) or chr(int(found[1], 16))
