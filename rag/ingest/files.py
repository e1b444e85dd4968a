"""Finding the files that a path, a folder or a pattern stands for."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from rag.errors import ArticleError

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_MAGIC = re.compile(r"[*?\[]")
_REASONS = {
    errno.ENOENT: "does not exist",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "a link that leads in a circle",
    errno.ENAMETOOLONG: "the name is too long",
}
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Found(NamedTuple):
    """A file and its size in bytes, or something that is not read, for the reason `why`."""

    path: str
    size: int = 0
    why: str = ""


def find(source: str | os.PathLike[str]) -> list[Found]:
    """The files that a path or a pattern stands for, in sorted order, each real file once.

    Hidden files and folders are passed over unless named, and nothing is opened. Raises
    ArticleError where there is nothing at the path.
    """
    given = os.fspath(source)
    name = shown(given)
    if not given.strip():
        raise ArticleError("source", "no path is given")
    if _ADDRESS.match(given):
        why = "addresses cannot be fetched yet; save the page as .html and add that file"
        raise ArticleError(name, why)
    path = os.path.expanduser(given)
    try:
        os.stat(path)
    except (OSError, ValueError) as error:
        if not _MAGIC.search(path):
            raise ArticleError(name, reason(error, path)) from None
    else:
        return list(_walk(path)) or [Found(path, why="no files in this folder")]
    parts = Path(path).parts
    fixed = next(number for number, part in enumerate(parts) if _MAGIC.search(part))
    base = Path(*parts[:fixed])
    found = list(_walk(str(base), parts[fixed:])) if base.is_dir() else []
    if not found:
        raise ArticleError(name, "no file matches this pattern")
    return found


def reason(error: Exception, path: str = "") -> str:
    """Why a path cannot be used, in a few words."""
    if not isinstance(error, OSError):
        return "not a path"
    if error.errno == errno.ENOENT and os.path.islink(path):
        return "a link to nothing"
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__


def shown(path: str) -> str:
    """A path as it can be printed: names may hold line ends, and bytes that are no text."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _walk(base: str, pattern: tuple[str, ...] | None = None) -> Iterator[Found]:
    """Everything at and below a path; with a pattern, what its parts match from there on.

    Each real folder and file is visited once, so that links in a circle come to an end; the
    standard library's `**` follows them 40 deep.
    """
    visited: set[tuple[int, int]] = set()
    waiting: list[tuple[str, tuple[str, ...]]] = [(base, ())]
    while waiting:
        path, parts = waiting.pop()
        if pattern and not _matches(parts, pattern, partly=True):
            continue
        wanted = not pattern or _matches(parts, pattern)
        try:
            info = os.stat(path)
            if stat.S_ISDIR(info.st_mode) and (info.st_dev, info.st_ino) not in visited:
                names = [name for name in os.listdir(path) if not name.startswith(".")]
                waiting += (
                    (os.path.join(path, name) if path != "." else name, (*parts, name))
                    for name in sorted(names, reverse=True)
                )
        except OSError as error:
            if wanted or os.path.isdir(path):
                yield Found(path, why=reason(error, path))
            continue
        if (info.st_dev, info.st_ino) in visited:
            continue
        if wanted or stat.S_ISDIR(info.st_mode):
            visited.add((info.st_dev, info.st_ino))
        if wanted and stat.S_ISREG(info.st_mode):
            yield Found(path, info.st_size)
        elif wanted and not stat.S_ISDIR(info.st_mode):
            kind = next((kind for is_kind, kind in _KINDS if is_kind(info.st_mode)), "something")
            yield Found(path, why=f"{kind}, not a file")


def _matches(parts: tuple[str, ...], pattern: tuple[str, ...], *, partly: bool = False) -> bool:
    """Whether a path matches a pattern or lies below a match; partly, whether it leads there."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return _matches(parts, pattern[1:], partly=partly) or (
            _matches(parts[1:], pattern, partly=partly) if parts else partly
        )
    if not parts:
        return partly
    return fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:], partly=partly)
