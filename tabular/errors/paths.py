"""JSONPaths and columns that cannot be followed: TT15x."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, shown


@dataclass(eq=False)
class PathWrong(AskedWrong):
    """`offset` counts characters from 0, the sentence from 1; `other` is a dialect that understands the path."""

    dialect: str
    offset: int
    problem: str
    other: str | None = None
    code = "TT150"
    status = 400

    @property
    def message(self) -> str:
        return f"The JSONPath is wrong at character {self.offset + 1}: {self.problem}."

    @property
    def hint(self) -> str:
        if self.other:
            return f"It was read as {self.dialect}; it is a path of {self.other}: say dialect={self.other}."
        return "A path is $.data.inboundCalls[*][*] or $..tel[?@.type=='WORK']; names with blanks are ['first name']."


@dataclass(eq=False)
class PathUnsupported(AskedWrong):
    dialect: str
    feature: str
    advice: str = "Names, indices, slices, wildcards, descent (..) and filters are understood."
    code = "TT151"
    status = 501

    @property
    def message(self) -> str:
        return f"The JSONPath ({self.dialect}) has {shown(self.feature)}, which is not supported."

    @property
    def hint(self) -> str:
        return self.advice


@dataclass(eq=False)
class PathTooLong(AskedWrong):
    what: str
    most: int
    code = "TT152"
    status = 400

    @property
    def message(self) -> str:
        return f"The JSONPath or its columns have more than {self.most:,} {self.what}."

    @property
    def hint(self) -> str:
        return "Take less at once: a shorter path, fewer names, fewer columns."


@dataclass(eq=False)
class ColumnsWrong(AskedWrong):
    """`offset` counts characters of the parameter's value from 0, the sentence from 1."""

    offset: int
    problem: str
    code = "TT153"
    status = 400

    @property
    def message(self) -> str:
        return f"columns is wrong at character {self.offset + 1}: {self.problem}."

    @property
    def hint(self) -> str:
        return "Columns are id, contact.value, tel[0].value, tel[*].value, ^.id, ~, 'first name'; a comma is %2C."


@dataclass(eq=False)
class PathTooCostly(AskedWrong):
    most: int
    code = "TT154"
    status = 400

    @property
    def message(self) -> str:
        return f"The JSONPath looks at more than {self.most:,} values of the document."

    @property
    def hint(self) -> str:
        return "Name the way ($.data.inboundCalls[*][*]) instead of searching everywhere (..), or take fewer months."
