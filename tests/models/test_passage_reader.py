from __future__ import annotations

import re
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import make_passages

from rag.errors import BackendError
from rag.models import reader as module
from rag.models.reader import MiniLMReader
from rag.types import Article

TEXT = (
    "The harbour council voted on Tuesday to close the old ferry terminal at Kestrel Point. "
    "Mayor Ines Rautt warned that the closure would cost 230 jobs in the town. "
    "The terminal was built in 1931 and has not been profitable for years."
)
OTHER = (
    "The national orchestra opened its season in Brenmark with a symphony by a young composer. "
    "Critics praised the strings and complained about the hall."
)


@pytest.fixture(scope="module")
def reader() -> MiniLMReader:
    return MiniLMReader()


def words(text: str, reading, at: int = 0) -> str:
    answer = reading.found[at].answer
    return text[answer.start : answer.end]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who warned that jobs would be lost?", "Ines Rautt"),
        ("How many jobs would the closure cost?", "230"),
        ("When was the terminal built?", "1931"),
    ],
)
def test_the_words_that_answer_are_found_in_their_sentence(reader, question, expected):
    (passage,) = make_passages(Article("a", TEXT))
    (reading,) = reader.read(question, [passage], ["Council closes terminal"])
    assert expected in words(TEXT, reading)
    assert reading.found[0].sentence in passage.sentences


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which animal gave lessons?", "A cook and a beekeeper gave lessons in tents."),
        ("Which animal gave lessons?", "Rain and 171 aftershocks slowed the rescuers."),
        ("Which country were they from?", "They said that Pakistanis were kept below deck too."),
        ("How many people saw the final?", "Some 41,206 people saw the final at 2:40 a.m."),
    ],
)
def test_words_and_numbers_stay_whole(reader, question, text):
    (passage,) = make_passages(Article("a", text))
    answer = words(text, *reader.read(question, [passage], [""]))
    assert re.search(rf"(?<!\w)(?<!\d[.,:]){re.escape(answer)}(?!\w|[.,:]\d)", text)


def test_the_passage_that_answers_is_told_from_one_that_does_not(reader):
    passages = [*make_passages(Article("b", OTHER)), *make_passages(Article("a", TEXT))]
    wrong, right = reader.read("Who warned that jobs would be lost?", passages, ["", ""])
    assert right.relevance > wrong.relevance
    assert right.answers > wrong.answers


def test_a_passage_is_read_alike_alone_and_among_others(reader):
    passages = [*make_passages(Article("b", OTHER)), *make_passages(Article("a", TEXT))]
    among = reader.read("When was the terminal built?", passages, ["", ""])[1]
    (alone,) = reader.read("When was the terminal built?", passages[1:], [""])
    assert among.found[0].answer == alone.found[0].answer
    assert among.answers == pytest.approx(alone.answers, abs=0.6)


def test_words_of_the_header_never_answer(reader):
    (passage,) = make_passages(Article("a", OTHER))
    (reading,) = reader.read("Who is Otto Brandt?", [passage], ["Otto Brandt is a baker"])
    for found in reading.found:
        assert found.sentence.start <= found.answer.start < found.answer.end <= found.sentence.end


def test_a_long_passage_is_read_to_its_end(reader):
    text = " ".join([*["Rain fell on the hills all day long."] * 60, "Ines Rautt won the prize."])
    (passage,) = make_passages(Article("a", text), tokens=10_000)
    (reading,) = reader.read("Who won the prize?", [passage], [""])
    assert "Ines Rautt" in words(text, reading)
    assert len(reading.found) == len(passage.sentences)


def test_nothing_to_read_is_no_reading(reader):
    assert reader.read("Who?", [], []) == []


@settings(max_examples=15)
@given(
    st.text(max_size=300), st.text(min_size=1, max_size=400).filter(str.strip), st.text(max_size=99)
)
def test_any_text_is_read_and_answers_lie_in_their_sentences(question, text, header):
    try:
        article = Article("a", text)
    except ValueError:
        return
    passages = make_passages(article)
    question = question.encode("utf-8", "replace").decode()
    readings = MODEL.read(
        question, passages, [header.encode("utf-8", "replace").decode()] * len(passages)
    )
    assert len(readings) == len(passages)
    for passage, reading in zip(passages, readings, strict=True):
        for found in reading.found:
            assert found.sentence in passage.sentences
            start, end = found.sentence.start, found.sentence.end
            assert start <= found.answer.start < found.answer.end <= end
            assert found.score <= 1e-6


MODEL = MiniLMReader()


def test_weights_that_are_not_the_pinned_ones_are_refused(tmp_path, monkeypatch):
    broken = tmp_path / "reader.onnx"
    shutil.copy(module.WEIGHTS, broken)
    with broken.open("r+b") as file:
        file.seek(1_000)
        file.write(b"changed")
    monkeypatch.setattr(module, "WEIGHTS", broken)
    (passage,) = make_passages(Article("a", TEXT))
    with pytest.raises(BackendError, match=r"reader\.onnx.*sha256"):
        MiniLMReader().read("Who?", [passage], [""])
