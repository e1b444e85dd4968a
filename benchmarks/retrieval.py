"""What each stage of a search adds to the one before: articles found, and passages that answer.

    python benchmarks/retrieval.py DATASET INDEX [--questions FILE]... [--part NAME]

DATASET is a folder in the form of docs/evaluation.md; INDEX holds its articles, and is completed
where some are missing. Plain BM25 (bm25s, 180-word passages with stride 140, title in front) is
measured in the same run, as the mark to beat. The last row is what users get: its figures are
those of `dateline eval`.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

from rag import Archive, Article, Filters
from rag.analysis.passages import CHUNKING
from rag.evaluation.dataset import Question, read_dataset
from rag.evaluation.metrics import holds, ranking
from rag.evaluation.run import DEPTH
from rag.models.minilm import MiniLM
from rag.models.protocols import Vectors
from rag.models.reader import MiniLMReader
from rag.retrieval.question import Part, Query
from rag.retrieval.search import Retriever
from rag.store.local import LocalStore
from rag.store.protocol import Number

# Article id and text of each passage, best first, of a search for so many passages.
Search = Callable[[Question, int], Sequence[tuple[str, str]]]

_K = 10
_COLUMNS = ("hit@1", "hit@5", "hit@10", "recall@4", "recall@10", "map")


class WordsAlone(LocalStore):
    """An index whose vectors find nothing."""

    def nearest(
        self, vector: Vectors, k: int, filters: Filters | None = None
    ) -> list[tuple[Number, float]]:
        """Nothing."""
        return []


class VectorsAlone(LocalStore):
    """An index whose words find nothing."""

    def matching(
        self, query: str, k: int, filters: Filters | None = None
    ) -> list[tuple[Number, float]]:
        """Nothing."""
        return []


class Unaware(Retriever):
    """Searches for a question as it stands: with no parts, sources or times in it."""

    def _understand(self, query: str, filters: Filters | None, asked: date | None) -> Query:
        whole = Part(query)
        return Query(query, whole, (whole,))


def searches(index: Path) -> dict[str, Search]:
    """The rows of the table. Each has what the one before it has, and something more."""
    embedder = MiniLM()
    store, words, vectors = (
        kind(index, embedder.info, CHUNKING, create=False)
        for kind in (LocalStore, WordsAlone, VectorsAlone)
    )
    return {
        "plain BM25": plain_bm25(store.articles()),
        "words alone": _by(Unaware(words, embedder)),
        "vectors alone": _by(Unaware(vectors, embedder)),
        "fused": _by(Unaware(store, embedder)),
        "+ understanding": _by(Retriever(store, embedder)),
        "+ re-ranking": _by(Retriever(store, embedder, MiniLMReader())),
    }


def _by(retriever: Retriever) -> Search:
    return lambda question, k: [
        (hit.article.id, hit.passage.text)
        for hit in retriever.search(question.text, k, asked=question.asked)
    ]


def plain_bm25(articles: Iterable[Article]) -> Search:
    """BM25 over fixed windows of 180 words."""
    passages: list[tuple[str, str]] = []
    texts = []
    for article in articles:
        words = article.text.split()
        for start in range(0, max(1, len(words) - 40), 140):
            window = " ".join(words[start : start + 180])
            passages.append((article.id, window))
            texts.append(f"{article.title}. {window}")
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stemmer=stemmer, show_progress=False), show_progress=False)

    def search(question: Question, k: int) -> list[tuple[str, str]]:
        tokens = bm25s.tokenize([question.text], stemmer=stemmer, show_progress=False)
        rows, _ = index.retrieve(tokens, k=min(k, len(passages)), show_progress=False)
        return [passages[row] for row in rows[0]]

    return search


def measure(search: Search, questions: Sequence[Question]) -> list[float]:
    """The columns' figures by article, how often 5 passages hold the answer, and milliseconds."""
    rankings, answers, times = [], [], []
    search(questions[0], _K)  # loads what is loaded once
    for question in questions:
        started = time.perf_counter()
        found = search(question, _K)
        times.append(1000 * (time.perf_counter() - started))
        deeper = search(question, DEPTH)
        rankings.append(list(dict.fromkeys(article for article, _ in [*found, *deeper])))
        if question.answers:
            answers.append(any(holds(text, question.answers) for _, text in found[:5]))
    by_article = ranking(rankings, [question.gold for question in questions])
    return [
        *(float(by_article[column].mean()) for column in _COLUMNS),
        float(np.mean(answers)) if answers else float("nan"),
        statistics.median(times),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dataset", type=Path, metavar="DATASET")
    parser.add_argument("index", type=Path, metavar="INDEX")
    parser.add_argument("--questions", action="append", type=Path, default=[], metavar="FILE")
    parser.add_argument("--part", metavar="NAME")
    args = parser.parse_args()
    dataset = read_dataset(args.dataset, args.questions, args.part)
    questions = [question for question in dataset.questions if question.gold]
    if not questions:
        parser.error("no question says which articles answer it")
    if dataset.corpus:
        with Archive.open(args.index) as archive:
            archive.add(dataset.corpus)
    part = f", part {dataset.part}" if dataset.part else ""
    print(f"{dataset.name}{part}: {len(questions)} questions")
    print(" " * 16 + "".join(f"{column:>10}" for column in (*_COLUMNS, "answer@5", "ms")))
    for name, search in searches(args.index).items():
        *figures, taken = measure(search, questions)
        print(f"{name:16}" + "".join(f"{figure:10.3f}" for figure in figures) + f"{taken:10.1f}")


if __name__ == "__main__":
    main()
