import gc
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from makers import (
    HashEmbedder,
    by_vectors,
    by_words,
    finds,
    long_article,
    make_article,
    open_store,
    put,
    start,
)

from rag import BackendError, Filters, IndexMismatch
from rag.analysis.passages import CHUNKING
from rag.store.database import SCHEMA, Database

INFO = HashEmbedder().info


@pytest.fixture
def path(tmp_path) -> Path:
    """The file of an index with a few articles."""
    with closing(open_store(tmp_path / "index")) as store:
        put(store, *(make_article(number) for number in range(5)))
    return tmp_path / "index" / "dateline.db"


def manifest(path: Path, key: str, value: str | None) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM manifest WHERE key = ?", (key,))
        if value is not None:
            connection.execute("INSERT INTO manifest VALUES (?, ?)", (key, value))


def test_another_schema_is_refused_whatever_else_changed_with_it(path):
    manifest(path, "embedder", '{"of a later": "version"}')
    manifest(path, "schema", "99")
    with pytest.raises(
        IndexMismatch, match=f"schema 99, not {SCHEMA}; use the version of Dateline"
    ):
        Database(path.parent, INFO, CHUNKING)


def test_another_chunking_is_refused(path):
    with pytest.raises(IndexMismatch, match=f"chunking {CHUNKING}, not other"):
        Database(path.parent, INFO, "other")


@pytest.mark.parametrize(
    ("key", "value"), [("schema", None), ("embedder", None), ("embedder", "{"), ("embedder", "[]")]
)
def test_a_manifest_that_cannot_be_read_is_told(path, key, value):
    manifest(path, key, value)
    with pytest.raises(BackendError, match="does not say what it was made with"):
        Database(path.parent, INFO, CHUNKING)


def test_the_database_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "dateline.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    before = path.read_bytes()
    with pytest.raises(BackendError, match="no such table: manifest"):
        Database(tmp_path, INFO, CHUNKING)
    assert path.read_bytes() == before


def test_an_index_is_opened_and_read_while_another_connection_writes(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with closing(open_store(path.parent, create=False)) as store:
            assert len(list(store.articles())) == 5
            assert len(by_vectors(store, "dam", 99)) == 5
        writer.execute("ROLLBACK")


def test_an_index_may_be_made_by_several_processes_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from makers import open_store\n"
        "print('ready', flush=True); sys.stdin.readline(); open_store(Path(sys.argv[1]))"
    )
    makers = [start(code, tmp_path / "index") for _ in range(4)]
    for maker in makers:
        maker.stdout.readline()
    for maker in makers:
        maker.stdin.write("\n")
        maker.stdin.flush()
    for maker in makers:
        with maker:
            maker.communicate()
        assert maker.returncode == 0


def test_a_full_disk_is_told_and_nothing_is_half_done(store):
    put(store, make_article(1))
    connection = store._database._connections.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(BackendError, match="the disk is full; free some space"):
        put(store, make_article(2), *(long_article(number) for number in range(10, 20)))
    assert [article.id for article in store.articles()] == ["id-1"]
    connection.execute("PRAGMA max_page_count=1000000")
    put(store, make_article(2))
    assert finds(store, make_article(2))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts files as Linux does")
def test_threads_that_ended_hold_no_files(store):
    put(store, make_article(1))

    def count() -> int:
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    def read() -> None:
        assert by_words(store, "unique1") == ["id-1"]

    read()
    before = count()
    for _ in range(20):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert count() <= before + 1


def test_filters_and_coverage_read_no_texts(path):
    """What is asked for each question is answered from indexes, not from the articles' rows."""
    database = Database(path.parent, INFO, CHUNKING)
    statements: list[str] = []
    connection = database._connections.connection
    connection.set_trace_callback(statements.append)
    database.coverage(Filters(since="2020-01-01", languages=["en"]))
    database.numbers_within(Filters(sources=["AP"], until="2030-01-01"))
    connection.set_trace_callback(None)
    asked = [s for s in statements if s.startswith("SELECT") and "count(*)" in s or "JOIN" in s]
    assert len(asked) == 3
    for statement in asked:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        for step in plan:
            if " a " in step or " p " in step:
                assert "COVERING INDEX" in step, plan
    database.close()
