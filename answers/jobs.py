"""Jobs: work on the store that may take long, done by the command that asks or by the service that holds the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import perf_counter
from typing import Protocol

from answers.filling import Progress, fill
from answers.mirror import Mirror
from answers.mirror.syncing import places_between, sync
from connectors.files import Loading, Report, read_mapping
from datamodel.catalogue import Catalogue
from datamodel.demo import DemoCentre
from store.store import Store
from tabular.errors import LinesRefused, NoUpstream, ReportUnwritable, StoreOfOthers, WouldReplace
from tabular.month import Month

Tell = Callable[[Progress], None]


class Pushing(Protocol):
    """What jobs do with pushes."""

    def run(self, names: Sequence[str], all_due: bool, tell: Tell) -> tuple[str, ...]:
        """Run those of some names and, where told, all that are due."""
        ...

    def keep(self, name: str, key: str, given: Mapping[str, str]) -> tuple[str, ...]:
        """Keep one for the key of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a job works on: the open store with its tables, this installation's secret, its mirror, if any, and its
    pushes."""

    store: Store
    catalogue: Catalogue
    secret: bytes
    mirror: Mirror | None = None
    pushes: Pushing | None = None

    def refuse_mirrored(self, origin: str) -> None:
        """Raise StoreOfOthers if the store mirrors a TVox: rows of another origin would mix with its."""
        if self.mirror is not None:
            raise StoreOfOthers(str(self.store.path), origin)


@dataclass(frozen=True, slots=True)
class FillDemo:
    """Fill the store with the demo centre's last months."""

    months: int
    calls_per_month: int
    seed: int

    def replaces(self, store: Store, catalogue: Catalogue) -> frozenset[str]:
        """Where rows came from that this would replace, other than from this very centre."""
        centre = self._centre(store)
        origins = {
            partition.origin
            for table in catalogue
            for partition in store.partitions(table.name)
            if partition.month in centre.months(table)
        }
        return frozenset(origins - {centre.name})

    def run(self, place: Workplace, tell: Tell) -> tuple[str, ...]:
        """What was done, in sentences. Raises WouldReplace rather than replace rows that are no demo centre's, and
        StoreOfOthers where they are a TVox's."""
        place.refuse_mirrored("the demo centre")
        store, catalogue = place.store, place.catalogue
        others = [origin for origin in self.replaces(store, catalogue) if not is_demo(origin)]
        if others:
            raise WouldReplace(others[0])
        done = fill(self._centre(store), store, catalogue, tell)
        if not done.of:
            return ("The demo centre is up to date.",)
        speed = done.rows / done.seconds if done.seconds else 0.0
        return (f"The demo centre: {done.rows:,} rows in {done.seconds:.1f} s ({speed:,.0f} rows/s).",)

    def _centre(self, store: Store) -> DemoCentre:
        return DemoCentre(self.calls_per_month, self.seed, store.zone.key, now=datetime.now(UTC), months=self.months)


def is_demo(origin: str) -> bool:
    """Whether rows of this origin are a demo centre's."""
    return origin.startswith("demo")


@dataclass(frozen=True, slots=True)
class LoadFile:
    """Load a file by its mapping, whole or not at all; `refused_to` takes the lines that were refused."""

    file: str
    mapping: str
    refuse_at_most: int
    refused_to: str

    def run(self, place: Workplace, tell: Tell) -> tuple[str, ...]:
        """What was done, in sentences. Raises LoadRefused, and StoreOfOthers where the store mirrors a TVox."""
        place.refuse_mirrored("a file")
        store, catalogue, secret = place.store, place.catalogue, place.secret
        started = perf_counter()
        mapping = read_mapping(Path(self.mapping), catalogue)
        refused_to = Path(self.refused_to)

        def progress(done: int, of: int) -> None:
            tell(Progress(done, of, 0, perf_counter() - started, Path(self.file).name))

        try:
            # Before anything is read: a report that cannot be written must not cost a load.
            with NamedTemporaryFile(dir=refused_to.parent):
                pass
        except OSError as failure:
            raise ReportUnwritable(str(refused_to), failure.strerror or str(failure)) from failure
        loading = Loading(Path(self.file), mapping, secret, refused_to, progress)
        with store.writing("file") as writing:
            writing.merge(mapping.table, loading.batches(), catalogue.summary_of(mapping.table))
            report = loading.report
            if report.refused > self.refuse_at_most:
                first = report.first_refused or ""
                raise LinesRefused(Path(self.file).name, report.refused, self.refuse_at_most, first, str(refused_to))
        store.sweep()
        return _told(self, mapping.table.name, report, perf_counter() - started)


