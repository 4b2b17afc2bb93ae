"""An Expression is one formula of a mapping, checked and ready to be computed over a block of lines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from store.layout import arrow_type
from tabular.table import Field, Type

_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})
_LONGEST_SEEN = 60


class Wrong(Exception):
    """A formula that cannot be understood: why, what to write instead, and where in it (a character, from 1)."""

    def __init__(self, reason: str, advice: str | None = None, at: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.at = at


@dataclass(frozen=True, slots=True)
class Cells:
    """What an expression gives for each line of a block.

    `faults` says, for each line, why the value cannot be read, and is null where it can; None when all can. `repairs`
    marks, for each repairing function by its label, the lines whose value it changed.
    """

    values: pa.Array
    faults: pa.Array | None = None
    repairs: Mapping[str, pa.Array] = field(default_factory=dict)


class Block:
    """Some lines of a file: their raw columns as text, and what was already computed from them."""

    def __init__(self, columns: Mapping[str, pa.Array], rows: int, secret: bytes) -> None:
        self.columns = columns
        self.rows = rows
        self.secret = secret
        self._computed: dict[str, Cells] = {}

    def cells(self, expression: "Expression") -> Cells:
        """The expression over these lines; an expression that is met again is not computed again."""
        found = self._computed.get(expression.key)
        if found is None:
            found = self._computed[expression.key] = expression.compute(self)
        return found

    def where(self, mask: pa.Array, rows: int) -> "Block":
        """The lines that `mask` marks, `rows` of them."""
        return Block({name: column.filter(mask) for name, column in self.columns.items()}, rows, self.secret)


@dataclass(frozen=True)
class Expression:
    """A formula with a known type; None is the type of the constant None, which fits everywhere.

    Two expressions of one `key` give the same cells. `columns` are the raw columns it reads, `repairs` the labels of
    the repairs it can make, `produces` the text constants it can give (an enum's values are checked by them).
    """

    type: Type | None
    key: str
    compute: Callable[[Block], Cells]
    columns: frozenset[str] = frozenset()
    repairs: tuple[str, ...] = ()
    produces: frozenset[str] = frozenset()


Kernel = Callable[..., "pa.Array | Cells"]


def computed(kind: Type | None, key: str, kernel: Kernel, arguments: Sequence[Expression]) -> Expression:
    """An expression that gives `kernel` the values of its arguments and keeps their faults and repairs."""

    def compute(block: Block) -> Cells:
        parts = [block.cells(argument) for argument in arguments]
        return gathered(parts, kernel(*(part.values for part in parts)))

    return Expression(kind, key, compute, *reads(arguments))


def reads(arguments: Iterable[Expression]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The raw columns that some expressions read, and the labels of the repairs they can make."""
    every = tuple(arguments)
    columns = frozenset[str]().union(*(argument.columns for argument in every))
    return columns, tuple(dict.fromkeys(label for argument in every for label in argument.repairs))


def gathered(parts: Iterable[Cells], made: "pa.Array | Cells") -> Cells:
    """`made`, with the faults and repairs of the parts it was made from; the first fault of a line stays."""
    cells = made if isinstance(made, Cells) else Cells(made)
    every = (*parts, cells)
    faults = [part.faults for part in every if part.faults is not None]
    repairs: dict[str, pa.Array] = {}
    for part in every:
        for label, changed in part.repairs.items():
            repairs[label] = pc.or_(repairs[label], changed) if label in repairs else changed
    return Cells(cells.values, pc.coalesce(*faults) if faults else None, repairs)


def only(cells: Cells, mask: pa.Array) -> Cells:
    """The same cells, whose faults and repairs count on the lines of `mask` alone: elsewhere they are not used."""
    faults = None if cells.faults is None else pc.if_else(mask, cells.faults, pa.scalar(None, pa.string()))
    return Cells(cells.values, faults, {label: pc.and_(changed, mask) for label, changed in cells.repairs.items()})


def spoiled(values: pa.Array, bad: pa.Array, seen: pa.Array, because: str) -> Cells:
    """Cells that cannot be read where `bad` (null counts as false): what was `seen` there is named in the fault."""
    bad = pc.fill_null(bad, False)
    if not any_true(bad):
        return Cells(values)
    # Only the refused cells are looped over.
    reasons = [f'"{_seen(str(value))}" {because}' for value in seen.filter(bad).to_pylist()]
    nothing = pa.nulls(len(values), pa.string())
    faults = pc.replace_with_mask(nothing, bad, pa.array(reasons, pa.string()))
    return Cells(pc.if_else(bad, pa.scalar(None, values.type), values), faults)


def _seen(value: str) -> str:
    """A value as a reason repeats it, with its blanks, but on one line and not too long."""
    line = value.translate(_ESCAPES)
    return line if len(line) <= _LONGEST_SEEN else f"{line[: _LONGEST_SEEN - 3]}..."


def any_true(mask: pa.Array) -> bool:
    """Whether a mask marks any line."""
    return bool(pc.any(mask).as_py())


def arrow_of(kind: Type) -> pa.DataType:
    """How values of a type lie in Arrow, here and in the store."""
    return arrow_type(Field("", kind))


def as_type(expression: Expression, kind: Type) -> Expression | None:
    """The expression as one of type `kind`, where it is as good as one: an integer is a number, None is anything."""
    if expression.type is kind:
        return expression
    if expression.type is None:
        return replace(
            expression,
            type=kind,
            key=f"{expression.key}:{kind}",
            compute=lambda block: Cells(pa.nulls(block.rows, arrow_of(kind))),
        )
    if expression.type is Type.INTEGER and kind is Type.NUMBER:
        return computed(kind, f"number({expression.key})", lambda values: values.cast(pa.float64()), [expression])
    return None


def constant(value: str | float | bool | None) -> Expression:
    """A constant as an expression."""
    kinds = {str: Type.TEXT, bool: Type.BOOLEAN, int: Type.INTEGER, float: Type.NUMBER}
    kind = kinds.get(type(value))
    if kind is None:
        return Expression(None, "None", lambda block: Cells(pa.nulls(block.rows)))
    scalar = pa.scalar(value, arrow_of(kind))
    produces = frozenset({value}) if isinstance(value, str) else frozenset[str]()
    return Expression(kind, repr(value), lambda block: Cells(pa.repeat(scalar, block.rows)), produces=produces)


def raw(name: str) -> Expression:
    """A raw column of the file, as text."""
    return Expression(Type.TEXT, f"col({name!r})", lambda block: Cells(block.columns[name]), frozenset({name}))
