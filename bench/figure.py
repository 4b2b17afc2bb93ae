"""A measured claim: several runs of one thing, beside the limit that it has to keep, or a peer's."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, how often, and its limit (`at_most` or `at_least`); a peer and what is `told` have none."""

    what: str
    unit: str
    runs: Sequence[float]
    at_most: float | None = None
    at_least: float | None = None
    told: bool = False

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.runs)

    @property
    def holds(self) -> bool | None:
        """Whether the median keeps the limit; None where there is none."""
        if self.at_most is not None:
            return self.median <= self.at_most
        return None if self.at_least is None else self.median >= self.at_least

    def line(self) -> str:
        """The figure as a row of the table."""
        none = "" if self.told else "peer"
        limit = f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}" if self.at_least else none
        verdict = {True: "holds", False: "MISSED", None: ""}[self.holds]
        spread = f"{min(self.runs):,.2f} … {max(self.runs):,.2f}"
        return f"{self.what:<66} {self.median:>10,.2f} {self.unit:<9} {spread:>22}  {limit:>8} {verdict}"


def interleaved(measures: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """Each measure once a round, so that a machine that slows down slows all of them; after one round not counted."""
    for measure in measures:
        measure()
    taken: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for place, measure in enumerate(measures):
            taken[place].append(measure())
    return taken
