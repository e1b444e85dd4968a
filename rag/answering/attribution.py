"""Who vouches for a sentence: the article itself, somebody it reports on, or a writer's opinion."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rag.analysis.words import denials, plain, stems
from rag.answering.evidence import Evidence, share
from rag.answering.question import SPEECH, Question
from rag.types import Article, Copy, Hit, Span, Statement

# A sentence rests on a statement where that makes up so much of it: "..., he said" is left.
_RESTS = 0.4
_SHORTEST = 12
# So much of the weight of what is asked about stands in a statement of it.
_FITS = 0.6
# What is left of the score of a sentence that says the opposite of what is asked about.
_AGAINST = 0.3
# The score of a statement of just the words that are asked about.
_JUST_THESE = 0.95
_DENYING = frozenset(stems("deny denied denial dispute disputed reject rejected refute refuted"))
_EMPTY = frozenset(
    stems(
        "a an the and or but of in on at to for from by with as that this it its he she they his "
        "her their was is were are had has have be been also who which when after before told "
        "monday tuesday wednesday thursday friday saturday sunday"
    )
)
_QUOTED = re.compile(r"[\"“«]([^\"“”«»]{6,})[\"”»]|(?<!\w)['‘]([^'‘’]{6,})['’](?!\w)")
# Sections, and the words before a title's colon, that mark an opinion in several languages.
_OPINION = re.compile(
    r"\b(?:opinions?|op-?eds?|editorials?|comment(?:ary|aries)?|columns?|columnists?|viewpoints?"
    r"|perspectives?|letters? to the editor|leader|meinung|kommentar|leitartikel|tribune|éditorial"
    r"|opinión|columna|editoriales)\b",
    re.IGNORECASE,
)


def attribute(
    asked: Question, evidence: Sequence[Evidence], statements: Iterable[Statement]
) -> list[Evidence]:
    """The same sentences, each with its voice, and with its speaker where it rests on a claim.

    Where it is asked who said something, the words that answer are the speaker of it, and what
    somebody says against it counts for less: so their order may change.
    """
    said: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        said[statement.article.id].append(statement)
    voiced = [_attributed(asked, one, said[one.hit.article.id]) for one in evidence]
    return sorted(voiced, key=lambda one: -one.score)


def _attributed(asked: Question, one: Evidence, statements: Iterable[Statement]) -> Evidence:
    inside = [
        statement
        for statement in statements
        # Another version of the article may have come in since it was searched.
        if statement.article.version == one.hit.article.version and _overlap(one, statement)
    ]
    if asked.asks_speaker and (claim := _asked_for(asked, inside)):
        one = replace(one, voice="claim", speaker=claim.speaker or one.speaker)
        if _denies(claim) != bool(denials(asked.text)) ^ bool(asked.heads & _DENYING):
            one = replace(one, score=one.score * _AGAINST)
        return replace(one, short=_speaker_span(one) or one.short)
    claims = [statement for statement in inside if _rests(one, statement)]
    if claims:
        # Of speech within speech the outermost is what the article vouches for.
        claim = max(claims, key=lambda claim: (_overlap(one, claim), -claim.start))
        one = replace(one, voice="claim", speaker=claim.speaker or one.speaker)
        if asked.asks_speaker:
            one = replace(one, short=_speaker_span(one) or one.short)
        return one
    if is_opinion(one.hit.article):
        return replace(one, voice="opinion")
    return one


def _asked_for(asked: Question, statements: Iterable[Statement]) -> Statement | None:
    """The statement that says what is asked about: of speech within speech the innermost."""
    wanted = {stem: weight for stem, weight in asked.weights.items() if stem not in SPEECH}
    if not wanted:
        return None
    fitting = [(share(wanted, set(stems(one.content))), one) for one in statements if one.speaker]
    best = max((fit for fit, _ in fitting), default=0.0)
    if best < _FITS:
        return None
    return min((one for fit, one in fitting if fit == best), key=lambda one: len(one.content))


def _denies(claim: Statement) -> bool:
    return bool(denials(claim.content)) ^ bool(set(stems(claim.cue)) & _DENYING)


def _rests(one: Evidence, claim: Statement) -> bool:
    """Whether a sentence is mostly the claim: who says it, and how, is no part of the rest."""
    covered = _overlap(one, claim)
    text, span = one.hit.article.text, one.span
    if covered >= _RESTS * (span.end - span.start):
        return True
    around = text[span.start : max(span.start, claim.start)] + " "
    around += text[min(span.end, claim.end) : span.end]
    source = set(stems(f"{claim.speaker or ''} {claim.role or ''} {claim.cue}")) | _EMPTY
    rest = sum(len(word) for word in around.split() if not set(stems(word)) <= source)
    within = text[max(span.start, claim.start) : min(span.end, claim.end)]
    said = sum(map(len, within.split()))
    return said >= max(_SHORTEST, _RESTS * (said + rest))


def with_quoted(
    asked: Question,
    evidence: Sequence[Evidence],
    hits: Sequence[Hit],
    statements: Sequence[Statement],
) -> list[Evidence]:
    """The evidence; where words in quotation marks are asked about, first who says just these."""
    wanted = [plain(words[1] or words[2]) for words in _QUOTED.finditer(asked.text)]
    if not asked.asks_speaker or not wanted:
        return list(evidence)
    found: dict[tuple[str, Span], Evidence] = {}
    for hit in hits:
        for said in statements:
            if said.article != hit.article or not said.speaker:
                continue
            if not any(f" {words} " in f" {plain(said.content)} " for words in wanted):
                continue
            for span in hit.passage.sentences:
                if span.start <= said.start < span.end:
                    sure = Evidence(hit, span, _JUST_THESE, None, said.speaker, "claim")
                    sure = replace(sure, short=_speaker_span(sure))
                    found.setdefault((hit.article.id, span), sure)
    others = [one for one in evidence if (one.hit.article.id, one.span) not in found]
    return [*found.values(), *others]


def with_carriers(
    evidence: Sequence[Evidence], read: Callable[[str], Article | None]
) -> list[Evidence]:
    """The same sentences, each with those copies of its article alone that have it word for word.

    A copy of a story may leave a sentence out, or say the opposite in it.
    """
    found = []
    for one in evidence:
        sentence = one.hit.article.text[one.span.start : one.span.end]
        found.append(replace(one, copies=carriers(sentence, one.hit.copies, read)))
    return found


def carriers(
    sentence: str, copies: Iterable[Copy], read: Callable[[str], Article | None]
) -> tuple[Copy, ...]:
    """Those of the copies that have a sentence word for word."""
    words = plain(sentence)
    return tuple(
        copy for copy in copies if (article := read(copy.id)) and words in plain(article.text)
    )


def _speaker_span(one: Evidence) -> Span | None:
    """Where the speaker's name stands: a sentence may say "he", then it is the one before it."""
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
