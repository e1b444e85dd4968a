"""Timelines: what happened when, in the exact words of the articles that a search found."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.analysis.notices import withdrawn
from rag.analysis.times import TimeMention, find_times, told_on
from rag.analysis.words import NUMBERS, stems
from rag.serialize import to_dict
from rag.types import Article, Citation, Copy, Hit, Span

# Sentences that tell an article's own news where they name no time: the first ones.
_LEAD = 2
# A sentence needs so many words besides its date: "Friday, January 4, 2019" is no event.
_FEWEST_WORDS = 4
# And more of them where it names no time: "So did the pharmacy next door."
_FEWEST_UNDATED = 6
# From here on two sentences of one date tell of the same event.
_SAME = 0.34
_WIDTH = 80
_COLUMN = 12

# A time of saying is a lesser one than the time of what is said.
_SAYING = re.compile(
    r"\b(?:said|says|told|announced|added|wrote|tweeted|reported|according|statement|sagte|teilte"
    r"|erklärte|déclaré|indiqué|annoncé|dijo|anunció|informó)\b(?:\s+[\w.,’']+){0,5}?\s*$"
)
# So is one in a clause that tells which thing is meant, or what was before.
_ASIDE = re.compile(
    r"\b(?:who|which|whose|where|when|after|before|since|because|until|than|as\s+of"
    r"|that(?!\s+(?:the|an?|it|he|she|they|his|her|its|their|there|all|no|some|any|many|more|at"
    r"|\d|[A-Z])))\b(?:\s+[\w’'-]+){0,9}\s*$"
)
_OF_IT = re.compile(r"['’]s?\s+\w")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# "one" is no figure
_NUMBER_WORDS = {word: str(number) for word, number in NUMBERS.items() if number > 1}
_PLAIN = frozenset(
    "a an the and or but of in on at to for from by with as that this these those it its he she "
    "they his her their is are was were be been has have had will would said say who which not "
    "no more than about after before when there were also into over out up".split()
)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline: the days, and the sentences that tell of it, the best one first.

    `stated` tells whether a sentence names the days; else they are the day of the article, which
    is when it was reported. `independent` counts the articles that tell it in words of their
    own: copies of one story, and sentences that are the same to the word, count as one.
    """

    since: date
    until: date
    stated: bool
    citations: tuple[Citation, ...]
    independent: int

    @property
    def quote(self) -> str:
        """The exact words of the sentence to show."""
        return self.citations[0].quote

    @property
    def article(self) -> Article:
        """The article that the sentence stands in."""
        return self.citations[0].article


@dataclass(frozen=True, slots=True)
class _Told:
    """A dated sentence, on its way to a timeline."""

    hit: Hit
    rank: int
    span: Span
    since: date
    until: date
    stated: bool
    words: tuple[str, ...]
    numbers: frozenset[str]

    @property
    def text(self) -> str:
        return self.hit.article.text[self.span.start : self.span.end]

    @property
    def day(self) -> date:
        article_day = self.hit.article.date
        return article_day.date() if article_day else date.max


def make_timeline(hits: Sequence[Hit], about: str = "", most: int | None = None) -> list[Event]:
    """The events that the sentences of the passages found tell of, in the order of their dates.

    With `about`, the words that were searched for, sentences are left out that name none of
    them, unless their article is about it. Of more than `most` events those are kept that most
    articles tell of, and among these the ones found first.
    """
    told = sorted(_dated(hits, frozenset(stems(about)) - _PLAIN), key=_first_told)
    groups = _grouped(told)
    if most is not None and len(groups) > most:
        groups = sorted(groups, key=lambda group: (-_independent(group), _rank(group)))[:most]
    groups.sort(key=lambda group: (group[0].since, group[0].until, _rank(group)))
    events, marker = [], 1
    for group in groups:
        citations = _citations(group, marker)
        marker += len(citations)
        first = group[0]
        events.append(Event(first.since, first.until, first.stated, citations, _independent(group)))
    return events


