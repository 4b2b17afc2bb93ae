"""The peer: what one writes in an afternoon, FastAPI over sqlite3 with json and csv."""

import csv
import io
import sqlite3
import sys
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, StreamingResponse


def main(path: str) -> None:
    """Serve the table `rows` of a SQLite file on any free port."""
    app = FastAPI()

    @app.get("/rows.json")
    def as_json(limit: int, offset: int = 0) -> JSONResponse:
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        found = connection.execute("SELECT * FROM rows LIMIT ? OFFSET ?", (limit, offset)).fetchall()
        connection.close()
        return JSONResponse({"rows": [dict(row) for row in found]})

    @app.get("/rows.csv")
    def as_csv(limit: int, offset: int = 0) -> StreamingResponse:
        def lines() -> Iterator[str]:
            connection = sqlite3.connect(path)
            found = connection.execute("SELECT * FROM rows LIMIT ? OFFSET ?", (limit, offset))
            while some := found.fetchmany(5_000):
                text = io.StringIO()
                csv.writer(text).writerows(some)
                yield text.getvalue()
            connection.close()

        return StreamingResponse(lines(), media_type="text/csv")

    config = uvicorn.Config(app, port=0, access_log=False, log_level="warning")
    taken = config.bind_socket()
    print(f"http://127.0.0.1:{taken.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[taken])


if __name__ == "__main__":
    main(sys.argv[1])
