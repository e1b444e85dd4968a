"""What became of the articles that a saved answer cites."""

from __future__ import annotations

from dataclasses import replace

from rag.analysis.notices import find_notices
from rag.types import Article, Fate, SavedAnswer, SavedCitation


def judge(answer: SavedAnswer) -> SavedAnswer:
    """The same answer, each citation with its article's fate."""
    return replace(
        answer, citations=tuple(replace(one, fate=_fate(one)) for one in answer.citations)
    )


def _fate(one: SavedCitation) -> Fate:
    if one.citation is None or one.newest is None:
        return "removed"
    cited = one.citation.article
    if cited.version == one.newest.version:
        return "current"
    # Notices stay at the foot of an article: only a new one is about this change.
    new = _corrections(one.newest) - _corrections(cited)
    return "corrected" if new else "changed"


def _corrections(article: Article) -> set[str]:
    return {
        article.text[notice.span.start : notice.span.end]
        for notice in find_notices(article)
        if notice.kind != "update"
    }
