"""The few settings that users may need to choose."""

from __future__ import annotations

from dataclasses import dataclass

from rag.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices that belong to the user, not to an index.

    `threshold` is the confidence (0..1) below which Dateline says that the articles hold no
    answer; None takes the reader's own, chosen on development data. `max_article_bytes` is the
    size past which one article is taken for something else and skipped.
    """

    threshold: float | None = None
    max_article_bytes: int = 10_000_000

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ConfigError(f"threshold is {self.threshold}; it must lie between 0 and 1")
        if self.max_article_bytes <= 0:
            raise ConfigError("max_article_bytes must be above 0")
