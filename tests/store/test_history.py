"""What articles were before, and saved answers, which follow what becomes of them."""

from contextlib import closing
from dataclasses import replace

import pytest
from makers import make_article, open_store, put

from rag import Answer, Article, Citation, ConfigError, Day

FIRST = make_article(1, "Nine people died. The dam holds.", source="Echo")
SECOND = make_article(1, "Ten people died. The dam holds.", source="The Echo")
OTHER = make_article(2, "A bridge fell. Nobody was hurt.")


def cite(article, quote, marker=1, speaker=None):
    start = article.text.index(quote)
    return Citation(marker, quote, start, start + len(quote), article, speaker)


def answer(*citations, short="few words", question="How many died?"):
    return Answer(question, "text", citations, short, confidence=0.75)


def texts(store, article_id="id-1"):
    return [(v.article.version, v.article.text) for v in store.versions(article_id)]


def quotes(store):
    """What saved answers quote, newest answer first; None for what was removed."""
    return [
        [one.citation and one.citation.quote for one in saved.citations] for saved in store.saved()
    ]


# Versions


def test_every_text_is_kept_oldest_first_with_what_was_known_of_it(store):
    put(store, FIRST, OTHER)
    put(store, SECOND)
    put(store, FIRST)
    assert texts(store) == [(1, FIRST.text), (2, SECOND.text), (3, FIRST.text)]
    versions = store.versions("id-1")
    assert [version.article for version in versions] == [FIRST, SECOND, FIRST]
    assert [version.ingested for version in versions] == sorted(v.ingested for v in versions)
    assert all(version.ingested.utcoffset() is not None for version in versions)
    assert store.get("id-1").version == 3
    assert texts(store, "id-2") == [(1, OTHER.text)]
    assert store.status().versions == 2


def test_another_headline_over_the_same_text_is_a_new_version(store):
    put(store, FIRST)
    put(store, replace(FIRST, title="Corrected headline"))
    assert texts(store) == [(1, FIRST.text), (2, FIRST.text)]
    titles = [version.article.title for version in store.versions("id-1")]
    assert titles == [FIRST.title, "Corrected headline"]
    put(store, replace(FIRST, title="Corrected headline", section="Sport"))
    assert len(texts(store)) == 2


def test_versions_are_there_when_the_store_is_opened_again(store, tmp_path):
    put(store, FIRST)
    put(store, SECOND)
    with closing(open_store(tmp_path / "index")) as again:
        assert texts(again) == [(1, FIRST.text), (2, SECOND.text)]


@pytest.mark.parametrize("article_id", ["unknown", "", "half \ud800 a character"])
def test_an_unknown_id_has_no_versions(store, article_id):
    put(store, FIRST)
    assert store.versions(article_id) == []


def test_an_article_that_comes_back_after_its_removal_begins_anew(store):
    put(store, FIRST)
    put(store, SECOND)
    store.remove(["id-1"])
    assert store.versions("id-1") == []
    put(store, SECOND)
    assert texts(store) == [(1, SECOND.text)]


# Saved answers


def test_a_saved_answer_comes_back_as_it_was(store, tmp_path):
    put(store, FIRST, OTHER)
    citations = (cite(FIRST, "Nine people", 1, "Ada Marsh"), cite(OTHER, "Nobody was hurt.", 2))
    first = store.save(answer(*citations, short="nine"))
    second = store.save(answer(cite(OTHER, "A bridge fell."), question="What fell?"))
    with closing(open_store(tmp_path / "index")) as again:
        newest, oldest = again.saved()
    assert (newest.number, oldest.number) == (second, first)
    assert newest.question == "What fell?"
    assert (oldest.question, oldest.short, oldest.confidence) == ("How many died?", "nine", 0.75)
    assert oldest.saved.utcoffset() is not None
    assert tuple(one.citation for one in oldest.citations) == citations
    assert [one.newest for one in oldest.citations] == [FIRST, OTHER]
    assert [one.article_id for one in oldest.citations] == ["id-1", "id-2"]
    assert store.status().saved == 2


def test_what_cites_nothing_is_not_saved(store):
    with pytest.raises(ConfigError, match="without a citation"):
        store.save(Answer("Who?", "Not in these articles.", abstained=True))
    assert store.saved() == []


