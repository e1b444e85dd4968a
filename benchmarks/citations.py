"""Every citation's quote stands in the stored article at its offsets, letter for letter.

    python benchmarks/citations.py INDEX [CITATIONS]

Asks what happened in each of the articles of an index, nothing abstained from, until so many
citations (2,000 unless given) have been looked up. `dateline eval` says the same of the citations
of a data set's answers.
"""

from __future__ import annotations

import sys

from rag import Archive, Settings


def main(index: str, wanted: int = 2000) -> None:
    """Ask, look up, count."""
    checked = exact = 0
    with Archive.open(index, create=False, settings=Settings(threshold=0.0)) as archive:
        for title in [article.title for article in archive.articles() if article.title]:
            for citation in archive.ask(f"What happened: {title}?").citations:
                stored = archive.get(citation.article.id)
                checked += 1
                exact += (
                    stored is not None
                    and stored.text[citation.start : citation.end] == citation.quote
                )
            if checked >= wanted:
                break
    print(f"{exact:,} of {checked:,} citations verbatim at their offsets")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
