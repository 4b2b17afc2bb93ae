"""Random numbers that are the same on every machine: seeds, tables of quantiles, and many throws from one number."""

from functools import cache
from math import exp, log
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from tabular.month import Month

FACES = 1024
"""Entries of a table of quantiles."""

_ODD = 0x9E3779B97F4A7C15  # 2**64 divided by the golden ratio, as in splitmix64


def generator(seed: int, month: Month, channel: int) -> np.random.Generator:
    """The source of all that happens in one month on one channel."""
    return np.random.default_rng(np.random.SeedSequence([seed, month.year, month.month, channel]))


@cache
def lognormal(spread: float) -> NDArray[np.float64]:
    """Quantiles of a lognormal law of mean 1; `spread` is the deviation of its logarithm."""
    normal = NormalDist()
    ranks = ((face + 0.5) / FACES for face in range(FACES))
    return np.array([exp(spread * normal.inv_cdf(rank) - spread * spread / 2) for rank in ranks])


@cache
def weibull(shape: float) -> NDArray[np.float64]:
    """Quantiles of a Weibull law, scaled to mean 1; shape 1 is the exponential law."""
    quantiles = np.array([(-log(1 - (face + 0.5) / FACES)) ** (1 / shape) for face in range(FACES)])
    scaled: NDArray[np.float64] = quantiles / quantiles.mean()
    return scaled


def seconds(
    rng: np.random.Generator, quantiles: NDArray[np.float64], mean: NDArray[np.int64] | float, count: int
) -> NDArray[np.int64]:
    """`count` durations in whole seconds, from a table of quantiles of mean 1."""
    # A table and no transcendental functions: these differ in the last digit from one processor to another.
    drawn: NDArray[np.int64] = (quantiles[rng.integers(0, FACES, count)] * mean).astype(np.int64)
    return drawn


def numbers(rng: np.random.Generator, count: int) -> NDArray[np.uint64]:
    """`count` numbers of 64 random bits, from which `throw` makes independent throws."""
    return rng.integers(0, 2**64, count, dtype=np.uint64)


def throw(bits: NDArray[np.uint64], purpose: int) -> NDArray[np.int64]:
    """A throw from 0 to 65535 for each number; each `purpose` gives throws of its own."""
    odd = np.uint64(pow(_ODD, purpose + 1, 1 << 64))
    return ((bits * odd) >> np.uint64(48)).astype(np.int64)


def chance(bits: NDArray[np.uint64], purpose: int, probability: float) -> NDArray[np.bool_]:
    """Whether something of that probability comes to pass, for each number."""
    return throw(bits, purpose) < int(probability * 65536)


def pick(bits: NDArray[np.uint64], purpose: int, count: int) -> NDArray[np.int64]:
    """One of `count` choices (0 and up) for each number; `count` is small beside 65536."""
    return throw(bits, purpose) * count >> 16
