"""What the rest of Dateline asks of a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from rag.models.protocols import Vectors
from rag.types import Article, Coverage, Filters, Passage, Status

# A passage's number: given once, never given again, the same in every part of a store.
Number: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Entry:
    """One article ready to be stored: row by row its passages, what was embedded, vectors.

    `embedded` holds a digest of each text that was embedded, `vectors` is (passages, dimension).
    """

    article: Article
    passages: Sequence[Passage]
    embedded: Sequence[bytes]
    vectors: Vectors


class Store(Protocol):
    """Keeps articles and finds passages; safe to call from several threads."""

    def writing(self) -> AbstractContextManager[None]:
        """The right to write, held by one process at a time; raises IndexLocked."""
        ...

    def put(self, entries: Sequence[Entry]) -> None:
        """Store articles in one transaction, each in place of the one with its id, if any."""
        ...

    def remove(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Remove articles from everything that is kept; returns the ids that were there."""
        ...

    def digests(self, ids: Sequence[str]) -> dict[str, bytes]:
        """What tells whether an article changed, for those of the ids that are stored."""
        ...

    def twins(self, texts: Sequence[bytes]) -> dict[bytes, str]:
        """The id of an article with the text of that digest, for those there are."""
        ...

    def known_vectors(self, embedded: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Digest of an embedded text -> its vector, for those that were embedded before."""
        ...

    def get(self, article_id: str) -> Article | None:
        """The article of that id, or None."""
        ...

    def articles(self, filters: Filters | None = None) -> Iterator[Article]:
        """The articles within the filters, newest first, those without a date last."""
        ...

    def nearest(
        self, vector: Vectors, k: int, filters: Filters | None
    ) -> list[tuple[Number, float]]:
        """The k passages whose vectors are closest, with their cosines, best first."""
        ...

    def matching(self, query: str, k: int, filters: Filters | None) -> list[tuple[Number, float]]:
        """The k passages that match the words best, with their BM25 scores, best first."""
        ...

    def passages(self, numbers: Sequence[Number]) -> Mapping[Number, tuple[Passage, Article]]:
        """Those of the passages that are still there, with their articles."""
        ...

    def coverage(self, filters: Filters | None = None) -> Coverage:
        """What lies within the filters."""
        ...

    def status(self) -> Status:
        """What the whole store holds."""
        ...

    def close(self) -> None:
        """Let go of files and locks; nothing is lost without it."""
        ...
