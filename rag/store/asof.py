"""A store as it stood on a day: without what came out later, and with what changed as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from rag.analysis.passages import embedded_texts, split_passages
from rag.analysis.statements import find_statements
from rag.models.protocols import Embedder, Vectors
from rag.store.protocol import Number, Store
from rag.store.rows import digest
from rag.store.spoken import is_said
from rag.types import Article, Copy, Coverage, Filters, Passage, Statement


@dataclass(frozen=True, slots=True)
class _Older:
    """The passages of older texts; their numbers are below those of a store, and in order."""

    passages: Mapping[Number, tuple[Passage, Article]]
    vectors: Vectors  # (passages, dimension)

    def within(self, filters: Filters) -> list[bool]:
        """Which of the passages lie within the filters."""
        return [_admits(filters, article) for _, article in self.passages.values()]


class AsOf:
    """Searches a store as it stood at a moment.

    A version of an article is out from the date of its update on, or where it has none from its
    publication, if it is the first, or else from when the archive took it in. The store's own
    searches know the newest texts alone: those that came later are left out of what they find,
    and the texts that were in their place are read and searched here. Articles without a date
    are left out. `known` keeps vectors by the digest of what was embedded, from one view to the
    next.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        moment: datetime,
        known: dict[bytes, Vectors] | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._moment = moment
        self._known = {} if known is None else known

    def nearest(
        self, vector: Vectors, k: int, filters: Filters | None
    ) -> list[tuple[Number, float]]:
        """As the store's, among what was out."""
        limits = self._limited(filters)
        cosines = (self._older.vectors @ vector).tolist()
        return self._best(self._store.nearest(vector, k, limits), cosines, k, limits)

    def matching(self, query: str, k: int, filters: Filters | None) -> list[tuple[Number, float]]:
        """As the store's, among what was out."""
        limits = self._limited(filters)
        scores = self._store.score(query, list(self._older.passages.values()))
        return self._best(self._store.matching(query, k, limits), scores, k, limits)

    def coverage(self, filters: Filters | None = None) -> Coverage:
        """What was out within the filters."""
        limits = self._limited(filters)
        covered = self._store.coverage(limits)
        count, since, until = covered.articles, covered.since, covered.until
        sources = list(covered.sources)
        for article_id, then in self._changed.items():
            newest = self._store.get(article_id)
            count -= bool(newest and _admits(limits, newest))
            if then and _admits(limits, then):
                count += 1
                assert then.date is not None
                since, until = (
                    min(since or then.date, then.date),
                    max(until or then.date, then.date),
                )
                known = {source.casefold() for source in sources}
                if then.source and then.source.casefold() not in known:
                    sources.append(then.source)
        return replace(covered, articles=count, since=since, until=until, sources=tuple(sources))

    def stories(self, ids: Sequence[str]) -> Mapping[str, tuple[Copy, ...]]:
        """The stories of articles, of those copies that were out."""
        found = {
            article_id: tuple(copy for copy in story if self._was_out(copy))
            for article_id, story in self._store.stories(ids).items()
        }
        return {article_id: story for article_id, story in found.items() if len(story) > 1}

    def passages(self, numbers: Sequence[Number]) -> Mapping[Number, tuple[Passage, Article]]:
        """The passages in the version of that day."""
        older = self._older.passages
        found = dict(self._store.passages([number for number in numbers if number > 0]))
        kept = {n: one for n, one in found.items() if one[1].id not in self._changed}
        return kept | {number: older[number] for number in numbers if number in older}

    def statements(
        self,
        speaker: str | None = None,
        cue: str | None = None,
        filters: Filters | None = None,
        ids: Sequence[str] | None = None,
    ) -> list[Statement]:
        """As the store's, of what was out: the texts of that day are read for it."""
        limits = self._limited(filters)
        newest = self._store.statements(speaker, cue, limits, ids)
        found = [said for said in newest if said.article.id not in self._changed]
        for article in filter(None, self._changed.values()):
            if (ids is None or article.id in ids) and _admits(limits, article):
                found += [s for s in find_statements(article) if is_said(s, speaker, cue)]
        return sorted(found, key=_moment, reverse=True)  # of one article in the order of its text

    @cached_property
    def _changed(self) -> Mapping[str, Article | None]:
        return self._store.changed_since(self._moment)

    @cached_property
    def _older(self) -> _Older:
        limit = self._embedder.info.max_tokens - 2
        count = self._embedder.count_tokens
        rows: list[tuple[Passage, Article]] = []
        texts: dict[bytes, str] = {}
        keys: list[bytes] = []
        for article in filter(None, self._changed.values()):
            passages = split_passages(article, count, limit)
            rows += [(passage, article) for passage in passages]
            for text in embedded_texts(article, passages, count, limit):
                keys.append(digest(text))
                texts[keys[-1]] = text
        self._embed(texts)
        dimension = self._embedder.info.dimension
        vectors = np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, dimension))
        return _Older(
            dict(zip(range(-len(rows), 0), rows, strict=True)), vectors.astype(np.float32)
        )

    def _embed(self, texts: Mapping[bytes, str]) -> None:
        """Make sure that the vectors of texts are known; most stand in the newest text too."""
        new = [key for key in texts if key not in self._known]
        self._known |= self._store.known_vectors(new)
        new = [key for key in new if key not in self._known]
        if new:
            made = self._embedder.embed_passages([texts[key] for key in new])
            self._known |= zip(new, made.astype(np.float16), strict=True)

    def _best(
        self,
        found: Iterable[tuple[Number, float]],
        scores: Sequence[float],
        k: int,
        limits: Filters,
    ) -> list[tuple[Number, float]]:
        """The best k of what the store found and of the older passages, by their scores."""
        older = zip(self._older.passages, scores, self._older.within(limits), strict=True)
        merged = [*found, *((n, score) for n, score, within in older if within and score > 0)]
        return sorted(merged, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _limited(self, filters: Filters | None) -> Filters:
        filters = filters or Filters()
        until = min(filters.until or self._moment, self._moment)
        # Where all that is asked for came later, nothing was out: that is no error.
        since = min(filters.since, until) if filters.since else None
        return replace(filters, since=since, until=until)

    def _was_out(self, copy: Copy) -> bool:
        """As the searches are limited: by the article's date, which may be of an update alone."""
        date = copy.published
        if date is None:
            article = self._store.get(copy.id)
            date = article.date if article else None
        return date is not None and date <= self._moment


def _moment(said: Statement) -> datetime:
    """When its article came out; without a date it would have been left out."""
    assert said.article.date is not None
    return said.article.date


def _admits(filters: Filters, article: Article) -> bool:
    """Whether an article with a date lies within filters that limit it."""
    return (
        _named(article.source, filters.sources)
        and _named(article.language, filters.languages)
        and article.date is not None
        and (filters.since is None or filters.since <= article.date)
        and (filters.until is None or article.date <= filters.until)
    )


def _named(name: str | None, names: Sequence[str] | None) -> bool:
    return names is None or (name or "").casefold() in {one.casefold() for one in names}
