"""Reading the records of a JSON file one by one, however large the file is."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from rag.ingest.fields import known, recognise

_CHUNK = 1 << 20
_DEEPEST = 3

_BETWEEN = re.compile(r"[\s,:]*")
_BRACKET = re.compile(r'["{}\[\]]')
_IN_STRING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SOLID = re.compile(r"\s*(\S)")
_SCALAR = re.compile(r'[^\s,:{}\[\]"]*+')

# Under these names an object holds a list of records, or an object that holds one.
_LISTS = frozenset(
    "articles items data result results docs documents records entries stories news posts hits "
    "response feed value".split()
)


@dataclass(frozen=True, slots=True)
class Broken:
    """What stands in the place of a record that cannot be read."""

    why: str


def parse(text: str) -> object:
    """The value of a JSON text, or `Broken`."""
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")  # "Unterminated string starting at"
        return Broken(f"not JSON: {what} at character {error.pos + 1}")
    except (ValueError, RecursionError) as error:  # numbers and nesting beyond Python's limits
        return Broken(f"not JSON that can be read: {error}")


def records(stream: TextIO, limit: int) -> Iterator[object]:
    """The records of a JSON text: of a list, of an object around records, or the one object.

    Where a value is not JSON or has more than `limit` characters, `Broken` stands in its place
    and the reading goes on behind it. Several values one after the other are read as a list.
    """
    return _Reader(stream, limit).values()


class _Reader:
    """A window on the stream: what stands before `_kept` is read and may be dropped."""

    def __init__(self, stream: TextIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._buffer = ""
        self._at = 0
        self._kept = 0
        self._too_long = False
        self._cut = False

    def values(self) -> Iterator[object]:
        first = self._peek()
        if first and first not in "[{":
            yield self._give_up("not JSON")
        while first := self._peek():
            if first == "[":
                yield from self._list()
            elif first == "{":
                yield from self._object(0)
            else:
                yield self._value()

    def _list(self) -> Iterator[object]:
        self._at += 1
        while (first := self._peek()) != "]":
            if not first:
                yield from self._end("a list")
                return
            yield self._value()
        self._at += 1

    def _object(self, depth: int) -> Iterator[object]:
        """The records inside of an object, else the object itself.

        Inside of it they stand in a list, or each under a name of its own.
        """
        self._at += 1
        record: dict[str, object] = {}
        found = False
        while (first := self._peek()) != "}":
            if not first:
                yield from self._end("a record")
                return
            name = self._value() if first == '"' else None
            first = self._peek()
            if not first:
                continue
            if not isinstance(name, str) or first in "}]":
                yield self._give_up("not JSON: a name and a value are expected")
                return
            holds = name.lower() in _LISTS
            if holds and first == "[" and self._peek_inside() in ("{", "]"):
                found = True
                yield from self._list()
            elif holds and first == "{" and depth < _DEEPEST:
                for value in self._object(depth + 1):
                    found = True
                    yield value
            else:
                value = self._value()
                if isinstance(value, Broken):
                    found = True
                    yield Broken(f"{name[:40]}: {value.why}")
                elif isinstance(value, dict) and not known(name) and "text" in recognise(value):
                    found = True
                    yield value
                else:
                    record[name] = value
        self._at += 1
        if "text" in recognise(record) or not (found or depth):
            yield record

    def _end(self, what: str) -> Iterator[Broken]:
        """The report, made once, that the file ends too early."""
        if not self._cut:
            yield Broken(f"the file ends in the middle of {what}")
        self._cut = True

    def _value(self) -> object:
        """The value that is next, read to its end even where it is broken."""
        self._kept = self._at
        self._too_long = False
        whole = self._skip_value()
        text = self._buffer[self._kept : self._at]
        self._kept = self._at
        if self._too_long or len(text) > self._limit:
            return Broken(f"a value of more than {self._limit:,} characters")
        if not whole:
            self._cut = True
            return Broken("the file ends in the middle of a record")
        return parse(text)

    def _skip_value(self) -> bool:
        """Move behind the value that is next; False where the stream ends before it."""
        first = self._buffer[self._at]
        if first == '"':
            return self._skip_string()
        if first not in "[{":
            if first in "]}":
                self._at += 1
                return True
            return self._skip(_SCALAR)
        depth = 0
        while True:
            match = _BRACKET.search(self._buffer, self._at)
            if not match:
                self._at = len(self._buffer)
                if not self._more():
                    return False
                continue
            self._at = match.start()
            if match[0] == '"':
                if not self._skip_string():
                    return False
                continue
            self._at += 1
            depth += 1 if match[0] in "[{" else -1
            if depth == 0:
                return True

    def _skip_string(self) -> bool:
        self._at += 1
        while True:
            match = _IN_STRING.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._buffer[self._at : self._at + 1] == '"':
                self._at += 1
                return True
            if not self._more():
                self._at = len(self._buffer)
                return False

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Move behind all that the pattern, which repeats one kind of character, matches."""
        while True:
            match = pattern.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer) or not self._more():
                return True

    def _peek(self) -> str:
        """The first character of what is next, "" at the end of the stream."""
        self._kept = self._at
        self._skip(_BETWEEN)
        return self._buffer[self._at : self._at + 1]

    def _peek_inside(self) -> str:
        """The first character behind the bracket that is next."""
        bracket = self._at
        while not (match := _SOLID.match(self._buffer, bracket + 1)):
            self._kept = self._at = bracket
            if not self._more():
                return ""
            bracket = self._at
        return match[1]

    def _more(self) -> bool:
        """Read on; False at the end. A value that is too long is no longer kept."""
        if self._at - self._kept > self._limit:
            self._too_long = True
            self._kept = self._at
        chunk = self._stream.read(_CHUNK)
        self._buffer = self._buffer[self._kept :] + chunk
        self._at -= self._kept
        self._kept = 0
        return bool(chunk)

    def _give_up(self, why: str) -> Broken:
        """Stop reading a text in which it cannot be told where the next value begins."""
        self._stream = io.StringIO()
        self._buffer = ""
        self._at = self._kept = 0
        return Broken(why)
