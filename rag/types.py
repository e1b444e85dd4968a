"""The values that Dateline's stages hand to one another: frozen, and knowing no file or model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timezone
from typing import Literal

from rag.errors import ArticleError, ConfigError

# What kind of answer a question wants: the best quotes, the evidence on both sides, or all items.
Form = Literal["plain", "yes_no", "list"]

# Who vouches for a sentence.
Voice = Literal["article", "claim", "opinion"]


class Day(datetime):
    """A date without a time of day: midnight UTC of that day, and marked as a whole day.

    It compares with any timezone-aware datetime; `isoformat` gives the date alone.
    """

    @classmethod
    def of(cls, day: date) -> Day:
        """The whole day on which `day` falls."""
        return cls(day.year, day.month, day.day, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The last instant of the day."""
        return datetime.combine(self.date(), time.max, tzinfo=UTC)

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        """The date alone, as YYYY-MM-DD."""
        return self.date().isoformat()

    def __str__(self) -> str:
        """The date alone, as YYYY-MM-DD."""
        return self.isoformat()


def parse_iso(text: str) -> datetime:
    """The timezone-aware datetime, or the `Day`, that an ISO 8601 text names.

    A time without a zone is taken as UTC. Raises ValueError for anything else.
    """
    text = text.strip()
    try:
        return Day.of(date.fromisoformat(text))
    except ValueError:
        return aware(datetime.fromisoformat(text))


def aware(moment: date) -> datetime:
    """The same moment, timezone-aware: a date becomes its `Day`, a naive datetime is in UTC.

    Of a zone its offset at that moment is kept, which compares and is stored exactly.
    """
    if not isinstance(moment, datetime):
        return Day.of(moment)
    if isinstance(moment.tzinfo, timezone):
        return moment
    offset = moment.utcoffset()
    return moment.replace(tzinfo=UTC if offset is None else timezone(offset), fold=0)


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
class Found:
    """The words of one sentence that would answer best, were they to answer.

    `sentence` and `answer` are spans of the article's text, and `score` is the natural logarithm
    of the chance that the answer is these words and no others of the passage.
    """

    sentence: Span
    answer: Span
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage and a question.

    `relevance` orders the passages of one question, `answers` is the logarithm of the odds that
    the passage answers; `found` holds the best words of each sentence, best first.
    """

    relevance: float
    answers: float
    found: tuple[Found, ...]


def merge_readings(readings: Sequence[Reading]) -> Reading | None:
    """What was read piece by piece as one reading, of each figure the best; None for nothing."""
    if not readings:
        return None
    found: dict[Span, Found] = {}
    for piece in (piece for reading in readings for piece in reading.found):
        if piece.sentence not in found or piece.score > found[piece.sentence].score:
            found[piece.sentence] = piece
    return Reading(
        max(reading.relevance for reading in readings),
        max(reading.answers for reading in readings),
        tuple(sorted(found.values(), key=lambda piece: (-piece.score, piece.sentence.start))),
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with nearly the same text: who else carries the story, and where."""

    id: str
    title: str
    source: str | None
    url: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by a search, with its score and the scores of the two searches behind it.

    `score` orders the hits of one search, from 0 to 1. `vector_score` is the cosine of question
    and passage (-1..1), `word_score` the BM25 score (0 and up); None where that search did not
    return the passage. `reading` is what the reader makes of it with the question in mind, None
    where it was not read. `copies` are other articles that carry the same story: all of them
    together are one hit, and one source.
    """

    passage: Passage
    article: Article
    score: float
    vector_score: float | None = None
    word_score: float | None = None
    reading: Reading | None = None
    copies: tuple[Copy, ...] = ()

    @property
    def story(self) -> str:
        """A name that the hits of one story share, whichever of its copies they are from."""
        return min([self.article.id, *(copy.id for copy in self.copies)])


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact quote and its place: always `article.text[start:end] == quote`.

    `marker` is the number that stands for it in the answer's text, as in [1]. `voice` tells who
    vouches for it: the article itself, somebody whose claim it reports, or the author of an
    opinion; `speaker` is who claims it, where that could be told. `copies` are other articles
    that carry the same story. Raises ValueError where the quote does not stand at its offsets:
    such a citation cannot be made.
    """

    marker: int
    quote: str
    start: int
    end: int
    article: Article
    speaker: str | None = None
    voice: Voice = "article"
    copies: tuple[Copy, ...] = ()

    def __post_init__(self) -> None:
        length = self.end - self.start  # a slice would take places before or past the text too
        exact = self.article.text[self.start : self.end] == self.quote
        if not self.quote or self.start < 0 or length != len(self.quote) or not exact:
            raise ValueError(
                f"quote is not the text of article {self.article.id} at {self.start}:{self.end}"
            )


