"""What a table's query, sheet and columns are called in a workbook, whose rules are narrower than a table's own."""

import re

LONGEST_QUERY = 80
LONGEST_SHEET = 31
LONGEST_HEADING = 255

_READS_AS_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d*[Cc]\d*")
_LOOKS_SPELT = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def query_name(table: str) -> str:
    """A table's name as a query's, which an Excel table may have too: letters, digits and underscores.

    Connection strings, SQL and paths then hold it without any quoting.

    >>> query_name("inboundCalls"), query_name("my [view]"), query_name("AB12"), query_name("2020")
    ('inboundCalls', 'my__view_', '_AB12', '_2020')
    """
    plain = re.sub(r"\W", "_", table)[: LONGEST_QUERY - 1]
    return plain if re.match(r"[^\W\d]", plain) and not _READS_AS_CELL.fullmatch(plain) else f"_{plain}"


def sheet_name(query: str, taken: str) -> str:
    """A query's name as its sheet's, which is short and neither `taken` nor Excel's own word.

    >>> sheet_name("inboundCalls", "About"), sheet_name("about", "About"), sheet_name("History", "About")
    ('inboundCalls', 'about_', 'History_')
    """
    title = query[: LONGEST_SHEET - 1]
    return f"{title}_" if title.casefold() in ("history", taken.casefold()) else title


def headings_of(columns: tuple[str, ...]) -> list[str]:
    """What stands above each column: its name, which no other has in any case, as Excel's tables want it.

    >>> headings_of(("id", "ID", "id2"))
    ['id', 'ID2', 'id22']
    """
    taken: set[str] = set()
    headings = []
    for column in columns:
        heading, number = column[:LONGEST_HEADING], 2
        while heading.casefold() in taken:
            heading = f"{column[: LONGEST_HEADING - 5]}{number}"
            number += 1
        taken.add(heading.casefold())
        headings.append(heading)
    return headings


def without_controls(text: str) -> str:
    """Text without what XML cannot hold.

    >>> without_controls("a\\x0bb")
    'ab'
    """
    return _NO_XML.sub("", text)


def spelt(text: str) -> str:
    """Text as a workbook spells it: what XML cannot hold, and text that looks so, as `_xHHHH_` (ECMA-376-1, 22.9.2.19).

    >>> spelt("a\\x0bb"), spelt("_x0041_")
    ('a_x000B_b', '_x005F_x0041_')
    """
    return _NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", _LOOKS_SPELT.sub("_x005F_", text))
