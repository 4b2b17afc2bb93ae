"""The mirror of a TVox: which of its months are needed, and the work to bring them."""

from answers.mirror.mirror import Mirror
from answers.mirror.rules import Fresh, Rules
from answers.mirror.wanted import Standing, Wanted

__all__ = ["Fresh", "Mirror", "Rules", "Standing", "Wanted"]
