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
│   ├── StatementUnreadable  400
│   ├── StatementUnsupported 501
│   ├── StatementRefused     400
│   ├── UnknownSqlTable      404
│   ├── UnknownSqlColumn     400
│   ├── StatementTooLarge    400
│   ├── StatementFailed      400
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
│   ├── UnknownPush          404
│   ├── PushUnderWay         409
│   ├── RowsTooMany          400
│   ├── TextTooLongForSheets 400
│   ├── KeysUnclear          409
│   ├── TableDiffers         409
│   ├── RowsScattered        409
│   ├── PushesFailed         409
│   ├── MonthsMissing        409
│   └── OnlyInSql            404
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
│   ├── SheetTokenRefused    401
│   ├── SheetTokenReads      403
│   ├── UnknownSheetToken    404
│   ├── SheetTokensFull      409
│   ├── IdentityRefused      403
│   ├── IdentityUsed         409
│   ├── SignInNotSetUp       403
│   ├── SignInTooOften       429
│   ├── PushOfOthers         403
│   ├── PushesFull           409
│   ├── UnknownRun           404
│   ├── PushKeyOver          403
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
├── GoogleFailed          Google failed when a spreadsheet was written      TT4xx
│   ├── GoogleUnreachable    503
│   ├── GoogleBusy           503
│   ├── AccountRefused       502
│   ├── GoogleWrong          502
│   ├── OutcomeUnknown       503
│   ├── NotShared            403
│   ├── NoSuchSpreadsheet    404
│   ├── SheetsApiOff         502
│   ├── RangeProtected       409
│   ├── SpreadsheetFull      409
│   ├── NoSuchSheet          404
│   ├── CellTooLong          409
│   └── NoSpreadsheet        409
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
    ├── AccountUnusable      500
    ├── NoGoogleAccount      503
    ├── IdentityUnchecked    503
    ├── SignInKeyGone        500
    ├── GoogleMisnamed       500
    └── Failed               500

