"""The demo centre: a believable contact centre to try everything with, without a TVox."""

from datamodel.demo.centre import DemoCentre

__all__ = ["DemoCentre"]
