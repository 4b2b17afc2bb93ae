"""What an answer is written in: the media types that a client takes, and the version of OData that it speaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from tabular.errors import TypeNotOffered, VersionRefused

Version = Literal["4.0", "4.01"]

JSON, XML, TEXT, MULTIPART = "application/json", "application/xml", "text/plain", "multipart/mixed"


class Kind(StrEnum):
    """What is answered: rows, the metadata document, a raw value, a raw count, a batch, or an error."""

    DATA = "data"
    METADATA = "metadata"
    VALUE = "value"
    COUNT = "count"
    BATCH = "batch"
    ERROR = "error"


class Amount(StrEnum):
    """How much control information stands in JSON: what a client cannot work out, all, or hardly any."""

    MINIMAL = "minimal"
    FULL = "full"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MediaType:
    """What an answer is written in; all but the name is about JSON of rows and errors.

    `exact` says that 64-bit integers and decimals are strings (IEEE754Compatible). `plain` is a type whose
    parameters say nothing more.
    """

    name: str
    amount: Amount = Amount.MINIMAL
    streaming: bool = True
    exact: bool = False
    plain: bool = False

    def content_type(self, version: Version = "4.0") -> str:
        """The header Content-Type; that of a multipart answer still lacks its boundary.

        >>> MediaType(JSON).content_type()
        'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'
        """
        if self.name == TEXT:
            return f"{TEXT};charset=utf-8"
        if self.name != JSON or self.plain:
            return self.name
        prefix = "odata." if version == "4.0" else ""
        streaming, exact = str(self.streaming).lower(), str(self.exact).lower()
        return (
            f"{JSON};{prefix}metadata={self.amount};{prefix}streaming={streaming}"
            f";IEEE754Compatible={exact};charset=utf-8"
        )


@dataclass(frozen=True, slots=True)
class _Range:
    """A media range of Accept: `name` may be `*/*` or `application/*`; None is what the range leaves open."""

    name: str
    quality: float
    amount: Amount | None = None
    streaming: bool | None = None
    exact: bool | None = None

    def takes(self, media: MediaType) -> bool:
        kind, _, rest = self.name.partition("/")
        return (
            (kind == "*" or self.name == media.name or (rest == "*" and media.name.startswith(f"{kind}/")))
            and self.amount in (None, media.amount)
            and self.streaming in (None, media.streaming)
            and self.exact in (None, media.exact)
        )

    @property
    def precision(self) -> int:
        """How much the range says: what says more holds for what both take (RFC 9110, 12.5.1)."""
        said = sum(part is not None for part in (self.amount, self.streaming, self.exact))
        return said + 8 * (2 - self.name.count("*"))


_OFFERED = {
    Kind.DATA: (JSON,),
    Kind.METADATA: (XML, JSON),
    Kind.VALUE: (TEXT,),
    Kind.COUNT: (TEXT,),
    Kind.BATCH: (MULTIPART, JSON),
}
_SHORT = {"json": JSON, "xml": XML, "atom": "application/atom+xml"}
_LEGACY = {"minimalmetadata": Amount.MINIMAL, "fullmetadata": Amount.FULL, "nometadata": Amount.NONE}
_TRUTH = {"true": True, "false": False}

_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_MEDIA = re.compile(r"[\w!#$&^.+*-]{1,100}/[\w!#$&^.+*-]{1,100}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,12})?")
_MOST = 100
"""Media ranges of one header that are read."""


def answer_type(accept: str | None, format_option: str | None, kind: Kind, asked_in: str = "") -> MediaType:
    """What the answer is written in, by `$format` where it is given, else by the header Accept.

    `asked_in` is the media type of the request's body: a batch is answered in the type that it is written in, unless
    the client takes only the other one. `$metadata` is XML for all who take XML, whatever they like better: Power
    Query's one list of types has JSON first, but it reads no JSON there. Errors are JSON, whatever is asked for, and
    a raw count is text: Accept decides nothing there (4.01 part 2, 4.8), and clients send it the list of all they ask.
    Raises TypeNotOffered where nothing fits.
    """
    if kind is Kind.ERROR:
        return MediaType(JSON)
    if kind is Kind.COUNT and not format_option:
        return MediaType(TEXT)
    source, asked = ("$format", format_option) if format_option else ("Accept", accept or "*/*")
    offered = _OFFERED[kind]
    if source == "$format":
        name, sign, parameters = asked.partition(";")
        ranges = list(_ranges(_SHORT.get(name.strip().lower(), name) + sign + parameters))
    else:
        ranges = list(_ranges(asked))
    match kind:
        case Kind.METADATA:
            found = _by_rule(ranges, XML, JSON)
        case Kind.BATCH:
            # Power Query has one list for all it asks: where it lists JSON among others, what it posts as multipart it
            # reads as multipart too.
            preferred, other = (JSON, MULTIPART) if asked_in == JSON else (MULTIPART, JSON)
            found = _by_rule(ranges, preferred, other, even_unnamed=True)
        case _:
            found = _best(ranges, offered[0])
    if found is None:
        raise TypeNotOffered(source, asked, offered)
    return found


def _by_rule(ranges: list[_Range], preferred: str, other: str, even_unnamed: bool = False) -> MediaType | None:
    """The preferred one of two types, unless the client takes only the other one.

    With `even_unnamed` also for clients that say nothing of it, as long as they name more than the other one.
    """
    takes_other = _best(ranges, other) is not None
    only_other = takes_other and all(one.name == other for one in ranges if one.quality > 0)
    is_unnamed = even_unnamed and takes_other and all(one.name != preferred for one in ranges)
    if not only_other and (_best(ranges, preferred) or is_unnamed):
        return MediaType(preferred, plain=True)
    return MediaType(other, plain=True) if takes_other else None


def _best(ranges: list[_Range], name: str) -> MediaType | None:
    """What the client likes best of the ways in which one type can be written."""
    best: tuple[float, MediaType] | None = None
    for one in ranges:
        wanted = MediaType(
            name,
            amount=one.amount or Amount.MINIMAL,
            streaming=one.streaming is not False,
            exact=bool(one.exact),
        )
        if one.quality == 0 or not one.takes(wanted):
            continue
        # What says more about this way decides on it: `application/json;q=0, */*` takes all but JSON.
        closest = max((other for other in ranges if other.takes(wanted)), key=lambda other: other.precision)
        if closest.quality > (best[0] if best else 0):
            best = closest.quality, wanted
    return best[1] if best else None


def _ranges(accept: str) -> Iterator[_Range]:
    """The media ranges of a header; those that ask for what no answer can be are left out."""
    for part in accept.split(",")[:_MOST]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if _MEDIA.fullmatch(name) is None:
            continue
        found: _Range | None = _Range(name.lower(), 1.0)
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            found = _with(found, key.strip().lower(), value.strip().strip('"').lower()) if found else None
        if found is not None:
            yield found


def _with(one: _Range, key: str, value: str) -> _Range | None:
    """A range with one more parameter; None where nothing can have that value. Parameters of others say nothing."""
    match key.removeprefix("odata."):
        case "q":
            return replace(one, quality=float(value)) if _QUALITY.fullmatch(value) else None
        case "metadata":
            return replace(one, amount=Amount(value)) if value in list(Amount) else None
        case "odata":
            return replace(one, amount=_LEGACY[value]) if value in _LEGACY else None
        case "streaming":
            return replace(one, streaming=_TRUTH[value]) if value in _TRUTH else None
        case "ieee754compatible":
            return replace(one, exact=_TRUTH[value]) if value in _TRUTH else None
        case "charset":
            return one if value in ("utf-8", "utf8") else None
    return one


def version_of(max_version: str | None, version: str | None) -> Version:
    """The version to answer in, by the headers OData-MaxVersion and OData-Version of a request (8.2.6, 8.1.5).

    4.0 unless the client takes 4.01 and says so: Power Query does not. Raises VersionRefused for a client that takes
    nothing from 4.0 on, or wrote its request in a version that is not spoken here.

    >>> version_of(None, None), version_of("4.01", "4.0")
    ('4.0', '4.01')
    """
    if version is not None and not 4 <= _number("OData-Version", version) <= Decimal("4.01"):
        raise VersionRefused("OData-Version", version)
    if max_version is None:
        return "4.0"
    most = _number("OData-MaxVersion", max_version)
    if most < 4:
        raise VersionRefused("OData-MaxVersion", max_version)
    return "4.01" if most >= Decimal("4.01") else "4.0"


def _number(header: str, value: str) -> Decimal:
    if _NUMBER.fullmatch(value.strip()) is None:
        raise VersionRefused(header, value)
    return Decimal(value.strip())
