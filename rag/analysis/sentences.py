"""Sentences of a text, as spans of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.types import Span

# A line as wide as this that ends without a stop was broken to fit a page, not by its author.
_WRAPPED = range(50, 121)
_STOPS = '.!?:;…。！？؟”"»“'
_BULLET = re.compile(r"\s*(?:[-*•–—#>]|\d+[.)])\s")
_OPENING = re.compile(r"(?<=\s)[“\"‘«„(\[]+\Z")
# "May." is no month's short form, and "no." is one in front of a number alone.
_STOPPED = re.compile(r"\b(?:May|[Nn]o)\.(?=\s+[“\"‘(]?[A-Z](?:[a-z]|\s))")
# The splitter takes time with the square of a line's length, in Chinese and among quotation
# marks: 53 s for 200,000 characters. A longer line is split block by block.
_BLOCK = 10_000


def split_sentences(text: str, language: str | None = None) -> list[Span]:
    """The spans of the sentences of `text`, in order, without the white space around them.

    Every character that is not white space lies in exactly one span. Lines that were wrapped to
    a page's width are read on; other line breaks end a sentence. `language` (ISO 639) chooses
    the abbreviations that end none.
    """
    spans: list[Span] = []
    for start, end in _corrected(_unwrap(text), language or "en"):
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
        if start >= end:
            continue
        if spans and not any(character.isalnum() for character in text[start:end]):
            # Closing quotation marks and the like belong to the sentence before them.
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans


def _corrected(text: str, language: str) -> Iterator[tuple[int, int]]:
    """The boundaries without two mistakes of the splitter.

    It takes "May." and "no." for short forms, and a mark that opens a quotation, where that is
    closed in another paragraph, for the end of the sentence before.
    """
    carried = None
    for start, end in _boundaries(text, language):
        start = start if carried is None else carried
        carried = None
        mark = _OPENING.search(text, start, end)
        if mark and text[end : end + 1].strip():
            end = carried = mark.start()
        if language == "en":
            for stop in _STOPPED.finditer(text, start, end):
                yield start, stop.end()
                start = stop.end()
        yield start, end


def _boundaries(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where each line's sentences start and end, white space included."""
    from sentencex import get_sentence_boundaries

    position = 0
    for line in text.split("\n"):
        stop = position + len(line)
        while position < stop:
            end = min(position + _BLOCK, stop)
            if end < stop:  # between words, where there is a space
                end = text.rfind(" ", position, end) + 1 or end
            block = text[position:end]
            found = [
                (position + boundary["start_index"], position + boundary["end_index"])
                for boundary in get_sentence_boundaries(language, block)
            ]
            position += len(block)
            if position < stop and len(found) > 1:
                # The last sentence of a block may go on in the next, which starts with it.
                position, _ = found.pop()
            yield from found
        position = stop + 1


def _unwrap(text: str) -> str:
    """The same text, as long to the character, with the breaks of wrapped lines as spaces."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    pieces = [lines[0]]
    for before, line in zip(lines, lines[1:], strict=False):
        stripped, following = before.rstrip(), line.lstrip()
        wrapped = (
            bool(stripped and following)
            and stripped[-1] not in _STOPS
            and not _BULLET.match(line)
            and (len(stripped) in _WRAPPED or following[0].islower())
        )
        pieces += [" " if wrapped else "\n", line]
    return "".join(pieces)
