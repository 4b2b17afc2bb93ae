"""The schema of a later TVox, made from the documented one: flat lists, pages beside the search, unknown queries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    ListTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    TypeNode,
    build_ast_schema,
    get_named_type,
    parse,
)

from datamodel.catalogue import SCHEMA_FILE
from tests.datamodel.plain import instant, literal_instant, written

ADDED = '''
extend type Query {
  "Tickets opened in a month."
  tickets("Month, criteria, page and order of the tickets." search: SearchTicket!): [Ticket!]!
  "How many tickets meet the search; its page is ignored."
  ticketsCount("Month and criteria of the tickets to count." search: SearchTicket!): Int!
  "Answers to one survey in a month."
  surveyReport("The survey that was answered." surveyId: String!, search: SearchSurveyReport!): [SurveyAnswer!]!
}

extend type InboundInteraction {
  "Whether the user looked something up in the knowledge base."
  knowledgeBaseUse: Boolean
  "The user of the step, as a contact of the address book."
  operator: AddressBookContactBase
}

"""A request of a customer, with the articles that were written about it."""
type Ticket {
  "Identifier of the ticket."
  id: String!
  "What the ticket is about."
  subject: String
  "How far the ticket is."
  status: TicketStatus!
  "When the ticket was opened, UTC."
  createdAt: Time!
  "When the ticket was closed, UTC; null while it is open."
  closedAt: Time
  "Seconds until the first answer; null while there is none."
  responseDuration: Int
  "Mean of the marks that the customer gave."
  rating: Float
  "Whether the customer asked to be forgotten."
  forgotten: Boolean
  "Who opened the ticket; null when nobody is known."
  requester: TicketRequester
  "Words under which the ticket is filed."
  tags: [String!]
  "What was written, the first article first."
  articles: [TicketArticle!]
  "When the ticket was last changed, UTC."
  lastUpdateTime: Time!
}

"""Who opened a ticket."""
type TicketRequester {
  "Name of the customer."
  name: String
  "Email address of the customer."
  mail: String
}

"""Something written on a ticket."""
type TicketArticle {
  "When it was sent, UTC."
  sentAt: Time
  "Who sent it."
  sender: TicketSender
  "How many bytes it has."
  size: Int
}

"""An answer to a survey."""
type SurveyAnswer {
  "Identifier of the answer."
  id: String!
  "The mark that was given."
  mark: Int
}

"""How far a ticket is."""
enum TicketStatus { NEW OPEN PENDING CLOSED }

"""Who writes articles."""
enum TicketSender { CUSTOMER USER SYSTEM }

"""Search of one month of tickets."""
input SearchTicket {
  year: Int
  month: Int
  pagination: Pagination
  sorting: SortingTicket
  id: ComparisonString
  subject: ComparisonString
  status: [TicketStatus!]
  responseDuration: ComparisonDuration
  lastUpdateTime: ComparisonTime
}

"""Order of a list of tickets."""
input SortingTicket { key: SortKeyTicket, direction: SortDirection }

"""What a list of tickets is sorted by."""
enum SortKeyTicket { ID STATUS CREATED_AT LAST_UPDATE_TIME }

"""Search of one month of answers to surveys."""
input SearchSurveyReport { year: Int, month: Int, pagination: Pagination }
'''

OF_A_PAGE = ("pagination", "sorting")


@dataclass(frozen=True, slots=True)
class Version:
    """How far a TVox is from the documented Data Model.

    `flat`: lists hold steps, not interactions with their steps (from 1.2.3). `beside`: the page and the order are
    arguments of the query, not fields of its search (from 1.2.5). `without`: fields, as `Type.field`, that it does
    not have. `introspection`: it tells its schema.
    """

    flat: bool = True
    beside: bool = True
    without: frozenset[str] = frozenset({"InboundInteraction.sentiment", "SearchInteraction.sentiment"})
    introspection: bool = True


LATEST = Version()


@cache
def later_schema(version: Version) -> GraphQLSchema:
    """The schema of a TVox of that version, whose Time reads and writes instants in UTC."""
    documents = (parse(SCHEMA_FILE.read_text(encoding="utf-8")), parse(ADDED))
    definitions = [definition for document in documents for definition in document.definitions]
    pages = {
        definition.name.value: tuple(each for each in definition.fields or () if each.name.value in OF_A_PAGE)
        for definition in definitions
        if isinstance(definition, InputObjectTypeDefinitionNode)
    }
    changed = tuple(_changed(definition, version, pages) for definition in definitions)
    schema = build_ast_schema(DocumentNode(definitions=changed))
    time = schema.type_map["Time"]
    assert isinstance(time, GraphQLScalarType)
    time.coerce_output_value = written
    time.coerce_input_value = instant
    time.coerce_input_literal = literal_instant
    return schema


def record_of(schema: GraphQLSchema, query: str) -> GraphQLObjectType:
    """The type of the records that a list query gives."""
    assert schema.query_type is not None
    kind = get_named_type(schema.query_type.fields[query].type)
    assert isinstance(kind, GraphQLObjectType)
    return kind


Pages = Mapping[str, tuple[InputValueDefinitionNode, ...]]
"""What each type of search says of pages and order."""


def _changed(definition: DefinitionNode, version: Version, pages: Pages) -> DefinitionNode:
    if isinstance(definition, ObjectTypeDefinitionNode | ObjectTypeExtensionNode):
        name = definition.name.value
        fields = (field for field in definition.fields or () if f"{name}.{field.name.value}" not in version.without)
        if name == "Query":
            fields = (_query(field, version, pages) for field in fields)
        return replace(definition, fields=tuple(fields))
    if isinstance(definition, InputObjectTypeDefinitionNode):
        return replace(definition, fields=tuple(_criteria(definition, version)))
    return definition


def _criteria(search: InputObjectTypeDefinitionNode, version: Version) -> Iterator[InputValueDefinitionNode]:
    for field in search.fields or ():
        gone = f"{search.name.value}.{field.name.value}" in version.without
        if not gone and not (version.beside and field.name.value in OF_A_PAGE):
            yield field


def _query(field: FieldDefinitionNode, version: Version, pages: Pages) -> FieldDefinitionNode:
    kind, depth = _bare(field.type), 0
    while isinstance(kind, ListTypeNode):
        kind, depth = _bare(kind.type), depth + 1
    if depth == 2 and version.flat:
        assert isinstance(field.type, NonNullTypeNode)
        assert isinstance(field.type.type, ListTypeNode)
        inner = field.type.type.type
        assert isinstance(inner, NonNullTypeNode)
        field = replace(field, type=replace(field.type, type=inner.type))
    if depth and version.beside:
        field = replace(field, arguments=(*(field.arguments or ()), *_beside(field, pages)))
    return field


def _beside(field: FieldDefinitionNode, pages: Pages) -> Iterator[InputValueDefinitionNode]:
    for argument in field.arguments or ():
        if argument.name.value == "search":
            yield from pages[_named(argument.type)]


def _named(kind: TypeNode) -> str:
    bare = _bare(kind)
    return str(getattr(bare, "name").value)  # noqa: B009  # a search is no list: what is bare has a name


def _bare(kind: TypeNode) -> TypeNode:
    return kind.type if isinstance(kind, NonNullTypeNode) else kind
