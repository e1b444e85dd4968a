"""News is not just text: copies, updates, corrections and speech, over the samples."""

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag import Archive, Article, ConfigError, Day, Filters
from rag.types import make_id

SAMPLES = Path(__file__).parents[1] / "samples"
AGENCY = make_id("https://npb.example/2026/04/03/kessen-dam-spillway-varrow")
COPIES = {
    make_id("https://rtc.example/news/kessen-dam-spillway-gate-fails"),
    make_id("https://courier.example/2026/04/03/flood-wave-kessen-varrow"),
    make_id("https://tarlgazette.example/varrow/river-street-under-water"),
}
OUTLETS = {"Radio Television Calvora", "The Brenmark Courier", "Upper Tarl Gazette"}
SEARCH = make_id("https://rtc.example/news/varrow-search-goes-on")
TOLL = "How many people are known to have died in Friday's flood?"
HOME = "How many of the evacuated have been allowed to go home?"
NOTICE = "\n\nCorrection: an earlier version of this article misstated the number of the missing."


@pytest.fixture(scope="module")
def before(tmp_path_factory, minilm):
    """A folder with the index of the samples, and a saved answer."""
    folder = tmp_path_factory.mktemp("news") / "index"
    with Archive.open(folder, embedder=minilm) as archive:
        archive.add(SAMPLES / "articles")
        answer = archive.ask(HOME)
        assert answer.citations[0].article.id == SEARCH
        assert archive.save(answer) == 1
    return folder


@pytest.fixture(scope="module")
def archive(before, minilm):
    """The samples before their update; not to be changed."""
    with closing(Archive.open(before, embedder=minilm)) as opened:
        yield opened


@pytest.fixture(scope="module")
def updated(before, tmp_path_factory, minilm):
    """The samples after their update; not to be changed."""
    folder = shutil.copytree(before, tmp_path_factory.mktemp("updated") / "index")
    with closing(Archive.open(folder, embedder=minilm)) as opened:
        assert opened.add(SAMPLES / "update").updated == (SEARCH,)
        yield opened


@pytest.fixture
def changing(before, tmp_path, minilm):
    """The samples before their update, which a test may change."""
    folder = shutil.copytree(before, tmp_path / "index")
    with closing(Archive.open(folder, embedder=minilm)) as opened:
        yield opened


def assert_verbatim(answer):
    for citation in answer.citations:
        text = citation.article.text
        assert text[citation.start : citation.end] == citation.quote


# Copies


def test_a_wire_story_and_its_copies_are_one_hit_and_one_source(archive):
    hits = archive.search("When did the spillway gate at the Kessen Dam fail?", 10)
    story = [hit for hit in hits if hit.article.id in {AGENCY, *COPIES}]
    assert hits[0] is story[0]
    assert {hit.article.id for hit in story} == {AGENCY}
    assert len({hit.story for hit in story}) == 1
    for hit in story:
        assert {copy.id for copy in hit.copies} == COPIES
        assert {copy.source for copy in hit.copies} == OUTLETS
    ends = sorted((hit.passage.start, hit.passage.end) for hit in story)
    assert all(end <= start for (_, end), (start, _) in zip(ends, ends[1:], strict=False))
    assert all(hit.copies == () for hit in hits if hit not in story)


def test_an_answer_quotes_the_agency_once_and_says_who_else_carries_it(archive):
    answer = archive.ask("When did the spillway gate at the Kessen Dam fail?")
    assert answer.short.startswith("2:40 a.m")
    (citation,) = answer.citations
    assert citation.article.source == "National Press Bureau"
    assert {copy.source for copy in citation.copies} == OUTLETS
    assert (citation.voice, citation.speaker) == ("claim", "Dara Winsley")
    assert_verbatim(answer)


def test_a_timeline_names_those_outlets_alone_that_have_the_sentence(archive):
    for event in archive.timeline("spillway gate at the Kessen Dam"):
        for citation in event.citations:
            for copy in citation.copies:
                assert citation.quote in archive.get(copy.id).text
    cited = [one for event in archive.timeline("Kessen Dam flood") for one in event.citations]
    assert any(one.article.id == AGENCY and one.copies for one in cited)


