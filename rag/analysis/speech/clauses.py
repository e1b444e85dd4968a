"""Who reports what in one parsed sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.analysis.speech import cues
from rag.analysis.speech.content import TRIMMED, content_after, content_before, stem_of, trim
from rag.analysis.speech.grammar import (
    RELATIVES,
    characters,
    outer_verb,
    phrase_of,
    source_of,
    who_speaks,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# Verbs that do not keep their infinitive from happening: "continued to call for a halt".
_CARRYING = frozenset(
    "continue continues continued continuing go goes went going begin begins began beginning start"
    " starts started seem seems seemed appear appears appeared use uses used using take takes took"
    " taking rush rushed proceed proceeded like likes liked speak spoke wrote writes tweeted posted"
    " appeared stand stood".split()
)
_POSSIBLE = frozenset("can could may might should must ca will 'll ’ll shall".split())
_SPEAKING = cues.PEOPLE | cues.BODIES | cues.DOCUMENTS
_NOBODY = frozenset(
    "anybody anyone those people someone somebody everything what whoever who which that this"
    " you one 's ’s things there".split()
)
_REFUSALS = frozenset(
    "decline declined declines declining refuse refused refuses refusing fail failed fails".split()
)


@dataclass(frozen=True, slots=True)
class Report:
    """A cue with who it belongs to and what is reported: spans of characters of the sentence.

    `source` is the token that heads the phrase of the source. `content` is None where the words
    are elsewhere: in a quotation, or nowhere. `start` and `end` enclose cue and source.
    """

    cue: tuple[int, int]
    source: Token | None
    phrase: tuple[int, int] | None
    content: tuple[int, int] | None
    start: int
    end: int
    quotable: bool = True


def find_reports(doc: Doc) -> list[Report]:
    """Every report of a sentence, in order of the cues."""
    reports: list[Report] = []
    for token in doc:
        lower = token.lower_
        if lower == "according":
            reports += _according(doc, token)
        elif (
            lower in ("put", "puts")
            and token.i + 1 < len(doc)
            and (doc[token.i + 1].lower_ == "it" and _ends_clause(doc, token.i + 2))
        ):
            reports += _put_it(doc, token)
        elif lower in cues.VERBS and token.pos_ in ("VERB", "AUX"):
            reports += _verb(doc, token)
        elif lower in cues.NOUNS and token.pos_ == "NOUN":
            reports += _noun(doc, token)
    return reports


def _verb(doc: Doc, verb: Token) -> Iterator[Report]:
    if _denied(verb):
        return
    head = outer_verb(verb)
    source = source_of(head)
    lower = verb.lower_
    if source is not None:
        if source.lower_ in ("i", "we", "you") and lower in cues.OPINION:
            return
        if source.i == verb.i or source.pos_ in ("VERB", "AUX") and source.dep_ != "nsubj":
            source = None
    if source is not None:
        source = who_speaks(source)
    nearest = _right_before(verb)
    if nearest is not None and (
        source is None
        or source.lower_ in RELATIVES
        or source.lower_ == "what"
        or _after_comma(source, nearest)
    ):
        source = nearest
    phrase = characters(doc, *phrase_of(source)) if source is not None else None
    if phrase is not None and source is not None and head.dep_ == "relcl":
        relative = next((c for c in head.lefts if c.lower_ in RELATIVES), None)
        if relative is not None and 0 <= relative.idx - phrase[1] < 4:
            phrase = phrase[0], relative.idx + len(relative)
    cue = _cue(doc, verb)
    start, end = cue
    if phrase is not None and source is not None:
        near = source.i < verb.i or phrase[0] - end < 3
        start = min(start, phrase[0]) if near else start
        end = max(end, phrase[1]) if near else end
    content: tuple[int, int] | None = None
    if _asserted(verb, source):
        content = content_after(verb)
        if content is None:
            content = content_before(doc, verb, source, start, end)
    if content is not None:
        content = trim(doc.text, *content)
    yield Report(cue, source, phrase, content, start, end)


def _right_before(verb: Token) -> Token | None:
    """The name in front of a verb that the parser has lost the subject of."""
    if any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children):
        return None
    at = verb.i - 1
    while at >= 0 and verb.doc[at].pos_ in ("ADV", "AUX"):
        at -= 1
    token = verb.doc[at] if at >= 0 else verb
    return token if token.pos_ == "PROPN" or token.lower_ in ("he", "she") else None


def _after_comma(source: Token, name: Token) -> bool:
    """Whether a name starts right after a comma that follows the supposed source."""
    first = name.i
    while first > 0 and name.doc[first - 1].pos_ == "PROPN":
        first -= 1
    return source.i < first - 1 and name.doc[first - 1].text == ","


def _asserted(verb: Token, source: Token | None) -> bool:
    """Whether someone did say it, who is not just anybody."""
    if source is None or source.lower_ in _NOBODY:
        return False
    thing = source.tag_ == "NN" and source.lower_ not in _SPEAKING
    if thing and (verb.lower_ in cues.DOUBTFUL or verb.dep_ == "acl"):
        return False
    if source.lower_ == "it" and verb.lower_ in cues.DOUBTFUL:
        return False
    if verb.tag_ == "VBN" and verb.dep_ == "acl":
        return any(child.dep_ == "agent" for child in verb.children)
    if verb.tag_ == "VBN" and verb.dep_ == "advcl":  # "asked about it, she ..."
        if not any(child.dep_ == "aux" for child in verb.children):
            return False
    token = verb
    while token.dep_ == "conj" and token.tag_ == "VB":
        token = token.head
    helpers = {child.lower_ for child in token.children if child.dep_ == "aux"}
    if helpers & _POSSIBLE:
        return False
    if token.tag_ == "VB" and "to" in helpers:
        carried = token.head.lower_ in _CARRYING
        return carried and token.dep_ in ("xcomp", "advcl") and source.i < token.i
    return True


def _ends_clause(doc: Doc, index: int) -> bool:
    return index >= len(doc) or doc[index].is_punct or doc[index].lower_ in ("in", "on", "at")


def _put_it(doc: Doc, verb: Token) -> Iterator[Report]:
    """A phrase such as: as she put it; beside a quotation."""
    source = source_of(verb)
    if source is None:
        return
    phrase = characters(doc, *phrase_of(source))
    cue = verb.idx, doc[verb.i + 1].idx + 2
    yield Report(cue, source, phrase, None, min(cue[0], phrase[0]), max(cue[1], phrase[1]))


def _denied(verb: Token) -> bool:
    """Whether it is said that something was not said, or may be."""
    for child in verb.children:
        if child.dep_ == "neg":
            return True
    head = verb.head
    if verb.dep_ == "xcomp" and head.lower_ in _REFUSALS:
        return True
    return verb.dep_ == "xcomp" and any(child.dep_ == "neg" for child in head.children)


def _cue(doc: Doc, verb: Token) -> tuple[int, int]:
    """The verb with its particle: "pointed out", "called for"."""
    last = verb
    wanted = cues.WITH_PREPOSITION.get(stem_of(verb), "").split()
    following = doc[verb.i + 1] if verb.i + 1 < len(doc) else None
    if following is not None and (
        following.dep_ == "prt" or following.lower_ in wanted and following.head.i == verb.i
    ):
        last = following
    return verb.idx, last.idx + len(last)


def _according(doc: Doc, token: Token) -> Iterator[Report]:
    following = doc[token.i + 1] if token.i + 1 < len(doc) else None
    if following is None or following.lower_ != "to":
        return
    source = next((child for child in following.children if child.dep_ == "pobj"), None)
    source = source or next(iter(following.rights), None)
    if source is None:
        return
    phrase = characters(doc, *phrase_of(source))
    start, end = token.idx, max(phrase[1], following.idx + 2)
    before = doc.text[:start].rstrip(TRIMMED)
    rest = doc.text[characters(doc, source.i, source.right_edge.i)[1] :]
    words_before = sum(1 for t in doc if t.idx < len(before) and t.is_alpha)
    content: tuple[int, int] | None
    if words_before < 3:
        comma = doc.text.find(",", phrase[1])
        content = (comma + 1, len(doc.text)) if comma >= 0 else None
        if comma < 0 and rest.strip(TRIMMED + "."):
            content = (len(doc.text) - len(rest), len(doc.text))
    elif rest.startswith(",") and len(rest.split()) > 3:
        content = (0, len(doc.text))
    else:
        content = (0, len(before))
    if content is not None:
        content = trim(doc.text, *content)
    yield Report((token.idx, following.idx + 2), source, phrase, content, start, end)


def _noun(doc: Doc, noun: Token) -> Iterator[Report]:
    """A noun with its source: "her warning of a flood", "a threat from Marsh to leave"."""
    source: Token | None = None
    first: Token | None = None
    last: Token | None = None
    for child in noun.children:
        if child.dep_ == "poss" or (
            child.dep_ in ("compound", "nsubj") and child.pos_ == "PROPN" and child.i < noun.i
        ):
            source = source or child
        elif child.dep_ == "prep" and child.lower_ in ("from", "by"):
            source = next((c for c in child.children if c.dep_ == "pobj"), source)
            after = child.right_edge.i + 1
            if after + 2 < len(doc) and doc[after].lower_ == "that":
                first, last = doc[after + 1], doc[noun.sent.end - 1]
            clause = next((c for c in child.subtree if c.dep_ == "ccomp"), None)
            if clause is not None and clause.left_edge.lower_ == "that":
                first, last = doc[clause.left_edge.i + 1], clause.right_edge
        elif child.i > noun.i and first is None:
            lead = child.left_edge
            if child.dep_ in ("acl", "ccomp", "relcl") and lead.lower_ in ("that", "to"):
                first, last = doc[lead.i + (lead.lower_ == "that")], child.right_edge
            elif child.dep_ == "prep" and noun.lower_ in cues.NOUNS_OF and child.i + 1 < len(doc):
                if child.lower_ in ("of", "about", "against", "for"):
                    first, last = doc[child.i + 1], child.right_edge
    if source is None or first is None or last is None or last.i < first.i:
        return
    if last.i + 2 < len(doc) and doc[last.i + 1].lower_ == "if":
        last = doc[last.i + 1].head.right_edge  # "a warning of a flood if it rains"
    span = trim(doc.text, *characters(doc, first.i, max(first.i, last.i)))
    phrase = characters(doc, *phrase_of(source))
    cue = noun.idx, noun.idx + len(noun)
    start, end = min(cue[0], phrase[0]), max(cue[1], phrase[1])
    yield Report(cue, source, phrase, span, start, end, quotable=False)
