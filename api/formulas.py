"""Formulas and commands that bring a table into a spreadsheet: text made from addresses, tables and nothing else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import quote

from api.identity import KEY_HEADER, KEY_PARAMETER
from tabular.table import Column, Grain, Making, Table, Type

PLACEHOLDER = "YOUR-KEY"
"""What stands in the key's place: no page ever shows a key."""

EXCEL_ROWS = 100
"""Rows of Excel's formula: with a few columns they fit into the 32,767 characters that WEBSERVICE takes."""

_LONGEST_TEXT = 200
"""Characters of a piece of text in Excel's formula, which takes 255: the rest is room for a key."""

_COLUMNS = 8
_FEWEST = 4
_TELLING = {
    Grain.STEP: ("startTime", "status", "service", "user", "waitDuration", "durationOnUser"),
    Grain.INTERACTION: ("startTime", "status", "service", "user", "steps", "totalDuration"),
    Grain.RECORD: ("fullName", "name", "contactType", "city", "startTime", "status", "service"),
    Grain.ELEMENT: ("value", "type"),
}
"""What people look at first, where a table has it."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a spreadsheet writes formulas: what stands between arguments, and the names of functions in its language,
    where it has names of its own."""

    title: str
    separator: str
    names: Mapping[str, str] = field(default_factory=dict)
    language: str = ""

    def call(self, name: str, *arguments: str) -> str:
        """A function with its arguments.

        >>> COMMAS.call("LEN", "A1"), ITALIAN.call("IF", "A1", "1", "2")
        ('LEN(A1)', 'SE(A1;1;2)')
        """
        return f"{self.names.get(name, name)}({self.separator.join(arguments)})"


COMMAS = Spelling("Excel in English", ",")
SEMICOLONS = Spelling("Excel in English, where lists are separated by ;", ";")
ITALIAN = Spelling(
    "Excel in italiano",
    ";",
    {
        "CHAR": "CODICE.CARATT",
        "COLUMNS": "COLONNE",
        "FIND": "TROVA",
        "IF": "SE",
        "IFERROR": "SE.ERRORE",
        "ISNUMBER": "VAL.NUMERO",
        "LEFT": "SINISTRA",
        "LEN": "LUNGHEZZA",
        "SEQUENCE": "SEQUENZA",
        "SUBSTITUTE": "SOSTITUISCI",
        "TEXTSPLIT": "DIVIDI.TESTO",
        "WEBSERVICE": "SERVIZIO.WEB",
    },
    "it",
)
SPELLINGS = (COMMAS, SEMICOLONS, ITALIAN)

SHEETS = (Spelling("In sheets that write 1.5", ","), Spelling("In sheets that write 1,5", ";"))
"""Google Sheets names its functions the same in every language."""

_DECIMAL_COMMA = re.compile(
    r"(?:af|az|be|bg|bs|ca|cs|da|de|el|es(?!-(?:419|do|gt|hn|mx|ni|pa|pe|pr|sv|us)$)|et|eu|fi|fr|gl|hr|hu|hy|id|is|it|ka"
    r"|kk|lt|lv|mk|nb|nl|nn|no|pl|pt|ro|ru|sk|sl|sq|sr|sv|tr|uk|uz|vi)(?:-.*)?"
)
"""Languages that write 1,5: there a comma cannot stand between arguments."""


