"""Keeping a push: what somebody spells becomes one that a key may run."""

import re
from collections.abc import Mapping

from answers.push.schedule import checked, next_after
from api.parameters import single_values
from api.push.asking import ASKED, PLACED, wanted_from
from api.services import Services
from datamodel.catalogue import Catalogue
from store.keys import Key
from store.pushes import Push
from tabular.errors import BadValue, PushOfOthers, UnknownKey

KEPT = (*PLACED, *ASKED, "schedule", "paused")
"""What may be said of a push."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


def push_from(name: str, given: Mapping[str, str], key: Key, seen: Catalogue, services: Services) -> Push:
    """The push that somebody spells, for a key that sees so much. Raises AskedWrong, PushOfOthers."""
    if not _NAME.fullmatch(name):
        raise BadValue("The name of a push", name, "up to 64 letters, digits and _ . -, a letter or digit first")
    before = services.pusher.journal.named(name)
    if before is not None and before.key != key.name:
        raise PushOfOthers(name)
    now = services.now()
    wanted = wanted_from(given, seen, services, now)
    schedule = _schedule(given.get("schedule", ""))
    due = next_after(schedule, now, services.settings.zone) if schedule else None
    return Push(name, key.name, wanted, schedule, _is_paused(given.get("paused", "")), now, now, due)


def keep(services: Services, name: str, key_name: str, given: Mapping[str, str]) -> tuple[str, ...]:
    """Keep a push for a command; what was done, in a sentence. Raises UnknownKey, AskedWrong, PushOfOthers."""
    given = single_values(given.items(), KEPT)
    valid = {key.name: key for key in services.keys.all() if key.refusal(services.now()) is None}
    if key_name not in valid:
        raise UnknownKey(key_name, tuple(valid))
    key = valid[key_name]
    push = push_from(name, given, key, services.seen_by(key.restriction), services)
    is_new = services.pusher.journal.put(push)
    return (f"{name} is {'kept' if is_new else 'changed'}. Run it now with: main.py push run {name}",)


def _schedule(text: str) -> str:
    """A schedule as it is kept; empty for none. Raises BadValue."""
    if not text.strip():
        return ""
    try:
        return checked(text)
    except ValueError as failure:
        expected = "five fields as cron has them: minute hour day month weekday, such as 0 7 * * mon-fri"
        raise BadValue("schedule", text, expected) from failure


def _is_paused(text: str) -> bool:
    if text.strip().lower() not in ("", "true", "false"):
        raise BadValue("paused", text, "true or false")
    return text.strip().lower() == "true"
