"""What every store must do, whatever it is made of."""

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from makers import (
    HashEmbedder,
    by_vectors,
    by_words,
    finds,
    long_article,
    make_article,
    make_entry,
    open_store,
    put,
)

from rag import Article, Coverage, Day, Filters
from rag.store.rows import article_digest, digest

PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MOMENTS = st.datetimes(timezones=st.timezones() | st.just(UTC)) | st.dates().map(Day.of)
ARTICLES = st.builds(
    Article,
    id=st.just("one"),
    text=PLAIN.filter(str.strip),
    title=PLAIN,
    url=st.none() | PLAIN,
    source=st.none() | PLAIN,
    authors=st.lists(PLAIN, max_size=3),
    published=st.none() | MOMENTS,
    updated=st.none() | MOMENTS,
    language=st.none() | PLAIN,
    section=st.none() | PLAIN,
)


@given(ARTICLES)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_field_comes_back_as_it_went_in(store, article):
    put(store, article)
    again = store.get("one")
    assert again == article
    for moment, before in ((again.published, article.published), (again.updated, article.updated)):
        assert type(moment) is Day or not isinstance(before, Day)
        assert str(moment) == str(before)  # with its offset


def test_an_article_is_found_by_words_and_by_vectors_passage_by_passage(store):
    articles = [make_article(1), long_article(2), make_article(3, "大坝安全。没有人离开。")]
    put(store, *articles)
    assert all(finds(store, article) for article in articles)
    assert by_words(store, "unique1") == ["id-1"]
    assert by_vectors(store, "sentence2x7 water", k=1) == ["id-2"]


def test_passages_come_back_with_their_sentences(store):
    entry = make_entry(long_article(1))
    with store.writing():
        store.put([entry])
    found = store.passages([n for n, _ in store.matching("witness", 100, None)])
    assert sorted((p for p, _ in found.values()), key=lambda p: p.ordinal) == entry.passages
    assert len(entry.passages) > 3


def test_a_changed_article_takes_the_place_of_the_old_one(store):
    old, new = make_article(1), make_article(1, "The bridge reopened.", title="Bridge")
    put(store, old, make_article(2))
    put(store, new)
    assert store.get("id-1") == new
    assert finds(store, new)
    assert by_words(store, "unique1") == []
    assert by_vectors(store, old.text, k=9).count("id-1") == 1
    assert store.status().articles == 2


def test_a_removed_article_is_in_no_search_and_the_others_are(store):
    articles = [make_article(number) for number in range(6)]
    put(store, *articles)
    assert store.remove(["id-1", "id-4", "id-1", "nobody", "\ud800"]) == ("id-1", "id-4")
    assert store.get("id-1") is None
    for number, article in enumerate(articles):
        assert finds(store, article) is (number not in (1, 4))
        assert by_words(store, f"unique{number}") == [article.id] * (number not in (1, 4))
    assert by_vectors(store, articles[1].text, k=9).count("id-1") == 0
    assert len(by_vectors(store, "dam", k=9)) == 4


def test_a_batch_is_stored_whole_or_not_at_all(store):
    good, broken = make_entry(make_article(1)), replace(make_entry(make_article(2)), embedded=[])
    with pytest.raises(ValueError, match="zip"), store.writing():
        store.put([good, broken])
    assert list(store.articles()) == []
    assert store.status().generation == 0
    put(store, make_article(1))
    assert finds(store, make_article(1))


def test_removing_nothing_changes_nothing(store):
    put(store, make_article(1))
    generation = store.status().generation
    assert store.remove([]) == store.remove(["nobody"]) == ()
    assert store.status().generation == generation


def test_numbers_never_shift_and_are_never_given_again(store):
    articles = [make_article(number) for number in range(20)]
    put(store, *articles)
    numbers = {n: store.passages([n])[n][1].id for n, _ in store.matching("minister", 99, None)}
    assert len(numbers) == 20
    gone = {n for n, article_id in numbers.items() if int(article_id[3:]) % 3 == 0}
    store.remove([numbers[n] for n in gone])
    put(store, *(make_article(number) for number in range(100, 120)))
    for n, _ in store.matching("minister", 99, None) + store.nearest(_vector("dam"), 99, None):
        owner = store.passages([n])[n][1].id
        assert n not in gone
        assert numbers.get(n, owner) == owner
    assert not store.passages(sorted(gone))


def test_thousands_are_removed_and_asked_for_at_once(store):
    articles = [make_article(number, f"Line {number}.") for number in range(5_500)]
    put(store, *articles)
    ids = [article.id for article in articles]
    assert len(store.digests(ids)) == 5_500
    assert len(store.twins([digest(article.text) for article in articles])) == 5_500
    keys = [key for article in articles for key in make_entry(article).embedded]
    assert len(store.known_vectors(keys)) == 5_500
    assert len(store.remove(ids[:5_499])) == 5_499
    assert by_words(store, "line", k=20) == by_vectors(store, "line", k=20) == [ids[-1]]


