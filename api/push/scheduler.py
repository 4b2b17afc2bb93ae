"""The scheduler: pushes that are due begin, as long as the service runs."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from anyio import to_thread

from answers.push.running import RETRY
from api.push.asking import Asking
from api.push.pusher import is_due
from api.services import Services
from tabular.errors import PushUnderWay

LONGEST = 15.0
"""Seconds after which it looks again at the latest: somebody may have kept a push, or moved the clock."""

_LOG = logging.getLogger("tvox.push")


class Scheduler:
    """Begins what is due by the clock of the services; a push that is at work is not begun again.

    What was missed while nothing ran is due once, since the journal has one next time for each push.
    """

    def __init__(self, services: Services, longest: float = LONGEST) -> None:
        self._services = services
        self._longest = longest
        self._looked_at = -1
        self._next: datetime | None = None

    async def run(self) -> None:
        """Until it is cancelled; first what a process that is gone had begun goes on."""
        await to_thread.run_sync(self._services.pusher.recover, Asking(self._services))
        while True:
            try:
                await to_thread.run_sync(self.tick)
            except Exception as failure:  # noqa: BLE001  # the disk may be full for a while: what is due stays so
                _LOG.error("the pushes that are due could not be begun", exc_info=failure)
            await asyncio.sleep(self.seconds())

    def tick(self) -> None:
        """Begin what is due now."""
        services, journal = self._services, self._services.pusher.journal
        now, changes = services.now(), journal.changes()
        if changes == self._looked_at and (self._next is None or self._next > now):
            return
        for push in journal.all():
            if is_due(push, now):
                # What is due stays so until the run has ended, and then it has another time.
                origin = RETRY if push.failures else "schedule"
                with suppress(PushUnderWay):
                    services.pusher.begin(Asking(services), push.wanted, push.key, origin, push.name)
        self._looked_at = changes
        ahead = [push.due for push in journal.all() if push.due is not None and not push.paused]
        self._next = min((due for due in ahead if due > now), default=None)

    def seconds(self) -> float:
        """How long there is nothing to do."""
        if self._next is None:
            return self._longest
        return min(self._longest, max(0.0, (self._next - self._services.now()).total_seconds()))
