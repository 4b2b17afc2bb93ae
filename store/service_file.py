"""The service file: how a command finds the running service that holds the store."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """The address on this machine and the token with which a command may hand its work over.

    `certificate` is the service's own, for a service that speaks TLS.
    """

    host: str
    port: int
    token: str
    process: int
    certificate: str | None = None

    @classmethod
    def place(cls, store: Path) -> Path:
        """Where the file of a store lies."""
        return store.with_name(f"{store.name}.service.json")

    @classmethod
    def announce(cls, store: Path, host: str, port: int, certificate: str | None = None) -> "ServiceFile":
        """Write the file, readable by its owner alone, whole or not at all."""
        service = cls(host, port, secrets.token_urlsafe(32), os.getpid(), certificate)
        place = cls.place(store)
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(service), file)
        draft.replace(place)
        return service

    @classmethod
    def read(cls, store: Path) -> "ServiceFile | None":
        """The file of a store, if a live process has left one."""
        try:
            service = cls(**json.loads(cls.place(store).read_text(encoding="utf-8")))
            os.kill(service.process, 0)
        except (OSError, ValueError, TypeError):
            return None
        return service

    def withdraw(self, store: Path) -> None:
        """Remove the file, if it is still this service's."""
        if ServiceFile.read(store) == self:
            ServiceFile.place(store).unlink(missing_ok=True)
