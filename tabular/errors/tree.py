"""The roots of the error tree, and the words that its sentences share."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

_LOOKED_AT = 80
"""Letters of a wrong name that are compared: no name is longer."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, without regard to case, or None.

    >>> nearest("clii", ["cli", "dnis"])
    'cli'
    >>> nearest("INBOUNDCALLS", ["inboundCalls"])
    'inboundCalls'
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name[:_LOOKED_AT].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def shown(value: str) -> str:
    """`value` as an error may repeat it: on one line, with nothing that a terminal obeys, no longer than a cell shows.

    >>> shown("a\\n b\\x1b[2J")
    'a b?[2J'
    """
    # A value may have megabytes: no more of it is looked at than is shown.
    begins = " ".join(value.split(maxsplit=61))[:61]
    line = "".join(letter if letter.isprintable() else "?" for letter in begins)
    return line if len(line) <= 60 else line[:57] + "..."


class TablesError(Exception):
    """A refusal with a code, a status, one sentence and perhaps a hint."""

    code: ClassVar[str]
    status: ClassVar[int]

    @property
    def message(self) -> str:
        """One sentence for the person who asked."""
        raise NotImplementedError

    @property
    def hint(self) -> str | None:
        """What to do about it, where that is known."""
        return None

    def __str__(self) -> str:
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.message}{hint} [{self.code}]"


class AskedWrong(TablesError):
    """The question cannot be answered as asked; asking again the same way gives the same refusal."""


class NotAllowed(TablesError):
    """The key is missing, wrong, or does not open this."""


class LoadRefused(TablesError):
    """A file or its mapping cannot be loaded; the store is as it was."""

    status = 400


class UpstreamFailed(TablesError):
    """The TVox that fills the store, or the way to it, failed; the question was right and may be asked again."""


class GoogleFailed(TablesError):
    """Google, or the way to it, failed or refused when a spreadsheet was to be read or written."""


class Ours(TablesError):
    """The service, its store or its disk failed; the question was right."""


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    near = nearest(name, known)
    return f'Did you mean "{near}"?' if near else None
