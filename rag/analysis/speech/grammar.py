"""Who does what in a parsed sentence: the grammar that reports rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.analysis.speech import cues

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# Words through which someone speaks, who is rather the source.
_WORDS_OF = frozenset(
    "remark remarks comment comments tweet tweets words series string warning warnings claim"
    " claims statements insistence assertion assertions".split()
)
RELATIVES = {"who", "which", "that", "whom"}


def source_of(verb: Token) -> Token | None:
    """Who says it: the subject of the verb, or of the verb that it hangs on."""
    token = verb
    for step in range(6):
        children = {child.dep_: child for child in token.children}
        if step == 0 and "agent" in children:
            return next((c for c in children["agent"].children if c.dep_ == "pobj"), None)
        passive = "nsubjpass" in children or "auxpass" in children
        subject = children.get("nsubj")
        if subject is None and passive:
            if step == 0:
                return None
            subject = children.get("nsubjpass")
        if subject is not None:
            if subject.lower_ in RELATIVES and token.dep_ in ("relcl", "acl"):
                return _antecedent(token.head, subject)
            return subject
        if step == 0 and token.dep_ in ("ROOT", "ccomp", "parataxis"):
            inverted = _inverted(token)
            if inverted is not None:
                return inverted
        if token.dep_ in ("acl", "relcl"):
            aside = token.tag_ == "VBG" and token.i and token.doc[token.i - 1].text == ","
            if not aside or token.head.ent_type_ == "PERSON":
                return token.head
            token = next((each for each in token.ancestors if each.pos_ == "VERB"), token.head)
            continue
        if token.dep_ not in ("conj", "advcl", "xcomp", "pcomp", "prep", "ccomp"):
            return None
        token = token.head
        if token.pos_ in ("NOUN", "PROPN") and token.dep_ not in ("pobj", "dobj"):
            return token
    return None


def outer_verb(verb: Token) -> Token:
    """The verb whose subject says it, where the parser takes a verb for part of what is said.

    "She said it would end, adding that ...", "he said it would end and warned that ..." and "she
    denies that it had any effect and points out that ...".
    """
    head = verb.head
    if verb.dep_ == "conj" and verb.tag_ in ("VBD", "VBZ", "VBP"):
        while head.dep_ == "conj" and head.tag_ == "VB":
            head = head.head
        if head.tag_ != verb.tag_ and head.dep_ in ("ccomp", "xcomp", "conj"):
            above = head.head
            if above.lower_ in cues.VERBS and above.tag_ == verb.tag_ and above.i < verb.i:
                return above
    if verb.dep_ == "advcl" and verb.tag_ == "VBG" and head.lower_ not in cues.VERBS:
        while head.dep_ in ("conj", "xcomp"):
            head = head.head
        comma = verb.i > 0 and verb.doc[verb.i - 1].text == ","
        if comma and head.dep_ == "ccomp" and head.head.lower_ in cues.VERBS:
            if head.head.i < verb.i:
                return head.head
    return verb


def who_speaks(source: Token) -> Token:
    """Who speaks through a document or words of someone's: "tweets" of him who sent them."""
    if source.lower_ in _WORDS_OF:
        for child in source.children:
            if child.dep_ == "poss":
                return child
        if source.dep_ == "pobj" and source.head.head.dep_ == "dobj":
            source = source.head.head
        if source.dep_ == "dobj":
            subject = source_of(source.head)
            if subject is not None and subject.i < source.i:
                return subject
    return source


def phrase_of(head: Token) -> tuple[int, int]:
    """The tokens, from first to last, of a noun phrase without its relative clauses."""
    last = head
    for child in head.rights:
        if child.dep_ in ("relcl", "acl", "advcl", "cc", "parataxis", "ccomp"):
            if child.dep_ == "cc" and any(each.dep_ == "conj" for each in head.rights):
                continue
            break
        if child.dep_ == "punct" and child.i == head.right_edge.i:
            break
        last = child.right_edge
    while last.is_punct and last.i > head.i and last.text not in ")]":
        last = head.doc[last.i - 1]
    return head.left_edge.i, last.i


def characters(doc: Doc, first: int, last: int) -> tuple[int, int]:
    """The characters from one token to another, both included."""
    return doc[first].idx, doc[last].idx + len(doc[last])


def _antecedent(noun: Token, relative: Token) -> Token:
    """What "who" stands for: not the place that the parser hangs it on."""
    while relative.lower_ == "who" and noun.ent_type_ in ("GPE", "LOC", "FAC", "DATE"):
        if noun.dep_ != "pobj" or noun.head.head.pos_ not in ("NOUN", "PROPN"):
            break
        noun = noun.head.head
    return noun


def _inverted(verb: Token) -> Token | None:
    """The name right after a verb, which the parser may take for anything: "said Ada Marsh"."""
    for child in verb.rights:
        if child.dep_ in ("dobj", "oprd", "attr", "npadvmod", "dep", "appos", "ccomp"):
            if child.pos_ in ("PROPN", "NOUN") and child.left_edge.i == verb.i + 1:
                return child
            return None
    return None
