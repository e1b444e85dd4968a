"""The first reader: chooses sentences by their words, meaning and names, without training.

What it sees of a sentence are a few figures between 0 and 1; a logistic regression, fitted by
`benchmarks/fit_reader.py`, turns them into the chance that the sentence answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.analysis.words import stems
from rag.answering.question import Question, understand
from rag.answering.short import Named, counts_what_is_asked, find_short
from rag.models.protocols import Embedder, Evidence
from rag.models.tagger import name
from rag.types import Hit, Span

FEATURES = (
    "words of the question in the sentence",
    "words of the question in the sentence or those beside it",
    "words of the question in the passage, title, source and date",
    "words of the question in the title",
    "names and numbers of the question in the passage, title, source and date",
    "cosine of sentence and question",
    "cosine of passage and question",
    "a name of the kind that is asked for",
    "no name of the kind that is asked for",
    "main verb or counted noun in the sentence",
    "a number that is asked for in front of what it counts",
    "rank of the passage, 1 for the first, 1/2 for the second",
    "length of the sentence",
    "few sentences to choose from",
    "words in the sentence, names around it and the kind that is asked for at once",
)
# Sentences whose meaning and names are looked at, of all those in the passages.
_CANDIDATES = 24
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    rank: int
    span: Span
    text: str
    stems: list[str]
    in_sentence: float
    beside: float
    in_passage: float
    in_title: float
    names: float


class RuleReader:
    """Chooses the sentences that answer by question words, names and closeness in meaning."""

    # At this bar four in five of the quiz's questions that the articles answer are answered, and
    # one in ten of those that they do not. Chosen by hand with all of the quiz's figures in view,
    # and so that plain questions of two or three words on a single article stay answered.
    threshold = 0.25

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """The sentences of the hits by their chance of answering, best first."""
        asked = understand(question)
        candidates, named, features = self.look(asked, hits)
        if not candidates:
            return []
        scores = 1 / (1 + np.exp(-(features @ WEIGHTS + BIAS)))
        order = sorted(range(len(candidates)), key=lambda row: (-scores[row], row))
        evidence = []
        for rank, row in enumerate(order):
            candidate = candidates[row]
            short, speaker = (
                find_short(asked, candidate.text, candidate.span.start, named[row])
                if rank < 3
                else (None, None)
            )
            evidence.append(
                Evidence(candidate.hit, candidate.span, float(scores[row]), short, speaker)
            )
        return evidence

    def look(
        self, asked: Question, hits: Sequence[Hit]
    ) -> tuple[list[_Candidate], list[Named], NDArray[np.float64]]:
        """The sentences worth a look, their names, and a (sentences, features) array."""
        candidates = _candidates(asked, hits)
        if not candidates:
            return [], [], np.zeros((0, len(FEATURES)))
        texts = [candidate.text for candidate in candidates]
        vectors = self._embedder.embed_queries([asked.text, *texts])
        cosines = vectors[1:] @ vectors[0]
        named = [Named.of(doc) for doc in name(texts)]
        rows = [
            _features(asked, candidate, float(cosine), names, len(candidates))
            for candidate, cosine, names in zip(candidates, cosines, named, strict=True)
        ]
        return candidates, named, np.array(rows)


def _candidates(asked: Question, hits: Sequence[Hit]) -> list[_Candidate]:
    """The sentences with the most of the question's words, in themselves or around them."""
    found: list[_Candidate] = []
    seen: set[tuple[str, int]] = set()
    for rank, hit in enumerate(hits, 1):
        article = hit.article
        day = f"{article.date:%d %B %Y}" if article.date else ""
        title = set(stems(article.title))
        around = title.union(stems(f"{article.source or ''} {day} {hit.passage.text}"))
        in_passage, in_title = (_share(asked.weights, words) for words in (around, title))
        names = len(asked.names & around) / len(asked.names) if asked.names else 1.0
        spans = hit.passage.sentences
        words = [stems(article.text[span.start : span.end]) for span in spans]
        for row, span in enumerate(spans):
            if (article.id, span.start) in seen or span.end - span.start > _LONGEST:
                continue
            seen.add((article.id, span.start))
            found.append(
                _Candidate(
                    hit,
                    rank,
                    span,
                    article.text[span.start : span.end],
                    words[row],
                    in_sentence=_share(asked.weights, set(words[row])),
                    beside=_share(asked.weights, set().union(*words[max(0, row - 1) : row + 2])),
                    in_passage=in_passage,
                    in_title=in_title,
                    names=names,
                )
            )
    found.sort(key=lambda c: -(c.in_sentence + 0.5 * c.in_passage + 0.3 / c.rank))
    return found[:_CANDIDATES]


def _share(weights: dict[str, float], words: set[str]) -> float:
    """The share of a question's weight that lies on words that are there."""
    total = sum(weights.values()) or 1.0
    return sum(weight for stem, weight in weights.items() if stem in words) / total


def _features(
    asked: Question, candidate: _Candidate, cosine: float, named: Named, among: int
) -> list[float]:
    words = set(candidate.stems)
    has_kind = bool(asked.labels) and named.has(asked.labels, set(asked.weights))
    near = candidate.hit.vector_score
    return [
        candidate.in_sentence,
        candidate.beside,
        candidate.in_passage,
        candidate.in_title,
        candidate.names,
        cosine,
        cosine if near is None else near,
        float(has_kind),
        float(bool(asked.labels) and not has_kind),
        float(bool(asked.heads & words)),
        float(has_kind and counts_what_is_asked(asked, candidate.text, named)),
        1 / candidate.rank,
        min(1.0, len(candidate.stems) / 40),
        # The best of many is good by chance more often than the best of few.
        1 - among / _CANDIDATES,
        candidate.in_sentence * candidate.names * has_kind,
    ]


# Fitted by benchmarks/fit_reader.py; in the order of FEATURES.
WEIGHTS = np.array(
    [1.08, 0.97, 0.43, 0.19, 1.44, 2.54, 1.74, 0.41, -0.71, 0.85, 1.13, 1.58, 0.63, 1.04, 0.21]
)
BIAS = -8.94
