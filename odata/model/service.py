"""The service document: which sets there are, and where."""

from typing import Any

from odata.model.elements import Model


def service_document(model: Model, context_url: str) -> dict[str, Any]:
    """The service document in JSON's shapes; `context_url` is the metadata's public address.

    Addresses of sets are relative to the service's root.
    """
    sets = [{"name": one.name, "kind": "EntitySet", "url": one.name, "title": one.title} for one in model.sets]
    return {"@odata.context": context_url, "value": sets}
