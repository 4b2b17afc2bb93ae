"""The question of a push: what a key asks for when it is kept, and its rows when it runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from answers.answer import Question, answer
from answers.moment import Moment
from answers.push.gathering import Gathered
from answers.push.place import Place
from answers.views import KeptViews, of_tables, viewed_in
from api.address import KEY_PARAMETER
from api.freshness import brought_for, wish_of
from api.parameters import PARAMETERS, question_of
from api.services import Services
from api.settings import Settings
from api.turns import Turns
from api.views.rows import Showing
from connectors.google.facts import spreadsheet_id
from datamodel.catalogue import Catalogue
from formats import formats
from formats.format import Times
from store.keys import Key
from store.patience import Patience
from store.pushes import Mode, Run, Wanted
from store.store import Store
from tabular.entries import entries
from tabular.errors import BadValue, PushKeyOver

UNPUSHED = ("at", "wait", "times", "csv", "sep", "decimal", KEY_PARAMETER)
"""Parameters that no push has: its rows are those of the moment at which it runs, and cells have values, not texts."""

ASKED = tuple(parameter.name for parameter in PARAMETERS if parameter.name not in UNPUSHED)
PLACED = ("table", "spreadsheet", "sheet", "anchor", "mode", "keys")
"""What a push says besides: of which table, and where and how its rows are written."""

_FORM = "grid"
_LONGEST_TITLE = 100


def wanted_from(given: Mapping[str, str], seen: Catalogue, services: Services, now: datetime) -> Wanted:
    """What a push wants, as somebody spells it, for a key that sees so much; nothing is read. Raises AskedWrong."""
    table = given.get("table", "")
    spreadsheet = spreadsheet_id(given.get("spreadsheet", ""))
    if spreadsheet is None:
        expected = "the address of a Google spreadsheet, or the part between /d/ and the next slash of it"
        raise BadValue("spreadsheet", given.get("spreadsheet", ""), expected)
    mode = given.get("mode", Mode.REPLACE.value).strip().lower()
    if mode not in list(Mode):
        raise BadValue("mode", mode, "replace, append or merge")
    keys = tuple(part.text for part in entries(given["keys"])) if given.get("keys", "").strip() else ()
    if keys and mode != Mode.MERGE:
        raise BadValue("keys", given["keys"], "nothing where mode is not merge")
    sheet = given.get("sheet", "").strip() or table
    if len(sheet) > _LONGEST_TITLE or not sheet.isprintable():
        raise BadValue("sheet", sheet, f"the name of a sheet: up to {_LONGEST_TITLE} letters on one line")
    wanted = Wanted(
        table=table,
        asked={name: value for name, value in given.items() if name in ASKED},
        spreadsheet=spreadsheet,
        sheet=sheet,
        anchor=_anchor(given.get("anchor", "A1")),
        mode=Mode(mode),
        keys=keys,
    )
    question = question_for(wanted, seen, services, now)
    # All that may be refused is refused now.
    wish_of(wanted.asked, {})
    keys_of(question, wanted)
    answer(question, services.store, services.settings.history, now)
    return wanted


def _anchor(text: str) -> str:
    try:
        return str(Place.parse(text))
    except ValueError as failure:
        raise BadValue("anchor", text, "a cell such as A1") from failure


def question_for(wanted: Wanted, seen: Catalogue, services: Services, now: datetime) -> Question:
    """The question of a push as its key sees it. Raises AskedWrong."""
    zone = services.settings.centre_zone
    question = question_of(dict(wanted.asked), seen.table(wanted.table), seen, formats()[_FORM], zone, now)
    return replace(question, style=replace(question.style, times=Times.SERIAL))


def keys_of(question: Question, wanted: Wanted) -> tuple[int, ...]:
    """The places of the columns that tell rows apart; none where rows are not merged. Raises BadValue."""
    if wanted.mode is not Mode.MERGE:
        return ()
    names = [chosen.name for chosen in question.query.columns]
    keys = wanted.keys
    if not keys:
        grouping = question.query.grouping
        own = question.query.table.key if grouping is None else tuple(key.column.name for key in grouping.keys)
        by_column = {chosen.column.name: chosen.name for chosen in question.query.columns}
        is_view = viewed_in(question.catalogue, question.query.table.name) is not None
        keys = () if is_view else tuple(by_column.get(name, name) for name in own)
    missing = [key for key in keys if key not in names]
    if missing or not keys:
        said = ",".join(wanted.keys or keys)
        raise BadValue(
            "keys", said, f"columns that the push has and that tell its rows apart, of {', '.join(names[:20])}"
        )
    return tuple(names.index(key) for key in keys)


@dataclass(frozen=True, slots=True)
class Asking:
    """The services, as those who ask for the rows of runs (`pusher.Asker`)."""

    services: Services

    @property
    def settings(self) -> Settings:
        """Theirs."""
        return self.services.settings

    def now(self) -> datetime:
        """Their time (UTC)."""
        return self.services.now()

    def gathered(self, run: Run, moment: Moment | None, patience: Patience) -> Gathered:
        """The rows of a run, at its moment or now, as its key sees them; called in a thread of the run's own.

        Raises PushKeyOver, AskedWrong, SnapshotGone, and what bringing months raises.
        """
        services = self.services
        key = _key(run.key, services)
        now = services.now() if moment is None else moment.time
        seen = services.seen_by(key.restriction)
        question = question_for(run.wanted, seen, services, now)
        keys = keys_of(question, run.wanted)
        question, store, version = asyncio.run(_brought(question, run, services, now, moment))
        return Gathered(question, store, services.settings.history, Moment(version, now), keys, patience)


async def _brought(
    question: Question, run: Run, services: Services, now: datetime, moment: Moment | None
) -> tuple[Question, Store, int]:
    """The question of tables, the store that has its rows, and their version."""
    version = None if moment is None else moment.version
    wish = replace(wish_of(run.wanted.asked, {}), lasting=True, later=False)
    viewed, question = viewed_in(question.catalogue, question.query.table.name), of_tables(question)
    if viewed is not None:
        turns = Turns()
        try:
            showing = Showing(KeptViews(services.settings.views_bytes), turns, services.settings.rows_seconds)
            shown = await showing.shown(viewed, services, wish, now, version)
        finally:
            turns.close()
        return question, shown.store, shown.store.version
    if services.mirror is not None and moment is None:
        await brought_for(question, services.mirror, services.store, services.settings.history, wish, now)
    return question, services.store, services.store.version if version is None else version


def _key(name: str, services: Services) -> Key:
    """The key of that name. Raises PushKeyOver where it opens nothing any more."""
    key = next((key for key in services.keys.all() if key.name == name), None)
    reason = "is not known any more" if key is None else key.refusal(services.now())
    if key is None or reason is not None:
        raise PushKeyOver(name, reason or "")
    return key
