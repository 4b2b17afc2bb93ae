"""Whether a filter asks under which name a value is held."""

from tabular.jsonpath.ir import (
    Both,
    Call,
    Compare,
    Either,
    Matches,
    Never,
    Operand,
    Place,
    Test,
    Truthy,
)


def asks_place(test: Test) -> bool:
    """Whether a test, or one within it, compares the name under which the value is held."""
    match test:
        case Both(tests) | Either(tests):
            return any(map(asks_place, tests))
        case Never(inner):
            return asks_place(inner)
        case Compare(left, _, right) | Matches(left, right, _):
            return _is_place(left) or _is_place(right)
        case Truthy(operand):
            return _is_place(operand)
    return False


def _is_place(operand: Operand) -> bool:
    return _is_place(operand.argument) if isinstance(operand, Call) else isinstance(operand, Place)
