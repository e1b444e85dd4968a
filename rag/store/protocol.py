"""What the rest of Dateline asks of a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from rag.models.protocols import Vectors
from rag.types import (
    Answer,
    Article,
    Copy,
    Coverage,
    Filters,
    Passage,
    SavedAnswer,
    Statement,
    Status,
    Version,
)

# A passage's number: given once, never given again, the same in every part of a store.
Number: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Entry:
    """One article ready to be stored: row by row its passages, what was embedded, vectors.

    `embedded` holds a digest of each text that was embedded, `vectors` is (passages, dimension).
    `statements` are what people say in it, `bands` what it shares with near-copies, and `wire`
    is the agency that it credits.
    """

    article: Article
    passages: Sequence[Passage]
    embedded: Sequence[bytes]
    vectors: Vectors
    statements: Sequence[Statement] = ()
    bands: Sequence[int] = ()
    wire: str | None = None


class Searched(Protocol):
    """What a search asks of a store."""

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

    def stories(self, ids: Sequence[str]) -> Mapping[str, tuple[Copy, ...]]:
        """Id -> all articles of its story, the likely origin first; where there are copies."""
        ...

    def coverage(self, filters: Filters | None = None) -> Coverage:
        """What lies within the filters."""
        ...

    def statements(
        self,
        speaker: str | None = None,
        cue: str | None = None,
        filters: Filters | None = None,
        ids: Sequence[str] | None = None,
    ) -> list[Statement]:
        """The statements of a speaker, by a word of saying, within filters and articles."""
        ...


class Store(Searched, Protocol):
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

    def versions(self, article_id: str) -> list[Version]:
        """Every text that the article has had, oldest first."""
        ...

    def changed_since(self, moment: datetime) -> Mapping[str, Article | None]:
        """Id -> the text of that moment, None where none was out, of what has another one now."""
        ...

    def score(self, query: str, passages: Sequence[tuple[Passage, Article]]) -> list[float]:
        """The BM25 scores that passages would have if they were stored; 0 without any word."""
        ...

    def save(self, answer: Answer) -> int:
        """Save an answer; returns its number."""
        ...

    def saved(self) -> list[SavedAnswer]:
        """The saved answers, newest first; what became of their articles is not told yet."""
        ...

    def discard(self, number: int) -> bool:
        """Delete a saved answer; False where there is none of that number."""
        ...

    def status(self) -> Status:
        """What the whole store holds."""
        ...

    def close(self) -> None:
        """Let go of files and locks; nothing is lost without it."""
        ...
