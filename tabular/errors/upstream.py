"""What the TVox that fills the store, or the way to it, did wrong: TT4xx. The question was right."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, LoadRefused, NotAllowed, Ours, UpstreamFailed, shown


@dataclass(eq=False)
class UpstreamUnreachable(UpstreamFailed):
    address: str
    reason: str
    seconds: int = 30
    code = "TT401"
    status = 503

    @property
    def message(self) -> str:
        return f"The TVox at {self.address} does not answer: {shown(self.reason)}."

    @property
    def hint(self) -> str:
        return f"It is tried again in {self.seconds} seconds; GET /upstream shows its state."


@dataclass(eq=False)
class UpstreamBusy(UpstreamFailed):
    seconds: int
    code = "TT402"
    status = 503

    @property
    def message(self) -> str:
        return "The TVox takes no more requests for now."

    @property
    def hint(self) -> str:
        return f"Ask again in {self.seconds} seconds."


@dataclass(eq=False)
class UpstreamKeyRefused(UpstreamFailed):
    address: str
    code = "TT403"
    status = 502

    @property
    def message(self) -> str:
        return f"The TVox at {self.address} refuses the service's own key."

    @property
    def hint(self) -> str:
        return "The administrator sets the key of the TVox as TVOX_UPSTREAM_API_KEY."


@dataclass(eq=False)
class UpstreamWrong(UpstreamFailed):
    """`asked` says what was asked for, `came` what came instead."""

    asked: str
    came: str
    code = "TT404"
    status = 502

    @property
    def message(self) -> str:
        return f"The TVox answered {self.asked} wrongly: {' '.join(self.came.split())[:300]}."

    @property
    def hint(self) -> str:
        return "Nothing of it was stored; GET /upstream shows the state of the TVox."


@dataclass(eq=False)
class MonthsComing(UpstreamFailed):
    """`months` of `table` are being fetched: `done` pages of `of` (0: not known yet)."""

    table: str
    months: str
    done: int
    of: int
    seconds: int
    code = "TT405"
    status = 503

    @property
    def message(self) -> str:
        so_far = f": {self.done} of {self.of} pages" if self.of else ""
        return f"{self.table} of {self.months} is on its way from the TVox{so_far}."

    @property
    def hint(self) -> str:
        return f"Ask again in {self.seconds} seconds."


@dataclass(eq=False)
class MonthsMissing(AskedWrong):
    table: str
    months: str
    code = "TT406"
    status = 409

    @property
    def message(self) -> str:
        return f"{self.table} of {self.months} is not stored, and fresh=cached asks the TVox for nothing."

    @property
    def hint(self) -> str:
        return "Leave fresh=cached out, or take what is stored with partial=allow."


@dataclass(eq=False)
class StoreOfOthers(Ours):
    path: str
    origin: str
    code = "TT407"
    status = 500

    @property
    def message(self) -> str:
        return f"The store {self.path} cannot hold rows of a TVox together with those of {self.origin}."

    @property
    def hint(self) -> str:
        return "Name another file with --store or TVOX_STORE."


@dataclass(eq=False)
class NoUpstream(LoadRefused):
    code = "TT408"

    @property
    def message(self) -> str:
        return "There is no TVox to ask."

    @property
    def hint(self) -> str:
        return "Set TVOX_UPSTREAM_URL and TVOX_UPSTREAM_API_KEY."


@dataclass(eq=False)
class UpstreamMisnamed(Ours):
    reason: str
    code = "TT410"
    status = 500

    @property
    def message(self) -> str:
        return f"The settings of the TVox cannot be used: {self.reason}."

    @property
    def hint(self) -> str:
        return "They are TVOX_UPSTREAM_URL, _API_KEY, _CA and _PROXY."


@dataclass(eq=False)
class NotPassedOn(NotAllowed):
    what: str
    code = "TT409"
    status = 403

    @property
    def message(self) -> str:
        return f"{self.what} is answered by the TVox itself, which a key with limits of its own may not ask."

    @property
    def hint(self) -> str:
        return "Ask with a key that sees every table and column."
