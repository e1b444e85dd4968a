from __future__ import annotations

import pytest

from rag.answering.question import understand
from rag.answering.short import Named, find_short
from rag.models.tagger import name

WARNING = (
    "Nevertheless, Macron's remarks have raised concerns in Moscow, with the Kremlin warning of "
    "the potential escalation of tensions if NATO troops are deployed to Ukraine."
)


def short(question: str, sentence: str, offset: int = 0) -> str | None:
    named = Named.of(next(iter(name([sentence]))))
    span, _ = find_short(understand(question), sentence, offset, named)
    return sentence[span.start - offset : span.end - offset] if span else None


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Who warned of escalation?", WARNING, "Kremlin"),
        (
            "Who criticised the plan?",
            "The plan was criticised by Anna Lindqvist on Tuesday.",
            "Anna Lindqvist",
        ),
        (
            "Who said the bridge is safe?",
            'Mayor Tom Keller said that the bridge "is safe".',
            "Mayor Tom Keller",
        ),
        (
            "When was the conference?",
            "The comments, made during a conference on Monday (February 26), drew a rebuke.",
            "Monday (February 26)",
        ),
        (
            "How many leaders took part?",
            "The Paris conference of two days saw participation from at least 20 leaders.",
            "at least 20",
        ),
        ("Where did they meet?", "They convened in Paris to discuss strategies.", "Paris"),
        ("How much did he pay?", "He paid $19 million for the lunch in 2022.", "$19 million"),
        ("Why did he resign?", "He resigned on Monday because he was ill.", None),
    ],
)
def test_the_words_that_answer_are_found(question, sentence, expected):
    assert short(question, sentence) == expected


def test_a_name_that_the_question_gives_is_no_answer_to_it():
    assert short("Where did Paris host the games?", "Paris hosted the games.") is None


def test_a_pronoun_is_no_answer():
    assert short("Who warned of war?", "He warned of war.") is None


def test_the_span_is_in_the_offsets_of_the_article():
    named = Named.of(next(iter(name([WARNING]))))
    span, speaker = find_short(understand("Who warned of escalation?"), WARNING, 100, named)
    assert span is not None
    assert WARNING[span.start - 100 : span.end - 100] == "Kremlin"
    assert speaker == "Kremlin"
