"""The peer of pushes: gspread writes the same rows into the same stand-in; run in the environment of the peers.

For each line that comes it reads the rows, as the service's format `grid` has them, and writes them once; then it says
the seconds and those of the processor that this took.
"""

import json
import sys
import time
from pathlib import Path

import gspread  # type: ignore[import-not-found]  # in the peers' environment only


def main(address: str, key: str, book: str, rows: str) -> None:
    """Write on command; `rows` is a file with a JSON array of arrays."""

    class Elsewhere(gspread.HTTPClient):  # type: ignore[misc]  # unknown here, as above
        """Google is at another address."""

        def request(self, method: str, endpoint: str, *given: object, **more: object) -> object:
            return super().request(method, endpoint.replace("https://sheets.googleapis.com", address), *given, **more)

    account = gspread.service_account(filename=key, http_client=Elsewhere)
    sheet = account.open_by_key(book).worksheet("Calls")
    text = Path(rows).read_bytes()
    for _ in sys.stdin:
        began, busy = time.perf_counter(), time.process_time()
        sheet.update(json.loads(text), "A1", raw=True)
        print(time.perf_counter() - began, time.process_time() - busy, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
