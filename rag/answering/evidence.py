"""Evidence: which sentences of the hits answer a question, and how surely.

The reader says of every passage whether it answers, and with which words of which sentence. What
it cannot see is added as plain figures: whether the article speaks of everything that the
question names, whether the words found are of the kind that is asked for, whether another article
says the same. A logistic regression, fitted by `benchmarks/fit_evidence.py`, makes one chance of
them, which is then calibrated on other questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.analysis.lineage import dateline_end
from rag.analysis.notices import withdrawn
from rag.analysis.words import NUMBERS, plain, stems
from rag.answering.names import Named, counts_what_is_asked, find_speaker
from rag.answering.question import AMOUNTS, COUNTS, TIMES, Question
from rag.models.tagger import name
from rag.types import Copy, Found, Hit, Span, Voice

_NAMES = "names and numbers of the question in the article, source and date"
FEATURES = (
    "log-odds that the passage answers, by the reader",
    "logarithm of the chance of the words, by the reader",
    "the passage's relevance less that of the best, by the reader",
    "score of the hit",
    "rank of the hit, 1 for the first, 1/2 for the second",
    "words of the question in the sentence",
    "words of the question in the passage, title, source and date",
    "words of the question in the article, source and date",
    "names and numbers of the question in the passage, title, source and date",
    _NAMES,
    "main verb or counted noun in the sentence",
    "the words are a name of the kind that is asked for",
    "the words are no name of the kind that is asked for",
    "a number that is asked for in front of what it counts",
    "another story gives the same words",
)
# Sentences that are weighed, of all those that were read, and those taken apart for an answer.
_CANDIDATES = 12
_CLOSELY = 3
_LONGEST = 1_000
# "How old" is told by "101" of "101-year-old".
_AGE = re.compile(r"(\d+)[- ]years?[- ]old", re.IGNORECASE)
_PRONOUNS = frozenset("he she it they we i you him her them us me his this that who".split())
# Words that tell how many, if vaguely.
_NUMERALS = set(NUMBERS) | set(
    "a an half third quarter dozen dozens score scores hundred hundreds thousand thousands million "
    "millions billion billions trillion both all none no nothing few several many most hardly "
    "double twice triple free".split()
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may answer: a span of the article of `hit`.

    `score` (0..1) is the estimated chance that it answers the question. `short` is the span of
    the few words that answer, `voice` tells who vouches for it, and `speaker` who says it, where
    that could be told. `copies` are articles that have the same sentence.
    """

    hit: Hit
    span: Span
    score: float
    short: Span | None = None
    speaker: str | None = None
    voice: Voice = "article"
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that was read, with the words of it that would answer, and the names in it."""

    hit: Hit
    rank: int
    found: Found
    named: Named

    @property
    def sentence(self) -> str:
        """The sentence."""
        return _text(self.hit, self.found.sentence)

    @property
    def answer(self) -> str:
        """The words that would answer."""
        return _text(self.hit, self.found.answer)


def weigh(asked: Question, hits: Sequence[Hit]) -> list[Evidence]:
    """The sentences of the hits that were read, by their chance of answering, best first."""
    candidates, features = look(asked, hits)
    if not candidates:
        return []
    scores = 1 / (1 + np.exp(-(_SLOPE * (features @ WEIGHTS + BIAS) + _OFFSET)))
    # An article that does not know a name or number of the question is about something else, more
    # often than the few such questions that the weights were fitted on can tell.
    scores *= features[:, FEATURES.index(_NAMES)]
    order = sorted(range(len(candidates)), key=lambda row: (-scores[row], row))
    return [
        _evidence(asked, candidates[row], float(scores[row]), closely=rank < _CLOSELY)
        for rank, row in enumerate(order)
    ]


def _evidence(asked: Question, one: Candidate, score: float, closely: bool) -> Evidence:
    if not closely:
        return Evidence(one.hit, one.found.sentence, score, one.found.answer)
    speaker = _speaker(asked, one)
    words = _words(asked, one)
    if speaker and words and _says_it_better(asked, one, speaker, words):
        words = speaker
    name = _text(one.hit, speaker) if speaker else None
    return Evidence(one.hit, one.found.sentence, score, words, name)


def look(asked: Question, hits: Sequence[Hit]) -> tuple[list[Candidate], NDArray[np.float64]]:
    """The sentences worth a look, and their features, of shape (sentences, features)."""
    candidates = _candidates(hits)
    if not candidates:
        return [], np.zeros((0, len(FEATURES)))
    around = {id(one.hit): _Around.of(asked, one.hit) for one in candidates}
    most = max(one.hit.reading.relevance for one in candidates if one.hit.reading)
    answers = [frozenset(stems(one.answer)) for one in candidates]
    rows = []
    for row, one in enumerate(candidates):
        reading = one.hit.reading
        assert reading is not None
        near = around[id(one.hit)]
        words = set(stems(one.sentence))
        fits = _fits(asked, one)
        others = {
            other.hit.story
            for other, said in zip(candidates, answers, strict=True)
            if said and said == answers[row]
        }
        rows.append(
            [
                max(-8.0, min(8.0, reading.answers)),
                max(-12.0, one.found.score),
                max(-8.0, reading.relevance - most),
                one.hit.score,
                1 / one.rank,
                share(asked.weights, words),
                near.in_passage,
                near.in_article,
                near.names_in_passage,
                near.names_in_article,
                float(bool(asked.heads & words)),
                float(fits),
                float(bool(asked.labels) and not fits),
                float(fits and counts_what_is_asked(asked, one.sentence, one.named)),
                float(len(others) > 1),
            ]
        )
    return candidates, np.array(rows)


def _candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """The sentences that the reader likes best, but for what an article has withdrawn."""
    errors = {id(hit): withdrawn(hit.article) for hit in hits}
    liked = [
        (piece.score + hit.reading.answers + hit.reading.relevance, hit, rank, piece)
        for rank, hit in enumerate(hits, 1)
        if hit.reading
        for piece in hit.reading.found
        if piece.sentence.end - piece.sentence.start <= _LONGEST
        and piece.sentence not in errors[id(hit)]
    ]
    liked.sort(key=lambda one: -one[0])
    best = liked[:_CANDIDATES]
    docs = name([_text(hit, piece.sentence) for _, hit, _, piece in best])
    return [
        Candidate(hit, rank, piece, Named.of(doc))
        for (_, hit, rank, piece), doc in zip(best, docs, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Around:
    """How much of a question stands around a sentence."""

    in_passage: float
    in_article: float
    names_in_passage: float
    names_in_article: float

    @classmethod
    def of(cls, asked: Question, hit: Hit) -> _Around:
        article = hit.article
        day = f"{article.date.day} {article.date:%B %Y}" if article.date else ""
        known = f"{article.title} {article.source or ''} {day}"
        passage = set(stems(f"{known} {hit.passage.text}"))
        whole = set(stems(f"{known} {article.text}"))
        names = dict.fromkeys(asked.names, 1.0)
        return cls(
            share(asked.weights, passage),
            share(asked.weights, whole),
            share(names, passage),
            share(names, whole),
        )


def share(weights: dict[str, float], words: set[str]) -> float:
    """The share of the weight that lies on words that are there; 1 where there is no weight."""
    total = sum(weights.values())
    if not total:
        return 1.0
    return sum(weight for stem, weight in weights.items() if stem in words) / total


def _fits(asked: Question, one: Candidate) -> bool:
    """Whether the words found are, or hold, a name of the kind that is asked for."""
    start = one.found.answer.start - one.found.sentence.start
    end = one.found.answer.end - one.found.sentence.start
    return any(
        each.label in asked.labels and each.start < end and start < each.end
        for each in one.named.names
    )


def _speaker(asked: Question, one: Candidate) -> Span | None:
    """Who says it, as the sentence does, where a question asks for that."""
    place = find_speaker(asked, one.sentence)
    start = one.found.sentence.start
    return Span(start + place.start, start + place.end) if place else None


def _says_it_better(asked: Question, one: Candidate, speaker: Span, words: Span) -> bool:
    """Whether the speaker is what the words say with more around it, or they name nobody."""
    within = words.start <= speaker.start and speaker.end <= words.end
    return within or not _fits(asked, one)


def _words(asked: Question, one: Candidate) -> Span | None:
    """The words that answer: of "when" a time, where the reader took other words for one.

    Of "how many" a number; of more than a dateline, what comes behind it. None where the sentence
    has no such words, or only a pronoun.
    """
    found = one.found
    said = plain(one.answer)
    if not said or said in _PRONOUNS:
        return None
    if asked.labels in (COUNTS, AMOUNTS):
        return _number(asked, one)
    if age := _AGE.fullmatch(one.answer):
        return Span(found.answer.start, found.answer.start + age.end(1))
    if asked.labels != TIMES:
        behind = found.sentence.start + dateline_end(one.sentence)
        within = found.answer.start < behind < found.answer.end
        return Span(behind, found.answer.end) if within else found.answer
    times = [
        Span(found.sentence.start + each.start, found.sentence.start + each.end)
        for each in one.named.names
        if each.label in TIMES and not each.stems <= set(asked.weights)
    ]
    if not times:
        return found.answer
    for time in times:
        if time.start < found.answer.end and found.answer.start < time.end:
            # All of it: of "Monday (February 26)" the reader may have taken the first word.
            return Span(min(time.start, found.answer.start), max(time.end, found.answer.end))
    return min(times, key=lambda time: abs(time.start - found.answer.start))


def _number(asked: Question, one: Candidate) -> Span | None:
    """The reader's words where they have a number, else the number nearest to them."""
    found = one.found
    if re.search(r"\d", one.answer) or set(plain(one.answer).split()) & _NUMERALS:
        return found.answer
    numbers = [
        Span(found.sentence.start + each.start, found.sentence.start + each.end)
        for each in one.named.names
        if each.label in asked.labels and not each.stems <= set(asked.weights)
    ]
    return min(numbers, key=lambda span: abs(span.start - found.answer.start), default=None)


def _text(hit: Hit, span: Span) -> str:
    return hit.article.text[span.start : span.end]


# Confidence at and above which a question is answered: where a right answer kept back costs three
# times as much as a quote that does not answer, which a reader can see for what it is.
THRESHOLD = 0.25
# Calibration: the chance that the best sentence is right, on the tuning halves of quiz, hard
# questions and strangers', by weights fitted without the question.
_SLOPE, _OFFSET = 1.03, -1.30

# Fitted by benchmarks/fit_evidence.py; in the order of FEATURES.
WEIGHTS = np.array(
    [-0.02, 0.43, 0.24, 1.46, 1.42, 1.07, -0.45, -0.61, 0.06, 0.87, 0.44, -0.09, -0.34, -0.27, 0.39]
)
BIAS = -2.23
