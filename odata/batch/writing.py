"""The answers of a batch's requests → its own answer, as multipart or as JSON, a piece for each."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from secrets import token_hex

from odata.accepting import MULTIPART
from odata.batch.parts import PartAnswer


def new_boundary() -> str:
    """A boundary that stands in no answer: nobody can guess it."""
    return f"batchresponse_{token_hex(16)}"


def multipart_type(boundary: str) -> str:
    """The header Content-Type of a multipart answer."""
    return f"{MULTIPART};boundary={boundary}"


def as_multipart(answers: Iterable[PartAnswer], boundary: str) -> Iterator[bytes]:
    """The answers as multipart/mixed; lines end with CR LF, as the standard of mail has them (RFC 2046, 5.1)."""
    opening = f"--{boundary}"
    for answer in answers:
        lines = [opening, "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
        if answer.id:
            lines.append(f"Content-ID: {answer.id}")
        lines += ["", f"HTTP/1.1 {answer.status} {_phrase(answer.status)}"]
        lines += [f"{name}: {value}" for name, value in answer.headers if name.lower() != "content-length"]
        lines += [f"Content-Length: {len(answer.body)}", "", ""]
        yield "\r\n".join(lines).encode("latin-1") + answer.body
        opening = f"\r\n--{boundary}"
    yield f"{opening}--\r\n".encode()


def as_json(answers: Iterable[PartAnswer]) -> Iterator[bytes]:
    """The answers as one JSON object, a body as JSON, as text, or as bytes in Base64url (OData JSON 4.01, 19.4)."""
    opening = b'{"responses":['
    for answer in answers:
        said: dict[str, object] = {"id": answer.id}
        if answer.group is not None:
            said["atomicityGroup"] = answer.group
        said["status"] = answer.status
        headers: dict[str, str] = {}
        for name, value in answer.headers:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        said["headers"] = headers
        text = json.dumps(said, separators=(",", ":")).encode()
        yield opening + (text[:-1] + b',"body":' + _body(answer) + b"}" if answer.body else text)
        opening = b","
    yield b"]}" if opening == b"," else opening + b"]}"


def _body(answer: PartAnswer) -> bytes:
    kinds = [value for name, value in answer.headers if name.lower() == "content-type"]
    kind = kinds[0].partition(";")[0].strip().lower() if kinds else ""
    if kind == "application/json" or kind.endswith("+json"):
        return answer.body
    if kind.startswith("text/") or kind.endswith(("/xml", "+xml")):
        return json.dumps(answer.body.decode()).encode()
    return json.dumps(urlsafe_b64encode(answer.body).decode()).encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
