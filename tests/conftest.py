"""Fixtures that several test modules share."""

import signal
from contextlib import closing

import pytest
from hypothesis import settings
from makers import HashEmbedder, open_store

from rag.models.minilm import MiniLM

# How long an example takes depends on the machine and its load.
settings.register_profile("dateline", deadline=None)
settings.load_profile("dateline")


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    """The real embedder."""
    return MiniLM()


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture(params=[open_store], ids=["local"])
def store(request, tmp_path):
    """An empty store of every back-end."""
    with closing(request.param(tmp_path / "index")) as opened:
        yield opened


@pytest.fixture
def _ctrl_c_works():
    """A child inherits what is ignored, as Ctrl-C is where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
