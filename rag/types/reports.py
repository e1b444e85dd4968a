"""What the archive reports of itself and of its work."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types.answers import Coverage


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not added: where it stands and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of everything that was to be added: article ids, and what was skipped.

    `duplicates` are articles that say nothing of their own: the same text as one that is kept,
    without a URL of their own; `undated` are those of the added and updated whose date is not
    known, so that no limit of days admits them.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    undated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long run is: articles stored, passages embedded, the fraction done, if known."""

    articles: int
    passages: int
    skipped: int
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and what it was made with.

    `sources` and `languages` map a name to its number of articles. `size` is in bytes on disk.
    `copies` counts the articles that are copies of another one, `versions` the older texts of
    articles that are kept, `saved` the answers that were saved.
    """

    path: str
    articles: int
    passages: int
    coverage: Coverage
    sources: dict[str, int]
    languages: dict[str, int]
    embedder: str
    generation: int
    size: int
    statements: int = 0
    copies: int = 0
    versions: int = 0
    saved: int = 0
