"""The archive as it stood on a day: what came later is not there, what changed is as it was."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from makers import HashEmbedder, make_article, make_entry, put
from test_stories import AGENCY, COURIER, WIRE
from test_stories import put as put_stories

from rag import Day, Filters
from rag.retrieval.search import Retriever
from rag.store.asof import AsOf

FIRST = make_article(1, "Seventeen people died. The dam holds.", published=Day(2024, 4, 6))
LATER = replace(FIRST, text="Nineteen people died. The dam holds.", updated=Day(2024, 4, 8))


def moment(day):
    return Filters(until=f"2024-04-{day:02}").until


def search(store, day, query="people died dam", filters=None):
    """Texts of the hits, as of a day of April 2024."""
    hits = Retriever(AsOf(store, HashEmbedder(), moment(day)), HashEmbedder()).search(
        query, filters=filters
    )
    for hit in hits:
        passage = hit.passage
        assert passage.text == hit.article.text[passage.start : passage.end] != ""
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
    return [hit.passage.text for hit in hits]


def test_what_came_out_later_is_not_there(store):
    put(store, FIRST, make_article(2, "The dam of Kessen leaks.", published=Day(2024, 4, 7)))
    assert search(store, 5) == []
    assert search(store, 6) == [FIRST.text]
    assert len(search(store, 7)) == 2


def test_an_article_has_the_text_of_that_day(store):
    put(store, FIRST)
    put(store, LATER)
    assert search(store, 5) == []
    assert search(store, 6) == search(store, 7) == [FIRST.text]
    assert search(store, 8) == search(store, 30) == [LATER.text]
    (hit,) = Retriever(AsOf(store, HashEmbedder(), moment(7)), HashEmbedder()).search("dam")
    assert (hit.article, hit.article.version) == (FIRST, 1)
    put(store, replace(LATER, text="Twenty-two people died.", updated=Day(2024, 4, 9)))
    assert search(store, 8) == [LATER.text]
    assert search(store, 9) == ["Twenty-two people died."]


def test_a_version_that_does_not_say_when_it_came_out_did_when_it_was_taken_in(store):
    put(store, FIRST)
    put(store, replace(LATER, updated=None))
    assert search(store, 30) == [FIRST.text]
    taken_in = store.versions("id-1")[1].ingested
    assert AsOf(store, HashEmbedder(), taken_in).passages([1, 2]) == store.passages([1, 2])


def test_a_text_that_was_taken_in_after_its_update_was_not_out_before(store):
    put(store, LATER)
    assert search(store, 7) == []
    assert search(store, 8) == [LATER.text]


def test_articles_without_a_date_are_left_out(store):
    put(store, make_article(2, "The dam of Kessen leaks."), FIRST)
    assert search(store, 30) == [FIRST.text]


def test_what_only_an_older_version_said_is_found(store):
    put(store, FIRST, make_article(2, "Bread is dear in Varrow.", published=Day(2024, 4, 6)))
    dropped = replace(
        FIRST, text="The mayor resigned over unpaid lanterns.", updated=Day(2024, 4, 7)
    )
    put(store, dropped)
    put(store, replace(LATER, text="Nothing is known. The dam holds.", updated=Day(2024, 4, 9)))
    for query in ("unpaid lanterns", "Who resigned?"):
        assert search(store, 30, query)[0] != dropped.text
    view = AsOf(store, HashEmbedder(), moment(7))
    found = Retriever(view, HashEmbedder()).search("unpaid lanterns", 1)[0]
    assert (found.article, found.article.version) == (dropped, 2)
    assert found.word_score
    assert found.vector_score


def test_a_newer_version_with_a_later_publication_does_not_hide_the_older_one(store):
    moved = replace(LATER, published=Day(2024, 4, 8), source="Echo")
    put(store, FIRST)
    put(store, moved)
    assert search(store, 6) == search(store, 7) == [FIRST.text]
    assert search(store, 8) == [LATER.text]
    assert search(store, 7, filters=Filters(sources="Echo")) == []
    assert search(store, 7, filters=Filters(since="2024-04-07")) == []
    view = AsOf(store, HashEmbedder(), moment(7))
    assert (view.coverage().articles, view.coverage().until) == (1, FIRST.published)
    assert view.coverage(Filters(sources="Echo")).articles == 0


def test_an_older_text_scores_as_if_it_were_the_newest(store):
    others = [make_article(n, published=Day(2024, 4, 1)) for n in range(2, 30)]
    put(store, FIRST, *others)
    vector = HashEmbedder().embed_queries(["people died dam"])[0]
    near, words = dict(store.nearest(vector, 50)), dict(store.matching("people died dam", 50))
    put(store, replace(FIRST, text="Nothing.", updated=Day(2024, 4, 9)))
    view = AsOf(store, HashEmbedder(), moment(7))
    (older,) = [n for n, _ in view.matching("people died dam", 50, None) if n < 0]
    assert dict(view.nearest(vector, 50, None))[older] == pytest.approx(near[1], abs=1e-3)
    assert dict(view.matching("people died dam", 50, None))[older] == pytest.approx(
        words[1], rel=0.15
    )


def test_a_passage_stands_for_the_one_in_its_place(store):
    lines = [f"Witness{n} said that water{n} rose again and again in street{n}." for n in range(40)]
    article = make_article(1, " ".join(lines), published=Day(2024, 4, 6))
    put(store, article)
    lines[20:22] = ["Street20 was spared.", "An engineer corrected witness21 about water21."]
    put(store, replace(article, text=" ".join(lines), updated=Day(2024, 4, 8)))
    for query, old in (("street20 spared", "street20."), ("witness35", "Witness35 said")):
        assert old in search(store, 7, query)[0]
    older = make_entry(article).passages
    view = AsOf(store, HashEmbedder(), moment(7))
    numbers = [number for number, _ in view.matching("rose again", 100, None)]
    found = [passage for passage, _ in view.passages(numbers).values()]
    assert set(found) <= set(older)
    assert len(found) == len(set(found)) > 5


def test_paragraphs_that_changed_places_are_whole_all_the_same(store):
    parts = [
        " ".join(
            f"Witness{n} saw part{part} of water{n} in street{n}." for n in range(part, part + 5)
        )
        for part in (10, 20, 30, 40)
    ]
    article = make_article(1, " ".join(parts), published=Day(2024, 4, 6))
    put(store, article)
    put(store, replace(article, text=" ".join(parts[::-1]), updated=Day(2024, 4, 8)))
    for part in (10, 20, 30, 40):
        assert any(f"part{part} " in text for text in search(store, 7, f"part{part} street{part}"))


def test_coverage_and_filters_end_with_that_day(store):
    put(store, FIRST, make_article(2, source="Echo", published=Day(2024, 4, 9)))
    view = AsOf(store, HashEmbedder(), moment(8))
    assert view.coverage().articles == 1
    assert view.coverage().until == FIRST.published
    assert view.coverage(Filters(since="2024-04-09")).articles == 0
    assert view.coverage(Filters(until="2024-04-05")).articles == 0
    assert search(store, 8, filters=Filters(since="2024-04-09", until="2024-04-10")) == []
    assert search(store, 9, "unique2", Filters(sources="Echo", since="2024-04-07"))


def test_of_a_story_there_are_the_copies_that_were_out(store):
    put_stories(
        store, AGENCY, COURIER, make_article(5, WIRE, source="Late", published=Day(2026, 4, 9))
    )

    def stories(*time):
        view = AsOf(store, HashEmbedder(), datetime(2026, 4, *time, tzinfo=UTC))
        return {key: [c.id for c in story] for key, story in view.stories(["id-1", "id-5"]).items()}

    assert stories(3, 8) == {}
    assert stories(3, 9)["id-1"] == ["id-1", "id-2"]
    assert stories(9)["id-1"] == ["id-1", "id-2", "id-5"]


def test_a_copy_whose_only_date_is_of_its_update_is_one_of_them(store):
    known = make_article(5, WIRE, source="Known", updated=Day(2026, 4, 4))
    put_stories(store, AGENCY, COURIER, known)
    view = AsOf(store, HashEmbedder(), datetime(2026, 4, 5, tzinfo=UTC))
    (hit,) = Retriever(view, HashEmbedder()).search("spillway gate", 1)
    assert hit.article == AGENCY
    assert {copy.id for copy in hit.copies} == {"id-2", "id-5"}
    early = AsOf(store, HashEmbedder(), datetime(2026, 4, 3, 12, tzinfo=UTC))
    assert [copy.id for copy in early.stories(["id-1"])["id-1"]] == ["id-1", "id-2"]


@pytest.mark.parametrize("k", [1, 5])
def test_both_searches_are_limited(store, k):
    put(store, FIRST, make_article(2, FIRST.text, published=Day(2024, 4, 9)))
    view = AsOf(store, HashEmbedder(), moment(6))
    vector = HashEmbedder().embed_queries(["people died"])[0]
    for found in (view.nearest(vector, k, None), view.matching("people died", k, None)):
        assert [article.id for _, article in view.passages([n for n, _ in found]).values()] == [
            "id-1"
        ]
