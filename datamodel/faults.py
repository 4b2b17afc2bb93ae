"""Faults: the entries of `errors` in an answer of the Data Model."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLError

from tabular.errors import DocumentInvalid, TablesError

LONGEST = 300
"""Letters of a sentence: a name that fills a page is not repeated whole."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal, with the places in the document (line, column) and in the answer that it belongs to."""

    error: TablesError
    locations: tuple[tuple[int, int], ...] = ()
    path: tuple[str, ...] = ()

    def described(self) -> dict[str, object]:
        """The fault as an entry of `errors`; its code and hint are extensions."""
        entry: dict[str, object] = {"message": self.error.message}
        if self.locations:
            entry["locations"] = [{"line": line, "column": column} for line, column in self.locations]
        if self.path:
            entry["path"] = list(self.path)
        entry["extensions"] = {"code": self.error.code} | ({"hint": self.error.hint} if self.error.hint else {})
        return entry


class RequestRefused(Exception):
    """A request that is not executed at all: its answer has `errors` and no `data`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


def faults_from(errors: Sequence[GraphQLError]) -> tuple[Fault, ...]:
    """What graphql-core found, each as one sentence with its places."""
    return tuple(Fault(DocumentInvalid(_sentence(one.message)), _places(one)) for one in errors)


def _sentence(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _places(error: GraphQLError) -> tuple[tuple[int, int], ...]:
    return tuple((place.line, place.column) for place in (error.locations or ())[:2])
