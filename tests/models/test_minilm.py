import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import platformdirs
import pytest
from makers import HashEmbedder

from rag import BackendError
from rag.models.minilm import PACKAGE, MiniLM, check_sha256

TEXTS = [
    "Kremlin spokesman Peskov warned of escalation on Tuesday.",
    "The president's press secretary said that the conflict could widen.",
    "A recipe for plum dumplings.",
    "Die Ministerin trat am Montag zurück.",
    "大坝安全。没有人离开。",
    "42",
    "",
]


linux = pytest.mark.skipif(sys.platform != "linux", reason="only there a variable moves the cache")


class InPyTorch(MiniLM):
    """Embeds as in bulk on a processor that computes in bfloat16, wherever it runs."""

    def embed_passages(self, texts):
        return self._embed_with_torch(texts)


@pytest.fixture(scope="module")
def in_pytorch():
    return InPyTorch()


@pytest.fixture(params=["hash", "onnx", "torch"], scope="module")
def any_embedder(request, minilm, in_pytorch):
    return {"hash": HashEmbedder(), "onnx": minilm, "torch": in_pytorch}[request.param]


# What every embedder must do


def test_vectors_have_length_1_in_the_order_of_the_texts(any_embedder):
    vectors = any_embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), any_embedder.info.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert float(any_embedder.embed_passages([text])[0] @ vector) > 0.999


def test_no_text_makes_no_vector(any_embedder):
    for vectors in (any_embedder.embed_passages([]), any_embedder.embed_queries([])):
        assert vectors.shape == (0, any_embedder.info.dimension)
    assert any_embedder.count_tokens([]) == []


def test_a_question_is_close_to_what_answers_it(any_embedder):
    (query,) = any_embedder.embed_queries(["Who warned of escalation?"])
    closeness = any_embedder.embed_passages(TEXTS) @ query
    assert closeness.argmax() == 0


def test_tokens_are_counted_as_long_as_a_text_is(any_embedder):
    counts = any_embedder.count_tokens(["dam", "the dam holds", "the dam holds " * 500, ""])
    assert counts[0] < counts[1] < counts[2]
    assert counts[2] > any_embedder.info.max_tokens
    assert counts[3] == 0


# The real one


def test_both_runtimes_agree_with_the_model_as_it_is_published(minilm, in_pytorch):
    from sentence_transformers import SentenceTransformer

    folder = Path(find_spec(PACKAGE).submodule_search_locations[0]) / "model"
    reference = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    texts = [*TEXTS, "The minister spoke about the dam. " * 80]
    expected = reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(minilm.embed_passages(texts), expected, atol=1e-4)
    np.testing.assert_allclose(minilm.embed_queries(texts), expected, atol=1e-4)
    in_bulk = in_pytorch.embed_passages(TEXTS)  # in bfloat16
    assert (in_bulk * expected[: len(TEXTS)]).sum(axis=1).min() > 0.999


def test_what_it_says_of_itself_is_so(minilm):
    weights = Path(find_spec(PACKAGE).submodule_search_locations[0]) / "model/model.safetensors"
    assert minilm.info.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert minilm.info.dimension == minilm.embed_queries(["dam"]).shape[1]
    full, longer = "dam " * (minilm.info.max_tokens - 2), "dam " * 300
    np.testing.assert_allclose(*minilm.embed_passages([full, longer]), atol=1e-5)
    assert minilm.count_tokens([full]) == [minilm.info.max_tokens - 2]


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "word " * 20_000, "x" * 100_000, "😀" * 1000])
def test_any_text_is_embedded(minilm, text):
    assert np.isfinite(minilm.embed_queries([text])).all()


def test_threads_may_share_it_from_the_start(minilm):
    expected = minilm.embed_passages(TEXTS)
    shared, together, found = MiniLM(), Barrier(4), []

    def embed() -> None:
        together.wait()
        found.append(shared.embed_passages(TEXTS))

    threads = [Thread(target=embed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for vectors in found:
        np.testing.assert_array_equal(vectors, expected)


@linux
def test_changed_weights_are_refused(tmp_path, monkeypatch):
    folder = Path(find_spec(PACKAGE).submodule_search_locations[0])
    copy = shutil.copytree(
        folder, tmp_path / "site" / PACKAGE, ignore=shutil.ignore_patterns("*.safetensors")
    )
    weights = bytearray((folder / "model" / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model" / "model.safetensors").write_bytes(weights)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for embed in (MiniLM().embed_queries, InPyTorch().embed_passages):
        with pytest.raises(BackendError, match=r"sha256 .* instead of 53aa51172d14.*install"):
            embed(["dam"])
    assert not list(tmp_path.glob("cache/**/*.onnx"))


@linux
@pytest.mark.parametrize("damage", ["graph", "digest"])
def test_a_damaged_graph_is_exported_again(minilm, tmp_path, monkeypatch, damage):
    expected = minilm.embed_queries(TEXTS)
    shutil.copytree(platformdirs.user_cache_dir("dateline"), tmp_path / "dateline")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (graph,) = tmp_path.glob("dateline/minilm-*/model.onnx")
    digest = graph.with_name("model.onnx.sha256")
    if damage == "graph":
        graph.write_bytes(graph.read_bytes()[:-1000])
    else:
        digest.write_bytes(b"\xff\xfe")
    np.testing.assert_allclose(MiniLM().embed_queries(TEXTS), expected, atol=1e-5)
    check_sha256(graph, digest.read_text().strip())
    assert sorted(path.name for path in graph.parent.iterdir()) == [graph.name, digest.name]


@linux
def test_without_a_place_for_a_cache_it_works_all_the_same(minilm, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    expected = minilm.embed_queries(TEXTS)
    np.testing.assert_allclose(MiniLM().embed_queries(TEXTS), expected, atol=1e-5)
    assert not list((tmp_path / "temporary").rglob("*.onnx*"))


def test_questions_and_names_need_no_pytorch(minilm):
    minilm.embed_queries(["fills the cache"])
    code = (
        "import sys\n"
        "from rag.models.minilm import MiniLM\n"
        "from rag.models import tagger\n"
        "MiniLM().embed_queries(['Who warned of escalation?'])\n"
        "print('torch' in sys.modules, 'sentence_transformers' in sys.modules)\n"
        "(doc,) = tagger.name(['Macron met Peskov.'])\n"
        "print(*(entity.text for entity in doc.ents))\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.splitlines() == ["False False", "Macron Peskov", "False"]
