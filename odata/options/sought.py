"""What `$search` looks for, as a tree."""

from dataclasses import dataclass

from tabular.filter.tree import Span


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or what stands between two of the same `quote`: a phrase in double ones, in single ones any text."""

    text: str
    quote: str
    span: Span


@dataclass(frozen=True, slots=True)
class Without:
    """`NOT …`."""

    sought: "Sought"
    span: Span


@dataclass(frozen=True, slots=True)
class Combined:
    """Two or more of which `and` all, `or` one has to be found; a blank between two says `and`."""

    operator: str
    parts: tuple["Sought", ...]
    span: Span


Sought = Term | Without | Combined
