"""What each stage made of one question: how it was understood, what was found, what was quoted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import fields
from typing import Any

from rag.answering.evidence import THRESHOLD
from rag.answering.question import understand
from rag.archive import Archive
from rag.evaluation.dataset import Question
from rag.evaluation.metrics import holds
from rag.evaluation.run import DEPTH, ask
from rag.types import Citation, Hit

_TOP = 5
_SNIPPET = 90

# Each stage by itself, by the score that it gives to a hit; last the order that users get.
_STAGES: dict[str, Callable[[Hit], float | None]] = {
    "words alone": lambda hit: hit.word_score,
    "vectors alone": lambda hit: hit.vector_score,
    "reader alone": lambda hit: hit.reading.answers if hit.reading else None,
}
_TOGETHER = "all together"


def explain(archive: Archive, unbarred: Archive, question: Question, k: int) -> dict[str, Any]:
    """What each stage did, as plain values.

    `archive` has the usual threshold; `unbarred` is the same index at a threshold of 0.
    """
    for opened in (archive, unbarred):
        opened.ask(question.text, asked=question.asked)  # loads what is loaded once
    outcome = ask(archive, unbarred, question, k)
    found = [*outcome.hits, *archive.search(question.text, DEPTH, asked=question.asked)]
    hits = list({(hit.article.id, hit.passage.ordinal): hit for hit in reversed(found)}.values())
    hits.reverse()
    searched = {
        name: _ranking(
            sorted(
                ((score, hit) for hit in hits if (score := score_of(hit)) is not None),
                key=lambda pair: -pair[0],
            ),
            question,
        )
        for name, score_of in _STAGES.items()
    }
    searched[_TOGETHER] = _ranking([(hit.score, hit) for hit in hits], question)
    return {
        "question": question.text,
        "label": "answerable" if question.answerable else "unanswerable",
        "answers": list(question.answers),
        "understood": _understood(question.text),
        "searched": {name: found for name, found in searched.items() if found["top"]},
        "confidence": outcome.answer.confidence,
        "threshold": THRESHOLD,
        "abstained": outcome.answer.abstained,
        "short": outcome.unbarred.short,
        "quotes": [_quote(citation, outcome.hits) for citation in outcome.unbarred.citations],
        "held": outcome.right if outcome.judged else None,
        "milliseconds": {stage: 1000 * taken for stage, taken in outcome.seconds.items()},
    }


def lines(explained: dict[str, Any]) -> Iterator[str]:
    """The same as text to read."""
    yield explained["question"]
    if explained["label"] == "unanswerable":
        yield "Expected: no answer."
    elif explained["answers"]:
        yield f"Expected: {' / '.join(explained['answers'])}"
    yield ""
    yield "Understood as"
    for name, value in explained["understood"].items():
        yield f"  {name}: {value}"
    for stage, found in explained["searched"].items():
        yield ""
        yield f"{stage.capitalize()}: {found['passages']} passages"
        for rank, hit in enumerate(found["top"], 1):
            marks = " (an article that answers)" if hit["right"] else ""
            marks += " (holds the answer)" if hit["holds_answer"] else ""
            yield f"  {rank}. {hit['score']:7.3f}  {hit['about']}{marks}"
            yield f"              {hit['text']}"
        for gold in found["gold"]:
            rank = gold["rank"]
            place = f"rank {rank}, {gold['score']:.3f}" if rank else "not found"
            yield f"  article that answers, {gold['id']}: {place}"
    yield ""
    verdict = "no answer" if explained["abstained"] else "answered"
    confidence = f"Confidence {explained['confidence']:.3f}"
    yield f"{confidence}, threshold {explained['threshold']:.3f}: {verdict}"
    if explained["held"] is not None:
        yield f"  the quotes hold a right answer: {'yes' if explained['held'] else 'no'}"
    if explained["short"]:
        yield f"  short answer: {explained['short']}"
    for quote in explained["quotes"]:
        where = (
            f"passage {quote['rank']}, {quote['score']:.3f}" if quote["rank"] else "further down"
        )
        yield f"  {where}: “{' '.join(quote['quote'].split())}”"
    yield ""
    yield "Milliseconds"
    for stage, taken in explained["milliseconds"].items():
        yield f"  {stage:<16}{taken:8.1f}"


def _understood(text: str) -> dict[str, str]:
    """What the question was taken to ask for, field by field, without the empty ones."""
    asked = understand(text)
    values = {field.name: getattr(asked, field.name) for field in fields(asked)}
    return {name: _shown(value) for name, value in values.items() if value and value != text}


def _shown(value: object) -> str:
    if isinstance(value, Set):
        value = sorted(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {item:g}" for key, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _ranking(scored: Sequence[tuple[float, Hit]], question: Question) -> dict[str, Any]:
    """The first passages of a ranking, and at which article each right one stands."""
    articles: dict[str, float] = {}
    for score, hit in scored:
        articles.setdefault(hit.article.id, score)
    ranks = {article_id: rank for rank, article_id in enumerate(articles, 1)}
    return {
        "passages": len(scored),
        "top": [_passage(score, hit, question) for score, hit in scored[:_TOP]],
        "gold": [
            {"id": gold, "rank": ranks.get(gold), "score": articles.get(gold)}
            for gold in question.gold
        ],
    }


def _passage(score: float, hit: Hit, question: Question) -> dict[str, Any]:
    article = hit.article
    day = f"{article.date:%Y-%m-%d}" if article.date else None
    return {
        "score": score,
        "article": article.id,
        "about": ", ".join(filter(None, (article.source, day, article.title))) or article.id,
        "text": " ".join(hit.passage.text.split())[:_SNIPPET],
        "right": article.id in question.gold,
        "holds_answer": holds(hit.passage.text, question.answers),
    }


def _quote(citation: Citation, hits: Sequence[Hit]) -> dict[str, Any]:
    """A quote, and the rank and scores of the passage that it stands in."""
    holding = (
        (rank, hit.score)
        for rank, hit in enumerate(hits, 1)
        if hit.article.id == citation.article.id
        and hit.passage.start <= citation.start
        and citation.end <= hit.passage.end
    )
    rank, score = next(holding, (None, None))
    return {
        "quote": citation.quote,
        "speaker": citation.speaker,
        "article": citation.article.id,
        "rank": rank,
        "score": score,
    }
