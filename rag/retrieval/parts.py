"""A question of several parts, cut between them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.analysis.words import stems

_QUESTION = (
    r"(?:who|whom|whose|what|which|when|where|why|how|did|do|does|is|are|was|were|has|have|had|can"
    r"|could|will|would|should)"
)
# Where a new question begins, or the other side of a comparison.
_SURE = re.compile(
    rf"\?\s+(?=\S)|(?:[,;]\s+|\s+)(?:and|but|or)\s+(?:then\s+)?(?={_QUESTION}\b)"
    r"|(?:[,;]\s+|\s+)(?:while|whereas)\s+(?:also\s+)?"
    r"|(?:[,;]\s+|\s+)(?:as\s+opposed\s+to|(?:as\s+)?compared\s+(?:to|with)|in\s+contrast\s+to)\s+",
    re.IGNORECASE,
)
# Where one clause of a long question ends: used only in one that names sources.
_CLAUSE = re.compile(
    rf"{_SURE.pattern}|[,;]\s+(?:and|but|or)?\s*|\s+but\s+|\s+and\s+(?=the\b)", re.I
)
_PRONOUN = re.compile(
    r"\b(?:it|its|he|him|his|she|her|they|them|their|theirs|this|that|these|those|there|one)\b",
    re.IGNORECASE,
)
_HOLLOW = frozenset(
    stems(
        "a an the of to in on for with by as at from is are was were be been being has have had "
        "do does did which who whom whose what when where how why that this these those it its "
        "his her he she they them their there and or but not no about between after before than "
        "any both each other another same different also only article report reported story "
        "published mentioned discussed described suggest claim according while into more"
    )
)
_FEWEST = 4  # words that say something, in a clause that stands for itself
_MOST = 6


def cut(text: str, kept: Sequence[tuple[int, int]], *, clauses: bool) -> list[tuple[int, int]]:
    """Start and end of each part of a question, the whole one where it has no parts.

    No cut goes through the spans of `kept`. With `clauses`, a long question is cut between its
    clauses as well. What says too little for a search stays with its neighbour.
    """
    spans: list[tuple[int, int]] = []
    for side in _between(text, (0, len(text)), kept, _SURE, 1):
        spans += _between(text, side, kept, _CLAUSE, _FEWEST) if clauses else [side]
    return spans if len(spans) <= _MOST else [*spans[: _MOST - 1], (spans[_MOST - 1][0], len(text))]


def leans(part: str) -> bool:
    """Whether a part speaks of something that another part names."""
    return bool(_PRONOUN.search(part))


def _between(
    text: str,
    span: tuple[int, int],
    kept: Sequence[tuple[int, int]],
    pattern: re.Pattern[str],
    fewest: int,
) -> list[tuple[int, int]]:
    """The stretches of a span between the matches of a pattern, of `fewest` words or more."""
    at, end = span
    cuts: list[tuple[int, int]] = []
    for match in pattern.finditer(text, at, end):
        if not any(start < match.end() and match.start() < stop for start, stop in kept):
            cuts.append((at, match.start()))
            at = match.end()
    found: list[tuple[int, int]] = []
    for start, stop in [*cuts, (at, end)]:
        if found and min(_weight(text, one, kept) for one in ((start, stop), found[-1])) < fewest:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found


def _weight(text: str, span: tuple[int, int], kept: Sequence[tuple[int, int]]) -> int:
    """How many words of a stretch say something: a source or a time alone is no subject."""
    start, stop = span
    words = []
    for begin, end in sorted(kept):
        if start <= begin < stop:
            words.append(text[start:begin])
            start = end
    return len(set(stems(" ".join([*words, text[start:stop]]))) - _HOLLOW)
