"""Dateline: ask news articles a question, get exact quotes with their place, or an honest no.

The public names are loaded on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.answering.timeline import Event
    from rag.archive import Archive
    from rag.config import Settings
    from rag.errors import (
        ArticleError,
        BackendError,
        ConfigError,
        IndexLocked,
        IndexMismatch,
        IndexNotFound,
        MissingDependency,
        RagError,
    )
    from rag.types import (
        Answer,
        Article,
        Citation,
        Copy,
        Coverage,
        Day,
        Filters,
        Hit,
        IngestReport,
        Passage,
        Position,
        Progress,
        SavedAnswer,
        SavedCitation,
        Skipped,
        Span,
        Statement,
        Status,
        Version,
    )

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Archive",
    "Article",
    "ArticleError",
    "BackendError",
    "Citation",
    "ConfigError",
    "Copy",
    "Coverage",
    "Day",
    "Event",
    "Filters",
    "Hit",
    "IndexLocked",
    "IndexMismatch",
    "IndexNotFound",
    "IngestReport",
    "MissingDependency",
    "Passage",
    "Position",
    "Progress",
    "RagError",
    "SavedAnswer",
    "SavedCitation",
    "Settings",
    "Skipped",
    "Span",
    "Statement",
    "Status",
    "Version",
]

_HOME = {
    "Archive": "archive",
    "Event": "answering.timeline",
    "Settings": "config",
    **dict.fromkeys(
        (
            "ArticleError",
            "BackendError",
            "ConfigError",
            "IndexLocked",
            "IndexMismatch",
            "IndexNotFound",
            "MissingDependency",
            "RagError",
        ),
        "errors",
    ),
}


def __getattr__(name: str) -> object:
    """The public name, imported from its module on first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"rag.{_HOME.get(name, 'types')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
