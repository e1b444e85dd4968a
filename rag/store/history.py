"""What articles were before, and the answers that were saved, which name what they cite.

A saved answer keeps places alone: which version of which article, from where to where. Its words
are read from the article, so that removing the article takes them out of the answer as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from sqlite3 import Connection

from rag.errors import ConfigError
from rag.store.connections import Connections
from rag.store.rows import ARTICLE, digest, to_article
from rag.types import Answer, Article, Citation, SavedAnswer, SavedCitation, Version, parse_iso

_KEPT = (
    "id, version, text, title, url, source, authors, published, updated, language, section, "
    "ingested, since"
)


class History:
    """The older versions of articles, and saved answers, in an index's database."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def replace(self, connection: Connection, article: Article, now: str) -> tuple[int, str, str]:
        """Keep the text and headline that an article is about to replace.

        Returns the new one's version, when it was taken in, and when it came out: for the first
        one on the day of its publication, else on that of its update, or of a publication later
        than before, or now. Where text and headline stay, so do all three, whatever else of the
        article changed.
        """
        updated = article.updated.isoformat() if article.updated else None
        row = connection.execute(
            "SELECT version, text_digest, title, ingested, since, published FROM articles "
            "WHERE id = ?",
            (article.id,),
        ).fetchone()
        published = article.published.isoformat() if article.published else None
        if row is None:
            return 1, now, updated or published or now
        version, text, title, ingested, since, before = row
        if text == digest(article.text) and title == article.title:
            return int(version), ingested, since
        connection.execute(
            f"INSERT INTO versions SELECT {_KEPT} FROM articles WHERE id = ?", (article.id,)
        )
        # Many sites give the day of an update as that of publication.
        moved = before and published and parse_iso(published) > parse_iso(before)
        return int(version) + 1, now, updated or (published if moved else None) or now

    def forget(self, connection: Connection, ids: Iterable[str]) -> None:
        """Leave nothing of what removed articles said, in older versions and saved answers."""
        for article_id in ids:
            connection.execute("DELETE FROM versions WHERE id = ?", (article_id,))
            connection.execute(
                "UPDATE saved SET short = NULL WHERE number IN "
                "(SELECT saved FROM saved_citations WHERE id = ?)",
                (article_id,),
            )
            # Version 0 is none: an article that comes back with that id is not what was cited.
            connection.execute(
                "UPDATE saved_citations SET version = 0, start = 0, end = 0, speaker = NULL "
                "WHERE id = ?",
                (article_id,),
            )

    def versions(self, article_id: str) -> list[Version]:
        """Every version of an article, oldest first; none for an unknown id."""
        with self._connections.snapshot():
            rows = [
                row
                for table in ("versions", "articles")
                for row in self._connections.rows(
                    f"SELECT {ARTICLE}, a.ingested, a.since FROM {table} a WHERE a.id IN "
                    "(SELECT value FROM json_each(?)) ORDER BY a.version",
                    (json.dumps([article_id]),),  # half a character cannot be a value itself
                )
            ]
        return [
            Version(to_article(row[:-2]), parse_iso(row[-2]), parse_iso(row[-1])) for row in rows
        ]

    def changed_since(self, moment: datetime) -> dict[str, Article | None]:
        """Id -> the text of that moment, None where none was out, of what has another one now."""
        with self._connections.snapshot():
            rows = self._connections.rows(
                "SELECT id, since FROM articles WHERE version > 1 OR updated IS NOT NULL"
            )
            later = [article_id for article_id, since in rows if parse_iso(since) > moment]
            return {
                article_id: next(
                    (
                        one.article
                        for one in reversed(self.versions(article_id))
                        if one.since <= moment
                    ),
                    None,
                )
                for article_id in later
            }

    def save(self, answer: Answer) -> int:
        """Save an answer; returns its number.

        Raises ConfigError for one without citations, and for one that cites what is not kept
        here, such as an article that was removed after the answer was given.
        """
        if not answer.citations:
            raise ConfigError("an answer without a citation cannot be saved; it holds no evidence")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connections.transaction() as connection:
            for cited in answer.citations:
                known = {
                    one.article.version: one.article for one in self.versions(cited.article.id)
                }
                kept = known.get(cited.article.version)
                if kept is None or kept.text[cited.start : cited.end] != cited.quote:
                    why = "is not in the archive as it was cited; ask again"
                    raise ConfigError(f"article {cited.article.id} {why}")
            number = connection.execute(
                "INSERT INTO saved VALUES (NULL, ?, ?, ?, ?)",
                # One of several values is not the answer.
                (
                    answer.question,
                    None if answer.positions else answer.short,
                    answer.confidence,
                    now,
                ),
            ).lastrowid
            connection.executemany(
                f"INSERT INTO saved_citations VALUES (?{', ?' * 7})",
                [
                    (
                        number,
                        c.marker,
                        c.article.id,
                        c.article.version,
                        c.start,
                        c.end,
                        c.speaker,
                        c.voice,
                    )
                    for c in answer.citations
                ],
            )
        assert number is not None
        return number

    def discard(self, number: int) -> bool:
        """Delete a saved answer; False where there is none of that number."""
        with self._connections.transaction() as connection:
            known = connection.execute("SELECT number FROM saved").fetchall()
            if (number,) not in known:  # it may be too large for a column to be compared with
                return False
            connection.execute("DELETE FROM saved WHERE number = ?", (number,))
            return True

    def saved(self) -> list[SavedAnswer]:
        """The saved answers, newest first."""
        with self._connections.snapshot():
            return [
                SavedAnswer(
                    number, question, short, confidence, parse_iso(saved),
                    tuple(self._citations(number)),
                )
                for number, question, short, confidence, saved in self._connections.rows(
                    "SELECT number, question, short, confidence, saved FROM saved "
                    "ORDER BY number DESC"
                )
            ]  # fmt: skip

    def _citations(self, number: int) -> Iterator[SavedCitation]:
        rows = self._connections.rows(
            "SELECT marker, id, version, start, end, speaker, voice FROM saved_citations "
            "WHERE saved = ? ORDER BY marker",
            (number,),
        )
        for marker, article_id, version, start, end, speaker, voice in rows:
            known = {one.article.version: one.article for one in self.versions(article_id)}
            cited = known.get(version)
            if cited is None:
                yield SavedCitation(marker, article_id, None, None)
                continue
            quote = cited.text[start:end]
            citation = Citation(marker, quote, start, end, cited, speaker, voice)
            yield SavedCitation(marker, article_id, citation, known[max(known)])
