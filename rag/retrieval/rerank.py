"""Re-ranking: the passages that search found, read with the question and put in a better order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from math import exp

from rag.analysis.passages import describe_origin
from rag.models.protocols import Reader
from rag.store.protocol import Number
from rag.tracing import stage
from rag.types import Article, Passage, Reading

# How many of the best passages are read. More find no more on tuning parts, and cost their time.
DEPTH = 14

# What the log-odds of a passage that was read are made of: the search's score, the chance that it
# answers by the reader, and what makes them a chance. On tuning parts anything from 2 to 3 for the
# chance orders best; the reader's relevance, which has no bounds, does as well for questions that
# are worded like the passage, and worse for subjects and for questions in other words.
_SEARCH = 4.4
_ANSWERS = 2.0
_BIAS = -4.0
# What is nearest to the day of asking has so much over what is years away from it: of two articles
# that fit alike it is the one that is meant.
_NEWNESS = 0.5
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage by its number, with its score (0..1) and, where it was read, the reading."""

    number: Number
    passage: Passage
    article: Article
    score: float
    reading: Reading | None = None


def rerank(
    question: str,
    found: Sequence[Ranked],
    reader: Reader,
    depth: int = DEPTH,
    asked: date | None = None,
) -> list[Ranked]:
    """The same passages, the first `depth` read and in the order of both search and reader.

    Those that were not read follow in the order of the search, with lower scores. Where the day
    `asked` is given, of articles that fit alike the one nearer to it comes first.
    """
    first, rest = found[:depth], found[depth:]
    headers = [describe_origin(one.article) for one in first]
    with stage("read"):
        readings = reader.read(question, [one.passage for one in first], headers)
    # The last of three passages is not as far from the first as the last of many.
    spread = min(1.0, len(found) / depth)
    newness = [_newness(one.article, asked) for one in first]
    newest = max(newness, default=0.0)
    # The newest has lost nothing: how old the archive is tells nothing of how well it fits.
    read = [
        replace(
            one,
            score=_score(1 - (1 - one.score) * spread, reading, new - newest),
            reading=reading,
        )
        for one, reading, new in zip(first, readings, newness, strict=True)
    ]
    read.sort(key=lambda one: -one.score)
    least = read[-1].score if read else 1.0
    return [*read, *(replace(one, score=least * one.score) for one in rest)]


def _score(search: float, reading: Reading, newness: float) -> float:
    fit = _SEARCH * search + _ANSWERS * _chance(reading.answers) + _NEWNESS * newness + _BIAS
    return _chance(fit)


def _chance(log_odds: float) -> float:
    return 1 / (1 + exp(-max(log_odds, -700.0)))


def _newness(article: Article, asked: date | None) -> float:
    """1 for an article of that day, less by two thirds a year away from it; 0 if undated."""
    if asked is None or article.date is None:
        return 0.0
    age = (asked - article.date.astimezone(UTC).date()).days
    return exp(-abs(age) / _YEAR)
