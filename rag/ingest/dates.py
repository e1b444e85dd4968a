"""The dates of articles, in the many ways in which they are written.

A wrong date is worse than none: nothing is filled in from today's date, and what can be read in
two ways ("03/04/2024") or names no day ("February 2024") is no date.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

from rag.types import Day, aware, parse_iso

_FIRST_YEAR, _LAST_YEAR = 1400, 2200  # outside of these a date is a placeholder or a mistake
_LONGEST = 100

_TIMESTAMP = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")
_WEEK = re.compile(r"\d{4}-?W\d\d")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(?!\d)[T,\s]*(.*)", re.DOTALL)
_YEAR_LAST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)[T,\s]*(.*)", re.DOTALL)
_INTERNET = re.compile(
    r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d\d(?::\d\d)?\s+"
    r"(?:[+-]\d{4}|GMT|UTC?|[ECMP][SD]T)"
)
_HAS_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|(?<!\d)\d{1,2}[-\s][^\W\d]{3,9}\.?[-\s]\d\d(?!\d)")
_HAS_TIME = re.compile(r"\d[:.h]\d\d|\d\s*[ap]\.?m\b", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d\d)(?!\d)")
# ET is EST in winter and EDT in summer, IST is Indian, Irish or Israeli: only the day is certain.
_VAGUE_ZONE = re.compile(r"(?<=[\d\sm.(])(?:[ECMP]T|IST|local time)\b", re.IGNORECASE)


def parse_date(value: object) -> datetime | None:
    """The timezone-aware datetime, or the `Day`, that a value of a date field names.

    Takes ISO 8601, RFC 2822, seconds or milliseconds since 1970, and dates in words in the
    languages of dateparser. A time without a zone is taken as UTC. None where no one day is
    named: for relative dates, and for any value that cannot be read.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, date):
        return _plausible(aware(value))
    if isinstance(value, int | float):
        value = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    if not isinstance(value, str) or not 6 <= len(value.strip()) <= _LONGEST:
        return None
    return _plausible(_parse(value.strip()))


@lru_cache(maxsize=4096)
def _parse(text: str) -> datetime | None:
    compact = _COMPACT.fullmatch(text)
    try:
        if compact:
            year, month, day, hour, minute, second = map(int, compact.groups("0"))
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        if not _WEEK.fullmatch(text):
            return parse_iso(text)
    except ValueError:
        pass
    if _TIMESTAMP.fullmatch(text):
        seconds = float(text) / (1000 if len(text.partition(".")[0]) > 10 else 1)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if _INTERNET.fullmatch(text):
        try:
            return aware(parsedate_to_datetime(text))
        except (ValueError, TypeError):
            return None
    numbers = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
    if not numbers:
        return _in_words(text)
    named = _day_of(numbers)
    if named is None or not numbers[4]:
        return Day.of(named) if named else None
    return _parse(f"{named} {numbers[4]}")


def _day_of(numbers: re.Match[str]) -> date | None:
    """The day that three numbers name, None where day and month could be exchanged."""
    first, second, third = int(numbers[1]), int(numbers[2]), int(numbers[3])
    if first > 31:
        year, month, day = first, second, third
    elif first > 12 or first == second:
        year, month, day = third, second, first
    elif second > 12:
        year, month, day = third, first, second
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_words(text: str) -> datetime | None:
    """A date in words of any language, read by dateparser, which has to find day and year."""
    if not _HAS_YEAR.search(text):  # also keeps "2 days ago" from loading every language
        return None
    numbers = _NUMBERS.search(text)
    if numbers:
        day = _day_of(numbers) if len(numbers[3]) == 4 else None
        if day is None:
            return None
        text = f"{text[: numbers.start()]}{day}{text[numbers.end() :]}"
    from dateparser import parse

    # Strict: day, month and year. With settings, a call does not depend on those before it.
    settings = {"PARSERS": ["absolute-time"], "STRICT_PARSING": True}
    found: datetime | None = parse(_VAGUE_ZONE.sub("", text), settings=settings)
    if found is None:
        return None
    if not _HAS_TIME.search(text) or _VAGUE_ZONE.search(text):
        return Day.of(found)
    offset = found.utcoffset()
    return found.replace(tzinfo=UTC if not offset else timezone(offset))


def _plausible(moment: datetime | None) -> datetime | None:
    return moment if moment and _FIRST_YEAR <= moment.year <= _LAST_YEAR else None
