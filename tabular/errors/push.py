"""What a push into a spreadsheet cannot do: TT180 to TT187, TT230 to TT233, and TT515."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, NotAllowed, Ours, did_you_mean, shown


@dataclass(eq=False)
class UnknownPush(AskedWrong):
    name: str
    known: tuple[str, ...]
    code = "TT180"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no push "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return did_you_mean(self.name, self.known) or "GET /pushes lists the pushes, PUT /pushes/NAME keeps one."


@dataclass(eq=False)
class PushUnderWay(AskedWrong):
    name: str
    run: str
    code = "TT181"
    status = 409

    @property
    def message(self) -> str:
        return f'The push "{shown(self.name)}" is running.'

    @property
    def hint(self) -> str:
        return f"GET /push/{self.run} tells how far it is, DELETE /push/{self.run} stops it."


@dataclass(eq=False)
class RowsTooMany(AskedWrong):
    """`cells` are those that all sheets would have, the one in which the rows are gathered included."""

    rows: int
    columns: int
    cells: int
    most: int
    code = "TT182"
    status = 400

    @property
    def message(self) -> str:
        return (
            f"With {self.rows:,} rows of {self.columns:,} columns the spreadsheet would have {self.cells:,} cells "
            f"while they are written, and Google Sheets takes {self.most:,}."
        )

    @property
    def hint(self) -> str:
        return "Ask for a shorter window or fewer columns, group the rows, or use a spreadsheet with less in it."


@dataclass(eq=False)
class TextTooLongForSheets(AskedWrong):
    row: int
    column: str
    length: int
    most: int
    code = "TT183"
    status = 400

    @property
    def message(self) -> str:
        return (
            f'Row {self.row:,} of the answer has {self.length:,} characters in the column "{shown(self.column)}", '
            f"and a cell of Google Sheets takes {self.most:,}."
        )

    @property
    def hint(self) -> str:
        return "Leave the column out with columns=: nothing is cut."


@dataclass(eq=False)
class KeysUnclear(AskedWrong):
    """`problem` is a clause that says which rows have one key, or none."""

    problem: str
    code = "TT184"
    status = 409

    @property
    def message(self) -> str:
        return f"The rows cannot be merged: {self.problem}."

    @property
    def hint(self) -> str:
        return "Name key columns with keys= whose values tell each row from every other, or remove what is there twice."


@dataclass(eq=False)
class TableDiffers(AskedWrong):
    sheet: str
    anchor: str
    problem: str
    code = "TT185"
    status = 409

    @property
    def message(self) -> str:
        return f"The table at {self.anchor} of the sheet {shown(self.sheet)} has other columns: {self.problem}."

    @property
    def hint(self) -> str:
        return "Run it once with mode=replace, or write into another sheet."


@dataclass(eq=False)
class RowsScattered(AskedWrong):
    stretches: int
    most: int
    code = "TT186"
    status = 409

    @property
    def message(self) -> str:
        return (
            f"The rows to be replaced lie in {self.stretches:,} separate places of the sheet, and at once "
            f"{self.most:,} can be written."
        )

    @property
    def hint(self) -> str:
        return "Sort the sheet so that they lie together, by time for instance, or use mode=replace."


@dataclass(eq=False)
class PushesFailed(AskedWrong):
    """`reasons` are the pushes' names with what each refused; so many others were `done`."""

    reasons: tuple[str, ...]
    done: int
    code = "TT187"
    status = 409

    @property
    def message(self) -> str:
        reasons = " ".join(self.reasons).rstrip(".")
        return f"{len(self.reasons)} of {len(self.reasons) + self.done} pushes failed: {reasons}."

    @property
    def hint(self) -> str:
        return "main.py push log NAME tells more of each."


@dataclass(eq=False)
class PushOfOthers(NotAllowed):
    name: str
    code = "TT230"
    status = 403

    @property
    def message(self) -> str:
        return f'The push "{shown(self.name)}" is one of another key.'

    @property
    def hint(self) -> str:
        return "Choose another name; its own key alone may see, change or delete it."


@dataclass(eq=False)
class PushesFull(NotAllowed):
    most: int
    code = "TT231"
    status = 409

    @property
    def message(self) -> str:
        return f"There are {self.most:,} pushes already."

    @property
    def hint(self) -> str:
        return "Forget one with DELETE /pushes/{name}."


@dataclass(eq=False)
class UnknownRun(NotAllowed):
    """The same for a run of another key, so that nothing is learnt by trying."""

    id: str
    code = "TT232"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no run "{shown(self.id)}" of a push of this key.'

    @property
    def hint(self) -> str:
        return "GET /pushes/{name} lists the last runs of a push."


@dataclass(eq=False)
class PushKeyOver(NotAllowed):
    key: str
    reason: str
    code = "TT233"
    status = 403

    @property
    def message(self) -> str:
        return f'The key "{shown(self.key)}" of this push {self.reason}.'

    @property
    def hint(self) -> str:
        return "Keep the push again with a key that opens the table."


@dataclass(eq=False)
class NoGoogleAccount(Ours):
    code = "TT515"
    status = 503

    @property
    def message(self) -> str:
        return "The service has no Google account to write with: TVOX_GOOGLE_CREDENTIALS is not set."

    @property
    def hint(self) -> str:
        return "Set it to the path of a service account's JSON file, and share the spreadsheet with that account."
