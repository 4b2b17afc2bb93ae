"""What Google, or the way to it, did when rows were to be written into a spreadsheet: TT411 to TT424."""

from dataclasses import dataclass

from tabular.errors.tree import GoogleFailed, Ours, shown


@dataclass(eq=False)
class AccountUnusable(Ours):
    """`advice` is what to do about the file, in one sentence."""

    path: str
    reason: str
    advice: str
    code = "TT411"
    status = 500

    @property
    def message(self) -> str:
        return f"The service account in {self.path} cannot be used: {self.reason}."

    @property
    def hint(self) -> str:
        return self.advice


@dataclass(eq=False)
class GoogleUnreachable(GoogleFailed):
    reason: str
    seconds: int = 60
    code = "TT412"
    status = 503

    @property
    def message(self) -> str:
        return f"Google does not answer: {shown(self.reason)}."

    @property
    def hint(self) -> str:
        return f"Try again in {self.seconds} seconds."


@dataclass(eq=False)
class GoogleBusy(GoogleFailed):
    seconds: int
    code = "TT413"
    status = 503

    @property
    def message(self) -> str:
        return "Google takes no more requests of this service account for now."

    @property
    def hint(self) -> str:
        return f"Try again in {self.seconds} seconds."


@dataclass(eq=False)
class AccountRefused(GoogleFailed):
    email: str
    reason: str
    code = "TT414"
    status = 502

    @property
    def message(self) -> str:
        return f"Google refuses the service account {self.email}: {' '.join(self.reason.split())[:200].rstrip('.')}."

    @property
    def hint(self) -> str:
        return "Look whether its key was deleted, whether it is disabled, and whether this machine's clock is right."


@dataclass(eq=False)
class GoogleWrong(GoogleFailed):
    """`asked` says what was asked for, `came` what came instead."""

    asked: str
    came: str
    code = "TT415"
    status = 502

    @property
    def message(self) -> str:
        return f"Google answered {shown(self.asked)} wrongly: {' '.join(self.came.split())[:300].rstrip('.')}."

    @property
    def hint(self) -> str:
        return "Try again; if it stays, the sentence says what Google has against it."


@dataclass(eq=False)
class OutcomeUnknown(GoogleFailed):
    """A change was sent and nothing came back: who sent it has to look whether it was made."""

    asked: str
    reason: str
    code = "TT416"
    status = 503

    @property
    def message(self) -> str:
        return f"It is not known whether Google did what was asked ({shown(self.asked)}): {shown(self.reason)}."

    @property
    def hint(self) -> str:
        return "Look into the spreadsheet before it is asked again."


@dataclass(eq=False)
class NotShared(GoogleFailed):
    spreadsheet: str
    email: str
    code = "TT417"
    status = 403

    @property
    def message(self) -> str:
        return f"The spreadsheet {shown(self.spreadsheet)} is not shared with {self.email}."

    @property
    def hint(self) -> str:
        return f"In Google Sheets: Share, and add {self.email} as an editor."


@dataclass(eq=False)
class NoSuchSpreadsheet(GoogleFailed):
    spreadsheet: str
    email: str
    code = "TT418"
    status = 404

    @property
    def message(self) -> str:
        return f"Google knows no spreadsheet {shown(self.spreadsheet)}."

    @property
    def hint(self) -> str:
        return (
            f"Give the part between /d/ and the next slash of its address, and share the spreadsheet with {self.email}."
        )


@dataclass(eq=False)
class SheetsApiOff(GoogleFailed):
    project: str
    code = "TT419"
    status = 502

    @property
    def message(self) -> str:
        return f"The Google Sheets API is not enabled in the project {shown(self.project)} of the service account."

    @property
    def hint(self) -> str:
        return "Enable it in the Google Cloud console (APIs & Services, Library), and wait some minutes."


@dataclass(eq=False)
class RangeProtected(GoogleFailed):
    asked: str
    email: str
    code = "TT420"
    status = 409

    @property
    def message(self) -> str:
        return f"Cells or sheets that have to change are protected in the spreadsheet ({shown(self.asked)})."

    @property
    def hint(self) -> str:
        return f"In Google Sheets: Data, Protect sheets and ranges, and let {self.email} edit them."


@dataclass(eq=False)
class SpreadsheetFull(GoogleFailed):
    most: int
    code = "TT421"
    status = 409

    @property
    def message(self) -> str:
        return f"The spreadsheet would have more than {self.most:,} cells, all its sheets together."

    @property
    def hint(self) -> str:
        return "Ask for fewer rows or columns, delete sheets and empty columns, or use another spreadsheet."


@dataclass(eq=False)
class NoSuchSheet(GoogleFailed):
    sheet: str
    code = "TT422"
    status = 404

    @property
    def message(self) -> str:
        return f"The spreadsheet has no sheet or range {shown(self.sheet)}."

    @property
    def hint(self) -> str:
        return "Sheets are named as their tabs are; somebody may have renamed or deleted it."


@dataclass(eq=False)
class CellTooLong(GoogleFailed):
    most: int
    code = "TT423"
    status = 409

    @property
    def message(self) -> str:
        return f"A text has more than the {self.most:,} characters that a cell of Google Sheets holds."

    @property
    def hint(self) -> str:
        return "Leave the column with the long texts out, with columns=."


@dataclass(eq=False)
class NoSpreadsheet(GoogleFailed):
    spreadsheet: str
    code = "TT424"
    status = 409

    @property
    def message(self) -> str:
        return (
            f"The document {shown(self.spreadsheet)} is kept as an Office file, which Google's Sheets API cannot write."
        )

    @property
    def hint(self) -> str:
        return "In Google Sheets: File, Save as Google Sheets, and use the new spreadsheet."
