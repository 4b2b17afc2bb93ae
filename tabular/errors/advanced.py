"""Statements of advanced queries that cannot be answered: TT133 to TT139."""

from collections.abc import Iterable
from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, did_you_mean, shown


@dataclass(eq=False)
class StatementUnreadable(AskedWrong):
    problem: str
    code = "TT133"
    status = 400

    @property
    def message(self) -> str:
        return f"The statement cannot be read as SQL: {self.problem}."

    @property
    def hint(self) -> str:
        return "An advanced query is one SELECT in the dialect of MySQL; text stands in quotes, names in backquotes."


@dataclass(eq=False)
class StatementUnsupported(AskedWrong):
    """`what` is the name of the construct or function; `known` are the names that may have been meant."""

    what: str
    known: Iterable[str] = ()
    advice: str = ""
    code = "TT134"
    status = 501

    @property
    def message(self) -> str:
        return f"{shown(self.what)} is not supported in advanced queries."

    @property
    def hint(self) -> str:
        return self.advice or did_you_mean(self.what, self.known) or "docs/sql.md lists what is supported."


@dataclass(eq=False)
class StatementRefused(AskedWrong):
    what: str
    code = "TT135"
    status = 400

    @property
    def message(self) -> str:
        return f"An advanced query is one SELECT on documented tables, and this one has {shown(self.what)}."

    @property
    def hint(self) -> str:
        return "Nothing is written, no file or variable is read: leave it out."


@dataclass(eq=False)
class UnknownSqlTable(AskedWrong):
    name: str
    area: str
    known: Iterable[str] = ()
    code = "TT136"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no table "{shown(self.name)}" in {self.area}.'

    @property
    def hint(self) -> str:
        near = did_you_mean(self.name, self.known)
        return near or "Monthly tables end in their month, such as ast_calls_202005; type names the area."


@dataclass(eq=False)
class UnknownSqlColumn(AskedWrong):
    """`problem` is what is wrong with the name where it is known, but of no use."""

    name: str
    known: Iterable[str] = ()
    problem: str = ""
    advice: str = ""
    code = "TT137"
    status = 400

    @property
    def message(self) -> str:
        if self.problem:
            return f'The column "{shown(self.name)}" {self.problem}.'
        return f'No table of the statement has a column "{shown(self.name)}".'

    @property
    def hint(self) -> str | None:
        return self.advice or did_you_mean(self.name, self.known)


@dataclass(eq=False)
class StatementTooLarge(AskedWrong):
    what: str
    most: int
    code = "TT138"
    status = 400

    @property
    def message(self) -> str:
        return f"The advanced query has more than {self.most:,} {self.what}."

    @property
    def hint(self) -> str:
        return "Ask for less: fewer columns, a WHERE, a LIMIT."


@dataclass(eq=False)
class StatementFailed(AskedWrong):
    problem: str
    advice: str = "Ask for less at once, or write the condition so that it cannot come to this."
    code = "TT139"
    status = 400

    @property
    def message(self) -> str:
        return f"The advanced query cannot be answered: {self.problem}."

    @property
    def hint(self) -> str:
        return self.advice
