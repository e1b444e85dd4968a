"""How the page puts dates, counts and limits into words: plain text, never HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rag.types import Article, Coverage, Filters

SHOWN_SOURCES = 5


def count(number: int, noun: str) -> str:
    """The number with its noun: "1 article", "2,300 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def day(moment: datetime) -> str:
    """The day on which a moment falls, in its own time zone: "26 February 2024"."""
    return f"{moment.day} {moment:%B} {moment.year}"


def period(since: datetime | None, until: datetime | None) -> str:
    """The days between two moments, with nothing said twice: "from 2 to 28 March 2024"."""
    if since is None or until is None:
        if since is not None:
            return f"since {day(since)}"
        return f"until {day(until)}" if until is not None else ""
    if day(since) == day(until):
        return f"of {day(since)}"
    if since.year != until.year:
        start = day(since)
    elif since.month != until.month:
        start = f"{since.day} {since:%B}"
    else:
        start = str(since.day)
    return f"from {start} to {day(until)}"


def names(values: Sequence[str], shown: int = SHOWN_SOURCES) -> str:
    """The names in one line, the first `shown` of them: "AP, Reuters and 3 more"."""
    if len(values) > shown + 1:
        return f"{', '.join(values[:shown])} and {len(values) - shown:,} more"
    if len(values) > 1:
        return f"{', '.join(values[:-1])} and {values[-1]}"
    return "".join(values)


def coverage(value: Coverage) -> str:
    """What there is to search: how many articles, from when to when, from which sources."""
    parts = [count(value.articles, "article")]
    if when := period(value.since, value.until):
        parts[0] += f" {when}"
        if value.undated:
            parts[0] += f" ({value.undated:,} undated)"
    if value.sources:
        parts.append(names(value.sources))
    return " · ".join(parts)


def limits(filters: Filters) -> str:
    """The limits that a question was asked under, or nothing: "only AP · since 1 March 2024"."""
    parts = [f"only {names(filters.sources)}"] if filters.sources else []
    if when := period(filters.since, filters.until):
        parts.append(when)
    if filters.languages:
        parts.append(f"in {names([language_name(code) for code in filters.languages])}")
    return " · ".join(parts)


def byline(article: Article, speaker: str | None = None) -> str:
    """Who says it, and where and when it appeared: "Peskov, in AP, 26 February 2024"."""
    if article.source or article.date:
        when = day(article.date) if article.date else "undated"
        said = f"{article.source or 'source not known'}, {when}"
    else:
        said = "source and date not known"
    return f"{speaker}, {'in ' if article.source else ''}{said}" if speaker else said


def language_name(code: str) -> str:
    """The English name of a language by its ISO 639 code, or the code where it is not known."""
    return _LANGUAGES.get(code.lower(), code)


_LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
