"""What the rest of Dateline asks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.types import Hit, Span

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EmbedderInfo:
    """What tells one embedder from another: vectors of two that differ cannot be compared.

    `sha256` is that of the weights. `dimension` is the length of a vector, `max_tokens` how
    much of a text is read.
    """

    name: str
    revision: str
    sha256: str
    dimension: int
    max_tokens: int


class Embedder(Protocol):
    """Turns texts into vectors of length 1, whose dot product is their closeness in meaning."""

    @property
    def info(self) -> EmbedderInfo:
        """Which embedder this is."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without those that mark its ends."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """A (len(texts), dimension) float32 array, in the order of the texts."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The same for questions, which some models embed in another way."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may answer: a span of the article of `hit`.

    `score` (0..1) is the estimated chance that it answers the question. `short` is the span of
    the few words that answer, and `speaker` who says it, where they can be told.
    """

    hit: Hit
    span: Span
    score: float
    short: Span | None = None
    speaker: str | None = None


class Reader(Protocol):
    """Reads what a search found and says which sentences answer a question, and how surely."""

    @property
    def threshold(self) -> float:
        """The score below which a sentence is no answer, chosen on development data."""
        ...

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """The sentences worth quoting, best first; empty where none is."""
        ...
