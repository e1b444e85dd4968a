import pytest

from rag import (
    ArticleError,
    BackendError,
    ConfigError,
    IndexLocked,
    IndexMismatch,
    IndexNotFound,
    MissingDependency,
    RagError,
)

ERRORS = [
    ConfigError("threshold is 2\nit must lie between 0 and 1"),
    ArticleError("a\r\nb \ud800", "no\u2028text"),
    IndexNotFound("my\nindex"),
    IndexMismatch("embedder", "one\n", "two", "embed\nagain"),
    IndexLocked("index", "process 1\n(python)"),
    MissingDependency("package", "pip install\npackage"),
    BackendError("SQLite", "broken\n  file"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_message_is_one_line_that_can_be_printed(error):
    assert isinstance(error, RagError)
    assert len(str(error).splitlines()) == 1
    assert str(error).encode()


def test_errors_are_also_of_the_kind_that_python_has_for_them():
    for error, kind in zip(
        ERRORS,
        (ValueError, ValueError, FileNotFoundError, Exception, Exception, ImportError),
        strict=False,
    ):
        assert isinstance(error, kind)


def test_messages_say_what_to_do():
    assert "dateline add" in str(IndexNotFound("index"))
    assert "pip install x" in str(MissingDependency("x", "pip install x"))
    error = IndexMismatch("embedder", "one", "two", "embed again")
    assert str(error) == "this index was made with embedder one, not two; embed again"
    assert BackendError("SQLite", "busy", retryable=True).retryable