def test_what_tells_whether_an_article_is_known(store):
    article, entry = make_article(1), make_entry(make_article(1))
    put(store, article)
    assert store.digests(["id-1", "id-2"]) == {"id-1": article_digest(article)}
    assert store.twins([digest(article.text), digest("else")]) == {digest(article.text): "id-1"}
    known = store.known_vectors([*entry.embedded, digest("else")])
    assert known.keys() == set(entry.embedded)
    np.testing.assert_allclose(known[entry.embedded[0]], entry.vectors[0], atol=1e-3)


def test_the_digest_of_an_article_tells_every_field():
    day, moment = Day(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    article = Article("a", "b", published=day)
    for fields in (
        {"text": "c"},
        {"title": "c"},
        {"source": "c"},
        {"authors": ("c",)},
        {"published": moment},
        {"published": None, "updated": day},
        {"language": "en"},
        {"section": "c"},
        {"url": "c"},
    ):
        changed = Article(**({"id": "a", "text": "b", "published": day} | fields))
        assert article_digest(changed) != article_digest(article)


def test_scores_are_the_cosine_and_bm25_whatever_the_filter(store):
    put(store, *(make_article(n, source="AP" if n % 2 else "Echo") for n in range(8)))
    near, words = store.nearest(_vector("dam"), 99, None), store.matching("dam", 99, None)
    for found in (near, words):
        assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)
    for number, score in near:
        passage, article = store.passages([number])[number]
        (vector,) = make_entry(article).vectors[passage.ordinal : passage.ordinal + 1]
        assert score == pytest.approx(float(vector @ _vector("dam")), abs=1e-3)
    half = Filters(sources=["ap"])
    assert 0 < len(store.nearest(_vector("dam"), 99, half)) < len(near)
    assert set(store.nearest(_vector("dam"), 99, half)) < set(near)
    assert set(store.matching("dam", 99, half)) < set(words)


def test_ties_are_in_the_order_of_adding_wherever_the_cut_is(store):
    for number in range(0, 30, 5):  # each five in a change of their own
        put(store, *(make_article(number + n, "The dam holds.", title="") for n in range(5)))
    order = [f"id-{number}" for number in range(30)]
    for k in (1, 7, 29, 30):
        assert by_words(store, "dam", k) == order[:k]
        assert by_vectors(store, "dam", k) == order[:k]


@pytest.mark.parametrize("k", [5, 1000, 10**9, 2**63])
def test_more_hits_than_there_are_may_be_asked_for(store, k):
    put(store, *(make_article(number) for number in range(5)))
    assert len(store.matching("dam", k, None)) == len(store.nearest(_vector("dam"), k, None)) == 5


@pytest.mark.parametrize("query", ["", " ", "?!", "\x00", "a\x00b", "dam " * 25_000, 'AND ("x* +:'])
def test_any_text_may_be_searched_for(store, query):
    put(store, make_article(1))
    assert by_words(store, query) == (["id-1"] if "dam" in query else [])


def test_an_empty_store_finds_nothing(store):
    assert store.matching("dam", 5, None) == []
    assert store.nearest(_vector("dam"), 5, None) == []
    assert store.nearest(_vector("dam"), 5, Filters(sources=["AP"])) == []
    assert store.coverage() == Coverage(0)
    assert list(store.articles()) == []


def test_articles_are_newest_first_and_those_without_a_date_last(store):
    days = {1: 3, 2: None, 3: 9, 4: 3, 5: None}
    for number, day in days.items():
        put(store, make_article(number, published=day and datetime(2024, 1, day)))
    assert [article.id for article in store.articles()] == ["id-3", "id-4", "id-1", "id-5", "id-2"]


def test_articles_may_be_removed_while_they_are_listed(store):
    put(store, *(make_article(number) for number in range(5)))
    for article in store.articles():
        store.remove([article.id])
    assert store.status().articles == 0


def test_coverage_and_status_say_what_there_is(store):
    last = datetime(2024, 3, 1, 9, tzinfo=timezone(timedelta(hours=5)))
    put(
        store,
        make_article(1, source="AP", published=Day(2024, 2, 1, tzinfo=UTC), language="en"),
        make_article(2, source="ap", updated=last, language="EN"),
        make_article(3, source="Echo", language="de"),
        long_article(4),
    )
    first = Day(2024, 2, 1, tzinfo=UTC)
    assert store.coverage() == Coverage(4, first, last, ("AP", "Echo"), 2)
    assert str(store.coverage().until) == str(last)
    assert isinstance(store.coverage().since, Day)
    assert store.coverage(Filters(sources=["ECHO"])) == Coverage(1, None, None, ("Echo",), 1)
    status = store.status()
    assert (status.articles, status.coverage) == (4, store.coverage())
    assert status.passages == 3 + len(make_entry(long_article(4)).passages)
    assert status.sources == {"AP": 2, "Echo": 1}
    assert status.languages == {"en": 2, "de": 1}
    assert status.embedder == "hash 1"
    assert status.size > 0


