"""placeholder"""

from __future__ import annotations
from collections.abc import Sequence
from rag.models.protocols import Embedder, Evidence
from rag.types import Hit, Span
import numpy as np


class RuleReader:
    """Placeholder."""

    threshold = 0.45

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """Placeholder."""
        pairs = [(h, s) for h in hits[:5] for s in h.passage.sentences]
        if not pairs:
            return []
        V = self._embedder.embed_queries(
            [question] + [h.article.text[s.start : s.end] for h, s in pairs]
        )
        sc = V[1:] @ V[0]
        return [
            Evidence(pairs[i][0], pairs[i][1], float(max(0, min(1, sc[i]))))
            for i in np.argsort(-sc)
        ]
