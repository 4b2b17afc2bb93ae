"""A Document is the TOML of a mapping; what is wrong in it is refused with its place."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tabular.errors import MappingWrong, nearest


@dataclass(frozen=True)
class Document:
    """The settings of a mapping as TOML gives them. Each reading of one raises MappingWrong for another type."""

    path: Path
    settings: dict[str, object]

    def wrong(self, where: str, reason: str, advice: str | None = None) -> MappingWrong:
        """What to raise about a place in the document."""
        return MappingWrong(str(self.path), where, reason, advice)

    def check_settings(self, known: Sequence[str]) -> None:
        """Raises MappingWrong for a setting that is not known."""
        for name in self.settings:
            if name not in known:
                near = nearest(name, known)
                advice = f'Did you mean "{near}"?' if near else f"The settings are {', '.join(known)}."
                raise self.wrong(name, f'there is no setting "{name}"', advice)

    def text(self, name: str) -> str | None:
        """A setting that is a text; None where it is not there."""
        value = self.settings.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(name, f"it must be a text, not {value!r}", f'Such as {name} = "…".')

    def texts(self, name: str, usual: tuple[str, ...] = (), advice: str | None = None) -> tuple[str, ...]:
        """A setting that is a list of texts."""
        value = self.settings.get(name, list(usual))
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise self.wrong(name, f"it must be a list of texts, not {value!r}", advice or f'Such as {name} = ["…"].')

    def table(self, name: str) -> dict[str, object]:
        """A setting that is a table."""
        value = self.settings.get(name, {})
        if isinstance(value, dict):
            return value
        raise self.wrong(name, f"it must be a table, not {value!r}", f"Write [{name}] on a line of its own.")


def read_document(path: Path) -> Document:
    """The document in a file. Raises MappingWrong: no such file, no TOML (with the line and column of the fault)."""
    try:
        return Document(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        reason, _, at = str(error).rstrip(")").partition(" (at ")
        raise MappingWrong(str(path), at or "the file", reason[:1].lower() + reason[1:], None) from None
    except FileNotFoundError:
        raise MappingWrong(str(path), "the file", "it does not exist") from None
    except IsADirectoryError:
        raise MappingWrong(str(path), "the file", "it is a directory") from None
    except UnicodeDecodeError:
        raise MappingWrong(str(path), "the file", "it is no UTF-8 text", "TOML is always UTF-8.") from None
    except OSError as error:
        raise MappingWrong(str(path), "the file", (error.strerror or str(error)).lower()) from None
