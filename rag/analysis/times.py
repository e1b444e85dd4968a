"""Times that a text names, each with its place in the text and the days that are meant.

Relative times, and those without a year, are seen from the article's day as news writes them:
"Monday" is the last one, the article's own day included, unless what stands around it is to come.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from rag.analysis.timewords import LEXICONS, NUMBERS, Lexicon
from rag.types import Article

_DAY = timedelta(days=1)
_YEAR = timedelta(days=366)
_REWRITTEN = timedelta(days=3)
_FIGURES = re.compile(NUMBERS)
_FOUR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_TWO = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
# Where a sentence ends, but for "Mr." and "U.S.": the tense is not looked for beyond.
_STOP = re.compile(
    r"(?<![\s(.][A-Z])(?<![\s(][A-Z][a-z])(?<![\s(][A-Z][a-z]{2})(?<!Sept)[.!?]['\"”’)]*\s|\n|;"
)
_LEFT, _RIGHT, _AROUND = 160, 100, 40
# A day so long gone that the same day of the next year is nearer.
_LONG_AGO = 300
# Days that are called by month and day alone for years after.
_RECENT = 45
_KNOWN = {(1, 6): 2021, (9, 11): 2001, (10, 7): 2023}
_MAY_AS_NAME = re.compile(
    r"\b(?!(?:In|Since|By|Of|On|Until|From|For|And|Last|This|Next|Early|Late|Mid|During|But|Or|The)\b)"
    r"[A-Z][a-z]+\.? May\b(?! \d)"
)

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time named in a text: `text[start:end]`, from the day `since` to the day `until`."""

    start: int
    end: int
    since: date
    until: date


def told_on(article: Article) -> datetime | None:
    """The day from which an article speaks of "Tuesday": of an update soon after publication.

    Who updates a report within days writes it anew; later the most of it is left as it was.
    """
    if article.published is None or article.updated is None:
        return article.date
    soon = timedelta(0) <= article.updated - article.published <= _REWRITTEN
    return article.updated if soon else article.published


def find_times(
    text: str, anchor: datetime | None, language: str | None = None
) -> list[TimeMention]:
    """The times that a text names, in order and apart from one another.

    `anchor` is the article's date; without it only what names its year is found. `language` is
    an ISO 639 code, English where there is none. English, German, French and Spanish are read;
    in other languages only dates in figures. What can be read in two ways, as 03/04/2024, and
    what only looks like a time is left out.
    """
    lexicon = LEXICONS.get((language or "en").casefold().partition("-")[0])
    pattern = lexicon.times if lexicon else _FIGURES
    reader = _Reader(text, anchor.date() if anchor else None, lexicon or LEXICONS["en"])
    found = []
    for match in pattern.finditer(text):
        days = reader.read(match)
        if days and days[0] <= days[1]:
            found.append(TimeMention(*match.span(match.lastgroup or 0), *days))
    return found