def _dated(hits: Sequence[Hit], wanted: frozenset[str]) -> Iterator[_Told]:
    times: dict[str, list[TimeMention]] = {}
    errors: dict[str, list[Span]] = {}
    seen: set[tuple[str, Span]] = set()
    for rank, hit in enumerate(hits):
        article = hit.article
        if article.id not in times:
            errors[article.id] = withdrawn(article)
            times[article.id] = find_times(article.text, told_on(article), article.language)
        for place, span in enumerate(hit.passage.sentences):
            sentence = article.text[span.start : span.end]
            told = span not in errors[article.id] and not sentence.endswith("?")
            if (article.id, span) in seen or not told:
                continue
            seen.add((article.id, span))
            inside = [
                one for one in times[article.id] if span.start <= one.start and one.end <= span.end
            ]
            words = _words(article.text, span, inside)
            if len(words) < _FEWEST_WORDS or not _is_about(wanted, words, article):
                continue
            leads = hit.passage.ordinal == 0 and place < _LEAD
            best = _best(article.text, span, inside)
            if best:
                since, until = best.since, best.until
            elif leads and article.date and len(words) >= _FEWEST_UNDATED:
                since = until = article.date.date()
            else:
                continue
            numbers = frozenset(_NUMBER_WORDS.get(word, word) for word in words)
            yield _Told(
                hit,
                rank,
                span,
                since,
                until,
                best is not None,
                words,
                frozenset(number for number in numbers if number[0].isdecimal()),
            )


def _words(text: str, span: Span, times: Sequence[TimeMention]) -> tuple[str, ...]:
    """The words of a sentence without its times, and without those that tell nothing."""
    pieces, position = [], span.start
    for mention in times:
        pieces.append(text[position : mention.start])
        position = mention.end
    pieces.append(text[position : span.end])
    return tuple(word for word in stems(" ".join(pieces)) if word not in _PLAIN)


def _is_about(wanted: frozenset[str], words: Sequence[str], article: Article) -> bool:
    if not wanted or not wanted.isdisjoint(words):
        return True
    return 2 * len(wanted & set(stems(article.title))) >= len(wanted)


def _best(text: str, span: Span, times: Sequence[TimeMention]) -> TimeMention | None:
    """The time of what a sentence tells: rather a day, and rather its main clause's."""

    def order(mention: TimeMention) -> tuple[bool, int, int, int]:
        days = (mention.until - mention.since).days
        before = text[span.start : mention.start]
        lesser = 0
        if _OF_IT.match(text, mention.end) or _ASIDE.search(before):
            lesser = 2
        elif _SAYING.search(before):
            lesser = 1
        return days > 7, lesser, days, mention.start

    return min(times, key=order, default=None)


def _first_told(told: _Told) -> tuple[date, date, bool, date, int, int]:
    return told.since, told.until, not told.stated, told.day, told.rank, told.span.start


def _grouped(told: Sequence[_Told]) -> list[list[_Told]]:
    """Sentences of the same days that tell of the same, each group's first one to be shown."""
    counts = Counter(word for one in told for word in set(one.words))
    weights = {word: math.log(1 + len(told) / count) for word, count in counts.items()}
    groups: list[list[_Told]] = []
    for one in told:
        near = [group for group in groups[::-1] if _same_days(group[0], one)]
        scores = [(_likeness(group, one, weights), group) for group in near]
        score, best = max(scores, key=lambda pair: pair[0], default=(0.0, []))
        if score >= _SAME:
            best.append(one)
        else:
            groups.append([one])
    return [sorted(group, key=lambda one: (not one.stated, one.rank)) for group in groups]


def _same_days(one: _Told, other: _Told) -> bool:
    if one.stated and other.stated:
        return (one.since, one.until) == (other.since, other.until)
    return abs((one.since - other.since).days) <= 1 and abs((one.until - other.until).days) <= 1


def _likeness(group: Sequence[_Told], one: _Told, weights: dict[str, float]) -> float:
    """How far a sentence is like those of a group: its cosine with the nearest, rare words first.

    None at all where figures differ: outlets that disagree are shown side by side.
    """
    return max(_cosine(other, one, weights) for other in group)


