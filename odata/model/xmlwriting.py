"""The metadata as CSDL XML."""

from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, tostring

from odata.model.annotating import ADDRESS, VOCABULARIES, Annotations, Member, Value, of_container, of_property, of_set
from odata.model.elements import EntitySet, EntityType, Model, Navigation, Property

_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"


@lru_cache(maxsize=64)
def csdl_xml(model: Model, version: str = "4.0") -> bytes:
    """The metadata of a model in XML for clients of a version, 4.0 or 4.01; written once for each model.

    Nothing in them is of 4.01, so that only the version's own number differs.
    """
    top = Element("edmx:Edmx", {"xmlns:edmx": _EDMX, "Version": version})
    for alias, name in VOCABULARIES.items():
        reference = SubElement(top, "edmx:Reference", {"Uri": ADDRESS.format(name, "xml")})
        SubElement(reference, "edmx:Include", {"Namespace": name, "Alias": alias})
    services = SubElement(top, "edmx:DataServices")
    schema = SubElement(services, "Schema", {"xmlns": _EDM, "Namespace": model.namespace})
    for one in model.sets:
        _entity_type(schema, one.type, model)
    container = SubElement(schema, "EntityContainer", {"Name": model.container})
    for one in model.sets:
        _entity_set(container, one, model)
    _annotations(container, of_container(model))
    written: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return written


def _entity_type(schema: Element, entity: EntityType, model: Model) -> None:
    written = SubElement(schema, "EntityType", {"Name": entity.name})
    key = SubElement(written, "Key")
    for name in entity.key:
        SubElement(key, "PropertyRef", {"Name": name})
    for one in entity.properties:
        _property(written, one)
    for way in entity.navigations:
        _navigation(written, way, model)


def _property(entity: Element, one: Property) -> None:
    facets = {"Name": one.name, "Type": one.type}
    if not one.nullable:
        facets["Nullable"] = "false"
    if one.precision is not None:
        facets["Precision"] = str(one.precision)
    _annotations(SubElement(entity, "Property", facets), of_property(one))


def _navigation(entity: Element, one: Navigation, model: Model) -> None:
    target = model.by_name[one.target].type.qualified
    facets = {"Name": one.name, "Type": f"Collection({target})" if one.many else target}
    if not one.many and not one.nullable:
        # A list of entities has no such facet (CSDL XML 4.0, 7.1.3).
        facets["Nullable"] = "false"
    if one.partner:
        facets["Partner"] = one.partner
    written = SubElement(entity, "NavigationProperty", facets)
    if not one.many:
        for own, referenced in one.pairs:
            SubElement(written, "ReferentialConstraint", {"Property": own, "ReferencedProperty": referenced})


def _entity_set(container: Element, one: EntitySet, model: Model) -> None:
    written = SubElement(container, "EntitySet", {"Name": one.name, "EntityType": one.type.qualified})
    for way in one.type.navigations:
        SubElement(written, "NavigationPropertyBinding", {"Path": way.name, "Target": way.target})
    _annotations(written, of_set(one, model))


def _annotations(target: Element, said: Annotations) -> None:
    for term, value in said.items():
        _say(SubElement(target, "Annotation", {"Term": term}), value)


def _say(element: Element, value: Value) -> None:
    match value:
        case bool():
            element.set("Bool", "true" if value else "false")
        case int():
            element.set("Int", str(value))
        case str():
            element.set("String", value)
        case Member(enum, name):
            element.set("EnumMember", f"{enum}/{name}")
        case tuple():
            collection = SubElement(element, "Collection")
            for text in value:
                SubElement(collection, "String").text = text
        case _:
            record = SubElement(element, "Record")
            for name, one in value.items():
                _say(SubElement(record, "PropertyValue", {"Property": name}), one)
