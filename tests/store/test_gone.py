"""Gone is gone: a removed article is in no file and in no result, wherever its words had gone."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC

import pytest
from makers import HashEmbedder, traces

from rag import Answer, Archive, Article, Citation, ConfigError, Day
from rag.models.reader import MiniLMReader

CANARY = "Zqxmark"
QUESTIONS = (f"{CANARY}?", "Who warned that the dam would break?", "What broke?")
KEPT = Article(
    "kept",
    "The bridge of Sandoe reopened on Friday. Bo Lind said that the bridge would hold for years.",
    title="Bridge",
    source="Echo",
    published=Day(2024, 3, 2, tzinfo=UTC),
)
WIRE = (
    "VARROW (NPB) — A spillway gate of the Kessen Dam broke loose early on Friday after three days "
    "of rain, and a wall of water ran down the valley. Soldiers with boats brought people from "
    "their roofs to schools in the provincial capital, where a charity handed out blankets. "
    "Ada Marsh warned that the dam would break. Engineers found the concrete of the wall sound."
)
ORIGIN = Article(
    "origin", WIRE, title="Gate", source="National Press Bureau", published=Day(2024, 3, 1)
)
PLAIN = replace(
    ORIGIN, id="gone", source="Gazette", published=Day(2024, 3, 2), url="https://z.example"
)


@pytest.fixture(scope="module")
def reader():
    return MiniLMReader()


@pytest.fixture
def archive(tmp_path, reader):
    """An archive of an article, and of a story that the one to be removed is a copy of."""
    with closing(
        Archive.open(tmp_path / "index", embedder=HashEmbedder(), reader=reader)
    ) as opened:
        opened.add([KEPT, ORIGIN])
        yield opened


def in_text(archive):
    archive.add([replace(PLAIN, text=f"{CANARY} warned that the dam would break. It rained.")])


def in_title(archive):
    archive.add([replace(PLAIN, title=f"{CANARY} warns")])


def as_speaker(archive):
    text = f"“The dam will break,” said Ada {CANARY}. Everybody laughed."
    archive.add([replace(PLAIN, text=text)])
    (said,) = archive.statements(speaker=CANARY)
    assert (said.speaker, said.content) == (f"Ada {CANARY}", "The dam will break,")


def in_an_older_version(archive):
    archive.add([replace(PLAIN, text=f"Ada {CANARY} warned that the dam would break.")])
    archive.add([replace(PLAIN, text="The dam broke.", updated=Day(2024, 3, 5))])
    assert [CANARY in one.article.text for one in archive.versions("gone")] == [True, False]


def in_a_copy(archive):
    copy = replace(
        PLAIN, source=f"{CANARY} Post", title=f"{CANARY} reports", url="https://z.example"
    )
    archive.add([replace(copy, text=f"{WIRE}\n\nThe {CANARY} bakery lost its window.")])
    (copy,) = archive.copies("origin")
    assert copy.source == f"{CANARY} Post"
    assert any(CANARY in repr(hit.copies) for hit in archive.search("Kessen gate"))


def in_a_saved_answer(archive):
    archive.add([replace(PLAIN, text=f"Ada {CANARY} warned that the dam would break. It rained.")])
    save(archive, f"Ada {CANARY} warned that the dam would break.")


def in_a_saved_answer_alone(archive):
    """The newest text does not hold it: it stands in an older version, and is quoted from there."""
    in_a_saved_answer(archive)
    archive.add([replace(PLAIN, text="Nothing was warned of.")])


def save(archive, quote):
    gone, start = archive.get("gone"), archive.get("gone").text.index(quote)
    cited = Citation(2, quote, start, start + len(quote), gone, f"Ada {CANARY}", "claim")
    kept = Citation(1, KEPT.text[:10], 0, 10, archive.get("kept"))
    archive.save(Answer("Who warned?", "text", (kept, cited), f"Ada {CANARY}", confidence=0.5))


PLACES = [
    in_text,
    in_title,
    as_speaker,
    in_an_older_version,
    in_a_copy,
    in_a_saved_answer,
    in_a_saved_answer_alone,
]


def results(archive):
    """All that any method returns, as it would print; a question is the user's, and left out."""
    found = [archive.status(), archive.saved(), archive.get("gone"), list(archive.articles())]
    for article_id in ("gone", "kept", "origin"):
        found += [archive.versions(article_id), archive.copies(article_id)]
    found += [archive.statements(**limit) for limit in ({}, {"speaker": CANARY}, {"cue": "warn"})]
    found += [archive.statements(about=f"{CANARY} dam break")]
    for question in QUESTIONS:
        for day in (None, "2024-03-04", "2024-03-06"):
            found += [archive.search(question, 50, as_of=day)]
            found += [replace(archive.ask(question, as_of=day), question="")]
    return "\n".join(map(repr, found))


@pytest.mark.parametrize("changed", [False, True], ids=["", "changed-first"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_removed_article_is_in_no_file_and_in_no_result(archive, tmp_path, place, changed):
    place(archive)
    assert CANARY in results(archive)
    assert traces(tmp_path, CANARY)
    if changed:
        archive.add([replace(PLAIN, text="A text of other words replaced it.", title="Other")])
    kept = [archive.get("kept"), archive.get("origin")]
    assert archive.remove("gone") == ("gone",)
    assert traces(tmp_path, CANARY) == []
    assert CANARY not in results(archive)
    assert [archive.get("kept"), archive.get("origin")] == kept
    assert archive.copies("origin") == ()
    for saved in archive.saved():
        assert [one.fate for one in saved.citations] == ["current", "removed"]
        assert saved.citations[0].citation.quote == "The bridge"


def test_what_was_asked_before_the_removal_cannot_be_saved_after_it(archive, tmp_path):
    in_text(archive)
    answer = archive.ask("Who warned that the dam would break?", as_of="2024-03-04")
    (citation, *_) = (one for one in answer.citations if one.article.id == "gone")
    answer = replace(answer, citations=(citation,))
    archive.remove("gone")
    with pytest.raises(ConfigError):
        archive.save(answer)
    assert archive.saved() == []
    assert traces(tmp_path, CANARY) == []


def test_an_article_that_comes_back_brings_nothing_of_the_removed_one_with_it(archive, tmp_path):
    in_a_saved_answer_alone(archive)
    archive.remove("gone")
    archive.add([replace(PLAIN, text="Ada Nobody spoke of nothing, and the dam held for years.")])
    assert CANARY not in results(archive)
    assert [one.fate for one in archive.saved()[0].citations] == ["current", "removed"]
    assert len(archive.versions("gone")) == 1
    assert traces(tmp_path, CANARY) == []


def test_what_a_removed_article_said_is_gone_after_opening_again(archive, tmp_path, reader):
    in_a_saved_answer(archive)
    archive.remove("gone")
    archive.close()
    folder = tmp_path / "index"
    with Archive.open(folder, create=False, embedder=HashEmbedder(), reader=reader) as again:
        assert CANARY not in results(again)
        assert again.saved()[0].short is None
