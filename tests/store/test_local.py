"""What a store in a folder promises beyond the contract: traces, other processes, damage."""

import json
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager

import numpy as np
import pytest
from makers import (
    HashEmbedder,
    by_vectors,
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

from rag import BackendError, IndexLocked, IndexMismatch, IndexNotFound

QUERY = "witness water sentence3x4 unique7"

READER = """
import json, sys
from pathlib import Path
from makers import by_vectors, by_words, open_store
store = open_store(Path(sys.argv[1]), create=False)
print("ready", flush=True)
for line in sys.stdin:
    query = line.strip()
    print(json.dumps([by_words(store, query, 99), by_vectors(store, query, 99)]), flush=True)
"""

HOLDER = """
import sys
from pathlib import Path
from makers import open_store
with open_store(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def process(code, *arguments):
    """A process that has said its first line; ended afterwards."""
    with start(code, *arguments) as running:
        assert running.stdout.readline()
        yield running
        running.stdin.close()
        running.wait()


def answers(store) -> tuple:
    """What both searches return, with scores, for a question that many passages match."""
    vector = HashEmbedder().embed_queries([QUERY])[0]
    return store.nearest(vector, 20, None), store.matching(QUERY, 20, None)


# Gone is gone


@pytest.mark.parametrize("field", ["text", "title", "source", "author", "url", "id", "section"])
def test_a_removed_article_leaves_no_trace_in_any_file(store, tmp_path, field):
    canary = "Zqxmark"
    fields = {
        "text": {"text": f"The {canary} sang. It rained."},
        "title": {"title": f"{canary} sings"},
        "source": {"source": f"{canary} News"},
        "author": {"authors": [f"Ada {canary}"]},
        "url": {"url": f"https://a.example/{canary}"},
        "id": {"id": canary},
        "section": {"section": canary},
    }[field]
    article = make_article(1, **fields) if field != "id" else long_article(1)
    if field == "id":
        article = type(article)(canary, article.text)
    put(store, article, *(make_article(number) for number in range(2, 9)))
    assert traces(tmp_path, canary)
    if field in ("text", "title", "source"):
        assert any(trace.startswith("words") for trace in traces(tmp_path, canary))
    assert store.remove([article.id]) == (article.id,)
    assert traces(tmp_path, canary) == []


def test_the_vectors_of_a_removed_article_leave_no_trace(store, tmp_path):
    entry = make_entry(make_article(1))
    needle = entry.vectors[0].astype(np.float16).tobytes()
    put(store, make_article(1), make_article(2))
    assert any(name.endswith(".faiss") for name in traces(tmp_path, needle))
    assert any(name.startswith("dateline.db") for name in traces(tmp_path, needle))
    store.remove(["id-1"])
    assert traces(tmp_path, needle) == []


def test_older_versions_of_a_removed_article_leave_no_trace(store, tmp_path):
    put(store, make_article(2))
    for word in ("Zqxfirst", "Zqxsecond", "harmless"):
        put(store, make_article(1, f"The {word} sang."))
    store.remove(["id-1"])
    assert traces(tmp_path, "Zqx") == []


def test_what_the_database_moved_about_leaves_no_trace_either(store, tmp_path):
    """Rows of many sizes, added and removed in turns: SQLite moves them from page to page."""
    sizes = np.random.default_rng(7).integers(0, 40, 2_000).tolist()
    for begin in range(0, 2_000, 250):
        numbers = range(begin, begin + 250)
        articles = [
            make_article(n, f"Zqx{n:05}z sang." + " It rained." * sizes[n], url=f"Zqx{n:05}z")
            for n in numbers
        ]
        put(store, *articles)
        store.remove([f"id-{n}" for n in range(begin + 250) if n % 7 and n % 250 > 20])
    store.remove([f"id-{n}" for n in range(2_000) if n % 7])
    bytes_left = b"".join(path.read_bytes() for path in (tmp_path / "index").glob("dateline.db*"))
    left = {n for n in range(2_000) if b"Zqx%05dz" % n in bytes_left}
    assert left == set(range(0, 2_000, 7))


def test_an_open_reader_keeps_no_trace_alive(store, tmp_path):
    put(store, make_article(1, "The Zqxmark sang."), make_article(2))
    with process(READER, tmp_path / "index") as reader:
        assert ask(reader, "sang")[0] == ["id-1"]
        store.remove(["id-1"])
        assert traces(tmp_path, "Zqxmark") == []
        assert ask(reader, "sang") == [[], ["id-2"]]


def test_a_reader_in_the_middle_of_reading_is_told_of_and_its_trace_goes_next_time(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("rag.store.connections._WAIT", 0.1)  # half a minute is long for a test
    reading = sqlite3.connect(tmp_path / "dateline.db", isolation_level=None)
    with closing(open_store(tmp_path)) as store, closing(reading):
        put(store, make_article(1, "The Zqxmark sang."), make_article(2))
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM articles").fetchall()
        with pytest.raises(BackendError, match="removed is still in its log") as caught:
            store.remove(["id-1"])
        assert caught.value.retryable
        assert store.get("id-1") is None
        assert by_words(store, "zqxmark") == []
        reading.execute("COMMIT")
        put(store, make_article(3))
        assert traces(tmp_path, "Zqx") == []


# Other processes


def ask(reader, query: str) -> list[list[str]]:
    reader.stdin.write(query + "\n")
    reader.stdin.flush()
    return json.loads(reader.stdout.readline())


def test_a_reader_in_another_process_follows_without_opening_again(store, tmp_path):
    put(store, make_article(1))
    with process(READER, tmp_path / "index") as reader:
        assert ask(reader, "unique1") == [["id-1"], ["id-1"]]
        put(store, make_article(2))
        assert ask(reader, "unique2") == [["id-2"], ["id-2", "id-1"]]
        put(store, make_article(1, "The bridge reopened."))
        assert ask(reader, "unique1")[0] == []
        assert ask(reader, "bridge")[0] == ["id-1"]
        store.remove(["id-2"])  # makes the folder of words anew
        assert ask(reader, "unique2 minister")[0] == []
        assert ask(reader, "unique2")[1] == ["id-1"]
        index(store, (long_article(number) for number in range(3, 30)))
        words, vectors = ask(reader, "sentence29x3 witness")
        assert words[0] == "id-29"
        assert len(set(words)) > 10
        assert len(set(vectors)) > 10
        # The folder is lost under the reader, and made again by another.
        shutil.rmtree(next((tmp_path / "index").glob("words.*")))
        with closing(open_store(tmp_path / "index")) as other:
            put(other, make_article(99))
        assert ask(reader, "unique99")[0] == ["id-99"]
        assert ask(reader, "witness sentence9x3")[0][0] == "id-9"


def test_one_process_writes_and_others_are_told_which(store, tmp_path):
    put(store, make_article(1))
    with process(HOLDER, tmp_path / "index") as holder:
        with pytest.raises(IndexLocked, match=f"process {holder.pid} ") as caught:
            put(store, make_article(2))
        assert "\n" not in str(caught.value)
        assert by_words(store, "unique1") == ["id-1"]  # reading goes on
    put(store, make_article(2))
    assert by_words(store, "unique2") == ["id-2"]
    assert not (tmp_path / "index" / "writer.json").exists()


def test_a_killed_writer_leaves_no_lock(store, tmp_path):
    with process(HOLDER, tmp_path / "index") as holder:
        holder.kill()
        holder.wait()
        put(store, make_article(1))
    assert by_words(store, "unique1") == ["id-1"]


def test_two_stores_of_one_folder_in_one_process_exclude_each_other(store, tmp_path):
    with closing(open_store(tmp_path / "index")) as other:
        with store.writing(), pytest.raises(IndexLocked, match=f"process {os.getpid()} "):
            put(other, make_article(1))
        put(other, make_article(1))
        assert by_words(store, "unique1") == ["id-1"]


def test_the_right_to_write_may_be_taken_within_itself(store):
    with store.writing():
        with store.writing():
            put(store, make_article(1))
        put(store, make_article(2))
    assert store.status().articles == 2


# Opening


def test_no_index_where_none_is_to_be_made(tmp_path):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(IndexNotFound, match="dateline add"):
            open_store(path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_another_embedder_is_refused_with_what_to_do(store, tmp_path):
    with pytest.raises(IndexMismatch, match=r"embedder hash 1 .* not other 1 .*Archive\.open"):
        open_store(tmp_path / "index", HashEmbedder("other"))


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(BackendError, match="cannot hold an index") as caught:
            open_store(path)
        assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_read(store, tmp_path):
    folder = tmp_path / "index"
    put(store, make_article(1))
    folder.chmod(0o555)
    try:
        assert by_words(store, "unique1") == ["id-1"]
        with pytest.raises(BackendError, match="cannot be written"):
            put(store, make_article(2))
    finally:
        folder.chmod(0o755)


# Damage to what is derived


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A folder with several segments of words, and what its store answers."""
    folder = tmp_path_factory.mktemp("sound")
    with closing(open_store(folder)) as store:
        for start in range(0, 30, 10):
            put(store, *(long_article(number) for number in range(start, start + 10)))
            put(store, *(make_article(100 + number) for number in range(start, start + 10)))
        return folder, answers(store)


def emptied(path):
    path.write_bytes(b"")


def halved(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def filled_with_garbage(path):
    path.write_bytes(np.random.default_rng(1).bytes(path.stat().st_size))


def deleted(path):
    path.unlink()


@pytest.mark.parametrize("damage", [emptied, halved, filled_with_garbage, deleted])
@pytest.mark.parametrize(
    "what",
    ["vectors.*.faiss", "generation.json", "meta.json", ".managed.json"]
    + [f"*.{kind}" for kind in ("idx", "pos", "term", "store", "fast", "fieldnorm")],
)
def test_damaged_derived_files_are_mended(sound, tmp_path, what, damage):
    folder, before = sound
    copy = shutil.copytree(folder, tmp_path / "copy")
    path = next(copy.rglob(what))
    damage(path)
    with closing(open_store(copy)) as store:
        assert answers(store) == before
        put(store, make_article(1))
        assert finds(store, make_article(1))
        assert finds(store, long_article(12))


@pytest.mark.parametrize("damage", ["deleted", "emptied"])
def test_a_lost_folder_of_words_is_made_again(sound, tmp_path, damage):
    folder, before = sound
    copy = shutil.copytree(folder, tmp_path / "copy")
    words = next(copy.glob("words.*"))
    shutil.rmtree(words)
    if damage == "emptied":
        words.mkdir()
    with closing(open_store(copy)) as store:
        assert answers(store) == before
    assert len(list(copy.glob("words.*"))) == 1


def test_without_any_derived_file_all_is_made_again(sound, tmp_path):
    folder, before = sound
    (tmp_path / "copy").mkdir()
    shutil.copy(folder / "dateline.db", tmp_path / "copy")
    with closing(open_store(tmp_path / "copy")) as store:
        assert answers(store) == before


# Damage to the database


@pytest.mark.parametrize(
    "damage",
    [
        emptied,
        halved,
        filled_with_garbage,
        deleted,
        lambda path: path.write_text("Once upon a time" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["emptied", "halved", "garbage", "deleted", "text", "cut", "folder"],
)
def test_a_damaged_database_is_told_in_one_line(sound, tmp_path, damage):
    copy = shutil.copytree(sound[0], tmp_path / "copy")
    damage(copy / "dateline.db")

    def use() -> None:
        with closing(open_store(copy)) as store:
            assert list(store.articles())
            assert by_words(store, QUERY, 99)
            assert by_vectors(store, QUERY, 99)
            put(store, *(long_article(number) for number in range(30)))

    with pytest.raises(BackendError, match=r"dateline\.db: ") as caught:
        use()
    assert "\n" not in str(caught.value)
