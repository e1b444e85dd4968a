"""A store in one folder: SQLite, FAISS and tantivy."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import RLock

from rag.errors import BackendError, IndexLocked
from rag.models.protocols import EmbedderInfo, Vectors
from rag.store.database import Database
from rag.store.lock import WriterLock
from rag.store.protocol import Entry, Number
from rag.store.vectors import VectorIndex
from rag.store.words import WordIndex
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


class LocalStore:
    """Articles in a folder; one process writes, any number read.

    Opening mends what a killed process left: the derived indexes follow the database. Raises
    IndexNotFound, IndexMismatch or BackendError as `Database` does.
    """

    def __init__(
        self, folder: Path, info: EmbedderInfo, chunking: str, *, create: bool = True
    ) -> None:
        self._folder = folder
        self._info = info
        self._database = Database(folder, info, chunking, create=create)
        self._writer = WriterLock(folder)
        self._writing = RLock()
        self._words = WordIndex(folder)
        self._opened_vectors: VectorIndex | None = None
        self._opening = RLock()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to write; at the end the derived files are brought up to date."""
        with self._held():
            self._words.update(self._database)
            self._vectors.follow(self._database)
            try:
                yield
            finally:
                self._vectors.save(self._database)
                self._database.forget()

    def put(self, entries: Sequence[Entry]) -> None:
        """Store articles in one transaction, then make them searchable."""
        with self._held():
            self._database.put(entries)
            self._words.update(self._database)

    def remove(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Remove articles from every file of the store before it returns."""
        with self.writing():
            gone = self._database.remove(list(ids))
            if gone:
                self._words.update(self._database)
        return gone

    def digests(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The digests of those of the articles that are stored."""
        return self._database.digests(ids)

    def twins(self, texts: Sequence[bytes]) -> dict[bytes, str]:
        """Digest of text -> id, for the articles whose text has one of the digests."""
        return self._database.twins(texts)

    def known_vectors(self, embedded: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Digest of an embedded text -> its vector, for those embedded before."""
        return self._database.known_vectors(embedded, self._info.dimension)

    def get(self, article_id: str) -> Article | None:
        """The article of that id, or None."""
        return self._database.get(article_id)

    def articles(self, filters: Filters | None = None) -> Iterator[Article]:
        """The articles within the filters, newest first, those without a date last."""
        return self._database.articles(filters)

    def nearest(
        self, vector: Vectors, k: int, filters: Filters | None = None
    ) -> list[tuple[Number, float]]:
        """The k passages whose vectors are closest, with their cosines, best first."""
        self._vectors.follow(self._database)
        within = self._database.numbers_within(filters) if filters else None
        return self._vectors.search(vector, k, within)

    def matching(
        self, query: str, k: int, filters: Filters | None = None
    ) -> list[tuple[Number, float]]:
        """The k passages that match the words best, with their BM25 scores, best first."""
        self._refresh_words()
        return self._words.search(query, k, filters)

    def passages(self, numbers: Sequence[Number]) -> Mapping[Number, tuple[Passage, Article]]:
        """Those of the passages that are still there, with their articles."""
        return self._database.passages(numbers)

    def stories(self, ids: Sequence[str]) -> Mapping[str, tuple[Copy, ...]]:
        """Id -> all articles of its story, the likely origin first; where there are copies."""
        return self._database.stories.of(ids)

    def statements(
        self,
        speaker: str | None = None,
        cue: str | None = None,
        filters: Filters | None = None,
        ids: Sequence[str] | None = None,
    ) -> list[Statement]:
        """The statements of a speaker, by a word of saying, within filters and articles."""
        return self._database.spoken.find(speaker, cue, filters, ids)

    def versions(self, article_id: str) -> list[Version]:
        """Every text that the article has had, oldest first."""
        return self._database.history.versions(article_id)

    def changed_since(self, moment: datetime) -> Mapping[str, Article | None]:
        """Id -> the text of that moment, None where none was out, of what has another one now."""
        return self._database.history.changed_since(moment)

    def score(self, query: str, passages: Sequence[tuple[Passage, Article]]) -> list[float]:
        """The BM25 scores that passages would have if they were stored; 0 without any word."""
        self._refresh_words()
        return self._words.score(query, passages)

    def save(self, answer: Answer) -> int:
        """Save an answer; returns its number."""
        return self._database.history.save(answer)

    def saved(self) -> list[SavedAnswer]:
        """The saved answers, newest first; what became of their articles is not told yet."""
        return self._database.history.saved()

    def discard(self, number: int) -> bool:
        """Delete a saved answer; False where there is none of that number."""
        return self._database.history.discard(number)

    def coverage(self, filters: Filters | None = None) -> Coverage:
        """What lies within the filters."""
        return self._database.coverage(filters)

    def status(self) -> Status:
        """What the whole store holds."""
        database = self._database
        with database.snapshot():
            coverage = database.coverage(None)
            return Status(
                str(self._folder),
                coverage.articles,
                database.count_rows("passages"),
                coverage,
                database.count_by("source"),
                database.count_by("language"),
                f"{self._info.name} {self._info.revision}",
                database.changes.generation(),
                _size(self._folder),
                database.count_rows("statements"),
                database.stories.count(),
                database.count_rows("versions"),
                database.count_rows("saved"),
            )

    def close(self) -> None:
        """Close the database; the lock is held only while something is written."""
        self._database.close()

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._writing, self._writer.held():
            yield

    @property
    def _vectors(self) -> VectorIndex:
        with self._opening:
            if self._opened_vectors is None:
                self._opened_vectors = VectorIndex(self._folder, self._info.dimension)
            return self._opened_vectors

    def _refresh_words(self) -> None:
        """Move on to the words of the newest generation, made anew where they are missing."""
        if self._words.generation != self._database.changes.generation():
            self._words.refresh()
        if self._words.generation != self._database.changes.generation():
            self._mend_words()

    def _mend_words(self) -> None:
        """Finish what a killed writer began; a living one is left to do it."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            # A folder that cannot be written is served as it stands.
            with suppress(IndexLocked, BackendError), self._writer.held(wait=0):
                self._words.update(self._database)
        finally:
            self._writing.release()


def _size(folder: Path) -> int:
    """The bytes of all files in a folder; one that goes away meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.path.getsize(os.path.join(place, name))
    return total
