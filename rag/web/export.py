"""A conversation as plain text for the clipboard and as Markdown for a file.

Both hold the words as they stand in the articles. In Markdown a quote stands in a code block,
the one place where every character of it means itself.
"""

from __future__ import annotations

import re

from rag.types import Answer, Article, Citation
from rag.web.turns import Turn
from rag.web.wording import byline, coverage, limits

_ACTIVE = re.compile(r"([\\`*_\[\]<>#&!|~$])")


def to_plain(answer: Answer) -> str:
    """The answer and its sources as plain text."""
    parts = [answer.question, answer.text]
    if answer.short and answer.citations:
        parts.insert(1, answer.short)
    if answer.citations:
        parts.append("\n".join(["Sources:", *map(_plain_source, answer.citations)]))
    return "\n\n".join(parts) + "\n"


def _plain_source(citation: Citation) -> str:
    article = citation.article
    line = f"[{citation.marker}] {byline(article, citation.speaker)}"
    if article.title:
        line += f": {_one_line(article.title)}"
    if url := web_address(article):
        line += f" {url}"
    return f"{line} (characters {citation.start} to {citation.end})"


def to_markdown(turn: Turn) -> str:
    """One question with its answer, quotes, sources, dates, addresses and offsets as Markdown."""
    parts = [f"## {_inline(turn.question)}"]
    if limited := limits(turn.filters):
        parts.append(f"*Asked of {_inline(limited)}*")
    if turn.problem:
        parts.append(_inline(turn.problem))
    if answer := turn.answer:
        if answer.short and answer.citations:
            parts.append(f"**{_inline(answer.short)}**")
        if not answer.citations:
            parts.append(_inline(answer.text))
            parts.append(f"Searched: {_inline(coverage(answer.searched))}")
        for citation in answer.citations:
            parts.append(_markdown_source(citation))
            parts.append(_verbatim(citation.quote))
    if turn.state == "stopped":
        parts.append("*Stopped before the answer was complete.*")
    return "\n\n".join(parts) + "\n"


def _markdown_source(citation: Citation) -> str:
    article = citation.article
    title = _inline(article.title or "untitled")
    if url := web_address(article):
        title = f"[{title}](<{url.translate(_IN_A_LINK)}>)"
    place = f"characters {citation.start} to {citation.end} of article {_inline(article.id)}"
    said = _inline(byline(article, citation.speaker))
    return f"\\[{citation.marker}\\] {said}: {title}, {place}"


def _verbatim(quote: str) -> str:
    longest = max((len(run) for run in re.findall("`+", quote)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{quote}\n{fence}"


def _inline(text: str) -> str:
    return _ACTIVE.sub(r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


_IN_A_LINK = {ord("<"): "%3C", ord(">"): "%3E", ord("\n"): "", ord("\r"): "", ord("\\"): "%5C"}


def web_address(article: Article) -> str | None:
    """The article's URL where it is one of the web (http or https), which alone may be linked."""
    url = (article.url or "").strip()
    return url if re.match(r"https?://[^\s]+$", url, re.IGNORECASE) else None
