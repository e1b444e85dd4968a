"""From what came of each question to the figures of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rag.evaluation.metrics import (
    Numbers,
    Reliability,
    RiskCoverage,
    auroc,
    interval,
    ranking,
    reliability,
    risk_coverage,
)
from rag.evaluation.run import Outcome

# Key -> (group, what it is). The keys are what floors and scripts go by: never renamed.
FIGURES = {
    "hit@1": ("Finding", "an article that answers comes first"),
    "hit@5": ("Finding", "... is among the first 5 articles"),
    "hit@10": ("Finding", "... among the first 10"),
    "mrr": ("Finding", "mean reciprocal rank"),
    "ndcg@10": ("Finding", "nDCG@10"),
    "map": ("Finding", "mean average precision"),
    "recall@4": ("Finding", "articles that answer among the first 4"),
    "recall@10": ("Finding", "... among the first 10"),
    "answer@1": ("Finding", "the first passage holds the answer"),
    "answer@5": ("Finding", "one of the first 5 passages does"),
    "em": ("Answering", "short answer exact, of answerable"),
    "f1": ("Answering", "... F1 of its words"),
    "held": ("Answering", "a quote holds the answer, of answerable"),
    "em_answered": ("Answering", "short answer exact, of answered"),
    "f1_answered": ("Answering", "... F1 of its words"),
    "held_answered": ("Answering", "a quote holds the answer, of answered"),
    "em_unbarred": ("Answering", "short answer exact, if all were answered"),
    "f1_unbarred": ("Answering", "... F1 of its words"),
    "held_unbarred": ("Answering", "a quote holds it, if all were answered"),
    "attribution": ("Answering", "the right speaker is named"),
    "verbatim": ("Answering", "citations verbatim at their offsets"),
    "answered": ("Abstaining", "answerable questions answered"),
    "answered_unanswerable": ("Abstaining", "unanswerable questions answered"),
    "auroc": ("Abstaining", "AUROC of confidence, answerable or not"),
    "risk_area": ("Abstaining", "area under risk-coverage"),
    "calibration_error": ("Abstaining", "expected calibration error"),
}
LOWER_IS_BETTER = frozenset({"answered_unanswerable", "risk_area", "calibration_error"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over `n` questions (or citations), with its 95% interval, if it has one."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a data set allows to be measured, in the order of `FIGURES`.

    `milliseconds` maps a stage to its median and its 90th percentile.
    """

    values: dict[str, Figure]
    milliseconds: dict[str, tuple[float, float]]
    risk_coverage: RiskCoverage | None
    reliability: Reliability | None


def compute(outcomes: Sequence[Outcome]) -> Figures:
    """The figures of a run, those left out that its questions do not allow."""
    found = dict(_values(outcomes))
    judged = [outcome for outcome in outcomes if outcome.judged]
    pairs = ([o.unbarred.confidence for o in judged], [o.right for o in judged])
    return Figures(
        {key: found[key] for key in FIGURES if key in found},
        _times(outcomes),
        risk_coverage(*pairs) if judged else None,
        reliability(*pairs) if judged else None,
    )


def _values(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, Figure]]:
    with_gold = [o for o in outcomes if o.question.gold]
    if with_gold:
        ranks = ranking([o.ranked for o in with_gold], [o.question.gold for o in with_gold])
        for key, values in ranks.items():
            yield key, _mean(values)
    with_answers = [o for o in outcomes if o.question.answers]
    answered = [o for o in with_answers if o.answered]
    if with_answers:
        for k in (1, 5):
            yield f"answer@{k}", _mean([(o.answer_rank or k + 1) <= k for o in with_answers])
    for suffix, group in (("", with_answers), ("_answered", answered)):
        if group:
            yield f"em{suffix}", _mean([o.em(o.answer) for o in group])
            yield f"f1{suffix}", _mean([o.f1(o.answer) for o in group])
            yield f"held{suffix}", _mean([o.held for o in group])
    if with_answers:
        yield "em_unbarred", _mean([o.em(o.unbarred) for o in with_answers])
        yield "f1_unbarred", _mean([o.f1(o.unbarred) for o in with_answers])
        yield "held_unbarred", _mean([o.right for o in with_answers])
    spoken = [o for o in outcomes if o.question.speaker]
    if spoken:
        yield "attribution", _mean([o.attributed for o in spoken])
    cited = sum(o.cited for o in outcomes)
    if cited:
        yield "verbatim", Figure(sum(o.exact for o in outcomes) / cited, cited)
    yield from _abstaining(outcomes)


def _abstaining(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, Figure]]:
    able = [o for o in outcomes if o.question.answerable]
    unable = [o for o in outcomes if not o.question.answerable]
    for key, group in (("answered", able), ("answered_unanswerable", unable)):
        if group:
            yield key, _mean([o.answered for o in group])
    if able and unable:
        samples = [np.array([o.unbarred.confidence for o in group]) for group in (able, unable)]
        yield "auroc", Figure(auroc(*samples), len(outcomes), *interval(auroc, *samples))
    judged = [o for o in outcomes if o.judged]
    if judged:
        rows = np.array([(o.unbarred.confidence, o.right) for o in judged], float)
        for key, measure in (("risk_area", _risk_area), ("calibration_error", _error)):
            yield key, Figure(measure(rows), len(rows), *interval(measure, rows))


def _risk_area(rows: Numbers) -> float:
    return risk_coverage(rows[:, 0], rows[:, 1]).area


def _error(rows: Numbers) -> float:
    return reliability(rows[:, 0], rows[:, 1]).error


def _mean(values: ArrayLike) -> Figure:
    numbers = np.asarray(values, float)
    return Figure(float(numbers.mean()), len(numbers), *interval(lambda x: x.mean(), numbers))


def _times(outcomes: Sequence[Outcome]) -> dict[str, tuple[float, float]]:
    stages = dict.fromkeys(stage for outcome in outcomes for stage in outcome.seconds)
    times = {}
    for stage in stages:
        taken = [1000 * o.seconds[stage] for o in outcomes if stage in o.seconds]
        median, slow = np.percentile(taken, (50, 90))
        times[stage] = (float(median), float(slow))
    return times
