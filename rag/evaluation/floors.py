"""Floors: figures that were reached once, and that later reports must keep to.

A figure of `LOWER_IS_BETTER` has a ceiling for its floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor

from rag.evaluation.figures import LOWER_IS_BETTER

# Floors have three digits, as reports show them, rounded so that a figure keeps to its own.
_STEPS = 1_000


def missed(
    figures: Mapping[str, float], floors: Mapping[str, float], slack: float = 0.0
) -> list[str]:
    """A line for each floor that a figure misses by more than `slack`, or by not being there."""
    lines = []
    for key, limit in floors.items():
        value = figures.get(key)
        word, sign = ("above", 1) if key in LOWER_IS_BETTER else ("below", -1)
        if value is None:
            lines.append(f"{key} is not measured; its floor is {limit:.3f}")
        elif _better(key, limit + sign * slack, value):
            lines.append(f"{key} {value:.4f} is {word} its floor of {limit:.3f}")
    return lines


def raised(
    figures: Mapping[str, float], floors: Mapping[str, float], *, lower: bool = False
) -> dict[str, float]:
    """The floors moved to figures that are better, and new ones for figures without any.

    With `lower`, the floors are those of these figures and no others.
    """
    new = {} if lower else dict(floors)
    for key, value in figures.items():
        limit = _rounded(key, value)
        if key not in new or _better(key, limit, new[key]):
            new[key] = limit
    return new


def _better(key: str, value: float, other: float) -> bool:
    return value < other if key in LOWER_IS_BETTER else value > other


def _rounded(key: str, value: float) -> float:
    """To the worse side."""
    steps = value * _STEPS
    return (ceil(steps) if key in LOWER_IS_BETTER else floor(steps)) / _STEPS
