"""What the commands share: exit codes, the index they open, and how they speak."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rag.errors import RagError
from rag.types import Filters, make_id

if TYPE_CHECKING:
    from rag.archive import Archive

DONE, NOTHING, FAILED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


def open_archive(args: argparse.Namespace, *, create: bool = False) -> Archive:
    """The archive that the arguments name."""
    from rag.archive import Archive

    return Archive.open(args.index, create=create)


def find_article(archive: Archive, name: str) -> str | None:
    """The id of the article that has this id or this URL, or None."""
    from rag.ingest.fields import canonical

    names = [name, make_id(name)]
    with suppress(ValueError):  # an id, or half a URL
        names.append(make_id(canonical(name)))
    return next((known for known in names if archive.get(known)), None)


def filters_of(args: argparse.Namespace) -> Filters:
    """The limits that the arguments set on which articles are searched."""
    return Filters(sources=args.source, since=args.since, until=args.until, languages=args.language)


def to_dict(value: object) -> dict[str, Any]:
    """A value of the archive as a dictionary; imported late, for `dateline --help` is quick."""
    from rag.serialize import to_dict

    return to_dict(value)


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON document."""
    # All in ASCII, so that no control character of an article reaches a terminal.
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def complain(message: str) -> None:
    """Say something on one line of standard error."""
    from rag.terminal.screen import one_line

    sys.stdout.flush()  # so that what is said later also stands later where both go to one place
    sys.stderr.write(f"dateline: {one_line(message)}\n")


def message(error: Exception) -> str:
    """The error on one line, without the number that the system gives it."""
    if isinstance(error, OSError) and not isinstance(error, RagError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__
