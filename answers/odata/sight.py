"""Sight: what the expressions of a question may mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from odata.model import Model
from tabular.filter.tree import Node


@dataclass(frozen=True, slots=True)
class Sight:
    """The model that the key sees, the zone of the dates in expressions, the moment in which is asked (UTC), and what
    `@name` stands for."""

    model: Model
    zone: str
    now: datetime
    aliases: Mapping[str, Node] = field(default_factory=dict)
