"""Filters, orders and groups that cannot be answered as asked: TT13x."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, shown


@dataclass(eq=False)
class FilterWrong(AskedWrong):
    """`offset` counts characters from 0, the sentence from 1."""

    offset: int
    problem: str
    advice: str
    code = "TT130"
    status = 400

    @property
    def message(self) -> str:
        return f"The filter is wrong at character {self.offset + 1}: {self.problem}."

    @property
    def hint(self) -> str:
        return self.advice


@dataclass(eq=False)
class FilterUnsupported(AskedWrong):
    offset: int
    feature: str
    code = "TT131"
    status = 501

    @property
    def message(self) -> str:
        return f"The filter asks at character {self.offset + 1} for {shown(self.feature)}, which is not supported."

    @property
    def hint(self) -> str:
        return "It may compare and combine columns, literals, OData's functions, and any and all over lists."


@dataclass(eq=False)
class GroupingWrong(AskedWrong):
    """`offset` counts characters of the parameter's value from 0, the sentence from 1."""

    parameter: str
    offset: int
    problem: str
    advice: str
    code = "TT132"
    status = 400

    @property
    def message(self) -> str:
        return f"{self.parameter} is wrong at character {self.offset + 1}: {self.problem}."

    @property
    def hint(self) -> str:
        return self.advice
