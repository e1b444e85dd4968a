"""Any model of sentence-transformers as the embedder, by its name or its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import ConfigError
from rag.models.minilm import work_offline
from rag.models.protocols import EmbedderInfo, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class TransformerEmbedder:
    """A sentence-transformers model: a folder, or a name that is in the local model cache.

    Nothing is downloaded unless `download` allows it. Questions and passages are embedded with
    the prompts that the model brings for them. Raises ConfigError where it cannot be loaded.
    """

    def __init__(self, name: str | Path, *, download: bool = False) -> None:
        if not download:
            work_offline()
        from sentence_transformers import SentenceTransformer

        try:
            self._model: SentenceTransformer = SentenceTransformer(
                str(name), device="cpu", local_files_only=not download
            )
        except (OSError, ValueError) as error:
            why = str(error).splitlines()[0]
            raise ConfigError(f"no sentence-transformers model at {name}: {why}") from error
        self._lock = Lock()
        dimension = self._model.get_embedding_dimension()
        self.info = EmbedderInfo(
            name=Path(name).name if Path(name).exists() else str(name),
            revision="",
            sha256=_sha256_of_weights(self._model),
            dimension=int(dimension or 0),
            max_tokens=int(self._model.max_seq_length or 512),
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without those that mark its ends."""
        if not texts:
            return []
        found = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in found["input_ids"]]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, float32, of shape (len(texts), dimension)."""
        with self._lock:
            vectors = self._model.encode_document(
                list(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, np.float32).reshape(len(texts), self.info.dimension)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The same for questions."""
        with self._lock:
            vectors = self._model.encode_query(
                list(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, np.float32).reshape(len(texts), self.info.dimension)


def _sha256_of_weights(model: SentenceTransformer) -> str:
    """One hash for all parameters, by their names: the same wherever the files lie."""
    total = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        total.update(name.encode())
        total.update(tensor.detach().cpu().contiguous().float().numpy().tobytes())
    return total.hexdigest()
