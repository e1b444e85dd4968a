import pytest
from makers import HashEmbedder, finds, index, long_article, make_article, make_entry

from rag import Article, Day, Skipped


class Counting(HashEmbedder):
    """Keeps what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_passages(self, texts):
        self.asked += texts
        return super().embed_passages(texts)


class Cancelled(Exception):
    """Raised by a progress callback that wants no more."""


def test_what_became_of_each_article_is_told(store):
    skipped = Skipped("broken.html", "no text")
    first = index(store, [make_article(1), skipped, make_article(2), make_article(3)])
    assert (first.added, first.skipped) == (("id-1", "id-2", "id-3"), (skipped,))
    again = index(store, [make_article(1), make_article(2, "Changed."), make_article(4)])
    assert (again.added, again.updated, again.unchanged) == (("id-4",), ("id-2",), ("id-1",))
    assert (again.duplicates, again.skipped) == ((), ())
    assert store.get("id-2").text == "Changed."


def test_articles_whose_date_is_not_known_are_told(store):
    dated = make_article(2, published=Day(2024, 4, 6))
    assert index(store, [make_article(1), dated]).undated == ("id-1",)
    assert index(store, [make_article(1), make_article(3)]).undated == ("id-3",)


def test_a_change_of_any_field_is_an_update(store):
    index(store, [make_article(1)])
    assert index(store, [make_article(1, source="AP")]).updated == ("id-1",)
    assert store.get("id-1").source == "AP"
    assert store.status().articles == 1


def test_of_two_versions_in_one_input_the_later_counts(store):
    report = index(store, [make_article(1, "First."), make_article(2), make_article(1, "Second.")])
    assert (report.added, report.updated) == (("id-1", "id-2"), ("id-1",))
    assert store.get("id-1").text == "Second."
    assert index(store, [make_article(1, "Second.")] * 3).unchanged == ("id-1",) * 3


def test_an_older_text_does_not_take_the_place_of_a_newer_one(store):
    first = make_article(1, "Seventeen died.", published=Day(2026, 4, 6))
    second = make_article(1, "Nineteen died.", published=Day(2026, 4, 6), updated=Day(2026, 4, 7))
    assert index(store, [first, second]).updated == ("id-1",)
    again = index(store, [first, second, first])
    assert (again.unchanged, again.updated) == (("id-1",) * 3, ())
    report = index(store, [make_article(1, "Sixteen died.", published=Day(2026, 4, 5))])
    (skipped,) = report.skipped
    assert "older" in skipped.why
    assert "2026-04-07" in skipped.why
    assert [one.article.text for one in store.versions("id-1")] == [first.text, second.text]
    # Of a day alone one cannot tell, and a text may go back to what it was.
    for day in (Day(2026, 4, 7), Day(2026, 4, 8)):
        back = make_article(1, f"Seventeen died {day.day}.", published=day)
        assert index(store, [back]).updated == ("id-1",)


def test_the_same_text_without_a_url_is_a_duplicate(store):
    report = index(store, [make_article(1, "Same."), make_article(2, "Same.")])
    assert (report.added, report.duplicates) == (("id-1",), ("id-2",))
    assert index(store, [make_article(3, "Same.", source="AP")]).duplicates == ("id-3",)
    copies = [make_article(n, "Same.", url=f"https://{n}.example/") for n in (4, 5)]
    assert index(store, copies).added == ("id-4", "id-5")  # of outlets of their own
    assert index(store, [make_article(1, "Same.")]).unchanged == ("id-1",)
    assert index(store, [make_article(1, "Same.", section="Home")]).updated == ("id-1",)


def test_the_text_that_an_update_replaces_makes_no_duplicate(store):
    index(store, [make_article(1, "Old.")])
    report = index(store, [make_article(1, "New."), make_article(2, "Old.")])
    assert (report.updated, report.added) == (("id-1",), ("id-2",))
    assert store.get("id-2").text == "Old."


def test_nothing_is_embedded_twice(store):
    embedder = Counting()
    index(store, [long_article(1), long_article(2)], embedder)
    assert len(embedder.asked) == len(set(embedder.asked)) > 6
    embedder.asked.clear()
    index(store, [long_article(1), long_article(2, section="Home")], embedder)
    assert embedder.asked == []  # nothing that is embedded changed
    lines = long_article(2).text.split(". ")
    lines[0] = "The first sentence is now another one"
    changed = Article("id-2", ". ".join(lines), title="Report 2")
    index(store, [changed], embedder)
    (text,) = embedder.asked
    assert "now another one" in text
    assert finds(store, changed)


def test_passages_that_are_alike_are_embedded_once(store):
    embedder = Counting()
    urls = [make_article(n, title="Same", url=f"https://{n}.example/") for n in range(5)]
    same = [
        Article(f"copy-{n}", urls[0].text, "Same", article.url) for n, article in enumerate(urls)
    ]
    assert len(index(store, same, embedder).added) == 5
    assert len(embedder.asked) == 1


def test_progress_only_grows_and_ends_with_everything(store):
    articles = [long_article(number) for number in range(230)]
    read = 0

    def reading():
        nonlocal read
        for article in articles:
            read += 1
            yield article

    told = []
    index(
        store, reading(), progress=lambda p: told.append(p), fraction=lambda: read / len(articles)
    )
    assert len(told) > 10
    for before, after in zip(told, told[1:], strict=False):
        assert before.articles <= after.articles
        assert before.passages <= after.passages
        assert before.fraction <= after.fraction
    assert told[-1].articles == len(articles)
    assert told[-1].passages == store.status().passages
    assert told[-1].fraction == 1
    assert 0 < told[0].fraction < 0.5
    told.clear()
    index(store, articles, progress=lambda p: told.append(p), fraction=lambda: 1.0)
    assert (told[-1].articles, told[-1].fraction) == (len(articles), 1)  # nothing new to embed


def test_progress_tells_only_of_what_is_stored(store):
    def check(progress):
        assert store.status().articles == progress.articles

    index(store, (long_article(number) for number in range(230)), progress=check)


@pytest.mark.parametrize("error", [Cancelled, KeyboardInterrupt])
def test_what_is_stored_when_a_run_is_ended_stays(store, error):
    articles = [long_article(number) for number in range(230)]

    def cancel(progress):
        if progress.articles:
            raise error

    with pytest.raises(error):
        index(store, articles, progress=cancel)
    stored = list(store.articles())
    assert 0 < len(stored) < len(articles)
    assert all(finds(store, article) for article in stored[::20])
    report = index(store, articles)
    assert len(report.unchanged) == len(stored)
    assert store.status().articles == len(articles)


def test_an_error_while_reading_keeps_what_was_stored(store):
    def reading():
        yield from (long_article(number) for number in range(230))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        index(store, reading())
    assert 0 < store.status().articles < 230
    assert index(store, [make_article(999)]).added == ("id-999",)


def test_an_article_is_stored_in_one_piece_however_long(store):
    article = long_article(1, sentences=2_400)
    embedder = Counting()
    index(store, [article], embedder)
    assert len(embedder.asked) == len(make_entry(article).passages) > 512
    assert store.get("id-1") == article
