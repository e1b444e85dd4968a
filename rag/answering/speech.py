"""Statements in the order of how much they are about something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

from rag.analysis.words import stems
from rag.types import Statement

# Words of the sentence around a statement, such as who it was said to, tell less of its subject.
_AROUND = 150
_AROUND_WEIGHT = 0.3
# A statement without a good part of what matters in the subject is about something else.
_LEAST = 0.3


def rank_statements(about: str, statements: Sequence[Statement]) -> list[Statement]:
    """Those of the statements that are about it, most so first; of equals the earlier stays so.

    A word counts by its rarity among the statements given, so that what all of them speak of
    decides nothing.
    """
    wanted = set(stems(about))
    inside = [set(stems(one.content)) for one in statements]
    spread = Counter(stem for words in inside for stem in words & wanted)
    weights = {stem: log(1 + len(statements) / (1 + spread[stem])) for stem in wanted}
    total = sum(weights.values())
    if not total:
        return []
    scores = []
    for one, words in zip(statements, inside, strict=True):
        text = one.article.text
        near = set(stems(text[max(0, one.start - _AROUND) : one.end + _AROUND])) - words
        score = sum(weights[stem] for stem in wanted & words)
        score += _AROUND_WEIGHT * sum(weights[stem] for stem in wanted & near)
        # Of two that hold the subject the one that holds less else is more about it.
        scores.append(score / total - 1e-4 * min(len(words), 100))
    order = sorted(range(len(statements)), key=lambda row: -scores[row])
    return [statements[row] for row in order if scores[row] >= _LEAST]
