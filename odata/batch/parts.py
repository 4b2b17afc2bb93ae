"""What a batch consists of: the requests in it, what refuses one of them, and their answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tabular.errors import BatchTooLarge, BatchWrong, DependencyFailed, MethodNotAllowed, NotOffered, TablesError

MOST_PARTS = 100
"""Requests of one batch."""

LARGEST = 1_000_000
"""Bytes of one batch."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PartRequest:
    """One request of a batch.

    `path` begins behind the service's root and its slash, `query` behind the question mark; both are still
    percent-encoded. `id` is empty where a part of a multipart batch has none. `group` is set in an atomicity group of a
    JSON batch. `refusal` is what answers the part instead of rows: it is alone in being wrong.
    """

    id: str
    method: str
    path: str = ""
    query: str = ""
    headers: Headers = ()
    depends_on: tuple[str, ...] = ()
    group: str | None = None
    refusal: TablesError | None = None


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """The requests of a batch in their order; `media_type` is that of its body, without parameters."""

    media_type: str
    parts: tuple[PartRequest, ...]


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """The answer to one request of a batch."""

    id: str
    status: int
    headers: Headers = ()
    body: bytes = b""
    group: str | None = None


def refusal_of(part: PartRequest, statuses: Mapping[str, int]) -> TablesError | None:
    """What keeps a part from being carried out, given the statuses of those before it by their ids."""
    if part.refusal is not None:
        return part.refusal
    failed = next((one for one in part.depends_on if not 200 <= statuses.get(one, 0) < 400), None)
    return DependencyFailed(failed) if failed is not None else None


def within_limits(count: int) -> None:
    """Raise BatchTooLarge where a batch has more than MOST_PARTS requests."""
    if count > MOST_PARTS:
        raise BatchTooLarge(f"{MOST_PARTS} requests")


def asked(
    place: str, root: str, own_id: str, method: str, url: str, headers: Headers, known: Sequence[str] = ()
) -> PartRequest:
    """A request by its address, which is a whole one, a path, or relative to the service's root, whose path is `root`.

    Of a whole address the host is not looked at: behind a proxy it may be any. `place` says in a refusal which part is
    meant, `known` are the ids of those before it.
    """
    path, query = _behind(root, url)
    refusal: TablesError | None = None
    if method != "GET":
        refusal = MethodNotAllowed(method, url, ("GET",))
    elif path is None:
        advice = f"Addresses are relative, as in calls?$top=5, or begin with {root}/."
        refusal = BatchWrong(place, "its address is none of this service", advice)
    elif path.startswith("$") and path[1:].partition("/")[0] in known:
        refusal = NotOffered("An address by the answer of another request of the batch")
    elif path == "$batch":
        refusal = NotOffered("A batch in a batch")
    return PartRequest(own_id, method, path or "", query, headers, refusal=refusal)


def _behind(root: str, url: str) -> tuple[str | None, str]:
    """Path and query of an address behind the service's root; None where it is not there.

    >>> _behind("/odata", "https://t/odata/calls?$top=5"), _behind("/odata", "/odata"), _behind("/odata", "/x")
    (('calls', '$top=5'), ('', ''), (None, ''))
    """
    path, _, query = url.partition("#")[0].partition("?")
    scheme, sign, rest = path.partition("://")
    if sign and scheme.lower() in ("http", "https"):
        path = f"/{rest.partition('/')[2]}"
    if not path.startswith("/"):
        return path, query
    if path in (root, f"{root}/"):
        return "", query
    return (path[len(root) + 1 :], query) if path.startswith(f"{root}/") else (None, query)
