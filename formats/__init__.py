"""Formats: every module of this folder is one, found by its name; a new format is a new file."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from formats.format import Format

_WORDS = {
    "format",
    "guarding",
    "jsontext",
    "separated",
    "sheet",
    "sink",
    "spelling",
    "spreading",
    "telling",
    "trees",
    "typed",
    "workbook",
    "xmltext",
}
"""Modules of the folder that are no formats, but what formats are written with."""


@cache
def formats() -> dict[str, Format]:
    """Every format by its name in addresses, in the order of their ranks."""
    modules = (
        import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__) if found.name not in _WORDS
    )
    found: list[Format] = [module.FORMAT for module in modules]
    return {form.name: form for form in sorted(found, key=lambda form: form.rank)}
