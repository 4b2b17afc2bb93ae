"""What every face needs, made once and handed to the app."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from answers.datamodel import DataModel
from answers.mirror import Mirror, Rules
from answers.views import Views as Seen
from api.push.pusher import Pusher
from api.settings import Settings
from api.views.sights import Sights
from datamodel.catalogue import Catalogue, documented
from store.budget import Budget
from store.control import Control
from store.edges import Edges
from store.keys import Keys
from store.links import Links
from store.pushes import Pushes
from store.schemas import Schemas
from store.sheet_tokens import SheetTokens
from store.store import Store
from store.views import Views
from tabular.errors import GoogleMisnamed, UpstreamFailed, UpstreamMisnamed
from tabular.restriction import Restriction

# What speaks with a TVox is loaded where there is one: it takes a fifth of the time that a command takes to start.
if TYPE_CHECKING:
    from answers.sql.advanced import AdvancedQueries
    from connectors.google.identity import Identities
    from connectors.tvox import Client, Tvox


@dataclass(frozen=True)
class Line:
    """The line to a TVox: its client, the budget of requests that it draws on, and what speaks its dialect."""

    client: "Client"
    budget: Budget
    tvox: "Tvox"

    @classmethod
    def opened(cls, settings: Settings, control: Control) -> "Line":
        """The line to the TVox that the settings name; nothing is sent yet. Raises UpstreamMisnamed."""
        from connectors.tvox import Client, Tvox

        budget = Budget(control, settings.upstream_rate)
        try:
            client = Client(
                settings.upstream_addresses,
                settings.upstream_api_key.get_secret_value(),
                budget,
                ca=settings.upstream_ca,
                proxy=settings.upstream_proxy,
                seconds=settings.upstream_seconds,
            )
        except ValueError as failure:
            budget.close()
            raise UpstreamMisnamed(str(failure)) from failure
        return cls(client, budget, Tvox(client, Schemas(control)))

    def close(self) -> None:
        """Close its connections."""
        self.client.close()
        self.budget.close()


@dataclass(frozen=True)
class Services:
    """The settings, the open store with its control database, the clock (UTC), and the mirror of a TVox if there is
    one; `offered` are the tables where there is none. `identities` where people can sign in with Google."""

    settings: Settings
    store: Store
    control: Control
    keys: Keys
    links: Links
    sheets: SheetTokens
    pusher: Pusher
    views: Views
    sights: Sights
    offered: Catalogue
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    line: Line | None = None
    mirror: Mirror | None = None
    identities: "Identities | None" = None
    _closing: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def open(cls, settings: Settings) -> "Services":
        """Open the store that the settings name, and the line to a TVox if they name one.

        Raises StoreBusy, StoreUnreadable, StoreOfOthers, UpstreamMisnamed, GoogleMisnamed. A TVox that does not answer
        is no error: it may answer later.
        """
        with ExitStack() as opened:
            control = Control(settings.store)
            opened.callback(control.close)
            tables = tuple(documented())
            store = Store(settings.store, settings.centre_zone, control.secret, settings.store_memory, tables=tables)
            opened.callback(store.close)
            line = mirror = None
            if settings.upstream_addresses:
                line = Line.opened(settings, control)
                with ExitStack() as refused:
                    refused.callback(line.close)
                    mirror = mirror_of(line, store, control, settings)
                    refused.pop_all()
                # Nothing more begins, what waits or is on its way is cut off, and only then it is over.
                opened.callback(mirror.drain)
                opened.callback(line.close)
                opened.callback(mirror.stop)
                with suppress(UpstreamFailed):
                    mirror.learn()
            advanced = None if line is not None else _advanced(settings, opened)
            identities = None if settings.sign_in_lacks else _identities(settings, opened)
            pusher = Pusher(Pushes(control))
            opened.callback(pusher.close)
            views = Views(control)
            return cls(
                settings,
                store,
                control,
                Keys(control),
                Links(control),
                SheetTokens(control),
                pusher,
                views,
                Sights(views, settings, DataModel(store, advanced)),
                documented(),
                line=line,
                mirror=mirror,
                identities=identities,
                _closing=opened.pop_all(),
            )

    def close(self) -> None:
        """Close the files and the line."""
        self._closing.close()

    @property
    def catalogue(self) -> Catalogue:
        """Every table, with nothing hidden."""
        return self.offered if self.mirror is None else self.mirror.catalogue

    def seen_by(self, restriction: Restriction) -> Seen:
        """The catalogue of a key: what it sees of the tables, and its views."""
        tables = self.catalogue
        return self.sights.of(tables, _seen(tables, restriction), restriction)

    def seen_quickly(self, restriction: Restriction) -> Seen | None:
        """The same where it is remembered, for a thread that must not wait."""
        return self.sights.remembered(self.catalogue, restriction)


def _advanced(settings: Settings, opened: ExitStack) -> "Callable[[], AdvancedQueries]":
    """What answers advanced queries, made when the first one comes."""

    guard = Lock()
    made: list[AdvancedQueries] = []

    def advanced() -> "AdvancedQueries":
        from answers.sql.advanced import AdvancedQueries

        with guard:
            if not made:
                made.append(AdvancedQueries(settings.zone, settings.advanced_memory, settings.advanced_bytes))
            return made[0]

    def close() -> None:
        for one in made:
            one.close()

    opened.callback(close)
    return advanced


def mirror_of(line: Line, store: Store, control: Control, settings: Settings) -> Mirror:
    """The mirror of a TVox in a store, by the rules that the settings give. Raises StoreOfOthers."""
    rules = Rules(
        settings.zone,
        timedelta(seconds=settings.fresh_seconds),
        timedelta(seconds=settings.fresh_records_seconds),
        timedelta(days=settings.settle_days),
    )
    return Mirror(line.tvox, store, rules, lambda: datetime.now(UTC), line.budget, Edges(control))


def _identities(settings: Settings, opened: ExitStack) -> "Identities":
    """What checks who signs in with Google; nothing is sent yet. Raises GoogleMisnamed."""
    from connectors.google.identity import Identities
    from connectors.google.transport import Transport

    try:
        transport = Transport(proxy=settings.google_proxy)
    except ValueError as failure:
        raise GoogleMisnamed(str(failure)) from failure
    opened.callback(transport.close)
    return Identities(settings.sign_in_audiences, settings.sign_in_domains, transport, lambda: datetime.now(UTC))


@lru_cache(maxsize=256)
def _seen(catalogue: Catalogue, restriction: Restriction) -> Catalogue:
    return catalogue.restricted(restriction)
