"""From a path, a folder, a pattern, bytes or an iterable to articles.

`read` and `read_bytes` give out `Article`, or `Skipped` with a reason in the place of what
could not be read, one at a time, so that the size of the source does not matter.
"""

from rag.ingest.reader import ArticleReader, read, read_bytes

__all__ = ["ArticleReader", "read", "read_bytes"]
