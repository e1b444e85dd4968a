"""The one class that most users meet, with the real embedder."""

import threading
from datetime import UTC, datetime

import pytest
from makers import HashEmbedder, traces

from rag import (
    Answer,
    Archive,
    Article,
    ArticleError,
    ConfigError,
    Day,
    Filters,
    IndexMismatch,
    IndexNotFound,
    Settings,
    Skipped,
)

SUMMIT = Article(
    "summit",
    "More than 20 leaders met in Paris on Monday. The Kremlin warned of escalation if troops were "
    "sent. Spokesman Dmitry Peskov said that a conflict would then be inevitable.",
    title="Leaders meet in Paris",
    url="https://ap.example/summit",
    source="AP",
    published=Day(2024, 2, 26, tzinfo=UTC),
    language="en",
)
DAM = Article(
    "dam",
    "The dam above Varrow held through the storm. Engineers will inspect it next week.",
    title="Dam holds",
    source="Echo",
    published=datetime(2024, 3, 5, 18, tzinfo=UTC),
    language="en",
)
BREAD = Article(
    "bread", "Das Brot wird teurer. Die Bäcker warnen vor weiteren Kosten.", language="de"
)


@pytest.fixture
def archive(tmp_path, minilm):
    """An archive of three articles."""
    with Archive.open(tmp_path / "index", embedder=minilm) as opened:
        assert opened.add([SUMMIT, DAM, BREAD]).added == ("summit", "dam", "bread")
        yield opened


def test_search_finds_by_meaning_and_by_words(archive):
    hits = archive.search("Which politicians gathered in the French capital?", k=2)
    assert hits[0].article == SUMMIT
    assert hits[0].vector_score > 0.3
    assert archive.search("Varrow")[0].article == DAM
    assert archive.search("Varrow")[0].word_score > 0
    assert len(archive.search("storm", k=1)) == 1


def test_search_is_limited_by_filters(archive):
    def found(**limits) -> set[str]:
        return {hit.article.id for hit in archive.search("warned", filters=Filters(**limits))}

    assert found(sources=["ap"]) == {"summit"}
    assert found(since="2024-03-05") == found(since="2024-03-01", until="2024-03-05") == {"dam"}
    assert found(until="2024-02-26") == {"summit"}
    assert found(languages=["DE"]) == {"bread"}
    assert found(sources=["nobody"]) == set()


def test_an_answer_is_made_of_exact_quotes(archive):
    answer = archive.ask("Who warned of escalation?")
    assert not answer.abstained
    assert answer.citations
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        assert citation.article == archive.get(citation.article.id)
    assert "Kremlin warned of escalation" in answer.text
    assert answer.searched == archive.status().coverage


def test_the_last_part_of_a_stream_is_the_answer(archive):
    question = "Who warned of escalation?"
    *_, last = archive.stream(question)
    assert last == archive.ask(question)


def test_what_the_articles_do_not_say_is_not_answered(archive):
    answer = archive.ask("Who won the World Cup?")
    assert answer.abstained
    assert answer.citations == ()
    assert "3 articles" in answer.text
    nobody = archive.ask("Who warned of escalation?", Filters(sources=["nobody"]))
    assert nobody.abstained
    assert nobody.searched.articles == 0


def test_nothing_is_answered_below_the_threshold_of_the_user(tmp_path, minilm):
    settings = Settings(threshold=1.0)
    with Archive.open(tmp_path, embedder=minilm, settings=settings) as archive:
        archive.add([SUMMIT])
        assert archive.ask("Who warned of escalation?").abstained


def test_a_changed_article_is_cited_in_its_newest_version(archive):
    newer = Article("summit", "Peskov denied that he had warned of escalation.", source="AP")
    assert archive.add([newer]).updated == ("summit",)
    answer = archive.ask("Who warned of escalation?")
    assert {citation.article for citation in answer.citations} <= {newer}
    assert archive.get("summit") == newer
    assert all(hit.article != SUMMIT for hit in archive.search("leaders met in Paris"))


