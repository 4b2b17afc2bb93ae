"""Sources: who answers the documents of an import, the store or the TVox itself."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol, cast

from graphql import GraphQLSchema, IntrospectionQuery, build_client_schema, get_introspection_query

from answers.datamodel import DataModel
from answers.mirror.passing import Passing
from datamodel.catalogue import Catalogue
from datamodel.documents import Document
from store.patience import Patience
from tabular.errors import DocumentInvalid, UpstreamWrong


class Source(Protocol):
    """Answers documents."""

    def ask(self, document: Document, patience: Patience | None) -> Mapping[str, object]:
        """The whole answer, without errors in it. Raises TablesError for the first of those that it would have."""
        ...


class Stored:
    """The Data Model over the store at one version, as a key of that name and catalogue sees it."""

    def __init__(self, model: DataModel, catalogue: Catalogue, key_name: str, version: int) -> None:
        self._model, self._catalogue, self._key_name, self._version = model, catalogue, key_name, version

    def ask(self, document: Document, patience: Patience | None) -> Mapping[str, object]:
        """Raises what is wrong with the document, and what reading the store raises."""
        reply = self._model.answer(document, self._catalogue, self._key_name, patience, self._version)
        if reply.faults:
            raise reply.faults[0].error
        return cast(Mapping[str, object], json.loads(reply.body))


class PassedOn:
    """A TVox, asked what only it can answer."""

    def __init__(self, passing: Passing) -> None:
        self._passing = passing

    def schema(self) -> GraphQLSchema:
        """Its schema, read by introspection. Raises UpstreamFailed."""
        return _schema_of(self._answer(get_introspection_query()))

    def ask(self, document: Document, patience: Patience | None) -> Mapping[str, object]:
        """Raises UpstreamFailed, and DocumentInvalid with what the TVox says is wrong."""
        if patience is not None:
            patience.check()
        told = _read(self._answer(document.source, document.variables, document.operation))
        if told.get("errors") or not isinstance(told.get("data"), dict):
            raise DocumentInvalid(_said(told.get("errors")))
        return told

    def _answer(self, query: str, variables: Mapping[str, object] | None = None, operation: str | None = None) -> bytes:
        asked = {"query": query, "variables": variables, "operationName": operation}
        body = json.dumps({name: value for name, value in asked.items() if value}, sort_keys=True).encode()
        return self._passing.answer(body)


@lru_cache(4)
def _schema_of(body: bytes) -> GraphQLSchema:
    try:
        return build_client_schema(cast(IntrospectionQuery, _read(body)["data"]))
    except (TypeError, KeyError) as failure:
        raise UpstreamWrong("what its schema is", str(failure)) from failure


def _read(body: bytes) -> Mapping[str, object]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as failure:
        raise UpstreamWrong("a query that is passed on", str(failure)) from failure
    if not isinstance(told, dict):
        raise UpstreamWrong("a query that is passed on", "no JSON object")
    return told


def _said(errors: object) -> str:
    """The first sentence of a list of GraphQL errors."""
    first = errors[0] if isinstance(errors, list) and errors else None
    message = first.get("message") if isinstance(first, dict) else None
    return " ".join(str(message).split())[:300] if message else "The TVox gave no data and does not say why"
