"""What `$search` means for a table: words that stand in any of its texts (OData 4.01 part 1, 11.2.6.6)."""

from odata.options.sought import Combined, Sought, Term, Without
from tabular.errors import OptionWrong
from tabular.filter.bound import Apply, Bound, Constant, Kind, Of, Operation
from tabular.table import MaskKind, Table, Type

MOST_WORDS = 10
"""Words and phrases of one search: each is looked for in dozens of columns."""


def search_filter(sought: Sought, table: Table, option: str = "$search") -> Bound:
    """The condition that a row of the table is found: true or false, never null.

    A word or phrase is found where a text holds it, whatever its case; texts are the columns of that type as the key
    sees them, JSON is none. Raises OptionWrong where it looks for too many words.
    """
    if _words(sought) > MOST_WORDS:
        problem = f"it looks for more than {MOST_WORDS} words"
        raise OptionWrong(option, sought.span.start, problem, "Look for fewer at once.")
    texts = [
        Of(column, Kind.TEXT)
        for column in table.columns
        if column.type is Type.TEXT and (column.mask is None or column.mask.kind is not MaskKind.NULL)
    ]
    return _condition(sought, texts)


def _words(sought: Sought) -> int:
    match sought:
        case Term():
            return 1
        case Without(inner):
            return _words(inner)
        case Combined(_, parts):
            return sum(map(_words, parts))


def _condition(sought: Sought, texts: list[Of]) -> Bound:
    match sought:
        case Term(text):
            return _any_holds(text, texts)
        case Without(inner):
            return Apply(Operation.NOT, (_condition(inner, texts),), Kind.BOOLEAN)
        case Combined(operator, parts):
            return Apply(Operation(operator), tuple(_condition(one, texts) for one in parts), Kind.BOOLEAN)


def _any_holds(text: str, texts: list[Of]) -> Bound:
    if not texts:
        return Constant(False, Kind.BOOLEAN)
    lowered = Apply(Operation.LOWER, (Constant(text, Kind.TEXT),), Kind.TEXT)
    holds = [_contains(one, lowered) for one in texts]
    found = holds[0] if len(holds) == 1 else Apply(Operation.OR, tuple(holds), Kind.BOOLEAN)
    # No text in a column holds no word: that is known, so that NOT finds the row.
    return Apply(Operation.EQ, (found, Constant(True, Kind.BOOLEAN)), Kind.BOOLEAN)


def _contains(column: Of, word: Bound) -> Bound:
    lowered = Apply(Operation.LOWER, (column,), Kind.TEXT)
    return Apply(Operation.CONTAINS, (lowered, word), Kind.BOOLEAN)
