"""The truth of an index: articles, passages and vectors in one SQLite file.

Every change is one transaction that raises the generation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rag.errors import BackendError, IndexLocked, IndexMismatch, IndexNotFound
from rag.models.protocols import EmbedderInfo, Vectors
from rag.store.changelog import ChangeLog
from rag.store.connections import Connections
from rag.store.history import History
from rag.store.lock import WriterLock
from rag.store.protocol import Entry, Number
from rag.store.rows import ARTICLE, TABLES, article_row, pack, to_article, to_passage, where
from rag.store.spoken import Spoken
from rag.store.stories import Stories
from rag.tracing import stage
from rag.types import Article, Coverage, Filters, Passage

FILE = "dateline.db"
SCHEMA = 2

# SQLite takes 32,766 variables in a statement; fewer are as fast.
_VARIABLES = 5_000


class Database:
    """The SQLite file of one index; safe to use from several threads.

    Opening a file that is no index of Dateline raises BackendError, one that was made with
    another schema, embedder or chunking IndexMismatch, and none at all IndexNotFound, unless
    `create` says to make it.
    """

    def __init__(
        self, folder: Path, info: EmbedderInfo, chunking: str, *, create: bool = True
    ) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._connections = Connections(self._path)
        self.history = History(self._connections)
        self.changes = ChangeLog(self._connections)
        self.spoken = Spoken(self._connections)
        self.stories = Stories(self._connections)
        if not self._path.exists():
            self._check_new(create=create)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BackendError(str(folder), f"cannot hold an index ({error.strerror})") from error
        try:
            if self._is_new():
                self._check_new(create=create)
                self._create(info, chunking)
            self._check(info, chunking)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file, for all threads."""
        self._connections.close()

    def snapshot(self) -> AbstractContextManager[Connection]:
        """The same state of the file for all that is read inside."""
        return self._connections.snapshot()

    def _check_new(self, *, create: bool) -> None:
        if any(self._folder.glob("words.*")) or any(self._folder.glob("vectors.*")):
            why = "it is lost or empty; put a copy back, or empty the folder to begin a new index"
            raise BackendError(str(self._path), why)
        if self._folder.exists() and not self._folder.is_dir():
            why = "cannot hold an index (it is a file, and an index is a folder)"
            raise BackendError(str(self._folder), why)
        if not create:
            raise IndexNotFound(str(self._folder))

    def _create(self, info: EmbedderInfo, chunking: str) -> None:
        # One at a time: SQLite does not wait where two connections turn the log on at once.
        with suppress(IndexLocked), WriterLock(self._folder).held():
            if not self._is_new():
                return  # another process was faster
            with self._connections.telling():
                self._connections.connection.execute("PRAGMA journal_mode=WAL")
            with self._connections.transaction() as connection:
                _make_tables(connection, info, chunking)

    def _is_new(self) -> bool:
        return not self._rows("SELECT 1 FROM sqlite_master LIMIT 1")

    def _check(self, info: EmbedderInfo, chunking: str) -> None:
        manifest = dict(self._rows("SELECT key, value FROM manifest"))
        again = (
            "open it with that one, or embed its articles again: "
            "Archive.open(NEW_PATH, embedder=...).add(old_archive.articles())"
        )
        try:
            if manifest["schema"] != str(SCHEMA):
                remedy = "use the version of Dateline that made it, or make a new index"
                raise IndexMismatch("schema", manifest["schema"], str(SCHEMA), remedy)
            made_with = EmbedderInfo(**json.loads(manifest["embedder"]))
            if made_with != info:
                raise IndexMismatch("embedder", _short(made_with), _short(info), again)
            if manifest["chunking"] != chunking:
                raise IndexMismatch("chunking", manifest["chunking"], chunking, again)
        except (KeyError, TypeError, ValueError) as error:
            why = "it does not say what it was made with; put a copy back in its place"
            raise BackendError(str(self._path), why) from error

    # Changes

    def put(self, entries: Sequence[Entry]) -> None:
        """Store articles in one transaction, in place of those with the same ids."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connections.transaction() as connection:
            generation = self._next_generation(connection)
            stamps = [self.history.replace(connection, entry.article, now) for entry in entries]
            self._delete(connection, [e.article.id for e in entries], generation, purge=False)
            for entry, stamp in zip(entries, stamps, strict=True):
                number = connection.execute(
                    f"INSERT INTO articles VALUES (NULL{', ?' * 18}, 0, ?)",
                    (*article_row(entry.article, *stamp), entry.wire),
                ).lastrowid
                assert number is not None
                with stage("copies"):
                    self.stories.assign(connection, number, entry)
                self.spoken.add(connection, number, entry.statements)
                vectors = entry.vectors.astype(np.float16)
                rows = zip(entry.passages, entry.embedded, vectors, strict=True)
                connection.executemany(
                    f"INSERT INTO passages VALUES (NULL{', ?' * 8})",
                    [
                        (
                            number,
                            passage.ordinal,
                            passage.start,
                            passage.end,
                            pack(passage.sentences),
                            embedded,
                            vector.tobytes(),
                            generation,
                        )
                        for passage, embedded, vector in rows
                    ],
                )

    def remove(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Remove articles, and note that no trace of them may stay; returns those there were."""
        with self._connections.transaction() as connection:
            there = self.digests(ids)
            if not there:
                return ()
            gone = [article_id for article_id in dict.fromkeys(ids) if article_id in there]
            generation = self._next_generation(connection)
            self._delete(connection, gone, generation, purge=True)
            self.history.forget(connection, gone)
            return tuple(gone)

    def _next_generation(self, connection: Connection) -> int:
        (generation,) = connection.execute(
            "UPDATE manifest SET value = value + 1 WHERE key = 'generation' RETURNING value"
        ).fetchone()
        return int(generation)

    def _delete(
        self, connection: Connection, ids: Sequence[str], generation: int, *, purge: bool
    ) -> None:
        for article_id in ids:
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

    def forget(self) -> None:
        """Leave no trace of removed articles in the file and its log."""
        purged = self._rows("SELECT value FROM manifest WHERE key = 'purged'")
        due = self.changes.purges_since(int(purged[0][0]) if purged else 0)
        generation = self.changes.generation()
        with self._connections.telling():
            connection = self._connections.connection
            if due:
                # SQLite overwrites what it deletes, but not the copies that it leaves behind
                # when it moves rows from one page to another.
                connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not due:
                return
            if busy:
                why = "what was removed is still in its log, which another process reads; add or "
                raise BackendError(str(self._path), f"{why}remove again later", retryable=True)
            connection.execute(
                "INSERT OR REPLACE INTO manifest VALUES ('purged', ?)", (str(generation),)
            )

    # Questions

    def count_rows(self, table: Literal["passages", "saved", "statements", "versions"]) -> int:
        """How many there are of them."""
        return int(self._connections.value(f"SELECT count(*) FROM {table}"))

    def digests(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The digests of those of the articles that are stored."""
        names = [article_id for article_id in ids if _is_text(article_id)]
        return dict(self._where_in("SELECT id, digest FROM articles WHERE id", names))

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
        query = f"SELECT {ARTICLE} FROM articles a WHERE a.id"
        names = [article_id] if _is_text(article_id) else []
        return next((to_article(row) for row in self._where_in(query, names)), None)

    def articles(self, filters: Filters | None) -> Iterator[Article]:
        """Articles within the filters, newest first, those without a date last."""
        condition, values = where(filters)
        numbers = self._rows(
            f"SELECT a.number FROM articles a {condition} ORDER BY a.moment IS NULL, "
            "a.moment DESC, a.number DESC",
            values,
        )
        # One by one, so that a caller may change the store between two of them.
        query = f"SELECT {ARTICLE} FROM articles a WHERE a.number = ?"
        for number in numbers:
            for row in self._rows(query, number):
                yield to_article(row)

    def passages(self, numbers: Sequence[Number]) -> dict[Number, tuple[Passage, Article]]:
        """Those of the passages that are still there, with their articles."""
        with self.snapshot():
            query = "SELECT number, article, ordinal, start, end, sentences FROM passages"
            rows = list(self._where_in(f"{query} WHERE number", numbers))
            owners = list({row[1] for row in rows})
            query = f"SELECT a.number, {ARTICLE} FROM articles a WHERE a.number"
            articles = {number: to_article(row) for number, *row in self._where_in(query, owners)}
        return {row[0]: (to_passage(articles[row[1]], row[2:]), articles[row[1]]) for row in rows}

    def numbers_within(self, filters: Filters) -> NDArray[np.int64]:
        """The numbers of the passages within the filters."""
        condition, values = where(filters)
        rows = self._rows(
            f"SELECT p.number FROM passages p JOIN articles a ON p.article = a.number {condition}",
            values,
        )
        return np.fromiter((number for (number,) in rows), np.int64, len(rows))

    def coverage(self, filters: Filters | None) -> Coverage:
        """How many articles lie within the filters, from when to when, from which sources."""
        condition, values = where(filters)
        with self.snapshot():
            ((count, dated, first, last),) = self._rows(
                "SELECT count(*), count(moment), min(moment), max(moment) "
                f"FROM articles a {condition}",
                values,
            )
            return Coverage(
                count,
                self._date_at(first),
                self._date_at(last),
                tuple(self.count_by("source", filters)),
                count - dated,
            )

    def count_by(self, field: str, filters: Filters | None = None) -> dict[str, int]:
        """Source or language -> number of articles, largest first; those without one are left.

        Names that differ in case alone are one, and written as in the article added first.
        """
        if field not in ("source", "language"):
            raise ValueError(field)
        condition, values = where(filters)
        condition = f"{condition} AND" if condition else "WHERE"
        with self.snapshot():
            counts = dict(
                self._rows(
                    f"SELECT min(a.number), count(*) FROM articles a {condition} "
                    f"a.{field}_key IS NOT NULL GROUP BY a.{field}_key",
                    values,
                )
            )
            query = f"SELECT {field}, number FROM articles WHERE number"
            named = [(name, counts[n]) for name, n in self._where_in(query, list(counts))]
        return dict(sorted(named, key=lambda pair: (-pair[1], pair[0])))

    def _date_at(self, moment: int | None) -> datetime | None:
        query = f"SELECT {ARTICLE} FROM articles a WHERE a.moment = ? ORDER BY number LIMIT 1"
        return next((to_article(row).date for row in self._rows(query, (moment,))), None)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._connections.rows(query, values)

    def _where_in(self, query: str, values: Sequence[Any]) -> Iterator[Any]:
        """The rows of `query IN (values)`, for as many values as there may be."""
        for start in range(0, len(values), _VARIABLES):
            block = values[start : start + _VARIABLES]
            marks = ", ".join("?" * len(block))
            yield from self._rows(f"{query} IN ({marks})", block)


def _make_tables(connection: Connection, info: EmbedderInfo, chunking: str) -> None:
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    manifest = {
        "schema": str(SCHEMA),
        "embedder": json.dumps(asdict(info), sort_keys=True),
        "chunking": chunking,
        "generation": "0",
    }
    connection.executemany("INSERT INTO manifest VALUES (?, ?)", manifest.items())


def _short(info: EmbedderInfo) -> str:
    return f"{info.name} {info.revision} ({info.sha256[:8]}, {info.dimension} dimensions)"


def _is_text(value: str) -> bool:
    """Whether it can stand in the database at all: half characters cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
