"""Amounts: the numbers in sentences, read so that they can be held against one another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf

from rag.analysis.words import NUMBERS, stems
from rag.answering.evidence import Evidence
from rag.answering.question import Question
from rag.answering.sameness import (
    CONCEPT,
    NARROW,
    PEOPLE_WORDS,
    TOLLS,
    concepts,
    sentence_of,
)

# "At least 9" holds for 11, but a later 14 is news.
_NEWS = 1.25
_ABOUT = 0.1
_HOW_MANY = re.compile(r"\bhow many ((?:[\w'’-]+\s){1,3})", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|never|not)\b[^,;]*$", re.IGNORECASE
)

_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6,
    "billion": 1e9, "bn": 1e9, "trillion": 1e12, "dozen": 12.0,
}  # fmt: skip
# Words that name no number, but a range.
_RANGES = {"dozens": (24, 99), "scores": (40, 199), "hundreds": (200, 999), "thousands": (2e3, 1e5)}
_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
_PIECE = f"(?:{_WORD}|hundred|thousand|dozen)\\b"
_AMOUNT = re.compile(
    r"(?:\b(?:(?P<floor>at least|more than|over|no fewer than|no less than|above|upwards of)"
    r"|(?P<ceiling>up to|as many as|fewer than|less than|under|at most|no more than)"
    r"|(?P<about>about|around|some|roughly|approximately|an estimated|nearly|almost|close to))\s+)?"
    r"(?:(?P<sign>[$€£¥])\s?)?"
    r"(?:(?P<digits>(?<![\w.,:])(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?(?![\d:]))"
    # "A hundred and three" is a number, "died and three are missing" has one of one word.
    rf"|\b(?P<words>(?:an?[ -])?{_PIECE}(?:(?:(?:(?<=hundred)|(?<=thousand)) and |[ -])"
    rf"{_PIECE})*)\b"
    r"|\b(?P<range>dozens|scores|hundreds|thousands)\b)"
    r"(?:[ -]?(?P<scale>hundred|thousand|million|billion|trillion|dozen|[kmb]n?)\b)?"
    r"(?:(?: votes?)? ?(?:to|-|–) ?(?P<second>\d+|" + _WORD + r")\b(?!-))?"
    r"(?P<unit>\s?%|\s(?:per ?cent|percent)\b)?",
    re.IGNORECASE,
)
_MEASURES = frozenset(
    stems("second minute hour day week month year decade metre meter kilometre kilometer km mile "
          "foot feet tonne ton kilogram kg gram litre degree acre hectare seat vote")
)  # fmt: skip
_PART = re.compile(r"\s+(?:more|others?|of\s+(?:them|the|those|whom)|new|additional)\b", re.I)
_MORE = re.compile(r"\s+(?:more|others?|new|additional)\b", re.IGNORECASE)
_TOTAL = re.compile(
    r"\b(?:bring|brought|tak|took|rais)\w*\b[^.;]*?\b(?:toll|number|total|count|figure)\b"
    r"[^.;\d]*?\bto(?= (?:at least |more than |about )?(?:\d|" + _WORD + r"\b))",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(r"\b(?:another|further|additional|other|of\s+the)\s+$", re.IGNORECASE)
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}

# A longer number is none that is counted with.
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts: somewhere from `low` to `high`."""

    low: float
    high: float
    step: float
    unit: str
    counted: frozenset[str]
    second: float | None = None


