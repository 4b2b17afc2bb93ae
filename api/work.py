"""Work handed over by a command on this machine that found the store in use."""

import hmac
import json
import queue
import threading
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from answers.filling import Progress
from answers.jobs import Job, from_message
from api.errors import described, failed_as
from api.identity import ServicesOf
from api.services import Services
from api.workplace import workplace_of
from tabular.errors import BadValue, KeyRefused, NoSuchPage, TablesError

router = APIRouter(include_in_schema=False)


@router.post("/work")
async def work(request: Request, services: ServicesOf) -> Response:
    """NDJSON: a line for each progress, then what was done or why it was refused. The service file holds the token."""
    token: str | None = getattr(request.app.state, "service_token", None)
    if token is None:
        raise NoSuchPage("/work")
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        raise KeyRefused("is not this service's own")
    try:
        job = from_message(await request.json())
    except (ValueError, AttributeError) as failure:
        raise BadValue("job", "that", "a job of this release") from failure
    return StreamingResponse(_done(job, services), media_type="application/x-ndjson")


def _done(job: Job, services: Services) -> Iterator[bytes]:
    """The job in a thread of its own, so that it ends even if the command goes away."""
    said: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()

    def tell(progress: Progress) -> None:
        said.put({"at": progress.at, "done": progress.done, "of": progress.of, "rows": progress.rows})

    def run() -> None:
        try:
            said.put({"said": list(job.run(workplace_of(services), tell))})
        except TablesError as refusal:
            said.put(described(refusal))
        except BaseException as failure:  # noqa: BLE001  # the command must hear of every end
            said.put(described(failed_as(failure, "work")))

    threading.Thread(target=run, name="work").start()
    while True:
        line = said.get()
        yield json.dumps(line).encode() + b"\n"
        if "said" in line or "code" in line:
            return
