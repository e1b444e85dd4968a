"""Names in a sentence: those of the kind that is asked for, and who said it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.analysis.words import stems
from rag.answering.question import SPEECH, TIMES, Question
from rag.models.tagger import parse
from rag.types import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# Words between two dates that make one of them: "Monday (February 26)", "May 3, 2026".
_CLOSE = 25
_CURRENCIES = {"$", "€", "£", "¥", "₹", "₽"}
_JOINS = {"(", ",", "", "of", "the", "at", "on"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a sentence: its place in the sentence, spaCy's label, its stems."""

    start: int
    end: int
    label: str
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Named:
    """The names of one sentence."""

    names: tuple[Name, ...]

    @classmethod
    def of(cls, doc: Doc) -> Named:
        """The names that spaCy found, dates that stand together as one."""
        names: list[Name] = []
        for entity in doc.ents:
            start = entity.start_char
            if doc.text[start - 1 : start] in _CURRENCIES:  # spaCy may leave the sign out
                start -= 1
            name = Name(
                start,
                entity.end_char,
                entity.label_,
                frozenset(stems(entity.text)),
            )
            last = names[-1] if names else None
            if last and last.label in TIMES and name.label in TIMES:
                between = doc.text[last.end : name.start]
                if between.strip() in _JOINS:
                    closing = between.strip() == "(" and doc.text[name.end : name.end + 1] == ")"
                    names[-1] = Name(
                        last.start, name.end + closing, last.label, last.stems | name.stems
                    )
                    continue
            names.append(name)
        return cls(tuple(names))

    def has(self, labels: frozenset[str], said: set[str]) -> bool:
        """Whether there is a name of these labels that the question does not say itself."""
        return any(name.label in labels and not name.stems <= said for name in self.names)


def find_speaker(asked: Question, sentence: str) -> Span | None:
    """Where a sentence says who says it, where a question asks that and it can be told."""
    if not asked.asks_speaker:
        return None
    place = _subject(parse([sentence])[0], asked, set(asked.weights))
    return Span(*place) if place else None


def counts_what_is_asked(asked: Question, sentence: str, named: Named) -> bool:
    """Whether a number stands in front of the noun that a question asks the number of."""
    if "QUANTITY" not in asked.labels:
        return False
    heads = _places(sentence, set(asked.heads))
    return any(_counts(asked, name, heads) for name in named.names if name.label in asked.labels)


def _counts(asked: Question, name: Name, heads: list[tuple[int, int]]) -> bool:
    """Whether a head follows the number closely: "20 European leaders"."""
    after = [start - name.end for start, _ in heads if start >= name.end]
    return "QUANTITY" in asked.labels and bool(after) and min(after) < _CLOSE


def _places(sentence: str, wanted: set[str]) -> list[tuple[int, int]]:
    """Where in a sentence the words with these stems stand."""
    found: list[tuple[int, int]] = []
    position = 0
    for word in sentence.split():
        start = sentence.index(word, position)
        position = start + len(word)
        if wanted & set(stems(word)):
            found.append((start, position))
    return found


def _subject(doc: Doc, asked: Question, said: set[str]) -> tuple[int, int] | None:
    """Who does what the question asks about: the subject of its verb, or of one of saying."""
    wanted = asked.heads & SPEECH or asked.heads
    cues = [token for token in doc if wanted & set(stems(token.text))]
    if asked.asks_speaker:
        cues += [token for token in doc if token not in cues and SPEECH & set(stems(token.text))]
    for cue in cues:
        subject = _agent_of_noun(cue) if cue.pos_ == "NOUN" else _subject_of(cue)
        if subject is None or subject.pos_ == "PRON":
            continue
        start, end = _phrase(doc, _named(subject))
        words = set(stems(doc.text[start:end]))
        if words and not words <= said:
            return start, end
    return None


def _subject_of(verb: Token) -> Token | None:
    """The subject of a verb, or of the verb that it hangs on where it has none of its own."""
    token = verb
    for _ in range(4):
        children = {child.dep_: child for child in token.children}
        if "agent" in children:
            return next((c for c in children["agent"].children if c.dep_ == "pobj"), None)
        if "nsubj" in children:
            return children["nsubj"]
        if token.dep_ in ("acl", "relcl"):
            return token.head
        if token.dep_ not in ("conj", "advcl", "xcomp", "pcomp"):
            return None
        token = token.head
    return None


def _agent_of_noun(noun: Token) -> Token | None:
    """Who warns in "the Kremlin warning", "Peskov's warning", "a warning from Peskov"."""
    for child in noun.children:
        if child.dep_ in ("compound", "poss") and child.pos_ == "PROPN":
            return child
        if child.dep_ == "prep" and child.lower_ in ("from", "by"):
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def _named(subject: Token) -> Token:
    """Who it is by name, where a sentence says both: "its director, Corbin Teale, said"."""
    if subject.pos_ == "PROPN":
        return subject
    return next((c for c in subject.children if c.dep_ == "appos" and c.pos_ == "PROPN"), subject)


def _phrase(doc: Doc, head: Token) -> tuple[int, int]:
    """The noun phrase of a head without clauses and appositions that hang on it."""
    keep = {head.i}
    for child in head.children:
        if child.dep_ in ("compound", "det", "amod", "poss", "nmod", "nummod", "flat"):
            keep |= {token.i for token in child.subtree}
        elif child.dep_ == "appos" and child.pos_ == "PROPN" and child.i == head.i + 1:
            keep |= {token.i for token in child.subtree}
    first, last = min(keep), max(keep)
    start = doc[first].idx
    return start, doc[last].idx + len(doc[last])