def _cosine(one: _Told, other: _Told, weights: dict[str, float]) -> float:
    if one.numbers and other.numbers and one.numbers.isdisjoint(other.numbers):
        return 0.0
    mine, yours = set(one.words), set(other.words)
    common = math.fsum(weights[word] ** 2 for word in mine & yours)
    lengths = math.fsum(weights[word] ** 2 for word in mine) * math.fsum(
        weights[word] ** 2 for word in yours
    )
    return common / math.sqrt(lengths)


def _independent(group: Sequence[_Told]) -> int:
    stories: dict[tuple[str, ...], str] = {}
    return len({stories.setdefault(one.words, one.hit.story) for one in group})


def _rank(group: Sequence[_Told]) -> int:
    return min(one.rank for one in group)


def _citations(group: Sequence[_Told], marker: int) -> tuple[Citation, ...]:
    """A citation for each article of a group: of its first sentence there."""
    chosen: dict[str, _Told] = {}
    for one in group:
        chosen.setdefault(one.hit.article.id, one)
    return tuple(
        Citation(
            marker + place,
            one.text,
            one.span.start,
            one.span.end,
            one.hit.article,
            copies=one.hit.copies,
        )
        for place, one in enumerate(chosen.values())
    )


def sources(event: Event) -> list[str]:
    """Who tells of an event, copies included: names of outlets, or titles where there is none."""
    names: dict[str, None] = {}
    for citation in event.citations:
        origins: list[Article | Copy] = [citation.article, *citation.copies]
        for origin in origins:
            names.setdefault(origin.source or origin.title or origin.id)
    return list(names)


def to_json(events: Sequence[Event]) -> str:
    """The events as JSON: dates in ISO 8601, exact quotes with their offsets."""
    rows = [
        {
            "since": event.since.isoformat(),
            "until": event.until.isoformat(),
            "stated": event.stated,
            "independent": event.independent,
            "sources": sources(event),
            "citations": [to_dict(citation) for citation in event.citations],
        }
        for event in events
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def days(event: Event) -> str:
    """The days of an event, as short as they can be told: 2024-02-26, 2024-02 or 2024."""
    since, until = event.since, event.until
    if since == until:
        return since.isoformat()
    if (since.day, until.day) == (1, monthrange(until.year, until.month)[1]):
        if (since.year, since.month) == (until.year, until.month):
            return since.isoformat()[:7]
        if (since.month, until.month) == (1, 12):
            return since.isoformat()[:4] + f"/{until.year}" * (since.year != until.year)
    return f"{since}/{until}"


def to_text(events: Sequence[Event]) -> str:
    """The events as text of 80 columns: their days, the words of the article, and its sources.

    White space within a quote is evened out; everything else stands as it does in the article.
    """
    lines: list[str] = []
    for event in events:
        told = " ".join(event.quote.split())
        names = ", ".join(sources(event))
        count = f"{event.independent} independent" if event.independent > 1 else ""
        dated = str(event.article.date.date()) if event.article.date else "no date"
        origin = f"— {'; '.join(part for part in (names, dated, count) if part)}"
        left = days(event).replace("/", " –\n").split("\n")
        if not event.stated:
            left.append("(reported)")
        right = [*_wrap(told), *_wrap(" ".join(origin.split()))]
        for number in range(max(len(left), len(right))):
            first = left[number] if number < len(left) else ""
            rest = right[number] if number < len(right) else ""
            lines.append(f"{first:<{_COLUMN}}{rest}".rstrip())
        lines.append("")
    return "\n".join(lines)


def _wrap(text: str) -> Iterator[str]:
    """Lines no wider than is left beside the dates, broken at spaces if there are any."""
    line, width = "", 0
    for word in re.findall(r"\S+\s*", text):
        for piece in _pieces(word):
            columns = _columns(piece.rstrip())
            if line and width + columns > _WIDTH - _COLUMN:
                yield line.rstrip()
                line, width = "", 0
            line += piece
            width += _columns(piece)
    if line:
        yield line.rstrip()


def _pieces(word: str) -> Iterator[str]:
    """A word whole, or in pieces where it is wider than a line."""
    piece, width = "", 0
    for character in word:
        columns = _columns(character)
        if width + columns > _WIDTH - _COLUMN - 1 and not character.isspace():
            yield piece
            piece, width = "", 0
        piece += character
        width += columns
    yield piece


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF")
        for one in text
    )
