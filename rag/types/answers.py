"""Answers, what they cite, and what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rag.types.articles import Article, Copy
from rag.types.hits import Hit

# What kind of answer a question wants: the best quotes, the evidence on both sides, or all items.
Form = Literal["plain", "yes_no", "list"]


# Who vouches for a sentence.
Voice = Literal["article", "claim", "opinion"]


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
    them, None where none is known. One of the values at least has a sentence above the threshold.
    That of another may score less, where it gives a value of the same kind to all that is asked:
    who found one value in an article doubts the others, and a reader has to see both.
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
