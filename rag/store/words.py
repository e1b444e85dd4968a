"""The words of all passages in tantivy: derived from the database, in a folder of its own.

tantivy commits by swapping in a new list of files, so what is searched is always whole. After
each commit the folder's note of the generation it was made from is swapped in as well; a kill
between the two makes the same changes twice, which changes nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import log
from pathlib import Path
from threading import Lock

import tantivy

from rag.analysis.words import analyzer, spaced, stems
from rag.errors import BackendError
from rag.store.database import Database
from rag.store.protocol import Number
from rag.store.rows import moment_of
from rag.types import Article, Filters, Passage

_NAME = re.compile(r"words\.(\d+)")
_NOTE = "generation.json"
# Raised when fields or analysis change: an index of another version is made anew.
_VERSION = 3
_HEAP = 64_000_000
# A title's words say what the article is about: on half of the news quiz's questions,
# hit@1 by gold article rises from .78 to .83 with this weight, and falls again at 1.
_TITLE_WEIGHT = 0.5
_MAX_TERMS = 200
# As in tantivy.
_K1, _B = 1.2, 0.75
# Digits after these depend on the order in which a score's terms were added up.
_DIGITS = 5


class WordIndex:
    """Finds the passages with the words of a question, ranked by BM25.

    Only the holder of the index's lock may call `update`; anyone may search.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._schema = _schema()
        self._open: tuple[Path, tantivy.Index] | None = None
        # Of the commit that is searched; -1 where there is none.
        self.generation = -1

    def refresh(self) -> None:
        """Move on to the newest folder and its newest commit."""
        with self._lock:
            folders: list[Path] = []
            # A writer that makes a new folder takes away the old one: then look again.
            while folders != (folders := _folders(self._folder)):
                for path in reversed(folders):
                    note = _read_note(path)
                    if note and self._reload(path):
                        self.generation = note["generation"]
                        return
            self._open, self.generation = None, -1

    def _reload(self, path: Path) -> bool:
        """Whether the folder could be read."""
        try:
            if self._open is None or self._open[0] != path:
                self._open = (path, _opened(path))
            self._open[1].reload()
            # Some files are opened when they are first needed.
            searcher = self._open[1].searcher()
            for field in ("body", "title", "source", "language"):
                searcher.doc_freq(field, "")
        except (OSError, ValueError):  # deleted or truncated under us
            self._open = None
            return False
        return True

    def update(self, database: Database) -> None:
        """Take in what was added and removed since; make the folder anew where it must be."""
        self.refresh()
        with database.snapshot():
            generation = database.changes.generation()
            opened = self._open
            if opened is None or self.generation > generation or self._holds_traces(database):
                self._rebuild(database, generation)
            elif self.generation < generation:
                try:
                    self._replay(opened[0], opened[1], database, generation)
                except (OSError, ValueError):  # files of the folder are gone or broken
                    self._rebuild(database, generation)
        self.refresh()
        for path in _folders(self._folder):
            if self._open and path != self._open[0]:
                shutil.rmtree(path, ignore_errors=True)

    def search(
        self, question: str, k: int, filters: Filters | None = None
    ) -> list[tuple[Number, float]]:
        """The k passages that match best and their BM25 scores, best first; ties by number."""
        with self._lock:
            opened = self._open
        terms = list(dict.fromkeys(stems(question)))[:_MAX_TERMS]
        if opened is None or not terms or k < 1:
            return []
        query = self._query(terms, filters)
        searcher = opened[1].searcher()
        # tantivy takes memory for as many hits as it is asked for, and of those that tie for
        # the last place it returns any: then more are asked for, and the first added are taken.
        limit, there = k + 1, searcher.num_docs
        while there:
            limit = min(limit, there)
            found = searcher.search(query, limit=limit, count=False).hits
            scores = [float(f"{score:.{_DIGITS}g}") for score, _ in found]
            if len(found) < limit or limit == there or scores[-1] < scores[k - 1]:
                numbers = searcher.fast_field_values("number", [place for _, place in found])
                pairs = [(int(n or 0), score) for n, score in zip(numbers, scores, strict=True)]
                return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k]
            limit *= 4
        return []

    def score(self, question: str, passages: Sequence[tuple[Passage, Article]]) -> list[float]:
        """The BM25 scores that passages would have, were they in the index.

        The average length, which tantivy does not tell, is that of the passages given.
        """
        with self._lock:
            opened = self._open
        terms = list(dict.fromkeys(stems(question)))[:_MAX_TERMS]
        scores = [0.0] * len(passages)
        if opened is None or not terms or not passages:
            return scores
        searcher = opened[1].searcher()
        bodies = [_body(passage, article) for passage, article in passages]
        titles = [article.title for _, article in passages]
        for field, weight, texts in (("body", 1.0, bodies), ("title", _TITLE_WEIGHT, titles)):
            words = [Counter(stems(text)) for text in texts]
            mean = max(1.0, sum(one.total() for one in words) / len(words))
            for term in terms:
                there = searcher.doc_freq(field, term)
                rarity = log(1 + (searcher.num_docs - there + 0.5) / (there + 0.5))
                for row, one in enumerate(words):
                    length = 1 - _B + _B * one.total() / mean
                    scores[row] += (
                        weight * rarity * one[term] * (_K1 + 1) / (one[term] + _K1 * length)
                    )
        return scores

    def _query(self, terms: list[str], filters: Filters | None) -> tantivy.Query:
        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        words = [
            (should, tantivy.Query.term_query(self._schema, "body", term, "freq")) for term in terms
        ]
        titles = [
            (
                should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, "title", term, "freq"), _TITLE_WEIGHT
                ),
            )
            for term in terms
        ]
        query = tantivy.Query.boolean_query([*words, *titles])
        limits = [
            (must, tantivy.Query.const_score_query(limit, 0.0)) for limit in self._limits(filters)
        ]
        return tantivy.Query.boolean_query([(must, query), *limits]) if limits else query

    def _limits(self, filters: Filters | None) -> Iterator[tantivy.Query]:
        if not filters:
            return
        for field, names in (("source", filters.sources), ("language", filters.languages)):
            if names:
                keys = [name.casefold() for name in names]
                yield tantivy.Query.term_set_query(self._schema, field, keys)
        if filters.since or filters.until:
            yield tantivy.Query.range_query(
                self._schema,
                "moment",
                tantivy.FieldType.Integer,
                moment_of(filters.since) if filters.since else None,
                moment_of(filters.until) if filters.until else None,
            )

    def _holds_traces(self, database: Database) -> bool:
        note = _read_note(self._open[0]) if self._open else None
        return note is None or database.changes.purges_since(note["made"])

    def _replay(
        self, path: Path, index: tantivy.Index, database: Database, generation: int
    ) -> None:
        fresh = list(database.changes.texts_since(self.generation))
        writer = index.writer(_HEAP, 1)
        # What a kill left half recorded may be there already.
        gone = database.changes.removed_since(self.generation)
        for number in (*gone, *(row[0] for row in fresh)):
            writer.delete_documents_by_term("number", number)
        self._write(writer, fresh)
        note = _read_note(path)
        made = note["made"] if note else generation
        _write_note(path, generation, made)

    def _rebuild(self, database: Database, generation: int) -> None:
        last = max((int(path.suffix[1:]) for path in _folders(self._folder)), default=0)
        path = self._folder / f"words.{last + 1}"
        try:
            path.mkdir()
            index = tantivy.Index(self._schema, path=str(path))
            index.register_tokenizer("words", analyzer())
            self._write(index.writer(_HEAP, 1), database.changes.texts_since(0))
            _write_note(path, generation, generation)
        except (OSError, ValueError) as error:  # of Python, of tantivy
            why = f"the words cannot be written ({error}); is the disk full?"
            raise BackendError(str(path), why) from error

    def _write(
        self,
        writer: tantivy.IndexWriter,
        rows: Iterable[tuple[Number, Passage, Article]],
    ) -> None:
        for number, passage, article in rows:
            document = tantivy.Document()
            document.add_integer("number", number)
            document.add_text("body", spaced(_body(passage, article)))
            document.add_text("title", spaced(article.title))
            if article.source:
                document.add_text("source", article.source.casefold())
            if article.language:
                document.add_text("language", article.language.casefold())
            if article.date:
                document.add_integer("moment", moment_of(article.date))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()


