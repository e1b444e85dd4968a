"""Stories in an index's database: which articles are near-copies of one text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from sqlite3 import Connection

from rag.analysis.lineage import BAND_ROWS, candidates, join, origin, similarities
from rag.analysis.words import figures
from rag.store.connections import Connections
from rag.store.protocol import Entry
from rag.store.rows import ARTICLE, to_article
from rag.types import Copy

# A notice of a sentence or two in the words of another, with other figures, is another notice.
_SHORT = 200

_IN_BAND = (
    f"SELECT b.band, b.article, a.story FROM bands b JOIN articles a ON a.number = b.article "
    f"WHERE b.band = ? ORDER BY b.article DESC LIMIT {BAND_ROWS}"
)


class Stories:
    """The stories that articles belong to: each has one, mostly of its own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def assign(self, connection: Connection, number: int, entry: Entry) -> None:
        """Put the article of that number, just stored, into the story it is a copy of."""
        rows = [row for band in entry.bands for row in connection.execute(_IN_BAND, (band,))]
        near = candidates(rows)
        texts = {
            other: connection.execute(
                "SELECT story, text FROM articles WHERE number = ?", (other,)
            ).fetchone()
            for other in near
        }
        scores: dict[int, float] = {}
        mine = entry.article.text
        found = similarities(mine, [text for _, text in texts.values()])
        for (story, text), score in zip(texts.values(), found, strict=True):
            if len(mine) > _SHORT or figures(mine) == figures(text):
                scores[story] = max(score, scores.get(story, 0.0))
        story = join(scores)
        connection.execute(
            "UPDATE articles SET story = ? WHERE number = ?",
            (number if story is None else story, number),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, number) for band in entry.bands]
        )

    def of(self, ids: Sequence[str]) -> dict[str, tuple[Copy, ...]]:
        """Id -> all articles of its story, the likely origin first; where there are several."""
        with self._connections.snapshot():
            rows = self._connections.rows(
                "SELECT a.id, a.story FROM articles a "
                "WHERE a.id IN (SELECT value FROM json_each(?)) "
                "AND EXISTS (SELECT 1 FROM articles b WHERE b.story = a.story AND b.id <> a.id)",
                (json.dumps(list(ids)),),
            )
            members = {story: self._members(story) for story in {story for _, story in rows}}
        return {article_id: members[story] for article_id, story in rows}

    def count(self) -> int:
        """How many articles are copies of another one."""
        query = "SELECT count(*) - count(DISTINCT story) FROM articles"
        ((count,),) = self._connections.rows(query)
        return int(count)

    def _members(self, story: int) -> tuple[Copy, ...]:
        rows = self._connections.rows(
            f"SELECT a.wire, {ARTICLE} FROM articles a WHERE a.story = ? "
            "ORDER BY a.moment IS NULL, a.moment, a.number",
            (story,),
        )
        members = [to_article(row) for _, *row in rows]
        first = origin(members, [wire for wire, *_ in rows])
        members.sort(key=lambda one: one is not first)
        return tuple(Copy(one.id, one.title, one.source, one.url, one.published) for one in members)
