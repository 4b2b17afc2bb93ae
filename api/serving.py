"""Serving: the app on a socket, with the store filled, the service file written and the log without keys."""

import logging
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from answers.filling import Progress
from answers.jobs import FillDemo, is_demo
from api.app import create_app
from api.door import LARGEST_HEAD, Door
from api.services import Services
from api.workplace import workplace_of
from store.service_file import ServiceFile
from tabular.errors import CannotListen


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the service listens and, with a certificate and its key, that it speaks TLS."""

    host: str
    port: int
    certificate: Path | None = None
    certificate_key: Path | None = None


def fill_demo(services: Services, asked: bool | None, tell: Callable[[Progress], None]) -> bool:
    """Bring the demo centre's last months up to date; whether the store holds a demo centre.

    Unasked (None), it is filled only where it replaces nothing: neither real rows nor another demo centre.
    """
    settings, store, catalogue = services.settings, services.store, services.catalogue
    job = FillDemo(settings.demo_months, settings.demo_calls_per_month, settings.demo_seed)
    if asked or (asked is None and services.mirror is None and not job.replaces(store, catalogue)):
        job.run(workplace_of(services), tell)
    return asked is not False and any(is_demo(origin) for origin in store.origins())


def serve(services: Services, where: Listening, ready: Callable[[str], None]) -> None:
    """Serve until told to stop; `ready` hears the address once it listens. Raises CannotListen."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    listening = _listening(where)
    port = listening.getsockname()[1]
    certificate = str(where.certificate.resolve()) if where.certificate else None
    app = create_app(services)
    config = uvicorn.Config(
        app,
        http=Door,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        access_log=False,
        log_config=None,
        server_header=False,
        ssl_certfile=certificate,
        ssl_keyfile=str(where.certificate_key) if where.certificate_key else None,
    )
    everywhere = where.host in ("0.0.0.0", "::")  # noqa: S104
    host = "127.0.0.1" if everywhere else f"[{where.host}]" if ":" in where.host else where.host
    announced = ServiceFile.announce(services.settings.store, host, port, certificate)
    app.state.service_token = announced.token
    shown = "localhost" if host == "127.0.0.1" else host
    ready(services.settings.public_url or f"{'https' if certificate else 'http'}://{shown}:{port}")
    # The server ends its work at a signal and then sends it on: as an exit, so that the store is closed too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        logging.getLogger("tvox").info("stopped")
    finally:
        announced.withdraw(services.settings.store)


def _listening(where: Listening) -> socket.socket:
    """A socket that turns nobody away from now on, though the first answers wait for the start."""
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    try:
        return socket.create_server((where.host, where.port), family=family, backlog=2048)
    except OSError as failure:
        raise CannotListen(where.host, where.port, failure.strerror or str(failure)) from failure