def first_language(accepted: str) -> str:
    """The language that a reader likes best, in small letters; nothing where Accept-Language names none.

    >>> first_language("it-IT,it;q=0.9,en;q=0.8"), first_language("en;q=0.5, de-AT"), first_language("*")
    ('it-it', 'de-at', '')
    """
    best, weight = "", 0.0
    for item in accepted.lower().split(","):
        tag, _, rest = item.partition(";")
        found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        asked = 1.0 if not rest else float(found[1]) if found else 0.0
        if re.fullmatch(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*", tag.strip()) and asked > weight:
            best, weight = tag.strip(), asked
    return best


def in_order(spellings: Iterable[Spelling], language: str) -> tuple[Spelling, ...]:
    """The spellings as a reader of a language needs them: those of that very language, those with its sign between
    arguments, all others.

    >>> in_order(SHEETS, "en-gb")[0].separator, in_order(SHEETS, "fr")[0].separator, in_order(SHEETS, "")[0].separator
    (',', ';', ',')
    >>> in_order(SPELLINGS, "it-it") == (ITALIAN, SEMICOLONS, COMMAS)
    True
    """
    name = language.partition("-")[0]
    separator = ";" if _DECIMAL_COMMA.fullmatch(language) else ","

    def distance(spelling: Spelling) -> int:
        if spelling.language:
            return 0 if spelling.language == name else 3
        return 1 if spelling.separator == separator else 2

    return tuple(sorted(spellings, key=distance))


def rows_address(address: str, table: str, form: str, asked: Mapping[str, str]) -> str:
    """The address of a table's rows; `asked` are its parameters, in their order.

    >>> rows_address("http://host", "inboundCalls", "csv", {"last": "7d", "columns": "id,cli as Caller"})
    'http://host/tables/inboundCalls.csv?last=7d&columns=id,cli%20as%20Caller'
    >>> rows_address('http://a"b', "inboundCalls", "csv", {})
    'http://a%22b/tables/inboundCalls.csv'
    >>> rows_address("http://host", "inboundCalls", "json", {"today": "", "limit": "5"})
    'http://host/tables/inboundCalls.json?today&limit=5'
    """
    query = "&".join(
        f"{quote(name)}={quote(value, safe=',:-/')}" if value else quote(name) for name, value in asked.items()
    )
    return quote(address, safe=":/[]@%") + f"/tables/{quote(table)}.{form}" + (f"?{query}" if query else "")


def with_key(address: str) -> str:
    """An address that carries the key, last: for formulas, which send no headers.

    >>> with_key("http://host/tables/inboundCalls.csv?last=7d")
    'http://host/tables/inboundCalls.csv?last=7d&api_key=YOUR-KEY'
    """
    return f"{address}{'&' if '?' in address else '?'}{KEY_PARAMETER}={PLACEHOLDER}"


def google_sheets(address: str) -> str:
    """The formula that keeps a table in Google Sheets, the same in every language.

    >>> google_sheets("http://host/x.csv?last=7d")
    '=IMPORTDATA("http://host/x.csv?last=7d")'
    """
    return f"=IMPORTDATA({text(address)})"


def google_page(address: str, spelling: Spelling) -> str:
    """The formula that keeps the table of a page in Google Sheets: of `html`, which has one.

    >>> google_page("http://host/x.html?last=7d", SHEETS[1])
    '=IMPORTHTML("http://host/x.html?last=7d";"table";1)'
    """
    return "=" + spelling.call("IMPORTHTML", text(address), text("table"), "1")


def google_parted(address: str, spelling: Spelling) -> str:
    """The formula that says, too, what parts the values of the CSV.

    >>> google_parted("http://host/x.csv?last=7d", SHEETS[1])
    '=IMPORTDATA("http://host/x.csv?last=7d";",")'
    """
    return "=" + spelling.call("IMPORTDATA", text(address), text(","))


def google_script(table: str, window: Mapping[str, str], spelling: Spelling) -> str:
    """The formula of a sheet that has the script of `/addin/sheets/`: it needs no key.

    >>> google_script("inboundCalls", {"last": "7d"}, SHEETS[1])
    '=TVOX("inboundCalls";"7d")'
    >>> google_script("inboundCalls", {"from": "2020-05-01", "to": "2020-05-31"}, SHEETS[0])
    '=TVOX("inboundCalls","2020-05-01","2020-05-31")'
    """
    return "=" + spelling.call("TVOX", text(table), *(text(value) for value in window.values()))


def excel(address: str, texts: int, spelling: Spelling = COMMAS) -> str:
    """The formula that pours the CSV at `address` into Excel 365's cells.

    The first `texts` columns stay text as they came, so that an id or a phone number keeps its digits; the columns
    after them become numbers. A cell with a comma of its own would shift the cells after it, so there a sentence
    stands in the table's place: text is quoted only then.

    >>> excel("http://host/x.csv", 1).split("cells,")[0]
    '=LET(csv,SUBSTITUTE(WEBSERVICE("http://host/x.csv"),CHAR(13),""),'
    >>> excel("http://host/x.csv", 1, ITALIAN).split("cells;")[0]
    '=LET(csv;SOSTITUISCI(SERVIZIO.WEB("http://host/x.csv");CODICE.CARATT(13);"");'
    """
    call = spelling.call
    csv = call("SUBSTITUTE", call("WEBSERVICE", excel_text(address)), call("CHAR", "13"), '""')
    lines = call("LEFT", "csv", call("LEN", "csv") + "-1")
    cells = call("TEXTSPLIT", lines, text(","), call("CHAR", "10"))
    is_number = call("SEQUENCE", "1", call("COLUMNS", "cells")) + f">{texts}"
    typed = call("IF", is_number, call("IFERROR", "1*cells", "cells"), "cells")
    has_quotes = call("ISNUMBER", call("FIND", call("CHAR", "34"), "csv"))
    return "=" + call("LET", "csv", csv, "cells", cells, call("IF", has_quotes, text(_COMMA_INSIDE), typed))


_COMMA_INSIDE = "A cell holds a comma: use Data > From Web"


def curl(address: str, *options: str) -> str:
    """The command that asks with the key as a header, for a shell of Linux, macOS or Windows.

    >>> curl("http://host/x.csv?last=7d")
    'curl -H "X-Telenia-APIKey: YOUR-KEY" "http://host/x.csv?last=7d"'
    """
    return curl_with(address, *options, f'-H "{KEY_HEADER}: {PLACEHOLDER}"')


def curl_with(address: str, *options: str) -> str:
    """The command that asks with these options and no others.

    >>> curl_with("http://host/health")
    'curl "http://host/health"'
    """
    return " ".join(["curl", *options, f'"{address}"'])


def text(value: str) -> str:
    """A text as formulas write it.

    >>> print(text('say "hi"'))
    "say ""hi"\""
    """
    return '"' + value.replace('"', '""') + '"'


def excel_text(value: str) -> str:
    """A text as Excel writes it: at most 255 characters a piece, cut before an `&` of the address where one is.

    >>> excel_text("http://host/x.csv?a=1&b=2")
    '"http://host/x.csv?a=1&b=2"'
    >>> excel_text("x" * 150 + "&" + "y" * 120) == '"' + "x" * 150 + '"&"&' + "y" * 120 + '"'
    True
    >>> excel_text("x" * 250) == '"' + "x" * 200 + '"&"' + "x" * 50 + '"'
    True
    """
    pieces = [""]
    for part in re.split(r"(?=&)", value):
        if len(pieces[-1]) + len(part) > _LONGEST_TEXT:
            pieces.extend(part[start : start + _LONGEST_TEXT] for start in range(0, len(part), _LONGEST_TEXT))
        else:
            pieces[-1] += part
    return "&".join(text(piece) for piece in pieces if piece)


def sample_columns(table: Table) -> tuple[Column, ...]:
    """A few columns that tell what a table is about, all of them the table's own: texts first, then numbers."""
    found = [table.spellings[name] for name in table.key if name in table.spellings]
    found += [c for c in (table.clock_column,) if c is not None]
    found += [table.spellings[name] for name in _TELLING[table.grain] if name in table.spellings]
    if len(found) < _FEWEST:
        empty = {one.name for one in table.made if one.how is Making.NOTHING}
        plain = (c for c in table.columns if c.type is not Type.JSON and c.name not in empty and c not in found)
        found += islice(plain, _FEWEST - len(found))
    chosen = tuple(dict.fromkeys(found))[:_COLUMNS]
    return tuple(sorted(chosen, key=_is_number))


def text_count(columns: tuple[Column, ...]) -> int:
    """How many of the sample columns come before the numbers."""
    return sum(not _is_number(column) for column in columns)


def _is_number(column: Column) -> bool:
    return column.type is Type.INTEGER
