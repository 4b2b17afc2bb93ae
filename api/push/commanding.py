"""Pushes for commands, whoever does their work: the command itself, or the service that holds the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from answers.push.told import told
from api.push.asking import Asking
from api.push.keeping import keep
from api.push.pusher import Tell, is_due
from api.services import Services
from tabular.errors import PushesFailed, TablesError, UnknownPush


@dataclass(frozen=True, slots=True)
class Commanding:
    """What commands ask of the pushes of some services."""

    services: Services

    def run(self, names: Sequence[str], all_due: bool, tell: Tell) -> tuple[str, ...]:
        """Run pushes, those of some names and perhaps all that are due, and finish what a process that is gone has
        begun; what was written where, in sentences. Raises UnknownPush, PushesFailed, and what ended a lone one."""
        services, pusher, asking = self.services, self.services.pusher, Asking(self.services)
        pusher.check_account(services.settings)
        known = {push.name: push for push in pusher.journal.all()}
        for name in names:
            if name not in known:
                raise UnknownPush(name, tuple(known))
        now = services.now()
        due = [push.name for push in known.values() if all_due and is_due(push, now)]
        tasks = {task.run.push or task.run.id: task for task in pusher.recover(asking, tell)}
        for name in dict.fromkeys((*names, *due)):
            if name not in tasks:
                push = known[name]
                tasks[name] = pusher.begin(asking, push.wanted, push.key, "command", name, tell)
        said: list[str] = []
        failed: list[tuple[str, TablesError]] = []
        for task in tasks.values():
            try:
                said.append(told(task.future.result()))
            except TablesError as failure:
                failed.append((task.run.push or task.run.id, failure))
        if len(tasks) == 1 and failed:
            raise failed[0][1]
        if failed:
            raise PushesFailed(tuple(f"{name}: {failure}" for name, failure in failed), len(said))
        return tuple(said) or ("No push is due.",)

    def keep(self, name: str, key: str, given: Mapping[str, str]) -> tuple[str, ...]:
        """Keep a push for the key of that name; what was done. Raises UnknownKey, AskedWrong, PushOfOthers."""
        return keep(self.services, name, key, given)
