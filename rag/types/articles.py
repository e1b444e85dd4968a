"""Articles, and what they are cut into."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from rag.errors import ArticleError
from rag.types.dates import aware


def make_id(name: str) -> str:
    """A stable article id of 16 hexadecimal digits for a URL, or for a text without one."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Article:
    """One news article: its text, to which every offset refers, and what is known of it.

    `published` and `updated` are timezone-aware, or a `Day` where only the date is known, or
    None where nothing is; a date or naive datetime given here is made so. `language` is a two
    or three letter ISO 639 code. What is blank is taken as not known. `version` counts the texts
    that the archive has had under this id, from 1; it is set by the archive, and two articles that
    differ in nothing else are equal. Raises ArticleError for an article without text or id.
    """

    id: str
    text: str
    title: str = ""
    url: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    section: str | None = None
    version: int = field(default=1, compare=False)

    def __post_init__(self) -> None:
        where = self.url or self.title or self.id or "article"
        for name in ("id", "text"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                raise ArticleError(where, f"no {name}")
        for name in ("published", "updated"):
            value = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, date):
                raise ArticleError(where, f"{name} is {value!r}, not a date or a datetime")
            object.__setattr__(self, name, aware(value))
        authors = (self.authors,) if isinstance(self.authors, str) else self.authors or ()
        if not isinstance(authors, Iterable):
            raise ArticleError(where, f"authors are {authors!r}, not names")
        object.__setattr__(self, "authors", tuple(authors))
        object.__setattr__(self, "title", self.title or "")
        for name in ("id", "text", "title", "url", "source", "language", "section"):
            value = getattr(self, name)
            if value is not None:
                _check_text(where, name, value)
                if not value.strip():
                    object.__setattr__(self, name, "" if name == "title" else None)
        for author in self.authors:
            _check_text(where, "authors", author)

    @property
    def date(self) -> datetime | None:
        """The date to show and to sort by: of publication, else of the last update."""
        return self.published or self.updated


def _check_text(where: str, name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ArticleError(where, f"{name} is {type(value).__name__}, not text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        why = f"{name} holds half a character (a lone surrogate) at {error.start}"
        raise ArticleError(where, why) from None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's text: `text[start:end]`, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: the unit that is embedded and searched.

    `start` and `end` are character offsets into the article's text, `text` is exactly what
    stands there, `sentences` are the spans, in the article's offsets, of its sentences.
    """

    article_id: str
    ordinal: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with nearly the same text: who else carries the story, and where."""

    id: str
    title: str
    source: str | None
    url: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """One of the texts that an article has had, with its headline.

    `article.version` numbers it. `ingested` is when the archive took it in, `since` when it came
    out: the date of its update or publication, or when it was taken in where neither is known.
    """

    article: Article
    ingested: datetime
    since: datetime
