"""What changed between two versions of an article, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rag.analysis.sentences import split_sentences
from rag.types import Article, Span


@dataclass(frozen=True, slots=True)
class Change:
    """Sentences that were taken out, put in, or replaced.

    `before` is their span in the older version, `after` that of what stands there in the newer
    one; None where nothing does.
    """

    kind: Literal["added", "removed", "replaced"]
    before: Span | None
    after: Span | None


def find_changes(older: Article, newer: Article) -> list[Change]:
    """The changes from one version to another, in order; white space alone is none."""
    old, new = (split_sentences(one.text, one.language) for one in (older, newer))
    matcher = SequenceMatcher(
        None, _texts(older.text, old), _texts(newer.text, new), autojunk=False
    )
    changes = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "replace":
            changes.append(Change("replaced", _whole(old[a:b]), _whole(new[c:d])))
        elif tag == "delete":
            changes.append(Change("removed", _whole(old[a:b]), None))
        elif tag == "insert":
            changes.append(Change("added", None, _whole(new[c:d])))
    return changes


def _texts(text: str, spans: Sequence[Span]) -> list[str]:
    return [" ".join(text[span.start : span.end].split()) for span in spans]


def _whole(spans: Sequence[Span]) -> Span:
    return Span(spans[0].start, spans[-1].end)
