"""What a question asks for: the kind of answer, the words that matter, the names in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from rag.analysis.words import join_initials, stems
from rag.models.tagger import parse

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PERSONS = frozenset({"PERSON", "ORG", "NORP", "GPE"})
TIMES = frozenset({"DATE", "TIME"})
PLACES = frozenset({"GPE", "LOC", "FAC"})
COUNTS = frozenset({"CARDINAL", "QUANTITY", "PERCENT"})
AMOUNTS = frozenset({"MONEY", "PERCENT", "QUANTITY", "CARDINAL"})
LENGTHS = frozenset({"DATE", "TIME", "CARDINAL", "QUANTITY"})

# The noun after "which" or "what" -> the names that spaCy would give to an answer.
_NOUNS = {
    PLACES: "country nation state city town province island place location region continent "
    "village county district area territory venue stadium river border park airport capital",
    frozenset({"ORG", "NORP", "PRODUCT"}): "company organization organisation agency team party "
    "group newspaper network retailer airline brand union firm bank outlet club league court "
    "institution university manufacturer carmaker ministry publisher",
    frozenset({"PERSON"}): "person man woman actor actress singer musician president minister "
    "leader player athlete author writer director candidate senator governor king queen judge "
    "celebrity politician spokesman spokeswoman spokesperson mayor official scientist lawmaker "
    "congressman congresswoman rapper artist star coach founder premier chancellor head chief "
    "member champion winner suspect author judge justice",
    frozenset({"DATE"}): "year day month date week century decade weekday",
    frozenset({"TIME"}): "time hour",
    frozenset({"WORK_OF_ART", "PRODUCT", "ORG"}): "film movie show book song album series novel",
    frozenset({"LANGUAGE", "NORP"}): "language",
    frozenset({"PERCENT"}): "percentage percent share proportion rate",
    frozenset({"PERCENT", "MONEY", "CARDINAL"}): "rise raise increase drop",
    frozenset({"MONEY", "CARDINAL"}): "price amount cost sum salary wage fine",
    frozenset({"CARDINAL", "QUANTITY"}): "number figure toll",
    frozenset({"EVENT"}): "event war storm hurricane tournament festival",
    frozenset({"LAW"}): "law bill act treaty",
}
_LABELS = {stem: labels for labels, nouns in _NOUNS.items() for stem in stems(nouns)}
_HOW = {
    "many": COUNTS,
    "much": AMOUNTS,
    "long": LENGTHS,
    "old": frozenset({"DATE", "CARDINAL"}),
    **dict.fromkeys(
        ("far", "tall", "high", "big", "deep", "large", "wide", "heavy", "fast", "hot"),
        frozenset({"QUANTITY", "CARDINAL", "PERCENT"}),
    ),
    "often": TIMES,
}
# A word's weight by its part of speech: what a right passage cannot do without counts most.
_WEIGHTS = {"PROPN": 2.0, "NUM": 1.5, "NOUN": 1.2, "VERB": 1.0, "ADJ": 0.8, "ADV": 0.4, "X": 1.0}
# Stems of verbs of saying; of nouns too ("warning", "claim"), for stems do not tell them apart.
SPEECH = frozenset(
    stems(
        "say said saying tell told warn announce claim accuse deny denied state declare argue "
        "admit report call called urge suggest insist vow promise criticize criticise condemn "
        "describe explain comment ask demand predict estimate confirm acknowledge praise blame "
        "threaten caution predict emphasize stress add note respond reply replied"
    )
)
_EMPTY = frozenset(
    stems("who whom whose what which when where why how many much long old do does did be is")
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    `labels` are the names (spaCy's labels) that an answer would bear, empty where any words
    would do. `weights` maps the stem of each word that matters to its weight, `names` holds the
    stems of the proper names and numbers, `heads` those of the main verb and of a counted noun.
    `asks_speaker` is set for "who said", "who warned" and the like.
    """

    text: str
    labels: frozenset[str]
    weights: dict[str, float]
    names: frozenset[str]
    heads: frozenset[str]
    asks_speaker: bool = False


