"""What is said: the part of a parsed sentence that a verb of saying reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.analysis.speech import cues
from rag.analysis.speech.grammar import outer_verb

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_COMPLEMENTS = {"oprd", "attr", "acomp", "ccomp", "xcomp"}
_OBJECTS = {"dobj", "obj", "xcomp", "ccomp", "oprd", "acomp", "attr", "dative"}
# Verbs that take the one who is told before what is told.
_WITH_HEARER = ("warn", "remind", "assur", "inform", "advis", "tell", "told", "promis")
# What else hangs on a verb of saying ends what is said, but for clauses that begin with these.
_STILL_SAID = frozenset("if because so unless since until whether even but".split())
# After ", she said,": her sentence goes on.
_GOING_ON = frozenset("because since which unless would will could should has have is are".split())
_OCCASIONS = {"during", "after", "before", "amid"}
_STILL_OBJECT = frozenset("as of for to against over about from with than into by".split())
TRIMMED = " \t\r\n\u00a0,;:—–-_*"


def content_after(verb: Token) -> tuple[int, int] | None:
    """What follows the verb and is reported, as characters."""
    lower = verb.lower_
    doc = verb.doc
    wanted = cues.WITH_PREPOSITION.get(stem_of(verb), "").split()
    object_too = lower in cues.OBJECT
    if lower in cues.ONLY_QUOTED and not object_too:
        return None
    hearer = lower.startswith(_WITH_HEARER)
    rights = list(verb.rights)
    main: int | None = None
    first: Token | None = None
    for place, child in enumerate(rights):
        clause = child.dep_ == "ccomp" or child.dep_ == "xcomp" and object_too
        edge = child.left_edge if child.left_edge.i > verb.i else child
        if child.dep_ == "prep" and child.lower_ in wanted:
            inner = next(iter(child.rights), None)
            if inner is not None and inner.ent_type_ not in ("DATE", "TIME") and first is None:
                first, main = inner.left_edge, place
        elif clause and (first is None or hearer and child.dep_ == "ccomp"):
            first, main = edge, place
        elif child.dep_ == "advcl" and first is None and edge.lower_ == "that":
            first, main = edge, place
        elif object_too and first is None and child.ent_type_ not in ("DATE", "TIME"):
            if child.dep_ in _OBJECTS or child.dep_ == "prep" and child.lower_ == "as":
                first, main = edge, place
    if first is None or main is None:
        after = verb.i + 1
        if after + 1 < len(doc) and doc[after].lower_ in wanted and verb.right_edge.i > after:
            return doc[after + 1].idx, doc[verb.right_edge.i].idx + len(doc[verb.right_edge.i])
        said = next((child for child in rights if child.dep_ == "dobj"), None)
        told = said is not None and said.i - verb.i > 2 and said.lower_ not in ("thing", "things")
        if said is not None and told and lower in ("said", "says", "say"):
            return said.left_edge.idx, doc[verb.right_edge.i].idx + len(doc[verb.right_edge.i])
        that = _that(verb)
        return (that.idx + 5, doc[that.sent.end - 1].idx) if that is not None else None
    if lower.startswith("call") and rights[main].dep_ == "dobj":
        named = len(list(rights[main].subtree)) < 5
        if named and not any(child.dep_ in _COMPLEMENTS for child in rights):
            return None  # by telephone
    if first.dep_ == "punct" and first.i + 1 < len(doc) and not first.is_quote:
        first = doc[first.i + 1]
    clause = rights[main].dep_ in ("ccomp", "advcl")
    last = _last_of_content(verb, rights, main, clause)
    if first.lower_ == "that" and last > first.i and (first.dep_ == "mark" or clause):
        first = doc[first.i + 1]
    if last < first.i:
        return None
    return first.idx, doc[last].idx + len(doc[last])


def _that(verb: Token) -> Token | None:
    """A "that" after a time or place, by which the parser did not find the clause."""
    for token in verb.doc[verb.i + 1 : verb.i + 9]:
        if token.is_punct or token.pos_ == "VERB":
            return None
        if token.lower_ == "that" and token.dep_ != "det" and token.i + 3 < token.sent.end:
            return token
    return None


def _last_of_content(verb: Token, rights: list[Token], main: int, clause: bool) -> int:
    """The last token of what is said, before the sentence goes on to something else."""
    doc = verb.doc
    last = rights[main].right_edge.i
    if not clause:
        last = _without_asides(rights[main])
    for child in rights[main + 1 :]:
        begins = child.left_edge
        if child.dep_ == "conj":
            subject = next((each for each in child.lefts if each.dep_ in ("nsubj", "expl")), None)
            if not clause or subject is None or subject.lower_ not in ("there", "it", "they"):
                break
            last = child.right_edge.i
        elif child.dep_ == "advcl" and child.lower_ in cues.VERBS and child.tag_ == "VBG":
            break
        elif child.dep_ == "advcl":
            if begins.lower_ not in _STILL_SAID:
                break
            last = child.right_edge.i
        elif child.dep_ in _OBJECTS or (
            child.dep_ == "prep"
            and begins.lower_ in _STILL_OBJECT
            and doc[begins.i - 1].text != ","
        ):
            last = child.right_edge.i
        elif clause and child.dep_ in ("prep", "advmod", "npadvmod", "dep", "parataxis"):
            if doc[begins.i - 1].text == ",":
                break
            last = child.right_edge.i
    # What the sentence goes on to say of its own, though the parser hangs it on what is said.
    for token in doc[rights[main].left_edge.i : last + 1]:
        if token.lower_ in cues.VERBS and token.pos_ == "VERB" and token.i != verb.i:
            if outer_verb(token).i == verb.i:
                last = token.left_edge.i - 1
                break
    while last > verb.i and (
        doc[last].dep_ == "cc" or doc[last].text in (",", ";", "--", "—", "–") or doc[last].is_space
    ):
        last -= 1
    return last


def _without_asides(head: Token) -> int:
    """The last token of a phrase without the occasion, or a participle after a comma."""
    last = head.right_edge.i
    for token in head.subtree:
        if token.lower_ in _OCCASIONS and token.dep_ == "prep" and token.i > head.i:
            last = min(last, token.i - 1)
        if token.dep_ in ("acl", "advcl") and token.tag_ == "VBG" and token.i > head.i:
            begin = token.left_edge.i
            if head.doc[begin - 1].text == ",":
                last = min(last, begin - 2)
    return last


def content_before(
    doc: Doc, verb: Token, source: Token | None, start: int, end: int
) -> tuple[int, int] | None:
    """The sentence in front of ", she said", or around ", he said,"."""
    if source is None:
        return None
    if any(child.dep_ == "dobj" and child.i != source.i for child in verb.rights):
        if not verb.lower_.startswith(_WITH_HEARER):
            return None
    before = doc.text[:start].rstrip(TRIMMED.replace(",", "") + "”\"'’")
    after = doc.text[end:].lstrip()
    if before.endswith(","):
        going_on = after[1:].split(maxsplit=1)[:1] if after.startswith(",") else []
        clause = next((child for child in verb.lefts if child.dep_ == "ccomp"), None)
        aside = verb.dep_ in ("parataxis", "ccomp") and verb.head.i > verb.i
        if after.startswith(",") and (aside or going_on and going_on[0] in _GOING_ON):
            return 0, len(doc.text.rstrip(" .\n"))
        if clause is None and not (
            verb.dep_ in ("parataxis", "ccomp", "conj", "ROOT")
            and any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") for t in doc if t.idx < len(before))
            and verb.dep_ != "conj"
        ):
            return None
        if (
            clause is None
            and verb.dep_ == "ROOT"
            and any(child.dep_ == "advcl" for child in verb.lefts)
        ):
            return None
        stop = start
        while stop > len(before) and doc.text[stop - 1] not in "”\"'’,":
            stop -= 1
        return 0, stop
    return None


def stem_of(verb: Token) -> str:
    """The stem of a verb that goes with prepositions, else the verb as it stands."""
    lower = verb.lower_
    for stem in cues.WITH_PREPOSITION:
        if lower.startswith(stem) or lower.startswith(stem[:-1]) and stem.endswith("e"):
            return stem
    return lower


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space and commas around it, and without a full stop; None if empty."""
    words = text[start:end]
    kept = words.strip(TRIMMED)
    if kept.endswith(".") and not kept.endswith("..."):
        kept = kept[:-1].rstrip()
    if not any(character.isalnum() for character in kept):
        return None
    start += words.index(kept)
    return start, start + len(kept)
