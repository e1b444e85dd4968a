"""Archive, the one class that most users meet: articles in, exact quotes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.analysis.passages import CHUNKING
from rag.analysis.statements import find_statements
from rag.answering.answerer import compose
from rag.answering.attribution import attribute, carriers, with_carriers, with_quoted
from rag.answering.evidence import THRESHOLD, weigh
from rag.answering.question import understand
from rag.answering.saved import judge
from rag.answering.speech import rank_statements, without_copies
from rag.answering.timeline import Event, make_timeline
from rag.config import Settings
from rag.errors import ConfigError
from rag.models.protocols import Embedder, Reader, Vectors
from rag.retrieval.search import Retriever
from rag.store.asof import AsOf
from rag.store.local import LocalStore
from rag.store.protocol import Searched, Store
from rag.tracing import stage
from rag.types import (
    Answer,
    Article,
    Citation,
    Copy,
    Filters,
    Hit,
    IngestReport,
    Progress,
    SavedAnswer,
    Skipped,
    Statement,
    Status,
    Version,
)

# How many passages are read for an answer.
_READ = 10
# How many passages make a timeline.
_TOLD = 60
# How many passages are looked at for statements about something.
_ABOUT = 300


class Archive:
    """An index of articles that can be added to, searched and asked.

    Open one with `Archive.open`; safe to call from several threads. It is a context manager.
    """

    def __init__(
        self, store: Store, embedder: Embedder, reader: Reader, settings: Settings
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._reader = reader
        self._settings = settings
        self._retriever = Retriever(store, embedder, reader)
        # Vectors of texts that are no longer the newest, which `as_of` searches.
        self._older: dict[bytes, Vectors] = {}

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
        asked: date | str | None = None,
        as_of: date | str | None = None,
    ) -> list[Hit]:
        """The k passages that fit the query best, best first.

        `asked` is the day from which "last week" and the like are seen: that of the newest
        article unless it is given, so that the same question has the same answer on any day.
        Where it is given, of articles that fit alike the one nearer to it comes first.
        `as_of` asks the archive as it stood at the end of a day: without what was published
        later, and with articles in the version of that day. Raises ConfigError for k < 1 and
        for a day that cannot be read.
        """
        if k < 1 or k != int(k):
            raise ConfigError(f"k is {k}; ask for at least 1 hit")
        retriever = self._searching(as_of)[0]
        return retriever.search(_whole(query), k, filters, _day("asked", asked))

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        *,
        asked: date | str | None = None,
        as_of: date | str | None = None,
    ) -> Answer:
        """The answer, every quote of it exact, or an `Answer` that says there is none.

        `asked` and `as_of` are as for `search`.
        """
        *_, answer = self.stream(question, filters, asked=asked, as_of=as_of)
        return answer

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        *,
        asked: date | str | None = None,
        as_of: date | str | None = None,
    ) -> Iterator[Answer]:
        """The same answer as `ask` gives, growing quote by quote; the last one is whole."""
        question = _whole(question)
        retriever, store = self._searching(as_of)
        hits = retriever.search(question, _READ, filters, _day("asked", asked))
        with stage("weigh"):
            asked_for = understand(question)
            evidence = weigh(asked_for, hits)
        with stage("attribute"):
            said = list(self._said([one.article for one in hits]))
            evidence = attribute(asked_for, evidence, said)
            evidence = with_quoted(asked_for, evidence, hits, said)
            evidence = with_carriers(evidence, self._store.get)
        threshold = self._settings.threshold
        return compose(
            asked_for,
            evidence,
            hits,
            store.coverage(filters),
            THRESHOLD if threshold is None else threshold,
        )

    def _searching(self, as_of: date | str | None) -> tuple[Retriever, Searched]:
        """What searches the archive as it is, or as it stood at the end of a day."""
        if as_of is None:
            return self._retriever, self._store
        moment = _day("as_of", as_of)
        assert moment is not None
        store = AsOf(self._store, self._embedder, moment, self._older)
        return Retriever(store, self._embedder, self._reader), store

    def _said(self, articles: Iterable[Article]) -> Iterator[Statement]:
        """What is said in articles: those of older versions are read again for it."""
        newest = []
        for article in {(one.id, one.version): one for one in articles}.values():
            known = self._store.get(article.id)
            if known and known.version == article.version:
                newest.append(article.id)
            else:
                yield from find_statements(article)
        yield from self._store.statements(ids=newest)

    def statements(
        self,
        speaker: str | None = None,
        about: str | None = None,
        cue: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        *,
        as_of: date | str | None = None,
    ) -> list[Statement]:
        """Who said what: reported speech, by speaker, subject, word of saying and date.

        `speaker` may be a part of a name, or of a role ("Kremlin spokesman"); `cue` is met in any
        form ("warn" finds "warned"). With `about` the statements that are most about it come
        first, and others not at all; without it the newest do. What copies of a story have in
        common comes once, from its likely origin. `as_of` is as for `search`. Raises ConfigError
        for a date that cannot be read.
        """
        filters = Filters(since=since, until=until)  # type: ignore[arg-type]
        retriever, store = self._searching(as_of)
        if about is None:
            return _once(store.statements(speaker, cue, filters), store)
        about = _whole(about)
        hits = retriever.find(about, _ABOUT, filters)
        owners = list({article.id for _, article in hits})
        return rank_statements(about, _once(store.statements(speaker, cue, filters, owners), store))

    def timeline(
        self,
        query: str,
        filters: Filters | None = None,
        *,
        most: int | None = None,
        as_of: date | str | None = None,
    ) -> list[Event]:
        """What happened when, about a subject: dated sentences in the order of their days.

        Sentences that tell of the same event are one, with all their sources. Of more than `most`
        events those that most articles tell of are kept. `as_of` is as for `search`. Raises
        ConfigError for most < 1.
        """
        if most is not None and most < 1:
            raise ConfigError(f"most is {most}; ask for at least 1 event")
        query = _whole(query)
        _, store = self._searching(as_of)
        hits = Retriever(store, self._embedder).search(query, _TOLD, filters)
        return [
            replace(event, citations=tuple(map(self._carried, event.citations)))
            for event in make_timeline(hits, query, most)
        ]

    def _carried(self, citation: Citation) -> Citation:
        """The citation with those copies of its article alone that have the quote."""
        kept = carriers(citation.quote, citation.copies, self._store.get)
        return replace(citation, copies=kept)

    def versions(self, article_id: str) -> list[Version]:
        """Every text that an article has had, oldest first; none for an unknown id."""
        return self._store.versions(article_id)

    def copies(self, article_id: str) -> tuple[Copy, ...]:
        """The other articles that carry the same story, its likely origin first."""
        story = self._store.stories([article_id]).get(article_id, ())
        return tuple(copy for copy in story if copy.id != article_id)

    def save(self, answer: Answer) -> int:
        """Save an answer's quotes by their places; returns the number of what was saved.

        Raises ConfigError for an answer without citations, and for one whose article was removed.
        """
        return self._store.save(answer)

    def saved(self) -> list[SavedAnswer]:
        """The saved answers, newest first, and what became of the articles they cite."""
        return [judge(answer) for answer in self._store.saved()]

    def discard(self, number: int) -> bool:
        """Delete a saved answer; False where there is none of that number."""
        return self._store.discard(number)

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


def _day(name: str, day: date | str | None) -> datetime | None:
    """The end of a day, or the moment given; raises ConfigError where it cannot be read."""
    if day is None:
        return None
    try:
        moment = Filters(until=day).until  # type: ignore[arg-type]
    except ConfigError:
        moment = None
    if moment is None:
        raise ConfigError(f"{name} is {day!r}; give a date such as 2024-02-26")
    return moment


def _once(statements: Sequence[Statement], store: Searched) -> list[Statement]:
    """What copies of a story have in common, once."""
    owners = list({one.article.id for one in statements})
    return without_copies(statements, store.stories(owners))


def _whole(text: str) -> str:
    """The text without the half characters that come of bytes in another encoding."""
    return text.encode("utf-8", "replace").decode()
