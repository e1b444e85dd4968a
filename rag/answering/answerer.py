"""Answers made of quotes, or the plain statement that the articles hold none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.analysis.words import plain
from rag.answering.disagreement import Group, find_positions, is_latest, supersedes
from rag.answering.evidence import Evidence
from rag.answering.question import Question
from rag.retrieval.question import find_form
from rag.types import Answer, Article, Citation, Coverage, Day, Form, Hit, Position

NOT_FOUND = "Not in these articles."
DIFFER = "Sources differ."

# How many sentences are quoted at most, and how good a further one must be beside the first.
_QUOTES: dict[Form, int] = {"plain": 3, "yes_no": 4, "list": 8}
_NEARLY: dict[Form, float] = {"plain": 0.5, "yes_no": 0.5, "list": 0.5}
_NEAREST = 5
_SOURCES_NAMED = 5


def compose(
    asked: Question,
    evidence: Sequence[Evidence],
    hits: Sequence[Hit],
    searched: Coverage,
    threshold: float,
) -> Iterator[Answer]:
    """The answer as it grows, a quote at a time; the last one is whole.

    An answer that abstains comes in one piece: nothing is shown and then taken back.
    """
    form = find_form(asked.text)
    best = evidence[0] if evidence else None
    nearest = tuple(hits[:_NEAREST])
    if best is None or best.score < threshold:
        yield Answer(
            asked.text,
            f"{NOT_FOUND} {describe(searched)}",
            abstained=True,
            confidence=best.score if best else 0.0,
            searched=searched,
            nearest=nearest,
        )
        return
    groups = find_positions(asked, evidence, threshold, searched.sources)
    chosen = [one.pieces[0] for one in groups] or choose(evidence, threshold, form)
    citations = tuple(_cite(marker, piece) for marker, piece in enumerate(chosen, 1))
    told = _tell(groups, citations) if groups else [_sentence(one) for one in citations]
    positions = tuple(
        Position(one.value, (marker,), one.sources, one.since)
        for marker, one in enumerate(groups, 1)
    )
    short = _short(chosen, form)
    if groups and form != "yes_no":
        # The best sentence of all may give no value, and then is not among those quoted.
        lead = max((piece for one in groups for piece in one.pieces), key=lambda one: one.score)
        newest = supersedes(groups, lead)
        short = newest.value if newest else _short([lead], form)
    for count in range(1, len(citations) + 1):
        yield Answer(
            asked.text,
            " ".join(told[:count]),
            citations[:count],
            short=short,
            confidence=best.score,
            searched=searched,
            nearest=nearest,
            positions=positions[:count],
        )


def choose(evidence: Sequence[Evidence], threshold: float, form: Form = "plain") -> list[Evidence]:
    """The sentences to quote: the best, and those that say as much and new.

    One to three; a list gets more, of which each must name something new.
    """
    chosen: list[Evidence] = []
    said: set[str] = set()
    nearly = evidence[0].score * _NEARLY[form]
    for piece in evidence:
        if len(chosen) == _QUOTES[form] or piece.score < max(threshold, nearly):
            break
        names = piece.short if form == "list" and piece.short else piece.span
        words = plain(piece.hit.article.text[names.start : names.end])
        if words not in said:
            said.add(words)
            chosen.append(piece)
    return chosen


def _short(chosen: Sequence[Evidence], form: Form) -> str | None:
    """The few words that answer; of a list all of them; nothing where yes or no is asked."""
    if form == "yes_no":
        return None
    named = chosen if form == "list" else chosen[:1]
    words = [
        piece.hit.article.text[piece.short.start : piece.short.end]
        for piece in named
        if piece.short
    ]
    return "; ".join(words) or None


def describe(searched: Coverage) -> str:
    """What was searched, in a sentence: how many articles, from when to when, which sources."""
    if not searched.articles:
        return "There was no article to search."
    noun = "article" if searched.articles == 1 else "articles"
    parts = [f"Searched {searched.articles:,} {noun}"]
    if searched.since and searched.until:
        first, last = (Day.of(moment.date()) for moment in (searched.since, searched.until))
        parts.append(f"of {first}" if first == last else f"from {first} to {last}")
    if searched.undated:
        parts.append(f"({searched.undated:,} without a date)")
    if searched.sources:
        named = ", ".join(searched.sources[:_SOURCES_NAMED])
        more = len(searched.sources) - _SOURCES_NAMED
        parts.append(f"in {named} and {more} more sources" if more > 0 else f"in {named}")
    return " ".join(parts) + "."


def _cite(marker: int, piece: Evidence) -> Citation:
    article, span = piece.hit.article, piece.span
    quote = article.text[span.start : span.end]
    return Citation(
        marker, quote, span.start, span.end, article, piece.speaker, piece.voice, piece.copies
    )


def _tell(groups: Sequence[Group], citations: Sequence[Citation]) -> list[str]:
    """The quote of each value, with who gives the value and when; the first says that they differ.

    The newest comes first, and is called so where it is newer than the next.
    """
    told = []
    for place, (group, citation) in enumerate(zip(groups, citations, strict=True)):
        who = [_outlet(citation.article)]
        if not place and is_latest(groups):
            who.append("the latest")
        outlets = {citation.article.source}
        for piece in group.pieces:
            if piece.hit.article.source not in outlets:
                outlets.add(piece.hit.article.source)
                who.append(f"also {_outlet(piece.hit.article)}")
        told.append(f"{group.value} ({', '.join(who)}): {_sentence(citation)}")
    return [f"{DIFFER} {told[0]}", *told[1:]]


def _outlet(article: Article) -> str:
    name = article.source or article.title or "source not known"
    return f"{name}, {Day.of(article.date.date())}" if article.date else name


def _sentence(citation: Citation) -> str:
    """A quote with its mark; a claim that does not name its speaker, and an opinion, say whose."""
    quoted = f"“{citation.quote}” [{citation.marker}]"
    speaker, article = citation.speaker, citation.article
    if citation.voice == "claim" and speaker and speaker.split()[-1] not in citation.quote:
        return f"{speaker}: {quoted}"
    if citation.voice == "opinion":
        return f"{', '.join(article.authors) or article.source or 'The author'} (opinion): {quoted}"
    return quoted
