"""Files of many articles: JSON Lines, JSON and CSV, read one record at a time."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO, TextIO

from rag.ingest import jsonstream
from rag.ingest.encoding import Unreadable, open_text
from rag.ingest.fields import Origin, from_record, known
from rag.ingest.jsonstream import Broken
from rag.types import Article, Skipped

Rows = Iterator[tuple[str | int, dict[str, object] | Broken]]

_DELIMITERS = ",;\t|"
_MOST_BROKEN = 1_000  # from the first on: the file is something else
_LONGEST_FIELD = 2**31 - 1  # that the csv module can be told
_MOST_READ_AGAIN = 64_000_000  # characters
_ESCAPED = 4  # times as long as its text may a record be, with escapes and all


def read_jsonl(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """The articles of a JSON Lines file; a list in its place is read as one."""
    return _articles(stream, origin, _jsonl_rows)


def read_json(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """The articles of a JSON file: a list, an object, or an object with a list inside."""
    return _articles(stream, origin, _json_rows)


def read_csv(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """The articles of a CSV file, its columns parted by commas, semicolons, tabs or bars."""
    return _articles(stream, origin, _csv_rows)


def _articles(
    stream: BinaryIO, origin: Origin, rows: Callable[[TextIO, Origin], Rows]
) -> Iterator[Article | Skipped]:
    records = broken = 0
    with open_text(stream) as text:
        for place, row in rows(text, origin):
            records += 1
            if not isinstance(row, Broken):
                yield from_record(row, origin.at(place))
                continue
            broken += 1
            yield origin.at(place).skip(row.why)
            if broken == records == _MOST_BROKEN:
                yield origin.skip(f"none of {broken:,} records can be read; the rest is not tried")
                return
    if not records:
        yield origin.skip("no articles in it")


def _record(value: object) -> dict[str, object] | Broken:
    if isinstance(value, dict | Broken):
        return value
    return Broken(f"{type(value).__name__}, not an object with fields")


def _jsonl_rows(stream: TextIO, origin: Origin) -> Rows:
    lines = _Lines(stream, origin.limit * _ESCAPED)
    for line in lines:
        lines.taken.clear()
        if lines.number == 1 and (line.lstrip()[:1] == "[" or line.strip() == "{"):
            stream.seek(0)
            yield from _json_rows(stream, origin)
            return
        if line.isspace():
            continue
        yield lines.number, _record(jsonstream.parse(line) if lines.fits else lines.too_long)


def _json_rows(stream: TextIO, origin: Origin) -> Rows:
    values = jsonstream.records(stream, origin.limit * _ESCAPED)
    for number, value in enumerate(values, 1):
        yield f"record {number}", _record(value)


def _csv_rows(stream: TextIO, origin: Origin) -> Rows:
    # The limit belongs to the whole process, so it is only ever raised.
    limit = min(origin.limit * _ESCAPED, _LONGEST_FIELD)
    csv.field_size_limit(max(csv.field_size_limit(), limit))
    lines = _Lines(stream, limit)
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda mark: len(_known(head, mark)))
    if "text" not in _known(head, delimiter):
        raise Unreadable("no column for the text; call it text, content or body")
    header = _split(head, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        start = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # An open quotation mark runs on over the rows that follow it: they are read again.
            lines.read_again()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield start, Broken(f"not CSV: {error}")
            continue
        if not lines.fits:
            yield start, lines.too_long
        elif len(row) not in (0, len(header)):
            yield start, Broken(f"{len(row)} fields, and {len(header)} in the header")
        elif any(row):
            yield start, dict(zip(header, row, strict=True))


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _known(line: str, delimiter: str) -> set[str]:
    """The fields of an article that the columns of a header name."""
    return set(filter(None, map(known, _split(line, delimiter))))


class _Lines:
    """The lines of a stream, counted; of one over the limit only the beginning is given."""

    def __init__(self, stream: TextIO, limit: int) -> None:
        self.number = 0
        self.fits = True
        self.taken: list[str] = []
        self.too_long = Broken(f"a line of more than {limit:,} characters")
        self._stream = stream
        self._limit = limit
        self._again: deque[str] = deque()
        self._left = _MOST_READ_AGAIN

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._again:
            line = self._again.popleft()
        else:
            line = self._stream.readline(self._limit)
            if not line:
                raise StopIteration
        self.number += 1
        self.fits = len(line) < self._limit or line.endswith(("\n", "\r"))
        if not self.fits:
            while (rest := self._stream.readline(self._limit)) and rest[-1] not in "\n\r":
                pass
            line = ""
        self.taken.append(line)
        return line

    def read_again(self) -> None:
        """Give the taken lines but the first out once more, while that stays cheap."""
        again = self.taken[1:]
        self._left -= sum(map(len, again))
        if self._left > 0:
            self._again.extendleft(reversed(again))
            self.number -= len(again)
