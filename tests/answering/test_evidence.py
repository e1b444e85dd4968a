from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag import Archive, Article, Day
from rag.answering.evidence import FEATURES, WEIGHTS, look, weigh
from rag.answering.question import understand

SAMPLES = Path(__file__).parents[2] / "samples" / "articles"
DAY = date(2026, 5, 13)
TEXT = (
    "Port Vell (Harbour Post) - The harbour council voted 9 to 4 on Tuesday (12 May) to close the "
    "old ferry terminal at Kestrel Point. Mayor Ines Rautt warned that the closure would cost 230 "
    "jobs in the town. The terminal was built in 1931 and has not been profitable for years.\n\n"
    "The company Halden Lines said it would appeal. Its director, Owe Marsden, told reporters "
    "that passengers would have to travel 40 kilometres to the next crossing.\n\n"
    "Tickets cost $14 at present. Will the council change its mind? Nobody expects that."
)
OTHER = (
    "The national orchestra opened its season in Brenmark with a symphony by a young composer. "
    "Critics praised the strings and complained about the hall, which was rebuilt two years ago."
)


@pytest.fixture(scope="module")
def archive(minilm, tmp_path_factory):
    with Archive.open(tmp_path_factory.mktemp("evidence"), embedder=minilm) as archive:
        archive.add(
            [
                Article("ferry", TEXT, "Council closes ferry terminal", published=Day.of(DAY)),
                Article("music", OTHER, "A season opens"),
            ]
        )
        yield archive


@pytest.mark.parametrize(
    ("question", "quoted", "short"),
    [
        ("Who warned that jobs would be lost?", "Mayor Ines Rautt warned", "Mayor Ines Rautt"),
        ("How many jobs would the closure cost?", "would cost 230 jobs", "230"),
        ("When was the ferry terminal built?", "built in 1931", "1931"),
        ("When did the council vote to close the terminal?", "voted 9 to 4", ""),
        ("How much do tickets cost?", "Tickets cost $14", "$14"),
        ("Where was the opening of the orchestra's season?", "in Brenmark", "Brenmark"),
    ],
)
def test_the_sentence_that_answers_is_quoted_and_the_words_that_answer_found(
    archive, question, quoted, short
):
    answer = archive.ask(question)
    assert quoted in answer.citations[0].quote
    assert short in answer.short


def test_the_words_that_answer_begin_behind_a_dateline(minilm, tmp_path):
    with Archive.open(tmp_path, embedder=minilm) as archive:
        archive.add(SAMPLES)
        question = "Who warned that entering Lothmar's waters again would have consequences?"
        answer = archive.ask(question)
    assert answer.citations[0].quote.startswith("ARDESH, Lothmar (NPB)")  # it stays whole
    assert answer.short.startswith("Lothmar")


@pytest.mark.parametrize(
    "question",
    [
        "Who won the World Cup?",
        "Who won the 2031 election in Peru?",
        "How high is Mount Everest?",
        "What did President Korrin say about inflation?",
        "",
        "???",
    ],
)
def test_what_the_articles_do_not_say_is_not_answered(archive, question):
    answer = archive.ask(question)
    assert answer.abstained
    assert answer.citations == ()


def test_a_name_that_no_article_knows_pulls_confidence_down(archive):
    known = archive.ask("What did Mayor Ines Rautt warn about the closure?").confidence
    unknown = archive.ask("What did Mayor Jorge Quispe warn about the closure?").confidence
    assert unknown < known


@pytest.mark.parametrize("day", ["6 March", "March 6", "16 March"])
def test_the_day_of_an_article_is_known_to_it(archive, day):
    published = Day(2026, 3, int(day.replace("March", "")))
    asked = f"Who warned on {day}?"
    hits = [
        replace(hit, article=replace(hit.article, published=published))
        for hit in archive.search(asked)
        if hit.article.id == "ferry"
    ]
    _, features = look(understand(asked), hits)
    known = FEATURES.index("names and numbers of the question in the article, source and date")
    assert features[0][known] == 1


def test_a_speaker_is_named_on_the_citation(archive):
    answer = archive.ask("Who warned that jobs would be lost?")
    assert answer.citations[0].speaker == "Ines Rautt"


def test_reading_gives_scores_between_0_and_1_best_first(archive):
    hits = archive.search("ferry terminal closure", k=5)
    evidence = weigh(understand("Who closed the ferry terminal?"), hits)
    scores = [piece.score for piece in evidence]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for piece in evidence:
        assert piece.span in piece.hit.passage.sentences
        if piece.short:
            assert piece.span.start <= piece.short.start < piece.short.end <= piece.span.end


def test_a_question_in_capitals_is_read_as_in_small_letters(archive):
    question = "How many jobs would the closure of the ferry terminal cost?"
    usual, loud = archive.ask(question), archive.ask(question.upper())
    assert (loud.short, loud.citations[0].quote) == (usual.short, usual.citations[0].quote)
    assert not loud.abstained


def test_how_many_is_told_by_a_number_or_by_nothing(archive):
    hits = archive.search("jobs ferry terminal council", k=5)
    asked = understand("How many jobs would the closure of the terminal cost?")
    for piece in weigh(asked, hits)[:3]:
        if piece.short:
            words = piece.hit.article.text[piece.short.start : piece.short.end]
            assert any(character.isdigit() for character in words)


def test_no_hits_no_evidence():
    assert weigh(understand("Who warned?"), []) == []


def test_there_is_a_weight_for_every_feature():
    assert WEIGHTS.shape == (len(FEATURES),)
