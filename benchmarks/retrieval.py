"""How often a search finds the right article: words alone, vectors alone, fused.

    python benchmarks/retrieval.py DATA_FOLDER INDEX_FOLDER

Articles are ranked by their best passage. Plain BM25 (bm25s, 180-word passages with stride 140,
title in front) is measured in the same run, as the mark to beat.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import bm25s
import Stemmer
from quiz import QuizQuestion, holds, open_store, read_articles, read_questions

from rag.retrieval.search import Retriever

Ranking = list[tuple[str, str]]  # article id and text of each passage, best first
_DEPTH = 100
_HITS = 30  # enough for 10 articles, and ranked as 10 would be


def plain_bm25(folder: Path) -> Callable[[str], Ranking]:
    """BM25 over fixed windows of 180 words."""
    passages: Ranking = []
    texts = []
    for article in read_articles(folder):
        words = article.text.split()
        for start in range(0, max(1, len(words) - 40), 140):
            window = " ".join(words[start : start + 180])
            passages.append((article.id, window))
            texts.append(f"{article.title}. {window}")
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stemmer=stemmer, show_progress=False), show_progress=False)

    def search(question: str) -> Ranking:
        tokens = bm25s.tokenize([question], stemmer=stemmer, show_progress=False)
        rows, _ = index.retrieve(tokens, k=_DEPTH, show_progress=False)
        return [passages[row] for row in rows[0]]

    return search


def measure(search: Callable[[str], Ranking], questions: list[QuizQuestion]) -> list[float]:
    """hit@1, @5, @10 by article, and how often the first 5 passages hold the answer."""
    totals = [0.0] * 4
    for question in questions:
        ranking = search(question.text)
        articles = list(dict.fromkeys(article for article, _ in ranking))
        for column, k in enumerate((1, 5, 10)):
            totals[column] += bool(question.articles & set(articles[:k]))
        totals[3] += any(holds(text, question.answers) for _, text in ranking[:5])
    return [total / len(questions) for total in totals]


def main(folder: Path, index: Path) -> None:
    """Print the table."""
    store, embedder = open_store(folder, index)
    retriever = Retriever(store, embedder)

    def look_up(numbers: list[int]) -> Ranking:
        found = store.passages(numbers)
        return [(found[n][1].id, found[n][0].text) for n in numbers]

    searches: dict[str, Callable[[str], Ranking]] = {
        "plain BM25": plain_bm25(folder),
        "words alone": lambda q: look_up([n for n, _ in store.matching(q, _DEPTH, None)]),
        "vectors alone": lambda q: look_up(
            [n for n, _ in store.nearest(embedder.embed_queries([q])[0], _DEPTH, None)]
        ),
        "fused": lambda q: [
            (hit.article.id, hit.passage.text) for hit in retriever.search(q, _HITS)
        ],
    }
    gold = [q for q in read_questions(folder, checked=False) if q.answers]
    checked = [q for q in read_questions(folder, checked=True) if q.answers]
    for part in ("tune", "report", "all"):
        parts = [[q for q in qs if part in (q.part, "all")] for qs in (gold, checked)]
        print(f"\n{part}: {len(parts[0])} questions by gold URL, {len(parts[1])} checked")
        print(f"{'':14} gold @1    @5   @10   checked @1    @5   @10  answer in 5")
        for name, search in searches.items():
            by_gold, by_checked = (measure(search, questions) for questions in parts)
            row = "  ".join(f"{value:.3f}" for value in (*by_gold[:3], *by_checked))
            print(f"{name:14}   {row}")
    times = []
    for question in checked:
        started = time.perf_counter()
        retriever.search(question.text, 10)
        times.append(time.perf_counter() - started)
    print(f"\nmedian time of a search: {statistics.median(times) * 1000:.1f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
