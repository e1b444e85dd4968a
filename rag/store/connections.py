"""Connections to one SQLite file, one for each thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from rag.errors import BackendError

_WAIT = 30.0  # seconds, for another connection to finish
_ADVICE = {
    "SQLITE_FULL": "the disk is full; free some space and try again",
    "SQLITE_READONLY": "it cannot be written; check its permissions",
    "SQLITE_CANTOPEN": "it cannot be opened; check the permissions of its folder",
    "SQLITE_BUSY": "another process is using it; try again",
}
_DAMAGED = "it is no readable index; put a copy back in its place, or make a new index elsewhere"


class Connections:
    """Reads and writes one SQLite file; each thread has a connection of its own.

    Whatever goes wrong with the file is raised as BackendError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._open: WeakSet[_Holder] = WeakSet()
        self._opening = threading.Lock()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        holder: _Holder | None = getattr(self._local, "holder", None)
        if holder is None:
            holder = self._local.holder = _Holder(self._path)
            with self._opening:
                self._open.add(holder)
        return holder.connection

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._opening:
            for holder in self._open:
                holder.connection.close()
            self._open = WeakSet()
            self._local = threading.local()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All that a query gives."""
        with self.telling():
            return self.connection.execute(query, values).fetchall()

    def value(self, query: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401
        """The one value that a query gives."""
        ((value,),) = self.rows(query, values)
        return value

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done inside, or nothing of it."""
        with self.telling():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has ended it already
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """The same state of the file for all that is read inside."""
        with self.telling():
            connection = self.connection
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Say in one line what is wrong with the file."""
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # no fault of the file
        except sqlite3.Error as error:
            # The names of extended codes begin with those of their kind: SQLITE_BUSY_SNAPSHOT.
            name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            why = f"{_ADVICE.get(name, _DAMAGED)} ({error})"
            raise BackendError(str(self._path), why, retryable=name == "SQLITE_BUSY") from error


class _Holder:
    """A thread's connection, closed when the thread ends."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(
            path, timeout=_WAIT, isolation_level=None, check_same_thread=False
        )
        for pragma in (
            "synchronous=FULL",
            "secure_delete=ON",  # gone is gone, from the file too
            "foreign_keys=ON",
        ):
            self.connection.execute(f"PRAGMA {pragma}")

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()
