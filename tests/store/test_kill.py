"""Processes are really killed, at every point that matters; nothing that was reported is lost."""

import shutil
import signal
from contextlib import closing

import numpy as np
import pytest
from makers import (
    by_words,
    finds,
    index,
    long_article,
    make_article,
    make_entry,
    open_store,
    put,
    start,
    traces,
)

COUNT = 240  # articles of five passages each, in three batches

NOWHERE = np.zeros(64, np.float32)

ADDING = """
import sys
from pathlib import Path
from makers import index, long_article, open_store
index(
    open_store(Path(sys.argv[1])),
    (long_article(number) for number in range(int(sys.argv[2]))),
    progress=lambda progress: print(progress.articles, flush=True),
)
print("done", flush=True)
sys.stdin.readline()
"""

# Ends the process at a point inside the writing of the index, which it names by wrapping it.
SEAM = """
import os, signal, sqlite3, sys
from pathlib import Path
from makers import index, long_article, make_article, open_store, put
import faiss
from rag.store import words
from rag.store.connections import Connections
from rag.store.changelog import ChangeLog
from rag.store.database import Database

folder, action, seam, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])

def killing_at(count, inner, before=True):
    def outer(*args, **kwargs):
        nonlocal count
        count -= 1
        if count:
            return inner(*args, **kwargs)
        if not before:
            inner(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    return outer

def half_written(vectors, path):
    write(vectors, path)
    os.truncate(path, os.path.getsize(path) // 2)

def until(texts):
    def outer(self, generation):
        for number, row in enumerate(texts(self, generation)):
            if number == count:
                os.kill(os.getpid(), signal.SIGKILL)
            yield row
    return outer

store = open_store(folder)
if seam == "half a vector file":
    write, faiss.write_index = faiss.write_index, half_written
    faiss.write_index = killing_at(count, faiss.write_index, before=False)
elif seam == "before the words' note":
    words._write_note = killing_at(count, words._write_note)
elif seam == "amid the words":
    ChangeLog.texts_since = until(ChangeLog.texts_since)
elif seam == "after the removal":
    Database.remove = killing_at(count, Database.remove, before=False)
else:  # before a statement of SQL
    def trace(statement):
        if statement.startswith(seam):
            globals()["count"] -= 1
            if not count:
                os.kill(os.getpid(), signal.SIGKILL)
    connections = store._database._connections
    connections.connection.set_trace_callback(trace)

if action == "add":
    index(store, (long_article(number) for number in range(1000, 1120)))
elif action == "update":
    put(store, make_article(1, "The bridge reopened."))
else:
    store.remove(["id-1"])
"""


def sample(store) -> list:
    """Some of all articles, the newest among them."""
    return list(store.articles())[::9]


def killed(code, *arguments) -> None:
    with start(code, *arguments) as process:
        process.wait()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("line", [1, 9, 10, 19])
def test_a_kill_while_adding_loses_nothing_that_was_reported(tmp_path, line):
    with start(ADDING, tmp_path, COUNT) as process:
        for _ in range(line):
            reported = int(process.stdout.readline())
        process.kill()
        process.wait()
    everything = [long_article(number) for number in range(COUNT)]
    with closing(open_store(tmp_path)) as store:
        stored = {article.id for article in store.articles()}
        assert stored >= {article.id for article in everything[:reported]}
        assert len(list(store.articles())) == len(stored)
        assert all(finds(store, article) for article in everything[::11] if article.id in stored)
        again = index(store, everything)
        assert set(again.unchanged) == stored
        assert set(again.added) == {article.id for article in everything} - stored
        status = store.status()
        assert status.articles == COUNT
        assert status.passages == sum(len(make_entry(a).passages) for a in everything)
        assert all(finds(store, article) for article in everything[::11])


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """An index in which article 1 has an older version too, both with a word to look for."""
    folder = tmp_path_factory.mktemp("before")
    with closing(open_store(folder)) as store:
        put(store, make_article(1, "The Zqxold sang."), *map(make_article, range(2, 60)))
        put(store, make_article(1, "The Zqxmark sang."))
    return folder


@pytest.mark.parametrize(
    ("action", "seam", "count"),
    [
        ("add", "half a vector file", 1),
        ("add", "before the words' note", 2),
        ("add", "amid the words", 30),
        ("add", "COMMIT", 1),
        ("update", "COMMIT", 1),
        ("update", "before the words' note", 1),
        ("remove", "COMMIT", 1),
        ("remove", "after the removal", 1),
        ("remove", "amid the words", 20),
        ("remove", "before the words' note", 1),
        ("remove", "half a vector file", 1),
        ("remove", "VACUUM", 1),
        ("remove", "PRAGMA wal_checkpoint", 1),
    ],
)
def test_a_kill_inside_a_change_leaves_all_or_nothing_of_it(before, tmp_path, action, seam, count):
    folder = shutil.copytree(before, tmp_path / "index")
    killed(SEAM, folder, action, seam, count)
    old, new = make_article(1, "The Zqxmark sang."), make_article(1, "The bridge reopened.")
    with closing(open_store(folder)) as store:
        assert all(finds(store, make_article(number)) for number in range(2, 60, 3))
        found = store.get("id-1")
        assert found == (
            new
            if action == "update" and seam != "COMMIT"
            else old
            if action != "remove" or seam == "COMMIT"
            else None
        )
        assert by_words(store, "Zqxmark") == (["id-1"] if found == old else [])
        assert all(finds(store, article) for article in sample(store))
        for found in (store.matching("the", 9999, None), store.nearest(NOWHERE, 9999, None)):
            numbers = [number for number, _ in found]
            assert len(numbers) == len(set(numbers)) == store.status().passages
        # One more change finishes what was begun.
        put(store, make_article(99))
        if found is None:
            assert traces(folder, "Zqx") == []
        index(store, (long_article(number) for number in range(100, 130)))
        store.remove(["id-1"])
        assert traces(folder, "Zqx") == []
        assert all(finds(store, article) for article in sample(store))
        assert len(list(folder.glob("vectors.*"))) == len(list(folder.glob("words.*"))) == 1


MAKING = """
import os, signal, sys
from pathlib import Path
from makers import open_store
from rag.store import connections

class Holder(connections._Holder):
    def __init__(self, path):
        super().__init__(path)
        self.connection.set_trace_callback(self.trace)
    def trace(self, statement):
        if statement.startswith(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

connections._Holder = Holder
open_store(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("statement", ["PRAGMA journal_mode", "CREATE TABLE articles", "COMMIT"])
def test_a_kill_while_an_index_is_made_leaves_one_that_opens(tmp_path, statement):
    killed(MAKING, tmp_path, statement)
    with closing(open_store(tmp_path)) as store:
        put(store, make_article(1))
        assert finds(store, make_article(1))
