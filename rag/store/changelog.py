"""What changed in an index since a generation.

What derives from the database (FAISS, tantivy) knows the generation it was made from, and asks
here for what came after it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rag.models.protocols import Vectors
from rag.store.connections import Connections
from rag.store.protocol import Number
from rag.store.rows import ARTICLE, to_article, to_passage
from rag.types import Article, Passage


class ChangeLog:
    """The generation of an index, and the passages that came and went since another one."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def generation(self) -> int:
        """How many changes there have been."""
        return int(self._connections.value("SELECT value FROM manifest WHERE key = 'generation'"))

    def removed_since(self, generation: int) -> list[Number]:
        """The passages removed after that generation."""
        query = "SELECT passage FROM removed WHERE generation > ?"
        return [number for (number,) in self._connections.rows(query, (generation,))]

    def purges_since(self, generation: int) -> bool:
        """Whether words or vectors made at that generation hold what must leave no trace."""
        query = "SELECT EXISTS (SELECT 1 FROM removed WHERE purge AND generation > ?)"
        return bool(self._connections.value(query, (generation,)))

    def count_added_since(self, generation: int) -> int:
        """How many passages were added after that generation, and are still there."""
        query = "SELECT count(*) FROM passages WHERE generation > ?"
        return int(self._connections.value(query, (generation,)))

    def vectors_since(
        self, generation: int, dimension: int
    ) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Numbers and vectors of the passages added after that generation, in blocks.

        To be read to its end within a `snapshot`.
        """
        with self._connections.snapshot() as connection:
            cursor = connection.execute(
                "SELECT number, vector FROM passages WHERE generation > ?", (generation,)
            )
            while rows := cursor.fetchmany(10_000):
                numbers = np.array([number for number, _ in rows], np.int64)
                joined = np.frombuffer(b"".join(vector for _, vector in rows), np.float16)
                yield numbers, joined.reshape(len(rows), dimension).astype(np.float32)

    def texts_since(self, generation: int) -> Iterator[tuple[Number, Passage, Article]]:
        """The passages added after that generation, with their articles, in order.

        To be read to its end within a `snapshot`.
        """
        with self._connections.snapshot() as connection:
            cursor = connection.execute(
                f"SELECT a.number, {ARTICLE} FROM articles a WHERE a.number IN "
                "(SELECT article FROM passages WHERE generation > ?) ORDER BY a.number",
                (generation,),
            )
            for number, *row in cursor:
                article = to_article(row)
                passages = connection.execute(
                    "SELECT number, ordinal, start, end, sentences FROM passages "
                    "WHERE article = ? ORDER BY number",
                    (number,),
                )
                for passage in passages:
                    yield passage[0], to_passage(article, passage[1:]), article
