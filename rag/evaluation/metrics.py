"""Measures of answers, over plain numbers and texts; those of rankings are from ir-measures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]

# Enough for the two digits of an interval that are shown.
_RESAMPLES = 1_000
_BINS = 10


def plain(text: str) -> str:
    """Lower case without punctuation, articles and further spaces, as SQuAD compares answers."""
    bare = re.sub(r"[^\w\s]|_", "", text.lower())
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether one of the answers stands in the text, whole words only.

    Words are compared as SQuAD does, which joins what a mark parts ("U.S." is "US"), and with a
    word on each side of a mark, for "Colombia's" and "101-year-old" hold "Colombia" and "101".
    """
    answers = list(answers)
    for compared in (plain, _parted):
        padded = f" {compared(text)} "
        if any(f" {answer} " in padded for answer in map(compared, answers) if answer):
            return True
    return False


def _parted(text: str) -> str:
    """As `plain`, with a word on each side of every mark but those within numbers."""
    return plain(re.sub(r"[^\w\s.,]|(?<!\d)[.,]|[.,](?!\d)", " ", text))


def exact_match(found: str, answers: Iterable[str]) -> float:
    """1 where the answer is one of the right ones after `plain`, else 0 (SQuAD's EM)."""
    return float(any(plain(found) == plain(answer) for answer in answers))


def token_f1(found: str, answers: Iterable[str]) -> float:
    """The best F1 of the answer's words with those of a right one (SQuAD's F1)."""
    return max((_f1(plain(found).split(), plain(answer).split()) for answer in answers), default=0)


def _f1(found: list[str], right: list[str]) -> float:
    common = sum((Counter(found) & Counter(right)).values())
    return 2 * common / (len(found) + len(right)) if common else float(found == right)


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one: all words of the shorter stand in the longer."""
    shorter, longer = sorted((set(plain(one).split()), set(plain(other).split())), key=len)
    return bool(shorter) and shorter <= longer


def ranking(rankings: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> dict[str, Numbers]:
    """Measure of a ranking -> its value for each question: hit@k, MRR, nDCG@10, MAP, recall@k.

    `rankings` are article ids, best first; `gold` are the right ones, at least one a question.
    """
    import ir_measures
    from ir_measures import AP, RR, R, Success, nDCG

    measures = {
        "hit@1": Success @ 1,
        "hit@5": Success @ 5,
        "hit@10": Success @ 10,
        "mrr": RR,
        "ndcg@10": nDCG @ 10,
        "map": AP,
        "recall@4": R @ 4,
        "recall@10": R @ 10,
    }
    names = {measure: name for name, measure in measures.items()}
    right = [
        ir_measures.Qrel(str(number), wanted, 1)
        for number, ids in enumerate(gold)
        for wanted in ids
    ]
    # Ranks as scores: equal scores would be put in another order.
    run = [
        ir_measures.ScoredDoc(str(number), found, -float(rank))
        for number, ids in enumerate(rankings)
        for rank, found in enumerate(ids)
    ]
    values = {name: np.zeros(len(gold)) for name in measures}
    for metric in ir_measures.iter_calc(list(measures.values()), right, run):
        values[names[metric.measure]][int(metric.query_id)] = metric.value
    return values


def auroc(positive: ArrayLike, negative: ArrayLike) -> float:
    """The chance that a positive scores above a negative, ties counting half."""
    above, below = np.asarray(positive, float), np.sort(np.asarray(negative, float))
    lower = np.searchsorted(below, above, "left")
    equal = np.searchsorted(below, above, "right") - lower
    return float((lower + equal / 2).mean() / len(below))


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The share of wrong answers (`risk`) among the surest share (`coverage`) of questions."""

    coverage: Numbers
    risk: Numbers
    area: float


def risk_coverage(confidence: ArrayLike, right: ArrayLike) -> RiskCoverage:
    """How the share of wrong answers grows as less sure ones are given too.

    A point for each confidence there is; the area is the mean risk over the questions, each at
    the bar of its own confidence (AURC; Geifman et al. 2019, arXiv:1805.08206).
    """
    sure, wrong = np.asarray(confidence, float), ~np.asarray(right, bool)
    order = np.argsort(-sure, kind="stable")
    last = np.flatnonzero(np.append(np.diff(sure[order]) != 0, True))
    risk = np.cumsum(wrong[order])[last] / (last + 1)
    shares = np.diff(last, prepend=-1) / len(sure)
    return RiskCoverage((last + 1) / len(sure), risk, float(risk @ shares))


@dataclass(frozen=True, slots=True)
class Reliability:
    """Mean confidence and share right of the answers in each tenth of confidence that has any.

    `error` is the expected calibration error: the mean distance of the two, by `count`.
    """

    confidence: Numbers
    right: Numbers
    count: NDArray[np.int64]
    error: float


def reliability(confidence: ArrayLike, right: ArrayLike) -> Reliability:
    """How well confidence tells the share of right answers (Naeini et al. 2015)."""
    sure, good = np.asarray(confidence, float), np.asarray(right, float)
    place = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(place, minlength=_BINS)
    used = counts > 0
    count = counts[used]
    said = np.bincount(place, sure, _BINS)[used] / count
    was = np.bincount(place, good, _BINS)[used] / count
    return Reliability(said, was, count, float(np.abs(said - was) @ count / count.sum()))


def interval(
    measure: Callable[..., float], *samples: ArrayLike, seed: int = 0
) -> tuple[float, float]:
    """The 95% interval of a measure, by drawing each sample again with replacement."""
    drawing = np.random.default_rng(seed)
    arrays = [np.asarray(sample) for sample in samples]
    drawn = [
        measure(*(array[drawing.integers(len(array), size=len(array))] for array in arrays))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(low), float(high)
