"""Answers, hits and statements as lines of safe text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from rag.terminal.places import dates, place_lines
from rag.terminal.screen import Screen, clean, one_line
from rag.types import Answer, Citation, Copy, Coverage, Hit, Position, SavedAnswer, Statement

SNIPPET = 320
NEAREST_SHOWN = 3
CONTEXT = 300
OUTLETS_SHOWN = 4
VALUE_WIDTH = 30


def answer_lines(answer: Answer, screen: Screen) -> Iterator[Text]:
    """An answer with its citations, or that there is none and what came nearest."""
    if answer.abstained:
        yield from screen.wrapped(Text(clean(answer.text)))
        if answer.nearest:
            yield Text()
            yield Text("The nearest passages, which are not an answer:", "bold")
        for hit in answer.nearest[:NEAREST_SHOWN]:
            yield Text()
            yield from screen.wrapped(Text(_snippet(hit)), indent=4)
            yield from place_lines(hit.article, hit.passage.start, hit.passage.end, screen)
        return
    if answer.short:
        yield Text(one_line(answer.short), "bold")
        yield Text()
    if answer.positions:
        yield from _position_lines(answer.positions, screen)
        yield Text()
    for citation in answer.citations:
        yield from _citation_lines(citation, screen)
        yield Text()
    summary = f"Confidence {answer.confidence:.2f}; {_searched(answer.searched)}."
    yield from screen.wrapped(Text(summary, "dim"))


def hit_lines(rank: int, hit: Hit, screen: Screen) -> Iterator[Text]:
    """One passage found by a search, with its place and its scores."""
    legs = [
        f"{name} {score:.2f}"
        for name, score in (
            ("meaning", hit.vector_score),
            ("words", hit.word_score),
            ("reader", hit.reading.answers if hit.reading else None),
        )
        if score is not None
    ]
    yield from screen.wrapped(Text(_snippet(hit)), indent=4, first=f"{rank}.")
    also = _also(hit.copies)
    yield from place_lines(hit.article, hit.passage.start, hit.passage.end, screen, also=also)
    yield Text(f"    score {hit.score:.2f}" + (f" ({', '.join(legs)})" if legs else ""), "dim")


def context_lines(citation: Citation, screen: Screen) -> Iterator[Text]:
    """The part of the article around a quote, with the quote standing out."""
    text, start, end = citation.article.text, citation.start, citation.end
    since, until = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    before, after = text[since:start], text[end:until]
    if since and " " in before:  # a word cut in two is no context
        before = "… " + before.partition(" ")[2]
    if until < len(text) and " " in after:
        after = after.rpartition(" ")[0] + " …"
    coloured = screen.is_terminal and not screen.no_color
    opening, closing = ("", "") if coloured else ("»", "«")
    yield from place_lines(citation.article, start, end, screen, indent=0)
    yield Text()
    passage = Text.assemble(
        clean(before),
        (opening + clean(citation.quote) + closing, "black on bright_yellow" if coloured else ""),
        clean(after),
    )
    yield from screen.wrapped(passage)


def statement_lines(said: Statement, screen: Screen) -> Iterator[Text]:
    """Who said it and how, the words, and where they stand."""
    speaker = one_line(said.speaker) if said.speaker else "somebody not named"
    role = f", {one_line(said.role)}" if said.role else ""
    cue = f" ({one_line(said.cue)})" if said.cue else ""
    yield from screen.wrapped(Text(f"{speaker}{role}{cue}", "bold"))
    words = clean(said.content)
    words = f"“{words}”" if said.kind == "direct" else words
    yield from screen.wrapped(Text(words), indent=4)
    yield from place_lines(said.article, said.start, said.end, screen)


def saved_lines(answer: SavedAnswer, screen: Screen) -> Iterator[Text]:
    """A saved answer, and what became of each article that it cites."""
    head = f"{answer.number}. {one_line(answer.question)}"
    yield from screen.wrapped(Text(head, "bold"))
    yield Text(f"    saved {answer.saved:%Y-%m-%d %H:%M} UTC", "dim")
    if answer.short:
        yield from screen.wrapped(Text(one_line(answer.short)), indent=4)
    for one in answer.citations:
        if one.citation is None:
            gone = f"its article, {one_line(one.article_id)}, was removed"
            yield from screen.wrapped(Text(gone), indent=8, first=f"    [{one.marker}]")
            continue
        yield from _citation_lines(one.citation, screen)
        if one.newest and one.fate != "current":
            stands = one.citation.quote in one.newest.text
            quoted = "the quote still stands in it" if stands else "the quote is not in it any more"
            what = f"{one.fate} since; there is a version {one.newest.version}, and {quoted}"
            yield from screen.wrapped(Text(what, "bold red"), indent=4)


def _position_lines(positions: Sequence[Position], screen: Screen) -> Iterator[Text]:
    """The values on which sources differ, newest first: when, which, whose and by which quotes."""
    yield Text("Sources differ, newest first:", "bold")
    values = [one_line(one.value) for one in positions]
    width = min(max(map(len, values)), VALUE_WIDTH)
    for value, one in zip(values, positions, strict=True):
        day = f"{one.since:%Y-%m-%d}" if one.since else "no date"
        marks = " ".join(f"[{marker}]" for marker in one.markers)
        row = f"{value:<{width}}  {', '.join(map(one_line, one.sources))} {marks}"
        yield from screen.wrapped(Text(row), indent=14, first=f"  {day}")


def _citation_lines(citation: Citation, screen: Screen) -> Iterator[Text]:
    quote = Text(f"“{clean(citation.quote)}”")
    if citation.speaker:
        quote.append(f" ({one_line(citation.speaker)})", "italic")
    yield from screen.wrapped(quote, indent=4, first=f"[{citation.marker}]")
    article, also = citation.article, _also(citation.copies)
    yield from place_lines(article, citation.start, citation.end, screen, also=also)
    if citation.voice == "opinion":
        yield Text("    an opinion", "italic")


def _also(copies: Sequence[Copy]) -> str:
    """Who else carries a story: ", also in The Age and 2 more"."""
    outlets = list(dict.fromkeys(one_line(copy.source or copy.title or copy.id) for copy in copies))
    if not outlets:
        return ""
    if len(outlets) == 1:
        return f", also in {outlets[0]}"
    return f", also in {len(outlets)} outlets ({', '.join(outlets[:OUTLETS_SHOWN])}" + (
        ", ...)" if len(outlets) > OUTLETS_SHOWN else ")"
    )


def _snippet(hit: Hit) -> str:
    text = one_line(hit.passage.text)
    if len(text) <= SNIPPET:
        return text
    cut = text[:SNIPPET]
    return (cut.rpartition(" ")[0] or cut) + " …"


def _searched(coverage: Coverage) -> str:
    spanned = dates(coverage)
    noun = "article" if coverage.articles == 1 else "articles"
    return f"searched {coverage.articles:,} {noun}" + (f", {spanned}" if spanned else "")
