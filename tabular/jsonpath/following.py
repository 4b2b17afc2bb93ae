"""Segments as functions from a list of nodes to the next, over plain values: no node is an object of its own.

Whole lists are read by the interpreter's own loops in C where all nodes are alike, which is what rows are.
"""

from collections.abc import Callable
from functools import reduce
from itertools import chain
from operator import itemgetter

from tabular.jsonpath.filters import Filters, Passes, Run, member_or_length
from tabular.jsonpath.ir import Child, Count, Filter, Index, Json, Keep, Keys, Name, Segment, Selector, Slice, Wild
from tabular.jsonpath.tracing import Step, Tracing, Walk, needs_links, steps_of

Op = Callable[[list[Json], Run], list[Json]]

CONTAINERS = frozenset((dict, list))
_STRIDE = 8_000
"""Nodes that are walked before the budget is asked."""

_VISITED = 2
"""What it costs to visit an object or list: all that it holds is looked at."""


def follow(segments: tuple[Segment, ...]) -> Op:
    """What segments make of a list of nodes, in the order that RFC 9535 gives them. The closure raises PathTooCostly,
    TookTooLong, and BadPattern where a filter's pattern comes from the document."""
    return follow_steps(steps_of(segments))


def follow_steps(steps: tuple[Step, ...]) -> Op:
    """The same for steps."""
    if needs_links(steps):
        trace = TRACING.trace(steps)
        return lambda nodes, run: [link[0] for link in trace([(node, None, None) for node in nodes], run)]
    ops = [_step(step) for step in steps]
    if len(ops) == 1:
        return ops[0]
    return lambda nodes, run: reduce(lambda found, op: op(found, run), ops, nodes)


FILTERS = Filters(follow)
TRACING = Tracing(FILTERS)


def _step(step: Step) -> Op:
    match step:
        case Child(selectors):
            return _taken(selectors)
        case Walk():
            return walk
        case Keep(test):
            passes = FILTERS.passes(test)
            return lambda nodes, run: [node for node in nodes if passes(node, run)]
        case Keys():
            return lambda nodes, _run: [name for node in nodes if type(node) is dict for name in node]
        case Count():
            return lambda nodes, _run: [len(node) for node in nodes if isinstance(node, dict | list | str)]
    raise AssertionError(step)


def _taken(selectors: tuple[Selector, ...]) -> Op:
    ops = [_op(selector) for selector in selectors]
    if len(ops) == 1:
        return ops[0]

    def union(nodes: list[Json], run: Run) -> list[Json]:
        found: list[Json] = []
        for node in nodes:
            for op in ops:
                found += op([node], run)
        return found

    return union


def _op(selector: Selector) -> Op:
    match selector:
        case Name(name, script):
            return _length_or_member(name) if script else _member(name)
        case Index(index):
            return _element(index)
        case Slice(start, stop, step):
            return _sliced(slice(start, stop, step))
        case Wild():
            return _all
        case Filter(test):
            return _passing(FILTERS.passes(test))


def _member(name: str) -> Op:
    get = itemgetter(name)

    def op(nodes: list[Json], run: Run) -> list[Json]:
        run.budget.spend(len(nodes))
        try:
            return list(map(get, nodes))  # type: ignore[arg-type]  # what is no object is told by TypeError
        except (KeyError, TypeError):  # not all of them are objects that have it
            return [node[name] for node in nodes if type(node) is dict and name in node]

    return op


def _length_or_member(name: str) -> Op:
    def op(nodes: list[Json], run: Run) -> list[Json]:
        run.budget.spend(len(nodes))
        with_it = (node for node in nodes if (name in node if type(node) is dict else type(node) in (list, str)))
        return [member_or_length(node, name) for node in with_it]

    return op


def _element(index: int) -> Op:
    least = index + 1 if index >= 0 else -index

    def op(nodes: list[Json], run: Run) -> list[Json]:
        run.budget.spend(len(nodes))
        return [node[index] for node in nodes if type(node) is list and len(node) >= least]

    return op


def _sliced(part: slice) -> Op:
    def op(nodes: list[Json], run: Run) -> list[Json]:
        found: list[Json] = []
        if part.step == 0:
            return found
        room = run.budget.left
        for node in nodes:
            if type(node) is list:
                found += node[part]
                if len(found) > room:
                    break
        run.budget.spend(len(found) + len(nodes))
        return found

    return op


def _all(nodes: list[Json], run: Run) -> list[Json]:
    if set(map(type, nodes)) == {list}:
        lists: list[list[Json]] = nodes  # type: ignore[assignment]  # as was just looked at
        run.budget.spend(sum(map(len, lists)) + len(lists))
        return list(chain.from_iterable(lists))
    found: list[Json] = []
    room = run.budget.left
    for node in nodes:
        if type(node) is list:
            found += node
        elif type(node) is dict:
            found += node.values()
        if len(found) > room:
            break
    run.budget.spend(len(found) + len(nodes))
    return found


def _passing(passes: Passes) -> Op:
    def op(nodes: list[Json], run: Run) -> list[Json]:
        found: list[Json] = []
        for node in nodes:
            held = node if type(node) is list else node.values() if type(node) is dict else ()
            run.budget.spend(1 + len(held))
            found += [value for value in held if passes(value, run)]
        return found

    return op


def walk(nodes: list[Json], run: Run) -> list[Json]:
    """The objects and lists among the nodes and below them, each before what is in it. No depth is too much."""
    found: list[Json] = []
    visit = found.append
    # Asked for as a whole, in C, whether any value is an object or a list: of most objects none is.
    without = CONTAINERS.isdisjoint
    stack = [node for node in reversed(nodes) if type(node) in CONTAINERS]
    stop = _STRIDE
    while stack:
        node = stack.pop()
        visit(node)
        held = node.values() if type(node) is dict else node
        if not without(map(type, held)):  # type: ignore[call-overload]  # the stack holds objects and lists alone
            inner = [value for value in held if type(value) in CONTAINERS]  # type: ignore[attr-defined]
            inner.reverse()
            stack += inner
        if len(found) > stop:
            run.budget.spend(_VISITED * _STRIDE)
            stop += _STRIDE
    run.budget.spend(_VISITED * (len(found) + _STRIDE - stop))
    return found
