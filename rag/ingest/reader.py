"""From a source of any kind to articles, one after the other."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sized
from pathlib import Path
from typing import BinaryIO, cast

from rag.errors import ArticleError
from rag.ingest.encoding import Unreadable
from rag.ingest.fields import Origin
from rag.ingest.files import Found, find, reason, shown
from rag.ingest.records import read_csv, read_json, read_jsonl
from rag.ingest.text import read_markdown, read_text
from rag.types import Article, Skipped

_LIMIT = 10_000_000


def _read_html(data: bytes, origin: Origin) -> Article | Skipped:
    from rag.ingest.html import read_html  # lxml and trafilatura take half a second to import

    return read_html(data, origin)


_ONE_ARTICLE: dict[str, Callable[[bytes, Origin], Article | Skipped]] = {
    ".txt": read_text,
    **dict.fromkeys((".md", ".markdown"), read_markdown),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _read_html),
}
_MANY_ARTICLES: dict[str, Callable[[BinaryIO, Origin], Iterator[Article | Skipped]]] = {
    **dict.fromkeys((".jsonl", ".ndjson"), read_jsonl),
    ".json": read_json,
    **dict.fromkeys((".csv", ".tsv"), read_csv),
}


class ArticleReader:
    """The articles of a source, and what of it had to be skipped, read while iterating."""

    def __init__(self, files: list[Found] | None, items: Iterable[object], limit: int) -> None:
        self._files = files
        self._items = items
        self._limit = limit
        if files is None:
            self._total = len(items) if isinstance(items, Sized) else 0
        else:
            self._total = sum(file.size for file in files)
        self._done = 0
        self._finished = False
        self._stream: BinaryIO | None = None

    def __iter__(self) -> Iterator[Article | Skipped]:
        self._done = 0
        self._finished = False
        if self._files is None:
            for item in _checked(self._items):
                self._done += 1
                yield item
            self._finished = True
            return
        for file in self._files:
            yield from self._read(file)
            self._done += file.size
        self._finished = True

    @property
    def fraction(self) -> float | None:
        """The share of the input that has been read, from 0 to 1; None if unknown.

        It counts the bytes of files and the items of a list.
        """
        if self._files is None and not isinstance(self._items, Sized):
            return None
        if self._finished or not self._total:
            return float(self._finished)
        stream = self._stream
        here = stream.tell() if stream and not stream.closed else 0
        return min(1.0, (self._done + here) / self._total)

    def _read(self, file: Found) -> Iterator[Article | Skipped]:
        name = shown(file.path)
        origin = Origin(name, self._limit)
        if file.why:
            yield origin.skip(file.why)
            return
        suffix, is_gzip = _suffix(file.path)
        problem = _refusal(suffix, file.size, is_gzip, origin)
        if problem:
            yield problem
            return
        try:
            if suffix in _ONE_ARTICLE:
                origin = Origin(name, self._limit, Path(file.path).resolve().as_uri())
            with open(file.path, "rb") as stream:
                self._stream = stream
                yield from _parse(stream, suffix, is_gzip, origin)
        except OSError as error:
            yield origin.skip(reason(error, file.path))
        finally:
            self._stream = None


def read(
    source: str | os.PathLike[str] | Iterable[Article | Skipped],
    *,
    max_article_bytes: int = _LIMIT,
) -> ArticleReader:
    """The articles at a path, in a folder, of a pattern such as `news/**/*.html`, or given.

    What cannot be read inside of the source comes out as `Skipped`. Articles that are given
    pass unchanged. Raises ArticleError where the source as a whole cannot be used.
    """
    if isinstance(source, str | os.PathLike):
        return ArticleReader(find(source), (), max_article_bytes)
    if isinstance(source, bytes | bytearray | memoryview) or not isinstance(source, Iterable):
        kind = type(source).__name__
        raise ArticleError("source", f"{kind} is neither a path nor an iterable of articles")
    return ArticleReader(None, source, max_article_bytes)


def read_bytes(
    data: bytes, name: str, *, max_article_bytes: int = _LIMIT
) -> Iterator[Article | Skipped]:
    """The articles in the bytes of a file, whose name gives the format by its suffix."""
    origin = Origin(shown(name), max_article_bytes)
    suffix, is_gzip = _suffix(name)
    problem = _refusal(suffix, len(data), is_gzip, origin)
    if problem:
        yield problem
    else:
        yield from _parse(io.BytesIO(data), suffix, is_gzip, origin)


def _checked(items: Iterable[object]) -> Iterator[Article | Skipped]:
    for number, item in enumerate(items, 1):
        if isinstance(item, Article | Skipped):
            yield item
        else:
            yield Skipped(f"item {number}", f"{type(item).__name__}, not an Article")


def _suffix(path: str) -> tuple[str, bool]:
    """A name's suffix in lower case, and whether .gz stands behind it."""
    stem, suffix = os.path.splitext(path)
    if suffix.lower() == ".gz":
        return os.path.splitext(stem)[1].lower(), True
    return suffix.lower(), False


def _refusal(suffix: str, size: int, is_gzip: bool, origin: Origin) -> Skipped | None:
    """Why a file of this suffix and size need not be opened."""
    if suffix not in _ONE_ARTICLE and suffix not in _MANY_ARTICLES:
        formats = " ".join(sorted({*_ONE_ARTICLE, *_MANY_ARTICLES}))
        what = f"{shown(suffix)} files" if suffix else "files without a suffix"
        return origin.skip(f"{what} are not read, only {formats}")
    if size == 0:
        return origin.skip("empty")
    if suffix in _ONE_ARTICLE and size > origin.limit and not is_gzip:
        return origin.too_large(size)
    return None


def _parse(
    stream: BinaryIO, suffix: str, is_gzip: bool, origin: Origin
) -> Iterator[Article | Skipped]:
    if is_gzip:
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=stream))
    try:
        if suffix in _MANY_ARTICLES:
            yield from _MANY_ARTICLES[suffix](stream, origin)
            return
        data = stream.read(origin.limit + 1)
        if len(data) > origin.limit:
            yield origin.too_large(len(data))
        else:
            yield _ONE_ARTICLE[suffix](data, origin) if data else origin.skip("empty")
    except Unreadable as error:
        yield origin.skip(str(error))
    except ArticleError as error:
        yield origin.skip(error.why)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield origin.skip("damaged: its compressed data ends early or is broken")
