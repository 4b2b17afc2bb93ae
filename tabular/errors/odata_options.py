"""Query options of OData that cannot be answered as asked: TT160 and TT161."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, shown


@dataclass(eq=False)
class OptionWrong(AskedWrong):
    """`place` counts characters of the option's value from 0, the sentence from 1."""

    option: str
    place: int
    problem: str
    advice: str
    code = "TT160"
    status = 400

    @property
    def message(self) -> str:
        return f"{shown(self.option)} is wrong at character {self.place + 1}: {self.problem}."

    @property
    def hint(self) -> str:
        return self.advice


@dataclass(eq=False)
class OptionUnsupported(AskedWrong):
    """`feature` is what OData has and this service never offers."""

    option: str
    place: int
    feature: str
    code = "TT161"
    status = 501

    @property
    def message(self) -> str:
        asks = f"{shown(self.option)} asks at character {self.place + 1}"
        return f"{asks} for {shown(self.feature)}, which is not supported."

    @property
    def hint(self) -> str:
        return "Leave it out: what is asked without it is answered."
