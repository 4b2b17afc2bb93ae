"""Reads a service with python-odata, whose module has the name of our own room: `python -I THIS ADDRESS KEY`.

Prints what it found as JSON. Being run with -I, it sees only what is installed.
"""

import json
import sys
from datetime import UTC, datetime
from typing import Any


def found(address: str, key: str) -> dict[str, Any]:
    """What the client says of the service."""
    # Here, since whoever imports this file among the tests would find our own room instead.
    from requests.auth import HTTPBasicAuth

    from odata import ODataError, ODataService  # type: ignore[attr-defined]

    service = ODataService(
        f"{address}/odata/",
        reflect_entities=True,
        quiet_progress=True,
        auth=HTTPBasicAuth("power", key),
        extra_headers={"Prefer": "odata.maxpagesize=7"},
    )
    calls, summaries = service.entities["inboundCalls"], service.entities["inboundCallSummaries"]
    query = service.query(calls)
    late = query.filter(calls.user == "o'neil").filter(calls.startTime >= datetime(2026, 9, 1, tzinfo=UTC))
    ordered = late.order_by(calls.startTime.desc(), calls.step.asc()).all()
    first = ordered[0]
    interaction = service.query(summaries).filter(summaries.id == first.id).expand(summaries.stepRows).one()
    try:
        query.raw({"$filter": "nobody eq 1"})
        refusal = ""
    except ODataError as error:
        refusal = f"{error.code} {error.message}"
    return {
        "sets": sorted(service.entities),
        "types": {name: type(getattr(calls, name)).__name__ for name in ("id", "step", "startTime")},
        "all": query.select(calls.id, calls.step).all(),
        "entities": len(query.all()),
        "count": query.count(),
        "counted": query.filter(calls.user.contains("rossi")).count(),
        "either": query.filter(query.or_(calls.user == None, calls.user.startswith("zo"))).count(),  # noqa: E711
        "some": query.select(calls.id).offset(3).limit(5).all(),
        "ordered": [(one.id, one.step, one.startTime.isoformat(), one.user) for one in ordered],
        "keyed": query.get(id=first.id, step=first.step).startTime.isoformat(),
        "steps": [(one.id, one.step) for one in interaction.stepRows],
        "groups": query.raw({"$apply": "groupby((user),aggregate($count as calls))", "$orderby": "user"}),
        "refusal": refusal,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(found(*sys.argv[1:])))
