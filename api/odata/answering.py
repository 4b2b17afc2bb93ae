"""A request to OData's face → its response: documents, lists, entities, values and counts."""

from dataclasses import replace
from typing import cast

from anyio import to_thread
from fastapi.responses import Response

from answers.mirror import Standing
from answers.odata import singles
from answers.odata.conditions import all_of
from answers.odata.made import Made, Manner, NoContent
from answers.odata.pages import Link, Place, page
from answers.odata.question import Asked, asked_of
from answers.odata.resource import Target, target_of
from answers.odata.sight import Sight
from api.answering import Answering
from api.answering import Asked as Wanting
from api.odata import responding
from api.odata.ask import ROOT, Ask
from api.odata.freshening import preview_of, shown_of, standing_of, standing_of_rows
from api.odata.report import Seen
from api.parameters import known_zone
from odata import address
from odata.accepting import XML, Kind, MediaType, answer_type
from odata.context import metadata
from odata.model import csdl_json, csdl_xml
from odata.rendering import Control, service_document
from odata.tokens import token_of, token_text
from store.store import Store
from tabular.errors import AddressWrong, MethodNotAllowed, NotOffered, OptionWrong
from tabular.filter.bound import Cell
from tabular.query import Query, Selected

_KINDS = {address.Ending.COUNT: Kind.COUNT, address.Ending.VALUE: Kind.VALUE, None: Kind.DATA}


async def answered(ask: Ask, seen: Seen) -> Response:
    """The response to a request. Raises TablesError."""
    _ = ask.version, ask.wish  # what cannot be spoken to is refused before anything else
    addressed = address.parse(ask.path)
    match addressed:
        case address.ServiceDocument():
            return _service_document(ask)
        case address.Metadata():
            return _metadata(ask)
        case address.Batch():
            raise refused(ask.request.method, ask.path)
        case address.All():
            raise NotOffered("$all")
        case address.Crossjoin():
            raise NotOffered("$crossjoin")
        case address.EntityById(narrowed):
            if narrowed is not None:
                raise NotOffered("A type behind $entity")
            named = _by_id(ask)
            return await _resource(replace(ask, query=_without_id(ask.query)), named, seen)
        case address.Resource() as resource:
            if resource.by_post and ask.request.method != "POST":
                raise refused(ask.request.method, ask.path)
            return await _resource(ask, resource, seen)


def refused(method: str, path: str) -> MethodNotAllowed:
    """What refuses a method that a path below the root does not take.

    >>> refused("PUT", "calls").allowed, refused("GET", "calls/$query").allowed
    (('GET', 'HEAD'), ('POST',))
    """
    by_post = path == "$batch" or path.endswith("/$query")
    return MethodNotAllowed(method, f"{ROOT}/{path}".rstrip("/"), ("POST",) if by_post else ("GET", "HEAD"))


# Documents


def _service_document(ask: Ask) -> Response:
    media = answer_type(ask.request.headers.get("Accept"), ask.options.format, Kind.DATA)
    control = Control.of(media, ask.version)
    sets = [(one.name, one.title) for one in ask.model.sets]
    body = service_document(metadata(ask.root), sets, control)
    etag = f'W/"{ask.model.fingerprint}-{media.amount}-{ask.version}"'
    return responding.document(ask, body, media.content_type(ask.version), etag)


def _metadata(ask: Ask) -> Response:
    media = answer_type(ask.request.headers.get("Accept"), ask.options.format, Kind.METADATA)
    body = csdl_xml(ask.model, ask.version) if media.name == XML else csdl_json(ask.model)
    kind = "xml" if media.name == XML else "json"
    etag = f'W/"{ask.model.fingerprint}-{kind}-{ask.version}"'
    return responding.document(ask, body, media.content_type(ask.version), etag)


# Rows


def _by_id(ask: Ask) -> address.Resource:
    """The entity that `$id` names, by an address that is relative or begins with the service's own."""
    named = ask.options.id
    if named is None:
        raise OptionWrong("$id", 0, "nothing says which entity is meant", "It looks like this: $entity?$id=calls('x').")
    for root in (f"{ask.root}/", f"{ROOT}/"):
        named = named.removeprefix(root)
    found = address.parse(named)
    if not isinstance(found, address.Resource):
        raise AddressWrong(0, "$id names no entity", "It looks like this: $entity?$id=calls('x').")
    return found


def _without_id(query: str) -> str:
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if pair.partition("=")[0].lower() not in ("$id", "%24id", "id"))


