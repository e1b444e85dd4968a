"""Whether sentences speak of the same thing: of what a question asks, told by stems."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from rag.analysis.times import find_times, told_on
from rag.analysis.words import stems
from rag.answering.evidence import Evidence, share
from rag.answering.question import Question

# A sentence below the bar has to say all that is asked: a reader that found one value thinks little
# of the others, down to a ten-thousandth for the same sentence with another number. One that says
# less needs so much of a score, unless it tells of the dead, hurt or missing that are asked for.
_WEAK = 0.001
# How much of the question's weight stands in a sentence that speaks of it, and in its article.
_IN_SENTENCE, _ALL_IN_SENTENCE, _IN_ARTICLE = 0.5, 0.6, 0.7
# What is told of times longer ago is another event.
_LONG_AGO = timedelta(days=200)

_SAME = (
    "die died dies dead death deaths kill killed killing fatal fatality fatalities toll perished",
    "hurt injured injuring injury injuries wounded casualties",
    "missing unaccounted",
    *"pay paid|cost costs costing|begin began begun start started starts|win won|sell sold sale"
    "|buy bought purchase|give gave given|take took taken|see saw seen shown|find found"
    "|lose lost losing loss|rise rose risen increase increased raised|fall fell fallen drop dropped"
    "|open opened opening|agree agreed approved approve|vote voted votes|build built|make made"
    "|choose chose chosen|lead led|hold held|shoot shot|steal stole stolen theft|send sent"
    "|write wrote written|break broke broken|meet met|become became|leave left|fine fined"
    "|arrest arrested detained|damage damaged|destroy destroyed|resign resigned stepped"
    "|cross crossed crossing|sign signed|accident crash collision smash derailed derailment derails"
    "|fire fires blaze|flood floods flooding|attack attacks attacked".split("|"),
)
CONCEPT: dict[str, str] = {
    stem: words.split()[0] for words in _SAME for word in words.split() for stem in stems(word)
}
TOLLS = frozenset({"die", "hurt", "missing"})
GENERIC = frozenset(
    stems(
        "be is was were are been has have had do did does will much many people persons person "
        "number figure amount end total get got who what when how"
    )
)
NARROW = frozenset(
    stems(
        "child children woman women man men boys girls soldiers officers policemen workers miners "
        "pupils students tourists civilians migrants firefighters police families"
    )
)
PEOPLE_WORDS = frozenset(stems("people person persons passengers residents victims"))
_LIVES = re.compile(r"\blives\b.*\b(?:cost|lost|claim)|\b(?:cost|lost|claim)\w*\b.*\blives\b", re.I)
_VOTES = re.compile(r"\b\d+(?: to |-|–)\d+\b")
_CAPITAL = re.compile(r"(?<![.!?:“\"] )(?<!^)\b[A-Z][a-z]{2,}\b")


def concepts(text: str) -> set[str]:
    """The stems of a text, one for all words that mean about the same."""
    found = {CONCEPT.get(stem, stem) for stem in stems(text)}
    if _LIVES.search(text):
        found.add("die")
    if _VOTES.search(text):  # "agreed by 8 to 5"
        found.add("vote")
    return found


class About:
    """What a question is about, and which sentences speak of it."""

    def __init__(self, asked: Question, evidence: Sequence[Evidence], whole: bool) -> None:
        # Yes or no, and who, are told of so many things that the sentence itself has to say which.
        self._whole = whole
        self._day = evidence[0].hit.article.date
        self._weights: dict[str, float] = {}
        for stem, weight in asked.weights.items():
            concept = CONCEPT.get(stem, stem)
            if concept not in GENERIC:
                self._weights[concept] = max(weight, self._weights.get(concept, 0.0))
        self._heads = {CONCEPT.get(stem, stem) for stem in asked.heads} - GENERIC
        if _LIVES.search(asked.text):
            self._heads = {"die"}
            self._weights = {"die": 1.2} | {
                word: weight
                for word, weight in self._weights.items()
                if word not in concepts("lives cost lost claim")
            }
        self._tolls = set(self._weights) & TOLLS
        self._years = set(re.findall(r"\b(?:1[5-9]|20)\d\d\b", asked.text))
        self._nameless = not asked.names
        self._shared = set(_CAPITAL.findall(evidence[0].hit.article.text))

    def holds(self, piece: Evidence, bar: float) -> bool:
        """Whether a sentence speaks of what is asked: below the bar, all of it has to be there."""
        article = piece.hit.article
        said = concepts(sentence_of(piece))
        if self._tolls and not self._tolls <= said:
            return False
        in_sentence = share(self._weights, said)
        heads = self._heads & said
        known = concepts(f"{article.title} {article.source or ''} {article.text}")
        if share(self._weights, known) < _IN_ARTICLE:
            return False
        if self._nameless and len(self._shared & set(_CAPITAL.findall(article.text))) < 2:
            return False  # of another event, as far as can be told
        if self._whole and in_sentence < _IN_SENTENCE:
            return False
        if self._heads and not heads and piece.score < bar:
            return False
        if in_sentence >= _ALL_IN_SENTENCE and piece.score >= _WEAK:
            return True
        if article.date and self._day and abs(article.date - self._day) > _LONG_AGO:
            return False  # a year later there is another quarter, match or storm
        if piece.score < bar:
            known_well = piece.score >= _WEAK or bool(self._tolls)
            return known_well and bool(self._heads) and heads == self._heads
        return bool(heads) or in_sentence >= _IN_SENTENCE

    def recent(self, piece: Evidence) -> bool:
        """Whether a sentence tells of the event that is asked about, and not of one long ago."""
        article = piece.hit.article
        if article.date is None:
            return True
        sentence = sentence_of(piece)
        past = article.date.date() - _LONG_AGO
        old = [
            str(time.until.year)
            for time in find_times(sentence, told_on(article), article.language)
            if time.until < past and not re.search(r"\bsince\s*$", sentence[: time.start])
        ]
        return not old or bool(self._years & set(old))


def sentence_of(piece: Evidence) -> str:
    """The sentence of a piece of evidence."""
    return piece.hit.article.text[piece.span.start : piece.span.end]
