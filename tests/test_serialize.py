"""The shapes that the command line and the web hand out: keys are a contract."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from rag.serialize import to_dict
from rag.types import (
    Answer,
    Article,
    Citation,
    Coverage,
    Day,
    Found,
    Hit,
    IngestReport,
    Passage,
    Progress,
    Reading,
    Skipped,
    Span,
    Status,
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
}
READING = Reading(2.5, -0.5, (Found(Span(0, 14), Span(4, 7), -0.25),))
HIT = Hit(Passage("a1", 0, 0, 14, TEXT[:14], (Span(0, 14),)), ARTICLE, 0.9, 0.41, None, READING)
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
}
CITATION = Citation(1, TEXT[15:], 15, len(TEXT), ARTICLE, "Emil Rasko")
CITATION_DICT = {
    "marker": 1,
    "quote": TEXT[15:],
    "start": 15,
    "end": len(TEXT),
    "speaker": "Emil Rasko",
    "article": REFERENCE,
}
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
            },
        ),
        (
            IngestReport(("a1",), ("a2",), ("a3",), ("a4",), (SKIPPED,)),
            {
                "added": ["a1"],
                "updated": ["a2"],
                "unchanged": ["a3"],
                "duplicates": ["a4"],
                "skipped": [{"where": "a.txt", "why": "empty"}],
            },
        ),
        (
            Status("index", 3, 7, COVERAGE, {"Courier": 3}, {"en": 3}, "MiniLM", 2, 4096),
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
