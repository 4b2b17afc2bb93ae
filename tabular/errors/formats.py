"""What a format cannot hold, and parameters that say nothing to it: TT14x."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, shown


@dataclass(eq=False)
class WorkbookFull(AskedWrong):
    what: str
    most: int
    code = "TT140"
    status = 400

    @property
    def message(self) -> str:
        return f"The answer has more {self.what} than the {self.most:,} that an Excel worksheet takes."

    @property
    def hint(self) -> str:
        return "Ask with limit=, for a shorter window or fewer columns, or in another format such as csv."


@dataclass(eq=False)
class TextTooLong(AskedWrong):
    row: int
    column: str
    length: int
    most: int
    code = "TT141"
    status = 400

    @property
    def message(self) -> str:
        return (
            f'Row {self.row:,} of the answer has {self.length:,} characters in the column "{shown(self.column)}", '
            f"and a cell of Excel takes {self.most:,}."
        )

    @property
    def hint(self) -> str:
        return "Leave the column out with columns=, or ask in another format such as csv: nothing is cut."


@dataclass(eq=False)
class AppliesOnlyWith(AskedWrong):
    parameter: str
    needs: str
    code = "TT142"
    status = 400

    @property
    def message(self) -> str:
        return f"{self.parameter} applies only with {self.needs}."

    @property
    def hint(self) -> str:
        return f"Leave {self.parameter} out, or ask for {self.needs}."
