"""How fast articles are added, and what each part of that costs beside embedding alone.

The first 200 of a corpus, or so many, go to an index of their own; then the same work is done once
more part by part, since speech is read beside embedding and takes time from it.

python benchmarks/adding.py CORPUS [ARTICLES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from rag import Archive, Article
from rag.analysis.lineage import fingerprint, wire_credit
from rag.analysis.passages import embedded_texts, split_passages
from rag.analysis.statements import find_statements
from rag.ingest import read
from rag.models.minilm import MiniLM

_STEP = 64  # passages at a time, as the indexer embeds them


def main(corpus: Path, wanted: int = 200) -> None:
    """Print articles and passages a second, a second run, and the parts."""
    articles = [one for one in islice(read(corpus), wanted) if isinstance(one, Article)]
    embedder = MiniLM()
    limit = embedder.info.max_tokens - 2
    passages = [split_passages(one, embedder.count_tokens, limit) for one in articles]
    texts = [
        text
        for one, mine in zip(articles, passages, strict=True)
        for text in embedded_texts(one, mine, embedder.count_tokens, limit)
    ]
    texts.sort(key=len)
    embedder.embed_passages(texts[:600])  # loads what is loaded once
    find_statements(articles[0])
    with tempfile.TemporaryDirectory() as index, Archive.open(index, embedder=embedder) as archive:
        wall, cpu = time.perf_counter(), time.process_time()
        archive.add(articles)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(
            f"{len(articles)} articles, {len(texts)} passages in {wall:.1f} s ({cpu:.1f} CPU-s):"
            f" {len(articles) / wall:.2f} articles/s, {len(texts) / wall:.1f} passages/s"
        )
        again = _seconds(lambda: archive.add(articles))
        print(f"the same again: {len(articles) / again:.0f} articles/s")
    starts = range(0, len(texts), _STEP)
    alone = _seconds(lambda: [embedder.embed_passages(texts[at : at + _STEP]) for at in starts])
    print(f"embedding alone: {alone:.1f} s; adding took {wall / alone:.2f} times that")
    for name, part in (
        ("statements", lambda: [find_statements(one) for one in articles]),
        ("fingerprints", lambda: [fingerprint(one.text) for one in articles]),
        ("wire credits", lambda: [wire_credit(one) for one in articles]),
        (
            "passages",
            lambda: [split_passages(one, embedder.count_tokens, limit) for one in articles],
        ),
    ):
        seconds = _seconds(part)
        print(f"{name} alone: {seconds:.1f} s, {seconds / alone:.0%} of embedding")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
