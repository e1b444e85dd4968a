"""The news quiz: 1,450 articles of CNN, USA Today and The Week, and questions about them.

Weights are fitted on every second question ("tune"), the others are reported apart. The
reported ones have been looked at while choosing settings: they are no held-out test.
The folder holds `corpus.jsonl`
(id, url, title, date, text), `questions.jsonl` and `questions.checked.jsonl` (question, answers,
label, gold_doc_ids, doc_ids).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rag.analysis.passages import CHUNKING
from rag.indexing import Indexer
from rag.models.minilm import MiniLM
from rag.store.local import LocalStore
from rag.types import Article, parse_iso

_SOURCES = {"cnn": "CNN", "usatoday": "USA Today", "theweek": "The Week"}


@dataclass(frozen=True)
class QuizQuestion:
    """A question, its right answers (empty: unanswerable) and the articles that answer it."""

    text: str
    answers: tuple[str, ...]
    articles: frozenset[str]
    part: str


def read_articles(folder: Path) -> Iterator[Article]:
    """The articles of the quiz."""
    with (folder / "corpus.jsonl").open() as lines:
        for line in lines:
            row = json.loads(line)
            host = urlsplit(row["url"]).hostname or ""
            source = next((name for key, name in _SOURCES.items() if key in host), None)
            date = parse_iso(row["date"]) if row["date"] else None
            yield Article(
                row["id"], row["text"], row["title"], row["url"], source, (), date, language="en"
            )


def read_questions(folder: Path, *, checked: bool) -> list[QuizQuestion]:
    """The questions, by their checked labels or by the URL that the quiz names (gold)."""
    name = "questions.checked.jsonl" if checked else "questions.jsonl"
    key = "doc_ids" if checked else "gold_doc_ids"
    questions = []
    for number, line in enumerate((folder / name).read_text().splitlines()):
        row = json.loads(line)
        answerable = row["label"] == "answerable"
        if not checked and not row[key]:
            continue
        questions.append(
            QuizQuestion(
                row["question"],
                tuple(row["answers"]) if answerable else (),
                frozenset(row[key]),
                "tune" if number % 2 else "report",
            )
        )
    return questions


def open_store(folder: Path, index: Path) -> tuple[LocalStore, MiniLM]:
    """The index of the quiz's articles, made where it is not there yet."""
    embedder = MiniLM()
    store = LocalStore(index, embedder.info, CHUNKING)
    started = time.perf_counter()
    with store.writing():
        report = Indexer(store, embedder).add(read_articles(folder))
    took = time.perf_counter() - started
    if report.added:
        passages = store.status().passages
        print(
            f"added {len(report.added)} articles, {passages} passages in {took:.0f} s: "
            f"{len(report.added) / took:.2f} articles/s, {passages / took:.1f} passages/s"
        )
    return store, embedder


def plain(text: str) -> str:
    """Lower case without punctuation and articles, as answers are compared (SQuAD's rule)."""
    text = re.sub(r"\b(a|an|the)\b", " ", text.casefold())
    return " ".join(re.sub(r"[^\w\s]", "", text).split())


def holds(text: str, answers: tuple[str, ...]) -> bool:
    """Whether one of the answers stands in the text, whole words only."""
    padded = f" {plain(text)} "
    return any(f" {plain(answer)} " in padded for answer in answers if plain(answer))
