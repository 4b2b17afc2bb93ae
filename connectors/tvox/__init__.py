"""A real TVox: asked within its limits, in whichever dialect it speaks."""

from connectors.tvox.client import Client
from connectors.tvox.upstream import Tvox

__all__ = ["Client", "Tvox"]
