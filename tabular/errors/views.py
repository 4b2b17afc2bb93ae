"""What saved views cannot be, or cannot give any more: TT19x, and TT211 and TT212."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, NotAllowed, did_you_mean, shown


@dataclass(eq=False)
class UnknownView(AskedWrong):
    name: str
    known: tuple[str, ...]
    code = "TT190"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no view "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return did_you_mean(self.name, self.known) or "GET /views lists the views, PUT /views/NAME keeps one."


@dataclass(eq=False)
class NameTaken(AskedWrong):
    name: str
    what: str
    code = "TT191"
    status = 409

    @property
    def message(self) -> str:
        return f'A view cannot be called "{shown(self.name)}": that is the name of {self.what}.'

    @property
    def hint(self) -> str:
        return "Keep it under another name."


@dataclass(eq=False)
class ViewsCircle(AskedWrong):
    path: tuple[str, ...]
    code = "TT192"
    status = 409

    @property
    def message(self) -> str:
        return f"These views would read one another in a circle: {' → '.join(self.path)}."

    @property
    def hint(self) -> str:
        return "Let one of them read a table."


@dataclass(eq=False)
class ViewsTooDeep(AskedWrong):
    path: tuple[str, ...]
    most: int
    code = "TT193"
    status = 400

    @property
    def message(self) -> str:
        return f"More than {self.most} views would read one another: {' → '.join(self.path)}."

    @property
    def hint(self) -> str:
        return "Let the last ones say in one question what they ask of one another."


@dataclass(eq=False)
class ViewBroken(AskedWrong):
    """It was right when it was kept; what it reads has changed since."""

    view: str
    reason: str
    code = "TT194"
    status = 409

    @property
    def message(self) -> str:
        return f'The view "{shown(self.view)}" {self.reason}.'

    @property
    def hint(self) -> str:
        return f"Keep it anew with PUT /views/{shown(self.view)}."


@dataclass(eq=False)
class ViewTooLarge(AskedWrong):
    view: str
    most: str
    code = "TT195"
    status = 413

    @property
    def message(self) -> str:
        return f'The view "{shown(self.view)}" has more rows than the {self.most} that views may take.'

    @property
    def hint(self) -> str:
        return "Give it a window, a filter, groups or fewer columns; the administrator sets TVOX_VIEWS_MEMORY."


@dataclass(eq=False)
class ViewOfOthers(NotAllowed):
    name: str
    code = "TT211"
    status = 403

    @property
    def message(self) -> str:
        return f'The view "{shown(self.name)}" was kept by another key.'

    @property
    def hint(self) -> str:
        return "Keep yours under another name, or change this one with a key that sees every table and column."


@dataclass(eq=False)
class ViewsFull(NotAllowed):
    most: int
    code = "TT212"
    status = 409

    @property
    def message(self) -> str:
        return f"There are {self.most:,} views, and no more can be kept."

    @property
    def hint(self) -> str:
        return "Delete one with DELETE /views/NAME."
