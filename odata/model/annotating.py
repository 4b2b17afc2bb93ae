"""What the metadata say about themselves: annotations of the OASIS vocabularies, few, and all of them true."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from odata.model.elements import EntitySet, Model, Property

VOCABULARIES = {
    "Core": "Org.OData.Core.V1",
    "Capabilities": "Org.OData.Capabilities.V1",
    "Aggregation": "Org.OData.Aggregation.V1",
}
"""The vocabularies that are used, by their aliases."""

ADDRESS = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/{}.{}"
"""Where a vocabulary is published, as xml and as json."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enum, which has its full name: clients resolve no other."""

    enum: str
    name: str


Value: TypeAlias = "bool | int | str | Member | tuple[str, ...] | Mapping[str, Value]"
"""What is said: a mapping is a record, a tuple a collection of texts."""

Annotations = Mapping[str, Value]
"""What is said by each term."""


def of_container(model: Model) -> Annotations:
    """What the service can do as a whole."""
    offered = model.offered
    has_batch = bool(offered.batch_formats)
    return {
        "Capabilities.ConformanceLevel": Member("Org.OData.Capabilities.V1.ConformanceLevelType", offered.conformance),
        "Capabilities.AsynchronousRequestsSupported": offered.asynchronous,
        "Capabilities.BatchSupported": has_batch,
        "Capabilities.BatchContinueOnErrorSupported": has_batch and offered.continue_on_error,
        "Capabilities.BatchSupport": {
            "Supported": has_batch,
            "ContinueOnErrorSupported": has_batch and offered.continue_on_error,
            "SupportedFormats": offered.batch_formats,
        },
        "Capabilities.KeyAsSegmentSupported": offered.key_as_segment,
        "Capabilities.FilterFunctions": offered.filter_functions,
    }


def of_set(one: EntitySet, model: Model) -> Annotations:
    """What a set holds, and what can be asked of it."""
    offered = model.offered
    expandable = offered.expand and bool(one.type.navigations)
    said: dict[str, Value] = {
        "Core.Description": one.description,
        "Capabilities.SelectSupport": {"Supported": offered.select},
        "Capabilities.FilterRestrictions": {"Filterable": offered.filter},
        "Capabilities.SortRestrictions": {"Sortable": offered.orderby},
        "Capabilities.CountRestrictions": {"Countable": offered.count},
        "Capabilities.ExpandRestrictions": {"Expandable": expandable, "MaxLevels": offered.expand_levels},
        "Capabilities.SearchRestrictions": {"Searchable": offered.search},
        "Capabilities.TopSupported": offered.top,
        "Capabilities.SkipSupported": offered.skip,
        "Capabilities.ComputeSupported": offered.compute,
        "Capabilities.InsertRestrictions": {"Insertable": False},
        "Capabilities.UpdateRestrictions": {"Updatable": False},
        "Capabilities.DeleteRestrictions": {"Deletable": False},
    }
    if offered.transformations:
        # Rollup would be a member of an enum that Power Query does not know, and does not forgive.
        said["Aggregation.ApplySupported"] = {"Transformations": offered.transformations}
    return said


def of_property(one: Property) -> Annotations:
    """What a property means."""
    said = {"Core.Description": one.description}
    return said | ({"Core.LongDescription": one.detail} if one.detail else {})
