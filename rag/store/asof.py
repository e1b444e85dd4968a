"""A store as it stood on a day: without what came out later, and with what changed as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import SequenceMatcher

from rag.analysis.passages import split_passages
from rag.analysis.words import stems
from rag.models.protocols import Embedder, Vectors
from rag.store.protocol import Number, Store
from rag.types import Article, Copy, Coverage, Filters, Passage


class AsOf:
    """Searches a store as it stood at a moment.

    A version of an article is out from the date of its update on, or where it has none from its
    publication, if it is the first, or else from when the archive took it in. Search itself
    knows the newest texts alone: a passage that it finds stands for the passage that was in its
    place in the version of that day. Articles without a date are left out.
    """

    def __init__(self, store: Store, embedder: Embedder, moment: datetime) -> None:
        self._store = store
        self._embedder = embedder
        self._moment = moment

    def nearest(
        self, vector: Vectors, k: int, filters: Filters | None
    ) -> list[tuple[Number, float]]:
        """As the store's, among what was out."""
        return self._store.nearest(vector, k, self._limited(filters))

    def matching(self, query: str, k: int, filters: Filters | None) -> list[tuple[Number, float]]:
        """As the store's, among what was out."""
        return self._store.matching(query, k, self._limited(filters))

    def coverage(self, filters: Filters | None = None) -> Coverage:
        """What was out within the filters."""
        return self._store.coverage(self._limited(filters))

    def stories(self, ids: Sequence[str]) -> Mapping[str, tuple[Copy, ...]]:
        """The stories of articles, of those copies that were out."""
        found = {
            article_id: tuple(copy for copy in story if self._was_out(copy))
            for article_id, story in self._store.stories(ids).items()
        }
        return {article_id: story for article_id, story in found.items() if len(story) > 1}

    def passages(self, numbers: Sequence[Number]) -> Mapping[Number, tuple[Passage, Article]]:
        """The passages in the version of that day, each of them once."""
        by_article: dict[str, dict[Number, tuple[Passage, Article]]] = defaultdict(dict)
        for number, found in sorted(self._store.passages(numbers).items()):
            by_article[found[1].id][number] = found
        kept: dict[Number, tuple[Passage, Article]] = {}
        for found_of_one in by_article.values():
            article = next(iter(found_of_one.values()))[1]
            then = self._version(article)
            if then == article:
                kept |= found_of_one
            elif then is not None:
                kept |= self._in_version(found_of_one, then)
        return kept

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

    def _version(self, article: Article) -> Article | None:
        """The article as it was, itself where it has not changed, None where it was not out."""
        if article.version == 1 and article.updated is None:
            return article
        versions = self._store.versions(article.id)
        out = [one.article for one in versions if one.since <= self._moment]
        return out[-1] if out else None

    def _in_version(
        self, found: Mapping[Number, tuple[Passage, Article]], then: Article
    ) -> dict[Number, tuple[Passage, Article]]:
        limit = self._embedder.info.max_tokens - 2
        older = split_passages(then, self._embedder.count_tokens, limit)
        words = [stems(passage.text) for passage in older]
        placed: dict[Number, tuple[Passage, Article]] = {}
        taken: set[int] = set()
        for number, (passage, _) in found.items():
            mine = stems(passage.text)
            likeness = [
                SequenceMatcher(None, mine, other, autojunk=False).ratio() for other in words
            ]
            best = max(range(len(older)), key=likeness.__getitem__)
            if best not in taken:
                taken.add(best)
                placed[number] = (older[best], then)
        return placed
