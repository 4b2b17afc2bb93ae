"""Paths and documents that were made to take forever, and how each ends; the benchmark asks them too."""

from dataclasses import dataclass
from typing import Any

from tabular.jsonpath import Dialect


@dataclass(frozen=True)
class Bomb:
    """Rows and columns over a document of a kind; `end` is the number of rows, or the error's name."""

    rows: str
    document: str
    end: int | str
    columns: str = "@"
    dialect: Dialect = Dialect.RFC9535


_COSTLY, _LONG = "PathTooCostly", "PathTooLong"

BOMBS = (
    Bomb("$..a", "deep 400", 400),
    Bomb("$..a", "deep 5000", _COSTLY),
    Bomb("$..a", "deep 5000", 5000, columns="~"),
    Bomb("$..*", "deep 5000", _COSTLY),
    Bomb("$..*..*", "deep 1000", _COSTLY),
    Bomb("$..*", "deep 1000", _COSTLY, columns="^^^..a"),
    Bomb("$..*..*", "objects", 8000),
    Bomb("$..*..*", "objects", 8000, columns="^.~,^^^^.~"),
    Bomb("$..*..*..*", "objects", _LONG),
    Bomb("$[*]", "objects", 2000, columns="$..a,$..*"),
    Bomb("$[*]", "objects", _COSTLY, columns="^..*"),
    Bomb("$[?search(@.text,'^(a|aa)+$')]", "texts", 0),
    Bomb("$[?match(@.text,'(a*)*b')]", "texts", 0),
    Bomb("$[?match(@.text,'(x+x+)+y')]", "texts", 0),
    Bomb("$[?@.text =~ '(a+)+$']", "texts", "PathUnsupported", dialect=Dialect.NG),
    Bomb("$.*.`sub(/(a+)+$/, b)`", "texts", "PathUnsupported", dialect=Dialect.NG),
    Bomb(r"$[?match(@.text,'((\\p{L}{90}){90}){90}')]", "texts", "BadPattern"),
    Bomb("$..[?count($..*)>1]", "objects", 8000),
    Bomb("$..[?count(@..*)>1]", "deep 5000", _COSTLY),
    Bomb("$[?$..b == @.a]", "objects", _COSTLY, dialect=Dialect.NG),
    Bomb("$.many[?$.one == $.other]", "alike", _COSTLY),
    Bomb("$" + "[*,*,*,*,*,*,*,*]" * 4, "cube", _COSTLY),
    Bomb("$" + "[*,*,*,*,*,*,*,*]" * 4, "cube", _COSTLY, dialect=Dialect.PLUS, columns="^^~"),
    Bomb("$[" + ",".join(f"'name{number}'" for number in range(100_000)) + "]", "objects", _LONG),
    Bomb("$[?" + "(" * 1000 + "@.a" + ")" * 1000 + "]", "objects", _LONG),
    Bomb("$[?" + "!" * 900 + "@.a]", "objects", _LONG),
    Bomb("$" + ".a" * 10_000, "objects", _LONG),
)


def document(kind: str) -> Any:
    """A document of a kind."""
    if kind.startswith("deep "):
        value: Any = 1
        for _ in range(int(kind.removeprefix("deep "))):
            value = {"a": value}
        return value
    return {
        "objects": [{"a": number, "b": {"c": number}} for number in range(2000)],
        "texts": [{"text": "a" * 60 + "!"}, {"text": "x" * 5000}],
        "alike": {"one": [0] * 100_000, "other": [0] * 100_000, "many": [0] * 1000},
        "cube": [[[[1] * 8] * 8] * 8] * 8,
    }[kind]