async def _resource(ask: Ask, resource: address.Resource, seen: Seen) -> Response:
    sight = Sight(ask.model, known_zone(ask.custom.get("tz", "UTC")), ask.services.now(), dict(ask.options.aliases))
    target = await _target(ask, resource, sight)
    asked = asked_of(target, ask.options, sight)
    kind = _KINDS.get(target.ending, Kind.DATA)
    media = answer_type(ask.request.headers.get("Accept"), ask.options.format, kind)
    without_nulls = ask.preferences.omit_values == "nulls" and kind is Kind.DATA
    manner = Manner(ask.model, ask.root, Control.of(media, ask.version, without_nulls))
    for pattern in asked.patterns:
        ask.services.store.check_pattern(pattern)
    if kind is Kind.DATA and not target.is_single:
        return await _list(ask, asked, manner, media, seen)
    shown = await shown_of(ask, target.entity_set.type.table)
    store = ask.services.store if shown is None else shown.store
    standing = await standing_of(ask, asked) if shown is None else shown.standing
    if kind is Kind.COUNT:
        found = singles.count(asked, store, manner)
    elif target.property is not None:
        found = singles.property_or_value(asked, store, manner)
    else:
        found = singles.entity(asked, store, manner)
    honoured = ("omit-values",) if without_nulls else ()
    return await _sent(ask, found, media, responding.headers_of_rows(ask, found, standing, honoured), seen)


async def _target(ask: Ask, resource: address.Resource, sight: Sight) -> Target:
    """What the path addresses; in a thread where an entity has to be looked up on the way."""
    store, seen = ask.services.store, ask.caller.catalogue
    first = resource.segments[0]
    name = first.name if isinstance(first, address.Named) else ""
    seen.check(name)
    # A view leads nowhere: nothing is looked up on the way.
    if len(resource.segments) < 2 or name in seen.views:
        return target_of(resource, sight, lambda target, names: singles.cells(target, names, store))
    if ask.services.mirror is not None:
        begins = target_of(address.Resource(resource.segments[:1]), sight, lambda target, names: None)
        await standing_of_rows(ask, _keyed(begins))

    def read(target: Target, names: tuple[str, ...]) -> dict[str, Cell] | None:
        found = singles.cells(target, names, store)
        return None if found is None else dict(found)

    return await to_thread.run_sync(target_of, resource, sight, read)


def _keyed(target: Target) -> Query:
    table = target.entity_set.type.table
    return Query(table, (Selected(table.columns[0], table.columns[0].name),), filter=all_of(target.conditions))


async def _list(ask: Ask, asked: Asked, manner: Manner, media: MediaType, seen: Seen) -> Response:
    secret, services = ask.services.control.secret, ask.services
    link = Link(ask.question, lambda token: ask.address(token_text(token, secret)))
    size, text = ask.preferences.maxpagesize, ask.options.skiptoken
    place = Place.first(asked, size) if text is None else Place.of(token_of(text, secret, link.question), size)
    store: Store | None = None
    standing = Standing()
    shown = await shown_of(ask, asked.target.entity_set.type.table, place.version)
    if shown is not None:
        store, standing = shown.store, shown.standing
    elif text is None:
        if asked.top is not None and asked.top <= place.size:  # there is no other page, which would read elsewhere
            store = await preview_of(ask, asked)
        if store is None:
            standing = await standing_of(ask, asked)
    found = page(asked, place, link, store or services.store, manner)
    honoured = [name for name, is_so in (("maxpagesize", size), ("omit-values", manner.control.without_nulls)) if is_so]
    headers = responding.headers_of_rows(ask, found, standing, honoured)
    if ask.request.method == "HEAD":
        seen.reads(found)
        return responding.without_body(headers, media.content_type(ask.version))
    return await _sent(ask, found, media, headers, seen, stays=store is None or shown is not None)


async def _sent(
    ask: Ask, found: Made, media: MediaType, headers: dict[str, str], seen: Seen, stays: bool = True
) -> Response:
    seen.reads(found)
    if responding.is_unchanged(ask, found.etag):
        return Response(status_code=304, headers=headers)
    encoding = responding.encoding_of(ask)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    answering = cast(Answering, ask.request.app.state.answering)
    wanted = Wanting(found, encoding, headers, media.content_type(ask.version), stays, lambda: found.given)
    try:
        response = await answering.response(wanted, ask.request)
    except NoContent:
        headers.pop("Content-Encoding", None)
        return Response(status_code=204, headers=headers)
    if found.given is None:
        found.given = answering.kept.rows(wanted.name)
    return response
