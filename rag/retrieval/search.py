"""Search: a question in, the passages that fit it best out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.models.protocols import Embedder
from rag.retrieval.fusion import fuse
from rag.store.protocol import Number, Store
from rag.types import Article, Filters, Hit, Passage

# How deep each of the two searches goes: deep enough that what one of them finds is mostly
# scored by the other as well.
_DEPTH = 100


class Retriever:
    """Finds passages by meaning and by words."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def search(self, query: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The k best passages within the filters, best first; ties in the order of adding.

        Small passages are found best and large ones read best, so each hit's passage is the one
        that was found with its neighbours before and after; no text stands in two hits.
        """
        if not query.strip() or k < 1:
            return []
        depth = max(_DEPTH, 3 * k)
        vector = self._embedder.embed_queries([query])[0]
        near = dict(self._store.nearest(vector, depth, filters))
        words = dict(self._store.matching(query, depth, filters))
        scores = fuse(near, words)
        # A hit takes in at most three passages, so that 3k of them make k hits.
        best = sorted(scores, key=lambda number: (-scores[number], number))[: 3 * k]
        wanted = {n for number in best for n in (number - 1, number, number + 1)}
        # What was removed between search and look-up is not there any more: gone is gone.
        found = self._store.passages(sorted(wanted))
        hits: list[Hit] = []
        used: set[Number] = set()
        for number in best:
            if number in used or number not in found:
                continue
            passage, article = _widened(number, found, used)
            hits.append(Hit(passage, article, scores[number], near.get(number), words.get(number)))
            if len(hits) == k:
                break
        return hits


def _widened(
    number: Number, found: Mapping[Number, tuple[Passage, Article]], used: set[Number]
) -> tuple[Passage, Article]:
    """The passage together with its neighbours in the article that are not used yet."""
    core, article = found[number]
    group: Sequence[Number] = [
        n
        for n in (number - 1, number, number + 1)
        if n not in used and n in found and found[n][0].article_id == core.article_id
    ]
    used.update(group)
    parts = [found[n][0] for n in group]
    start, end = parts[0].start, parts[-1].end
    sentences = tuple(span for part in parts for span in part.sentences)
    return Passage(
        core.article_id, core.ordinal, start, end, article.text[start:end], sentences
    ), article
