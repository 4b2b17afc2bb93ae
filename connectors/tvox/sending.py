"""Sending: what the rest of this room needs of the way to a TVox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tabular.upstream import Urgent


@dataclass(frozen=True, slots=True)
class Sent:
    """The body that came back, the address that gave it, and the moment just before it was asked for (UTC)."""

    body: bytes
    address: str
    at: datetime


class Sends(Protocol):
    """The way to a TVox."""

    def send(self, body: bytes, urgent: Urgent, what: str) -> Sent:
        """What a TVox answers to a GraphQL request (`{"query": …}` as JSON bytes); `what` names it in errors.

        The body is whatever came with status 200, or with 400 as JSON (a GraphQL error has either). Raises
        UpstreamFailed: UpstreamUnreachable, UpstreamBusy, UpstreamKeyRefused, or UpstreamWrong for any other status.
        """
        ...
