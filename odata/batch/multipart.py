"""A batch as multipart/mixed (OData 4.01 part 1, 11.7.7): a request as text in each part."""

import re
from collections.abc import Iterator

from odata.batch.parts import Headers, PartRequest, asked, within_limits
from tabular.errors import BatchWrong, BodyNotBatch, NotOffered

_BOUNDARY = re.compile(r""";\s*boundary\s*=\s*(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)""", re.IGNORECASE)
_REQUEST = re.compile(r"([A-Za-z]{1,20}) +(\S+)(?: +HTTP/[0-9](?:\.[0-9])?)? *")
_HEADER = re.compile(r"([!#$%&'*+.^`|~\w-]{1,100}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*", re.ASCII)

_SHAPE = "A part is application/http, a blank line, and a request such as GET calls?$top=5 HTTP/1.1."


def of_multipart(content_type: str, body: bytes, root: str) -> tuple[PartRequest, ...]:
    """The requests of a multipart batch. Raises BodyNotBatch without a boundary, BatchWrong, BatchTooLarge."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise BodyNotBatch(content_type)
    found: list[PartRequest] = []
    for part in _parts(body, (boundary[1] or boundary[2]).encode(errors="surrogateescape")):
        place = f"part {len(found) + 1}"
        found.append(_request(place, part, root, [one.id for one in found]))
        within_limits(len(found))
    ids = [one.id for one in found if one.id]
    if len(set(ids)) < len(ids):
        raise BatchWrong("Content-ID", "two parts have the same", "Give each part one of its own, or none.")
    return tuple(found)


def _parts(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundaries; lines may end without a carriage return, as some clients write them."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    start: int | None = None
    for found in line.finditer(body):
        if start is not None:
            # The line break behind the boundary is none of the part.
            yield body[start : found.start()].removeprefix(b"\r").removeprefix(b"\n")
        if found[1]:
            return
        start = found.end()
    problem = "its last boundary is missing" if start is not None else "its boundary stands nowhere in it"
    raise BatchWrong("the end", problem, "The body ends with --, the boundary and --.")


def _request(place: str, part: bytes, root: str, known: list[str]) -> PartRequest:
    headers, content = _headers_and_rest(part)
    if headers is None:
        return _refused(place, "", "its headers cannot be read")
    by_name = {name.lower(): value for name, value in headers}
    own_id = by_name.get("content-id", "")
    kind = by_name.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/mixed":
        return PartRequest(own_id, "", refusal=NotOffered("A changeset in a batch"))
    if kind != "application/http":
        return _refused(place, own_id, "it is no request")
    first, _, rest = content.lstrip(b"\r\n").partition(b"\n")
    line = _REQUEST.fullmatch(first.rstrip(b"\r").decode("latin-1"))
    if line is None:
        return _refused(place, own_id, "its request line cannot be read")
    inner, _ = _headers_and_rest(rest)
    if inner is None:
        return _refused(place, own_id, "the headers of its request cannot be read")
    return asked(place, root, own_id, line[1].upper(), line[2], inner, known)


def _refused(place: str, own_id: str, problem: str) -> PartRequest:
    return PartRequest(own_id, "", refusal=BatchWrong(place, problem, _SHAPE))


def _headers_and_rest(text: bytes) -> tuple[Headers | None, bytes]:
    """The lines before the first blank one as headers, None where one is none, and what stands behind it."""
    headers: list[tuple[str, str]] = []
    rest = text
    while rest:
        line, _, rest = rest.partition(b"\n")
        line = line.rstrip(b"\r")
        if not line:
            break
        found = _HEADER.fullmatch(line.decode("latin-1"))
        if found is None:
            return None, rest
        headers.append((found[1], found[2]))
    return tuple(headers), rest
