"""One order from two: passages found by meaning and by words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)

# Weight of the vectors' score; the rest is the words'.
VECTOR_WEIGHT = 0.2


def fuse(
    vectors: Mapping[int, float],
    words: Mapping[int, float],
    weight: float = VECTOR_WEIGHT,
    *,
    floor: float | None = None,
) -> dict[int, float]:
    """Number -> score from 0 to 1, the weighted mean of both searches' scaled scores.

    Each search's scores are scaled so that its best is 1 and its last, or `floor`, is 0; a
    passage that one of them did not return has 0 there (min-max fusion; Bruch et al. 2023, "An
    analysis of fusion functions for hybrid retrieval"). With a floor, scores that hardly differ
    stay close to each other, and what is added to them counts.
    """
    near, matching = _scaled(vectors, floor), _scaled(words, floor)
    if not matching:
        weight = 1.0
    elif not near:
        weight = 0.0
    return {
        number: weight * near.get(number, 0.0) + (1 - weight) * matching.get(number, 0.0)
        for number in near.keys() | matching.keys()
    }


def _scaled(scores: Mapping[int, float], floor: float | None) -> dict[int, float]:
    if not scores:
        return {}
    low, high = min(scores.values()) if floor is None else floor, max(scores.values())
    if high <= low:
        return dict.fromkeys(scores, 1.0)
    return {number: max(0.0, (score - low) / (high - low)) for number, score in scores.items()}


def take_turns(lists: Sequence[Sequence[Item]]) -> list[Item]:
    """One list of all that is in several: the first of each, then the next of each; none twice."""
    merged: dict[Item, None] = {}
    rests = [iter(items) for items in lists]
    while rests:
        for rest in list(rests):
            item = next((item for item in rest if item not in merged), None)
            if item is None:
                rests.remove(rest)
            else:
                merged[item] = None
    return list(merged)
