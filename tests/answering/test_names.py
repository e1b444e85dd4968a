from __future__ import annotations

import pytest

from rag.answering.names import Named, counts_what_is_asked, find_speaker
from rag.answering.question import understand
from rag.models.tagger import name

WARNING = (
    "Nevertheless, Macron's remarks have raised concerns in Moscow, with the Kremlin warning of "
    "the potential escalation of tensions if NATO troops are deployed to Ukraine."
)


def names(sentence: str, label: str) -> list[str]:
    named = Named.of(next(iter(name([sentence]))))
    return [sentence[one.start : one.end] for one in named.names if one.label == label]


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
            "Who said the case was never about money?",
            '"The case was never about money," their lawyer, Adelaide Finch, said.',
            "Adelaide Finch",
        ),
        ("Who warned of war?", "He warned of war.", None),
        ("When was the conference?", "Tom Keller said that it was on Monday.", None),
    ],
)
def test_who_said_it_is_found_and_a_pronoun_says_nothing(question, sentence, expected):
    place = find_speaker(understand(question), sentence)
    assert (sentence[place.start : place.end] if place else None) == expected


def test_dates_that_stand_together_are_one_name():
    sentence = "The comments, made during a conference on Monday (February 26), drew a rebuke."
    assert names(sentence, "DATE") == ["Monday (February 26)"]


def test_a_sum_keeps_its_currency():
    assert names("He paid $19 million for the lunch.", "MONEY") == ["$19 million"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The conference of two days saw at least 20 leaders.", True),
        ("The conference of leaders lasted for two days in Paris, at a cost of millions.", False),
    ],
)
def test_a_number_counts_what_is_asked_where_it_stands_in_front_of_it(sentence, expected):
    named = Named.of(next(iter(name([sentence]))))
    asked = understand("How many leaders took part?")
    assert counts_what_is_asked(asked, sentence, named) == expected
