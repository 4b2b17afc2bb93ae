"""Services in processes of their own, asked over loopback by a client that costs next to nothing."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds to the first byte of the body and to the last, how many bytes it has, and how it begins."""

    first: float
    all: float
    size: int
    begins: bytes


class Service:
    """A program that prints its address on a line with `http://`, for as long as the `with` lasts."""

    def __init__(self, *words: str, key: str = "", settings: Mapping[str, str] | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TVOX_")}
        self._process = subprocess.Popen(
            [sys.executable, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**environment, **(settings or {})},
        )
        self.key = key
        assert self._process.stdout is not None
        line = next(line for line in self._process.stdout if "http://" in line)
        self.address = next(word for word in line.split() if word.startswith("http://")).rstrip("/")
        address = urlsplit(self.address)
        self._host, self._port = address.hostname or "", address.port or 80

    def __enter__(self) -> "Service":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def get(self, path: str) -> Taken:
        """Ask, and throw the body away as it comes."""
        return self._asked("GET", path, [], b"")

    def post(self, path: str, json: bytes) -> Taken:
        """Ask with a body, and throw the answer's away as it comes."""
        return self._asked("POST", path, ["Content-Type: application/json", f"Content-Length: {len(json)}"], json)

    def _asked(self, method: str, path: str, more: list[str], body: bytes) -> Taken:
        buffer = bytearray(1 << 20)
        with socket.create_connection((self._host, self._port)) as connection:
            lines = [
                f"{method} {path} HTTP/1.1",
                f"Host: {self._host}",
                f"X-Telenia-APIKey: {self.key}",
                "Connection: close",
                *more,
            ]
            began = time.perf_counter()
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            head = b""
            while b"\r\n\r\n" not in head or head.endswith(b"\r\n\r\n"):
                read = connection.recv_into(buffer)
                if not read:
                    break
                head += buffer[:read]
            first = time.perf_counter()
            assert b" 200 " in head.split(b"\r\n", 1)[0], head[:500]
            begins = head.partition(b"\r\n\r\n")[2]
            size = len(begins)
            while read := connection.recv_into(buffer):
                size += read
            last = time.perf_counter()
        return Taken((first - began) * 1000, (last - began) * 1000, size, begins[:200])

    @property
    def peak_megabytes(self) -> float:
        """The most memory that the process has held at once."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
