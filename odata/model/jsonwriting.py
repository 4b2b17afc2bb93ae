"""The metadata as CSDL JSON 4.01."""

import json
from functools import lru_cache
from typing import Any

from odata.model.annotating import ADDRESS, VOCABULARIES, Annotations, Member, Value, of_container, of_property, of_set
from odata.model.elements import EntitySet, EntityType, Model, Navigation, Property


@lru_cache(maxsize=64)
def csdl_json(model: Model) -> bytes:
    """The metadata of a model in JSON, as OData 4.01 has them; written once for each model."""
    members: dict[str, Any] = {one.type.name: _entity_type(one.type, model) for one in model.sets}
    members[model.container] = {
        "$Kind": "EntityContainer",
        **_annotations(of_container(model)),
        **{one.name: _entity_set(one, model) for one in model.sets},
    }
    document = {
        "$Version": "4.01",
        "$EntityContainer": f"{model.namespace}.{model.container}",
        "$Reference": {
            ADDRESS.format(name, "json"): {"$Include": [{"$Namespace": name, "$Alias": alias}]}
            for alias, name in VOCABULARIES.items()
        },
        model.namespace: members,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _entity_type(entity: EntityType, model: Model) -> dict[str, Any]:
    return {
        "$Kind": "EntityType",
        "$Key": list(entity.key),
        **{one.name: _property(one) for one in entity.properties},
        **{one.name: _navigation(one, model) for one in entity.navigations},
    }


def _property(one: Property) -> dict[str, Any]:
    # A member without a type is a string (CSDL JSON 4.01, 7.1).
    written: dict[str, Any] = {} if one.type == "Edm.String" else {"$Type": one.type}
    if one.nullable:
        written["$Nullable"] = True
    if one.precision is not None:
        written["$Precision"] = one.precision
    return written | _annotations(of_property(one))


def _navigation(one: Navigation, model: Model) -> dict[str, Any]:
    written: dict[str, Any] = {"$Kind": "NavigationProperty", "$Type": model.by_name[one.target].type.qualified}
    if one.many:
        written["$Collection"] = True
    elif one.nullable:
        written["$Nullable"] = True
    if one.partner:
        written["$Partner"] = one.partner
    if not one.many:
        written["$ReferentialConstraint"] = dict(one.pairs)
    return written


def _entity_set(one: EntitySet, model: Model) -> dict[str, Any]:
    written: dict[str, Any] = {"$Collection": True, "$Type": one.type.qualified}
    if one.type.navigations:
        written["$NavigationPropertyBinding"] = {way.name: way.target for way in one.type.navigations}
    return written | _annotations(of_set(one, model))


def _annotations(said: Annotations) -> dict[str, Any]:
    return {f"@{term}": _value(value) for term, value in said.items()}


def _value(value: Value) -> Any:
    match value:
        case Member(_, name):
            return name
        case tuple():
            return list(value)
        case bool() | int() | str():
            return value
    return {name: _value(one) for name, one in value.items()}