def test_a_removed_article_is_nowhere(archive, tmp_path):
    assert archive.remove("summit") == ("summit",)
    assert archive.remove(["summit", "nobody"]) == ()
    assert archive.get("summit") is None
    assert "summit" not in {hit.article.id for hit in archive.search("Who warned of escalation?")}
    assert archive.ask("Who warned of escalation?").abstained
    assert traces(tmp_path, "Peskov") == traces(tmp_path, "ap.example") == []
    assert archive.add([SUMMIT]).added == ("summit",)
    assert archive.ask("Who warned of escalation?").citations


def test_articles_and_status_say_what_there_is(archive):
    assert list(archive.articles()) == [DAM, SUMMIT, BREAD]
    assert list(archive.articles(Filters(languages="en"))) == [DAM, SUMMIT]
    status = archive.status()
    assert status.articles == 3
    assert status.sources == {"AP": 1, "Echo": 1}
    assert status.embedder.startswith("all-MiniLM-L6-v2")
    assert status.coverage.since == SUMMIT.published
    assert status.coverage.undated == 1


def test_files_are_added_and_what_cannot_be_read_is_told(archive, tmp_path):
    clippings = tmp_path / "clippings"
    clippings.mkdir()
    (clippings / "bridge.txt").write_text("The old bridge of Sandoe reopened on Friday.")
    (clippings / "empty.txt").write_text("")
    seen = []
    report = archive.add(clippings, progress=seen.append)
    assert len(report.added) == 1
    assert [skipped.where.endswith("empty.txt") for skipped in report.skipped] == [True]
    assert archive.search("Sandoe bridge", k=1)[0].article.id == report.added[0]
    assert seen[-1].fraction == 1
    assert archive.add(str(clippings)).unchanged == report.added
    assert archive.add([Skipped("x", "why")]).skipped == (Skipped("x", "why"),)
    with pytest.raises(ArticleError):
        archive.add(tmp_path / "nowhere")


def test_a_run_may_be_ended_from_its_progress(archive):
    def cancel(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.add([Article("new", "A new article.")], progress=cancel)
    assert archive.status().articles == 3
    assert archive.add([Article("new", "A new article.")]).added == ("new",)


def test_an_archive_is_opened_again_as_it_was(archive, tmp_path, minilm):
    before = archive.search("Who warned of escalation?")
    archive.close()
    with Archive.open(tmp_path / "index", create=False, embedder=minilm) as again:
        assert again.search("Who warned of escalation?") == before
    with pytest.raises(IndexMismatch):
        Archive.open(tmp_path / "index", embedder=HashEmbedder())
    with pytest.raises(IndexNotFound):
        Archive.open(tmp_path / "nowhere", create=False, embedder=minilm)


def test_an_archive_is_embedded_again_as_the_mismatch_says(archive, tmp_path):
    with Archive.open(tmp_path / "new", embedder=HashEmbedder()) as other:
        assert len(other.add(archive.articles()).added) == 3
        assert list(other.articles()) == list(archive.articles())


@pytest.mark.parametrize("question", ["", " ", "\x00", "?", "\ud800 dam", "why " * 2_500, "大坝?"])
def test_any_question_is_taken(archive, question):
    assert isinstance(archive.ask(question), Answer)
    assert all(hit.article for hit in archive.search(question))


def test_k_below_1_is_refused(archive):
    with pytest.raises(ConfigError, match="at least 1"):
        archive.search("dam", k=0)


def test_an_empty_archive_answers_that_it_has_nothing(tmp_path, minilm):
    with Archive.open(tmp_path, embedder=minilm) as archive:
        assert archive.search("dam") == []
        answer = archive.ask("Who warned?")
        assert answer.abstained
        assert "no article" in answer.text


def test_threads_may_share_an_archive(archive):
    failures = []

    def ask() -> None:
        try:
            for _ in range(3):
                assert archive.ask("Who warned of escalation?").citations
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(5):
        archive.add([Article(f"new-{number}", f"Shop number {number} opened.")])
    archive.remove([f"new-{number}" for number in range(5)])
    for thread in threads:
        thread.join()
    assert not failures
    assert archive.status().articles == 3
