"""Archive, the one class that most users meet: articles in, exact quotes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.analysis.passages import CHUNKING
from rag.answering.answerer import compose
from rag.answering.evidence import THRESHOLD, weigh
from rag.config import Settings
from rag.errors import ConfigError
from rag.models.protocols import Embedder, Reader
from rag.retrieval.question import find_form
from rag.retrieval.search import Retriever
from rag.store.local import LocalStore
from rag.store.protocol import Store
from rag.tracing import stage
from rag.types import Answer, Article, Filters, Hit, IngestReport, Progress, Skipped, Status

# How many passages are read for an answer.
_READ = 10


class Archive:
    """An index of articles that can be added to, searched and asked.

    Open one with `Archive.open`; safe to call from several threads. It is a context manager.
    """

    def __init__(
        self, store: Store, embedder: Embedder, reader: Reader, settings: Settings
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._retriever = Retriever(store, embedder, reader)

    @classmethod
    def open(
        cls,
        path: str | Path = "index",
        *,
        create: bool = True,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        settings: Settings | None = None,
    ) -> Self:
        """The index in that folder; made where there is none, unless `create` is False.

        Raises IndexNotFound, IndexMismatch for an index made with another embedder, and
        BackendError for a folder that holds no readable index.
        """
        if embedder is None:
            from rag.models.minilm import MiniLM

            embedder = MiniLM()
        if reader is None:
            from rag.models.reader import MiniLMReader

            reader = MiniLMReader()
        store = LocalStore(Path(path), embedder.info, CHUNKING, create=create)
        return cls(store, embedder, reader, settings or Settings())

    def add(
        self,
        source: str | Path | Iterable[Article | Skipped],
        *,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Add articles from a file, a folder, a glob or an iterable; says what became of each.

        Adding the same again changes nothing; an article that changed replaces its old text.
        What cannot be read is skipped with its reason. `progress` is called now and then and
        may raise to end the run: what is stored by then stays, and adding again goes on from
        there. Raises ArticleError where the source as a whole cannot be read and IndexLocked
        while another process writes.
        """
        from rag.indexing import Indexer
        from rag.ingest import read

        reading = read(source, max_article_bytes=self._settings.max_article_bytes)
        with self._store.writing():
            indexer = Indexer(self._store, self._embedder, progress, lambda: reading.fraction)
            return indexer.add(reading)

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters | None = None,
        *,
        asked: date | None = None,
    ) -> list[Hit]:
        """The k passages that fit the query best, best first. Raises ConfigError for k < 1.

        `asked` is the day from which "last week" and the like are seen: that of the newest
        article unless it is given, so that the same question has the same answer on any day.
        """
        if k < 1:
            raise ConfigError(f"k is {k}; ask for at least 1 hit")
        return self._retriever.search(_whole(query), k, filters, asked)

    def ask(
        self, question: str, filters: Filters | None = None, *, asked: date | None = None
    ) -> Answer:
        """The answer, every quote of it exact, or an `Answer` that says there is none.

        `asked` is as for `search`.
        """
        *_, answer = self.stream(question, filters, asked=asked)
        return answer

    def stream(
        self, question: str, filters: Filters | None = None, *, asked: date | None = None
    ) -> Iterator[Answer]:
        """The same answer as `ask` gives, growing quote by quote; the last one is whole."""
        question = _whole(question)
        hits = self._retriever.search(question, _READ, filters, asked)
        with stage("weigh"):
            evidence = weigh(question, hits)
        threshold = self._settings.threshold
        return compose(
            question,
            evidence,
            hits,
            self._store.coverage(filters),
            THRESHOLD if threshold is None else threshold,
            find_form(question),
        )

    def get(self, article_id: str) -> Article | None:
        """The article of that id in its newest version, or None."""
        return self._store.get(article_id)

    def remove(self, ids: str | Iterable[str]) -> tuple[str, ...]:
        """Remove articles for good, from every file of the index; returns those there were."""
        return self._store.remove([ids] if isinstance(ids, str) else list(ids))

    def articles(self, filters: Filters | None = None) -> Iterator[Article]:
        """The articles within the filters, newest first, those without a date last."""
        return self._store.articles(filters)

    def status(self) -> Status:
        """What the index holds and what it was made with."""
        return self._store.status()

    def close(self) -> None:
        """Close the files. Nothing is lost without it."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _whole(text: str) -> str:
    """The text without the half characters that come of bytes in another encoding."""
    return text.encode("utf-8", "replace").decode()
