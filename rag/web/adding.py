"""Adding articles in the background, so that a page can show how far it is and cancel it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.types import Article, IngestReport, Progress, Skipped
from rag.web.render import adding, reading, starting

if TYPE_CHECKING:
    from markupsafe import Markup

    from rag.archive import Archive

SECONDS_BETWEEN_UPDATES = 0.25


class Cancelled(Exception):
    """Raised inside the run to end it where it is; what is stored stays."""


class Adding:
    """One run that adds uploaded files, or the articles at a path, to an archive.

    After the end `report` says what became of everything, or `problem` in one line why the run
    ended early; `stored` counts the articles that were stored until then.
    """

    def __init__(self, archive: Archive, what: Sequence[Path] | str) -> None:
        self._archive = archive
        self._what = what
        self._total = 0
        self._view = starting()
        self._cancelled = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dateline-adding", daemon=True)
        self.report: IngestReport | None = None
        self.problem: str | None = None
        self.stored = 0

    def run(self) -> Iterator[Markup]:
        """Add everything, yielding from time to time how far it is, as HTML.

        What was begun goes on to its end where nobody looks any more: a closed page is no Cancel.
        """
        self._thread.start()
        shown = self._view
        yield shown
        while not self._done.wait(SECONDS_BETWEEN_UPDATES):
            if self._view is not shown:
                shown = self._view
                yield shown

    def cancel(self) -> None:
        """End the run at the next step."""
        self._cancelled.set()

    def wait(self) -> None:
        """Return when the run has ended, or was never begun."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            if isinstance(self._what, str):
                self.report = self._archive.add(self._what, progress=self._progress)
            else:
                self.report = self._archive.add(self._read(self._what), progress=self._progress)
        except Cancelled:
            self.problem = "Cancelled."
        except RagError as error:
            self.problem = f"Could not add the articles: {error}."
        finally:
            self._done.set()

    def _read(self, paths: Sequence[Path]) -> list[Article | Skipped]:
        """Everything in the uploaded files; each is deleted as soon as it is in memory."""
        from rag.ingest import read_bytes

        found: list[Article | Skipped] = []
        try:
            for done, path in enumerate(paths):
                self._view = reading(done, len(paths))
                data = path.read_bytes()
                path.unlink()
                for item in read_bytes(data, path.name):
                    self._stop_if_cancelled()
                    found.append(item)
        finally:
            for path in paths:
                path.unlink(missing_ok=True)
        self._total = len(found)
        return found

    def _progress(self, progress: Progress) -> None:
        self.stored = progress.articles
        self._stop_if_cancelled()
        if progress.fraction is None and progress.articles and self._total:
            done = (progress.articles + progress.skipped) / self._total
            progress = replace(progress, fraction=min(1.0, done))
        self._view = adding(progress)

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled
