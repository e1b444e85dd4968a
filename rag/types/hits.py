"""What searching and reading find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types.articles import Article, Copy, Passage, Span


@dataclass(frozen=True, slots=True)
class Found:
    """The words of one sentence that would answer best, were they to answer.

    `sentence` and `answer` are spans of the article's text, and `score` is the natural logarithm
    of the chance that the answer is these words and no others of the passage.
    """

    sentence: Span
    answer: Span
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage and a question.

    `relevance` compares the passages of one question, `answers` is the logarithm of the odds
    that the passage answers; `found` holds the best words of each sentence, best first.
    """

    relevance: float
    answers: float
    found: tuple[Found, ...]


def merge_readings(readings: Sequence[Reading]) -> Reading | None:
    """What was read piece by piece as one reading, of each figure the best; None for nothing."""
    if not readings:
        return None
    found: dict[Span, Found] = {}
    for piece in (piece for reading in readings for piece in reading.found):
        if piece.sentence not in found or piece.score > found[piece.sentence].score:
            found[piece.sentence] = piece
    return Reading(
        max(reading.relevance for reading in readings),
        max(reading.answers for reading in readings),
        tuple(sorted(found.values(), key=lambda piece: (-piece.score, piece.sentence.start))),
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by a search, with its score and the scores of the two searches behind it.

    `score` orders the hits of one search, from 0 to 1. `vector_score` is the cosine of question
    and passage (-1..1), `word_score` the BM25 score (0 and up); None where that search did not
    return the passage. `reading` is what the reader makes of it with the question in mind, None
    where it was not read. `copies` are other articles that carry the same story: all of them
    together are one hit, and one source.
    """

    passage: Passage
    article: Article
    score: float
    vector_score: float | None = None
    word_score: float | None = None
    reading: Reading | None = None
    copies: tuple[Copy, ...] = ()

    @property
    def story(self) -> str:
        """A name that the hits of one story share, whichever of its copies they are from."""
        return min([self.article.id, *(copy.id for copy in self.copies)])
