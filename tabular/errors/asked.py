"""Questions that cannot be answered as asked: TT1xx."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, did_you_mean, shown


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
        return did_you_mean(self.name, self.known) or "GET /tables lists the tables."


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
        return did_you_mean(self.name, self.known) or f"GET /tables/{self.table} lists its columns."


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
        return did_you_mean(self.name, self.known) or f"The parameters are {', '.join(self.known)}."


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
        return did_you_mean(self.name, self.known) or f"The formats are {', '.join(self.known)}."


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
        return did_you_mean(self.name, self.known) or "Zones are IANA names such as Europe/Rome or UTC."


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
        return did_you_mean(self.path, self.known) or "/ lists the tables, /docs the addresses."


@dataclass(eq=False)
class MethodNotAllowed(AskedWrong):
    method: str
    path: str
    allowed: tuple[str, ...] = ("GET", "HEAD")
    code = "TT113"
    status = 405

    @property
    def message(self) -> str:
        return f'"{shown(self.path)}" does not take {shown(self.method)}.'

    @property
    def hint(self) -> str:
        return f"Ask with {' or '.join(self.allowed)}."


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
