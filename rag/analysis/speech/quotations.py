"""Quotation marks of every language, paired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A mark that opens, and those that close it. Straight and doubled ones close themselves.
_CLOSERS = {
    "“": "”",
    "”": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "‘": "’",
    "‚": "‘’",
    "‹": "›",
    '"': '"',
    "'": "'",
    "''": "''",
    "``": "''",
}
# These leave no doubt that they open: unclosed, they hold to the end of the paragraph.
_SURE = {"“", "„", "«", "「", "『", "``"}
_SINGLE = {"'", "‘", "‚"}
_MARK = re.compile(r"''|``|[“”„‟«»‹›「」『』‘’‚\"']")
_LINE = re.compile(r"[^\n]+")
# How many marks on the end of a quotation in single marks, which look like apostrophes, is sought.
_REACH = 60
_WIDEST_SINGLE = 1500


@dataclass(frozen=True, slots=True)
class Quotation:
    """Quoted words, and the same with their marks: spans of the text that they stand in.

    Over several paragraphs, the marks that open the later ones lie within the words.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: str
    start: int
    end: int


def find_quotations(text: str) -> list[Quotation]:
    """The quotations of a text, in order, those within others left out.

    A paragraph that opens one and does not close it is read on with the next paragraph, if that
    opens with a mark too; otherwise the quotation ends with its paragraph.
    """
    found: list[Quotation] = []
    opened: _Mark | None = None  # by an earlier paragraph, and to be read on
    paragraphs = list(_paragraphs(text))
    for place, (start, end) in enumerate(paragraphs):
        marks = [_Mark(m.group(), m.start(), m.end()) for m in _MARK.finditer(text, start, end)]
        at = 0
        unclosed: set[str] = set()  # kinds of which none in this paragraph finds its end
        while at < len(marks):
            opener = opened or marks[at]
            if opened is None and (opener.kind in unclosed or not _opens(text, opener, start)):
                at += 1
                continue
            first = at + 1  # an earlier paragraph's goes on after the mark that opens this one
            closer = _closer(text, marks, first, opener)
            if closer is not None:
                found.append(_quotation(text, opener, marks[closer].start, marks[closer].end))
                opened = None
                at = closer + 1
                continue
            following = paragraphs[place + 1][0] if place + 1 < len(paragraphs) else len(text)
            leads = opened is not None or opener.start == start
            if opener.kind not in _SINGLE and text.startswith(opener.kind, following):
                opened = opener
                break
            opened = None
            if leads and opener.kind not in _SINGLE or opener.kind in _SURE:
                found.append(_quotation(text, opener, end, end))
                break
            if opener.kind not in _SINGLE:
                unclosed.add(opener.kind)
            at += 1
    return [quotation for quotation in found if quotation.start < quotation.end]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where each starts and ends; a line that ends amid a sentence is read on."""
    begun: int | None = None
    last = 0
    for line in _LINE.finditer(text):
        words = line.group().strip()
        if not words:
            continue
        start = line.start() + line.group().index(words)
        adjoining = begun is not None and text.count("\n", last, start) == 1
        if not (adjoining and text[last - 1].isalnum() and words[0].islower()):
            if begun is not None:
                yield begun, last
            begun = start
        last = start + len(words)
    if begun is not None:
        yield begun, last


def _quotation(text: str, opener: _Mark, end: int, outer_end: int) -> Quotation:
    words = text[opener.end : end]
    start = opener.end + len(words) - len(words.lstrip())
    return Quotation(start, max(start, opener.end + len(words.rstrip())), opener.start, outer_end)


def _opens(text: str, mark: _Mark, start: int) -> bool:
    if mark.kind not in _CLOSERS:
        return False
    before = text[mark.start - 1] if mark.start > start else " "
    after = text[mark.end : mark.end + 1]
    if mark.kind in _SURE:
        return True
    if not after or after.isspace() and mark.kind != "»":
        return False
    return before.isspace() or before in "([{—–-/:“‘\u200b>"


def _closer(text: str, marks: list[_Mark], first: int, opener: _Mark) -> int | None:
    """Which mark closes a quotation; None where none does."""
    closing = _CLOSERS[opener.kind]
    if opener.kind in _SINGLE:
        return _single_closer(text, marks, first, opener)
    depth = 1
    directed = opener.kind in _SURE
    for at in range(first, len(marks)):
        mark = marks[at]
        if mark.kind == closing or directed and mark.kind in closing:
            after = text[mark.end : mark.end + 1]
            if directed or not text[mark.start - 1].isspace() or not after.isalnum():
                depth -= 1
        elif directed and mark.kind == opener.kind and opener.kind != "„":
            depth += 1
        if not depth:
            return at
    if directed and depth > 1:  # one of the inner ones was never closed: the last mark must do
        for at in range(len(marks) - 1, first - 1, -1):
            if marks[at].kind in closing:
                return at
    return None


def _single_closer(text: str, marks: list[_Mark], first: int, opener: _Mark) -> int | None:
    """The first mark that can be no apostrophe, else one that ends a word."""
    possible: int | None = None
    plural: int | None = None  # "leaders’" may be a genitive
    for at in range(first, min(first + _REACH, len(marks))):
        mark = marks[at]
        if mark.start - opener.start > _WIDEST_SINGLE:
            break
        before, after = text[mark.start - 1], text[mark.end : mark.end + 1]
        if mark.kind not in _CLOSERS[opener.kind] or after.isalnum() or before.isspace():
            continue
        if opener.kind == "'" and mark.start - opener.end < 2:
            continue  # "rock 'n' roll"
        if not before.isalnum() or (after and after in ",.;:!?)"):
            return at
        if before not in "sS":
            possible = at if possible is None else possible
        elif opener.kind != "'":
            plural = at if plural is None else plural
    return plural if possible is None else possible
