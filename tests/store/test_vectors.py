from contextlib import closing

from makers import HashEmbedder, by_vectors, finds, make_article, open_store, put


def vector_files(folder) -> list[str]:
    return sorted(path.name for path in folder.glob("vectors.*"))


def test_a_few_more_vectors_are_replayed_not_written(store, tmp_path):
    put(store, *(make_article(number) for number in range(50)))
    before = vector_files(tmp_path / "index")
    put(store, make_article(60), make_article(7, "The bridge reopened."))
    assert vector_files(tmp_path / "index") == before
    with closing(open_store(tmp_path / "index")) as again:
        assert finds(again, make_article(60))
        assert finds(again, make_article(7, "The bridge reopened."))
        assert len(by_vectors(again, "minister", 99)) == 51


def test_many_more_vectors_are_written(store, tmp_path):
    put(store, *(make_article(number) for number in range(50)))
    before = vector_files(tmp_path / "index")
    put(store, *(make_article(number) for number in range(50, 100)))
    after = vector_files(tmp_path / "index")
    assert len(after) == len(before) == 1
    assert after != before


def test_an_older_database_put_back_is_followed(store, tmp_path):
    """A copy of the database comes back from a backup; what derives from a later one is dropped."""
    put(store, make_article(1))
    store.close()
    backup = (tmp_path / "index" / "dateline.db").read_bytes()
    with closing(open_store(tmp_path / "index")) as later:
        put(later, make_article(1, "The bridge reopened."))  # as many passages, other ones
    (tmp_path / "index" / "dateline.db").write_bytes(backup)
    with closing(open_store(tmp_path / "index")) as again:
        vector = HashEmbedder().embed_queries(["dam"])[0]
        assert by_vectors(again, "dam") == ["id-1"]
        assert len(again.nearest(vector, 9, None)) == 1
        assert len(again.matching("dam", 9, None)) == 1
        put(again, make_article(4))
        assert finds(again, make_article(4))
