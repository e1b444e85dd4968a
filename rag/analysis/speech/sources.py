"""The speaker behind the phrase that names a source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.analysis.speech import cues
from rag.analysis.speech.clauses import Report
from rag.analysis.speech.frames import Frame
from rag.analysis.speech.grammar import phrase_of
from rag.analysis.speech.roles import roles_beside
from rag.analysis.speech.speakers import Cast, Person, Speaker, gender_of
from rag.types import Article

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_PLURAL_PRONOUNS = {"they", "them", "their", "these", "those", "both"}
_SELF = {"i", "we", "me", "us", "my", "our"}
_HONORIFICS = {"mr", "mrs", "ms", "miss", "sir", "madam"}
_DEFINITE = re.compile(r"^(?:the|this|that)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|a|an|this|that|both)[ \u00a0]+", re.IGNORECASE)
_SUBJECT = re.compile(r"The ((?:[a-z’'-]+ ){1,3})")
# Characters at a sentence's start in which its subject is named.
_OPENING = 40
_NO_ROLE = {"his", "her", "their", "its", "my", "our", "both", "everything"}
_SHORT = {"Sen", "Rep", "Gov", "Gen", "Lt", "Col", "Maj", "Capt", "Sgt", "Prof", "Dr", "Rev"}


class Sources:
    """Resolves sources, with the people of the article and their titles."""

    def __init__(self, article: Article, cast: Cast, frames: Sequence[Frame]) -> None:
        self._article = article
        self._cast = cast
        self._starts = [frame.start for frame in frames]
        for start, end, person in cast.full_mentions():
            for role in roles_beside(article.text, start, end):
                person.add_role(role)

    def named(self, words: str) -> Speaker:
        """The speaker that a name in the text stands for."""
        person = self._cast.named(words)
        return _speaker(person) if person else Speaker(" ".join(words.split()))

    def first_named(self, frame: Frame, opening: bool = False) -> Speaker | None:
        """Whom a sentence names first, or only at its start."""
        end = min(frame.end, frame.start + _OPENING) if opening else frame.end
        person = self._cast.first_in(frame.start, end)
        return _speaker(person) if person else None

    def resolve(
        self, report: Report, frame: Frame, doc: Doc, last: Speaker | None, since: int
    ) -> Speaker:
        """Who the source of a report is; `last` spoke shortly before, `since` sentences ago."""
        head = report.source
        if head is None or report.phrase is None:
            return Speaker(None)
        place = frame.offsets[head.idx]
        return self._of_token(head, doc, place, last, since)

    def _of_token(
        self, head: Token, doc: Doc, place: int, last: Speaker | None, since: int
    ) -> Speaker:
        lower = head.lower_
        gender = gender_of(lower)
        if gender:
            return self._of_pronoun(gender, place, last, since)
        if lower in _SELF:
            authors = self._article.authors
            return Speaker(authors[0] if len(authors) == 1 else None)
        if lower in _PLURAL_PRONOUNS or lower == "it":
            return last if last is not None and last.person is None else Speaker(None)
        if head.pos_ == "PRON" and lower not in ("everyone", "nobody", "some", "many", "others"):
            return Speaker(None)
        others = [child for child in head.rights if child.dep_ == "conj"]
        if others and head.pos_ == "PROPN":
            names = [self._of_name(each, doc, place).name for each in (head, *others)]
            return Speaker(" and ".join(name for name in names if name))
        if head.pos_ == "PROPN" or head.ent_type_ == "PERSON":
            return self._of_name(head, doc, place)
        return self._of_description(head, doc, place, last)

    def _of_pronoun(self, gender: str, place: int, last: Speaker | None, since: int) -> Speaker:
        sentence = bisect_right(self._starts, place) - 1
        person = self._cast.first_in(self._starts[sentence], place, gender)
        described = self._described_before(sentence, gender) if person is None else None
        if described is not None:
            return described
        # Whoever opens a later sentence than the one who spoke last takes over.
        for later in range(sentence - 1, max(sentence - 1 - since, -1), -1):
            if person is None:
                start = self._starts[later]
                person = self._cast.first_in(start, start + _OPENING, gender)
        if person is None and last is not None and last.person is not None:
            if last.person.gender in ("", gender):
                return last
        person = person or self._cast.before(place, gender, self._starts)
        return _speaker(person) if person else Speaker(None)

    def _described_before(self, sentence: int, gender: str) -> Speaker | None:
        """The nameless person that the sentence before is about, as "The official disagrees"."""
        start, end = self._starts[max(0, sentence - 1)], self._starts[sentence]
        if self._cast.first_in(start, end, gender):
            return None  # "The mayor, Ada Marsh, disagrees."
        match = _SUBJECT.match(self._article.text, start, end)
        words = match[1].split() if match else []
        noun = next((place for place, word in enumerate(words) if word in cues.PEOPLE), None)
        if noun is None or cues.gender_of_noun(words[noun]) not in ("", gender):
            return None
        role = " ".join(words[: noun + 1])
        person = self._cast.with_role(role, start)
        return Speaker(person.name, role, person) if person else Speaker(f"the {role}")

    def _of_name(self, head: Token, doc: Doc, place: int) -> Speaker:
        entity = next((e for e in doc.ents if e.start <= head.i < e.end), None)
        if entity is not None and entity.label_ == "PERSON":
            person = self._cast.named(entity.text, place)
            if person is not None:
                return _speaker(person)
        words = _core(head)
        person = self._cast.named(words, place)
        if person is None and entity is None:
            person = self._cast.named(head.text, place)
        if person is not None:
            return _speaker(person)
        for child in head.children:
            if child.dep_ == "appos" and child.ent_type_ == "PERSON":
                return self._of_name(child, doc, place)
        return Speaker(_ARTICLE.sub("", words))

    def _of_description(self, head: Token, doc: Doc, place: int, last: Speaker | None) -> Speaker:
        words = _core(head)
        for child in head.children:
            if child.dep_ == "appos" and child.pos_ == "PROPN":  # whatever spaCy takes it for
                person = self._cast.named(_entity_text(child, doc))
                if person is not None:
                    role = _ARTICLE.sub("", words.partition(child.left_edge.text)[0])
                    return Speaker(person.name, role.strip(" ,") or None, person)
        noun = head.lower_
        if noun in cues.PEOPLE and _DEFINITE.match(words):
            role = _ARTICLE.sub("", words)
            person = self._cast.with_role(role, place)
            if person is not None:
                return Speaker(person.name, role, person)
        return Speaker(words)


def _speaker(person: Person) -> Speaker:
    titled = [role for role in person.roles if role.lower() not in ("republican", "democrat")]
    return Speaker(person.name, next(iter(titled or person.roles), None), person)


def _entity_text(token: Token, doc: Doc) -> str:
    return next((e.text for e in doc.ents if e.start <= token.i < e.end), token.text)


def _core(head: Token) -> str:
    """The phrase of a head up to its first comma, in the article's words on one line."""
    first, last = phrase_of(head)
    doc = head.doc
    words = doc.text[doc[first].idx : doc[last].idx + len(doc[last])]
    after = doc[head.i].idx + len(head) - doc[first].idx
    for mark in (",", "(", "—", ";"):
        at = words.find(mark, after)
        words = words[:at] if at >= 0 else words
    return " ".join(words.split())
