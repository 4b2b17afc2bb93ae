"""The self-check: a walk from the service document to a second page, as Power BI goes, and what was broken on it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from answers.odata import judging
from answers.odata.judging import Fault, Finding
from odata.model import EntitySet

if TYPE_CHECKING:
    from connectors.walking import Came, Walker

POWER_QUERY = {
    "Accept": "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7",
    "Accept-Encoding": "gzip, deflate",
    "OData-MaxVersion": "4.0",
    "User-Agent": "TVox Tables, looking at itself",
}
"""What Power Query sends, but for its name."""

CHEAP = "fresh=cached&partial=allow"
"""Options by which a walk asks nothing of a TVox."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request of the walk, what came and what is wrong with it; or why it was not sent."""

    name: str
    came: "Came | None" = None
    findings: tuple[Finding, ...] = ()
    skipped: str = ""

    def told(self) -> dict[str, object]:
        """The facts for a program."""
        came = self.came
        return {
            "name": self.name,
            "address": came and came.address,
            "status": came and came.status,
            "milliseconds": came and came.milliseconds,
            "headers": [] if came is None else [list(pair) for pair in came.headers],
            "skipped": self.skipped or None,
            "findings": [
                {"fault": one.fault.value, "sentence": one.sentence, "advice": one.advice} for one in self.findings
            ],
        }


async def walked(walker: "Walker", key: str, entity_set: EntitySet | None) -> list[Step]:
    """The steps of a walk with a key; `entity_set` is one that holds two rows at least, if there is one."""
    root = walker.root
    headers = POWER_QUERY | {"Authorization": f"Basic {b64encode(f'any:{key}'.encode()).decode()}"}
    came = await walker.get("/", headers)
    found = judging.of_service_document(came, root)
    steps = [Step("Service document", came, found)]
    if any(one.fault is Fault.KEY_LOST for one in found):
        headers = POWER_QUERY | {"X-Telenia-APIKey": key}  # so that the rest of the way can be seen
    if came.status is None:
        return steps
    came = await walker.get("/$metadata", headers)
    steps.append(Step("Metadata", came, judging.of_metadata(came, root)))
    if entity_set is None:
        return [*steps, Step("Pages", skipped="The store holds no two rows of anything, so there is no second page.")]
    return [*steps, *await _pages(walker, headers, entity_set)]


async def _pages(walker: "Walker", headers: Mapping[str, str], entity_set: EntitySet) -> list[Step]:
    root = walker.root
    names = ",".join(entity_set.type.key)
    sent = f"$select={names}&$filter=now()%20gt%202000-01-01T00:00:00%2B01:00&{CHEAP}"
    first = await walker.get(f"/{entity_set.name}?{sent}", {**headers, "Prefer": "odata.maxpagesize=1"})
    steps = [Step("A page of one row", first, judging.of_page(first, root, sent))]
    link = judging.next_link(first)
    if link is None:
        return [*steps, Step("The next page", skipped="The page before has no link to it.")]
    behind = judging.behind(link, root)
    # Only ever the same table: a link that was changed on the way leads to nothing else.
    if behind is None or not behind.startswith(f"/{entity_set.name}?"):
        return [*steps, Step("The next page", skipped="The link to it leads to another place, and is not followed.")]
    came = await walker.get(behind, headers)
    return [*steps, Step("The next page", came, judging.of_following(came, root, first))]
