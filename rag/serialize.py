"""Dateline's values as plain dictionaries, for JSON: one shape for the command line and the web.

The keys are a contract: they are added to, never renamed. Dates are ISO 8601 text (a date alone
where the time of day is not known) or None, offsets count characters of the article's text, and
an article carries its text only where it was asked for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rag.types import (
    Answer,
    Article,
    Citation,
    Copy,
    Coverage,
    Hit,
    IngestReport,
    Position,
    Reading,
    SavedAnswer,
    Skipped,
    Statement,
    Status,
    Version,
)


def to_dict(value: object) -> dict[str, Any]:
    """The value as a dictionary of text, numbers, booleans, None, lists and dictionaries.

    Takes an Answer, Article, Citation, Copy, Coverage, Hit, IngestReport, SavedAnswer, Skipped,
    Statement, Status or Version, and raises TypeError for anything else.
    """
    convert = _CONVERTERS.get(type(value))
    if convert is None:
        raise TypeError(f"{type(value).__name__} has no dictionary form")
    return convert(value)


def _article(article: Article) -> dict[str, Any]:
    return {**_reference(article), "text": article.text}


def _reference(article: Article) -> dict[str, Any]:
    """The article without its text: what a citation or a hit says of where it stands."""
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "authors": list(article.authors),
        "published": _iso(article.published),
        "updated": _iso(article.updated),
        "language": article.language,
        "section": article.section,
        "version": article.version,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "speaker": citation.speaker,
        "voice": citation.voice,
        "article": _reference(citation.article),
        "copies": [_copy(copy) for copy in citation.copies],
    }


def _copy(copy: Copy) -> dict[str, Any]:
    return {
        "id": copy.id,
        "title": copy.title,
        "source": copy.source,
        "url": copy.url,
        "published": _iso(copy.published),
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "speaker": statement.speaker,
        "role": statement.role,
        "cue": statement.cue,
        "content": statement.content,
        "kind": statement.kind,
        "start": statement.start,
        "end": statement.end,
        "date": _iso(statement.date),
        "article": _reference(statement.article),
    }


def _version(version: Version) -> dict[str, Any]:
    return {
        **_article(version.article),
        "ingested": _iso(version.ingested),
        "since": _iso(version.since),
    }


def _saved_answer(answer: SavedAnswer) -> dict[str, Any]:
    return {
        "number": answer.number,
        "question": answer.question,
        "short": answer.short,
        "confidence": answer.confidence,
        "saved": _iso(answer.saved),
        "fate": answer.fate,
        "citations": [
            {
                "marker": one.marker,
                "article_id": one.article_id,
                "fate": one.fate,
                "citation": _citation(one.citation) if one.citation else None,
                "newest": _reference(one.newest) if one.newest else None,
            }
            for one in answer.citations
        ],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "score": hit.score,
        "vector_score": hit.vector_score,
        "word_score": hit.word_score,
        "reading": _reading(hit.reading) if hit.reading else None,
        "text": hit.passage.text,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "article": _reference(hit.article),
        "copies": [_copy(copy) for copy in hit.copies],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "relevance": reading.relevance,
        "answers": reading.answers,
        "found": [
            {"start": one.answer.start, "end": one.answer.end, "score": one.score}
            for one in reading.found
        ],
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "articles": coverage.articles,
        "since": _iso(coverage.since),
        "until": _iso(coverage.until),
        "sources": list(coverage.sources),
        "undated": coverage.undated,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "text": answer.text,
        "short": answer.short,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "citations": [_citation(citation) for citation in answer.citations],
        "searched": _coverage(answer.searched),
        "nearest": [_hit(hit) for hit in answer.nearest],
        "positions": [_position(position) for position in answer.positions],
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        "value": position.value,
        "markers": list(position.markers),
        "sources": list(position.sources),
        "since": _iso(position.since),
    }


def _skipped(skipped: Skipped) -> dict[str, Any]:
    return {"where": skipped.where, "why": skipped.why}


def _report(report: IngestReport) -> dict[str, Any]:
    return {
        "added": list(report.added),
        "updated": list(report.updated),
        "unchanged": list(report.unchanged),
        "duplicates": list(report.duplicates),
        "skipped": [_skipped(skipped) for skipped in report.skipped],
        "undated": list(report.undated),
    }


def _status(status: Status) -> dict[str, Any]:
    return {
        "path": status.path,
        "articles": status.articles,
        "passages": status.passages,
        "coverage": _coverage(status.coverage),
        "sources": dict(status.sources),
        "languages": dict(status.languages),
        "embedder": status.embedder,
        "generation": status.generation,
        "statements": status.statements,
        "copies": status.copies,
        "versions": status.versions,
        "saved": status.saved,
        "size": status.size,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


_CONVERTERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    Answer: _answer,
    Article: _article,
    Citation: _citation,
    Copy: _copy,
    Coverage: _coverage,
    Hit: _hit,
    IngestReport: _report,
    SavedAnswer: _saved_answer,
    Skipped: _skipped,
    Statement: _statement,
    Status: _status,
    Version: _version,
}