def read_amount(asked: Question, piece: Evidence) -> tuple[str, Amount] | None:
    """The first number among the words that answer, with its unit."""
    if piece.short is None:
        return None
    sentence = sentence_of(piece)
    start, end = piece.short.start - piece.span.start, piece.short.end - piece.span.start
    for match in _AMOUNT.finditer(sentence):
        if not (match.start() < end and start < match.end()):
            continue
        before, after = sentence[: match.start()], sentence[match.end() :]
        if _MORE.match(after) and (total := _TOTAL.search(after)):
            # "Three more bodies, bringing the number of dead to 17".
            match = next(_AMOUNT.finditer(sentence, match.end() + total.end()), match)
            before, after = sentence[: match.start()], sentence[match.end() :]
        if _PART.match(after) or _PART_BEFORE.search(before) or _DENIED.search(before):
            return None
        counted = frozenset(stems(re.split(r"[^\w\s'’-]", after, maxsplit=1)[0])[:2])
        if counted & PEOPLE_WORDS and not _wants_people(asked):
            return None
        # "19 dead and three missing": three is no number of the dead.
        fate = {CONCEPT.get(stem, stem) for stem in counted} & TOLLS
        if fate and not fate & concepts(asked.text):
            return None
        narrow = counted & NARROW
        if narrow and not narrow & set(asked.weights):
            return None
        amount = _amount(match, counted)
        if amount is None:
            return None
        # The reader tells which word after a number belongs to it: "340 million crowns".
        more = sentence[match.end() : max(match.end(), end)]
        stop = match.end() + len(more) if len(more.split()) == 1 else match.end()
        return sentence[match.start() : stop].strip(), amount
    return None


def _wants_people(asked: Question) -> bool:
    """Whether a number of people may answer: not where something else is counted."""
    counts = _HOW_MANY.search(asked.text)
    words = set(stems(counts[1])) if counts else set()
    said = concepts(asked.text)
    return not words or bool(words & (PEOPLE_WORDS | NARROW) or said & TOLLS)


def _amount(match: re.Match[str], counted: frozenset[str]) -> Amount | None:
    scale = _SCALES.get((match["scale"] or "").casefold(), 1.0)
    if match["range"]:
        low, high = (float(bound) * scale for bound in _RANGES[match["range"].casefold()])
        return Amount(low, high, 0.0, "", counted)
    if match["digits"]:
        digits = re.sub(r"[,\u00a0\u202f]", "", match["digits"])
        if len(digits) > _MOST_DIGITS:
            return None
        number = float(digits) * scale
        whole, _, fraction = digits.partition(".")
        zeros = len(whole) - len(whole.rstrip("0")) if not fraction else -len(fraction)
        step = 10.0**zeros * scale if scale > 1 or number >= 1000 or fraction else 0.0
    else:
        number, step = _count(match["words"]) * scale, 0.0
        if not number:
            return None
    unit = _unit(match, counted)
    second = match["second"]
    if second:
        other = float(second) if second.isdecimal() else NUMBERS[second.casefold()]
        if other > number and not unit:
            return Amount(number, other, 0.0, unit, counted)
        return Amount(number, number, 0.0, "votes", frozenset(), float(other))
    low = high = number
    if match["floor"]:
        high = inf
    elif match["ceiling"]:
        low = 0.0
    elif match["about"]:
        low, high = number * (1 - _ABOUT), number * (1 + _ABOUT)
    return Amount(low, high, min(step, number / 20), unit, counted)


def _count(words: str) -> float:
    """The number that words name: "twenty-six", "one hundred and four", "a dozen"."""
    total = part = 0.0
    for word in re.findall(r"[a-z]+", words.casefold()):
        if word in _SCALES:
            part = (part or 1) * _SCALES[word]
            if word == "thousand":
                total, part = total + part, 0.0
        elif word in NUMBERS:
            part += NUMBERS[word]
    return total + part


def _unit(match: re.Match[str], counted: frozenset[str]) -> str:
    if match["unit"]:
        return "per cent"
    if match["sign"]:
        return _SIGNS[match["sign"]]
    measures = counted & (_MEASURES | {stem for one in _SIGNS.values() for stem in stems(one)})
    return min(measures, default="")


def amounts_agree(one: Amount, other: Amount, later: bool) -> bool | None:
    """Whether two amounts can both hold, None where they are of different things.

    `later` is set where `other` is in the newer article.
    """
    if one.unit != other.unit:
        return None
    if (one.second is None) != (other.second is None):
        return None
    if one.second is not None:
        return (one.low, one.second) == (other.low, other.second)
    exact = one.low == one.high and other.low == other.high
    if exact:
        # Of two numbers the rounder one may stand for the other.
        return abs(one.low - other.low) <= max(one.step, other.step) / 2
    if one.low > other.high or other.low > one.high:
        return False
    older, newer = (one, other) if later else (other, one)
    return not (older.high == inf and newer.high < inf and newer.low > older.low * _NEWS)
