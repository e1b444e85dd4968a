"""The values that Dateline's stages hand to one another: frozen, and knowing no file or model."""

from rag.types.answers import (
    Answer,
    Citation,
    Coverage,
    Fate,
    Form,
    Position,
    SavedAnswer,
    SavedCitation,
    Statement,
    Voice,
)
from rag.types.articles import Article, Copy, Passage, Span, Version, make_id
from rag.types.dates import Day, aware, parse_iso
from rag.types.filters import Filters
from rag.types.hits import Found, Hit, Reading, merge_readings
from rag.types.reports import IngestReport, Progress, Skipped, Status

__all__ = [
    "Answer",
    "Article",
    "Citation",
    "Copy",
    "Coverage",
    "Day",
    "Fate",
    "Filters",
    "Form",
    "Found",
    "Hit",
    "IngestReport",
    "Passage",
    "Position",
    "Progress",
    "Reading",
    "SavedAnswer",
    "SavedCitation",
    "Skipped",
    "Span",
    "Statement",
    "Status",
    "Version",
    "Voice",
    "aware",
    "make_id",
    "merge_readings",
    "parse_iso",
]
