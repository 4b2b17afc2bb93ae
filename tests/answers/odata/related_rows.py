"""A small centre over two months, and what `$expand` gives of it, as JSON read back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from answers.odata.expanding import expands_of
from answers.odata.expands import Expand, members_of, needed
from answers.odata.following import Following, expanded
from answers.odata.sight import Sight
from odata.model import Model
from odata.options import read_options
from odata.rendering import Control, Member, entities
from store.store import MEMORY, Store
from tabular.month import Month
from tests.odata.model.catalogues import model
from tests.odata.rendering.spelt import SPELLING
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, columns

NOW = datetime(2020, 7, 1, tzinfo=UTC)
MODEL = model()
MONTHS = (Month(2020, 5), Month(2020, 6))

Row = Mapping[str, Any]


def centre(steps: Mapping[Month, Sequence[Row]], contacts: Iterable[Row] = ()) -> Store:
    """A store in memory of these steps, by their month, and contacts."""
    store = Store(Path(MEMORY), secret=b"secret")
    with store.writing("demo") as writing:
        for month, rows in steps.items():
            writing.replace(CALLS, month, batches(rows), SUMMARIES)
        writing.replace(CONTACTS, None, batches(contacts, CONTACTS))
    return store


def expands(text: str, entity_set: str, seen: Model = MODEL) -> tuple[Expand, ...]:
    """`$expand` bound to a set."""
    options = read_options([("$expand", text)])
    return expands_of(options.expand, seen.by_name[entity_set], Sight(seen, "UTC", NOW))


def asked(
    store: Store,
    entity_set: str,
    text: str,
    shown: Sequence[str] = ("id",),
    seen: Model = MODEL,
    control: Control = Control(),  # noqa: B008  # it is frozen
    **how: Any,
) -> list[dict[str, Any]]:
    """The entities of a set with `$expand=text`."""
    target = seen.by_name[entity_set]
    bound = expands(text, entity_set, seen)
    rows = columns(store, target.type.table, *dict.fromkeys([*shown, *needed(bound)]))
    following = Following(store, store.version, control, SPELLING, **how)
    found = expanded(rows.combine_chunks().to_batches(), target, bound, shown, following)
    members = [*map(Member, shown), *members_of(bound, control)]
    text = b"".join(entities(found, members, control, SPELLING)).decode()
    answer: list[dict[str, Any]] = json.loads(f"[{text}]")
    return answer
