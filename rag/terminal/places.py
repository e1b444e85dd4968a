"""Where a quote stands and when that was published, as lines of safe text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from rag.terminal.screen import Screen, one_line
from rag.types import Article, Coverage, Day


def place_lines(
    article: Article,
    start: int,
    end: int,
    screen: Screen,
    *,
    indent: int = 4,
    also: str = "",
) -> Iterator[Text]:
    """The source and its day, headline and URL, and the characters of the article's text."""
    title = f": {one_line(article.title)}" if article.title else ""
    updated = f", updated {when(article.updated)}" if article.updated else ""
    version = f" (version {article.version}{updated})" if article.version > 1 else ""
    head = f"{source_of(article)}{also}, {when(article.date)}{version}"
    place = Text(f"{head}{title}", "green")
    yield from screen.wrapped(place, indent=indent)
    margin = " " * indent
    if article.url:
        yield Text(margin + one_line(article.url), "cyan")
    yield Text(f"{margin}article {one_line(article.id)}, characters {start}-{end}", "dim")


def source_of(article: Article) -> str:
    """The outlet's name, if it is known."""
    return one_line(article.source) if article.source else "unknown source"


def when(moment: datetime | None) -> str:
    """A day, or a minute of it with its zone."""
    if moment is None:
        return "no date"
    return moment.isoformat() if isinstance(moment, Day) else f"{moment:%Y-%m-%d %H:%M %Z}"


def dates(coverage: Coverage) -> str:
    """The days that articles span; empty where none has a date."""
    if coverage.since is None or coverage.until is None:
        return ""
    undated = f" ({coverage.undated:,} without a date)" if coverage.undated else ""
    since, until = f"{coverage.since:%Y-%m-%d}", f"{coverage.until:%Y-%m-%d}"
    return (since if since == until else f"{since} to {until}") + undated
