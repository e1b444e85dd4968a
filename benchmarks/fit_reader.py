"""Fit the rule reader's weights, and say how well it then chooses sentences and abstains.

    python benchmarks/fit_reader.py QUIZ_FOLDER QUIZ_INDEX OUT_OF_CORPUS_QUESTIONS SQUAD_FILE

A sentence is right where it holds an answer in an article that answers. Fitted on every second
question of: the news quiz (checked labels), 300 news questions that no article of the quiz
answers, samples/questions.jsonl, and 600 questions of a file in SQuAD's form, whose paragraphs
are taken for articles: half of them asked of the right paragraph alone. Prints the constants for
rag/answering/rules.py, and the threshold's choices: what share of each kind of question is
answered at which threshold.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from quiz import QuizQuestion, holds, open_store, read_questions
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag import Archive, Article
from rag.analysis.passages import CHUNKING
from rag.answering.question import understand
from rag.answering.rules import FEATURES, RuleReader
from rag.indexing import Indexer
from rag.models.protocols import Embedder
from rag.retrieval.search import Retriever
from rag.store.local import LocalStore
from rag.store.protocol import Store

_READ = 10
_PARAGRAPHS = {"alone", "squad"}
_SAMPLES = Path(__file__).parent.parent / "samples"


@dataclass(frozen=True)
class Looked:
    """A question with the features of the sentences found for it, and which are right."""

    kind: str
    part: str
    answerable: bool
    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def look(
    kind: str, questions: Iterable[QuizQuestion], store: Store, embedder: Embedder
) -> list[Looked]:
    """Search and look at the sentences of each question."""
    retriever, reader = Retriever(store, embedder), RuleReader(embedder)
    looked = []
    for question in questions:
        hits = retriever.search(question.text, _READ)
        candidates, _, features = reader.look(understand(question.text), hits)
        right = [
            bool(question.answers)
            and candidate.hit.article.id in question.articles
            and holds(candidate.text, question.answers)
            for candidate in candidates
        ]
        answerable = bool(question.answers)
        looked.append(Looked(kind, question.part, answerable, features, np.array(right, bool)))
    return looked


def look_at_samples(embedder: Embedder) -> list[Looked]:
    """The questions on samples/, over an index of their own."""
    with tempfile.TemporaryDirectory() as folder:
        with Archive.open(folder, embedder=embedder) as archive:
            archive.add(_SAMPLES / "articles")
            by_url = {article.url: article.id for article in archive.articles()}
        questions = []
        for line in (_SAMPLES / "questions.jsonl").read_text().splitlines():
            row = json.loads(line)
            answers = tuple(row["answers"]) if row["label"] == "answerable" else ()
            articles = frozenset(by_url[url] for url in row["article_urls"])
            part = "tune" if row["split"] == "tune" else "report"
            questions.append(QuizQuestion(row["question"], answers, articles, part))
        store = LocalStore(Path(folder), embedder.info, CHUNKING)
        return look("samples", questions, store, embedder)


def look_at_paragraphs(squad: Path, embedder: Embedder, wanted: int = 600) -> list[Looked]:
    """Questions on paragraphs: half of one paragraph by itself, half of all of them together."""
    articles: list[Article] = []
    questions: list[QuizQuestion] = []
    for number, title in enumerate(json.loads(squad.read_text())["data"]):
        for paragraph in title["paragraphs"]:
            article = Article(f"{len(articles)}", paragraph["context"], title["title"])
            articles.append(article)
            for row in paragraph["qas"]:
                answers = () if row.get("is_impossible") else row["answers"]
                texts = tuple(sorted({answer["text"] for answer in answers}))
                part = ("tune", "report")[number % 2]
                questions.append(
                    QuizQuestion(row["question"], texts, frozenset({article.id}), part)
                )
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder), embedder.info, CHUNKING)
        with store.writing():
            Indexer(store, embedder).add(articles)
        chosen = random.Random(1).sample(questions, wanted)
        alone = []
        for question in chosen[: wanted // 2]:
            (article_id,) = question.articles
            with tempfile.TemporaryDirectory() as small:
                single = LocalStore(Path(small), embedder.info, CHUNKING)
                with single.writing():
                    Indexer(single, embedder).add([articles[int(article_id)]])
                alone += look("alone", [question], single, embedder)
                single.close()
        return [*alone, *look("squad", chosen[wanted // 2 :], store, embedder)]


def fit(looked: list[Looked]) -> LogisticRegression:
    """Weights for the features; questions whose answer was not found teach nothing.

    SQuAD's unanswerable questions are left out: they were written to share all words with a
    paragraph, which readers' questions seldom do, and would teach that shared words are no sign.
    """
    useful = [
        q
        for q in looked
        if len(q.right) and (q.right.any() or (not q.answerable and q.kind not in _PARAGRAPHS))
    ]
    features = np.vstack([q.features for q in useful])
    right = np.concatenate([q.right for q in useful])
    return LogisticRegression(C=1.0, max_iter=2000).fit(features, right)


def best(model: LogisticRegression, question: Looked) -> tuple[float, bool]:
    """The chance that the best sentence answers, and whether it does."""
    if not len(question.right):
        return 0.0, False
    scores = model.predict_proba(question.features)[:, 1]
    first = int(np.argmax(scores))
    return float(scores[first]), bool(question.right[first])


def report(model: LogisticRegression, looked: list[Looked], part: str) -> None:
    """Print how well one half is answered, kind by kind."""
    rows = [(q, *best(model, q)) for q in looked if q.part == part]
    labels = [q.answerable for q, _, _ in rows]
    print(f"\n{part}: AUROC {roc_auc_score(labels, [score for _, score, _ in rows]):.3f}")
    for kind in dict.fromkeys(q.kind for q in looked):
        mine = [row for row in rows if row[0].kind == kind]
        good = [right for q, _, right in mine if q.answerable]
        line = f"  {kind:8} {len(mine):4} questions"
        if good:
            line += f", best sentence right {np.mean(good):.3f}"
        if 0 < len(good) < len(mine):
            pairs = ([q.answerable for q, _, _ in mine], [score for _, score, _ in mine])
            line += f", AUROC {roc_auc_score(*pairs):.3f}"
        print(line)
    print("  threshold: answered of answerable (of these right), of unanswerable, of strangers'")
    for threshold in np.arange(0.1, 0.95, 0.05):
        sure = [(q, right) for q, score, right in rows if score >= threshold]
        good = [right for q, right in sure if q.answerable]
        shares = [
            sum(q.kind in kinds and q.answerable == answerable for q, _ in sure)
            / max(1, sum(q.kind in kinds and q.answerable == answerable for q, _, _ in rows))
            for kinds, answerable in (
                (("quiz", "samples"), True),
                (("quiz", "samples"), False),
                (("strange",), False),
            )
        ]
        print(
            f"  {threshold:.2f}: {shares[0]:.2f} ({np.mean(good) if good else 0:.2f})"
            f"  {shares[1]:.2f}  {shares[2]:.2f}"
        )


def main(folder: Path, index: Path, strangers: Path, squad: Path) -> None:
    """Look, fit, report."""
    store, embedder = open_store(folder, index)
    strange = [
        QuizQuestion(json.loads(line)["question"], (), frozenset(), ("tune", "report")[n % 2])
        for n, line in enumerate(strangers.read_text().splitlines())
    ]
    looked = [
        *look("quiz", read_questions(folder, checked=True), store, embedder),
        *look("strange", strange, store, embedder),
        *look_at_samples(embedder),
        *look_at_paragraphs(squad, embedder),
    ]
    model = fit([q for q in looked if q.part == "tune"])
    for name, weight in zip(FEATURES, model.coef_[0], strict=True):
        print(f"{weight:7.2f}  {name}")
    print(f"{model.intercept_[0]:7.2f}  bias")
    for part in ("tune", "report"):
        report(model, looked, part)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:5]))
