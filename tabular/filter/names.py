"""The names of a filter: columns of a table as a key sees it, items of lists' elements, variables of any and all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tabular.criteria import Elements
from tabular.errors import FilterUnsupported, FilterWrong, UnknownColumn, shown
from tabular.filter.bound import KIND_OF, Bound, Item, Of
from tabular.filter.tree import Name, Segment, Span
from tabular.table import Table

_ROW = ("$it", "$this")


class Names:
    """What names mean at one place of a filter: in any, all and `$filter(…)` more than elsewhere."""

    def __init__(self, table: Table, lists: Sequence[Elements], variable: str | None = None) -> None:
        self._table = table
        # Of a row that a variable stands for, names mean nothing without it.
        self._variable = variable
        # A list of which the key sees nothing does not exist for it.
        self._lists = {elements.field: elements for elements in lists if elements.items}
        self._around: list[tuple[str, Elements]] = []

    @property
    def depth(self) -> int:
        """How many elements are named from here."""
        return len(self._around)

    @contextmanager
    def element(self, elements: Elements, variable: str) -> Iterator[None]:
        """Inside, `variable` is an element; without a variable, names mean its items."""
        self._around.append((variable, elements))
        yield
        self._around.pop()

    def split(self, segments: Sequence[Segment]) -> tuple[tuple[Name, ...], tuple[Segment, ...]]:
        """The names that a path begins with, and what follows them. Raises FilterUnsupported."""
        count = next((i for i, one in enumerate(segments) if not isinstance(one, Name)), len(segments))
        names = tuple(one for one in segments[:count] if isinstance(one, Name))
        for name in names:
            if name.text.startswith("@"):
                raise FilterUnsupported(name.span.start, f"the annotation {name.text}")
            if name.text.startswith("$") and name.text.lower() not in _ROW:
                raise FilterUnsupported(name.span.start, name.text)
        if self._variable and names and not self.is_element(names):
            if names[0].text != self._variable:
                raise FilterUnsupported(names[0].span.start, f"{shown(names[0].text)} without {self._variable}/ before")
            if len(names) == 1 and len(segments) == 1:
                raise FilterUnsupported(names[0].span.start, f"{self._variable} without a column behind it")
            names = names[1:]
        return names, tuple(segments[count:])

    def is_element(self, names: Sequence[Name]) -> bool:
        """Whether names begin at the element that a variable of any or all stands for, or mean its items."""
        first = names[0].text.partition(".")[0]
        return any(variable == first or (not variable and first.lower() != "$it") for variable, _ in self._around)

    def is_list(self, names: Sequence[Name]) -> bool:
        """Whether names lead to a list."""
        return self._spelt(names) in self._lists

    def elements(self, names: Sequence[Name], span: Span) -> Elements:
        """The list that names lead to. Raises UnknownColumn, FilterUnsupported."""
        spelt = self._spelt(names)
        if spelt not in self._lists:
            self._table.column(spelt)
            raise FilterWrong(span.start, f"{shown(spelt)} is no list", "any, all and $count stand behind a list.")
        return self._lists[spelt]

    def value(self, names: Sequence[Name], span: Span) -> Bound:
        """The column or item that names lead to. Raises UnknownColumn, FilterWrong."""
        texts = [part for one in names for part in one.text.split(".")]
        first = texts[0]
        for depth in reversed(range(self.depth)):
            variable, elements = self._around[depth]
            if variable == first:
                return self._item(depth, elements, texts[1:], span)
            if not variable and first.lower() != "$it":
                return self._item(depth, elements, [one for one in texts if one.lower() != "$this"], span)
        spelt_out = self._spelt(names)
        if spelt_out in self._lists:
            items = ", ".join(name for name, _ in self._lists[spelt_out].items)
            advice = f"Ask for its elements: {spelt_out}/any(x:x/{items.split(',')[0]} eq '…')."
            raise FilterWrong(span.start, f"{spelt_out} is a list", advice)
        if not spelt_out:
            raise FilterUnsupported(span.start, f"{first} without a column behind it")
        column = self._table.column(spelt_out)
        return Of(column, KIND_OF[column.type])

    def _item(self, depth: int, elements: Elements, path: Sequence[str], span: Span) -> Bound:
        known = dict(elements.items)
        name = ".".join(path)
        if not path:
            problem = f"an element of {elements.field} stands where a value was expected"
            raise FilterWrong(span.start, problem, f"Name one of its items: {', '.join(known)}.")
        if name not in known:
            raise UnknownColumn(name, elements.field, tuple(known))
        return Item(depth, name, known[name], KIND_OF[known[name].type])

    def _spelt(self, names: Sequence[Name]) -> str:
        """A path as a column's dotted one; `$it` is the row itself."""
        plain = [one.text for one in names]
        return ".".join(plain[1:] if plain and plain[0].lower() in _ROW else plain)