def _body(passage: Passage, article: Article) -> str:
    return f"{article.title}\n{passage.text}"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", indexed=True, fast=True)
    builder.add_integer_field("moment", indexed=True, fast=True)
    for field in ("body", "title"):
        builder.add_text_field(field, tokenizer_name="words", index_option="freq")
    for field in ("source", "language"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _opened(path: Path) -> tantivy.Index:
    """The index in a folder; raises ValueError where there is none, and never makes one."""
    index = tantivy.Index.open(str(path))
    index.register_tokenizer("words", analyzer())
    return index


def _folders(folder: Path) -> list[Path]:
    """The folders of words, oldest first, those that were never finished among them."""
    found = [path for path in folder.glob("words.*") if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(path.suffix[1:]))


def _read_note(path: Path) -> dict[str, int] | None:
    """The generations that a folder holds and was made at; None for one that is not whole."""
    try:
        note = json.loads((path / _NOTE).read_text())
        whole = note["version"] == _VERSION and isinstance(note["made"], int)
        return note if whole and isinstance(note["generation"], int) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_note(path: Path, generation: int, made: int) -> None:
    fresh = path / f"{_NOTE}.writing"
    fresh.write_text(json.dumps({"version": _VERSION, "generation": generation, "made": made}))
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path / _NOTE)
