"""The truth of an index: articles, passages and vectors in one SQLite file.

Every change is one transaction that raises the generation. What derives from this file (FAISS,
tantivy) knows the generation it was made from and asks here for what came after it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import BackendError, IndexMismatch, IndexNotFound
from rag.models.protocols import EmbedderInfo, Vectors
from rag.store.protocol import Entry, Number
from rag.types import Article, Coverage, Filters, Passage, Span, parse_iso

FILE = "dateline.db"
SCHEMA = 1

_TABLES = """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,
    text_digest BLOB NOT NULL,
    text TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    source TEXT,
    authors TEXT NOT NULL,
    published TEXT,
    updated TEXT,
    language TEXT,
    section TEXT,
    ingested TEXT NOT NULL,
    moment INTEGER,          -- the article's date in microseconds since 1970, for filters
    source_key TEXT,         -- source and language without regard to case, for filters
    language_key TEXT
);
CREATE INDEX articles_by_text ON articles (text_digest);
CREATE INDEX articles_by_moment ON articles (moment);
CREATE INDEX articles_by_source ON articles (source_key);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (number),
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    sentences BLOB NOT NULL, -- int32 pairs of start and end
    embedded BLOB NOT NULL,  -- digest of the text that was embedded
    vector BLOB NOT NULL,    -- float16
    generation INTEGER NOT NULL
);
CREATE INDEX passages_by_article ON passages (article);
CREATE INDEX passages_by_generation ON passages (generation);
CREATE INDEX passages_by_embedded ON passages (embedded);
CREATE TABLE removed (
    passage INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    purge INTEGER NOT NULL   -- 1 where no trace of its words may stay in a derived file
);
CREATE INDEX removed_by_generation ON removed (generation);
"""

_ARTICLE = (
    "a.id, a.text, a.title, a.url, a.source, a.authors, a.published, a.updated, "
    "a.language, a.section"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# SQLite takes 32,766 variables in a statement; fewer are as fast.
_VARIABLES = 5_000


def digest(text: str) -> bytes:
    """A 16-byte digest that tells one text from another."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def article_digest(article: Article) -> bytes:
    """A digest of everything that is known of an article: whether it changed."""
    fields = asdict(article)
    return digest(json.dumps(fields, default=str, ensure_ascii=False, sort_keys=True))


