"""Answers made of quotes, or the plain statement that the articles hold none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.evidence import Evidence
from rag.types import Answer, Citation, Coverage, Day, Form, Hit

NOT_FOUND = "Not in these articles."

# How many sentences are quoted at most, and how good a further one must be beside the first.
_QUOTES: dict[Form, int] = {"plain": 3, "yes_no": 4, "list": 8}
_NEARLY: dict[Form, float] = {"plain": 0.75, "yes_no": 0.5, "list": 0.5}
_NEAREST = 5
_SOURCES_NAMED = 5


def compose(
    question: str,
    evidence: Sequence[Evidence],
    hits: Sequence[Hit],
    searched: Coverage,
    threshold: float,
    form: Form = "plain",
) -> Iterator[Answer]:
    """The answer as it grows, a quote at a time; the last one is whole.

    An answer that abstains comes in one piece: nothing is shown and then taken back.
    """
    best = evidence[0] if evidence else None
    nearest = tuple(hits[:_NEAREST])
    if best is None or best.score < threshold:
        yield Answer(
            question,
            f"{NOT_FOUND} {describe(searched)}",
            abstained=True,
            confidence=best.score if best else 0.0,
            searched=searched,
            nearest=nearest,
        )
        return
    chosen = choose(evidence, threshold, form)
    citations = tuple(_cite(marker, piece) for marker, piece in enumerate(chosen, 1))
    for count in range(1, len(citations) + 1):
        yield Answer(
            question,
            " ".join(f"“{c.quote}” [{c.marker}]" for c in citations[:count]),
            citations[:count],
            short=_short(chosen, form),
            confidence=best.score,
            searched=searched,
            nearest=nearest,
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
        plain = _plain(piece.hit.article.text[names.start : names.end])
        if plain not in said:
            said.add(plain)
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


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


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
    return Citation(marker, quote, span.start, span.end, article, piece.speaker)
