"""Statements in the order of how much they are about something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from rag.analysis.words import stems
from rag.types import Copy, Statement

# Words of the sentence around a statement, such as who it was said to, tell less of its subject.
_AROUND = 150
_AROUND_WEIGHT = 0.3
# A statement without a good part of what matters in the subject is about something else.
_LEAST = 0.3


def without_copies(
    statements: Sequence[Statement], stories: Mapping[str, tuple[Copy, ...]]
) -> list[Statement]:
    """The statements, those that copies of one story share only once, from its likely origin.

    `stories` has all articles of a story, the origin first, by the id of each. What stays is in
    the place of the first of its copies.
    """
    kept: dict[tuple[str, ...], Statement] = {}
    for one in statements:
        story = [copy.id for copy in stories.get(one.article.id, ())]
        if not story:
            kept[one.article.id, str(one.start), str(one.end), one.cue] = one
            continue
        key = (story[0], " ".join(stems(one.content)))
        known = kept.get(key)
        if known is None or _place(story, one) < _place(story, known):
            kept[key] = one
    return list(kept.values())


def _place(story: Sequence[str], one: Statement) -> int:
    return story.index(one.article.id) if one.article.id in story else len(story)


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
