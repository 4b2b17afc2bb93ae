"""The model of a key: what identifies an entity, where it leads, and nothing of what the key may not see."""

import pytest

from datamodel.catalogue import documented
from datamodel.sql.tables import BY_NAME
from odata.model import CONTAINER, Model, Offered, csdl_json, csdl_xml, model_of, service_document
from tabular.restriction import Restriction
from tabular.table import Type
from tests.odata.model.catalogues import HASH, LAST, NULL, catalogues, model, properties, ways

ONE_HIDDEN = Restriction(hidden=("cli",))

every_catalogue = pytest.mark.parametrize("name", catalogues())


def of(name: str) -> Model:
    return model_of(catalogues()[name])


@every_catalogue
def test_names_are_identifiers_and_no_two_are_the_same(name: str) -> None:
    found = of(name)
    assert len(found.by_name) == len(found.sets)
    assert CONTAINER not in {one.type.name for one in found.sets}
    for one in found.sets:
        names = [*(p.name for p in one.type.properties), *(way.name for way in one.type.navigations)]
        assert len(names) == len(set(names)) == len(one.type.by_name)
        assert all(name.isidentifier() and name.isascii() and len(name) <= 128 for name in [one.name, *names])


@every_catalogue
def test_every_key_is_seen_is_never_null_and_is_not_masked_away(name: str) -> None:
    for one in of(name).sets:
        assert one.type.key
        for key in one.type.key:
            found = properties(one)[key]
            assert not found.nullable
            assert found.column.mask in (None, HASH)
            assert found.column.mask is None or found.column.type is Type.TEXT


@every_catalogue
def test_every_navigation_relates_properties_of_one_type_that_are_seen_as_they_are(name: str) -> None:
    found = of(name)
    for one in found.sets:
        for way in one.type.navigations:
            target = found.by_name[way.target]
            assert way.pairs
            for own, other in way.pairs:
                left, right = properties(one)[own], properties(target)[other]
                assert left.type == right.type
                assert left.column.mask is None
                assert right.column.mask is None
            if not way.many:
                assert tuple(other for _, other in way.pairs) == target.type.key
            if way.partner:
                back = ways(target)[way.partner]
                assert (back.target, back.partner, back.many) == (one.name, way.name, not way.many)
                assert back.pairs == tuple((other, own) for own, other in way.pairs)


@every_catalogue
def test_every_column_of_a_set_is_a_property_that_can_be_asked_for(name: str) -> None:
    for one in of(name).sets:
        table = catalogues()[name].table(one.name)
        added = [p.name for p in one.type.properties if p.name not in {column.name for column in table.columns}]
        assert added in ([], ["interactionKey"], ["contactKey"])
        assert len(one.type.properties) == len(table.columns) + len(added)
        assert all(one.type.table.column(p.name) == p.column for p in one.type.properties)


def test_interactions_lead_to_their_steps_and_steps_to_their_interaction_and_contact() -> None:
    sets = model().by_name
    for kind in ("inboundCall", "outboundCall", "inboundVideoCall", "inboundChat"):
        steps, summaries = sets[f"{kind}s"], sets[f"{kind}Summaries"]
        assert list(ways(summaries)) == ["stepRows", "contact"]
        assert list(ways(steps)) == ["interaction", "contact"]
        assert ways(summaries)["stepRows"].target == steps.name
        assert (ways(steps)["interaction"].target, ways(steps)["interaction"].nullable) == (summaries.name, False)
        contact = ways(steps)["contact"]
        assert (contact.target, contact.pairs) == ("addressBookContacts", (("contact_id", "uuid"),))
        assert (contact.many, contact.nullable, contact.partner) == (False, True, None)
        assert properties(summaries)["steps"].type == "Edm.Int64"


def test_contacts_lead_to_their_elements_and_back() -> None:
    sets = model().by_name
    elements = {"tel": "addressBookContactTels", "mail": "addressBookContactMails", "web": "addressBookContactWebs"}
    assert {name: way.target for name, way in ways(sets["addressBookContacts"]).items()} == elements
    for name, target in elements.items():
        assert (ways(sets[target])["contact"].partner, ways(sets[target])["contact"].nullable) == (name, False)


