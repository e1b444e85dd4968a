"""Fixtures that several test modules share."""

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