def test_what_a_copy_adds_of_its_own_is_found_in_it(archive):
    hit = archive.search("sewing machine baker attic River Street", 1)[0]
    assert hit.article.source == "Upper Tarl Gazette"
    assert "sewing machine" in hit.passage.text


def test_where_one_outlet_alone_is_searched_its_copy_is_found(archive):
    filters = Filters(sources=["Radio Television Calvora"])
    hit = archive.search("spillway gate at the Kessen Dam", 1, filters)[0]
    assert hit.article.id in COPIES
    assert AGENCY in {copy.id for copy in hit.copies}


def test_the_copies_of_an_article_are_the_others_with_the_agency_first(archive):
    assert {copy.id for copy in archive.copies(AGENCY)} == COPIES
    for article_id in COPIES:
        copies = archive.copies(article_id)
        assert copies[0].id == AGENCY
        assert {copy.id for copy in copies} == {AGENCY, *COPIES} - {article_id}
    assert archive.copies(SEARCH) == archive.copies("unknown") == ()
    assert archive.status().copies == 3


# Speech


def test_the_statements_of_a_speaker_are_found_by_name_subject_and_word(archive):
    said = archive.statements(speaker="Perel")
    assert {one.speaker for one in said} == {"Jonas Perel"}
    for one in said:
        assert one.article.text[one.start : one.end] == one.content
    first = archive.statements("Jonas Perel", about="a list with 31 names")[0]
    assert first.content.startswith("There was never a list") or "31 names" in first.content
    assert first.kind == "direct"
    denied = archive.statements(cue="deny", about="navy on alert")
    assert denied[0].speaker == "Ilir Dravec"
    assert "navy" in denied[0].content
    assert archive.statements("Perel", about="the cup final") == []
    assert archive.statements("Nobody Known") == []


def test_towns_feasts_and_whoever_spoke_before_are_given_no_words(archive):
    said = archive.statements()
    assert {"Easter", "Varrow", "VARROW"}.isdisjoint(one.speaker for one in said)
    assert not any(one.role and one.role.startswith("who ") for one in said)
    wrong = [one for one in said if one.content == "she had been wrong"]
    assert {one.speaker for one in wrong} == {"Helena Brandt"}
    crossword = [one for one in said if "doing my crossword" in one.content]
    assert {one.speaker for one in crossword} == {"Enid Sparrow"}


def test_statements_are_of_the_days_that_were_asked_for(archive):
    within = archive.statements("Dravec", since="2026-04-20", until=date(2026, 4, 22))
    assert {one.date.date() for one in within} == {date(2026, 4, 22)}
    assert {one.date.date() for one in archive.statements("Dravec")} > {date(2026, 4, 22)}
    with pytest.raises(ConfigError, match="since"):
        archive.statements(since="last week")


@pytest.mark.parametrize("text", ["", "?", "\ud800", "\x00", "大坝"])
def test_any_words_may_be_asked_for(archive, text):
    for limits in ({"speaker": text}, {"cue": text}, {"about": text}):
        assert archive.statements(**limits) == []
    assert archive.versions(text) == []
    assert archive.copies(text) == ()


# Updates, corrections, removals


def test_what_was_said_and_happened_is_as_it_stood_on_a_day(archive, updated):
    day = "2026-04-06"
    then, before = updated.statements(as_of=day), archive.statements(until=day)
    assert [(one.speaker, one.content) for one in then] == [
        (one.speaker, one.content) for one in before
    ]
    assert {one.article.version for one in then if one.article.id == SEARCH} == {1}
    about = [one.content for one in updated.statements("Winsley", "the missing", as_of=day)]
    assert about == [one.content for one in archive.statements("Winsley", "the missing", until=day)]
    assert about
    assert updated.statements(cue="said", as_of="2026-03-01") == []
    subject = "search for the missing in Varrow"
    events = updated.timeline(subject, as_of=day)
    cited = [citation for event in events for citation in event.citations]
    assert SEARCH in {one.article.id for one in cited}
    assert {one.article.version for one in cited} == {1}
    assert max(one.article.date for one in cited).date() <= date(2026, 4, 6)


