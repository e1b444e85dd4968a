"""Articles into a store: passages are made, embedded and kept, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rag.analysis.lineage import fingerprint, wire_credit
from rag.analysis.passages import embedded_texts, split_passages
from rag.analysis.statements import find_statements
from rag.models.protocols import Embedder, Vectors
from rag.store.protocol import Entry, Store
from rag.store.rows import article_digest, digest
from rag.tracing import stage
from rag.types import Article, Day, IngestReport, Passage, Progress, Skipped

# A batch is what a kill can cost, and what sorting by length can work with: some half a minute
# of embedding on two slow cores.
_BATCH_PASSAGES = 512
# How often a long run tells how far it is.
_STEP_PASSAGES = 64
_STEP_ARTICLES = 200


class Indexer:
    """Adds articles to a store, which it must hold the right to write, and counts them.

    Each batch is one transaction: an article that `report` names as added is kept, whatever
    happens to the process afterwards. `fraction` tells how much of the input has been read;
    `progress` is called now and then, and may raise to end the run.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        progress: Callable[[Progress], None] | None = None,
        fraction: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._progress = progress
        self._fraction = fraction
        # [CLS] and [SEP] take two of the tokens that the embedder reads.
        self._max_tokens = embedder.info.max_tokens - 2
        self._pending: dict[str, tuple[Article, list[Passage]]] = {}
        self._pending_texts: dict[bytes, str] = {}
        self._pending_passages = 0
        self._embedded = 0
        self._done = 0.0
        self._added: list[str] = []
        self._updated: list[str] = []
        self._unchanged: list[str] = []
        self._duplicates: list[str] = []
        self._skipped: list[Skipped] = []
        self._undated: list[str] = []

    def add(self, items: Iterable[Article | Skipped]) -> IngestReport:
        """Store every article of `items` that is new or changed, and say what became of all."""
        for count, item in enumerate(items, 1):
            if isinstance(item, Skipped):
                self._skipped.append(item)
            else:
                self._take(item)
            if count % _STEP_ARTICLES == 0:
                self._tell()
        self._flush()
        self._tell()
        return self.report

    @property
    def report(self) -> IngestReport:
        """What became of everything so far; articles not yet stored are not in it."""
        return IngestReport(
            tuple(self._added),
            tuple(self._updated),
            tuple(self._unchanged),
            tuple(self._duplicates),
            tuple(self._skipped),
            tuple(self._undated),
        )

    def _take(self, article: Article) -> None:
        if article.id in self._pending:  # two versions in one input: the later one counts
            self._flush()
        stored = self._store.digests([article.id]).get(article.id)
        if stored == article_digest(article):
            self._unchanged.append(article.id)
            return
        text = digest(article.text)
        if stored is not None and (newest := self._newer_than(article)):
            self._set_aside(article, newest)
            return
        if article.url is None and stored is None:
            twin = self._store.twins([text]).get(text)
            # A stored one that is about to be replaced will not have that text any more.
            if text in self._pending_texts or (twin and twin not in self._pending):
                self._duplicates.append(article.id)
                return
        with stage("split"):
            passages = split_passages(article, self._embedder.count_tokens, self._max_tokens)
        if not passages:
            self._skipped.append(Skipped(article.url or article.title or article.id, "no text"))
            return
        self._pending[article.id] = (article, passages)
        self._pending_texts[text] = article.id
        self._pending_passages += len(passages)
        if self._pending_passages >= _BATCH_PASSAGES:
            self._flush()

    def _newer_than(self, article: Article) -> Article | None:
        """The text that is kept of an article where it came out later, by the dates of both."""
        kept = self._store.get(article.id)
        if kept is None or kept.text == article.text:
            return None
        mine, theirs = (one.updated or one.published for one in (article, kept))
        if mine is None or theirs is None or mine >= theirs:
            return None
        # Of a day alone one cannot tell.
        same_day = isinstance(mine, Day) and mine.date() == theirs.date()
        return None if same_day else kept

    def _set_aside(self, article: Article, newest: Article) -> None:
        """Leave out a text that is older than what is kept: the newest is searched."""
        known = (version.article.text for version in self._store.versions(article.id))
        if article.text in known:
            self._unchanged.append(article.id)
            return
        date = newest.updated or newest.published
        why = f"an older text than the one that is kept, of {Day.of(date.date())}" if date else ""
        where = article.url or article.title or article.id
        self._skipped.append(Skipped(where, f"{why}; to go back to it, remove the article first"))

    def _flush(self) -> None:
        """Embed and store what is pending, in one transaction."""
        if not self._pending:
            return
        texts = [
            embedded_texts(article, passages, self._embedder.count_tokens, self._max_tokens)
            for article, passages in self._pending.values()
        ]
        keys = [[digest(text) for text in group] for group in texts]
        articles = [article for article, _ in self._pending.values()]
        # Speech is read beside embedding, whose arithmetic leaves Python to others.
        beside = ThreadPoolExecutor(1)
        try:
            said = beside.map(find_statements, articles)
            vectors = self._embed(
                {
                    key: text
                    for group in zip(keys, texts, strict=True)
                    for key, text in zip(*group, strict=True)
                }
            )
            with stage("statements"):
                statements = list(said)
        finally:
            beside.shutdown(cancel_futures=True)
        with stage("fingerprints"):
            entries = [
                Entry(
                    article,
                    passages,
                    group,
                    np.stack([vectors[key] for key in group]),
                    spoken,
                    fingerprint(article.text).bands,
                    wire_credit(article),
                )
                for (article, passages), group, spoken in zip(
                    self._pending.values(), keys, statements, strict=True
                )
            ]
        replaced = self._store.digests(list(self._pending))
        with stage("store"):
            self._store.put(entries)
        for article_id, (article, _) in self._pending.items():
            (self._updated if article_id in replaced else self._added).append(article_id)
            if article.date is None:
                self._undated.append(article_id)
        self._pending.clear()
        self._pending_texts.clear()
        self._pending_passages = 0
        self._tell()

    def _embed(self, texts: dict[bytes, str]) -> dict[bytes, Vectors]:
        """The vectors of texts by their digests; what was embedded before is taken from there."""
        vectors = self._store.known_vectors(list(texts))
        new = sorted(texts.keys() - vectors.keys(), key=lambda key: (len(texts[key]), key))
        for start in range(0, len(new), _STEP_PASSAGES):
            step = new[start : start + _STEP_PASSAGES]
            with stage("embed"):
                found = self._embedder.embed_passages([texts[key] for key in step])
            vectors.update(zip(step, found, strict=True))
            self._embedded += len(step)
            self._pending_passages = max(0, self._pending_passages - len(step))
            self._tell()
        return vectors

    def _tell(self) -> None:
        if self._progress is None:
            return
        read = self._fraction()
        if read is not None:
            # What has been read is not done before it is embedded.
            waiting = self._pending_passages / max(1, self._embedded + self._pending_passages)
            self._done = max(self._done, read * (1 - waiting))
        self._progress(
            Progress(
                articles=len(self._added)
                + len(self._updated)
                + len(self._unchanged)
                + len(self._duplicates),
                passages=self._embedded,
                skipped=len(self._skipped),
                fraction=None if read is None else self._done,
            )
        )
