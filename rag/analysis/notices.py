"""Notices in which an outlet says that it corrected, updated or withdrew what it had published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.analysis.sentences import split_sentences
from rag.types import Article, Span

NoticeKind = Literal["correction", "clarification", "update", "retraction"]

# In order: a notice that withdraws an article may call itself a correction too.
_KINDS: tuple[tuple[NoticeKind, str], ...] = (
    (
        "retraction",
        r"retract(?:ion|ed|s)\b|withdr[ae]wn?\b|rétractation|zurückgezogen|retirad[oa]",
    ),
    (
        "correction",
        r"correct(?:ion|ions|ed|s)\b|erratum|misstated|misspelled|incorrectly"
        r"|korrigiert|berichtig|korrektur|rectificatif|corrigé|corrección|corregid|rectificación",
    ),
    ("clarification", r"clarif(?:ication|ied|ies)\b|klarstellung|précision|aclaración"),
    ("update", r"updat(?:e|ed|es)\b|aktualisiert|mise? à jour|actualizad[oa]|actualización"),
)
# What a notice begins with, or says of itself. A court may correct something as well: only what
# speaks of the article, or stands under such a heading, is a notice.
_HEADING = re.compile(
    r"\W*(?:(?:editor(?:['’]s|s['’]|s)?|publisher['’]s)\s+note\b|(?:a\s+)?"
    r"(?:corrections?|clarifications?|updates?|retractions?|erratum|korrektur|berichtigung|"
    r"klarstellung|rectificatif|correctif|corrección|rectificación|fe de erratas|aktualisierung|"
    r"mise à jour|actualización)"
    r"(?:\s+(?:and\s+(?:correction|clarification|apology)|notice|\(?\d[^:]{0,30}))?\s*[:.—–-])",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"\b(?:this|an?\s+(?:earlier|previous)|the\s+(?:original|earlier|previous))\s+"
    r"(?:version\s+of\s+(?:this|the)\s+)?"
    r"(?:article|story|report|version|headline|caption|post|page|item|piece|dispatch|column|text)\b"
    r"|\b(?:eine\s+frühere\s+(?:version|fassung)|dieser\s+(?:artikel|beitrag|text))\b"
    r"|\b(?:une\s+version\s+(?:précédente|antérieure)|cet\s+article)\b"
    r"|\b(?:una\s+versión\s+anterior|este\s+artículo)\b"
    r"|\bregrets?\s+(?:the|this|any)\s+(?:error|mistake)",
    re.IGNORECASE,
)
# What an earlier version said is told because it is said no longer.
_EARLIER = re.compile(
    r"\b(?:earlier|previous|original)\s+version\b.*\b(?:said|stated|gave|reported|named|wrote)\b",
    re.IGNORECASE | re.DOTALL,
)
_PROMISED = re.compile(r"\b(?:may|will|might|can|to)\s+be\s+updated\b", re.IGNORECASE)
# What a notice tells of the error alone, without what is right.
_ERROR = re.compile(
    r"\b(?:said|stated|gave|reported|named|wrote|misstated|misspelled|misidentified|incorrectly"
    r"|wrongly|mistakenly|erroneously|inaccurately)\b",
    re.IGNORECASE,
)
_RIGHT = re.compile(r"\b(?:not|rather|instead|in fact|actually|should have)\b|n['’]t\b", re.I)


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence of an article, by its span, that tells of a change to what was published."""

    kind: NoticeKind
    span: Span


def withdrawn(article: Article) -> list[Span]:
    """The sentences of an article's notices that repeat an error, and do not say what is right."""
    return [
        notice.span
        for notice in find_notices(article)
        if notice.kind in ("correction", "retraction")
        and _ERROR.search(sentence := article.text[notice.span.start : notice.span.end])
        and not _RIGHT.search(sentence)
    ]


def find_notices(article: Article) -> list[Notice]:
    """The notices of an article, in order: at most one a sentence."""
    text = article.text
    if not (_HEADING.search(text) or _OF_ITSELF.search(text)):
        return []
    found = []
    for span in split_sentences(text, article.language):
        sentence = text[span.start : span.end]
        heading = _HEADING.match(sentence)
        if _PROMISED.search(sentence) or not (heading or _OF_ITSELF.search(sentence)):
            continue
        for kind, words in _KINDS:
            if re.search(rf"(?<!\w)(?:{words})", sentence, re.IGNORECASE):
                found.append(Notice(kind, span))
                break
        else:
            if _EARLIER.search(sentence):
                found.append(Notice("correction", span))
    return found
