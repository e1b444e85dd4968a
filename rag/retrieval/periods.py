"""Times that a question names, and how well an article's date fits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)

_MONTH = (
    r"(?:(?i:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Apr(?:il|\.)?|June?|July?|Aug(?:ust|\.)?"
    r"|Sep(?:t?\.|tember)|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
    r"|Mar(?:ch|\.)|MARCH|May|MAY)"  # "may" and "march" are other words
)
_YEAR = r"(?:19|20)\d\d(?![\w%]|[.,]\d)"
_DAY_NUMBER = r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?(?!\w|[.,:]\d)"
_COUNT = r"(?:\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten)"
_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_AT = r"(?:in|during|of|since|after|from|before|until|till|by|early|late|mid|throughout)"

_DATE = (
    rf"(?:\b{_MONTH}\s+{_DAY_NUMBER}(?:,?\s+{_YEAR})?"
    rf"|{_DAY_NUMBER}(?:\s+of)?\s+{_MONTH}(?!\w)(?:,?\s+{_YEAR})?)"
)
_ISO = r"(?:19|20)\d\d-\d\d-\d\d"
_BARE = rf"{_MONTH}(?!\w)(?!\s+\d|\s+[A-Z])"
# What a range begins or ends with.
_POINT = rf"(?:{_ISO}|{_DATE}|{_MONTH},?\s+{_YEAR}|{_BARE}|{_YEAR})"

_TIMES = re.compile(
    rf"""
    \b(?P<range>(?i:between|from)\s+(?P<first>{_POINT})\s+
      (?i:and|to|until|till|through)\s+(?P<last>{_POINT}))
  | (?P<limit>\b(?i:since|after|before|until|till)\s+(?:the\s+)?)?
    (?:
      (?P<iso>\b{_ISO})(?:T[\d:.+Z-]+)?(?![\w-])
    | (?P<day>{_DATE})
    | (?P<month>\b{_MONTH},?\s+(?:of\s+)?{_YEAR})
    | (?<!\w)(?:(?<=since\s)|(?<=after\s)|(?<=before\s)|(?<=until\s)|(?<=till\s)
        |\b(?i:{_AT})[\s-]+(?:early\s+|late\s+|mid-)?|\b(?i:this|last|past)\s+)
      (?:(?P<bare>{_BARE})|(?:the\s+year\s+)?(?P<year>{_YEAR}))
    | \b(?i:(?P<close>yesterday|last\ night|today|tonight)
      | (?P<unit>(?:this|last|past|previous)\ (?:week(?:end)?|month|year))
      | (?P<ago>{_COUNT}\ (?:day|week|month|year)s?\ ago)
      | (?:past|last)\ (?P<span>{_COUNT}\ (?:day|week|month|year)s?))\b
    | \b(?:on|last|this|On|Last|This)\s+(?P<weekday>{_WEEKDAY})\b(?!\s+[A-Z])
    )
    """,
    re.VERBOSE,
)
_LATEST = re.compile(
    r"\b(?i:latest|newest|most recent(?:ly)?|up[ -]to[ -]date)\b"
    # What came after an event: when that was, the question does not say.
    r"|^(?i:since|(?:what|who|which|how|where)\b.*\b(?:has|have)\b.*"
    r"(?<!time)(?<!first)(?<!years)(?<!months)(?<!weeks)(?<!days)(?<!ever) since)"
    r" (?:(?i:the|his|her|its|their)\b|[A-Z])"
)
_MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None where it has no end on that side."""

    since: date | None
    until: date | None

    @property
    def margin(self) -> timedelta:
        """How far from the period an article may be that is about it: longer for longer ones.

        What happened in June is still written about in July; the day's news on the day after.
        """
        days = (self.until - self.since).days if self.since and self.until else 0
        return timedelta(days=3 + days // 2)

    def fit(self, day: date) -> float:
        """1 within the period, falling to 0 over its margin on either side."""
        off = max(
            (self.since - day).days if self.since else 0,
            (day - self.until).days if self.until else 0,
            0,
        )
        return max(0.0, 1 - off / (self.margin.days + 1))

    def named_in(self, text: str) -> bool:
        """Whether a text names this very day, month or year."""
        pattern = _written(self)
        return bool(pattern and pattern.search(text))


def find_periods(text: str, asked: date | None) -> Iterator[tuple[int, int, Period]]:
    """Start and end of each naming of a time in a question, and the period that is meant.

    Relative ones, and those without a year, are seen from the day `asked` and looked for
    before it; without that day they are left out. "Between May and July" is one time.
    """
    for match in _TIMES.finditer(text):
        period = _read(match, asked)
        if period is not None:
            limit = (match["limit"] or "").split(maxsplit=1)
            if limit and limit[0].casefold() in ("since", "after"):
                period = Period(period.since, None)
            elif limit:
                period = Period(None, period.until)
            yield match.start(), match.end(), period


def asks_latest(text: str) -> bool:
    """Whether a question is about what came last."""
    times = [match.span() for match in _TIMES.finditer(text)]
    return any(
        not any(start <= match.start() < end for start, end in times)
        for match in _LATEST.finditer(text)
    )


def names_time(text: str) -> bool:
    """Whether there is any time in a question: quick, and true too often rather than rarely."""
    return bool(_TIMES.search(text) or _LATEST.search(text))


def _read(match: re.Match[str], asked: date | None) -> Period | None:
    kind = match.lastgroup or ""
    if kind == "range":
        return _range(match["first"], match["last"], asked)
    words = _plain(match[kind])
    if kind == "close":
        words = {"last night": "yesterday", "tonight": "today"}.get(words, words)
    elif kind == "unit":
        words = re.sub(r"past|previous", "last", words).replace("weekend", "week")
    elif kind == "span":
        words += " ago"
    found = _seen(words, asked)
    if found is None or kind != "span":
        return found
    return Period(found.since, asked)


def _range(first: str, last: str, asked: date | None) -> Period | None:
    """From the beginning of one time to the end of another, from which the first is seen."""
    end = _seen(_plain(last), asked)
    start = _seen(_plain(first), end.until) if end else None
    if not (start and end):
        return None
    days = (start.since, start.until, end.since, end.until)
    known = [day for day in days if day]
    return Period(min(known), max(known))


def _plain(words: str) -> str:
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b|,", " ", words).casefold()


def _seen(words: str, asked: date | None) -> Period | None:
    """The time that words name from a day, without which they have to name a year."""
    if asked is None and not re.search(_YEAR, words):
        return None
    return _parse(" ".join(words.split()), asked or date(2000, 1, 1))


@lru_cache(maxsize=256)
def _parse(words: str, asked: date) -> Period | None:
    """The day, week, month or year that the words name, read by dateparser."""
    from dateparser.date import DateDataParser

    # The first of a month: of the days in a period dateparser would take today's.
    settings = {
        "RELATIVE_BASE": datetime(asked.year, asked.month, asked.day),
        "PREFER_DATES_FROM": "past",
        "PREFER_DAY_OF_MONTH": "first",
        "PREFER_MONTH_OF_YEAR": "first",
    }
    found = DateDataParser(languages=["en"], settings=settings).get_date_data(words)
    if found is None or found.date_obj is None:
        return None
    day = found.date_obj.date()
    try:
        if found.period == "week":
            monday = day - day.weekday() * _DAY
            return Period(monday, monday + 6 * _DAY)
        if found.period == "month":
            first = day.replace(day=1)
            return Period(first, (first + 31 * _DAY).replace(day=1) - _DAY)
        if found.period == "year":
            return Period(date(day.year, 1, 1), date(day.year, 12, 31))
    except OverflowError:
        return None
    return Period(day, day)


@lru_cache(maxsize=256)
def _written(period: Period) -> re.Pattern[str] | None:
    """The ways to write a period that is one day, month or year; None for any other."""
    first, last = period.since, period.until
    if first is None or last is None:
        return None
    name = _MONTHS.split()[first.month - 1]
    month = (
        rf"\b(?:{name}|{name[:3]}\.|Sept\.)" if first.month == 9 else rf"\b(?:{name}|{name[:3]}\.)"
    )
    other_year = rf"(?!,?\s+(?!{first.year})(?:19|20)\d\d)"
    if first == last:
        day = rf"{first.day}(?:st|nd|rd|th)?(?!\w)"
        return re.compile(
            rf"{month}\s+{day}{other_year}|\b{day}\s+{month[2:]}(?!\w){other_year}|\b{first}\b"
        )
    if first.day == 1 and (last + _DAY).day == 1 and (last - first).days < 31:
        return re.compile(rf"{month}(?!\w)(?!\s+\d{{1,2}},?\s+(?!{first.year})\d{{4}}){other_year}")
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return re.compile(rf"\b{first.year}\b")
    return None
