"""Statements in an index's database: who said what, found by speaker, words of saying and place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from rag.analysis.words import stems
from rag.store.connections import Connections
from rag.store.rows import ARTICLE, to_article, where
from rag.types import Article, Filters, Statement


class Spoken:
    """The statements of all articles."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, connection: Connection, number: int, statements: Iterable[Statement]) -> None:
        """Keep the statements of the article of that number."""
        connection.executemany(
            f"INSERT OR IGNORE INTO statements VALUES (?{', ?' * 6})",
            [
                (number, said.start, said.end, said.kind, said.cue, said.speaker, said.role)
                for said in statements
            ],
        )

    def find(
        self,
        speaker: str | None = None,
        cue: str | None = None,
        filters: Filters | None = None,
        ids: Sequence[str] | None = None,
    ) -> list[Statement]:
        """The statements that fit, newest article first, in the order of the text.

        All words of `speaker` have to stand in a speaker's name and role; `cue` is met in any
        form of the word. `ids` limits to those articles.
        """
        condition, values = where(filters)
        clauses = [condition.removeprefix("WHERE ")] if condition else []
        if ids is not None:
            clauses.append("a.id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(ids)))
        if speaker is not None:
            clauses.append(
                "(s.speaker, coalesce(s.role, '')) IN "
                "(SELECT value ->> 0, value ->> 1 FROM json_each(?))"
            )
            values.append(json.dumps(self._speakers(speaker)))
        if cue is not None:
            clauses.append("s.cue IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(self._cues(cue)))
        with self._connections.snapshot():
            rows = self._connections.rows(
                "SELECT a.number, s.speaker, s.role, s.cue, s.kind, s.start, s.end "
                "FROM statements s JOIN articles a ON a.number = s.article "
                f"{'WHERE ' if clauses else ''}{' AND '.join(clauses)} "
                "ORDER BY a.moment IS NULL, a.moment DESC, a.number DESC, s.start, s.end DESC",
                values,
            )
            articles = self._articles({row[0] for row in rows})
        return [
            Statement(
                speaker, role, cue, articles[number].text[start:end], kind, start, end,
                articles[number],
            )
            for number, speaker, role, cue, kind, start, end in rows
        ]  # fmt: skip

    def _articles(self, numbers: set[int]) -> dict[int, Article]:
        rows = self._connections.rows(
            f"SELECT a.number, {ARTICLE} FROM articles a WHERE a.number IN "
            "(SELECT value FROM json_each(?))",
            (json.dumps(sorted(numbers)),),
        )
        return {number: to_article(row) for number, *row in rows}

    def _speakers(self, name: str) -> list[tuple[str, str]]:
        """The speakers, with their roles, that bear all words of a name."""
        wanted = _words(name)
        rows = self._connections.rows(
            "SELECT DISTINCT speaker, coalesce(role, '') FROM statements WHERE speaker NOT NULL"
        )
        return [(speaker, role) for speaker, role in rows if _has(f"{speaker} {role}", wanted)]

    def _cues(self, cue: str) -> list[str]:
        """The words of saying, as they stand in articles, that are a form of the one given."""
        wanted = _words(cue)
        rows = self._connections.rows("SELECT DISTINCT cue FROM statements")
        return [found for (found,) in rows if _has(found, wanted)]


def is_said(statement: Statement, speaker: str | None, cue: str | None) -> bool:
    """Whether a statement that is not in a database would be found there by speaker and cue."""
    named = f"{statement.speaker} {statement.role or ''}" if statement.speaker else ""
    return (speaker is None or _has(named, _words(speaker))) and (
        cue is None or _has(statement.cue, _words(cue))
    )


def _has(text: str, wanted: set[str]) -> bool:
    return bool(wanted) and wanted <= set(stems(text))


def _words(text: str) -> set[str]:
    """Its stems; half a character, as of a word in another encoding, is none of them."""
    return set(stems(text.encode("utf-8", "replace").decode()))
