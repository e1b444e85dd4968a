"""What the two searches find for each part of a question, scored by fit, source and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from rag.models.protocols import Embedder, Vectors
from rag.retrieval.fusion import VECTOR_WEIGHT, fuse
from rag.retrieval.periods import Period
from rag.retrieval.question import Part, Query
from rag.store.protocol import Number, Searched
from rag.tracing import stage
from rag.types import Article, Filters, Passage

# The vectors' share for a subject, or one of several parts: a question wants the one passage
# with the words of the answer, these are met as well by what is like them in meaning.
_EVEN_WEIGHT = 0.5
# What a fitting source or time adds, where a perfect match of words and meaning adds 1.
_SOURCE = 0.5
_TIME = 0.3
_LATEST = 0.2
# A subject is what whole articles are about: what the second, third ... best passage of an
# article adds to each of its passages.
_SUPPORT = (0.5, 0.25)

Looked = Mapping[Number, tuple[Passage, Article]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What was found for one part: number -> score (0..1), and the scores of the searches."""

    part: Part
    scores: Mapping[Number, float]
    near: Mapping[Number, float]
    words: Mapping[Number, float]

    def best(self, count: int) -> list[Number]:
        """The best of them; ties in the order of adding."""
        return sorted(self.scores, key=lambda number: (-self.scores[number], number))[:count]


def find_candidates(
    store: Searched, embedder: Embedder, query: Query, depth: int, filters: Filters | None
) -> list[Candidates]:
    """The candidates of each part of a question."""
    parts = list(dict.fromkeys([query.whole, *query.parts]))
    with stage("embed question"):
        vectors = embedder.embed_queries([part.text for part in parts])
    weight = VECTOR_WEIGHT if len(parts) == 1 and not query.topic else _EVEN_WEIGHT
    hinted = query.topic or query.latest or query.whole.sources or query.whole.periods
    floor = 0.0 if hinted or len(parts) > 1 else None
    searched = [
        (part, *_search(store, part, vector, depth, filters))
        for part, vector in zip(parts, vectors, strict=True)
    ]
    with stage("fuse"):
        found = [
            Candidates(part, fuse(near, words, weight, floor=floor), near, words)
            for part, near, words in searched
        ]
        if len(found) > 1:
            found = [_in_context(one, found[0]) for one in found if one.part in query.parts]
        if hinted:
            looked = store.passages(sorted({number for one in found for number in one.scores}))
            found = [replace(one, scores=_steer(one, query, looked)) for one in found]
    return found


def _search(
    store: Searched, part: Part, vector: Vectors, depth: int, filters: Filters | None
) -> tuple[dict[Number, float], dict[Number, float]]:
    """Number -> cosine and number -> BM25 score, everywhere and where the part points to."""
    near: dict[Number, float] = {}
    words: dict[Number, float] = {}
    for limits in (filters, *_narrowed(part, filters)):
        with stage("vectors"):
            near |= store.nearest(vector, depth, limits)
        with stage("words"):
            words |= store.matching(part.text, depth, limits)
    return near, words


def _narrowed(part: Part, filters: Filters | None) -> Iterator[Filters]:
    """The filters narrowed to the sources and times of a part, where it has any.

    In a large archive what fits those would not be among the best of all.
    """
    if not part.sources and not part.periods:
        return
    limits = filters or Filters()
    starts = [period.since and period.since - period.margin for period in part.periods]
    ends = [period.until and period.until + period.margin for period in part.periods]
    since = max(filter(None, [limits.since, _moment(_all(starts, min), time.min)]), default=None)
    until = min(filter(None, [limits.until, _moment(_all(ends, max), time.max)]), default=None)
    if not (since and until and since > until):
        sources = part.sources or limits.sources
        yield replace(limits, sources=sources, since=since, until=until)


def _all(days: list[date | None], choose: Callable[[list[date]], date]) -> date | None:
    """The first or last of the days; None where one is open."""
    given = [day for day in days if day]
    return choose(given) if given and len(given) == len(days) else None


def _moment(day: date | None, at: time) -> datetime | None:
    return datetime.combine(day, at, tzinfo=UTC) if day else None


def _in_context(one: Candidates, whole: Candidates) -> Candidates:
    """A part's scores together with those of the whole, which says what the part leaves out."""
    numbers = one.scores.keys() | whole.scores.keys()
    return Candidates(
        one.part,
        {n: (one.scores.get(n, 0.0) + whole.scores.get(n, 0.0)) / 2 for n in numbers},
        {**one.near, **whole.near},
        {**one.words, **whole.words},
    )


def _steer(one: Candidates, query: Query, looked: Looked) -> dict[Number, float]:
    """The scores with what source and time add; without what was removed meanwhile."""
    scores = {number: score for number, score in one.scores.items() if number in looked}
    most = 1.0
    if one.part.sources:
        sources = {source.casefold() for source in one.part.sources}
        most += _SOURCE
        for number in scores:
            if (looked[number][1].source or "").casefold() in sources:
                scores[number] += _SOURCE
    if one.part.periods:
        most += _TIME
        for number in scores:
            scores[number] += _TIME * _fit(one.part.periods, *looked[number])
    if query.latest:
        most += _LATEST
        recency = _recency(scores, looked)
        for number in scores:
            scores[number] += _LATEST * recency.get(number, 0.0)
    if query.topic:
        most += sum(_SUPPORT)
        scores = _supported(scores, looked)
    return {number: score / most for number, score in scores.items()}


def _fit(periods: Sequence[Period], passage: Passage, article: Article) -> float:
    """How well the best of the periods fits the article's date, or a date in the passage."""
    if any(period.named_in(passage.text) for period in periods):
        return 1.0
    if article.date is None:
        return 0.0
    day = article.date.astimezone(UTC).date()
    return max(period.fit(day) for period in periods)


def _recency(scores: Mapping[Number, float], looked: Looked) -> dict[Number, float]:
    """The place of each dated candidate between the oldest, 0, and the newest, 1."""
    dates = {n: moment for n in scores if (moment := looked[n][1].date) is not None}
    order = sorted(set(dates.values()))
    places = {moment: place / (len(order) - 1 or 1) for place, moment in enumerate(order)}
    return {number: places[moment] for number, moment in dates.items()}


def _supported(scores: Mapping[Number, float], looked: Looked) -> dict[Number, float]:
    """The scores with what the other good passages of the same article add."""
    by_article = defaultdict(list)
    for number, score in scores.items():
        by_article[looked[number][1].id].append(score)
    support = {
        article: sum(
            share * score
            for share, score in zip(_SUPPORT, sorted(found, reverse=True)[1:], strict=False)
        )
        for article, found in by_article.items()
    }
    return {number: score + support[looked[number][1].id] for number, score in scores.items()}
