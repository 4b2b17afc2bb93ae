"""OData requests that cannot be read, in their address, headers, batch or token, or lead nowhere: from TT162 on."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, did_you_mean, shown


@dataclass(eq=False)
class AddressWrong(AskedWrong):
    """`offset` counts characters of the path behind the service's root from 0, the sentence from 1."""

    offset: int
    problem: str
    advice: str
    code = "TT162"
    status = 400

    @property
    def message(self) -> str:
        return f"The address is wrong at character {self.offset + 1} behind the service's root: {self.problem}."

    @property
    def hint(self) -> str:
        return self.advice


@dataclass(eq=False)
class VersionRefused(AskedWrong):
    header: str
    value: str
    code = "TT163"
    status = 400

    @property
    def message(self) -> str:
        return f'{self.header} "{shown(self.value)}" is no version of OData that is spoken here.'

    @property
    def hint(self) -> str:
        return "The service speaks 4.0 and 4.01."


@dataclass(eq=False)
class TypeNotOffered(AskedWrong):
    """`source` is what asked for it: the header Accept or the option $format."""

    source: str
    asked: str
    known: tuple[str, ...]
    code = "TT164"
    status = 406

    @property
    def message(self) -> str:
        return f'{self.source} asks for "{shown(self.asked)}", which this address does not answer in.'

    @property
    def hint(self) -> str:
        return f"It answers in {' or '.join(self.known)}."


@dataclass(eq=False)
class BatchWrong(AskedWrong):
    """`place` says where in the batch."""

    place: str
    problem: str
    advice: str
    code = "TT165"
    status = 400

    @property
    def message(self) -> str:
        return f"The batch is wrong at {shown(self.place)}: {self.problem}."

    @property
    def hint(self) -> str:
        return self.advice


@dataclass(eq=False)
class BatchTooLarge(AskedWrong):
    """`limit` is what a batch may have at most, with its unit."""

    limit: str
    code = "TT166"
    status = 413

    @property
    def message(self) -> str:
        return f"The batch has more than {self.limit}."

    @property
    def hint(self) -> str:
        return "Send it as several batches."


@dataclass(eq=False)
class BodyNotBatch(AskedWrong):
    """Neither a batch nor the options of a `/$query`."""

    media_type: str
    code = "TT167"
    status = 415

    @property
    def message(self) -> str:
        return f'What is posted here cannot be of the media type "{shown(self.media_type)}".'

    @property
    def hint(self) -> str:
        return "Send a batch as multipart/mixed with a boundary or as application/json, options as text/plain."


@dataclass(eq=False)
class TokenRefused(AskedWrong):
    problem: str
    code = "TT168"
    status = 400

    @property
    def message(self) -> str:
        return f"The $skiptoken {self.problem}."

    @property
    def hint(self) -> str:
        return "Follow the nextLink as it was given, or ask again from the first page."


@dataclass(eq=False)
class DependencyFailed(AskedWrong):
    """`request` is the id of the part of the batch that had to succeed before."""

    request: str
    code = "TT169"
    status = 424

    @property
    def message(self) -> str:
        return f'The request depends on "{shown(self.request)}" of the same batch, which failed.'

    @property
    def hint(self) -> str:
        return "Its own answer says why."


@dataclass(eq=False)
class NoSuchEntity(AskedWrong):
    """`said` is the path that leads to the entity."""

    said: str
    code = "TT177"
    status = 404

    @property
    def message(self) -> str:
        return f'There is nothing at "{shown(self.said)}".'

    @property
    def hint(self) -> str:
        return "A $filter finds entities by what they hold."


@dataclass(eq=False)
class UnknownEntitySet(AskedWrong):
    name: str
    known: tuple[str, ...]
    code = "TT179"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no entity set "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return did_you_mean(self.name, self.known) or "GET /odata/ lists the entity sets."


@dataclass(eq=False)
class UnknownSegment(AskedWrong):
    """`said` is the path before the segment, `known` are the names that may stand behind it."""

    name: str
    said: str
    known: tuple[str, ...]
    code = "TT178"
    status = 404

    @property
    def message(self) -> str:
        return f'"{shown(self.name)}" leads nowhere behind "{shown(self.said)}".'

    @property
    def hint(self) -> str | None:
        if not self.known:
            return None
        return did_you_mean(self.name, self.known) or "$metadata names every property and navigation."
