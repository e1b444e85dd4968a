"""The sample articles that come with Dateline's source, and questions to ask of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.types import Article, Status

if TYPE_CHECKING:
    from rag.archive import Archive

EXAMPLES = (
    "What pay rise did the Sellhaven dockers settle for?",
    "How many members voted to bring down the Vass government?",
    "Which minister stepped down because of the letter about the dam?",
    "Who won the World Cup?",
)

# More articles than this are not compared with the samples, of which there are fewer.
_MANY = 100


def samples_folder() -> Path | None:
    """The folder of the samples beside the package, or None where it was not installed with it."""
    folder = Path(__file__).resolve().parents[2] / "samples" / "articles"
    return folder if folder.is_dir() else None


def are_samples(archive: Archive, status: Status) -> bool:
    """Whether an archive of this status holds sample articles and nothing else."""
    if not 0 < status.articles <= _MANY:
        return False
    known = _sample_ids()
    return all(article.id in known for article in archive.articles())


@cache
def _sample_ids() -> frozenset[str]:
    from rag.ingest import read

    folder = samples_folder()
    if folder is None:
        return frozenset()
    return frozenset(item.id for item in read(folder) if isinstance(item, Article))
