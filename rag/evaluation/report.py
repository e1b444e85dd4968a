"""A report of a run: one dictionary, saved as JSON and as a page, and shown as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag import __version__
from rag.archive import Archive
from rag.evaluation.dataset import Dataset
from rag.evaluation.figures import FIGURES, compute
from rag.evaluation.run import Outcome, worst
from rag.types import Answer, Hit

_SNIPPET = 400
_TOP = 5


def build(
    dataset: Dataset, outcomes: Sequence[Outcome], archive: Archive, k: int
) -> dict[str, Any]:
    """The report as a dictionary of plain values; its keys are a contract, never renamed.

    It is marked as not complete where only some of the questions were asked.
    """
    status = archive.status()
    figures = compute(outcomes)
    risk, calibration = figures.risk_coverage, figures.reliability
    answerable = sum(question.answerable for question in dataset.questions)
    return {
        "dateline": __version__,
        "dataset": {
            "name": dataset.name,
            "part": dataset.part,
            "sha256": dataset.sha256,
            "questions": len(dataset.questions),
            "answerable": answerable,
            "unanswerable": len(dataset.questions) - answerable,
        },
        "index": {
            "articles": status.articles,
            "passages": status.passages,
            "embedder": status.embedder,
        },
        "k": k,
        "complete": len(outcomes) == len(dataset.questions),
        "asked": len(outcomes),
        "absent_gold": absent_gold(dataset, archive),
        "figures": {
            key: {
                "group": FIGURES[key][0],
                "what": FIGURES[key][1],
                "value": figure.value,
                "n": figure.n,
                "low": figure.low,
                "high": figure.high,
            }
            for key, figure in figures.values.items()
        },
        "milliseconds": {
            stage: {"median": median, "p90": slow}
            for stage, (median, slow) in figures.milliseconds.items()
        },
        "risk_coverage": risk and {"coverage": risk.coverage.tolist(), "risk": risk.risk.tolist()},
        "reliability": calibration
        and {
            "confidence": calibration.confidence.tolist(),
            "right": calibration.right.tolist(),
            "count": calibration.count.tolist(),
        },
        "failures": [
            {"kind": kind, "id": outcome.question.id} for kind, outcome in worst(outcomes)
        ],
        "questions": [_record(outcome, archive) for outcome in outcomes],
    }


def absent_gold(dataset: Dataset, archive: Archive) -> list[str]:
    """The ids of articles that should answer, but are not in the index."""
    wanted = dict.fromkeys(gold for question in dataset.questions for gold in question.gold)
    return [article_id for article_id in wanted if archive.get(article_id) is None]


def save(report: dict[str, Any], folder: Path) -> None:
    """Write report.json and report.html into the folder, which is made where there is none."""
    from rag.evaluation.page import render

    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render(report), encoding="utf-8")


def table(report: dict[str, Any]) -> Iterator[str]:
    """The figures as lines of text."""
    data = report["dataset"]
    part = f", part {data['part']}" if data["part"] else ""
    yield (
        f"{data['name']}{part}: {report['asked']:,} of {data['questions']:,} questions asked "
        f"of {report['index']['articles']:,} articles"
    )
    if not report["complete"]:
        yield "PARTIAL: the run was interrupted; the figures are of the questions asked so far."
    if report["absent_gold"]:
        yield f"Not in the index, but said to answer: {named(report['absent_gold'])}."
    group = None
    for key, figure in report["figures"].items():
        if figure["group"] != group:
            group = figure["group"]
            yield ""
            yield f"{group:<43}figure  95% interval     of"
        low, high = figure["low"], figure["high"]
        between = f"{low:.3f} - {high:.3f}" if low is not None else ""
        numbers = f"{figure['value']:.3f}  {between:<13}{figure['n']:>6,}"
        yield f"  {figure['what']:<42}{numbers}  {key}"
    if report["milliseconds"]:
        yield ""
        yield f"{'Milliseconds':<43}median     p90"
    for stage, times in report["milliseconds"].items():
        yield f"  {stage:<39}{times['median']:>8.1f}{times['p90']:>8.1f}"


def named(ids: Sequence[str], shown: int = 5) -> str:
    """The first ids of a list and how many more there are."""
    more = len(ids) - shown
    return ", ".join(ids[:shown]) + (f" and {more:,} more" if more > 0 else "")


def _record(outcome: Outcome, archive: Archive) -> dict[str, Any]:
    """What came of one question, as plain values."""
    question, answer = outcome.question, outcome.answer
    return {
        "id": question.id,
        "question": question.text,
        "label": "answerable" if question.answerable else "unanswerable",
        "part": question.part,
        "answers": list(question.answers),
        "speaker": question.speaker,
        "evidence": question.evidence,
        "gold": [_gold(article_id, outcome, archive) for article_id in question.gold],
        "gold_rank": outcome.gold_rank,
        "answer_rank": outcome.answer_rank,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "short": answer.short,
        "held": outcome.held if outcome.judged else None,
        "em": outcome.em(outcome.answer) if question.answers else None,
        "f1": outcome.f1(outcome.answer) if question.answers else None,
        "quotes": _quotes(answer),
        "would_quote": _quotes(outcome.unbarred) if answer.abstained else [],
        "top": [_hit(hit) for hit in outcome.hits[:_TOP]],
        "milliseconds": {stage: 1000 * taken for stage, taken in outcome.seconds.items()},
    }


def _gold(article_id: str, outcome: Outcome, archive: Archive) -> dict[str, Any]:
    article = archive.get(article_id)
    found = article_id in outcome.ranked
    return {
        "id": article_id,
        "title": article.title if article else None,
        "rank": outcome.ranked.index(article_id) + 1 if found else None,
    }


def _quotes(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "quote": citation.quote,
            "speaker": citation.speaker,
            "article": citation.article.id,
            "title": citation.article.title,
            "source": citation.article.source,
        }
        for citation in answer.citations
    ]


def _hit(hit: Hit) -> dict[str, Any]:
    text = " ".join(hit.passage.text.split())
    return {
        "article": hit.article.id,
        "title": hit.article.title,
        "source": hit.article.source,
        "published": hit.article.date.isoformat() if hit.article.date else None,
        "score": hit.score,
        "text": text if len(text) <= _SNIPPET else text[:_SNIPPET] + " …",
    }
