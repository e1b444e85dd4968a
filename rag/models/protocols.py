"""What the rest of Dateline asks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.types import Passage, Reading

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


class Reader(Protocol):
    """Reads passages with a question in mind: which fits, which answers, and with which words."""

    def read(
        self, question: str, passages: Sequence[Passage], headers: Sequence[str]
    ) -> list[Reading]:
        """A reading of each passage; `headers` say what each is from (title, source, date)."""
        ...
