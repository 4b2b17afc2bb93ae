"""Files and mappings that cannot be loaded: TT3xx."""

from dataclasses import dataclass

from tabular.errors.tree import LoadRefused, shown


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
        where = f"{self.allowed} may be, nothing loaded; the first: {self.first}. All are in {self.report}"
        return f"{self.file}: {lines} refused where {where}."

    @property
    def hint(self) -> str:
        return f"To load the others, allow them: --refuse-at-most {self.refused}."


@dataclass(eq=False)
class ReportUnwritable(LoadRefused):
    report: str
    reason: str
    code = "TT306"

    @property
    def message(self) -> str:
        return f"The refused lines cannot be written to {self.report}: {self.reason}."

    @property
    def hint(self) -> str:
        return "Run the command in a folder that may be written to."


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
