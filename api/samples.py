"""Samples of errors: what each class says of facts that might be, for the reference and its page of codes."""

from dataclasses import MISSING, fields

from api.address import KEY_PARAMETER
from api.identity import KEY_HEADER
from api.parameters import PARAMETERS
from formats import formats
from tabular.errors import TablesError

_FACTS: dict[str, object] = {
    "accept": "image/png",
    "advice": None,
    "expected": "a number of days, weeks or months: 7d, 4w, 3m",
    "file": "calls.csv",
    "first": "line 17: there is no id",
    "holder": "process 4711",
    "kilobytes": 128,
    "key": "7c1a",
    "known": ("cli", "dnis", "startTime"),
    "mapping": "calls.toml",
    "host": "127.0.0.1",
    "method": "DELETE",
    "port": 8000,
    "name": "clii",
    "names": ("month", "last"),
    "parameter": "last",
    "path": "/tables/inboundCalls",
    "per_minute": 60,
    "places": (f"the header {KEY_HEADER}", f"?{KEY_PARAMETER}="),
    "reason": "it is no text",
    "reference": "4f0c21d9a7be",
    "refused": 3,
    "report": "calls.csv.refused.tsv",
    "seconds": 20,
    "since": "2020-05-31",
    "table": "inboundCalls",
    "until": "2020-05-01",
    "value": "7x",
    "version": 12,
    "where": "columns.startTime",
}
"""Sample facts, by the name of the error's field."""

_WRITER, _SPREADSHEET = "writer@reports-4711.iam.gserviceaccount.com", "1qsPaQqiMKLuU3Ksr9NmkKQ8rR"

