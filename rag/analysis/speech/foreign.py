"""Who says a quotation in German, French and Spanish: a verb of saying with a name beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.analysis.speech import cues
from rag.analysis.speech.frames import Frame, Quoted

_PRONOUNS = frozenset("er sie es il elle ils elles él ella ellos on".split())
# Titles that are not written with a capital.
_TITLES = frozenset(
    "président présidente ministre porte-parole maire directeur directrice chef cheffe député"
    " députée presidente presidenta ministro ministra portavoz alcalde alcaldesa director"
    " directora jefe jefa diputado diputada canciller".split()
)
_UPPER = "A-ZÀ-ÖØ-ÞĀ-Ž"
_NAME = re.compile(
    rf"[{_UPPER}][\w.’'-]*(?:[ \u00a0](?:(?:von|van|de|del|la|der)[ \u00a0]){{0,2}}"
    rf"[{_UPPER}][\w’'-]*){{0,4}}"
)
# How far, in characters without the quotations, a verb may be from its quotation, and a name
# from its verb.
_REACH = 60
_NEAR = 40


@dataclass(frozen=True, slots=True)
class Beside:
    """A verb of saying beside a quotation; without a name it is who spoke last.

    `place` is where the name stands, in characters of the sentence.
    """

    cue: str
    name: str | None = None
    role: str | None = None
    place: tuple[int, int] | None = None


def find_beside(language: str, frame: Frame, quoted: Quoted) -> Beside | None:
    """The verb of saying that is nearest to a quotation, with the name beside it."""
    pattern = cues.FOREIGN_CUES.get(language)
    if pattern is None:
        return None
    text = frame.text
    cue = min(
        pattern.finditer(text),
        key=lambda match: max(match.start() - quoted.at, quoted.at - match.end(), 0),
        default=None,
    )
    if cue is None or max(cue.start() - quoted.at, quoted.at - cue.end()) > _REACH:
        return None
    after = re.match(r"[^,.;:]*", text[cue.end() : cue.end() + 2 * _NEAR])
    stop = cue.end() + (after.end() if after else 0)
    following = text[cue.end() : stop].strip(" -").split(" ")[0].lower()
    name = _NAME.search(text, cue.end(), stop)
    if name is None or name.start() - cue.end() > _NEAR:
        begin = max(0, cue.start() - 2 * _NEAR)
        earlier = [m for m in _NAME.finditer(text, begin, cue.start())]
        name = earlier[-1] if earlier and cue.start() - earlier[-1].end() < _NEAR else None
    if name is None or following in _PRONOUNS or name.group().lower() in _PRONOUNS:
        return Beside(cue.group())
    words = name.group().split()
    title = text[: name.start()].split()[-1:]
    role = " ".join(words[:-2]) or None
    if title and title[0] in _TITLES:
        role = title[0]
    place = name.end() - len(" ".join(words[-2:])), name.end()
    return Beside(cue.group(), " ".join(words[-2:]), role, place)
