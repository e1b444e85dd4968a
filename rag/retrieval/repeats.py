"""Passages that say what another one among those found says already, in a copy of its article."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.analysis.sentences import split_sentences
from rag.analysis.words import denials, figures, stems
from rag.retrieval.rerank import Ranked
from rag.store.protocol import Number
from rag.types import Copy

_RUN = 3  # words
# Of a passage's runs of words so many stand in what it repeats: copies are cut into passages at
# other places, and may be edited. What a copy adds of its own is no repeat.
_SHARE = 0.5
# Two sentences with so great a share of common words are one, changed here and there.
_ALIKE = 0.8


def without_repeats(
    ranked: Sequence[Ranked], stories: Mapping[str, tuple[Copy, ...]]
) -> list[Ranked]:
    """The passages without those that repeat another one.

    `ranked` is best first. Of passages that say the same the one whose article is likeliest the
    story's origin stays, with the score and in the place of the best of them: `stories` has all
    articles of a story in that order, by the id of each.
    """
    told: dict[tuple[Copy, ...], list[Ranked]] = defaultdict(list)
    for one in ranked:
        if story := stories.get(one.article.id):
            told[story].append(one)
    shown: dict[Number, Ranked] = {}
    for story, members in told.items():
        order = {copy.id: place for place, copy in enumerate(story)}
        runs = {one.number: _runs(one.passage.text) for one in members}
        kept: list[Ranked] = []
        for one in sorted(members, key=lambda one: order.get(one.article.id, len(order))):
            same = (
                other
                for other in kept
                if other.article.id != one.article.id
                and _share(runs[one.number], runs[other.number]) >= _SHARE
                # "Town 3" in the words of "Town 1" is no repeat, nor is another number of dead.
                and figures(one.passage.text) <= figures(other.article.text)
                and not _denies(one, other)
            )
            if first := next(same, None):
                shown[one.number] = first
            else:
                kept.append(one)
    unique: dict[Number, Ranked] = {}
    for one in ranked:
        first = shown.get(one.number, one)
        unique.setdefault(first.number, replace(first, score=one.score))
    return list(unique.values())


def _denies(one: Ranked, other: Ranked) -> bool:
    """Whether a sentence stands in the other article nearly word for word, but for a "not"."""
    text, theirs = one.passage.text, other.article.text
    if set(denials(text)) == set(denials(theirs)) == set():
        return False
    ours = {
        sentence: stems(sentence)
        for span in one.passage.sentences
        if (sentence := one.article.text[span.start : span.end]) not in theirs
    }
    if not ours:
        return False
    for span in split_sentences(theirs, other.article.language):
        sentence = theirs[span.start : span.end]
        words = stems(sentence)
        for mine, stemmed in ours.items():
            if denials(mine) != denials(sentence) and _same_words(stemmed, words):
                return True
    return False


def _same_words(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two sentences have so many words in common, of all of both, as but for a few."""
    common = (Counter(one) & Counter(other)).total()
    return 2 * common >= _ALIKE * (len(one) + len(other))


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = stems(text)
    return frozenset(tuple(words[n : n + _RUN]) for n in range(max(1, len(words) - _RUN + 1)))


def _share(runs: frozenset[tuple[str, ...]], others: frozenset[tuple[str, ...]]) -> float:
    return len(runs & others) / max(1, min(len(runs), len(others)))
