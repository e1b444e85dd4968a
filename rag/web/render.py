"""Answers, articles and reports as HTML: pure functions, in which all text is escaped.

Everything goes through `Markup.format`, which escapes what it is given unless that is Markup
itself, so that text becomes HTML in one place only and forgetting to escape is not possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from rag.answering.answerer import NOT_FOUND
from rag.types import (
    Answer,
    Article,
    Citation,
    Coverage,
    Hit,
    IngestReport,
    Progress,
    Skipped,
    Span,
    Status,
    make_id,
)
from rag.web.export import to_markdown, to_plain, web_address
from rag.web.turns import Turn
from rag.web.wording import byline, count, coverage, day, limits

SHOWN_SKIPPED = 50


def masthead(status: Status) -> Markup:
    """The head of the page: the name, and what there is to ask."""
    what = coverage(status.coverage) if status.articles else "no articles yet"
    return Markup(
        '<header class="masthead"><h1>Dateline</h1><p class="holdings" dir="auto">{}</p></header>'
    ).format(what)


def welcome(status: Status, *, examples: bool, samples: bool) -> Markup:
    """What stands in the place of a conversation before the first question."""
    if not status.articles:
        start = "Add the samples to try it, or add" if samples else "Add"
        offer = f"{start} your own articles: upload files, or drop them on this page."
        return Markup(
            '<div class="welcome"><h2>There are no articles here yet.</h2><p>{} '
            "Text, Markdown, HTML, JSON Lines, JSON and CSV files are read.</p></div>"
        ).format(offer)
    hint = (
        "For example:"
        if examples
        else "Ask who said, warned or decided something, when, where, or how many. "
        "Naming people, places or days helps."
    )
    return Markup(
        '<div class="welcome"><h2>Ask these articles a question.</h2>'
        "<p>The answer is made of exact quotes, each with its place in an article, "
        "or an honest no. {}</p></div>"
    ).format(hint)


def conversation(turns: Sequence[Turn]) -> Markup:
    """The whole conversation, one article element a turn."""
    return Markup('<div class="log" role="log" aria-live="polite">{}</div>').format(
        _joined(_turn(turn) for turn in turns)
    )


def _turn(turn: Turn) -> Markup:
    limited = limits(turn.filters)
    return Markup(
        '<article class="turn {state}" id="turn-{n}" aria-labelledby="question-{n}" '
        'aria-busy="{busy}" data-markdown="{markdown}">'
        '<h2 class="question" id="question-{n}" dir="auto">{question}</h2>{limits}{body}{end}'
        "</article>"
    ).format(
        state=turn.state,
        n=turn.number,
        busy=str(turn.state == "running").lower(),
        markdown=to_markdown(turn),
        question=turn.question,
        limits=Markup('<p class="limits"><bdi>{}</bdi></p>').format(limited) if limited else "",
        body=_answer(turn.number, turn.answer) if turn.answer else "",
        end=_end(turn),
    )


def _end(turn: Turn) -> Markup:
    parts: list[Markup] = []
    if turn.state == "running":
        parts.append(Markup('<p class="working">Reading the articles …</p>'))
    if turn.state == "stopped":
        parts.append(Markup('<p class="working">Stopped.</p>'))
    if turn.problem:
        parts.append(Markup('<p class="problem" role="alert">{}</p>').format(turn.problem))
    if turn.answer and turn.state != "running":
        parts.append(
            Markup(
                '<p class="actions"><button type="button" class="copy" data-copy="{}">Copy</button>'
                "</p>"
            ).format(to_plain(turn.answer))
        )
    return _joined(parts)


def _answer(number: int, answer: Answer) -> Markup:
    if answer.abstained:
        return _abstention(answer)
    return Markup('<div class="answer">{}{}</div>').format(
        _short(number, answer), _joined(_quote(number, answer, one) for one in answer.citations)
    )


def _short(number: int, answer: Answer) -> Markup:
    if not answer.short:
        return Markup()
    holders = [one for one in answer.citations if answer.short.lower() in one.quote.lower()]
    marks = [_mark(number, answer, one) for one in (holders or answer.citations)[:1]]
    return Markup('<p class="short" dir="auto"><strong>{}</strong>{}</p>').format(
        answer.short, _joined(Markup(" {}").format(mark) for mark in marks)
    )


def _quote(number: int, answer: Answer, citation: Citation) -> Markup:
    article = citation.article
    speaker = (
        Markup('<bdi class="speaker">{}</bdi>, {}').format(
            citation.speaker, "in " if article.source else ""
        )
        if citation.speaker
        else ""
    )
    return Markup(
        '<figure class="quote" id="quote-{}-{}"><blockquote dir="auto"><q>{}</q> {}</blockquote>'
        '<figcaption>{}<span class="byline">{}</span> · <a class="title" href="{}" '
        "data-panel><bdi>{}</bdi></a></figcaption></figure>"
    ).format(
        number,
        citation.marker,
        citation.quote,
        _mark(number, answer, citation),
        speaker,
        _byline(article),
        _address(answer, citation),
        article.title or "Read the article",
    )


def _mark(number: int, answer: Answer, citation: Citation) -> Markup:
    return Markup(
        '<a class="mark" href="{}" data-panel data-quote="quote-{}-{}" '
        'aria-label="Source {}: {}">[{}]</a>'
    ).format(
        _address(answer, citation),
        number,
        citation.marker,
        citation.marker,
        byline(citation.article),
        citation.marker,
    )


def _byline(article: Article) -> Markup:
    """Where and when an article appeared; names may be written from right to left."""
    if not article.source or not article.date:
        return Markup("<bdi>{}</bdi>").format(byline(article))
    return Markup('<bdi>{}</bdi>, <time datetime="{}">{}</time>').format(
        article.source, article.date.isoformat(), day(article.date)
    )


def _address(answer: Answer, citation: Citation) -> str:
    """Where the cited article is shown, with this quote and the others from it marked."""
    also = [
        Span(other.start, other.end)
        for other in answer.citations
        if other.article.id == citation.article.id and other is not citation
    ]
    return article_address(citation.article, Span(citation.start, citation.end), also)


def article_address(article: Article, at: Span, also: Iterable[Span] = ()) -> str:
    """The page, relative to the chat, that shows an article with `at` marked, `also` lighter."""
    query = [("id", article.id), ("version", make_id(article.text)), ("at", f"{at.start}-{at.end}")]
    query += [("also", f"{span.start}-{span.end}") for span in also]
    return f"article?{urlencode(query)}"


def _abstention(answer: Answer) -> Markup:
    nearest = (
        Markup(
            '<section class="nearest"><h3>Nearest passages, not an answer</h3><ol>{}</ol></section>'
        ).format(_joined(map(_nearest, answer.nearest)))
        if answer.nearest
        else ""
    )
    return Markup(
        '<div class="answer"><p class="short"><strong>{}</strong></p>'
        '<p class="searched">{}</p>{}</div>'
    ).format(NOT_FOUND, _searched(answer.searched), nearest)


def _searched(searched: Coverage) -> Markup:
    if not searched.articles:
        return Markup("There was no article to search.")
    return Markup("Searched: <bdi>{}</bdi>").format(coverage(searched))


def _nearest(hit: Hit) -> Markup:
    passage = hit.passage
    return Markup(
        '<li><a class="title" href="{}" data-panel><bdi>{}</bdi></a> '
        '<span class="byline">· {}</span><p dir="auto">{}</p></li>'
    ).format(
        article_address(hit.article, Span(passage.start, passage.end)),
        hit.article.title or "Read the article",
        _byline(hit.article),
        passage.text,
    )


def article_view(
    article: Article, at: Span | None, also: Sequence[Span] = (), *, changed: bool = False
) -> Markup:
    """An article with its whole text: the span `at` marked, the spans `also` marked lighter.

    `changed` says that the text is no longer the one from which the spans were taken.
    """
    if changed:
        at, also = None, ()
    url = web_address(article)
    about = [_byline(article)]
    if article.authors:
        about.append(Markup("<bdi>{}</bdi>").format(", ".join(article.authors)))
    if article.updated and article.updated != article.date:
        about.append(Markup("updated {}").format(day(article.updated)))
    if url:
        about.append(
            Markup(
                '<a href="{}" target="_blank" rel="noopener noreferrer">Original page</a>'
            ).format(url)
        )
    return Markup(
        '<article class="source"><h2 dir="auto">{}</h2><p class="about">{}</p>{}'
        '<div class="text">{}</div></article>'
    ).format(
        article.title or "Untitled",
        Markup(" · ").join(about),
        Markup(
            '<p class="problem">This article has changed since it was quoted, '
            "so the quote is not marked here.</p>"
        )
        if changed
        else "",
        _joined(
            Markup('<p dir="auto">{}</p>').format(_marked(article.text, part, at, also))
            for part in _paragraphs(article.text)
        ),
    )


def article_gone() -> Markup:
    """What is shown for an article that has been removed."""
    return Markup(
        '<article class="source"><h2>No longer here</h2>'
        "<p>This article has been removed from the index.</p></article>"
    )


def _paragraphs(text: str) -> list[Span]:
    """The stretches between blank lines, or the lines of a text that has no blank lines."""
    blank = re.compile(r"\n[ \t\r]*\n")
    between = blank if blank.search(text) else re.compile(r"\n")
    edges = [0, *(edge for match in between.finditer(text) for edge in match.span()), len(text)]
    spans = (Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True))
    return [span for span in spans if text[span.start : span.end].strip()]


def _marked(text: str, part: Span, at: Span | None, also: Sequence[Span]) -> Markup:
    spans = ([at] if at else []) + list(also)
    edges = {part.start, part.end}
    edges.update(
        edge for span in spans for edge in (span.start, span.end) if part.start < edge < part.end
    )
    pieces = []
    ordered = sorted(edges)
    for start, end in zip(ordered, ordered[1:], strict=False):
        piece = Markup("{}").format(text[start:end])
        if at and at.start <= start and end <= at.end:
            piece = Markup('<mark class="cited">{}</mark>').format(piece)
        elif any(span.start <= start and end <= span.end for span in also):
            piece = Markup('<mark class="also">{}</mark>').format(piece)
        pieces.append(piece)
    return _joined(pieces)


def starting() -> Markup:
    """What stands there until more is known."""
    return _bar(None, "Starting …")


def reading(done: int, files: int) -> Markup:
    """How far the reading of uploaded files is."""
    return _bar(done / files, f"Reading {min(done + 1, files):,} of {count(files, 'file')} …")


def adding(progress: Progress) -> Markup:
    """How far the adding of articles is."""
    text = (
        f"{count(progress.passages, 'passage')} read, {count(progress.articles, 'article')} stored"
    )
    if progress.skipped:
        text += f", {progress.skipped:,} skipped"
    return _bar(progress.fraction, text)


def _bar(fraction: float | None, text: str) -> Markup:
    value = Markup(' value="{:.3f}"').format(fraction) if fraction is not None else ""
    return Markup(
        '<div class="report" role="status"><progress max="1"{} aria-label="Progress"></progress>'
        "<p>{}</p></div>"
    ).format(value, text)


def report(value: IngestReport) -> Markup:
    """What became of everything that was to be added."""
    kinds = [
        (value.added, "added"),
        (value.updated, "updated"),
        (value.unchanged, "unchanged"),
        (value.duplicates, "duplicate" if len(value.duplicates) == 1 else "duplicates"),
        (value.skipped, "skipped"),
    ]
    said = ", ".join(f"{len(what):,} {name}" for what, name in kinds if what)
    said = f"{said.capitalize() or 'Nothing was added'}."
    if value.undated:
        said += f" Without a date that can be read: {len(value.undated):,}."
    return Markup('<div class="report" role="status"><p>{}</p>{}</div>').format(
        said, _skipped(value.skipped)
    )


def _skipped(skipped: Sequence[Skipped]) -> Markup:
    if not skipped:
        return Markup()
    items = [
        Markup("<li><strong><bdi>{}</bdi></strong>: {}</li>").format(one.where, one.why)
        for one in skipped[:SHOWN_SKIPPED]
    ]
    if (rest := len(skipped) - SHOWN_SKIPPED) > 0:
        items.append(Markup("<li>and {:,} more</li>").format(rest))
    return Markup("<ul>{}</ul>").format(_joined(items))


def note(text: str, *, problem: bool = False) -> Markup:
    """One line in the place of a report."""
    return Markup('<div class="report" role="{}"><p class="{}">{}</p></div>').format(
        "alert" if problem else "status", "problem" if problem else "plain", text
    )


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