def _told(job: LoadFile, table: str, report: Report, seconds: float) -> tuple[str, ...]:
    lines = [
        f"{Path(job.file).name} into {table}: {report.read:,} rows read in {seconds:.1f} s, {report.loaded:,} loaded.",
        *(f"  left out {count:,}: {reason}" for reason, count in report.left_out.items() if count),
        *(f"  repaired {count:,}: {reason}" for reason, count in report.repaired.items() if count),
    ]
    if report.refused:
        lines.append(f"  refused {report.refused:,}: see {job.refused_to}")
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class SyncUpstream:
    """Bring months of a TVox into the store: those between `first` and `last` (YYYY-MM), of some tables or of all
    (`tables` empty); `again` also those that are settled."""

    tables: tuple[str, ...]
    first: str
    last: str
    again: bool

    def run(self, place: Workplace, tell: Tell) -> tuple[str, ...]:
        """What was done, in sentences. Raises NoUpstream, UnknownTable, UpstreamFailed."""
        if place.mirror is None:
            raise NoUpstream()
        place.mirror.learn()
        places = places_between(place.mirror, tuple(self.tables), Month.parse(self.first), Month.parse(self.last))
        return sync(place.mirror, places, self.again, tell)


@dataclass(frozen=True, slots=True)
class RunPushes:
    """Run the pushes of these names and, with `due`, all whose time has come."""

    names: tuple[str, ...]
    due: bool

    def run(self, place: Workplace, tell: Tell) -> tuple[str, ...]:
        """What was written where, in sentences. Raises UnknownPush, and what ended a push that failed."""
        assert place.pushes is not None
        return place.pushes.run(self.names, self.due, tell)


@dataclass(frozen=True, slots=True)
class KeepPush:
    """Keep a push under a name, for the key of another name; `given` is what `PUT /pushes/{name}` takes."""

    name: str
    key: str
    given: Mapping[str, str]

    def run(self, place: Workplace, tell: Tell) -> tuple[str, ...]:
        """What was done, in a sentence. Raises UnknownKey, AskedWrong, PushOfOthers."""
        assert place.pushes is not None
        return place.pushes.keep(self.name, self.key, self.given)


Job = FillDemo | LoadFile | SyncUpstream | RunPushes | KeepPush
_KINDS: dict[str, type[Job]] = {
    "demo": FillDemo,
    "load": LoadFile,
    "sync": SyncUpstream,
    "push": RunPushes,
    "keep": KeepPush,
}


def as_message(job: Job) -> dict[str, object]:
    """A job as JSON can carry it."""
    kind = next(name for name, made in _KINDS.items() if isinstance(job, made))
    return {"job": kind, **asdict(job)}


def from_message(message: Mapping[str, object]) -> Job:
    """The job in a message of `as_message`. Raises ValueError for anything else."""
    facts = dict(message)
    made = _KINDS.get(str(facts.pop("job", "")))
    if made is None:
        raise ValueError("no job of that name")
    try:
        return made(**facts)  # type: ignore[arg-type]  # the fields are checked by the call
    except TypeError as failure:
        raise ValueError(str(failure)) from failure
