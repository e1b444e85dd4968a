"""What several test modules make things with: small, real and quick."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import tantivy

from rag import Article, Filters, IngestReport
from rag.analysis.passages import CHUNKING, embedded_texts, split_passages
from rag.analysis.sentences import split_sentences
from rag.analysis.words import stems
from rag.indexing import Indexer
from rag.models.protocols import Embedder, EmbedderInfo, Vectors
from rag.store.local import LocalStore
from rag.store.protocol import Entry, Store
from rag.store.rows import digest
from rag.types import Passage

TESTS = Path(__file__).parent


class HashEmbedder:
    """A bag of stems, each hashed to one of 64 dimensions: texts that share words are close."""

    def __init__(self, name: str = "hash") -> None:
        self.info = EmbedderInfo(name, "1", hashlib.sha256(name.encode()).hexdigest(), 64, 66)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(-(-len(word) // 8) for word in text.split()) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.info.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1  # no text is without direction
            for stem in stems(text):
                vectors[row, _place(stem)] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)


@cache
def _place(stem: str) -> int:
    return int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=4).digest()) % 64


def make_passages(article: Article, tokens: int = 256) -> list[Passage]:
    """The passages of an article; with many `tokens` it is a single one of all its sentences."""
    if tokens <= 256:
        return split_passages(article, HashEmbedder().count_tokens, tokens)
    spans = tuple(split_sentences(article.text))
    return [Passage(article.id, 0, 0, len(article.text), article.text, spans)]


def make_article(number: int, text: str | None = None, **fields) -> Article:
    """An article with words that no other number has, unless a text is given."""
    if text is None:
        text = f"Minister unique{number} spoke on Monday. The dam of place{number} holds."
    return Article(f"id-{number}", text, **({"title": f"Report {number}"} | fields))


def long_article(number: int, sentences: int = 20, **fields) -> Article:
    """An article of several passages, each with a word of its own."""
    lines = (
        f"Witness {number} said in sentence{number}x{line} that the water rose again overnight."
        for line in range(sentences)
    )
    return make_article(number, " ".join(lines), **fields)


def open_store(path: Path, embedder: Embedder | None = None, *, create: bool = True) -> LocalStore:
    return LocalStore(path, (embedder or HashEmbedder()).info, CHUNKING, create=create)


def make_entry(article: Article, embedder: Embedder | None = None) -> Entry:
    embedder = embedder or HashEmbedder()
    passages = split_passages(article, embedder.count_tokens, 64)
    texts = embedded_texts(article, passages, embedder.count_tokens, 64)
    return Entry(article, passages, [digest(t) for t in texts], embedder.embed_passages(texts))


def put(store: Store, *articles: Article) -> None:
    with store.writing():
        store.put([make_entry(article) for article in articles])


def index(store: Store, articles: Iterable[Article], embedder: Embedder | None = None, **kwargs):
    """What the indexer reports after adding the articles."""
    with store.writing():
        report: IngestReport = Indexer(store, embedder or HashEmbedder(), **kwargs).add(articles)
    return report


def by_words(store: Store, query: str, k: int = 10, filters: Filters | None = None) -> list[str]:
    """Ids of the articles found by words, best first."""
    return _owners(store, store.matching(query, k, filters))


def by_vectors(store: Store, query: str, k: int = 10, filters: Filters | None = None) -> list[str]:
    """Ids of the articles found by vectors, best first."""
    vector = HashEmbedder().embed_queries([query])[0]
    return _owners(store, store.nearest(vector, k, filters))


def _owners(store: Store, found: list[tuple[int, float]]) -> list[str]:
    passages = store.passages([number for number, _ in found])
    return [passages[number][1].id for number, _ in found if number in passages]


def finds(store: Store, article: Article) -> bool:
    """Whether both searches find every passage of the article as it is now."""
    entry = make_entry(article)
    for passage, vector in zip(entry.passages, entry.vectors, strict=True):
        for found in (store.nearest(vector, 3, None), store.matching(passage.text, 1, None)):
            if (passage, article) not in store.passages([n for n, _ in found]).values():
                return False
    return True


def traces(folder: Path, needle: str | bytes) -> list[str]:
    """The files of a folder in which the bytes stand, and indexed words that begin with them."""
    if isinstance(needle, str):
        words = [
            f"{path.name}: {field}"
            for path in folder.rglob("words.*")
            if (path / "meta.json").exists()
            for field in ("body", "title", "source", "language")
            if tantivy.Index.open(str(path)).searcher().terms_with_prefix(field, needle.lower())
        ]
    else:
        words = []
    raw = needle.encode() if isinstance(needle, str) else needle
    files = [path for path in folder.rglob("*") if path.is_file()]
    return words + [path.name for path in files if raw.lower() in path.read_bytes().lower()]


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process that runs the code, with this module to import and pipes to talk by."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
    )