def understand(text: str) -> Question:
    """Take a question apart with spaCy; a question in another language keeps its words alone.

    Only the last 2,000 characters are looked at: what asks stands at the end.
    """
    asked = join_initials(text[-_LONGEST:])
    # In capitals every word would be a name.
    doc = parse([asked.lower() if asked.isupper() else asked])[0]
    wh = _question_word(doc)
    labels = _labels(doc, wh)
    weights: dict[str, float] = {}
    names: set[str] = set()
    in_name = {token.i for entity in doc.ents if entity.label_ not in _NUMERIC for token in entity}
    for token in doc:
        if token.is_punct or token.is_space or token is wh:
            continue
        proper = token.pos_ == "PROPN" or (token.i in in_name and token.text[:1].isupper())
        weight = _WEIGHTS["PROPN"] if proper else _WEIGHTS.get(token.pos_, 0.0)
        if token.is_stop and not proper:
            weight = 0.0
        for stem in stems(token.text):
            if weight and stem not in _EMPTY:
                weights[stem] = max(weight, weights.get(stem, 0.0))
                if _names(token, proper):
                    names.add(stem)
    if not weights:  # all stop words, or a script that spaCy's model does not know
        weights = dict.fromkeys(stems(doc.text), 1.0)
    heads = frozenset(stem for token in _heads(doc, wh) for stem in stems(token.text))
    speech = bool(labels == PERSONS and heads & SPEECH)
    return Question(text, labels, weights, frozenset(names), heads - _EMPTY, speech)


def _names(token: Token, proper: bool) -> bool:
    """Whether an article that answers has to know the word: a part of a name, an exact number."""
    if token.pos_ == "NUM":
        return not (token.i and token.nbor(-1).lower_ in _ROUGHLY)
    return proper and token.pos_ != "DET"


_LONGEST = 2_000
# A number behind one of these is not meant to the digit.
_ROUGHLY = frozenset("about around roughly nearly almost approximately some over than".split())
_WH = {"who", "whom", "whose", "what", "which", "when", "where", "why", "how"}
_NOUN_TAGS = {"NOUN", "PROPN"}
_BE = {"is", "was", "are", "were"}
_NUMERIC = {"DATE", "TIME", "CARDINAL", "ORDINAL", "QUANTITY", "MONEY", "PERCENT"}


def _labels(doc: Doc, wh: Token | None) -> frozenset[str]:
    if wh is None:
        return frozenset()
    word = wh.lower_
    if word in ("who", "whom", "whose"):
        return PERSONS
    if word == "when":
        return TIMES
    if word == "where":
        return PLACES
    following = [token.lower_ for token in doc[wh.i + 1 : wh.i + 2]]
    if word == "how":
        return _HOW.get(following[0], frozenset()) if following else frozenset()
    noun = _asked_noun(doc, wh)
    return _LABELS.get(next(iter(stems(noun.text)), ""), frozenset()) if noun else frozenset()


def _question_word(doc: Doc) -> Token | None:
    """The last word that asks: what stands before it sets the scene.

    "Who" may relate, and "when" tell a time: "How many died when the gate failed?"
    """
    words = [token for token in doc if token.lower_ in _WH]
    asking = [token for token in words if token.head.dep_ not in ("relcl", "acl", "advcl")]
    return next(reversed(asking or words), None)


def _asked_noun(doc: Doc, wh: Token) -> Token | None:
    """The noun that says what is asked for: "which world leader", "what is the price"."""
    if wh.lower_ not in ("what", "which"):
        return None
    if wh.dep_ == "det" and wh.head.pos_ in _NOUN_TAGS:
        return wh.head
    if wh.head.lower_ in _BE:
        subject = next((c for c in wh.head.children if c.dep_ == "nsubj" and c is not wh), None)
        if subject is not None:
            return subject
    phrase = takewhile(lambda token: token.pos_ not in ("VERB", "AUX"), doc[wh.i + 1 : wh.i + 6])
    nouns = takewhile(lambda token: token.pos_ != "ADP", phrase)
    return next((token for token in reversed(list(nouns)) if token.pos_ in _NOUN_TAGS), None)


def _heads(doc: Doc, wh: Token | None) -> list[Token]:
    """The main verb, and the noun that is counted or chosen from ("how many leaders")."""
    if wh is None:
        return [token for token in doc if token.dep_ == "ROOT"]
    verb = wh
    while verb.dep_ != "ROOT" and verb.pos_ not in ("VERB", "AUX"):
        verb = verb.head
    noun = _asked_noun(doc, wh)
    if wh.lower_ == "how":
        noun = next((t for t in doc[wh.i + 1 : wh.i + 4] if t.pos_ in _NOUN_TAGS), None)
    return [verb, noun] if noun is not None else [verb]
