"""The right to write an index, held by one process at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import BackendError, IndexLocked


class WriterLock:
    """A lock file that the system frees when its holder ends, however it ends.

    Beside it stands a note of who holds it, for the message that others get.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / "writer.json"
        self._lock = FileLock(str(folder / "writer.lock"), thread_local=False)

    @contextmanager
    def held(self, wait: float = 2.0) -> Iterator[None]:
        """Hold the lock; raises IndexLocked when it is not free within `wait` seconds.

        Raises BackendError where the folder cannot be written.
        """
        try:
            self._lock.acquire(timeout=wait)
        except Timeout:
            raise IndexLocked(str(self._folder), self._holder()) from None
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            if self._lock.lock_counter == 1:
                self._sign()
            yield
        finally:
            if self._lock.lock_counter == 1:
                with suppress(OSError):
                    self._note.unlink()
            self._lock.release()

    def _sign(self) -> None:
        note = {
            "pid": os.getpid(),
            "command": " ".join(sys.argv[:2])[:200],
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            self._note.write_text(json.dumps(note))
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> BackendError:
        why = f"cannot be written ({error.strerror}); check its permissions and the disk's space"
        return BackendError(str(self._folder), why)

    def _holder(self) -> str:
        with suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads(self._note.read_text())
            return f"process {note['pid']} ({note['command']}, since {note['since']})"
        return "another process"
