"""Search: a question in, the passages that fit it best out."""

from __future__ import annotations

from rag.models.protocols import Embedder
from rag.retrieval.fusion import fuse
from rag.store.protocol import Store
from rag.types import Filters, Hit

# How deep each of the two searches goes: deep enough that what one of them finds is scored by
# the other as well.
_DEPTH = 100


class Retriever:
    """Finds passages by meaning and by words."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def search(self, query: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The k best passages within the filters, best first; ties in the order of adding."""
        if not query.strip() or k < 1:
            return []
        depth = max(_DEPTH, k)
        vector = self._embedder.embed_queries([query])[0]
        near = dict(self._store.nearest(vector, depth, filters))
        words = dict(self._store.matching(query, depth, filters))
        scores = fuse(near, words)
        best = sorted(scores, key=lambda number: (-scores[number], number))[:k]
        # What was removed between search and look-up is not there any more: gone is gone.
        found = self._store.passages(best)
        return [
            Hit(*found[number], scores[number], near.get(number), words.get(number))
            for number in best
            if number in found
        ]