class _Reader:
    """Tells the days that the mentions of one text mean."""

    def __init__(self, text: str, day: date | None, lexicon: Lexicon) -> None:
        self._text = text
        self._day = day
        self._lexicon = lexicon
        self._may_is_name = lexicon.code == "en" and bool(_MAY_AS_NAME.search(text))

    def read(self, match: re.Match[str]) -> Days | None:
        """The first and the last day that are meant, None where it is no time or not certain."""
        kind = match.lastgroup or ""
        if kind == "numbers":
            return _figures(match[kind])
        read = self._ABSOLUTE.get(kind) or (self._RELATIVE[kind] if self._day else None)
        if read is None or self._refused(match, kind):
            return None
        try:
            return read(self, *match.span(kind))
        except (ValueError, OverflowError):  # no such day, or none that a calendar has
            return None

    def _refused(self, match: re.Match[str], kind: str) -> bool:
        start, end = match.span(kind)
        before = self._text[max(0, start - _AROUND) : start]
        lead = self._lexicon.leads.get(kind)
        if lead and not lead.search(before):
            plain = kind == "year" or self._lexicon.month.fullmatch(match[kind])
            if plain:
                return True
        if kind == "month" and self._may_is_name and match[kind] == "May":
            return True
        return bool(self._lexicon.refused.search(f"{before}\0{self._text[start : end + _AROUND]}"))

    def _anchor(self) -> date:
        if self._day is None:
            raise ValueError("no day to see it from")
        return self._day

    def _date(self, start: int, end: int) -> Days:
        words = self._text[start:end]
        months = self._months(words)
        numbers = [int(number) for number in _TWO.findall(words)]
        years = self._years(words)
        name = self._lexicon.weekday.match(words)
        if years:
            last = date(years[-1], months[-1], numbers[-1])
        else:
            weekday = _number(name[0], "weekday", self._lexicon.code) if name else None
            last = self._near(months[-1], numbers[-1], weekday, self._is_ahead(start, end))
        first = date(years[0] if years else last.year, months[0], numbers[0])
        if first > last and len(years) < 2 and months[0] > months[-1]:
            first = first.replace(year=first.year - 1)
        return first, last

    def _near(self, month: int, number: int, weekday: int | None, ahead: bool) -> date:
        """The day of that name that is meant where its year is not told."""
        day = self._anchor()
        days = [
            date(year, month, number)
            for year in range(max(1, day.year - 4), min(9999, day.year + 4) + 1)
            if (month, number) != (2, 29) or year % 4 == 0 and (year % 100 or year % 400 == 0)
        ]
        fitting = [one for one in days if one.weekday() == weekday and abs(one - day) < _YEAR]
        if fitting:
            return min(fitting, key=lambda one: abs(one - day))
        before = max((one for one in days if one <= day), default=days[0])
        after = min((one for one in days if one > day), default=days[-1])
        back, on = (day - before).days, (after - day).days
        year = _KNOWN.get((month, number))
        if year and date(year, month, number) <= day and back > _RECENT and not ahead:
            return date(year, month, number)
        if back <= _LONG_AGO and on <= _LONG_AGO:
            return after if ahead else before
        return before if back < on else after

    def _month(self, start: int, end: int) -> Days:
        words = self._text[start:end]
        months, years = self._months(words), self._years(words)
        if years:
            year = years[-1]
        else:
            day, turn = self._anchor(), self._turn(words)
            gone = (day.month - months[-1]) % 12
            year = day.year - (months[-1] > day.month)
            if turn == 0:
                year = day.year
            elif turn == -1:
                year -= gone == 0
            elif gone and (turn == 1 or gone > 9 or self._is_ahead(start, end)) or turn == 1:
                year += 1
        first = years[0] if years else year
        if months[0] > months[-1] and len(years) < 2:
            first -= 1
        return date(first, months[0], 1), _month_end(date(year, months[-1], 1))

    def _year(self, start: int, end: int) -> Days:
        words = self._text[start:end]
        years = self._years(words)
        if end - start == len("2019-20"):
            years.append(years[0] // 100 * 100 + int(words[-2:]))
        return date(years[0], 1, 1), date(years[-1], 12, 31)

    def _decade(self, start: int, end: int) -> Days:
        year = int(self._text[start : start + 4])
        return date(year, 1, 1), date(year + 9, 12, 31)

    def _weekday(self, start: int, end: int) -> Days:
        words = self._text[start:end]
        name = self._lexicon.weekday.search(words)
        number = _number(name[0] if name else words, "weekday", self._lexicon.code)
        day, turn = self._anchor(), self._turn(words)
        if self._unit(words) == "week":
            found = day + (number - day.weekday() + 7 * (turn or 0)) * _DAY
        elif turn == 1 or (turn != -1 and self._is_ahead(start, end)):
            # "will vote on Friday", in an article of a Friday, is the same day: in 27 of 30.
            on = (number - day.weekday()) % 7
            found = day + (on or (7 if turn == 1 else 0)) * _DAY
        else:
            back = (day.weekday() - number) % 7
            found = day - (back or (7 if turn == -1 else 0)) * _DAY
        return found, found

    def _weekdays(self, start: int, end: int) -> Days:
        names = list(self._lexicon.weekday.finditer(self._text, start, end))
        last, _ = self._weekday(names[-1].start(), end)
        number = _number(names[0][0], "weekday", self._lexicon.code)
        return last - (last.weekday() - number) % 7 * _DAY, last

    def _word(self, start: int, end: int) -> Days:
        words = " ".join(self._text[start:end].casefold().split())
        shifts = self._lexicon.words
        day = (
            self._anchor()
            + next((shifts[word] for word in shifts if words.startswith(word)), 0) * _DAY
        )
        return day, day

    def _ago(self, start: int, end: int) -> Days:
        words = self._text[start:end]
        return _whole(
            _moved(self._anchor(), self._unit(words), -self._count(words)), self._unit(words)
        )

    def _ahead(self, start: int, end: int) -> Days:
        if not self._is_ahead(start, end):
            raise ValueError("rather for how long than when")
        words = self._text[start:end]
        return _whole(
            _moved(self._anchor(), self._unit(words), self._count(words)), self._unit(words)
        )

    def _span(self, start: int, end: int) -> Days:
        words, day = self._text[start:end], self._anchor()
        return _moved(day, self._unit(words), -self._count(words)), day

    def _unit_of(self, start: int, end: int) -> Days:
        words, day = self._text[start:end], self._anchor()
        unit, turn = self._unit(words), self._turn(words)
        if unit == "weekend":
            return self._weekend(turn, start, end)
        since, until = _whole(_moved(day, unit, turn or 0), unit)
        side = words[:5].casefold()
        return (day if side == "later" else since), (day if side == "earli" else until)

    def _weekend(self, turn: int | None, start: int, end: int) -> Days:
        day = self._anchor()
        saturday = day + (5 - day.weekday()) * _DAY
        if turn == -1:
            saturday -= 7 * _DAY
        elif turn == 1:
            saturday += 7 * _DAY if day >= saturday else 0 * _DAY
        elif day < saturday and not self._is_ahead(start, end):
            saturday -= 7 * _DAY
        return saturday, saturday + _DAY

    _ABSOLUTE: dict[str, Callable[[_Reader, int, int], Days]] = {
        "date": _date,
        "month": _month,
        "year": _year,
        "decade": _decade,
    }
    _RELATIVE: dict[str, Callable[[_Reader, int, int], Days]] = {
        "weekday": _weekday,
        "weekdays": _weekdays,
        "word": _word,
        "ago": _ago,
        "ahead": _ahead,
        "span": _span,
        "unit": _unit_of,
    }

    def _months(self, words: str) -> list[int]:
        code = self._lexicon.code
        return [_number(name, "month", code) for name in self._lexicon.month.findall(words)]

    def _years(self, words: str) -> list[int]:
        years = [int(year) for year in _FOUR.findall(words)]
        turn = self._turn(words)
        if not years and turn is not None and self._unit(words) == "year":
            years = [self._anchor().year + turn]
        return years

    def _turn(self, words: str) -> int | None:
        """-1 for last, 0 for this, 1 for next, None for neither."""
        found = None
        for word, turn in self._lexicon.turns.items():
            if re.search(rf"\b{word}", words, re.IGNORECASE):
                found = turn if not found else found
        return found

    def _unit(self, words: str) -> str:
        for word, unit in self._lexicon.units.items():
            if re.search(rf"\b{word}", words):
                return unit
        return ""

    def _count(self, words: str) -> int:
        for word in words.casefold().split():
            if word.isdecimal():
                return int(word)
            if word in self._lexicon.counts:
                return self._lexicon.counts[word]
        return 1

    def _is_ahead(self, start: int, end: int) -> bool:
        """Whether what stands around a mention, in its sentence, is to come."""
        tense = self._lexicon.tense
        left = _STOP.split(self._text[max(0, start - _LEFT) : start])[-1]
        cues = list(tense.finditer(left))
        right = _STOP.split(self._text[end : end + _RIGHT], maxsplit=1)[0]
        cue = cues[-1] if cues else tense.search(right)
        return cue is not None and cue["future"] is not None


def _figures(words: str) -> Days | None:
    """The day of a date in figures, None where day and month could be exchanged."""
    first, second, third = (int(number) for number in re.findall(r"\d+", words))
    if first > 31:
        year, month, number = first, second, third
    elif first > 12 or first == second or "." in words:
        year, month, number = third, second, first
    elif second > 12:
        year, month, number = third, first, second
    else:
        return None
    try:
        day = date(year, month, number)
    except ValueError:
        return None
    return day, day


def _moved(day: date, unit: str, count: int) -> date:
    if unit in ("month", "year"):
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
        first = date(months // 12, months % 12 + 1, 1)
        return first.replace(day=min(day.day, _month_end(first).day))
    if unit == "hour":
        count = -(-abs(count) // 24) * (1 if count > 0 else -1)
    return day + count * (7 if unit == "week" else 1) * _DAY


def _whole(day: date, unit: str) -> Days:
    """The week, month or year around a day, or the day."""
    if unit == "week":
        monday = day - day.weekday() * _DAY
        return monday, monday + 6 * _DAY
    if unit == "month":
        return day.replace(day=1), _month_end(day)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day, day


def _month_end(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - _DAY


@cache
def _number(name: str, what: str, language: str) -> int:
    """The number of a month (1 to 12) or weekday (Monday is 0), read by dateparser."""
    from dateparser.date import DateDataParser

    settings = {"RELATIVE_BASE": datetime(2001, 1, 1), "PREFER_DAY_OF_MONTH": "first"}
    parser = DateDataParser(languages=[language], settings=settings)
    found = parser.get_date_data(f"1 {name} 2001" if what == "month" else name).date_obj
    if found is None:
        raise ValueError(f"{name!r} is no {what}")
    return int(found.month if what == "month" else found.weekday())