_FACTS_OF: dict[str, dict[str, object]] = {
    "AccountUnusable": {
        "path": "google.json",
        "reason": "everybody on this machine can read the file",
        "advice": "Let only its owner read it: chmod 600 google.json.",
    },
    "GoogleUnreachable": {"reason": "its name cannot be looked up"},
    "AccountRefused": {"email": _WRITER, "reason": "Invalid JWT Signature."},
    "GoogleWrong": {"asked": "the values of 'Calls'!A1:L5000", "came": "status 404 Not Found, text/html"},
    "OutcomeUnknown": {"asked": "addSheet", "reason": "the connection broke"},
    "NotShared": {"spreadsheet": _SPREADSHEET, "email": _WRITER},
    "NoSuchSpreadsheet": {"spreadsheet": _SPREADSHEET, "email": _WRITER},
    "SheetsApiOff": {"project": "reports-4711"},
    "RangeProtected": {"asked": "addSheet", "email": _WRITER},
    "SpreadsheetFull": {"most": 10_000_000},
    "NoSuchSheet": {"sheet": "'Calls'!A1:L5000"},
    "CellTooLong": {"most": 50_000},
    "NoSpreadsheet": {"spreadsheet": _SPREADSHEET},
    "IdentityRefused": {
        "reason": "is of an account outside example.com",
        "advice": "Open the sheet with the Google account of your company, or paste a key instead.",
    },
    "IdentityUsed": {"minutes": 40},
    "IdentityUnchecked": {"reason": "status 500", "seconds": 30},
    "SignInNotSetUp": {"missing": ("TVOX_GOOGLE_AUDIENCES", "TVOX_GOOGLE_KEY")},
    "SheetTokensFull": {"most": 1000},
    "SignInKeyGone": {"reason": "has been revoked"},
    "GoogleMisnamed": {"reason": "the address of the proxy cannot be understood"},
    "NoSuchEntity": {"said": "inboundCalls(id='1588581589.1320',step=7)"},
    "UnknownSegment": {"said": "inboundCalls(id='1588581589.1320',step=0)"},
    "UnknownTable": {"name": "inboundCal", "known": ("inboundCalls",)},
    "UnknownEntitySet": {"name": "inboundCal", "known": ("inboundCalls",)},
    "UnknownParameter": {"name": "column", "known": tuple(parameter.name for parameter in PARAMETERS)},
    "UnknownFormat": {"name": "xls", "known": tuple(formats())},
    "UnknownZone": {"name": "Europe/Roma", "known": ("Europe/Rome",)},
    "LinkOver": {"reason": "expired on 2027-02-20"},
    "LinkTakesNothing": {"parameter": "columns"},
    "LinksFull": {"most": 1000},
    "UnknownLink": {"id": "9f31c07be2a4"},
    "UnknownJob": {"id": "p4eGx1bTtV0wzq3A"},
    "JobsFull": {"most": 20},
    "JobUnfinished": {"seconds": 5},
    "JobOver": {"reason": "was kept until 2026-11-23 10:00 UTC"},
    "ResultsFull": {"most": "1GB"},
    "UnknownKey": {"name": "sales-shet", "known": ("sales-sheet",)},
    "UnknownPush": {"name": "mornin", "known": ("morning",)},
    "PushUnderWay": {"name": "morning", "run": "9f31c07be2a45d10"},
    "RowsTooMany": {"rows": 900_000, "columns": 12, "cells": 10_826_000, "most": 10_000_000},
    "TextTooLongForSheets": {"row": 1234, "column": "notes", "length": 60_000, "most": 50_000},
    "KeysUnclear": {"problem": "rows 3 and 9 of the answer have the same id, step"},
    "TableDiffers": {"sheet": "Calls", "anchor": "A1", "problem": '"user" stands where "cli" would have to'},
    "RowsScattered": {"stretches": 6_120, "most": 5_000},
    "PushesFailed": {"reasons": ("morning: The spreadsheet is not shared.",), "done": 2},
    "PushOfOthers": {"name": "morning"},
    "PushesFull": {"most": 300},
    "UnknownRun": {"id": "9f31c07be2a45d10"},
    "PushKeyOver": {"key": "sales-sheet", "reason": "has been revoked"},
    "NoClock": {"table": "addressBookContacts"},
    "UnknownView": {"name": "sale", "known": ("sales",)},
    "NameTaken": {"name": "inboundCalls", "what": "the table inboundCalls"},
    "ViewsCircle": {"path": ("sales", "daily", "sales")},
    "ViewsTooDeep": {"path": tuple(f"view{place}" for place in range(1, 10)), "most": 8},
    "ViewBroken": {"view": "sales", "reason": 'needs the column "cli" of inboundCalls, which is no longer there'},
    "ViewTooLarge": {"view": "sales", "most": "256 MB"},
    "ViewOfOthers": {"name": "sales"},
    "ViewsFull": {"most": 300},
    "NotAcceptable": {"known": tuple(form.media_type.partition(";")[0] for form in formats().values())},
    "WouldReplace": {"origin": "file"},
    "NoDocument": {"reason": "there is none"},
    "DocumentInvalid": {"reason": "Cannot query field 'clii' on type 'InboundInteraction'. Did you mean 'cli'?"},
    "DocumentTooLarge": {"what": "fields of Query", "most": 20},
    "SearchWrong": {
        "what": "The search lacks month",
        "advice": "Statistics are kept by month: give both year and month",
    },
    "StatementUnreadable": {"problem": 'it is not understood at "FORM"'},
    "StatementUnsupported": {"what": "DATEDIF", "known": ("DATEDIFF",)},
    "StatementRefused": {"what": "INTO OUTFILE"},
    "UnknownSqlTable": {"name": "ast_cals_202005", "area": "TVOX", "known": ("ast_calls_202005",)},
    "UnknownSqlColumn": {"name": "clii", "known": ("cli",)},
    "StatementTooLarge": {"what": "rows", "most": 100_000},
    "StatementFailed": {"problem": "a number or a date is out of the range that it may have"},
    "BadPattern": {"pattern": "(045", "reason": "missing ): (045"},
    "UnknownContact": {"uuid": "0007418f"},
    "NotOffered": {"what": "$crossjoin"},
    "TookTooLong": {"seconds": 10.0},
    "BodyNotJson": {"media_type": "text/plain"},
    "WorkbookFull": {"what": "rows", "most": 1_048_575},
    "TextTooLong": {"row": 1234, "column": "notes", "length": 40_000, "most": 32_767},
    "AppliesOnlyWith": {"parameter": "sep", "needs": "csv=excel"},
    "PathWrong": {
        "dialect": "rfc9535",
        "offset": 7,
        "problem": "expected '.', '..' or a bracketed selection, found '^'",
    },
    "PathUnsupported": {
        "dialect": "ng",
        "feature": "=~",
        "advice": "match(@.cli, '.*45') and search() are RFC 9535's.",
    },
    "PathTooLong": {"what": "segments", "most": 32},
    "ColumnsWrong": {"offset": 8, "problem": '"$" stands only at the beginning of a column'},
    "PathTooCostly": {"most": 3_000_000},
    "FilterWrong": {
        "offset": 7,
        "problem": '"=" stands where an operator such as eq or and was expected',
        "advice": 'OData writes "eq".',
    },
    "FilterUnsupported": {"offset": 0, "feature": "geo.distance"},
    "OptionWrong": {"option": "$expand", "place": 10, "problem": '")" is missing', "advice": "Close what was opened."},
    "OptionUnsupported": {"option": "$apply", "place": 0, "feature": "traverse"},
    "AddressWrong": {"offset": 6, "problem": "a segment is empty", "advice": "One slash stands between two segments."},
    "VersionRefused": {"header": "OData-MaxVersion", "value": "3.0"},
    "TypeNotOffered": {"source": "Accept", "asked": "image/png", "known": ("application/json",)},
    "BatchWrong": {"place": "part 3", "problem": "its address is missing", "advice": "A part begins with GET."},
    "BatchTooLarge": {"limit": "100 requests"},
    "BodyNotBatch": {"media_type": "text/plain"},
    "TokenRefused": {"problem": "is not one of this service"},
    "DependencyFailed": {"request": "1"},
    "GroupingWrong": {
        "parameter": "measures",
        "offset": 6,
        "problem": "avg takes numbers, and status is a text",
        "advice": "count(status) and distinct(status) take all.",
    },
    "NoSuchPage": {"path": "/table", "known": ("/tables",)},
    "RepeatedParameter": {"name": "columns"},
    "MappingWrong": {"reason": 'the file has no column "Begin"', "advice": 'Did you mean "Began"?'},
    "KeyRepeated": {"key": ("id", "step")},
    "LinesRefused": {"allowed": 0},
    "StoreBusy": {"path": "data/tvox.duckdb"},
    "StoreOfOthers": {"path": "data/tvox.duckdb", "origin": "the demo centre"},
    "UpstreamUnreachable": {"address": "https://tvox.example", "reason": "connection refused"},
    "UpstreamKeyRefused": {"address": "https://tvox.example"},
    "UpstreamWrong": {"asked": "inboundCalls of 2020-05", "came": "the same page twice"},
    "MonthsComing": {"months": "2020-05", "done": 12, "of": 40},
    "MonthsMissing": {"months": "2020-05"},
    "OnlyInSql": {"table": "tickets", "area": "SUPPORT"},
    "UpstreamMisnamed": {"reason": "the key of the TVox is empty, or holds what no header may"},
    "NotPassedOn": {"what": "advancedQuery"},
    "StoreUnreadable": {"path": "data/tvox.duckdb", "reason": "it has layout 2 and this release reads layout 1"},
}
"""Sample facts of one error, where its fields mean something of their own."""


def sample_of(kind: type[TablesError]) -> TablesError:
    """An error of a class, with sample facts for its fields; a field without any stands for itself, in capitals.

    >>> from tabular.errors import UnknownColumn
    >>> print(sample_of(UnknownColumn))
    There is no column "clii" in inboundCalls. Did you mean "cli"? [TT102]
    """
    known = _FACTS | _FACTS_OF.get(kind.__name__, {})
    facts = {
        field.name: known.get(field.name, field.name.upper())
        for field in fields(kind)  # type: ignore[arg-type]  # every leaf of the tree is a dataclass
        if field.default is MISSING
    }
    return kind(**facts)
