"""A Call is one use of a function in a formula; a Function says how it is written and what it means."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from connectors.files.expression import Expression, Kernel, Wrong, as_type, computed
from tabular.table import Type

_READ_WITH = {
    Type.INTEGER: "integer(…)",
    Type.NUMBER: "number(…)",
    Type.BOOLEAN: "boolean(…)",
    Type.TIME: "time(…)",
    Type.TEXT: "text(…)",
}


@dataclass(frozen=True)
class Function:
    """A function of formulas: how it is written, from `fewest` to `most` arguments, what it means, and its building."""

    name: str
    form: str
    fewest: int
    most: int
    meaning: str
    build: Callable[["Call"], Expression]


@dataclass(frozen=True)
class Call:
    """The arguments of one call: formulas, or literals that are known before any line is read.

    `label` names the call and whose it is, for the count of what it repairs; `zone` is that of local times.
    Everything raises Wrong with the position of the argument.
    """

    function: Function
    nodes: tuple[ast.expr, ...]
    read: Callable[[ast.expr], Expression]
    label: str
    zone: str | None

    def count(self) -> int:
        """The number of arguments, which must be right."""
        given, function = len(self.nodes), self.function
        if not function.fewest <= given <= function.most:
            takes = f"{given} argument" + ("" if given == 1 else "s")
            raise Wrong(f"{function.name} does not take {takes}", f"It is written {function.form}.")
        return given

    def any(self, at: int) -> Expression:
        """An argument of any type."""
        return self.read(self.nodes[at])

    def of(self, at: int, *kinds: Type) -> Expression:
        """An argument of one of some types."""
        found = self.read(self.nodes[at])
        for kind in kinds:
            typed = as_type(found, kind)
            if typed is not None:
                return typed
        is_a = f"a {found.type}" if found.type is not Type.INTEGER else "an integer"
        wanted = " or ".join(("an " if kind is Type.INTEGER else "a ") + kind for kind in kinds)
        reason = f"{ast.unparse(self.nodes[at])} is {is_a}, where {self.function.name} takes {wanted}"
        node = self.nodes[at]
        if isinstance(node, ast.Constant) and kinds[0] is Type.TEXT:
            raise self.wrong(at, reason, f"Raw columns are texts: write it in quotes, '{node.value!s}'.")
        raise self.wrong(at, reason, f"Read it with {_READ_WITH[kinds[0]]}." if kinds[0] in _READ_WITH else None)

    def alike(self) -> list[Expression]:
        """All arguments, of one type: that of the first that is not None."""
        kind = next((found.type for found in map(self.read, self.nodes) if found.type is not None), Type.TEXT)
        return [self.of(at, kind) for at in range(len(self.nodes))]

    def literal(self, at: int, what: str) -> str:
        """An argument that is a text in quotes, such as a format."""
        node = self.nodes[at]
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            raise self.wrong(at, f"{what} must be a text in quotes, not {ast.unparse(node)}")
        return node.value

    def whole(self, at: int, what: str) -> int:
        """An argument that is a whole number, such as a count."""
        try:
            value = ast.literal_eval(self.nodes[at])
        except ValueError:
            value = None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(at, f"{what} must be a whole number, not {ast.unparse(self.nodes[at])}")
        return value

    def wrong(self, at: int, reason: str, advice: str | None = None) -> Wrong:
        """What to raise about one argument."""
        return Wrong(reason, advice or f"It is written {self.function.form}.", self.nodes[at].col_offset + 1)

    def key(self, arguments: Sequence[Expression], *literals: object) -> str:
        """What tells this call's cells from those of others."""
        parts = [argument.key for argument in arguments] + [repr(literal) for literal in literals]
        return f"{self.function.name}({', '.join(parts)})"

    def computes(self, kind: Type, kernel: Kernel, arguments: Sequence[Expression], *literals: object) -> Expression:
        """The call as an expression: `kernel` over the values of the arguments; literals are what else decides it."""
        return computed(kind, self.key(arguments, *literals), kernel, arguments)

    def repairing(self, kind: Type, kernel: Kernel, arguments: Sequence[Expression], *literals: object) -> Expression:
        """The same, for a kernel that gives Cells with a repair under this call's label."""
        found = self.computes(kind, kernel, arguments, *literals)
        return replace(found, repairs=tuple(dict.fromkeys((*found.repairs, self.label))))
