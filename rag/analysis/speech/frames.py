"""Sentences without the speech quoted in them: what a parser reads quickly and well."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.analysis.sentences import split_sentences
from rag.analysis.speech.quotations import Quotation
from rag.types import Span

# Stands for quoted speech while a text is cut into sentences.
_STAND_IN = "Quote"
# Characters of Chinese or Japanese beyond which quoted words are speech, not a name.
_WORDY = 12
_END = ".!?…。！？"
# What is left in front of a frame where a quotation was cut out.
_LEADING = " \t\r\n\u00a0,.;"
_TITLE_END = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Rev|Prof)\.$")
_WORD = re.compile(r"\w+")
_STOP_INSIDE = re.compile(r"[.!?…][\s“\"]+[A-Z“\"]")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Quoted speech in a frame: at which character of the frame's text it was cut out."""

    at: int
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence without its quoted speech.

    `offsets` says for each character of `text` where it stands in the article; `start` and `end`
    are the sentence's, quotations included, `paragraph` counts paragraphs.
    """

    text: str
    offsets: tuple[int, ...]
    quoted: tuple[Quoted, ...]
    start: int
    end: int
    paragraph: int

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A span of the frame's text as a span of the article."""
        return self.offsets[start], self.offsets[end - 1] + 1


def split_frames(text: str, quotations: list[Quotation], language: str | None) -> list[Frame]:
    """The frames of a text, in order; of its quotations those are cut out that are speech."""
    speech = [each for each in quotations if _is_speech(text, each)]
    masked, origins, places = _mask(text, speech)
    frames: list[Frame] = []
    paragraph = 0
    last = 0
    next_place = 0
    for span in _joined(masked, split_sentences(masked, language)):
        start, end = origins[span.start], origins[span.end - 1] + 1
        if "\n" in text[last:start]:
            paragraph += 1
        pieces: list[str] = []
        offsets: list[int] = []
        quoted: list[Quoted] = []
        at = span.start
        while next_place < len(places) and places[next_place][0] < span.end:
            begin, stop, quotation = places[next_place]
            next_place += 1
            pieces.append(masked[at:begin])
            offsets += origins[at:begin]
            quoted.append(Quoted(len(offsets), quotation))
            end = max(end, quotation.outer_end)
            at = max(at, stop)
        pieces.append(masked[at : span.end])
        offsets += origins[at : span.end]
        joined = "".join(pieces)
        lead = len(joined) - len(joined.lstrip(_LEADING))
        frames.append(
            Frame(
                joined[lead:],
                tuple(offsets[lead:]),
                tuple(Quoted(max(0, each.at - lead), each.quotation) for each in quoted),
                start,
                end,
                paragraph,
            )
        )
        last = end
    return frames


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """The sentences, with those joined that were parted between a title and its name."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and _TITLE_END.search(text, max(last.start, last.end - 8), last.end):
            if "\n" not in text[last.end : span.start]:
                joined[-1] = Span(last.start, span.end)
                continue
        joined.append(span)
    return joined


def _mask(
    text: str, speech: list[Quotation]
) -> tuple[str, list[int], list[tuple[int, int, Quotation]]]:
    """The text with stand-ins, where each character comes from, where the stand-ins are."""
    pieces: list[str] = []
    origins: list[int] = []
    places: list[tuple[int, int, Quotation]] = []
    last = 0
    for quotation in speech:
        pieces.append(text[last : quotation.outer_start])
        origins += range(last, quotation.outer_start)
        stand_in = _STAND_IN + _stop(text, quotation)
        begin = len(origins)
        pieces.append(stand_in)
        origins += [quotation.outer_start] * len(stand_in)
        places.append((begin, len(origins), quotation))
        last = quotation.outer_end
    pieces.append(text[last:])
    origins += range(last, len(text))
    return "".join(pieces), origins, places


def _stop(text: str, quotation: Quotation) -> str:
    """What ends the stand-in: a stop where the sentence around the quotation ends with it."""
    after = text[quotation.outer_end : quotation.outer_end + 3].lstrip(" \u00a0")
    last = text[quotation.end - 1]
    if last in ",?!—–-" or after[:1].islower():
        return ","
    return "." if last in _END else ""


def _is_speech(text: str, quotation: Quotation) -> bool:
    """Whether whole clauses are quoted, not just words that belong to the sentence around."""
    words = text[quotation.start : quotation.end]
    count = sum(1 for _ in _WORD.finditer(words))
    if "\n" in words or _STOP_INSIDE.search(words):
        return True
    if text[quotation.outer_start] in "「『":
        return count > 0 and ("。" in words or words[-1] in _END or len(words) > _WORDY)
    before = text[max(0, quotation.outer_start - 80) : quotation.outer_start]
    lead = before.rstrip(" \u00a0")
    opens = not lead or lead[-1] in '.!?…\n:,”"’»“«—–-' or lead.endswith("''")
    after = text[quotation.outer_end : quotation.outer_end + 2].lstrip()
    closes = words[-1] in ".,!?…—–" or after[:1] in ("", ",", ".", "?", "!", "\n")
    if not words[0].isupper() and not (words[0] in "…[(.I" or not words[0].isascii()):
        # “...,” he said, “and that will not do.”
        return opens and closes and count > 2 and bool(lead) and lead[-1] in ",:"
    return opens and closes or (count > 5 and closes and words[0].isupper())
