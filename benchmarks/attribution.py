"""Who said what, against 84 American political articles of 2016 marked by hand (PolNeAR).

    python benchmarks/attribution.py DATA [--part tune|report] [--failures]

DATA is the folder that holds dev/polnear_dev. The articles are in two halves by a hash of their
names: the rules are tuned on one, the other is reported, and `--failures` shows single cases of
the first alone. Three figures:

1. Speakers: for each attribution that is asked about (`eval_item`, a named source), whether the
   statement that overlaps its content best (intersection over union of characters, any at all)
   has the right speaker. Right is a speaker with the head name of the marked source ("Perdue" of
   "Sen. David Perdue (R-Ga.)"); of a source without a name, the head noun ("governor" of "The
   Indiana governor") in speaker or role.
2. Pairs: a statement is right if half of its characters or more are in the content of one
   attribution, and its source is right: the marked words overlap those that the statement's
   source stands in, or the head name is the speaker's. An attribution is found if such statements
   cover half of its characters or more. PolNeAR marks plans, wishes and attitudes as well
   ("wants to", "plans to"), which Dateline does not take for statements.
3. Time: in all, and on the processor (which a busy machine changes less) for 600 words.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.analysis.statements import Found, find_with_sources
from rag.models.tagger import parse
from rag.types import Article

_HALF = 0.5
_PRONOUNS = frozenset("he she they it i we you who which that his her their this".split())
# What ends the part of a source that names it.
_TAIL = re.compile(r"\s*(?:[,(–—;]|--|\b(?:of|for|from|at|in|who|that|which|on|with|to|and)\b)")


@dataclass(frozen=True, slots=True)
class Marked:
    """An attribution marked by hand."""

    source: str
    spans: tuple[tuple[int, int], ...]
    source_spans: tuple[tuple[int, int], ...]
    cue: str
    direct: bool
    asked: bool

    @property
    def size(self) -> int:
        """Characters of its content."""
        return sum(end - start for start, end in self.spans)


def read(data: Path, part: str) -> Iterator[tuple[Article, list[Marked]]]:
    """The articles of one half with their attributions."""
    folder = data / "dev" / "polnear_dev"
    marked: dict[str, list[Marked]] = {}
    for line in (folder / "attributions.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        marked.setdefault(row["doc"], []).append(
            Marked(
                row["source"],
                tuple((start, end) for start, end in row["content_spans"]),
                tuple((start, end) for start, end in row["source_spans"]),
                row["cue"],
                row["direct_quote"],
                row["eval_item"],
            )
        )
    for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        half = "report" if hashlib.sha256(row["id"].encode()).digest()[0] % 2 else "tune"
        if half == part:
            article = Article(row["id"], row["text"], row["title"], language="en")
            yield article, marked.get(row["id"], [])


def head_of(source: str) -> str:
    """The name, or the noun, that a source is known by."""
    words = " ".join(source.replace("’s ", "'s ").split())
    words = re.sub(r"^(?:[Bb]oth|[Tt]he|[Aa]n?)\s", "", words)
    tail = _TAIL.search(words, 1)
    kept = (words[: tail.start()] if tail else words).rstrip(" .,:")
    kept = re.sub(r"\s(?:Jr|Sr|II|III)\.?$", "", kept)
    return re.sub(r"['’]s?$", "", kept.split()[-1]) if kept.split() else ""


def overlap(spans: tuple[tuple[int, int], ...], start: int, end: int) -> int:
    """How many characters of the spans lie between start and end."""
    return sum(max(0, min(stop, end) - max(begin, start)) for begin, stop in spans)


def names(marked: Marked, found: Found, role_too: bool) -> bool:
    """Whether the speaker has the head name of the marked source."""
    head = head_of(marked.source)
    words = found.statement.speaker or ""
    if role_too and head.islower():
        words += " " + (found.statement.role or "")
    said = (re.sub(r"['’]s?$", "", word).strip(".,") for word in words.lower().split())
    return bool(head) and head.lower() in said


def best(marked: Marked, found: list[Found]) -> Found | None:
    """The statement that overlaps the content best; None if none does."""

    def agreement(each: Found) -> float:
        shared = overlap(marked.spans, each.statement.start, each.statement.end)
        return shared / (marked.size + each.statement.end - each.statement.start - shared)

    chosen = max(found, key=agreement, default=None)
    return chosen if chosen is not None and agreement(chosen) > 0 else None


def same_source(marked: Marked, found: Found) -> bool:
    """Whether a statement's source is the marked one."""
    if found.source and overlap(marked.source_spans, *found.source):
        return True
    return marked.source.lower() not in _PRONOUNS and names(marked, found, role_too=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=["tune", "report"], default="report")
    parser.add_argument("--failures", action="store_true", help="single cases of the tuning half")
    options = parser.parse_args()
    show = options.failures and options.part == "tune"

    parse(["Loading is not what is measured."])
    asked = right = unfound = words = 0
    # Of each kind: attributions, found ones, statements, right ones.
    counts = {kind: [0, 0, 0, 0] for kind in ("direct", "indirect")}
    seconds = busy = 0.0
    for article, attributions in read(options.data, options.part):
        begun, idle = time.perf_counter(), time.process_time()
        found = find_with_sources(article)
        seconds += time.perf_counter() - begun
        busy += time.process_time() - idle
        words += len(article.text.split())
        for marked in attributions:
            if marked.asked:
                asked += 1
                chosen = best(marked, found)
                good = chosen is not None and names(marked, chosen, role_too=True)
                right += good
                unfound += chosen is None
                if show and not good:
                    _show("SPEAKER", article, marked, chosen)
            covering = [
                each.statement
                for each in found
                if _within(marked, each) and same_source(marked, each)
            ]
            covered = sum(
                overlap(marked.spans, start, end)
                for start, end in _union([(each.start, each.end) for each in covering])
            )
            counts["direct" if marked.direct else "indirect"][0] += 1
            hit = covered >= _HALF * marked.size
            counts["direct" if marked.direct else "indirect"][1] += hit
            if show and not hit:
                _show(
                    "MISSED-D" if marked.direct else "MISSED", article, marked, best(marked, found)
                )
        for each in found:
            kind = "indirect" if each.statement.kind == "indirect" else "direct"
            good = any(_within(m, each) and same_source(m, each) for m in attributions)
            counts[kind][2] += 1
            counts[kind][3] += good
            if show and not good:
                _show("WRONG", article, None, each)
    print(
        f"speakers: {right} of {asked} right ({right / asked:.3f}); {unfound} without a statement"
    )
    counts["all"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    for kind, (gold, hits, made, correct) in counts.items():
        precision, recall = correct / max(made, 1), hits / max(gold, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(
            f"{kind:9} precision {precision:.3f} ({correct}/{made})"
            f"  recall {recall:.3f} ({hits}/{gold})  F1 {f1:.3f}"
        )
    print(
        f"{seconds:.2f} s, of which {busy:.2f} s on the processor: {words / busy:,.0f} words a"
        f" second, {600_000 * busy / words:.0f} ms for 600 words"
    )


def _within(marked: Marked, found: Found) -> bool:
    start, end = found.statement.start, found.statement.end
    return overlap(marked.spans, start, end) >= _HALF * (end - start)


def _union(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _show(what: str, article: Article, marked: Marked | None, found: Found | None) -> None:
    print(what, end=" ")
    if marked:
        content = " + ".join(article.text[start:end] for start, end in marked.spans)
        print(f"| {marked.source} | {marked.cue} | {content[:150]!r}", end=" ")
    if found:
        it = found.statement
        place = article.text[max(0, it.start - 90) : it.start][-90:] if not marked else ""
        print(f"-> {it.speaker} [{it.role}] {it.cue}: {it.content[:110]!r} <{place!r}>", end="")
    print()


if __name__ == "__main__":
    main()
