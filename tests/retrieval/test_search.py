import json
from contextlib import closing

import pytest
from makers import HashEmbedder, finds, long_article, make_article, open_store, put, start

from rag import Filters
from rag.retrieval.search import Retriever


@pytest.fixture
def search(store):
    """Searches a store of a few articles; those of even numbers are by the AP."""
    put(
        store,
        *(make_article(n, source="Echo" if n % 2 else "AP") for n in range(12)),
        long_article(20),
        long_article(21, 60),
    )
    return Retriever(store, HashEmbedder()).search


def test_the_best_comes_first_with_the_scores_of_both_searches(search):
    hits = search("unique7 dam", 5)
    assert hits[0].article == make_article(7, source="Echo")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert -1 <= hits[0].vector_score <= 1
    assert hits[0].word_score > 0
    assert len(hits) == 5


def test_hits_stand_where_they_say_and_none_holds_the_text_of_another(search):
    hits = search("witness water sentence21x30", 50)
    taken = set()
    for hit in hits:
        text, passage = hit.article.text, hit.passage
        assert passage.text == text[passage.start : passage.end]
        assert passage.article_id == hit.article.id
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        places = {(hit.article.id, place) for place in range(passage.start, passage.end)}
        assert taken.isdisjoint(places)
        taken |= places
    assert "sentence21x30 " in hits[0].passage.text
    assert len(hits) > 5


def test_filters_limit_what_is_found(search):
    hits = search("unique7 dam", 50, Filters(sources=["ap"]))
    assert {hit.article.source for hit in hits} == {"AP"}
    assert len(hits) == 6
    assert search("unique7 dam", 5, Filters(sources=["nobody"])) == []
    assert search("unique7 dam", 5, Filters(since="2020-01-01")) == []


@pytest.mark.parametrize("k", [1, 3, 1000, 10**12])
def test_no_more_hits_than_asked_for(search, k):
    assert 1 <= len(search("unique7 dam witness", k)) <= min(k, 99)


@pytest.mark.parametrize("query", ["", " \n"])
def test_an_empty_query_finds_nothing(search, query):
    assert search(query) == []


@pytest.mark.parametrize("query", ["\x00", "?!", "dam " * 25_000, "大坝", "😀" * 100])
def test_any_other_query_is_answered(search, query):
    assert len(search(query, 3)) == 3


def test_what_is_removed_between_search_and_look_up_is_no_hit(store):
    put(store, *(make_article(number) for number in range(4)))

    class Losing:
        """A store in which an article is removed after it was found."""

        def __getattr__(self, name):
            return getattr(store, name)

        def passages(self, numbers):
            store.remove(["id-1"])
            return store.passages(numbers)

    ids = [hit.article.id for hit in Retriever(Losing(), HashEmbedder()).search("unique1 dam")]
    assert sorted(ids) == ["id-0", "id-2", "id-3"]


SEARCHING = """
import json, sys
from pathlib import Path
from makers import HashEmbedder, open_store
from rag.retrieval.search import Retriever
search = Retriever(open_store(Path(sys.argv[1])), HashEmbedder()).search
print(json.dumps([repr(search(query, 10)) for query in sys.argv[2:]]))
"""


def test_the_same_question_has_the_same_hits_in_every_process(search, store, tmp_path):
    put(
        store,
        make_article(3, "The bridge reopened."),
        *(make_article(n, "It rained.", url=f"{n}") for n in range(30, 60)),
    )
    store.remove(["id-5"])
    queries = ["minister dam", "rained", "witness water", "bridge unique7"]
    expected = [repr(search(query, 10)) for query in queries]
    assert [repr(search(query, 10)) for query in queries] == expected
    with start(SEARCHING, tmp_path / "index", *queries) as process:
        assert json.loads(process.communicate()[0]) == expected
    with closing(open_store(tmp_path / "index")) as again:
        assert finds(again, make_article(7, source="Echo"))
