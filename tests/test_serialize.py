"""The shapes that the command line and the web hand out: keys are a contract."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from rag.serialize import to_dict
from rag.types import (
    Answer,
    Article,
    Citation,
    Copy,
    Coverage,
    Day,
    Found,
    Hit,
    IngestReport,
    Passage,
    Progress,
    Reading,
    SavedAnswer,
    SavedCitation,
    Skipped,
    Span,
    Statement,
    Status,
    Version,
    parse_iso,
)

TEXT = "The dam broke. “We were warned,” said Emil Rasko."
EVENING = datetime(2026, 4, 3, 19, 30, tzinfo=timezone(timedelta(hours=2)))
ARTICLE = Article(
    "a1",
    TEXT,
    title="Dam",
    url="https://courier.example/dam",
    source="Courier",
    authors=("Ada Mirren",),
    published=parse_iso("2026-04-03"),
    updated=EVENING,
    language="en",
    section="News",
    version=3,
)
REFERENCE = {
    "id": "a1",
    "title": "Dam",
    "url": "https://courier.example/dam",
    "source": "Courier",
    "authors": ["Ada Mirren"],
    "published": "2026-04-03",
    "updated": "2026-04-03T19:30:00+02:00",
    "language": "en",
    "section": "News",
    "version": 3,
}
COPY = Copy("b2", "Dam breaks", "Gazette", "https://gazette.example/dam", parse_iso("2026-04-04"))
COPY_DICT = {
    "id": "b2",
    "title": "Dam breaks",
    "source": "Gazette",
    "url": "https://gazette.example/dam",
    "published": "2026-04-04",
}
READING = Reading(2.5, -0.5, (Found(Span(0, 14), Span(4, 7), -0.25),))
PASSAGE = Passage("a1", 0, 0, 14, TEXT[:14], (Span(0, 14),))
HIT = Hit(PASSAGE, ARTICLE, 0.9, 0.41, None, READING, (COPY,))
HIT_DICT = {
    "score": 0.9,
    "vector_score": 0.41,
    "word_score": None,
    "reading": {
        "relevance": 2.5,
        "answers": -0.5,
        "found": [{"start": 4, "end": 7, "score": -0.25}],
    },
    "text": "The dam broke.",
    "start": 0,
    "end": 14,
    "article": REFERENCE,
    "copies": [COPY_DICT],
}
CITATION = Citation(1, TEXT[15:], 15, len(TEXT), ARTICLE, "Emil Rasko", "claim", (COPY,))
CITATION_DICT = {
    "marker": 1,
    "quote": TEXT[15:],
    "start": 15,
    "end": len(TEXT),
    "speaker": "Emil Rasko",
    "voice": "claim",
    "article": REFERENCE,
    "copies": [COPY_DICT],
}
STATEMENT = Statement(
    "Emil Rasko", "inspector", "said", "We were warned,", "direct", 16, 31, ARTICLE
)
REMOVED = SavedCitation(2, "c3", None, None, "removed")
COVERAGE = Coverage(3, Day.of(EVENING.date()), EVENING, ("Courier",), 1)
COVERAGE_DICT = {
    "articles": 3,
    "since": "2026-04-03",
    "until": "2026-04-03T19:30:00+02:00",
    "sources": ["Courier"],
    "undated": 1,
}
SKIPPED = Skipped("a.txt", "empty")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ARTICLE, {**REFERENCE, "text": TEXT}),
        (HIT, HIT_DICT),
        (CITATION, CITATION_DICT),
        (COPY, COPY_DICT),
        (COVERAGE, COVERAGE_DICT),
        (SKIPPED, {"where": "a.txt", "why": "empty"}),
        (
            Answer("Who warned?", "“…” [1]", (CITATION,), "Rasko", False, 0.8, COVERAGE, (HIT,)),
            {
                "question": "Who warned?",
                "text": "“…” [1]",
                "short": "Rasko",
                "abstained": False,
                "confidence": 0.8,
                "citations": [CITATION_DICT],
                "searched": COVERAGE_DICT,
                "nearest": [HIT_DICT],
                "positions": [],
            },
        ),
        (
            IngestReport(("a1",), ("a2",), ("a3",), ("a4",), (SKIPPED,), ("a2",)),
            {
                "added": ["a1"],
                "updated": ["a2"],
                "unchanged": ["a3"],
                "duplicates": ["a4"],
                "skipped": [{"where": "a.txt", "why": "empty"}],
                "undated": ["a2"],
            },
        ),
        (
            Status(
                *("index", 3, 7, COVERAGE, {"Courier": 3}, {"en": 3}, "MiniLM", 2, 4096),
                *(11, 1, 4, 5),
            ),
            {
                "path": "index",
                "articles": 3,
                "passages": 7,
                "coverage": COVERAGE_DICT,
                "sources": {"Courier": 3},
                "languages": {"en": 3},
                "embedder": "MiniLM",
                "generation": 2,
                "size": 4096,
                "statements": 11,
                "copies": 1,
                "versions": 4,
                "saved": 5,
            },
        ),
        (
            STATEMENT,
            {
                "speaker": "Emil Rasko",
                "role": "inspector",
                "cue": "said",
                "content": "We were warned,",
                "kind": "direct",
                "start": 16,
                "end": 31,
                "date": "2026-04-03",
                "article": REFERENCE,
            },
        ),
        (
            Version(ARTICLE, EVENING, Day.of(EVENING.date())),
            {
                **REFERENCE,
                "text": TEXT,
                "ingested": "2026-04-03T19:30:00+02:00",
                "since": "2026-04-03",
            },
        ),
        (
            SavedAnswer(
                *(7, "Who warned?", None, 0.8, EVENING),
                (SavedCitation(1, "a1", CITATION, ARTICLE, "changed"), REMOVED),
            ),
            {
                "number": 7,
                "question": "Who warned?",
                "short": None,
                "confidence": 0.8,
                "saved": "2026-04-03T19:30:00+02:00",
                "fate": "removed",
                "citations": [
                    {
                        "marker": 1,
                        "article_id": "a1",
                        "fate": "changed",
                        "citation": CITATION_DICT,
                        "newest": REFERENCE,
                    },
                    {
                        "marker": 2,
                        "article_id": "c3",
                        "fate": "removed",
                        "citation": None,
                        "newest": None,
                    },
                ],
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_shape_of_each_value(value, expected):
    assert to_dict(value) == expected
    assert json.loads(json.dumps(to_dict(value))) == expected


def test_a_value_without_a_shape_is_refused():
    with pytest.raises(TypeError, match="Progress has no dictionary form"):
        to_dict(Progress(1, 1, 0))
