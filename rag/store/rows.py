"""How articles and passages stand in the columns of the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np

from rag.types import Article, Filters, Passage, Span, parse_iso

TABLES = """
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
    version INTEGER NOT NULL,
    ingested TEXT NOT NULL,  -- when the archive took this text in
    since TEXT NOT NULL,     -- when this text came out, as far as is known
    moment INTEGER,          -- the article's date in microseconds since 1970, for filters
    source_key TEXT,         -- source and language without regard to case, for filters
    language_key TEXT,
    story INTEGER NOT NULL DEFAULT 0, -- the same for copies of one text; the first one's number
    wire TEXT                -- the agency that is credited
);
CREATE INDEX articles_by_text ON articles (text_digest);
-- Each of the two holds all that filters ask for: a row of the table holds the whole text too.
CREATE INDEX articles_by_moment ON articles (moment, source_key, language_key);
CREATE INDEX articles_by_source ON articles (source_key, moment, language_key);
CREATE INDEX articles_by_story ON articles (story);
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
-- What finds copies: articles that share a band may be near-copies of one another.
CREATE TABLE bands (
    band INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX bands_by_article ON bands (article);
CREATE TABLE statements (
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    kind TEXT NOT NULL,
    cue TEXT NOT NULL,
    speaker TEXT,
    role TEXT,
    PRIMARY KEY (article, start, end, cue)
) WITHOUT ROWID;
CREATE INDEX statements_by_speaker ON statements (speaker);
-- What articles were before: every text but the newest.
CREATE TABLE versions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
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
    since TEXT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE TABLE saved (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL,
    short TEXT,
    confidence REAL NOT NULL,
    saved TEXT NOT NULL
);
-- The quotes of saved answers. Of an article that was removed its id stays, and nothing it says.
CREATE TABLE saved_citations (
    saved INTEGER NOT NULL REFERENCES saved (number) ON DELETE CASCADE,
    marker INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    speaker TEXT,
    voice TEXT NOT NULL,
    PRIMARY KEY (saved, marker)
) WITHOUT ROWID;
CREATE INDEX saved_citations_by_id ON saved_citations (id);
"""

# What `to_article` reads, from articles `a`.
ARTICLE = (
    "a.id, a.text, a.title, a.url, a.source, a.authors, a.published, a.updated, "
    "a.language, a.section, a.version"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def digest(text: str) -> bytes:
    """A 16-byte digest that tells one text from another."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def article_digest(article: Article) -> bytes:
    """A digest of everything that is known of an article: whether it changed."""
    fields = asdict(article)
    del fields["version"]  # counted by the store
    return digest(json.dumps(fields, default=str, ensure_ascii=False, sort_keys=True))


def moment_of(value: datetime) -> int:
    """Microseconds since 1970: exact, and comparable."""
    delta = value - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def article_row(article: Article, version: int, ingested: str, since: str) -> tuple[Any, ...]:
    """The columns of `articles` after its number, up to its story."""
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
        version,
        ingested,
        since,
        moment_of(article.date) if article.date else None,
        article.source.casefold() if article.source else None,
        article.language.casefold() if article.language else None,
    )


def to_article(row: Sequence[Any]) -> Article:
    """The article in the columns `ARTICLE`."""
    article_id, text, title, url, source, authors, published, updated, *rest = row
    language, section, version = rest
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
        version,
    )


def to_passage(article: Article, row: Sequence[Any]) -> Passage:
    """The passage in the columns ordinal, start, end and sentences."""
    ordinal, start, end, packed = row
    pairs = np.frombuffer(packed, "<i4").reshape(-1, 2).tolist()
    sentences = tuple(Span(first, last) for first, last in pairs)
    return Passage(article.id, ordinal, start, end, article.text[start:end], sentences)


def pack(sentences: Sequence[Span]) -> bytes:
    """Sentences as the column of that name holds them."""
    pairs = [(span.start, span.end) for span in sentences]
    return np.array(pairs, "<i4").tobytes()


def where(filters: Filters | None) -> tuple[str, list[Any]]:
    """The WHERE clause over articles `a` for the filters, and its values."""
    clauses: list[str] = []
    values: list[Any] = []
    if filters:
        for column, names in (
            ("source_key", filters.sources),
            ("language_key", filters.languages),
        ):
            if names:  # as one value: the number of values in a statement is limited
                clauses.append(f"a.{column} IN (SELECT value FROM json_each(?))")
                values.append(json.dumps([name.casefold() for name in names]))
        if filters.since:
            clauses.append("a.moment >= ?")
            values.append(moment_of(filters.since))
        if filters.until:
            clauses.append("a.moment <= ?")
            values.append(moment_of(filters.until))
    return (f"WHERE {' AND '.join(clauses)}" if clauses else ""), values
