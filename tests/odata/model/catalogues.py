"""The catalogues whose metadata are put to the test."""

from functools import cache

from graphql import build_schema

from datamodel.catalogue import Catalogue, documented
from datamodel.derive import tables_from
from odata.model import EntitySet, Model, Navigation, Property, model_of
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.connectors.tvox import later
from tests.upstream.later_schema import LATEST, later_schema

HASH, LAST, NULL = (Mask(kind) for kind in MaskKind)

RESTRICTION = Restriction(
    hidden=("cli", "contact.value", "addressBookContacts:note", "inboundChats:id", "mail.type"),
    masked=(("user", HASH), ("dnis", LAST), ("queueDuration", NULL), ("tel.value", LAST), ("outboundCalls:id", HASH)),
)
STRANGE = """
type Query { "Everything <odd> & \\"quoted\\" \\u0007 here \\uD83D\\uDE00." oddThings: [Odd!]! }
type Odd { "A \\u0001 bell, a ]]> and a\\ttab." id: ID! interactionKey: String count: Int! }
"""


@cache
def catalogues() -> dict[str, Catalogue]:
    """The catalogues by what is particular about them."""
    return {
        "full": documented(),
        "restricted": documented().restricted(RESTRICTION),
        "one table": documented().restricted(Restriction(tables=("inboundCallSummaries",))),
        "nothing": documented().restricted(Restriction(tables=())),
        "later": Catalogue(tables_from(build_schema(later.later_schema()))),
        "latest": Catalogue(tables_from(later_schema(LATEST))),
        "strange": Catalogue(tables_from(build_schema(STRANGE))),
    }


def model(**restriction: object) -> Model:
    """The model of the documented Data Model for a key."""
    return model_of(documented().restricted(Restriction(**restriction)))  # type: ignore[arg-type]


def ways(of: EntitySet) -> dict[str, Navigation]:
    """The navigations of a set by name."""
    return {way.name: way for way in of.type.navigations}


def properties(of: EntitySet) -> dict[str, Property]:
    """The properties of a set by name."""
    return {one.name: one for one in of.type.properties}
