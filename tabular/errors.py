"""Every refusal of the service, as one tree.

TablesError
├── AskedWrong            the question cannot be answered as asked          TT1xx
│   ├── UnknownTable         404
│   ├── UnknownColumn        400
│   ├── UnknownParameter     400
│   ├── UnknownFormat        404
│   ├── BadValue             400
│   ├── UnknownZone          400
│   ├── BackwardWindow       400
│   ├── ParametersClash      400
│   ├── RepeatedParameter    400
│   ├── NotAcceptable        406
│   ├── NoClock              400
│   ├── NoSuchPage           404
│   ├── MethodNotAllowed     405
│   ├── SnapshotGone         410
│   └── WouldReplace         409
├── NotAllowed            the key does not open this                        TT2xx
│   ├── KeyMissing           401
│   ├── KeyRefused           401
│   ├── KeysDiffer           400
│   ├── TooManyRequests      429
│   └── UnknownKey           404
├── LoadRefused           a file or its mapping cannot be loaded            TT3xx
│   ├── MappingWrong         400
│   ├── FileUnreadable       400
│   ├── LinesRefused         400
│   ├── KeyRepeated          400
│   └── NoPlace              400
└── Ours                  the service, its store or its disk failed         TT5xx
    ├── StoreBusy            503
    ├── StoreUnreadable      500
    ├── AnswerTooLate        503
    ├── ServiceEnded         503
    └── Failed               500

Each class has a stable `code`, an HTTP `status`, its facts as fields, one sentence as `message`
and, where one is known, a `hint` that says what to do. Codes are never used twice: a
retired code stays here as a comment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, without regard to case, or None.

    >>> nearest("clii", ["cli", "dnis"])
    'cli'
    >>> nearest("INBOUNDCALLS", ["inboundCalls"])
    'inboundCalls'
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def shown(value: str) -> str:
    """`value` as an error may repeat it: on one line, and no longer than a cell shows."""
    line = " ".join(value.split())
    return line if len(line) <= 60 else line[:57] + "..."


class TablesError(Exception):
    """A refusal with a code, a status, one sentence and perhaps a hint."""

    code: ClassVar[str]
    status: ClassVar[int]

    @property
    def message(self) -> str:
        """One sentence for the person who asked."""
        raise NotImplementedError

    @property
    def hint(self) -> str | None:
        """What to do about it, where that is known."""
        return None

    def __str__(self) -> str:
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.message}{hint} [{self.code}]"


class AskedWrong(TablesError):
    """The question cannot be answered as asked; asking again the same way gives the same refusal."""


class NotAllowed(TablesError):
    """The key is missing, wrong, or does not open this."""


class LoadRefused(TablesError):
    """A file or its mapping cannot be loaded; the store is as it was."""

    status = 400


class Ours(TablesError):
    """The service, its store or its disk failed; the question was right."""


def _did_you_mean(name: str, known: Iterable[str]) -> str | None:
    near = nearest(name, known)
    return f'Did you mean "{near}"?' if near else None


@dataclass(eq=False)
class UnknownTable(AskedWrong):
    name: str
    known: tuple[str, ...]
    code = "TT101"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no table "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return _did_you_mean(self.name, self.known) or "GET /tables lists the tables."


@dataclass(eq=False)
class UnknownColumn(AskedWrong):
    name: str
    table: str
    known: tuple[str, ...]
    code = "TT102"
    status = 400

    @property
    def message(self) -> str:
        return f'There is no column "{shown(self.name)}" in {self.table}.'

    @property
    def hint(self) -> str:
        return _did_you_mean(self.name, self.known) or f"GET /tables/{self.table} lists its columns."


@dataclass(eq=False)
class UnknownParameter(AskedWrong):
    name: str
    known: tuple[str, ...]
    code = "TT103"
    status = 400

    @property
    def message(self) -> str:
        return f'There is no parameter "{shown(self.name)}" here.'

    @property
    def hint(self) -> str:
        return _did_you_mean(self.name, self.known) or f"The parameters are {', '.join(self.known)}."


@dataclass(eq=False)
class UnknownFormat(AskedWrong):
    name: str
    known: tuple[str, ...]
    code = "TT104"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no format "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return _did_you_mean(self.name, self.known) or f"The formats are {', '.join(self.known)}."


@dataclass(eq=False)
class BadValue(AskedWrong):
    parameter: str
    value: str
    expected: str
    code = "TT105"
    status = 400

    @property
    def message(self) -> str:
        return f'{self.parameter} cannot be "{shown(self.value)}".'

    @property
    def hint(self) -> str:
        return f"It takes {self.expected}."


@dataclass(eq=False)
class UnknownZone(AskedWrong):
    name: str
    known: tuple[str, ...]
    code = "TT106"
    status = 400

    @property
    def message(self) -> str:
        return f'There is no time zone "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return _did_you_mean(self.name, self.known) or "Zones are IANA names such as Europe/Rome or UTC."


@dataclass(eq=False)
class BackwardWindow(AskedWrong):
    since: str
    until: str
    code = "TT107"
    status = 400

    @property
    def message(self) -> str:
        return f'from "{shown(self.since)}" is after to "{shown(self.until)}".'

    @property
    def hint(self) -> str:
        return "Exchange the two: from is the earlier one."


@dataclass(eq=False)
class ParametersClash(AskedWrong):
    names: tuple[str, ...]
    code = "TT108"
    status = 400

    @property
    def message(self) -> str:
        return f"{' and '.join(self.names)} say the same thing twice."

    @property
    def hint(self) -> str:
        return "Keep one of them."


@dataclass(eq=False)
class RepeatedParameter(AskedWrong):
    name: str
    code = "TT109"
    status = 400

    @property
    def message(self) -> str:
        return f"{self.name} is given more than once."

    @property
    def hint(self) -> str:
        return "Give it once; several columns are separated by commas."


@dataclass(eq=False)
class NotAcceptable(AskedWrong):
    accept: str
    known: tuple[str, ...]
    code = "TT110"
    status = 406

    @property
    def message(self) -> str:
        return f'No format has the media type "{shown(self.accept)}".'

    @property
    def hint(self) -> str:
        return f"Ask for one of {', '.join(self.known)}, or put the format into the address, as in .csv."


@dataclass(eq=False)
class NoClock(AskedWrong):
    table: str
    parameter: str
    code = "TT111"
    status = 400

    @property
    def message(self) -> str:
        return f"{self.parameter} does not apply to {self.table}: its rows have no time of their own."

    @property
    def hint(self) -> str:
        return f"Leave {self.parameter} out."


@dataclass(eq=False)
class NoSuchPage(AskedWrong):
    path: str
    known: tuple[str, ...] = ()
    code = "TT112"
    status = 404

    @property
    def message(self) -> str:
        return f'There is nothing at "{shown(self.path)}".'

    @property
    def hint(self) -> str:
        return _did_you_mean(self.path, self.known) or "/ lists the tables, /docs the addresses."


@dataclass(eq=False)
class MethodNotAllowed(AskedWrong):
    method: str
    path: str
    code = "TT113"
    status = 405

    @property
    def message(self) -> str:
        return f'"{shown(self.path)}" does not take {shown(self.method)}.'

    @property
    def hint(self) -> str:
        return "Ask with GET."


@dataclass(eq=False)
class SnapshotGone(AskedWrong):
    version: int
    code = "TT114"
    status = 410

    @property
    def message(self) -> str:
        return f"Version {self.version} of the store is no longer kept."

    @property
    def hint(self) -> str:
        return "Ask again from the first page."


@dataclass(eq=False)
class WouldReplace(AskedWrong):
    origin: str
    code = "TT115"
    status = 409

    @property
    def message(self) -> str:
        return f"The demo centre would replace rows that came from a {self.origin}."

    @property
    def hint(self) -> str:
        return "Fill another store: --store PATH."


@dataclass(eq=False)
class KeyMissing(NotAllowed):
    code = "TT201"
    status = 401

    @property
    def message(self) -> str:
        return "This address needs a key."

    @property
    def hint(self) -> str:
        return "Send it as the header X-Telenia-APIKey, or as ?api_key= in the address."


@dataclass(eq=False)
class KeyRefused(NotAllowed):
    reason: str = "is not known"
    code = "TT202"
    status = 401

    @property
    def message(self) -> str:
        return f"The key {self.reason}."

    @property
    def hint(self) -> str:
        return "Ask your administrator for one: main.py keys create --name NAME."


@dataclass(eq=False)
class KeysDiffer(NotAllowed):
    places: tuple[str, ...]
    code = "TT203"
    status = 400

    @property
    def message(self) -> str:
        return f"The request carries different keys in {' and '.join(self.places)}."

    @property
    def hint(self) -> str:
        return "Send one key, in one place."


@dataclass(eq=False)
class TooManyRequests(NotAllowed):
    per_minute: int
    seconds: int
    code = "TT204"
    status = 429

    @property
    def message(self) -> str:
        return f"This key may ask {self.per_minute} times a minute."

    @property
    def hint(self) -> str:
        return f"Ask again in {self.seconds} seconds."


@dataclass(eq=False)
class UnknownKey(NotAllowed):
    name: str
    known: tuple[str, ...]
    code = "TT205"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no key named "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return _did_you_mean(self.name, self.known) or "main.py keys list shows the keys."


@dataclass(eq=False)
class MappingWrong(LoadRefused):
    mapping: str
    where: str
    reason: str
    advice: str | None = None
    code = "TT301"

    @property
    def message(self) -> str:
        return f"{self.mapping}: {self.where}: {self.reason}."

    @property
    def hint(self) -> str | None:
        return self.advice


@dataclass(eq=False)
class FileUnreadable(LoadRefused):
    file: str
    reason: str
    advice: str | None = None
    code = "TT302"

    @property
    def message(self) -> str:
        return f"{self.file} cannot be read: {self.reason}."

    @property
    def hint(self) -> str | None:
        return self.advice


@dataclass(eq=False)
class LinesRefused(LoadRefused):
    file: str
    refused: int
    allowed: int
    first: str
    report: str
    code = "TT303"

    @property
    def message(self) -> str:
        lines = "1 line" if self.refused == 1 else f"{self.refused} lines"
        return f"{self.file}: {lines} refused, nothing loaded; the first: {self.first}. All are in {self.report}."

    @property
    def hint(self) -> str:
        return f"To load the others, allow them: --refuse-at-most {self.refused}."


@dataclass(eq=False)
class KeyRepeated(LoadRefused):
    table: str
    key: tuple[str, ...]
    code = "TT304"

    @property
    def message(self) -> str:
        return f"The rows for {self.table} hold the key {' / '.join(self.key)} more than once."

    @property
    def hint(self) -> str:
        return "Each row needs a key of its own: leave the repeated ones out."


@dataclass(eq=False)
class NoPlace(LoadRefused):
    table: str
    key: str
    code = "TT305"

    @property
    def message(self) -> str:
        return f'"{shown(self.key)}" belongs to no month of {self.table}: it has no time.'

    @property
    def hint(self) -> str:
        return "Give it an id that begins with a Unix time, or a start time."


@dataclass(eq=False)
class StoreBusy(Ours):
    path: str
    holder: str
    code = "TT501"
    status = 503

    @property
    def message(self) -> str:
        return f"The store {self.path} is in use by {self.holder}."

    @property
    def hint(self) -> str:
        return "Wait for it to end, or name another store with --store."


@dataclass(eq=False)
class StoreUnreadable(Ours):
    path: str
    reason: str
    code = "TT502"
    status = 500

    @property
    def message(self) -> str:
        return f"The store {self.path} cannot be opened: {self.reason}."

    @property
    def hint(self) -> str:
        return "Name another store with --store, or restore this one from a copy."


@dataclass(eq=False)
class AnswerTooLate(Ours):
    seconds: int
    code = "TT503"
    status = 503

    @property
    def message(self) -> str:
        return f"The answer was not ready within {self.seconds} seconds."

    @property
    def hint(self) -> str:
        return "Ask for fewer columns or a shorter window."


@dataclass(eq=False)
class ServiceEnded(Ours):
    code = "TT504"
    status = 503

    @property
    def message(self) -> str:
        return "The service ended before the work was done."

    @property
    def hint(self) -> str:
        return "Run the command again."


@dataclass(eq=False)
class Failed(Ours):
    """Whatever was not foreseen; the log has the trace under the same reference."""

    reference: str
    code = "TT500"
    status = 500

    @property
    def message(self) -> str:
        return "The service failed to answer."

    @property
    def hint(self) -> str:
        return f"The administrator finds the cause in the log under {self.reference}."