def test_a_citation_names_its_version(updated):
    answer = updated.ask(HOME)
    assert answer.citations[0].article.version == 2
    assert "1,050" in answer.citations[0].quote
    assert_verbatim(answer)
    first, second = updated.versions(SEARCH)
    assert (first.article.version, second.article.version) == (1, 2)
    assert "flood to 17" in first.article.text
    assert second.article == updated.get(SEARCH)
    assert updated.status().versions == 1


def test_a_saved_answer_of_an_article_that_stayed_is_current(archive):
    (saved,) = archive.saved()
    assert saved.fate == "current"
    assert saved.question == HOME
    assert "900" in saved.short
    assert archive.status().saved == 1


def test_a_saved_answer_of_an_article_that_was_updated_says_changed(updated):
    (saved,) = updated.saved()
    (one,) = saved.citations
    assert saved.fate == one.fate == "changed"
    assert one.citation.quote.startswith("About 900 of those who were evacuated")
    assert (one.citation.article.version, one.newest.version) == (1, 2)
    assert one.citation.quote not in one.newest.text
    assert "900" in saved.short


def test_a_saved_answer_of_an_article_that_was_corrected_says_so(changing):
    first = changing.get(SEARCH)
    changing.add([replace(first, text=first.text.replace("Five are", "Four are") + NOTICE)])
    (saved,) = changing.saved()
    assert saved.fate == "corrected"
    assert saved.citations[0].citation.quote in saved.citations[0].newest.text


def test_a_saved_answer_of_an_article_that_was_removed_says_so_and_shows_nothing_of_it(changing):
    changing.add(SAMPLES / "update")
    changing.remove(SEARCH)
    (saved,) = changing.saved()
    (one,) = saved.citations
    assert saved.fate == one.fate == "removed"
    assert (one.article_id, one.citation, one.newest, saved.short) == (SEARCH, None, None, None)
    assert "900" not in repr(saved)
    assert changing.discard(saved.number)
    assert not changing.discard(saved.number)
    assert changing.saved() == []


# The archive as it stood on a day


def test_the_archive_as_it_stood_gives_the_number_that_was_known(updated):
    then, later = updated.ask(TOLL, as_of="2026-04-06"), updated.ask(TOLL, as_of="2026-04-07")
    for answer, version, number in ((then, 1, "to 17."), (later, 2, "to 19.")):
        citation = answer.citations[0]
        assert (citation.article.id, citation.article.version) == (SEARCH, version)
        assert citation.quote.endswith(number)
        assert_verbatim(answer)
    assert then.searched.articles < later.searched.articles < updated.status().articles
    assert updated.ask(TOLL, as_of=date(2026, 4, 6)) == then


def test_what_somebody_said_in_an_older_version_is_still_that_ones_claim(tmp_path, minilm):
    text = (
        "More than 20 leaders met in Paris. The Kremlin warned of escalation if troops were sent."
    )
    first = Article("summit", text, published=Day(2024, 2, 26))
    newer = text.replace("if troops were sent", "in any case")
    with Archive.open(tmp_path, embedder=minilm) as archive:
        archive.add([first])
        archive.add([replace(first, text=newer, updated=Day(2024, 2, 28))])
        citation = archive.ask("Who warned of escalation?", as_of="2024-02-27").citations[0]
    assert citation.quote.endswith("if troops were sent.")
    assert citation.article.version == 1
    assert citation.voice == "claim"
    assert "Kremlin" in citation.speaker


def test_nothing_was_known_before_it_was_published(updated):
    answer = updated.ask(TOLL, as_of="2026-04-02")
    assert answer.abstained
    assert all(hit.article.date.date() <= date(2026, 4, 2) for hit in answer.nearest)
    assert updated.search("Kessen Dam", as_of="2026-03-01") == []
    assert updated.ask(TOLL, Filters(since="2026-04-20"), as_of="2026-04-10").abstained


@pytest.mark.parametrize("day", ["the day before", "2026-13-01", 5])
def test_a_day_that_cannot_be_read_is_refused(archive, day):
    for ask in (archive.search, archive.ask):
        with pytest.raises(ConfigError, match="2024-02-26"):
            ask("Who?", as_of=day)
