"""An OData answer before its first byte: what is known of it, and what makes its bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from answers.odata.question import Asked
from odata.model import Model
from odata.rendering import Control
from store.patience import Patience
from store.plan import Plan
from store.store import Store
from tabular.release import RELEASE

Make = Callable[[Patience | None], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is written: `root` is the service's public address without a slash at its end."""

    model: Model
    root: str
    control: Control


class NoContent(Exception):  # it is no error: what was asked for is null, or leads to nobody
    """There is nothing to write: the answer is 204."""


class Made:
    """What is known of an answer, and its bytes, as `answers.answer.Answer` has them.

    Two answers of one store with the same `name` have the same bytes. `given` counts the rows that were written.
    """

    def __init__(self, asked: Asked, plan: Plan, store: Store, manner: Manner, more: object, row_count: int | None):
        fetched = [part.partition.fetched for part in plan.parts]
        open_since = [part.partition.fetched for part in plan.parts if not part.partition.settled]
        self.plan = plan
        self.row_count = row_count
        self.last_modified = max(fetched, default=None)
        self.as_of = min(open_since, default=self.last_modified)
        self.etag = _etag(asked, plan, store, manner, more)
        # The links to further pages name the version: they lead as far as it is kept.
        self.name = f"{self.etag} {plan.version}"
        self.planning = 0.0
        self.given: int | None = None
        self._make: Make | None = None

    def made_by(self, make: Make) -> "Made":
        """The answer with what makes its bytes."""
        self._make = make
        return self

    def pieces(self, patience: Patience | None = None) -> Iterator[bytes]:
        """The answer in pieces of about a batch; the engine starts at the first and stops when this is closed.

        Raises NoContent, NoSuchEntity and what reading the store raises.
        """
        assert self._make is not None
        return self._make(patience)


def _etag(asked: Asked, plan: Plan, store: Store, manner: Manner, more: object) -> str:
    """What changes when the bytes may: the versions read, the question, the way of writing, the release."""
    query, target = plan.query, asked.target
    facts = (
        RELEASE,
        store.identity,
        [(part.partition.table, str(part.partition.month), part.partition.version) for part in plan.parts],
        [
            (name, str(one.month), one.version)
            for name in sorted(asked.beside)
            for one in store.partitions(name, plan.version)
        ],
        manner.model.fingerprint,
        (target.entity_set.name, target.is_single, target.ending, target.property and target.property.name),
        asked.projection,
        query.filter,
        asked.pipeline.steps,
        [(chosen.column.name, chosen.name) for chosen in asked.pipeline.columns],
        asked.expands,
        (query.limit, query.offset, asked.count),
        (manner.root, manner.control),
        more,
    )
    return f'W/"{blake2b(repr(facts).encode(), digest_size=16).hexdigest()}"'
