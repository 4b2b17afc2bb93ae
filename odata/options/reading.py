"""A whole query → the options in it (OData 4.01 part 2, 5)."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from odata.options.applying import applied
from odata.options.names import SYSTEM, TEMPORAL
from odata.options.nested import expanded, selected
from odata.options.reader import OptionReader
from odata.options.searching import searched
from odata.options.tree import Options
from odata.options.values import media_type, opaque, ordinal, truth, version, whole
from tabular.errors import (
    FilterUnsupported,
    FilterWrong,
    OptionUnsupported,
    OptionWrong,
    RepeatedParameter,
    UnknownParameter,
    shown,
)
from tabular.filter.lexer import LESS, Word
from tabular.filter.tree import Node

MOST_OPTIONS = 200
"""Options of one query, those of the client's own included."""

_ALIAS = re.compile(r"@[^\W\d]\w{0,127}")


def read_options(pairs: Sequence[tuple[str, str]]) -> Options:
    """The options of an address: decoded names, with or without `$` and in any case, and their decoded values.

    Names that OData does not know and that begin with neither `$` nor `@` are kept as they are, however often they
    are given. Raises OptionWrong with option and place; OptionUnsupported; UnknownParameter with the nearest name for a
    `$name` that there is not; RepeatedParameter for what is given twice.
    """
    if len(pairs) > MOST_OPTIONS:
        raise OptionWrong("The query", 0, f"it has more than {MOST_OPTIONS} options", "Ask for less at once.")
    given: dict[str, Any] = {}
    aliases: dict[str, Node] = {}
    custom: list[tuple[str, str]] = []
    for name, text in pairs:
        option = system_option(name)
        if option is not None:
            if option in given:
                raise RepeatedParameter(f"${option}")
            given[option] = _asked(f"${option}", _READINGS[option], text)
        elif name.startswith("@"):
            if name[1:] in aliases:
                raise RepeatedParameter(shown(name))
            aliases[name[1:]] = _alias(name, text)
        elif not name:
            raise OptionWrong("The query", 0, "a value stands in it without a name", "Options look like this: $top=5.")
        else:
            custom.append((name, text))
    return Options(**given, aliases=tuple(aliases.items()), custom=tuple(custom))


def system_option(name: str) -> str | None:
    """The option of OData's that a name means, without `$`; None for an alias and for an option of the client's own.

    Raises UnknownParameter for a `$name` that there is not, OptionUnsupported, OptionWrong.

    >>> system_option("$Top"), system_option("top"), system_option("key"), system_option("@p")
    ('top', 'top', None, None)
    """
    plain = name.lower().removeprefix("$")
    if plain in SYSTEM:
        return plain
    if not name.startswith("$"):
        return None
    if plain in TEMPORAL:
        raise OptionUnsupported(shown(name), 0, TEMPORAL[plain])
    if plain == "levels":
        advice = "It looks like this: $expand=steps($levels=2)."
        raise OptionWrong(name, 0, "it stands in the parentheses of $expand alone", advice)
    raise UnknownParameter(name, tuple(f"${one}" for one in SYSTEM))


def _alias(name: str, text: str) -> Node:
    if _ALIAS.fullmatch(name) is None:
        problem = "behind the @ stands no name of letters, digits and _"
        raise OptionWrong(name, 0, problem, "An alias looks like this: @p='HANGUP'.")
    found: Node = _asked(name, _tree(OptionReader.root, "@p='HANGUP'", _OPERATOR), text)
    return found


def _asked(option: str, read: Callable[[str], Any], text: str) -> Any:
    """What an option's value says. Raises OptionWrong, OptionUnsupported."""
    try:
        return read(text)
    except FilterWrong as failure:
        advice = "Ask for less at once." if failure.advice == LESS else failure.advice
        raise OptionWrong(option, failure.offset, failure.problem, advice) from failure
    except FilterUnsupported as failure:
        raise OptionUnsupported(option, failure.offset, failure.feature) from failure


def _tree(read: Callable[[OptionReader], Any], example: str, ending: str) -> Callable[[str], Any]:
    """What reads a whole text by the words of expressions."""

    def whole_text(text: str) -> Any:
        reader = OptionReader(text, example)
        found = read(reader)
        if reader.next.word is not Word.END or reader.next.after_blank:
            raise reader.unexpected(ending)
        return found

    return whole_text


_OPERATOR = "an operator such as eq or and"
_ITEM = '"," or the end'
_READINGS: dict[str, Callable[[str], Any]] = {
    "apply": _tree(applied, "groupby((status),aggregate($count as calls))", '"/" or the end'),
    "compute": _tree(OptionReader.computed, "waitDuration div 60 as minutes", '"," or the end'),
    "count": truth,
    "deltatoken": opaque,
    "expand": _tree(expanded, "steps($select=id;$top=5)", _ITEM),
    "filter": _tree(OptionReader.root, "status eq 'HANGUP' and waitDuration gt 30", _OPERATOR),
    "format": media_type,
    "id": opaque,
    "index": ordinal,
    "orderby": _tree(OptionReader.orderings, "startTime desc,id", _ITEM),
    "schemaversion": version,
    "search": searched,
    "select": _tree(selected, "id,startTime,tel($top=2)", _ITEM),
    "skip": whole,
    "skiptoken": opaque,
    "top": whole,
}
"""What reads the value of each option of an address."""
