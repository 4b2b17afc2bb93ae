"""What a job does not give: TT213, TT214, TT170, TT171 and TT509."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, NotAllowed, Ours, shown


@dataclass(eq=False)
class UnknownJob(NotAllowed):
    """The same for a job of another key, so that nothing is learnt by trying."""

    id: str
    code = "TT213"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no job "{shown(self.id)}" of this key.'

    @property
    def hint(self) -> str:
        return "GET /jobs lists the jobs of a key; none outlives a restart of the service: ask the question again."


@dataclass(eq=False)
class JobsFull(NotAllowed):
    most: int
    code = "TT214"
    status = 409

    @property
    def message(self) -> str:
        return f"This key has {self.most:,} jobs under way."

    @property
    def hint(self) -> str:
        return "Wait until one of them is over, or cancel one with DELETE /jobs/{id}."


@dataclass(eq=False)
class JobUnfinished(AskedWrong):
    seconds: int
    code = "TT170"
    status = 409

    @property
    def message(self) -> str:
        return "The result of this job is not there yet."

    @property
    def hint(self) -> str:
        return f"Ask again in {self.seconds} seconds; GET /jobs/{{id}} tells how far it is."


@dataclass(eq=False)
class JobOver(AskedWrong):
    reason: str
    code = "TT171"
    status = 410

    @property
    def message(self) -> str:
        return f"The result of this job {self.reason}."

    @property
    def hint(self) -> str:
        return "Ask the question again."


@dataclass(eq=False)
class ResultsFull(Ours):
    most: str
    code = "TT509"
    status = 503

    @property
    def message(self) -> str:
        return f"The results of all jobs may take {self.most}, and there is no room for this one."

    @property
    def hint(self) -> str:
        return "DELETE /jobs/{id} what was fetched, or ask for less; the administrator sets TVOX_JOBS_SPACE."
