"""Sentences of a text, as spans of it."""

from __future__ import annotations

import re

from rag.types import Span

# A line as wide as this that ends without a stop was broken to fit a page, not by its author.
_WRAPPED = range(50, 121)
_STOPS = '.!?:;…。！？؟”"»“'
_BULLET = re.compile(r"\s*(?:[-*•–—#>]|\d+[.)])\s")


def split_sentences(text: str, language: str | None = None) -> list[Span]:
    """The spans of the sentences of `text`, in order, without the white space around them.

    Every character that is not white space lies in exactly one span. Lines that were wrapped to
    a page's width are read on; other line breaks end a sentence. `language` (ISO 639) chooses
    the abbreviations that end none.
    """
    from sentencex import get_sentence_boundaries

    unwrapped = _unwrap(text)
    spans: list[Span] = []
    for boundary in get_sentence_boundaries(language or "en", unwrapped):
        start, end = boundary["start_index"], boundary["end_index"]
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
