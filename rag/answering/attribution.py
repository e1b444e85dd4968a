"""Who vouches for a sentence: the article itself, somebody it reports on, or a writer's opinion."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.answering.evidence import Evidence
from rag.answering.question import Question
from rag.types import Article, Span, Statement

# A sentence rests on a statement where that makes up so much of it: "..., he said" is left.
_RESTS = 0.4
# Sections, and the words before a title's colon, that mark an opinion in several languages.
_OPINION = re.compile(
    r"\b(?:opinions?|op-?eds?|editorials?|comment(?:ary|aries)?|columns?|columnists?|viewpoints?"
    r"|perspectives?|letters? to the editor|leader|meinung|kommentar|leitartikel|tribune|éditorial"
    r"|opinión|columna|editoriales)\b",
    re.IGNORECASE,
)


def attribute(evidence: Sequence[Evidence], statements: Iterable[Statement]) -> list[Evidence]:
    """The same sentences, each with its voice, and with its speaker where it rests on a claim."""
    said: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        said[statement.article.id].append(statement)
    return [_attributed(one, said[one.hit.article.id]) for one in evidence]


def _attributed(one: Evidence, statements: Iterable[Statement]) -> Evidence:
    claims = [
        (covered, statement)
        for statement in statements
        # Another version of the article may have come in since it was searched.
        if statement.article.version == one.hit.article.version
        and (covered := _overlap(one, statement)) >= _RESTS * (one.span.end - one.span.start)
    ]
    if claims:
        # Of speech within speech the outermost is what the article vouches for.
        _, claim = max(claims, key=lambda pair: (pair[0], -pair[1].start))
        speaker = claim.speaker or one.speaker
        return replace(one, voice="claim", speaker=speaker)
    if is_opinion(one.hit.article):
        return replace(one, voice="opinion")
    return one


def answer_with_speakers(asked: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The same sentences; where it is asked who said it, the speaker is the words that answer.

    A sentence may say "he": the name is then the one before it in the article.
    """
    if not asked.asks_speaker:
        return list(evidence)
    return [replace(one, short=_speaker_span(one) or one.short) for one in evidence]


def _speaker_span(one: Evidence) -> Span | None:
    if one.voice != "claim" or not one.speaker:
        return None
    text, name = one.hit.article.text, one.speaker
    last = name.split()[-1]
    if one.short and last in text[one.short.start : one.short.end]:
        return one.short
    for words in (name, last):
        start = text.find(words, one.span.start, one.span.end)
        if start < 0:
            start = text.rfind(words, 0, one.span.start)
        if start >= 0:
            return Span(start, start + len(words))
    return None


def _overlap(one: Evidence, statement: Statement) -> int:
    return max(0, min(one.span.end, statement.end) - max(one.span.start, statement.start))


def is_opinion(article: Article) -> bool:
    """Whether an article is marked as opinion, by its section or the words before its title."""
    kicker, colon, _ = article.title.partition(":")
    marked = f"{article.section or ''} {kicker if colon and len(kicker.split()) <= 2 else ''}"
    return bool(_OPINION.search(marked))
