"""What stands around rows: the envelopes of lists, entities, values and errors."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from odata.accepting import Amount
from odata.rendering.control import Control


def collection(
    context: str,
    rows: Iterable[bytes],
    control: Control,
    count: int | None = None,
    following: Callable[[], str | None] = lambda: None,
) -> Iterator[bytes]:
    """A list of rows in its envelope, in as many pieces as the rows come in, and one more at each end.

    `following` is asked for the address of the next page when the last row was written: only then is it known.

    >>> b"".join(collection("https://t/$metadata#calls", [b'{"id":1}'], Control(), count=1))
    b'{"@odata.context":"https://t/$metadata#calls","@odata.count":1,"value":[{"id":1}]}'
    """
    head = _context(context, control)
    if count is not None:
        head[control.name("count")] = count
    yield _json(head)[:-1] + (b',"value":[' if head else b'"value":[')
    yield from rows
    address = following()
    yield b"]}" if address is None else b"]," + _json({control.name("nextLink"): address})[1:]


def single(context: str, entity: bytes, control: Control) -> bytes:
    """One entity, as `entities` writes it, with its context.

    >>> single("https://t/$metadata#calls/$entity", b'{"id":1}', Control("4.01"))
    b'{"@context":"https://t/$metadata#calls/$entity","id":1}'
    """
    head = _context(context, control)
    if not head:
        return entity
    return _json(head)[:-1] + (b"," if entity != b"{}" else b"") + entity[1:]


def property_of(context: str, value: bytes, control: Control) -> bytes:
    """A property's value, which is JSON, with its context.

    >>> property_of("https://t/$metadata#calls(1)/cli", b'"045"', Control(amount=Amount.NONE))
    b'{"value":"045"}'
    """
    return single(context, b'{"value":' + value + b"}", control)


def service_document(context: str, sets: Iterable[tuple[str, str]], control: Control) -> bytes:
    """The list of entity sets, each with the title that people read.

    >>> service_document("https://t/$metadata", [("calls", "Calls")], Control(amount=Amount.NONE))
    b'{"value":[{"name":"calls","title":"Calls","kind":"EntitySet","url":"calls"}]}'
    """
    listed = [{"name": name, "title": title, "kind": "EntitySet", "url": name} for name, title in sets]
    return _json({**_context(context, control), "value": listed})


def error_body(code: str, message: str, target: str | None = None, details: Sequence[Mapping[str, str]] = ()) -> bytes:
    """A refusal as OData has it (JSON 4.01, 21): the same in both versions.

    >>> error_body("TT101", "There is no table.", details=[{"code": "TT101", "message": "Ask for calls."}])
    b'{"error":{"code":"TT101","message":"There is no table.","details":[{"code":"TT101","message":"Ask for calls."}]}}'
    """
    error: dict[str, object] = {"code": code, "message": message}
    if target is not None:
        error["target"] = target
    if details:
        error["details"] = [dict(detail) for detail in details]
    return _json({"error": error})


def _context(context: str, control: Control) -> dict[str, object]:
    return {} if control.amount is Amount.NONE else {control.name("context"): context}


def _json(value: object) -> bytes:
    # Half of a surrogate pair, which no UTF-8 can hold, is written as JSON's own escape.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
