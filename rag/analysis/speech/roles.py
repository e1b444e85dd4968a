"""Titles beside a name: "Harbour spokesman Otto Lund", "Ada Marsh, the head of the authority"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.analysis.speech import cues

_BEFORE = 70
_AFTER = 110
_LONGEST = 90
_HONORIFICS = {"mr", "mrs", "ms", "miss", "sir", "madam"}
_SHORT = {"Sen", "Rep", "Gov", "Gen", "Lt", "Col", "Maj", "Capt", "Sgt", "Prof", "Dr", "Rev"}
_NO_MORE = frozenset(
    "the a an of by with and but or that to for in on as from at than when while where which who is"
    " was were are be had has have if his her their its my our your this these after before about"
    " between into like including against rival fellow another both former-rival then not over"
    " because under near without during via per monday tuesday wednesday thursday friday saturday"
    " sunday also later meanwhile however".split()
)
_ENDED = re.compile(r"[.;:!?)\]”\"][’'”\"]*$|[’']$")
_WORD = re.compile(r"[^\s]+")
_APPOSITION = re.compile(
    r"(?: \([^)\n]{1,30}\))?,[ \u00a0](?:(?:the|a|an|who is|then)[ \u00a0])?"
    r"([^,.;:()“”\"\n—–]{3,90}?)(?=[,.;:()—–]|[ \u00a0]who\b|$)"
)


def roles_beside(text: str, start: int, end: int) -> Iterator[str]:
    """The titles that stand before and after the name at `text[start:end]`."""
    before = _before(text[max(0, start - _BEFORE) : start])
    if before:
        yield before
    match = _APPOSITION.match(text[end : end + _AFTER])
    if match:
        words = match.group(1).split()
        heads = [place for place, word in enumerate(words) if _names_role(word)]
        prepositions = [p for p, word in enumerate(words) if word in ("of", "for", "at", "in")]
        limit = min(prepositions, default=len(words))
        clause = words[0].lower() in ("who", "whose", "which") or any(
            word.lower() in cues.VERBS or word in ("--", "that") for word in words
        )
        if any(place < limit for place in heads) and not clause:
            yield " ".join(words)


def _before(text: str) -> str:
    """The title that ends a text, or ends before a comma if an article begins it."""
    words = [(m.group(), m.start()) for m in _WORD.finditer(text)]
    kept: list[str] = []
    stopped = ""
    for place in range(len(words) - 1, -1, -1):
        word = words[place][0]
        plain = word.rstrip(",").lower()
        abbreviated = word.rstrip(".") in _SHORT
        if not kept and plain.rstrip(".") in _HONORIFICS:
            return ""
        if (
            plain in _NO_MORE
            or plain in cues.VERBS - cues.PEOPLE
            or not word[0].isalpha()
            or (not abbreviated and _ENDED.search(word))
            or (kept and word[-1] == ",")
            or plain.endswith(("ing", "ed"))
            or len(kept) > 5
        ):
            stopped = plain
            break
        kept.insert(0, word)
    if not kept or not _names_role(kept[-1].rstrip(",")):
        return ""
    if kept[-1].endswith(",") and stopped not in ("the", "a", "an"):
        return ""
    role = " ".join(kept).rstrip(",")
    return "" if len(role) > _LONGEST or role.lower() in ("republican", "democrat") else role


def _names_role(word: str) -> bool:
    plain = word.strip(".,").lower()
    if plain.endswith("ist") and len(plain) > 5:  # "astrophysicist"
        return True
    return plain in cues.PEOPLE or plain in cues.TITLES and plain not in _HONORIFICS
