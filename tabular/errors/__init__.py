"""Every refusal of the service, as one tree.

TablesError
├── AskedWrong            the question cannot be answered as asked          TT1xx
│   ├── UnknownTable         404
│   ├── UnknownColumn        400
│   ├── UnknownParameter     400
│   ├── UnknownFormat        404
│   ├── BadValue             400
│   ├── UnknownZone          400
│   ├── BackwardWindow       400
│   ├── ParametersClash      400
│   ├── RepeatedParameter    400
│   ├── NotAcceptable        406
│   ├── NoClock              400
│   ├── NoSuchPage           404
│   ├── MethodNotAllowed     405
│   ├── SnapshotGone         410
│   ├── WouldReplace         409
│   ├── NoDocument           400
│   ├── DocumentInvalid      400
│   ├── DocumentTooLarge     400
│   ├── SearchWrong          400
│   ├── BadPattern           400
│   ├── UnknownContact       404
│   ├── NotOffered           501
│   ├── TookTooLong          503
│   ├── BodyNotJson          415
│   ├── WorkbookFull         400
│   ├── TextTooLong          400
│   ├── AppliesOnlyWith      400
│   ├── FilterWrong          400
│   ├── FilterUnsupported    501
│   ├── GroupingWrong        400
│   └── MonthsMissing        409
├── NotAllowed            the key does not open this                        TT2xx
│   ├── KeyMissing           401
│   ├── KeyRefused           401
│   ├── KeysDiffer           400
│   ├── TooManyRequests      429
│   ├── UnknownKey           404
│   └── NotPassedOn          403
├── LoadRefused           a file or its mapping cannot be loaded            TT3xx
│   ├── MappingWrong         400
│   ├── FileUnreadable       400
│   ├── LinesRefused         400
│   ├── KeyRepeated          400
│   ├── NoPlace              400
│   ├── ReportUnwritable     400
│   └── NoUpstream           400
├── UpstreamFailed        the TVox that fills the store failed              TT4xx
│   ├── UpstreamUnreachable  503
│   ├── UpstreamBusy         503
│   ├── UpstreamKeyRefused   502
│   ├── UpstreamWrong        502
│   └── MonthsComing         503
└── Ours                  the service, its store or its disk failed         TT5xx
    ├── StoreBusy            503
    ├── StoreUnreadable      500
    ├── StoreOutOfMemory     503
    ├── StoreFull            503
    ├── ServiceEnded         503
    ├── CannotListen         503
    ├── StoreOfOthers        500
    ├── UpstreamMisnamed     500
    └── Failed               500

Each class has a stable `code`, an HTTP `status`, its facts as fields, one sentence as `message`
and, where one is known, a `hint` that says what to do. Codes are never used twice: a
retired code stays here as a comment.
"""

from tabular.errors.allowed import KeyMissing, KeyRefused, KeysDiffer, TooManyRequests, UnknownKey
from tabular.errors.asked import (
    BackwardWindow,
    BadValue,
    MethodNotAllowed,
    NoClock,
    NoSuchPage,
    NotAcceptable,
    ParametersClash,
    RepeatedParameter,
    SnapshotGone,
    UnknownColumn,
    UnknownFormat,
    UnknownParameter,
    UnknownTable,
    UnknownZone,
    WouldReplace,
)
from tabular.errors.documents import (
    BadPattern,
    BodyNotJson,
    DocumentInvalid,
    DocumentTooLarge,
    NoDocument,
    NotOffered,
    SearchWrong,
    TookTooLong,
    UnknownContact,
)
from tabular.errors.filters import FilterUnsupported, FilterWrong, GroupingWrong
from tabular.errors.formats import AppliesOnlyWith, TextTooLong, WorkbookFull
from tabular.errors.loading import FileUnreadable, KeyRepeated, LinesRefused, MappingWrong, NoPlace, ReportUnwritable
from tabular.errors.ours import (
    CannotListen,
    Failed,
    ServiceEnded,
    StoreBusy,
    StoreFull,
    StoreOutOfMemory,
    StoreUnreadable,
)
from tabular.errors.tree import (
    AskedWrong,
    LoadRefused,
    NotAllowed,
    Ours,
    TablesError,
    UpstreamFailed,
    nearest,
    shown,
)
from tabular.errors.upstream import (
    MonthsComing,
    MonthsMissing,
    NotPassedOn,
    NoUpstream,
    StoreOfOthers,
    UpstreamBusy,
    UpstreamKeyRefused,
    UpstreamMisnamed,
    UpstreamUnreachable,
    UpstreamWrong,
)

__all__ = [
    "AppliesOnlyWith",
    "AskedWrong",
    "BackwardWindow",
    "BadPattern",
    "BadValue",
    "BodyNotJson",
    "CannotListen",
    "DocumentInvalid",
    "DocumentTooLarge",
    "Failed",
    "FileUnreadable",
    "FilterUnsupported",
    "FilterWrong",
    "GroupingWrong",
    "KeyMissing",
    "KeyRefused",
    "KeyRepeated",
    "KeysDiffer",
    "LinesRefused",
    "LoadRefused",
    "MappingWrong",
    "MethodNotAllowed",
    "MonthsComing",
    "MonthsMissing",
    "NoClock",
    "NoDocument",
    "NoPlace",
    "NoSuchPage",
    "NoUpstream",
    "NotAcceptable",
    "NotAllowed",
    "NotOffered",
    "NotPassedOn",
    "Ours",
    "ParametersClash",
    "RepeatedParameter",
    "ReportUnwritable",
    "SearchWrong",
    "ServiceEnded",
    "SnapshotGone",
    "StoreBusy",
    "StoreFull",
    "StoreOfOthers",
    "StoreOutOfMemory",
    "StoreUnreadable",
    "TablesError",
    "TextTooLong",
    "TooManyRequests",
    "TookTooLong",
    "UnknownColumn",
    "UnknownContact",
    "UnknownFormat",
    "UnknownKey",
    "UnknownParameter",
    "UnknownTable",
    "UnknownZone",
    "UpstreamBusy",
    "UpstreamFailed",
    "UpstreamKeyRefused",
    "UpstreamMisnamed",
    "UpstreamUnreachable",
    "UpstreamWrong",
    "WorkbookFull",
    "WouldReplace",
    "nearest",
    "shown",
]
