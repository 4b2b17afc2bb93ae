"""Refusals of Google's Sheets API, in our own sentences.

Google's are `{"error": {"code", "message", "status", "details": [ErrorInfo…]}}` (google.rpc.Status). Its documents
promise the status and, in ErrorInfo, the reason; which message a protected range or a full spreadsheet has is known
from what people reported.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from connectors.google.line import Reply
from tabular.errors import (
    AccountRefused,
    CellTooLong,
    GoogleFailed,
    GoogleWrong,
    NoSpreadsheet,
    NoSuchSheet,
    NoSuchSpreadsheet,
    NotShared,
    RangeProtected,
    SheetsApiOff,
    SpreadsheetFull,
)

CELLS = 10_000_000
"""Cells of a spreadsheet at most, empty ones too."""
CHARACTERS = 50_000
"""Characters of one cell at most."""
_LIMITS = frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
_OFF = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})


@dataclass(frozen=True, slots=True)
class Said:
    """What Google says of a refused request: empty where its answer is not Google's JSON."""

    message: str = ""
    status: str = ""
    reasons: frozenset[str] = frozenset()
    metadata: Mapping[str, str] = field(default_factory=dict)


def said(reply: Reply) -> Said:
    """The words of a refusal."""
    try:
        error = json.loads(reply.body)["error"]
        details = [each for each in error.get("details", ()) if isinstance(each, dict)]
        old = [each for each in error.get("errors", ()) if isinstance(each, dict)]
        return Said(
            str(error.get("message", "")),
            str(error.get("status", "")),
            frozenset(str(each["reason"]) for each in (*details, *old) if "reason" in each),
            {str(key): str(value) for each in details for key, value in (each.get("metadata") or {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Said()


def is_limit(reply: Reply) -> bool:
    """Whether Google only wants fewer requests."""
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    return reply.status == HTTPStatus.FORBIDDEN and bool(said(reply).reasons & _LIMITS)


def refusal(reply: Reply, what: str, spreadsheet: str, email: str) -> GoogleFailed:
    """The error for a status that is neither 200 nor one after which asking again may help."""
    words = said(reply)
    message = words.message.lower()
    match reply.status:
        case HTTPStatus.UNAUTHORIZED:
            return AccountRefused(email, words.message or "it does not take its token")
        case HTTPStatus.NOT_FOUND if words.status:
            return NoSuchSpreadsheet(spreadsheet, email)
        case HTTPStatus.FORBIDDEN if words.reasons & _OFF or "has not been used in project" in message:
            return SheetsApiOff(_project(words))
        case HTTPStatus.FORBIDDEN if words.status and "insufficient" in message:
            return AccountRefused(email, words.message)
        case HTTPStatus.FORBIDDEN if "protected" in message:
            return RangeProtected(what, email)
        case HTTPStatus.FORBIDDEN if words.status:
            return NotShared(spreadsheet, email)
        case HTTPStatus.BAD_REQUEST if "protected cell or object" in message:
            return RangeProtected(what, email)
        case HTTPStatus.BAD_REQUEST if "above the limit of" in message and "cells" in message:
            return SpreadsheetFull(_number(message, CELLS))
        case HTTPStatus.BAD_REQUEST if "maximum of" in message and "characters in a single cell" in message:
            return CellTooLong(_number(message, CHARACTERS))
        case HTTPStatus.BAD_REQUEST if "not supported for this document" in message:
            return NoSpreadsheet(spreadsheet)
        case HTTPStatus.BAD_REQUEST if found := re.match(r"Unable to parse range: (.+)", words.message):
            return NoSuchSheet(found[1])
        case HTTPStatus.BAD_REQUEST if found := re.search(
            r"No (?:sheet with id|grid with id): ?(-?\d+)", words.message
        ):
            return NoSuchSheet(f"with the id {found[1]}")
    return GoogleWrong(what, words.message or described(reply))


def described(reply: Reply) -> str:
    """The status of an answer and the kind of its content; nothing of the content itself.

    >>> import httpx
    >>> described(Reply(404, httpx.Headers({"Content-Type": "text/html; charset=utf-8"}), b"<html>"))
    'status 404 Not Found, text/html'
    """
    known = {one.value: one.phrase for one in HTTPStatus}
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    shown = kind if re.fullmatch(r"[-+.a-z0-9/]{1,60}", kind) else "content of no known kind"
    return f"status {reply.status} {known.get(reply.status, '')}".strip() + f", {shown}"


def decoded(reply: Reply) -> dict[str, Any] | None:
    """The JSON object of an answer, if it is one."""
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _project(words: Said) -> str:
    """The project that ErrorInfo or the sentence names."""
    consumer = words.metadata.get("consumer", "").removeprefix("projects/")
    found = re.search(r"in project (\S+)", words.message)
    return consumer or (found[1] if found else "of its own")


def _number(message: str, otherwise: int) -> int:
    found = re.search(r"(?:limit|maximum) of ([0-9]{1,12})", message)
    return int(found[1]) if found else otherwise
