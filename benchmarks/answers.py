"""How well questions are answered without a language model, and that every quote is there.

    python benchmarks/answers.py QUIZ_FOLDER QUIZ_INDEX OUT_OF_CORPUS_QUESTIONS [CITATIONS]

Asks the quiz's questions (checked labels), and 300 news questions that none of its articles
answers, by the public API. CITATIONS (2,000 unless given) are then checked against the stored
articles, from the quiz's own and further questions, with nothing abstained from.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from quiz import QuizQuestion, holds, open_store, plain, read_articles, read_questions
from sklearn.metrics import roc_auc_score

from rag import Answer, Archive, Settings


def token_f1(found: str, expected: str) -> float:
    """F1 over the words of a short answer (SQuAD's measure)."""
    words, right = plain(found).split(), plain(expected).split()
    common = sum((Counter(words) & Counter(right)).values())
    return 2 * common / (len(words) + len(right)) if common else 0.0


def report(part: str, asked: list[tuple[QuizQuestion, Answer]]) -> None:
    """Print the figures of one half."""
    rows = [(q, a) for q, a in asked if q.part == part]
    answerable = [(q, a) for q, a in rows if q.answers]
    strangers = [a for q, a in rows if not q.answers and not q.articles]
    print(f"\n{part}: {len(answerable)} answerable, {len(strangers)} not")
    labels = [1] * len(answerable) + [0] * len(strangers)
    scores = [a.confidence for _, a in answerable] + [a.confidence for a in strangers]
    print(f"  AUROC of confidence                 {roc_auc_score(labels, scores):.3f}")
    answered = [(q, a) for q, a in answerable if not a.abstained]
    print(f"  answerable questions answered       {len(answered) / len(answerable):.3f}")
    wrongly = sum(not a.abstained for a in strangers)
    print(f"  unanswerable questions answered     {wrongly / len(strangers):.3f}")
    good = sum(any(holds(c.quote, q.answers) for c in a.citations) for q, a in answered)
    print(f"  quotes hold the answer, of answered {good / len(answered):.3f}")
    print(f"  ... of answerable                   {good / len(answerable):.3f}")
    exact = sum(any(plain(a.short or "") == plain(x) for x in q.answers) for q, a in answered)
    overlap = sum(max(token_f1(a.short or "", x) for x in q.answers) for q, a in answered)
    print(
        f"  short answer EM / F1, of answerable {exact / len(answerable):.3f} /"
        f" {overlap / len(answerable):.3f}"
    )


def further_questions(folder: Path) -> Iterator[str]:
    """Questions about what the articles report, made of their titles."""
    for article in read_articles(folder):
        yield f"What happened: {article.title}?"


def check_citations(index: Path, questions: Iterator[str], wanted: int) -> None:
    """Count the citations whose quote stands in the stored article at its offsets."""
    checked = exact = 0
    with Archive.open(index, create=False, settings=Settings(threshold=0.0)) as archive:
        for question in questions:
            for citation in archive.ask(question).citations:
                stored = archive.get(citation.article.id)
                assert stored is not None
                checked += 1
                exact += stored.text[citation.start : citation.end] == citation.quote
            if checked >= wanted:
                break
    print(f"\n{exact} of {checked} citations verbatim at their offsets")


def main(folder: Path, index: Path, strangers: Path, wanted: int = 2000) -> None:
    """Ask, report, check."""
    open_store(folder, index)[0].close()
    questions = read_questions(folder, checked=True)
    for number, line in enumerate(strangers.read_text().splitlines()):
        part = "tune" if number % 2 else "report"
        questions.append(QuizQuestion(json.loads(line)["question"], (), frozenset(), part))
    asked, times = [], []
    with Archive.open(index, create=False) as archive:
        archive.ask("What is this?")  # loads what is loaded once
        for question in questions:
            started = time.perf_counter()
            asked.append((question, archive.ask(question.text)))
            times.append(time.perf_counter() - started)
    for part in ("tune", "report"):
        report(part, asked)
    print(f"\nmedian time of an answer: {statistics.median(times) * 1000:.0f} ms")
    texts = [question.text for question in questions]
    check_citations(index, iter([*texts, *further_questions(folder)]), wanted)


if __name__ == "__main__":
    folder, index, strangers = map(Path, sys.argv[1:4])
    main(folder, index, strangers, *map(int, sys.argv[4:5]))
