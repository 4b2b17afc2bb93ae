"""A real service over real HTTP, for tests."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import cast

import httpx
import uvicorn

from api.app import create_app
from api.door import LARGEST_HEAD, Door
from api.services import Services
from api.settings import Settings
from tests.server import Server
from tests.steps import NOW


def opened_at(path: Path, **settings: object) -> Services:
    """Services over a store at `path`, untouched by the settings of this machine; the clock stands at NOW."""
    services = Services.open(Settings(_env_file=None, store=path, **settings))  # type: ignore[arg-type, call-arg]
    return replace(services, now=lambda: NOW)


class Served:
    """A service on a port of its own, and a client that knows its address and a key."""

    def __init__(self, services: Services, key_name: str = "tests") -> None:
        self.services = services
        self.key = services.keys.create(key_name)
        self.app = create_app(services)
        config = uvicorn.Config(
            self.app, port=0, http=Door, h11_max_incomplete_event_size=LARGEST_HEAD, access_log=False, log_config=None
        )
        listening = config.bind_socket()
        listening.listen()  # so that nobody is turned away before the thread has begun
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._server = Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]})
        self._thread.start()
        assert self._server.begun.wait(60), "what the app sets up as it begins is there"
        self.client = httpx.Client(
            base_url=self.address, headers={"X-Telenia-APIKey": self.key}, trust_env=False, timeout=60
        )

    def post(self, query: str, address: str = "/datamodel/query", key: str = "", **more: object) -> httpx.Response:
        """POST a query to the Data Model, with another key if one is given."""
        headers = {"X-Telenia-APIKey": key or self.key} | dict(cast(dict[str, str], more.pop("headers", {})))
        return self.client.post(address, json={"query": query, **more}, headers=headers)

    def get(self, address: str, **options: object) -> httpx.Response:
        """GET with the key."""
        return self.client.get(address, **options)  # type: ignore[arg-type]

    def close(self) -> None:
        """Stop the service."""
        self.client.close()
        self._server.end()
        self._thread.join()
