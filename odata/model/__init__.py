"""OData's model of a catalogue, and the documents that tell it to clients."""

from odata.model.elements import CONTAINER, NAMESPACE, EntitySet, EntityType, Model, Navigation, Property
from odata.model.jsonwriting import csdl_json
from odata.model.modelling import model_of
from odata.model.numbering import CONTACT_KEY, INTERACTION_KEY, identifies, numbered
from odata.model.offered import OFFERED, Offered
from odata.model.service import service_document
from odata.model.xmlwriting import csdl_xml

__all__ = [
    "CONTACT_KEY",
    "CONTAINER",
    "INTERACTION_KEY",
    "NAMESPACE",
    "OFFERED",
    "EntitySet",
    "EntityType",
    "Model",
    "Navigation",
    "Offered",
    "Property",
    "csdl_json",
    "csdl_xml",
    "identifies",
    "model_of",
    "numbered",
    "service_document",
]
