"""How fast articles are added, and what each part of that costs beside embedding alone.

The first 200 of a corpus, or so many, go to an index of their own.

python benchmarks/adding.py CORPUS [ARTICLES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from rag import Archive
from rag.ingest import read
from rag.tracing import Trace


def main(corpus: Path, wanted: int = 200) -> None:
    """Print articles and passages a second, the embedder's start left out, then a second run."""
    articles = list(islice(read(corpus), wanted))
    with tempfile.TemporaryDirectory() as index, Archive.open(index) as archive:
        archive.search("What is this?")  # loads the embedder
        for run in ("new", "the same again"):
            wall, cpu = time.perf_counter(), time.process_time()
            with Trace() as trace:
                archive.add(articles)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            passages = archive.status().passages
            print(
                f"{run}: {len(articles)} articles, {passages} passages in {wall:.1f} s"
                f" ({cpu:.1f} CPU-s): {len(articles) / wall:.2f} articles/s,"
                f" {passages / wall:.1f} passages/s"
            )
            embedding = trace.seconds.get("embed", 0.0)
            if embedding:
                print(f"  {wall / embedding:.2f} times what embedding alone took; of embedding:")
                for name, seconds in sorted(trace.seconds.items(), key=lambda item: -item[1]):
                    print(f"  {seconds / embedding:6.1%}  {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
