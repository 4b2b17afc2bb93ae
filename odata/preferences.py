"""The header Prefer (RFC 7240): what a client would like, and what it is told of it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

_PLAIN = r"[\w!#$%&'*+.^`|~-]{1,100}+"
_WORD = rf'(?:{_PLAIN}|"(?:[^"\\]|\\.){{0,2000}}")'
_PARAMETER = rf"{_PLAIN}(?:\s*+=\s*+{_WORD})?"
_PREFERENCE = re.compile(
    rf"\s*+(?P<name>{_PLAIN})(?:\s*+=\s*+(?P<value>{_WORD}))?(?P<parameters>(?:\s*+;(?:\s*+{_PARAMETER})?){{0,10}})\s*+(?:,|$)",
    re.ASCII,
)
_NAMED = re.compile(rf"({_PLAIN})(?:\s*+=\s*+({_WORD}))?", re.ASCII)
_BLANK = re.compile(r"[\s,]*")

_IDENTIFIER = r"[^\W\d]\w{0,127}"
_ANNOTATION = rf"-?(?:\*|(?:{_IDENTIFIER}\.)+(?:\*|{_IDENTIFIER}))(?:#{_IDENTIFIER})?"
_ANNOTATIONS = re.compile(rf"{_ANNOTATION}(?:,{_ANNOTATION}){{0,100}}")
_COUNT = re.compile(r"0*[1-9][0-9]{0,8}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)

_PREFIX = "odata."
_SWITCHES = ("respond-async", "track-changes", "allow-entityreferences")
_WITHOUT_PREFIX = ("respond-async", "wait", "return", "handling", "omit-values")
"""Preferences of RFC 7240 and of OData 4.01, which never had a prefix."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a client would like of its answer.

    `maxpagesize` counts rows, `wait` seconds; `include_annotations` are the patterns as they were sent, `callback` is
    an address. `spelt` says how each one that was understood was written, by its name without prefix; `ignored` are
    the names of the others, which RFC 7240 wants passed over.
    """

    maxpagesize: int | None = None
    omit_values: str | None = None
    include_annotations: tuple[str, ...] = ()
    respond_async: bool = False
    wait: int | None = None
    continue_on_error: bool = False
    track_changes: bool = False
    returned: str | None = None
    allow_entityreferences: bool = False
    callback: str | None = None
    spelt: dict[str, str] = field(default_factory=dict, compare=False)
    ignored: tuple[str, ...] = ()


def preferences_of(headers: Iterable[str]) -> Preferences:
    """What the values of a request's Prefer headers say; of a preference that stands twice, the first.

    >>> preferences_of(["odata.maxpagesize=50, omit-values=nulls"]).maxpagesize
    50
    """
    understood: dict[str, object] = {}
    spelt: dict[str, str] = {}
    ignored: list[str] = []
    for name, value, parameters in _each(",".join(headers)):
        bare = name.lower()
        if bare.startswith(_PREFIX) and bare.removeprefix(_PREFIX) not in _WITHOUT_PREFIX:
            bare = bare.removeprefix(_PREFIX)
        meaning = _meaning(bare, value, parameters)
        if meaning is None:
            ignored.append(name)
        elif bare not in spelt:
            understood[meaning[0]] = meaning[1]
            spelt[bare] = name if value is None else f"{name}={_quoted(value)}"
    return Preferences(**understood, spelt=spelt, ignored=tuple(ignored))  # type: ignore[arg-type]


def applied(preferences: Preferences, honoured: Collection[str]) -> str | None:
    """The header Preference-Applied: those of the names (without prefix) that the client asked for, as it spelt them.

    >>> applied(preferences_of(["odata.maxpagesize=50,wait=3"]), ("maxpagesize", "omit-values"))
    'odata.maxpagesize=50'
    """
    return ", ".join(spelt for name, spelt in preferences.spelt.items() if name in honoured) or None


def _meaning(name: str, value: str | None, parameters: dict[str, str]) -> tuple[str, object] | None:
    """The field of Preferences that a preference is about and its value; None where it cannot be understood."""
    said = value or ""
    match name:
        case "maxpagesize" if _COUNT.fullmatch(said):
            return "maxpagesize", int(said)
        case "wait" if _SECONDS.fullmatch(said):
            return "wait", int(said)
        case "omit-values" if said in ("nulls", "defaults"):
            return "omit_values", said
        case "return" if said in ("minimal", "representation"):
            return "returned", said
        case "include-annotations" if _ANNOTATIONS.fullmatch(said):
            return "include_annotations", tuple(said.split(","))
        case "continue-on-error" if said in ("", "true", "false"):
            return "continue_on_error", said != "false"
        case "callback" if not said and re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", parameters.get("url", "")):
            return "callback", parameters["url"]
        case _ if name in _SWITCHES and not said:
            return name.replace("-", "_"), True
    return None


def _each(header: str) -> Iterator[tuple[str, str | None, dict[str, str]]]:
    """Name, value and parameters of each preference; what cannot be read is passed over up to the next comma."""
    place = _blank_from(header, 0)
    while place < len(header):
        found = _PREFERENCE.match(header, place)
        if found is None:
            end = header.find(",", place)
            end = end if end >= 0 else len(header)
            yield header[place:end].strip(), None, {"": "unreadable"}
            place = _blank_from(header, end)
            continue
        parameters = {key.lower(): _unquoted(word) for key, word in _NAMED.findall(found["parameters"])}
        value = found["value"]
        # An empty value is none (RFC 7240, 2).
        yield found["name"], _unquoted(value) or None if value is not None else None, parameters
        place = _blank_from(header, found.end())


def _blank_from(header: str, place: int) -> int:
    found = _BLANK.match(header, place)
    assert found is not None
    return found.end()


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word


def _quoted(value: str) -> str:
    """A value as a header may hold it.

    >>> _quoted("50"), _quoted("*,-Core.*")
    ('50', '"*,-Core.*"')
    """
    return value if re.fullmatch(r"[\w.-]+", value, re.ASCII) else '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