# Filters: the two searches, the list and the coverage agree with a filter in plain Python.

SOURCES = [
    "AP",
    "ap",
    "Ärzteblatt",
    "ÄRZTEBLATT",
    "Straße",
    "STRASSE",
    "Ελλάς",
    "ελλΆΣ",
    "東京",
    "a,b'\"",
    None,
]
LANGUAGES = ["en", "EN", "de", "zh", None]
ZONES = [UTC, timezone(timedelta(hours=-11)), timezone(timedelta(hours=14))]


def _article(number: int, choose: random.Random) -> Article:
    day = Day(2024, 1, choose.randint(1, 6), tzinfo=UTC)
    moment = datetime(2024, 1, choose.randint(1, 6), choose.choice([0, 12, 23]), 59, 59, 999_999)
    dates = [day, moment, moment.replace(tzinfo=choose.choice(ZONES)), None]
    return make_article(
        number,
        source=choose.choice(SOURCES),
        language=choose.choice(LANGUAGES),
        published=choose.choice(dates),
        updated=choose.choice(dates),
    )


ALL = [_article(number, random.Random(number)) for number in range(120)]


def _within(article: Article, filters: Filters) -> bool:
    for name, names in ((article.source, filters.sources), (article.language, filters.languages)):
        if names and (name is None or name.casefold() not in {n.casefold() for n in names}):
            return False
    if filters.since and not (article.date and article.date >= filters.since):
        return False
    return not (filters.until and not (article.date and article.date <= filters.until))


DATES = st.none() | st.sampled_from(sorted({a.date for a in ALL if a.date}))
NAMES = st.sampled_from([name.upper() for name in SOURCES if name] + ["nobody", ""])
FILTERS = st.tuples(
    st.none() | st.lists(NAMES, max_size=3),
    st.none() | st.lists(st.sampled_from(["En", "DE", "xx"]), max_size=2),
    DATES,
    DATES,
).filter(lambda f: not (f[2] and f[3] and f[2] > f[3]))


@pytest.fixture(scope="module", params=[open_store], ids=["local"])
def full(request, tmp_path_factory):
    store = request.param(tmp_path_factory.mktemp("full"))
    put(store, *ALL)
    yield store
    store.close()


@given(FILTERS)
def test_filters_agree_with_plain_python(full, limits):
    sources, languages, since, until = limits
    filters = Filters(sources=sources, languages=languages, since=since, until=until)
    expected = {article.id for article in ALL if _within(article, filters)}
    assert set(by_words(full, "minister", 999, filters)) == expected
    assert set(by_vectors(full, "minister", 999, filters)) == expected
    assert {article.id for article in full.articles(filters)} == expected
    coverage = full.coverage(filters)
    dates = [article.date for article in ALL if article.id in expected and article.date]
    assert coverage.articles == len(expected)
    assert (coverage.since, coverage.until) == (min(dates, default=None), max(dates, default=None))
    assert coverage.undated == len(expected) - len(dates)


def test_a_day_as_the_last_takes_in_its_last_moment():
    until = Filters(until="2024-01-03")
    assert _within(Article("a", "b", published=datetime(2024, 1, 3, 23, 59, 59, 999_999)), until)
    assert not _within(Article("a", "b", published=datetime(2024, 1, 4)), until)
    assert not _within(Article("a", "b"), until)


def test_any_number_of_sources_may_be_chosen(full):
    filters = Filters(sources=[f"source {number}" for number in range(300_000)] + ["strasse"])
    expected = {article.id for article in ALL if article.source in ("Straße", "STRASSE")}
    assert set(by_words(full, "minister", 999, filters)) == expected
    assert set(by_vectors(full, "minister", 999, filters)) == expected
    assert full.coverage(filters).articles == len(expected)


def test_threads_read_what_is_whole_while_one_writes(store):
    put(store, *(make_article(number) for number in range(50)))
    failures, done = [], threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                assert len(by_words(store, "minister", 999)) >= 40
                assert len(by_vectors(store, "minister", 999)) >= 40
                for found in (
                    store.matching("minister dam", 20, None),
                    store.nearest(_vector("minister dam"), 20, None),
                ):
                    passages = store.passages([number for number, _ in found])
                    for passage, article in passages.values():
                        assert article.text[passage.start : passage.end] == passage.text
                assert store.status().articles >= 40
        except BaseException as error:
            failures.append(error)
            raise

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(5):
            put(store, make_article(100 + number), make_article(number, "The minister left."))
            store.remove([f"id-{number + 20}"])
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert not failures
    assert store.status().articles == 50


def test_writers_in_threads_take_turns(store):
    def write(start: int) -> None:
        for number in range(start, start + 5):
            put(store, make_article(number))

    writers = [threading.Thread(target=write, args=[100 * n]) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.status().articles == 15
    assert len(by_words(store, "minister", 99)) == len(by_vectors(store, "minister", 99)) == 15


def _vector(text: str):
    return HashEmbedder().embed_queries([text])[0]