def test_tables_of_a_later_tvox_take_part() -> None:
    sets = of("later").by_name
    assert ways(sets["tickets"])["articles"].target == "ticketArticles"
    assert ways(sets["ticketArticles"])["ticket"].pairs == (("id", "id"),)
    assert {p.type for p in properties(sets["tickets"]).values()} >= {"Edm.Double", "Edm.Boolean"}
    # Without a key there are no entities; a step's notes have only the interaction's id, which is no key.
    assert not {"agents", "inboundCallNotes"} & set(sets)
    assert properties(sets["surveyList"])["id"].type == "Edm.Int64"
    assert ways(sets["inboundCalls"])["interaction"].target == "inboundCallSummaries"


def test_what_has_no_root_in_sight_is_a_set_where_its_key_cannot_be_a_steps() -> None:
    seen = model(tables=("addressBookContactTels", "inboundCalls"))
    assert {one.name: list(ways(one)) for one in seen.sets} == {"addressBookContactTels": [], "inboundCalls": []}


@pytest.mark.parametrize(
    ("restriction", "gone"),
    [
        ({"hidden": ("inboundCalls:step",)}, {"inboundCalls"}),
        ({"masked": (("inboundCalls:step", HASH),)}, {"inboundCalls"}),
        ({"hidden": ("inboundCalls:id",)}, {"inboundCalls", "inboundCallSummaries"}),
        ({"masked": (("inboundCalls:id", NULL),)}, {"inboundCalls", "inboundCallSummaries"}),
        ({"masked": (("inboundCalls:id", LAST),)}, {"inboundCalls", "inboundCallSummaries"}),
        ({"masked": (("inboundCalls:id", HASH),)}, set()),
        ({"hidden": ("tel",)}, {"addressBookContactTels"}),
        ({"masked": (("tel", HASH),)}, {"addressBookContactTels"}),
    ],
)
def test_a_table_without_its_key_is_no_set(restriction: dict[str, object], gone: set[str]) -> None:
    lost = set(model().by_name) - set(model(**restriction).by_name)
    assert {name for name in lost if name not in BY_NAME} == gone
    # What an SQL table is known by is the same id.
    assert "ast_calls" not in lost or gone >= {"inboundCalls"}
    assert ("ast_cdr" in lost) == ("inboundCallSummaries" in gone)
    assert not lost & {"tickets", "users", "groups", "links"}


@pytest.mark.parametrize("kind", ["hidden", "masked"])
def test_a_navigation_needs_both_its_columns_unmasked(kind: str) -> None:
    def but(column: str) -> Model:
        return model(**{kind: (column,) if kind == "hidden" else ((column, HASH),)})

    assert "contact" not in ways(but("contact.id").by_name["inboundCalls"])
    masked = model(masked=(("inboundCalls:id", HASH),)).by_name
    assert list(ways(masked["inboundCalls"])) == ["contact"]
    assert list(ways(masked["inboundCallSummaries"])) == ["contact"]
    assert "contact" not in ways(but("addressBookContacts:uuid").by_name["inboundCalls"])


def test_a_hidden_column_is_in_no_document() -> None:
    full = csdl_xml(model())
    for column in documented().table("inboundCalls").columns[2::7]:
        seen = model(hidden=(column.path,))
        named = f'"{column.name}"'.encode()
        assert named in full
        for document in (csdl_xml(seen), csdl_json(seen)):
            assert named not in document
    # What is made of a hidden column goes with it.
    seen = model(hidden=("contact.id", "user"))
    for name in ("contact_id", "user", "users", "contact"):
        assert f'"{name}"'.encode() in full
        assert not {one.name for one in seen.sets if name in one.type.by_name} - {
            "addressBookContactTels",
            "addressBookContactMails",
            "addressBookContactWebs",
        }


def test_one_catalogue_has_one_model_and_another_one_another() -> None:
    again = documented().restricted(ONE_HIDDEN)
    assert model_of(again) is model_of(documented().restricted(ONE_HIDDEN))
    assert model_of(again).fingerprint != model().fingerprint
    assert model_of(documented(), Offered(compute=False)).fingerprint != model().fingerprint
    assert csdl_xml(model()) is csdl_xml(model())


def test_the_service_document_names_every_set() -> None:
    seen = model(tables=("inboundCalls", "addressBookContacts"))
    assert service_document(seen, "https://centre.example/odata/$metadata") == {
        "@odata.context": "https://centre.example/odata/$metadata",
        "value": [
            {"name": "inboundCalls", "kind": "EntitySet", "url": "inboundCalls", "title": "Inbound calls"},
            {
                "name": "addressBookContacts",
                "kind": "EntitySet",
                "url": "addressBookContacts",
                "title": "Address book contacts",
            },
        ],
    }
