"""Search: a question in, the passages that fit it best out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from rag.models.protocols import Embedder, Reader
from rag.retrieval.candidates import Candidates, Looked, find_candidates
from rag.retrieval.fusion import take_turns
from rag.retrieval.question import Part, Query, needs_coverage, understand
from rag.retrieval.repeats import without_repeats
from rag.retrieval.rerank import DEPTH, Ranked, rerank
from rag.store.protocol import Number, Searched
from rag.tracing import stage
from rag.types import Article, Copy, Filters, Hit, Passage, Reading, aware, merge_readings

# How deep each of the two searches goes: deep enough that what one of them finds is mostly
# scored by the other as well.
_DEPTH = 100


class Retriever:
    """Finds passages by meaning and by words."""

    def __init__(self, store: Searched, embedder: Embedder, reader: Reader | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._reader = reader

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters | None = None,
        asked: date | None = None,
    ) -> list[Hit]:
        """The k best passages within the filters, best first; ties in the order of adding.

        A question of several parts, or about several sources, is searched for each: the best hit
        of each comes first, then all others by score. Times such as "last week" are seen from
        the day `asked`, and of articles that fit alike the one nearer to it comes first; without
        it, times are seen from the day of the newest article within the filters.

        Small passages are found best and large ones read best, so each hit's passage is the one
        that was found with its neighbours before and after; no text stands in two hits.
        """
        if not query.strip() or k < 1:
            return []
        asked = _day(asked) if asked else None
        with stage("understand"):
            question = self._understand(query, filters, asked)
        depth = max(_DEPTH, 3 * k)
        candidates = find_candidates(self._store, self._embedder, question, depth, filters)
        # A hit takes in at most three passages, so that 3k of them make k hits; with copies among
        # them they may make fewer.
        most = max(3 * k, DEPTH)
        found = self._look_up(candidates, most)
        stories = self._store.stories(list({article.id for _, article in found.values()}))
        if stories:
            most = depth
            found = self._look_up(candidates, most)
            stories = self._store.stories(list({article.id for _, article in found.values()}))
        ranked = [
            without_repeats(
                [Ranked(n, *found[n], one.scores[n]) for n in one.best(most) if n in found], stories
            )
            for one in candidates
        ]
        if self._reader:
            # A time that is named says itself which articles are meant.
            day = None if question.whole.periods else asked
            texts = [query] if len(candidates) == 1 else [one.part.text for one in candidates]
            ranked = [
                rerank(text, items, self._reader, -(-DEPTH // len(ranked)), day)
                for text, items in zip(texts, ranked, strict=True)
            ]
        return _hits(ranked, candidates, found, k, stories)

    def _look_up(self, candidates: Sequence[Candidates], most: int) -> Looked:
        """The best passages with their neighbours; what was removed meanwhile is not there."""
        best = take_turns([one.best(most) for one in candidates])[:most]
        return self._store.passages(sorted({n + step for n in best for step in (-1, 0, 1)}))

    def find(
        self, subject: str, depth: int, filters: Filters | None
    ) -> list[tuple[Passage, Article]]:
        """The passages that may be about a subject, best first, as search alone orders them."""
        whole = Part(subject)
        query = Query(subject, whole, (whole,), topic=True)
        (found, *_) = find_candidates(self._store, self._embedder, query, depth, filters)
        numbers = found.best(depth)
        looked = self._store.passages(numbers)
        return [looked[number] for number in numbers if number in looked]

    def _understand(self, query: str, filters: Filters | None, asked: date | None) -> Query:
        if not needs_coverage(query):
            return understand(query)
        coverage = self._store.coverage(filters)
        if asked is None and coverage.until:
            asked = _day(coverage.until)
        return understand(query, coverage.sources, asked)


def _day(moment: date) -> date:
    """The day of a moment, in UTC; a day as it is."""
    return aware(moment).astimezone(UTC).date() if isinstance(moment, datetime) else moment


def _hits(
    ranked: Sequence[Sequence[Ranked]],
    candidates: Sequence[Candidates],
    found: Looked,
    k: int,
    stories: Mapping[str, tuple[Copy, ...]],
) -> list[Hit]:
    """The best hit of each part, then all by score; with their neighbours, none in two."""
    readings: dict[Number, list[Reading]] = defaultdict(list)
    for one in (one for part in ranked for one in part):
        if one.reading:
            readings[one.number].append(one.reading)
    near = {n: score for one in reversed(candidates) for n, score in one.near.items()}
    words = {n: score for one in reversed(candidates) for n, score in one.words.items()}
    hits: list[Hit] = []
    used: set[Number] = set()
    least = 1.0
    for one in _merged(ranked):
        number = one.number
        if number in used:
            continue
        passage, group = _widened(one, found, used)
        # The best of the second part may fit better than that of the first: the question's order
        # comes first, and scores have to be in order.
        least = min(least, one.score)
        reading = merge_readings([reading for n in group for reading in readings[n]])
        hits.append(
            Hit(
                passage, one.article, least, near.get(number), words.get(number), reading,
                tuple(c for c in stories.get(one.article.id, ()) if c.id != one.article.id),
            )
        )  # fmt: skip
        if len(hits) == k:
            break
    return hits


def _merged(ranked: Sequence[Sequence[Ranked]]) -> list[Ranked]:
    """What was found for each part in one list: the best of each, then the others by score."""
    best = [part[0] for part in ranked if part]
    rest = [one for part in ranked for one in part[1:]]
    return [*best, *sorted(rest, key=lambda one: -one.score)]


def _widened(one: Ranked, found: Looked, used: set[Number]) -> tuple[Passage, list[Number]]:
    """The passage together with its neighbours in the article that are not used yet."""
    article = one.article
    group = [
        n
        for n in (one.number - 1, one.number, one.number + 1)
        if n not in used and n in found and found[n][0].article_id == article.id
    ]
    used.update(group)
    parts = [found[n][0] for n in group]
    start, end = parts[0].start, parts[-1].end
    sentences = tuple(span for part in parts for span in part.sentences)
    passage = Passage(
        article.id, one.passage.ordinal, start, end, article.text[start:end], sentences
    )
    return passage, group
