"""Fit what turns the reader's figures into scores: of passages, of sentences, and confidence.

    python benchmarks/fit_evidence.py PREPARED INDEXES

PREPARED holds what benchmarks/prepare.py wrote, INDEXES the indexes of `rtqa`, `wikinews` and
`written` (as `dateline eval` makes them). Nothing but tuning parts is used. Two fits, printed as
the constants to copy to rag/answering/evidence.py:

1. Whether a sentence answers, on questions about Wikinews and about articles written for the
   reader that it was not trained on, and the tuning halves of quiz, hard questions and strangers'.
2. Confidence from the best sentence's score, and what each threshold would answer; every question
   is judged by weights that were fitted without it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag.analysis.passages import CHUNKING
from rag.answering.evidence import FEATURES, look
from rag.answering.question import understand
from rag.evaluation.dataset import Question, read_dataset
from rag.evaluation.metrics import holds
from rag.models.minilm import MiniLM
from rag.models.reader import MiniLMReader
from rag.retrieval.search import Retriever
from rag.store.local import LocalStore
from rag.types import Passage, Reading

_FOLDS = 5
_SETS = {
    "wikinews": "wikinews",
    "written": "written",
    "rtqa": "rtqa",
    "hard": "rtqa",
    "strangers": "rtqa",
}
_HITS = 10


@dataclass(frozen=True)
class Looked:
    """A question with its sentences' features, and which of them are right."""

    set: str
    question: Question
    features: NDArray[np.float64]
    right: NDArray[np.bool_]


class Recorder:
    """A reader that keeps what it read, to be asked again without reading."""

    def __init__(self) -> None:
        self._reader = MiniLMReader()
        self._known: dict[tuple[str, str, int], Reading] = {}

    def read(
        self, question: str, passages: Sequence[Passage], headers: Sequence[str]
    ) -> list[Reading]:
        """The readings, from memory where all of them are known."""
        keys = [(question, passage.article_id, passage.start) for passage in passages]
        if not all(key in self._known for key in keys):
            readings = self._reader.read(question, passages, headers)
            self._known.update(zip(keys, readings, strict=True))
        return [self._known[key] for key in keys]


def look_at(
    name: str, question: Question, store: LocalStore, embedder: MiniLM, reader: Recorder
) -> Looked:
    """The features of the sentences that are found for a question, as users' questions are."""
    retriever = Retriever(store, embedder, reader)
    hits = retriever.search(question.text, _HITS, asked=question.asked)
    candidates, features = look(understand(question.text), hits)
    right = [
        one.hit.article.id in question.gold and holds(one.sentence, question.answers)
        for one in candidates
    ]
    return Looked(name, question, features, np.array(right, bool))


def fit(looked: Sequence[Looked]) -> LogisticRegression:
    """Whether a sentence answers; a question whose answer was not found teaches nothing."""
    useful = [q for q in looked if len(q.right) and (q.right.any() or not q.question.answerable)]
    features = np.vstack([q.features for q in useful])
    right = np.concatenate([q.right for q in useful])
    return LogisticRegression(C=0.3, max_iter=3000).fit(features, right)


def best(model: LogisticRegression, one: Looked) -> tuple[float, bool]:
    """The best sentence's score (log-odds) and whether it is right."""
    if not len(one.right):
        return -20.0, False
    scores = model.decision_function(one.features)
    first = int(np.argmax(scores))
    return float(scores[first]), bool(one.right[first])


def main(prepared: Path, indexes: Path) -> None:
    """Fit, and print."""
    embedder, reader = MiniLM(), Recorder()
    stores = {
        name: LocalStore(indexes / name, embedder.info, CHUNKING) for name in set(_SETS.values())
    }
    asked = [
        (name, question, stores[index])
        for name, index in _SETS.items()
        for question in read_dataset(prepared / name, part="tune").questions
    ]
    looked = [look_at(name, q, store, embedder, reader) for name, q, store in asked]
    model = fit(looked)
    for name, weight in zip(FEATURES, model.coef_[0], strict=True):
        print(f"{weight:7.2f}  {name}")
    print(f"WEIGHTS = {[round(float(w), 2) for w in model.coef_[0]]}")
    print(f"BIAS = {model.intercept_[0]:.2f}")
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(looked))
    judged: list[tuple[float, bool]] = [(0.0, False)] * len(looked)
    for number in range(_FOLDS):
        others = fit([q for q, f in zip(looked, fold, strict=True) if f != number])
        for row in np.flatnonzero(fold == number):
            judged[row] = best(others, looked[row])
    scores = np.array([score for score, _ in judged])
    right = np.array([good for _, good in judged])
    apart = np.array([one.set not in ("wikinews", "written") for one in looked])
    platt = LogisticRegression(C=100).fit(scores[apart, None], right[apart])
    slope, offset = float(platt.coef_[0][0]), float(platt.intercept_[0])
    print(f"_SLOPE, _OFFSET = {slope:.2f}, {offset:.2f}")
    confidence = 1 / (1 + np.exp(-(slope * scores + offset)))
    answerable = np.array([one.question.answerable for one in looked])
    for name in _SETS:
        mine = np.array([one.set == name for one in looked])
        line = f"{name}: {mine.sum()} questions"
        if answerable[mine].any():
            line += f", best sentence right {right[mine & answerable].mean():.3f}"
            if not answerable[mine].all():
                line += f", AUROC {roc_auc_score(answerable[mine], scores[mine]):.3f}"
        print(line)
    print("threshold: answered of the quiz's answerable, of hard ones, of strangers'")
    quiz, hard, strange = (
        np.array([one.set == name for one in looked]) for name in ("rtqa", "hard", "strangers")
    )
    for threshold in np.arange(0.05, 0.7, 0.05):
        sure = confidence >= threshold
        shares = [sure[rows].mean() for rows in (quiz & answerable, hard & ~answerable, strange)]
        print(f"  {threshold:.2f}: " + "  ".join(f"{share:.2f}" for share in shares))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:3]))
