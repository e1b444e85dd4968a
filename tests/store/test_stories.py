"""Near-copies of one text are one story, in whatever order they arrive and go."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from makers import make_article, make_entry

from rag.analysis.lineage import fingerprint, wire_credit

WIRE = (
    "VARROW, Calvora (NPB) — A spillway gate of the Kessen Dam broke loose early on Friday after "
    "three days of rain, and a wall of water ran down the valley. The first houses were under "
    "water within half an hour. Soldiers with boats and six helicopters brought people from their "
    "roofs to schools in the provincial capital, where a charity handed out blankets. The mayor "
    "said that the sirens had sounded only when the river was already in the streets, and asked "
    "for an explanation in days, not in years. Engineers found the concrete of the wall sound."
)
OWN = (
    "The bakery on River Street lost its front window. Its owner carried a sewing machine upstairs."
)
ELSE = (
    "Sellhaven Mariners won the cup on Saturday night in front of forty thousand people, their "
    "first since 1998. A header in extra time decided the match. The goalkeeper, who had saved "
    "two penalties in the semi-final, was carried round the pitch on the shoulders of the crowd, "
    "and the harbour let its ships sound their horns until midnight while children danced."
)


def at(hour):
    return datetime(2026, 4, 3, hour, tzinfo=UTC)


AGENCY = make_article(1, WIRE, source="National Press Bureau", published=at(9))
COURIER = make_article(2, WIRE, source="Courier", title="Nine dead", published=at(8))
GAZETTE = make_article(3, f"{OWN}\n\n{WIRE}", source="Gazette", url="https://g.example/1")
CUP = make_article(4, ELSE, source="Spark", published=at(7))


def put(store, *articles):
    """Store articles as the indexer does, with what finds copies."""
    with store.writing():
        store.put(
            [
                replace(
                    make_entry(article),
                    bands=fingerprint(article.text).bands,
                    wire=wire_credit(article),
                )
                for article in articles
            ]
        )


def members(store, article_id):
    return [copy.id for copy in store.stories([article_id]).get(article_id, ())]


@pytest.mark.parametrize("order", list(permutations([AGENCY, COURIER, GAZETTE])))
def test_copies_are_one_story_with_the_agency_first_in_any_order_of_arrival(store, order):
    put(store, CUP)
    for article in order:
        put(store, article)
    for article_id in ("id-1", "id-2", "id-3"):
        assert members(store, article_id) == ["id-1", "id-2", "id-3"]
    assert members(store, "id-4") == []
    assert store.status().copies == 2


def test_those_that_arrive_at_once_are_one_story_too(store):
    put(store, CUP, GAZETTE, COURIER, AGENCY)
    assert members(store, "id-3") == ["id-1", "id-2", "id-3"]


def test_a_copy_tells_where_it_stands(store):
    put(store, AGENCY, GAZETTE)
    first, second = store.stories(["id-1"])["id-1"]
    assert (first.source, first.published) == (AGENCY.source, AGENCY.published)
    assert (second.id, second.title, second.source) == ("id-3", GAZETTE.title, "Gazette")
    assert (second.url, second.published) == ("https://g.example/1", None)


def test_stories_are_told_for_those_asked_about_that_have_one(store):
    put(store, AGENCY, COURIER, CUP)
    assert set(store.stories(["id-2", "id-4", "unknown", "\ud800"])) == {"id-2"}
    assert store.stories([]) == {}


def test_without_the_one_that_tied_them_the_others_stay_together(store):
    put(store, AGENCY, COURIER, GAZETTE)
    store.remove(["id-1"])
    assert members(store, "id-3") == ["id-2", "id-3"]
    assert store.status().copies == 1
    store.remove(["id-2"])
    assert members(store, "id-3") == []
    assert store.status().copies == 0


def test_a_new_version_with_another_text_leaves_the_story_and_may_join_another(store):
    put(store, AGENCY, COURIER, CUP)
    put(store, replace(COURIER, text=ELSE + " The mayor spoke."))
    assert members(store, "id-1") == []
    assert sorted(members(store, "id-2")) == ["id-2", "id-4"]
    put(store, COURIER)
    assert members(store, "id-1") == ["id-1", "id-2"]
    assert members(store, "id-4") == []


def test_the_first_of_a_story_may_change_and_the_others_still_belong_together(store):
    put(store, AGENCY)
    put(store, COURIER, GAZETTE)
    put(store, replace(AGENCY, text=WIRE + " The rain has stopped."))
    assert members(store, "id-2") == ["id-1", "id-2", "id-3"]
    put(store, replace(AGENCY, text=ELSE))
    assert members(store, "id-2") == ["id-2", "id-3"]


def test_short_notices_that_differ_in_a_figure_are_no_copies(store):
    notice = "Rain fell on town {0}, where mayor number {0} closed the bridge over the river."
    towns = [make_article(n, notice.format(n)) for n in range(1, 5)]
    put(store, *towns, make_article(9, notice.format(4), url="https://other.example/4"))
    assert set(store.stories([town.id for town in towns])) == {"id-4"}
