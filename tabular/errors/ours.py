"""What failed although the question was right: TT5xx."""

from dataclasses import dataclass

from tabular.errors.tree import Ours


@dataclass(eq=False)
class StoreBusy(Ours):
    path: str
    holder: str
    code = "TT501"
    status = 503

    @property
    def message(self) -> str:
        return f"The store {self.path} is in use by {self.holder}."

    @property
    def hint(self) -> str:
        return "Wait for it to end, or name another store with --store."


@dataclass(eq=False)
class StoreUnreadable(Ours):
    path: str
    reason: str
    code = "TT502"
    status = 500

    @property
    def message(self) -> str:
        return f"The store {self.path} cannot be opened: {self.reason}."

    @property
    def hint(self) -> str:
        return "Name another store with --store, or restore this one from a copy."


@dataclass(eq=False)
class StoreOutOfMemory(Ours):
    path: str
    code = "TT506"
    status = 503

    @property
    def message(self) -> str:
        return f"The store {self.path} needs more memory for this than it may use; nothing was changed."

    @property
    def hint(self) -> str:
        return "Allow it more with TVOX_STORE_MEMORY, or ask for a shorter window."


@dataclass(eq=False)
class StoreFull(Ours):
    path: str
    code = "TT507"
    status = 503

    @property
    def message(self) -> str:
        return f"The disk that holds the store {self.path} is full; nothing was changed."

    @property
    def hint(self) -> str:
        return "Make room on it, or move the store to another."


@dataclass(eq=False)
class ServiceEnded(Ours):
    code = "TT504"
    status = 503

    @property
    def message(self) -> str:
        return "The service ended before the work was done."

    @property
    def hint(self) -> str:
        return "Run the command again."


@dataclass(eq=False)
class CannotListen(Ours):
    host: str
    port: int
    reason: str
    code = "TT505"
    status = 503

    @property
    def message(self) -> str:
        return f"The service cannot listen on port {self.port} of {self.host}: {self.reason}."

    @property
    def hint(self) -> str:
        return "Name another with --port or --host."


@dataclass(eq=False)
class Failed(Ours):
    """Whatever was not foreseen; the log has the trace under the same reference."""

    reference: str
    code = "TT500"
    status = 500

    @property
    def message(self) -> str:
        return "The service failed to answer."

    @property
    def hint(self) -> str:
        return f"The administrator finds the cause in the log under {self.reference}."