Each class has a stable `code`, an HTTP `status`, its facts as fields, one sentence as `message`
and, where one is known, a `hint` that says what to do. Codes are never used twice: a
retired code stays here as a comment.
"""

from tabular.errors.advanced import (
    StatementFailed as StatementFailed,
    StatementRefused as StatementRefused,
    StatementTooLarge as StatementTooLarge,
    StatementUnreadable as StatementUnreadable,
    StatementUnsupported as StatementUnsupported,
    UnknownSqlColumn as UnknownSqlColumn,
    UnknownSqlTable as UnknownSqlTable,
)
from tabular.errors.allowed import (
    KeyMissing as KeyMissing,
    KeyRefused as KeyRefused,
    KeysDiffer as KeysDiffer,
    TooManyRequests as TooManyRequests,
    UnknownKey as UnknownKey,
)
from tabular.errors.asked import (
    BackwardWindow as BackwardWindow,
    BadValue as BadValue,
    MethodNotAllowed as MethodNotAllowed,
    NoClock as NoClock,
    NoSuchPage as NoSuchPage,
    NotAcceptable as NotAcceptable,
    ParametersClash as ParametersClash,
    RepeatedParameter as RepeatedParameter,
    SnapshotGone as SnapshotGone,
    UnknownColumn as UnknownColumn,
    UnknownFormat as UnknownFormat,
    UnknownParameter as UnknownParameter,
    UnknownTable as UnknownTable,
    UnknownZone as UnknownZone,
    WouldReplace as WouldReplace,
)
from tabular.errors.documents import (
    BadPattern as BadPattern,
    BodyNotJson as BodyNotJson,
    DocumentInvalid as DocumentInvalid,
    DocumentTooLarge as DocumentTooLarge,
    HeadTooLarge as HeadTooLarge,
    NoDocument as NoDocument,
    NoHttp as NoHttp,
    NotOffered as NotOffered,
    SearchWrong as SearchWrong,
    TookTooLong as TookTooLong,
    UnknownContact as UnknownContact,
)
from tabular.errors.filters import (
    FilterUnsupported as FilterUnsupported,
    FilterWrong as FilterWrong,
    GroupingWrong as GroupingWrong,
)
from tabular.errors.formats import (
    AppliesOnlyWith as AppliesOnlyWith,
    TextTooLong as TextTooLong,
    WorkbookFull as WorkbookFull,
)
from tabular.errors.google import (
    AccountRefused as AccountRefused,
    AccountUnusable as AccountUnusable,
    CellTooLong as CellTooLong,
    GoogleBusy as GoogleBusy,
    GoogleUnreachable as GoogleUnreachable,
    GoogleWrong as GoogleWrong,
    NoSpreadsheet as NoSpreadsheet,
    NoSuchSheet as NoSuchSheet,
    NoSuchSpreadsheet as NoSuchSpreadsheet,
    NotShared as NotShared,
    OutcomeUnknown as OutcomeUnknown,
    RangeProtected as RangeProtected,
    SheetsApiOff as SheetsApiOff,
    SpreadsheetFull as SpreadsheetFull,
)
from tabular.errors.jobs import (
    JobOver as JobOver,
    JobsFull as JobsFull,
    JobUnfinished as JobUnfinished,
    ResultsFull as ResultsFull,
    UnknownJob as UnknownJob,
)
from tabular.errors.links import (
    LinkOver as LinkOver,
    LinkRefused as LinkRefused,
    LinksFull as LinksFull,
    LinkTakesNothing as LinkTakesNothing,
    LinkUnanswered as LinkUnanswered,
    UnknownLink as UnknownLink,
)
from tabular.errors.loading import (
    FileUnreadable as FileUnreadable,
    KeyRepeated as KeyRepeated,
    LinesRefused as LinesRefused,
    MappingWrong as MappingWrong,
    NoPlace as NoPlace,
    ReportUnwritable as ReportUnwritable,
)
from tabular.errors.odata_options import (
    OptionUnsupported as OptionUnsupported,
    OptionWrong as OptionWrong,
)
from tabular.errors.odata_protocol import (
    AddressWrong as AddressWrong,
    BatchTooLarge as BatchTooLarge,
    BatchWrong as BatchWrong,
    BodyNotBatch as BodyNotBatch,
    DependencyFailed as DependencyFailed,
    NoSuchEntity as NoSuchEntity,
    TokenRefused as TokenRefused,
    TypeNotOffered as TypeNotOffered,
    UnknownEntitySet as UnknownEntitySet,
    UnknownSegment as UnknownSegment,
    VersionRefused as VersionRefused,
)
from tabular.errors.ours import (
    CannotListen as CannotListen,
    Failed as Failed,
    ServiceEnded as ServiceEnded,
    StoreBusy as StoreBusy,
    StoreFull as StoreFull,
    StoreOutOfMemory as StoreOutOfMemory,
    StoreUnreadable as StoreUnreadable,
)
from tabular.errors.paths import (
    ColumnsWrong as ColumnsWrong,
    PathTooCostly as PathTooCostly,
    PathTooLong as PathTooLong,
    PathUnsupported as PathUnsupported,
    PathWrong as PathWrong,
)
from tabular.errors.push import (
    KeysUnclear as KeysUnclear,
    NoGoogleAccount as NoGoogleAccount,
    PushesFailed as PushesFailed,
    PushesFull as PushesFull,
    PushKeyOver as PushKeyOver,
    PushOfOthers as PushOfOthers,
    PushUnderWay as PushUnderWay,
    RowsScattered as RowsScattered,
    RowsTooMany as RowsTooMany,
    TableDiffers as TableDiffers,
    TextTooLongForSheets as TextTooLongForSheets,
    UnknownPush as UnknownPush,
    UnknownRun as UnknownRun,
)
from tabular.errors.sheets import (
    GoogleMisnamed as GoogleMisnamed,
    IdentityRefused as IdentityRefused,
    IdentityUnchecked as IdentityUnchecked,
    IdentityUsed as IdentityUsed,
    SheetTokenReads as SheetTokenReads,
    SheetTokenRefused as SheetTokenRefused,
    SheetTokensFull as SheetTokensFull,
    SignInKeyGone as SignInKeyGone,
    SignInNotSetUp as SignInNotSetUp,
    SignInTooOften as SignInTooOften,
    UnknownSheetToken as UnknownSheetToken,
)
from tabular.errors.sql_tables import (
    OnlyInSql as OnlyInSql,
)
from tabular.errors.tree import (
    AskedWrong as AskedWrong,
    GoogleFailed as GoogleFailed,
    LoadRefused as LoadRefused,
    NotAllowed as NotAllowed,
    Ours as Ours,
    TablesError as TablesError,
    UpstreamFailed as UpstreamFailed,
    nearest as nearest,
    shown as shown,
)
from tabular.errors.upstream import (
    MonthsComing as MonthsComing,
    MonthsMissing as MonthsMissing,
    NotPassedOn as NotPassedOn,
    NoUpstream as NoUpstream,
    StoreOfOthers as StoreOfOthers,
    UpstreamBusy as UpstreamBusy,
    UpstreamKeyRefused as UpstreamKeyRefused,
    UpstreamMisnamed as UpstreamMisnamed,
    UpstreamUnreachable as UpstreamUnreachable,
    UpstreamWrong as UpstreamWrong,
)
from tabular.errors.views import (
    NameTaken as NameTaken,
    UnknownView as UnknownView,
    ViewBroken as ViewBroken,
    ViewOfOthers as ViewOfOthers,
    ViewsCircle as ViewsCircle,
    ViewsFull as ViewsFull,
    ViewsTooDeep as ViewsTooDeep,
    ViewTooLarge as ViewTooLarge,
)
