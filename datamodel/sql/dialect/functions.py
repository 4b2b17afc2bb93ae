"""The functions that statements may call: each says here what it takes and is looked up by its name."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlglot import exp

from datamodel.sql.dialect.values import Value


class Binding(Protocol):
    """What a function may ask of the statement that it stands in."""

    now: datetime
    """The moment of the statement in the centre's zone, without a zone."""
    zone: str

    def bound(self, text: str) -> str:
        """A text as a parameter of the engine's statement."""

    def constant(self, node: exp.Expression, what: str) -> str:
        """The text of a literal. Raises StatementUnsupported where it is none; `what` names it."""

    def literal(self, text: str) -> Value:
        """A text as a value."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments, as values and as they were written."""

    name: str
    args: Sequence[Value]
    nodes: Sequence[exp.Expression]
    binding: Binding

    @property
    def sql(self) -> list[str]:
        """The arguments' SQL."""
        return [arg.sql for arg in self.args]


Answer = Callable[[Call], Value]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of statements: how many arguments it takes, and what it becomes; `family` is for the documentation.

    `answer` is missing where the syntax is its own: such are read elsewhere.
    """

    name: str
    family: str
    least: int = 0
    most: int | None = 0
    answer: Answer | None = None
    note: str = ""


FUNCTIONS: dict[str, Function] = {}


@dataclass(slots=True)
class Family:
    """The functions of one file."""

    name: str
    names: list[str] = field(default_factory=list)

    def function(self, names: str, least: int, most: int | None = -1, note: str = "") -> Callable[[Answer], Answer]:
        """Declare what functions of those names (with blanks between them) become; `most` None: any number."""

        def declared(answer: Answer) -> Answer:
            for name in names.split():
                FUNCTIONS[name] = Function(name, self.name, least, least if most == -1 else most, answer, note)
            return answer

        return declared

    def syntax(self, names: str, note: str = "") -> None:
        """Declare functions whose arguments are read elsewhere."""
        for name in names.split():
            FUNCTIONS[name] = Function(name, self.name, note=note)


def by_family() -> Iterator[tuple[str, list[Function]]]:
    """The functions of each family, in the order of the alphabet."""
    for family in sorted({function.family for function in FUNCTIONS.values()}):
        yield family, sorted((one for one in FUNCTIONS.values() if one.family == family), key=lambda one: one.name)
