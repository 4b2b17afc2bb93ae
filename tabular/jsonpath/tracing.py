"""Steps over nodes that know where they are held: each is a link of its value, its key and the link of its holder."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from tabular.jsonpath.filters import Filters, Passes, Run, member_or_length
from tabular.jsonpath.ir import (
    Child,
    Count,
    Descend,
    Filter,
    Index,
    Json,
    Keep,
    Key,
    Keys,
    Name,
    Segment,
    Selector,
    Slice,
    Up,
    Wild,
)
from tabular.jsonpath.places import asks_place

Link = tuple[Json, str | int | None, Any]
"""A value, the name or index under which it is held (None for the document), and the link of what holds it or None."""

_LINKED = 3
"""What a link costs: more than the value alone."""

Trace = Callable[[list[Link], Run], list[Link]]
Held = Callable[[Link, Run], list[Link]]


@dataclass(frozen=True, slots=True)
class Walk:
    """The objects and lists among the nodes and below them: the first half of a descent."""


Step = Child | Walk | Up | Key | Keys | Count | Keep


def steps_of(segments: tuple[Segment, ...]) -> tuple[Step, ...]:
    """The segments, with each descent in two: a walk, and what is taken of each node that it visits."""
    steps: list[Step] = []
    for segment in segments:
        if isinstance(segment, Descend):
            steps += (Walk(), Child(segment.selectors))
        else:
            steps.append(segment)
    return tuple(steps)


def needs_links(steps: tuple[Step, ...]) -> bool:
    """Whether a step asks where a node is held, so that plain values do not do."""
    return any(isinstance(step, Up | Key) or (isinstance(step, Child) and _asks(step)) for step in steps)


def first_linked(steps: tuple[Step, ...], links: int) -> int:
    """How many of the first steps may be followed over plain values, if of each node that is found so many links are
    read: its own for its key, one more for the value that holds it, and again one more for the key of that."""
    place = len(steps)
    while place and links:
        place -= 1
        match steps[place]:
            case Up():
                links += 1
            case Child() as step:
                links = max(links - 1, 1 if _asks(step) else 0)
            case Keys() | Count():
                links -= 1
            # A walk may visit the node with which it begins, so as many are read of that.
    return place


def _asks(step: Child) -> bool:
    return any(isinstance(selector, Filter) and asks_place(selector.test) for selector in step.selectors)


class Tracing:
    """Steps as functions from links to links."""

    def __init__(self, filters: Filters) -> None:
        self._filters = filters

    def trace(self, steps: tuple[Step, ...]) -> Trace:
        """What the steps make of a list of links. The closure raises what `following.follow`'s does."""
        traces = [self._trace(step) for step in steps]
        return lambda links, run: reduce(lambda found, each: each(found, run), traces, links)

    def _trace(self, step: Step) -> Trace:
        match step:
            case Child(selectors):
                return _taken([self._held(selector) for selector in selectors])
            case Walk():
                return _walk
            case Up(stays):
                return lambda links, _run: [link[2] or link for link in links if stays or link[2] is not None]
            case Key():
                return lambda links, _run: [(str(key), key, above) for _, key, above in links if key is not None]
            case Keys():
                return lambda links, _run: [
                    (name, name, link) for link in links if type(link[0]) is dict for name in link[0]
                ]
            case Count():
                return lambda links, _run: [
                    (len(link[0]), "length", link) for link in links if isinstance(link[0], dict | list | str)
                ]
            case Keep(test):
                passes = self._filters.passes(test)
                return lambda links, run: [link for link in links if passes(link[0], run)]

    def _held(self, selector: Selector) -> Held:
        match selector:
            case Name(name, script):
                return _with_length(name) if script else _member(name)
            case Index(index):
                return lambda link, _run: (
                    [(link[0][index], index % len(link[0]), link)]
                    if type(link[0]) is list and -len(link[0]) <= index < len(link[0])
                    else []
                )
            case Slice(start, stop, step):
                return _sliced(slice(start, stop, step))
            case Wild():
                return _all
            case Filter(test):
                return _passing(self._filters.passes(test))


def _taken(helds: list[Held]) -> Trace:
    def trace(links: list[Link], run: Run) -> list[Link]:
        found: list[Link] = []
        for link in links:
            before = len(found)
            for held in helds:
                found += held(link, run)
            run.budget.spend(1 + _LINKED * (len(found) - before))
        return found

    return trace


def _member(name: str) -> Held:
    def held(link: Link, _run: Run) -> list[Link]:
        value = link[0]
        return [(value[name], name, link)] if type(value) is dict and name in value else []

    return held


def _with_length(name: str) -> Held:
    def held(link: Link, _run: Run) -> list[Link]:
        value = link[0]
        if type(value) in (list, str) or (type(value) is dict and name in value):
            return [(member_or_length(value, name), name, link)]
        return []

    return held


def _sliced(part: slice) -> Held:
    def held(link: Link, _run: Run) -> list[Link]:
        value = link[0]
        if type(value) is not list or part.step == 0:
            return []
        return [(value[place], place, link) for place in range(len(value))[part]]

    return held


def _all(link: Link, run: Run) -> list[Link]:
    value = link[0]
    if type(value) is list:
        return [(held, place, link) for place, held in enumerate(value)]
    if type(value) is dict:
        return [(held, name, link) for name, held in value.items()]
    return []


def _passing(passes: Passes) -> Held:
    def held(link: Link, run: Run) -> list[Link]:
        before = run.key, run.parent_key
        run.parent_key = link[1]
        found = []
        for inner in _all(link, run):
            run.key = inner[1]
            if passes(inner[0], run):
                found.append(inner)
        run.key, run.parent_key = before
        return found

    return held


def _walk(links: list[Link], run: Run) -> list[Link]:
    found: list[Link] = []
    stack = [link for link in reversed(links) if type(link[0]) in (dict, list)]
    while stack:
        link = stack.pop()
        found.append(link)
        inner = [held for held in _all(link, run) if type(held[0]) in (dict, list)]
        run.budget.spend(_LINKED * (1 + len(inner)))
        inner.reverse()
        stack += inner
    return found
