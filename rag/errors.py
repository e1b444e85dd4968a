"""Every error that Dateline raises on purpose.

RagError
├── ConfigError (ValueError)            a setting or argument that cannot be used
├── ArticleError (ValueError)           an article or file that cannot be read: where, why
├── IndexNotFound (FileNotFoundError)   no index at that path
├── IndexMismatch                       the index was made with something else: expected, found
├── IndexLocked                         another process is writing
├── MissingDependency (ImportError)     an optional package is not installed
└── BackendError                        a store or model failed: backend, retryable

"No answer" is no error: see `Answer.abstained`. Every message says what to do next, and fits
on one line, so that a command line can print it as it is.
"""

from __future__ import annotations


class RagError(Exception):
    """The parent of every error that Dateline raises on purpose; in one line of text."""

    def __init__(self, message: str) -> None:
        line = " ".join(part.strip() for part in message.splitlines())
        super().__init__(line.encode("utf-8", "replace").decode())


class ConfigError(RagError, ValueError):
    """A setting or an argument cannot be used as given."""


class ArticleError(RagError, ValueError):
    """An article cannot be read, for the reason `why`, at the place `where`."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class IndexNotFound(RagError, FileNotFoundError):
    """There is no index at the path, and none was asked to be made."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no index at {path}; make one with: dateline add FILES --index {path}")
        self.path = path


class IndexMismatch(RagError):
    """An index was made with another embedder, chunking or schema than the one in use."""

    def __init__(self, what: str, expected: str, found: str, remedy: str) -> None:
        super().__init__(f"this index was made with {what} {expected}, not {found}; {remedy}")
        self.what = what
        self.expected = expected
        self.found = found
        self.remedy = remedy


class IndexLocked(RagError):
    """Another process holds the index for writing; `holder` says which."""

    def __init__(self, path: str, holder: str) -> None:
        super().__init__(f"{path} is being written by {holder}; try again when it has finished")
        self.path = path
        self.holder = holder


class MissingDependency(RagError, ImportError):
    """An optional package is not installed; the message gives the command that installs it."""

    def __init__(self, package: str, command: str) -> None:
        super().__init__(f"{package} is not installed; install it with: {command}")
        self.package = package
        self.command = command


class BackendError(RagError):
    """A store or a model failed; `retryable` says whether the same call may work later."""

    def __init__(self, backend: str, why: str, *, retryable: bool = False) -> None:
        super().__init__(f"{backend}: {why}")
        self.backend = backend
        self.retryable = retryable