@dataclass(frozen=True, slots=True)
class Statement:
    """Reported speech: who says what in an article; always `article.text[start:end] == content`.

    `speaker` is the full name, where it can be told, of the person, body or document that says
    it, and `role` the title that goes with it. `cue` is the word or words of saying as they
    stand in the article, empty where there are none. `content` is the reported words, without
    quotation marks around them; `kind` tells whether they are quoted, retold, or retold with
    quoted parts. Raises ValueError where the content does not stand at its offsets.
    """

    speaker: str | None
    role: str | None
    cue: str
    content: str
    kind: Literal["direct", "indirect", "mixed"]
    start: int
    end: int
    article: Article

    def __post_init__(self) -> None:
        length = self.end - self.start
        exact = self.article.text[self.start : self.end] == self.content
        if not self.content or self.start < 0 or length != len(self.content) or not exact:
            raise ValueError(
                f"content is not the text of article {self.article.id} at {self.start}:{self.end}"
            )

    @property
    def date(self) -> datetime | None:
        """The article's date."""
        return self.article.date


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a question was asked of: how many articles, from when to when, from which sources.

    `undated` counts the articles whose date is not known; `sources` is in order of size.
    """

    articles: int
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """A value that some sources give where others give another.

    `value` is as it stands in the best quote, `markers` are those of the citations that give it,
    `sources` the outlets that do, all copies of a story as one; `since` is the newest date of
    them, None where none is known.
    """

    value: str
    markers: tuple[int, ...]
    sources: tuple[str, ...]
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question: quotes with their citations, or that they do not.

    `text` holds the quotes with their marks, such as [1], or the sentence that says that there
    is no answer. `short` is the few words that answer, or None where they cannot be told.
    `confidence` (0..1) is the estimated chance that the citations answer the question.
    `nearest` are the passages that came closest, best first: not evidence, when `abstained`.
    `positions` are the values on which sources differ, newest first; empty where they do not.
    """

    question: str
    text: str
    citations: tuple[Citation, ...] = ()
    short: str | None = None
    abstained: bool = False
    confidence: float = 0.0
    searched: Coverage = field(default_factory=lambda: Coverage(0))
    nearest: tuple[Hit, ...] = ()
    positions: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One of the texts that an article has had, and when the archive took it in.

    `article.version` numbers it.
    """

    article: Article
    ingested: datetime


# What became of an article after an answer that cites it was saved: a change that a notice of
# correction came with is one worth looking at first.
Fate = Literal["current", "changed", "corrected", "removed"]


@dataclass(frozen=True, slots=True)
class SavedCitation:
    """A citation of a saved answer, and the article as it is now.

    `citation` is of the version that was cited, and `newest` the article's newest version; both
    are None where it was removed.
    """

    marker: int
    article_id: str
    citation: Citation | None
    newest: Article | None
    fate: Fate = "current"


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer that was saved: its question, its quotes, and what became of their articles.

    `number` names it. `short` is None too where one of its articles was removed since.
    """

    number: int
    question: str
    short: str | None
    confidence: float
    saved: datetime
    citations: tuple[SavedCitation, ...]

    @property
    def fate(self) -> Fate:
        """The gravest of what became of its articles."""
        fates = {one.fate for one in self.citations}
        order: tuple[Fate, ...] = ("removed", "corrected", "changed", "current")
        return next(fate for fate in order if fate in fates)


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits to which articles are searched; None sets no limit.

    `sources` and `languages` match whole names without regard to case. `since` and `until`
    are inclusive and compare with an article's date; ISO 8601 text is accepted and a date
    alone means the whole day. An article without a date is outside any limit of dates.
    Raises ConfigError for a date that cannot be read and a name that is no text.
    """

    sources: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    languages: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("sources", "languages"):
            value = getattr(self, name)
            if value is not None:
                values = (value,) if isinstance(value, str) else tuple(value)
                for item in values:
                    _check_name(name, item)
                object.__setattr__(self, name, values or None)
        for name in ("since", "until"):
            object.__setattr__(self, name, _limit(name, getattr(self, name)))
        if self.since and self.until and self.since > self.until:
            raise ConfigError(f"since ({self.since}) is later than until ({self.until})")

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return any((self.sources, self.since, self.until, self.languages))


def _check_name(name: str, value: object) -> None:
    try:
        str.encode(value)  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):
        raise ConfigError(f"{name} has {value!r}, which is no text; give names") from None


def _limit(name: str, value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = parse_iso(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, date):
        raise ConfigError(f"{name} is {value!r}; give a date such as 2024-02-26")
    moment = aware(moment)
    return moment.end if name == "until" and isinstance(moment, Day) else moment


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not added: where it stands and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of everything that was to be added: article ids, and what was skipped.

    `duplicates` are articles that say nothing of their own: the same text as one that is kept,
    without a URL of their own.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long run is: articles stored, passages embedded, the fraction done, if known."""

    articles: int
    passages: int
    skipped: int
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and what it was made with.

    `sources` and `languages` map a name to its number of articles. `size` is in bytes on disk.
    `copies` counts the articles that are copies of another one, `versions` the older texts of
    articles that are kept, `saved` the answers that were saved.
    """

    path: str
    articles: int
    passages: int
    coverage: Coverage
    sources: dict[str, int]
    languages: dict[str, int]
    embedder: str
    generation: int
    size: int
    statements: int = 0
    copies: int = 0
    versions: int = 0
    saved: int = 0
