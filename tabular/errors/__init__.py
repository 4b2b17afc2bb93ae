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
│   ├── HeadTooLarge         431
│   ├── NoHttp               400
│   ├── WorkbookFull         400
│   ├── TextTooLong          400
│   ├── AppliesOnlyWith      400
│   ├── FilterWrong          400
│   ├── FilterUnsupported    501
│   ├── GroupingWrong        400
│   ├── PathWrong            400
│   ├── PathUnsupported      501
│   ├── PathTooLong          400
│   ├── ColumnsWrong         400
│   ├── PathTooCostly        400
│   ├── OptionWrong          400
│   ├── OptionUnsupported    501
│   ├── AddressWrong         400
│   ├── VersionRefused       400
│   ├── TypeNotOffered       406
│   ├── BatchWrong           400
│   ├── BatchTooLarge        413
│   ├── BodyNotBatch         415
│   ├── TokenRefused         400
│   ├── DependencyFailed     424
│   ├── NoSuchEntity         404
│   ├── UnknownEntitySet     404
│   ├── UnknownSegment       404
│   ├── UnknownView          404
│   ├── NameTaken            409
│   ├── ViewsCircle          409
│   ├── ViewsTooDeep         400
│   ├── ViewBroken           409
│   ├── ViewTooLarge         413
│   ├── JobUnfinished        409
│   ├── JobOver              410
│   └── MonthsMissing        409
├── NotAllowed            the key does not open this                        TT2xx
│   ├── KeyMissing           401
│   ├── KeyRefused           401
│   ├── KeysDiffer           400
│   ├── TooManyRequests      429
│   ├── UnknownKey           404
│   ├── LinkRefused          404
│   ├── LinkOver             410
│   ├── UnknownLink          404
│   ├── LinksFull            409
│   ├── LinkTakesNothing     400
│   ├── ViewOfOthers         403
│   ├── ViewsFull            409
│   ├── UnknownJob           404
│   ├── JobsFull             409
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
    ├── LinkUnanswered       503
    ├── ResultsFull          503
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
    HeadTooLarge,
    NoDocument,
    NoHttp,
    NotOffered,
    SearchWrong,
    TookTooLong,
    UnknownContact,
)
from tabular.errors.filters import FilterUnsupported, FilterWrong, GroupingWrong
from tabular.errors.formats import AppliesOnlyWith, TextTooLong, WorkbookFull
from tabular.errors.jobs import JobOver, JobsFull, JobUnfinished, ResultsFull, UnknownJob
from tabular.errors.links import LinkOver, LinkRefused, LinksFull, LinkTakesNothing, LinkUnanswered, UnknownLink
from tabular.errors.loading import FileUnreadable, KeyRepeated, LinesRefused, MappingWrong, NoPlace, ReportUnwritable
from tabular.errors.odata_options import OptionUnsupported, OptionWrong
from tabular.errors.odata_protocol import (
    AddressWrong,
    BatchTooLarge,
    BatchWrong,
    BodyNotBatch,
    DependencyFailed,
    NoSuchEntity,
    TokenRefused,
    TypeNotOffered,
    UnknownEntitySet,
    UnknownSegment,
    VersionRefused,
)
from tabular.errors.ours import (
    CannotListen,
    Failed,
    ServiceEnded,
    StoreBusy,
    StoreFull,
    StoreOutOfMemory,
    StoreUnreadable,
)
from tabular.errors.paths import ColumnsWrong, PathTooCostly, PathTooLong, PathUnsupported, PathWrong
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
from tabular.errors.views import (
    NameTaken,
    UnknownView,
    ViewBroken,
    ViewOfOthers,
    ViewsCircle,
    ViewsFull,
    ViewsTooDeep,
    ViewTooLarge,
)

__all__ = [
    "AddressWrong",
    "AppliesOnlyWith",
    "AskedWrong",
    "BackwardWindow",
    "BadPattern",
    "BadValue",
    "BatchTooLarge",
    "BatchWrong",
    "BodyNotBatch",
    "BodyNotJson",
    "CannotListen",
    "ColumnsWrong",
    "DependencyFailed",
    "DocumentInvalid",
    "DocumentTooLarge",
    "Failed",
    "FileUnreadable",
    "FilterUnsupported",
    "FilterWrong",
    "GroupingWrong",
    "HeadTooLarge",
    "JobOver",
    "JobUnfinished",
    "JobsFull",
    "KeyMissing",
    "KeyRefused",
    "KeyRepeated",
    "KeysDiffer",
    "LinesRefused",
    "LinkOver",
    "LinkRefused",
    "LinkTakesNothing",
    "LinkUnanswered",
    "LinksFull",
    "LoadRefused",
    "MappingWrong",
    "MethodNotAllowed",
    "MonthsComing",
    "MonthsMissing",
    "NameTaken",
    "NoClock",
    "NoDocument",
    "NoHttp",
    "NoPlace",
    "NoSuchEntity",
    "NoSuchPage",
    "NoUpstream",
    "NotAcceptable",
    "NotAllowed",
    "NotOffered",
    "NotPassedOn",
    "OptionUnsupported",
    "OptionWrong",
    "Ours",
    "ParametersClash",
    "PathTooCostly",
    "PathTooLong",
    "PathUnsupported",
    "PathWrong",
    "RepeatedParameter",
    "ReportUnwritable",
    "ResultsFull",
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
    "TokenRefused",
    "TooManyRequests",
    "TookTooLong",
    "TypeNotOffered",
    "UnknownColumn",
    "UnknownContact",
    "UnknownEntitySet",
    "UnknownFormat",
    "UnknownJob",
    "UnknownKey",
    "UnknownLink",
    "UnknownParameter",
    "UnknownSegment",
    "UnknownTable",
    "UnknownView",
    "UnknownZone",
    "UpstreamBusy",
    "UpstreamFailed",
    "UpstreamKeyRefused",
    "UpstreamMisnamed",
    "UpstreamUnreachable",
    "UpstreamWrong",
    "VersionRefused",
    "ViewBroken",
    "ViewOfOthers",
    "ViewTooLarge",
    "ViewsCircle",
    "ViewsFull",
    "ViewsTooDeep",
    "WorkbookFull",
    "WouldReplace",
    "nearest",
    "shown",
]
