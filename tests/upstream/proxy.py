"""A real process between a mirror and its upstream: it logs, limits, delays and remembers requests, and goes wrong on
command. `python -m tests.upstream.proxy --upstream http://127.0.0.1:8000` prints its port and that of its control."""

import argparse
import asyncio
import http.client
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.upstream.arrivals import MINUTE, Arrival, most_in_a_minute
from tests.upstream.between import MODES, Between, Settings
from tests.upstream.commands import CONTROL, Commands
from tests.upstream.faults import Fault, Kind

__all__ = ["Arrival", "Fault", "Proxy", "most_in_a_minute"]

ROOT = Path(__file__).resolve().parents[2]


class Proxy:
    """The process in front of `upstream`, at `address`, for as long as the `with` lasts.

    `limit` requests in any 60 seconds (None: no limit), `latency` in milliseconds, `mode` as `Settings` has it;
    with a `certificate` and its `key` it speaks TLS.
    """

    def __init__(
        self,
        upstream: str,
        *,
        limit: int | None = None,
        latency: float = 0,
        mode: str = "pass",
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        words = ["--upstream", upstream, "--latency", str(latency), "--attached"]
        words += [] if limit is None else ["--limit", str(limit)]
        words += [] if mode == "pass" else [f"--{mode}"]
        if certificate is not None:
            words += ["--certificate", str(certificate), "--certificate-key", str(key)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.upstream.proxy", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.close()
            raise ValueError(f"the proxy did not begin: {' '.join(words)}")
        port, self._control = map(int, line.split())
        self.address = f"{'http' if certificate is None else 'https'}://127.0.0.1:{port}"

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    # ---- what it did -------------------------------------------------------------------------------------

    def log(self) -> list[Arrival]:
        """Every request since it began, or since the last reset."""
        return self.arrived(0)

    def arrived(self, count: int, seconds: float = 30) -> list[Arrival]:
        """The log as soon as so many requests have arrived; AssertionError if they do not."""
        told = self._asked("GET", f"{CONTROL}?arrivals={count}&seconds={seconds}")
        found = [Arrival.of(each) for each in told["log"]]
        assert len(found) >= count, f"{len(found)} requests arrived, not {count}"
        return found

    def counts(self) -> Mapping[str, Any]:
        """How many arrivals, statuses, faults and remembered answers there were, and the most in a minute; for logs
        that are too long to be read."""
        counts: Mapping[str, Any] = self._asked("GET", f"{CONTROL}?log=no")["counts"]
        return counts

    # ---- what it shall do --------------------------------------------------------------------------------

    def fault(self, kind: str, times: int | None = 1, **details: Any) -> None:
        """Have the next requests go wrong, after the faults that were set before; `details` are those of Fault."""
        fault = Fault(Kind(kind), times, **details)
        self._tell("fault", **asdict(fault))

    def limit(self, requests: int | None, seconds: float = MINUTE) -> None:
        """Let only so many requests pass in any stretch of so many seconds from now on; None lifts the limit."""
        self._tell("limit", requests=requests, seconds=seconds)

    def latency(self, milliseconds: float) -> None:
        """Let every request wait so long before it is passed on."""
        self._tell("latency", seconds=milliseconds / 1000)

    def mode(self, name: str) -> None:
        """`pass`, `record` or `replay`, as `Settings` has it."""
        self._tell("mode", name=name)

    def forget(self) -> None:
        """Remember no answers."""
        self._tell("forget")

    def release(self) -> None:
        """Pass on what stalls."""
        self._tell("release")

    def reset(self) -> None:
        """Be as at first: listening, with an empty log and no faults; what is remembered stays."""
        self._tell("reset")

    def down(self) -> None:
        """Listen no more, and break every connection."""
        self._tell("down")

    def up(self) -> None:
        """Listen again, at the same address."""
        self._tell("up")

    def _tell(self, command: str, **details: Any) -> None:
        self._asked("POST", CONTROL, json.dumps({command: details}))

    def _asked(self, method: str, target: str, body: str | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._control)
        try:
            connection.request(method, target, body)
            reply = connection.getresponse()
            told = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:
            raise ValueError(told["error"])
        return told


# ---- the process ---------------------------------------------------------------------------------------------


def main(words: Sequence[str] | None = None) -> None:
    """Stand between until ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.upstream.proxy", description=__doc__)
    parser.add_argument("--upstream", required=True, metavar="URL", help="such as http://127.0.0.1:8000")
    parser.add_argument("--port", type=int, default=0, help="any free one if left out")
    parser.add_argument("--limit", type=int, metavar="N", help="requests in any 60 seconds")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="milliseconds that each request waits")
    parser.add_argument("--certificate", type=Path, help="with its key: speak TLS")
    parser.add_argument("--certificate-key", type=Path)
    parser.add_argument("--attached", action="store_true", help="end when standard input ends")
    memory = parser.add_mutually_exclusive_group()
    for mode in MODES[1:]:
        memory.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, default=MODES[0])
    asyncio.run(_stand(parser.parse_args(words)))


async def _stand(given: argparse.Namespace) -> None:
    tls = None
    if given.certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(given.certificate, given.certificate_key)
    settings = Settings(given.limit, latency=given.latency / 1000, mode=given.mode)
    between = Between(given.upstream, given.port, settings, tls)
    await between.up()
    print(between.port, await Commands(between).start(), flush=True)
    ended = asyncio.Event()
    if given.attached:
        asyncio.get_running_loop().add_reader(0, lambda: None if os.read(0, 1024) else ended.set())
    await ended.wait()


if __name__ == "__main__":
    main()
