"""Asks a data set's questions of an archive, and keeps what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter

from rag.archive import Archive
from rag.evaluation.dataset import Question
from rag.evaluation.metrics import exact_match, holds, same_name, token_f1
from rag.models.protocols import Reader
from rag.tracing import Trace
from rag.types import Answer, Hit, Passage, Reading

# How many passages are looked through for the articles of a ranking.
DEPTH = 100
# Readings that are kept: those of some questions.
_REMEMBERED = 200
# An article that answers counts as found among that many.
_FOUND = 10


@dataclass(frozen=True)
class Outcome:
    """What came of one question.

    `hits` is what a search for k passages gives, `ranked` the ids of articles by their best
    passage: those of `hits`, then those that only a deeper search finds. `answer` is the one
    that users get; `unbarred` is what would have been answered without a threshold, the same
    where it was answered. `exact` of `cited` citations stand in the stored articles letter for
    letter. `seconds` is the time of "ask" and of the stages in it.
    """

    question: Question
    hits: tuple[Hit, ...]
    ranked: tuple[str, ...]
    answer: Answer
    unbarred: Answer
    cited: int
    exact: int
    seconds: dict[str, float]

    @property
    def answered(self) -> bool:
        """Whether users get an answer."""
        return not self.answer.abstained

    @property
    def judged(self) -> bool:
        """Whether it is known what a right answer would be."""
        return bool(self.question.answers) or not self.question.answerable

    @cached_property
    def gold_rank(self) -> int | None:
        """The rank of the first article that answers, from 1; None where none was found."""
        return next((n for n, i in enumerate(self.ranked, 1) if i in self.question.gold), None)

    @cached_property
    def answer_rank(self) -> int | None:
        """The rank of the first passage that holds an answer, from 1."""
        wanted = self.question.answers
        return next((n for n, h in enumerate(self.hits, 1) if holds(h.passage.text, wanted)), None)

    @property
    def held(self) -> bool:
        """Whether a quote of the answer that users get holds a right answer."""
        return self._holds(self.answer)

    @cached_property
    def right(self) -> bool:
        """The same of what would be answered without a threshold."""
        return self._holds(self.unbarred)

    def em(self, answer: Answer) -> float:
        """Exact match of an answer's short one; 0 where there is none."""
        return exact_match(answer.short or "", self.question.answers)

    def f1(self, answer: Answer) -> float:
        """F1 of the words of an answer's short one; 0 where there is none."""
        return token_f1(answer.short or "", self.question.answers)

    @property
    def attributed(self) -> bool:
        """Whether the speaker that was asked for is named, with a quote or as short answer."""
        named = [citation.speaker for citation in self.answer.citations] + [self.answer.short]
        wanted = self.question.speaker or ""
        return any(same_name(name, wanted) for name in named if name)

    def _holds(self, answer: Answer) -> bool:
        return any(holds(c.quote, self.question.answers) for c in answer.citations)


class RememberingReader:
    """Reads nothing twice of what was read last: asking the same again costs no reading."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str, int], Reading] = {}

    def read(
        self, question: str, passages: Sequence[Passage], headers: Sequence[str]
    ) -> list[Reading]:
        """A reading of each passage, as the other reader gives it."""
        keys = [(question, passage.article_id, passage.start) for passage in passages]
        if not all(key in self._known for key in keys):
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            # All of them at once, for what is read together may count a little.
            readings = self._reader.read(question, passages, headers)
            self._known.update(zip(keys, readings, strict=True))
        return [self._known[key] for key in keys]


def run(
    archive: Archive, unbarred: Archive, questions: Iterable[Question], k: int = 10
) -> Iterator[Outcome]:
    """What comes of each question, one after the other.

    `unbarred` is the same index opened with a threshold of 0.
    """
    for opened in (archive, unbarred):
        opened.ask("What is this?")  # loads what is loaded once
    for question in questions:
        yield ask(archive, unbarred, question, k)


def ask(archive: Archive, unbarred: Archive, question: Question, k: int) -> Outcome:
    """What comes of one question; `unbarred` is the same index at a threshold of 0."""
    text, asked = question.text, question.asked
    started = perf_counter()
    with Trace() as trace:
        answer = archive.ask(text, asked=asked)
    seconds = {"ask": perf_counter() - started, **trace.seconds}
    hits = archive.search(text, k, asked=asked)
    # A search for more passages may order the first ones otherwise, so they keep their order.
    deeper = archive.search(text, DEPTH, asked=asked) if question.gold else []
    ranked = tuple(dict.fromkeys(hit.article.id for hit in [*hits, *deeper]))
    would = unbarred.ask(text, asked=asked) if answer.abstained else answer
    cited = would.citations
    exact = sum(_is_exact(archive, c.article.id, c.start, c.end, c.quote) for c in cited)
    return Outcome(question, tuple(hits), ranked, answer, would, len(cited), exact, seconds)


def _is_exact(archive: Archive, article_id: str, start: int, end: int, quote: str) -> bool:
    stored = archive.get(article_id)
    return stored is not None and stored.text[start:end] == quote


def worst(outcomes: Iterable[Outcome], count: int = 30) -> list[tuple[str, Outcome]]:
    """The worst failures with their kinds: the surest wrong answers, then what was missed."""
    found = []
    for outcome in outcomes:
        question, beyond = outcome.question, (outcome.gold_rank or DEPTH + 1)
        if outcome.answered and outcome.judged and not outcome.held:
            kind = "answered wrongly" if question.answerable else "answered though unanswerable"
            found.append((0, -outcome.answer.confidence, kind, outcome))
        elif question.answers and not outcome.answered:
            found.append((1, -beyond, "not answered", outcome))
        elif question.gold and not question.answers and beyond > _FOUND:
            found.append((1, -beyond, "not found", outcome))
    found.sort(key=lambda failure: failure[:2])
    return [(kind, outcome) for _, _, kind, outcome in found[:count]]
