"""A service that mirrors another one, for tests: both over real HTTP, each with a store of its own."""

from pathlib import Path

from api.services import Services
from api.settings import Settings
from tests.copies import unwritten
from tests.serving import Served


def mirrored_at(path: Path, addresses: str, key: str, **settings: object) -> Services:
    """Services over a store at `path` that mirror the TVox at these addresses; without a limit unless one is given."""
    given = {"upstream_url": addresses, "upstream_api_key": key, "upstream_rate": 0, "upstream_seconds": 20, **settings}
    return Services.open(Settings(_env_file=None, store=path, **given))  # type: ignore[arg-type, call-arg]


class Mirroring:
    """A service that mirrors the TVox at these addresses, for as long as the `with` lasts."""

    def __init__(self, path: Path, addresses: str, key: str, **settings: object) -> None:
        self.services = mirrored_at(path, addresses, key, **settings)
        self.served = Served(self.services)

    def __enter__(self) -> Served:
        return self.served

    def __exit__(self, *_: object) -> None:
        self.served.close()
        unwritten(self.services.store)
        self.services.close()
