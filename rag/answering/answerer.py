"""Answers made of quotes, or the plain statement that the articles hold none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.models.protocols import Evidence, Reader
from rag.types import Answer, Citation, Coverage, Day, Hit

NOT_FOUND = "Not in these articles."

_QUOTES = 3
# A further sentence is quoted only where it is nearly as good as the first.
_NEARLY = 0.75
_NEAREST = 5
_SOURCES_NAMED = 5


class Answerer:
    """Turns hits into an answer: the sentences that a reader chose, quoted exactly."""

    def __init__(self, reader: Reader, threshold: float | None = None) -> None:
        self._reader = reader
        self._threshold = threshold

    def stream(self, question: str, hits: Sequence[Hit], searched: Coverage) -> Iterator[Answer]:
        """The answer as it grows, a quote at a time; the last one is whole.

        An answer that abstains comes in one piece: nothing is shown and then taken back.
        """
        threshold = self._reader.threshold if self._threshold is None else self._threshold
        evidence = self._reader.read(question, hits) if hits else []
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
        chosen = choose(evidence, threshold)
        citations = tuple(_cite(marker, piece) for marker, piece in enumerate(chosen, 1))
        short = best.short
        for count in range(1, len(citations) + 1):
            yield Answer(
                question,
                " ".join(f"“{c.quote}” [{c.marker}]" for c in citations[:count]),
                citations[:count],
                short=best.hit.article.text[short.start : short.end] if short else None,
                confidence=best.score,
                searched=searched,
                nearest=nearest,
            )


def choose(evidence: Sequence[Evidence], threshold: float) -> list[Evidence]:
    """The one to three sentences to quote: the best, and those that say as much and new."""
    chosen: list[Evidence] = []
    said: set[str] = set()
    for piece in evidence:
        if len(chosen) == _QUOTES or piece.score < max(threshold, evidence[0].score * _NEARLY):
            break
        quote = piece.hit.article.text[piece.span.start : piece.span.end]
        plain = " ".join("".join(c if c.isalnum() else " " for c in quote.casefold()).split())
        if plain not in said:
            said.add(plain)
            chosen.append(piece)
    return chosen


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
