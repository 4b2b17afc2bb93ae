"""How values are to be written: the parameters that say so, as a Style."""

from collections.abc import Mapping
from typing import TypeVar

from formats.format import Excel, Format, Header, Style, Times
from tabular.errors import AppliesOnlyWith, BadValue

EXCEL = "csv=excel"
_SIGNS = {"sep": {";": ";", ",": ",", "tab": "\t", "\t": "\t"}, "decimal": {",": ",", ".": "."}}
_SPELT = {"sep": "a semicolon, a comma or the word tab", "decimal": "a comma or a point"}


def style_of(asked: Mapping[str, str], form: Format) -> Style:
    """The style that the parameters ask of a format. Raises BadValue, AppliesOnlyWith."""
    if "times" in asked and form.instants is not None:
        raise AppliesOnlyWith("times", "a format that writes times as text, such as csv")
    return Style(
        times=_one_of("times", asked["times"], Times) if "times" in asked else form.times,
        header=_one_of("header", asked["header"], Header) if "header" in asked else Header.NAMES,
        excel=_excel(asked, form),
    )


def _excel(asked: Mapping[str, str], form: Format) -> Excel | None:
    if "csv" in asked and form.name != "csv":
        raise AppliesOnlyWith("csv", "the format csv")
    kind = asked.get("csv", "plain").strip().lower()
    if kind not in ("plain", "excel"):
        raise BadValue("csv", asked["csv"], "plain or excel")
    if kind == "plain":
        for name in _SIGNS:
            if name in asked:
                raise AppliesOnlyWith(name, EXCEL)
        return None
    sep = _sign("sep", asked["sep"]) if "sep" in asked else ";"
    # An Excel whose lists are separated by commas writes decimals with a point.
    decimal = _sign("decimal", asked["decimal"]) if "decimal" in asked else "." if sep == "," else ","
    if sep == decimal:
        raise BadValue("decimal", decimal, "another sign than sep")
    return Excel(sep, decimal)


def _sign(name: str, text: str) -> str:
    found = _SIGNS[name].get(text if text == "\t" else text.strip().lower())
    if found is None:
        raise BadValue(name, text, _SPELT[name])
    return found


Choice = TypeVar("Choice", Times, Header)


def _one_of(name: str, text: str, choices: type[Choice]) -> Choice:
    try:
        return choices(text.strip().lower())
    except ValueError as failure:
        raise BadValue(name, text, " or ".join(choices)) from failure