def test_the_version_that_was_cited_is_quoted_whatever_came_after(store):
    put(store, FIRST)
    store.save(answer(cite(FIRST, "Nine people died.")))
    put(store, SECOND)
    second = store.get("id-1")
    store.save(answer(cite(second, "Ten people died.")))
    put(store, replace(FIRST, text="The dam holds."))
    newer, older = (saved.citations[0] for saved in store.saved())
    assert (older.citation.quote, older.citation.article.version) == ("Nine people died.", 1)
    assert (newer.citation.quote, newer.citation.article.version) == ("Ten people died.", 2)
    assert older.citation.article.source == "Echo"
    assert (older.newest.text, older.newest.version) == ("The dam holds.", 3)


def test_nothing_of_a_removed_article_is_left_in_an_answer_and_all_of_the_others_is(store):
    put(store, FIRST, OTHER)
    put(store, SECOND)
    second = store.get("id-1")
    store.save(answer(cite(OTHER, "A bridge fell.", speaker="Bo Lind"), short="a bridge"))
    mixed = (cite(second, "Ten people", 1, "Ada Marsh"), cite(OTHER, "Nobody was hurt.", 2))
    store.save(answer(*mixed, short="ten"))
    store.remove(["id-1"])
    saved, untouched = store.saved()
    assert saved.short is None
    gone, kept = saved.citations
    assert (gone.article_id, gone.citation, gone.newest) == ("id-1", None, None)
    assert kept.citation == mixed[1]
    assert untouched.short == "a bridge"
    assert untouched.citations[0].citation.speaker == "Bo Lind"


@pytest.mark.parametrize("text", [FIRST.text, "Another text, and a longer one.", "Short."])
def test_an_article_that_comes_back_is_not_what_was_cited(store, text):
    """Its text may be any other: the old places in it would quote something never said."""
    put(store, FIRST)
    store.save(answer(cite(FIRST, "The dam holds.")))
    store.remove(["id-1"])
    put(store, replace(FIRST, text=text))
    assert quotes(store) == [[None]]


def test_what_is_not_in_the_articles_any_more_is_not_saved(store):
    put(store, FIRST, OTHER)
    early, late = answer(cite(FIRST, "Nine people died.")), answer(cite(OTHER, "A bridge fell."))
    store.remove(["id-1"])
    with pytest.raises(ConfigError, match="id-1"):
        store.save(early)
    put(store, replace(FIRST, text="Nobody died. The dam holds."))
    with pytest.raises(ConfigError, match="id-1"):
        store.save(early)
    assert store.saved() == []
    put(store, replace(OTHER, text="The bridge stands."))
    store.save(late)  # replaced is not removed
    assert quotes(store) == [["A bridge fell."]]


def test_what_is_discarded_is_gone_and_its_number_is_not_given_again(store):
    put(store, FIRST)
    first, second = (store.save(answer(cite(FIRST, quote))) for quote in ("Nine", "The dam"))
    assert store.discard(second)
    assert not store.discard(second)
    assert quotes(store) == [["Nine"]]
    third = store.save(answer(cite(FIRST, "people")))
    assert third not in (first, second)
    assert quotes(store) == [["people"], ["Nine"]]


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_no_answer_has_a_number_that_was_never_given(store, number):
    assert not store.discard(number)


def test_answers_are_saved_while_another_process_adds(store, tmp_path):
    put(store, FIRST)
    with closing(open_store(tmp_path / "index")) as other:
        with store.writing():
            number = other.save(answer(cite(FIRST, "Nine")))
            assert quotes(store) == [["Nine"]]
            assert other.discard(number)
        assert store.saved() == []


def test_any_script_is_quoted_at_its_place(store):
    article = Article("a", "大坝安全。👩‍🚒 قال المهندس. Fin.")
    put(store, article)
    store.save(answer(cite(article, "👩‍🚒 قال المهندس."), short="👩‍🚒"))
    assert quotes(store) == [["👩‍🚒 قال المهندس."]]
    assert store.saved()[0].short == "👩‍🚒"


def test_a_text_with_a_later_day_of_publication_came_out_on_that_day(store):
    put(store, make_article(1, "Old.", published=Day(2026, 3, 2)))
    put(store, make_article(1, "New.", published=Day(2026, 3, 9)))
    put(store, make_article(1, "Newer.", published=Day(2026, 3, 9)))
    first, second, third = store.versions("id-1")
    assert [str(one.since) for one in (first, second)] == ["2026-03-02", "2026-03-09"]
    assert third.since == third.ingested
