"""What every face needs, made once and handed to the app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from api.settings import Settings
from datamodel.catalogue import Catalogue, documented
from store.control import Control
from store.keys import Keys
from store.store import Store
from tabular.restriction import Restriction


@dataclass(frozen=True)
class Services:
    """The settings, the open store with its control database, the whole catalogue, and the clock (UTC)."""

    settings: Settings
    store: Store
    control: Control
    keys: Keys
    catalogue: Catalogue
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def open(cls, settings: Settings) -> "Services":
        """Open the store that the settings name. Raises StoreBusy, StoreUnreadable."""
        control = Control(settings.store)
        try:
            tables = tuple(documented())
            store = Store(settings.store, settings.centre_zone, control.secret, settings.store_memory, tables=tables)
        except BaseException:
            control.close()
            raise
        return cls(settings, store, control, Keys(control), documented())

    def close(self) -> None:
        """Close the files."""
        self.store.close()
        self.control.close()

    def seen_by(self, restriction: Restriction) -> Catalogue:
        """The catalogue of a key."""
        return _seen(self.catalogue, restriction)


@lru_cache(maxsize=256)
def _seen(catalogue: Catalogue, restriction: Restriction) -> Catalogue:
    return catalogue.restricted(restriction)
