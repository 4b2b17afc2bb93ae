"""What a link does not open: TT2xx too, and TT508."""

from dataclasses import dataclass

from tabular.errors.tree import NotAllowed, Ours, shown


@dataclass(eq=False)
class LinkRefused(NotAllowed):
    """The same for every address that was not made here, so that nothing is learnt by trying."""

    code = "TT206"
    status = 404

    @property
    def message(self) -> str:
        return "This is no link that was made here."

    @property
    def hint(self) -> str:
        return "Copy the whole address again, with its ending."


@dataclass(eq=False)
class LinkOver(NotAllowed):
    """Told only to whoever has the link itself."""

    reason: str
    code = "TT207"
    status = 410

    @property
    def message(self) -> str:
        return f"This link {self.reason}."

    @property
    def hint(self) -> str:
        return "Ask whoever gave it to you for another one."


@dataclass(eq=False)
class UnknownLink(NotAllowed):
    id: str
    code = "TT208"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no link "{shown(self.id)}" of this key.'

    @property
    def hint(self) -> str:
        return "GET /links lists the links of a key."


@dataclass(eq=False)
class LinksFull(NotAllowed):
    most: int
    code = "TT209"
    status = 409

    @property
    def message(self) -> str:
        return f"This key has {self.most:,} open links."

    @property
    def hint(self) -> str:
        return "Revoke one with DELETE /links/{id}, or make shorter ones."


@dataclass(eq=False)
class LinkTakesNothing(NotAllowed):
    parameter: str
    code = "TT210"
    status = 400

    @property
    def message(self) -> str:
        return f'A link takes no parameters, and this address has "{shown(self.parameter)}".'

    @property
    def hint(self) -> str:
        return "It gives what it was made for; make another one with POST /links."


@dataclass(eq=False)
class LinkUnanswered(Ours):
    """What failed is told to the key's holder and to the log: its sentence may name what is inside."""

    seconds: int = 30
    code = "TT508"
    status = 503

    @property
    def message(self) -> str:
        return "The rows of this link cannot be had for now."

    @property
    def hint(self) -> str:
        return f"Ask again in {self.seconds} seconds; the service's log says why."