class Database:
    """The SQLite file of one index; each thread has a connection of its own.

    Opening a file that is no index of Dateline raises BackendError, one that was made with
    another schema, embedder or chunking IndexMismatch, and none at all IndexNotFound, unless
    `create` says to make it.
    """

    def __init__(
        self, folder: Path, info: EmbedderInfo, chunking: str, *, create: bool = True
    ) -> None:
        self._path = folder / FILE
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        if not create and not self._path.is_file():
            raise IndexNotFound(str(folder))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._create(info, chunking)
            self._check(info, chunking)
        except sqlite3.Error as error:
            self.close()
            raise BackendError(str(self._path), f"not a readable index ({error})") from error
        except OSError as error:
            raise BackendError(str(folder), f"cannot hold an index ({error.strerror})") from error

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=30, isolation_level=None, check_same_thread=False
            )
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "secure_delete=ON",  # gone is gone, from the file too
                "foreign_keys=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
            self._local.connection = connection
            with self._opening:
                self._open.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._opening:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done inside, or nothing of it."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """The same state of the file for all that is read inside."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    def _create(self, info: EmbedderInfo, chunking: str) -> None:
        with self.transaction() as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if tables:
                return
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            manifest = {
                "schema": str(SCHEMA),
                "embedder": json.dumps(asdict(info), sort_keys=True),
                "chunking": chunking,
                "generation": "0",
            }
            connection.executemany("INSERT INTO manifest VALUES (?, ?)", manifest.items())

    def _check(self, info: EmbedderInfo, chunking: str) -> None:
        manifest = dict(self.connection.execute("SELECT key, value FROM manifest"))
        made_with = EmbedderInfo(**json.loads(manifest["embedder"]))
        again = (
            "open it with that one, or embed its articles again: "
            "Archive.open(NEW_PATH, embedder=...).add(old_archive.articles())"
        )
        if manifest["schema"] != str(SCHEMA):
            remedy = "use the version of Dateline that made it, or make a new index"
            raise IndexMismatch("schema", manifest["schema"], str(SCHEMA), remedy)
        if made_with != info:
            raise IndexMismatch("embedder", _short(made_with), _short(info), again)
        if manifest["chunking"] != chunking:
            raise IndexMismatch("chunking", manifest["chunking"], chunking, again)

    # Changes

    def put(self, entries: Sequence[Entry]) -> None:
        """Store articles in one transaction, in place of those with the same ids."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self.transaction() as connection:
            generation = self._next_generation(connection)
            self._delete(connection, [e.article.id for e in entries], generation, purge=False)
            for entry in entries:
                number = connection.execute(
                    f"INSERT INTO articles VALUES (NULL{', ?' * 16})", _row(entry.article, now)
                ).lastrowid
                vectors = entry.vectors.astype(np.float16)
                connection.executemany(
                    f"INSERT INTO passages VALUES (NULL{', ?' * 8})",
                    [
                        (
                            number,
                            passage.ordinal,
                            passage.start,
                            passage.end,
                            _pack(passage.sentences),
                            embedded,
                            vector.tobytes(),
                            generation,
                        )
                        for passage, embedded, vector in zip(
                            entry.passages, entry.embedded, vectors, strict=True
                        )
                    ],
                )

    def remove(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Remove articles, and note that no trace of them may stay; returns those there were."""
        with self.transaction() as connection:
            generation = self._next_generation(connection)
            return self._delete(connection, ids, generation, purge=True)

    def _next_generation(self, connection: sqlite3.Connection) -> int:
        (generation,) = connection.execute(
            "UPDATE manifest SET value = value + 1 WHERE key = 'generation' RETURNING value"
        ).fetchone()
        return int(generation)

    def _delete(
        self, connection: sqlite3.Connection, ids: Sequence[str], generation: int, *, purge: bool
    ) -> tuple[str, ...]:
        gone = []
        for article_id in dict.fromkeys(ids):
            row = connection.execute(
                "SELECT number FROM articles WHERE id = ?", (article_id,)
            ).fetchone()
            if row is None:
                continue
            connection.execute(
                "INSERT INTO removed SELECT number, ?, ? FROM passages WHERE article = ?",
                (generation, purge, row[0]),
            )
            connection.execute("DELETE FROM passages WHERE article = ?", row)
            connection.execute("DELETE FROM articles WHERE number = ?", row)
            gone.append(article_id)
        if gone and purge:
            # What an update left in a derived file goes together with the article itself.
            connection.execute("UPDATE removed SET purge = 1, generation = ?", (generation,))
        return tuple(gone)

    def forget_pages(self) -> None:
        """Fold the write-ahead log into the file, so that nothing removed stays in it."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # What derived files ask

    def generation(self) -> int:
        """How many changes there have been."""
        query = "SELECT value FROM manifest WHERE key = 'generation'"
        return int(self.connection.execute(query).fetchone()[0])

    def removed_since(self, generation: int) -> list[Number]:
        """The passages removed after that generation."""
        query = "SELECT passage FROM removed WHERE generation > ?"
        return [number for (number,) in self.connection.execute(query, (generation,))]

    def purges_since(self, generation: int) -> bool:
        """Whether words or vectors made at that generation hold what must leave no trace."""
        query = "SELECT EXISTS (SELECT 1 FROM removed WHERE purge AND generation > ?)"
        return bool(self.connection.execute(query, (generation,)).fetchone()[0])

    def count_passages(self) -> int:
        """How many passages there are."""
        return int(self.connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def vectors_since(
        self, generation: int, dimension: int
    ) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Numbers and vectors of the passages added after that generation, in blocks."""
        cursor = self.connection.execute(
            "SELECT number, vector FROM passages WHERE generation > ?", (generation,)
        )
        while rows := cursor.fetchmany(10_000):
            numbers = np.array([number for number, _ in rows], np.int64)
            joined = np.frombuffer(b"".join(vector for _, vector in rows), np.float16)
            yield numbers, joined.reshape(len(rows), dimension).astype(np.float32)

    def texts_since(self, generation: int) -> Iterator[tuple[Number, Passage, Article]]:
        """The passages added after that generation, with their articles, in order."""
        cursor = self.connection.execute(
            f"SELECT a.number, {_ARTICLE} FROM articles a WHERE a.number IN "
            "(SELECT article FROM passages WHERE generation > ?) ORDER BY a.number",
            (generation,),
        )
        for number, *row in cursor:
            article = _article(row)
            passages = self.connection.execute(
                "SELECT number, ordinal, start, end, sentences FROM passages "
                "WHERE article = ? ORDER BY number",
                (number,),
            )
            for passage in passages:
                yield passage[0], _passage(article, passage[1:]), article

    # Questions

    def digests(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The digests of those of the articles that are stored."""
        return dict(self._where_in("SELECT id, digest FROM articles WHERE id", ids))

    def twins(self, texts: Sequence[bytes]) -> dict[bytes, str]:
        """Digest of text -> id, for the articles whose text has one of the digests."""
        query = "SELECT text_digest, id FROM articles WHERE text_digest"
        return dict(self._where_in(query, texts))

    def known_vectors(self, embedded: Sequence[bytes], dimension: int) -> dict[bytes, Vectors]:
        """Digest of an embedded text -> its vector, for those embedded before."""
        query = "SELECT embedded, vector FROM passages WHERE embedded"
        return {
            key: np.frombuffer(vector, np.float16, dimension).astype(np.float32)
            for key, vector in self._where_in(query, embedded)
        }

    def get(self, article_id: str) -> Article | None:
        """The article of that id, or None."""
        query = f"SELECT {_ARTICLE} FROM articles a WHERE a.id = ?"
        row = self.connection.execute(query, (article_id,)).fetchone()
        return _article(row) if row else None

    def articles(self, filters: Filters | None) -> Iterator[Article]:
        """Articles within the filters, newest first, those without a date last."""
        where, values = _where(filters)
        numbers = self.connection.execute(
            f"SELECT a.number FROM articles a {where} ORDER BY a.moment IS NULL, "
            "a.moment DESC, a.number DESC",
            values,
        ).fetchall()
        # One by one, so that a caller may change the store between two of them.
        query = f"SELECT {_ARTICLE} FROM articles a WHERE a.number = ?"
        for number in numbers:
            row = self.connection.execute(query, number).fetchone()
            if row:
                yield _article(row)

    def passages(self, numbers: Sequence[Number]) -> dict[Number, tuple[Passage, Article]]:
        """Those of the passages that are still there, with their articles."""
        rows = list(
            self._where_in(
                "SELECT number, article, ordinal, start, end, sentences FROM passages WHERE number",
                numbers,
            )
        )
        articles = {
            number: _article(row)
            for number, *row in self._where_in(
                f"SELECT a.number, {_ARTICLE} FROM articles a WHERE a.number",
                list({row[1] for row in rows}),
            )
        }
        return {row[0]: (_passage(articles[row[1]], row[2:]), articles[row[1]]) for row in rows}

    def numbers_within(self, filters: Filters) -> NDArray[np.int64]:
        """The numbers of the passages within the filters."""
        where, values = _where(filters)
        rows = self.connection.execute(
            f"SELECT p.number FROM passages p JOIN articles a ON p.article = a.number {where}",
            values,
        )
        return np.fromiter((number for (number,) in rows), np.int64)

    def coverage(self, filters: Filters | None) -> Coverage:
        """How many articles lie within the filters, from when to when, from which sources."""
        where, values = _where(filters)
        count, dated, first, last = self.connection.execute(
            f"SELECT count(*), count(moment), min(moment), max(moment) FROM articles a {where}",
            values,
        ).fetchone()
        return Coverage(
            count,
            self._date_at(first),
            self._date_at(last),
            tuple(self.count_by("source", filters)),
            count - dated,
        )

    def count_by(self, field: str, filters: Filters | None = None) -> dict[str, int]:
        """Source or language -> number of articles, largest first; those without one are left."""
        if field not in ("source", "language"):
            raise ValueError(field)
        where, values = _where(filters)
        where = f"{where} AND" if where else "WHERE"
        return dict(
            self.connection.execute(
                f"SELECT a.{field}, count(*) FROM articles a {where} a.{field} IS NOT NULL "
                "GROUP BY 1 ORDER BY 2 DESC, 1",
                values,
            ).fetchall()
        )

    def _date_at(self, moment: int | None) -> datetime | None:
        if moment is None:
            return None
        row = self.connection.execute(
            f"SELECT {_ARTICLE} FROM articles a WHERE a.moment = ? ORDER BY number LIMIT 1",
            (moment,),
        ).fetchone()
        return _article(row).date

    def _where_in(self, query: str, values: Sequence[Any]) -> Iterator[Any]:
        """The rows of `query IN (values)`, for as many values as there may be."""
        for start in range(0, len(values), _VARIABLES):
            block = values[start : start + _VARIABLES]
            marks = ", ".join("?" * len(block))
            yield from self.connection.execute(f"{query} IN ({marks})", list(block)).fetchall()


def _short(info: EmbedderInfo) -> str:
    return f"{info.name} {info.revision} ({info.sha256[:8]}, {info.dimension} dimensions)"


def moment_of(value: datetime) -> int:
    """Microseconds since 1970: exact, and comparable."""
    delta = value - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _row(article: Article, ingested: str) -> tuple[Any, ...]:
    return (
        article.id,
        article_digest(article),
        digest(article.text),
        article.text,
        article.title,
        article.url,
        article.source,
        json.dumps(article.authors, ensure_ascii=False),
        article.published.isoformat() if article.published else None,
        article.updated.isoformat() if article.updated else None,
        article.language,
        article.section,
        ingested,
        moment_of(article.date) if article.date else None,
        article.source.casefold() if article.source else None,
        article.language.casefold() if article.language else None,
    )


def _article(row: Sequence[Any]) -> Article:
    article_id, text, title, url, source, authors, published, updated, language, section = row
    return Article(
        article_id,
        text,
        title,
        url,
        source,
        tuple(json.loads(authors)),
        parse_iso(published) if published else None,
        parse_iso(updated) if updated else None,
        language,
        section,
    )


def _passage(article: Article, row: Sequence[Any]) -> Passage:
    ordinal, start, end, packed = row
    pairs = np.frombuffer(packed, "<i4").reshape(-1, 2).tolist()
    sentences = tuple(Span(first, last) for first, last in pairs)
    return Passage(article.id, ordinal, start, end, article.text[start:end], sentences)


def _pack(sentences: Sequence[Span]) -> bytes:
    pairs = [(span.start, span.end) for span in sentences]
    return np.array(pairs, "<i4").tobytes()


def _where(filters: Filters | None) -> tuple[str, list[Any]]:
    """The WHERE clause over articles `a` for the filters, and its values."""
    clauses: list[str] = []
    values: list[Any] = []
    if filters:
        for column, names in (
            ("source_key", filters.sources),
            ("language_key", filters.languages),
        ):
            if names:
                clauses.append(f"a.{column} IN ({', '.join('?' * len(names))})")
                values += [name.casefold() for name in names]
        if filters.since:
            clauses.append("a.moment >= ?")
            values.append(moment_of(filters.since))
        if filters.until:
            clauses.append("a.moment <= ?")
            values.append(moment_of(filters.until))
    return (f"WHERE {' AND '.join(clauses)}" if clauses else ""), values
