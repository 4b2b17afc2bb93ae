"""`$select` and `$expand` → items, and the options in the parentheses behind each (OData 4.01 part 2, 5.1.2-5.1.4)."""

from collections.abc import Callable
from typing import Any

from odata.options.applying import applied
from odata.options.names import IN_COUNT, IN_EXPAND, IN_REFERENCES, IN_SELECT, IN_STAR, TEMPORAL
from odata.options.reader import OptionReader
from odata.options.tree import Expanded, Form, Options, Selected
from odata.options.values import depth, truth, whole
from tabular.errors import FilterUnsupported, nearest, shown
from tabular.filter.lexer import Word
from tabular.filter.tree import Name, Node

_ALLOWED = {
    Form.ENTITIES: IN_EXPAND,
    Form.REFERENCES: IN_REFERENCES,
    Form.COUNT: IN_COUNT,
    Form.STREAM: frozenset[str](),
}


def selected(reader: OptionReader) -> tuple[Selected, ...]:
    """The items of `$select`. Raises FilterWrong."""
    found = [_selected(reader)]
    while reader.take(","):
        found.append(_selected(reader))
    return tuple(found)


def _selected(reader: OptionReader) -> Selected:
    start = reader.begin
    path: list[Name] = []
    while not path or reader.take("/"):
        name = _name(reader, is_first=not path, forms=("$count",))
        if not path and name.text[0] not in "*@" and reader.star():
            name = Name(f"{name.text}.*", reader.since(start))
        path.append(name)
        if path[-1].text.endswith("*") or path[-1].text == "$count":
            break
    reader.counted(len(path))
    parameters, options = None, Options()
    if reader.opens() and not path[-1].text.endswith("*"):
        if _has_parameters(reader):
            parameters = _parameters(reader)
        else:
            options = _options(reader, IN_COUNT if path[-1].text == "$count" else IN_SELECT, "$select")
    return Selected(tuple(path), parameters, options, reader.since(start))


def _name(reader: OptionReader, is_first: bool, forms: tuple[str, ...] = ()) -> Name:
    """One segment of a path; `*` stands alone, what asks for a form (`$count`) behind a name."""
    token = reader.next
    is_system = token.word is Word.SYSTEM and token.text.lower() in forms and not is_first
    is_star = is_first and reader.is_at("*")
    if token.word not in (Word.NAME, Word.AT) and not is_system and not is_star:
        raise reader.unexpected("a property")
    reader.advance()
    return Name(token.text.lower() if is_system else token.text, token.span)


def _has_parameters(reader: OptionReader) -> bool:
    """Whether names of parameters stand in the parentheses, not options."""
    return reader.following().word is Word.NAME and not reader.is_at("=", ahead=2)


def _parameters(reader: OptionReader) -> tuple[Name, ...]:
    reader.expect("(")
    found: list[Name] = []
    while not found or reader.take(","):
        token = reader.name("the name of a parameter or an option")
        found.append(Name(token.text, token.span))
    reader.expect(")")
    return tuple(found)


def expanded(reader: OptionReader) -> tuple[Expanded, ...]:
    """The items of `$expand`. Raises FilterWrong."""
    found = [_expanded(reader)]
    while reader.take(","):
        found.append(_expanded(reader))
    return tuple(found)


def _expanded(reader: OptionReader) -> Expanded:
    start, path, form = reader.begin, list[Name](), Form.ENTITIES
    if reader.next.word is Word.SYSTEM and reader.next.text.lower() == Form.STREAM:
        reader.advance()
        return Expanded((), Form.STREAM, Options(), reader.since(start))
    while not path or reader.take("/"):
        if reader.is_at("*"):
            # A star may stand behind the complex property whose related entities it means.
            path.append(Name("*", reader.advance().span))
        else:
            name = _name(reader, is_first=not path, forms=(Form.REFERENCES, Form.COUNT))
            if name.text in (Form.REFERENCES, Form.COUNT):
                form = Form(name.text)
                break
            path.append(name)
        if path[-1].text.endswith("*"):
            form = _reference(reader)
            break
    reader.counted(len(path))
    is_star = path[-1].text.endswith("*")
    allowed = _ALLOWED[form] if not is_star else IN_STAR if form is Form.ENTITIES else frozenset[str]()
    options = _options(reader, allowed, "$expand") if reader.opens() and allowed else Options()
    return Expanded(tuple(path), form, options, reader.since(start))


def _reference(reader: OptionReader) -> Form:
    """`/$ref` behind a star, the only thing that may follow one."""
    if not reader.take("/"):
        return Form.ENTITIES
    if reader.next.text.lower() != Form.REFERENCES:
        raise reader.unexpected("$ref")
    reader.advance()
    return Form.REFERENCES


def _options(reader: OptionReader, allowed: frozenset[str], around: str) -> Options:
    """The options in parentheses, with semicolons between them. Raises FilterWrong, FilterUnsupported."""
    reader.expect("(")
    reader.deeper()
    given: dict[str, Any] = {}
    aliases: dict[str, Node] = {}
    while not (given or aliases) or reader.take(";"):
        token = reader.next
        reader.counted()
        if token.word is Word.AT and "." not in token.text and ("expand" in allowed or "select" in allowed):
            if token.text[1:] in aliases:
                raise reader.wrong(f"{token.text} is given twice", "Give it once.")
            reader.advance()
            reader.expect("=")
            aliases[token.text[1:]] = reader.root()
            continue
        name = _option(reader, allowed, around)
        if name in given:
            raise reader.wrong(f"{token.text} is given twice", "Give it once.")
        reader.advance()
        reader.expect("=")
        given[name] = _READINGS[name](reader)
    reader.higher()
    reader.expect(")")
    return Options(**given, aliases=tuple(aliases.items()))


def _option(reader: OptionReader, allowed: frozenset[str], around: str) -> str:
    token = reader.next
    if token.word not in (Word.NAME, Word.SYSTEM):
        raise reader.unexpected("an option such as $filter")
    name = token.text.lower().removeprefix("$")
    if name in TEMPORAL and token.word is Word.SYSTEM:
        raise FilterUnsupported(token.span.start, TEMPORAL[name])
    if name not in allowed:
        known = [f"${one}" for one in sorted(allowed)]
        near = nearest(f"${name}", known)
        advice = f'Did you mean "{near}"?' if near else f"There may be {', '.join(known)}."
        raise reader.wrong(f'"{shown(token.text)}" is no option of this part of {around}', advice)
    return name


def _value(reader: OptionReader) -> tuple[str, int]:
    """The next word as a value that is one word, and where it stands."""
    token = reader.advance() if reader.next.word is not Word.END else reader.next
    return token.text, token.span.start


_READINGS: dict[str, Callable[[OptionReader], Any]] = {
    "apply": applied,
    "compute": OptionReader.computed,
    "count": lambda reader: truth(*_value(reader)),
    "expand": expanded,
    "filter": OptionReader.root,
    "levels": lambda reader: depth(*_value(reader)),
    "orderby": OptionReader.orderings,
    "search": OptionReader.sought,
    "select": selected,
    "skip": lambda reader: whole(*_value(reader)),
    "top": lambda reader: whole(*_value(reader)),
}
"""What reads the value of each option in parentheses."""
