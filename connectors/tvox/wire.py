"""The wire: the JSON of a TVox becomes Arrow values of the types that were asked for, or a sentence of what came."""

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.json as pj

from tabular.errors.tree import shown

_NAMES = {
    "string": "text",
    "int64": "a whole number",
    "double": "a number",
    "bool": "true or false",
}
_LONGEST_INTEGER = 2**63


LARGEST = 2**31 - 100
"""Bytes of an answer that can be read at all."""


class _Told(Exception):
    """A sentence that may repeat what came: halves of letters, which nothing could write down, are left out."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence.encode(errors="replace").decode())


class Wrong(_Told):
    """What came instead of what was asked for, in words."""


class QueryRefused(_Told):
    """The first error of an answer that brought no data: the TVox may not know what it was asked."""


def data_in(body: bytes, kind: pa.StructType) -> pa.StructScalar:
    """The `data` of a GraphQL answer as `kind`, whose every field must be there. Raises Wrong, QueryRefused."""
    try:
        return _read(body, kind)
    except (pa.ArrowException, UnicodeDecodeError):
        # Slowly, and not only to say what is wrong: `extensions` may stand beside the data.
        data = _dumped({"data": _checked(body, kind)})
    try:
        return _read(data, kind)
    except pa.ArrowException as failure:
        raise Wrong(f"its JSON cannot be read: {failure}") from failure


def loose_data_in(body: bytes) -> dict[str, Any]:
    """The `data` of a GraphQL answer as plain objects. Raises Wrong, QueryRefused."""
    return _data(_loaded(body))


def read_again(data: dict[str, Any], kind: pa.StructType) -> pa.StructScalar:
    """Plain objects as `kind`. Raises Wrong."""
    return data_in(_dumped({"data": data}), kind)


def _read(body: bytes, kind: pa.StructType) -> pa.StructScalar:
    # The reader takes one object after the other, and breaks down over a null where the first one should be: within an
    # object of our own the body can only be one value.
    body.decode()
    if len(body) > LARGEST:
        raise Wrong(f"{len(body)} bytes came")
    whole = b'{"answer":%s}' % body
    table = pj.read_json(
        pa.BufferReader(whole),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(whole) + 1),
        parse_options=pj.ParseOptions(
            explicit_schema=pa.schema([("answer", pa.struct([("data", kind)]))]),
            # Nothing is guessed: values of a depth of their own choice would be read by recursion.
            unexpected_field_behavior="error",
        ),
    )
    data = table.column("answer")[0]["data"] if table.num_rows == 1 else None
    if data is None or not data.is_valid or any(not data[name].is_valid for name in kind.names):
        raise pa.ArrowInvalid("something is null")
    return data


def _checked(body: bytes, kind: pa.StructType) -> dict[str, Any]:
    """The `data` of an answer as plain objects, everything in it as `kind` says. Raises Wrong, QueryRefused."""
    data = loose_data_in(body)
    wrong = next(_differing(data, kind, ""), None)
    if wrong is not None:
        raise Wrong(wrong)
    return data


def _dumped(answer: object) -> bytes:
    return json.dumps(answer, separators=(",", ":")).encode()


def _loaded(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_object)
    except RecursionError as failure:
        raise Wrong("its JSON is nested too deeply") from failure
    except ValueError as failure:
        began = shown(body[:200].decode(errors="replace"))
        raise Wrong(f'no JSON came but "{began}"' if began else "nothing came") from failure


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Wrong(f"{next(name for name in names if names.count(name) > 1)} came twice in one object")
    return found


def _refuse(constant: str) -> None:
    raise Wrong(f"{constant} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise Wrong(f"{shown(text)} is too large a number")
    return number


def _data(answer: Any) -> dict[str, Any]:
    """The data of an answer without errors; any error makes all of it worthless."""
    if not isinstance(answer, dict):
        raise Wrong(f"{_said(answer)} came, where an object was expected")
    data, errors = answer.get("data"), answer.get("errors")
    if errors:
        first = errors[0] if isinstance(errors, list) else errors
        message = first.get("message") if isinstance(first, dict) else None
        sentence = str(message or "an error without a message").rstrip(". ")
        some = isinstance(data, dict) and any(value is not None for value in data.values())
        raise (Wrong if some else QueryRefused)(sentence)
    if not isinstance(data, dict):
        raise Wrong("no data came")
    return data


def _differing(value: Any, kind: pa.DataType, path: str) -> Iterator[str]:
    """What of a value is not as `kind` says, each in words."""
    if value is None:
        return
    if pa.types.is_struct(kind) and isinstance(value, dict):
        for name in value.keys() - set(kind.names):
            yield f"{_below(path, name)} came, which was not asked for"
        for part in kind:
            if not path and value.get(part.name) is None:
                yield f"{part.name} is {'null' if part.name in value else 'not there'}"
            yield from _differing(value.get(part.name), part.type, _below(path, part.name))
    elif pa.types.is_list(kind) and isinstance(value, list):
        for place, element in enumerate(value):
            yield from _differing(element, kind.value_type, f"{path}[{place}]")
    elif not _is(value, kind):
        wanted = _NAMES.get(str(kind), "a list" if pa.types.is_list(kind) else "an object")
        yield f"{path} is {_said(value)}, where {wanted} was expected"


def _is(value: Any, kind: pa.DataType) -> bool:
    if pa.types.is_string(kind):
        return isinstance(value, str) and _is_text(value)
    if pa.types.is_boolean(kind):
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if pa.types.is_int64(kind):
        return isinstance(value, int) and -_LONGEST_INTEGER <= value < _LONGEST_INTEGER
    return pa.types.is_float64(kind) and isinstance(value, int | float)


def _is_text(value: str) -> bool:
    """Whether a text can be written down: halves of a pair of surrogates cannot."""
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _said(value: Any) -> str:
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return f'"{shown(value)}"'
        case _:
            return shown(json.dumps(value))
