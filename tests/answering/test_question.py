from __future__ import annotations

import pytest

from rag.answering.question import COUNTS, PERSONS, PLACES, TIMES, understand


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Who warned of escalation?", PERSONS),
        ("When was the leaders' conference?", TIMES),
        ("Where did the leaders meet?", PLACES),
        ("How many leaders took part?", COUNTS),
        ("Which island nation plunged into chaos?", PLACES),
        ("What year did it open?", {"DATE"}),
        ("At what time did the gate break?", {"TIME"}),
        ("In which state was the ticket bought?", PLACES),
        ("Why did the minister resign?", frozenset()),
        ("What did Peskov say about NATO troops?", frozenset()),
    ],
)
def test_the_question_word_says_what_kind_of_name_would_answer(text, labels):
    assert understand(text).labels == labels


def test_how_much_asks_for_an_amount_of_money_or_a_share():
    labels = understand("How much did the bidder pay?").labels
    assert {"MONEY", "PERCENT"} <= labels


def test_what_sets_the_scene_is_not_what_is_asked():
    asked = understand("Police arrested 31 men who planned to riot. Where was the event?")
    assert asked.labels == PLACES


def test_a_relative_who_asks_nothing():
    asked = understand("Which country expelled the envoy who had warned of war?")
    assert asked.labels == PLACES


@pytest.mark.parametrize(
    "text",
    ["How many people died when the gate failed?", "When the gate failed, how many people died?"],
)
def test_when_may_tell_a_time_and_not_ask_for_one(text):
    assert understand(text).labels == COUNTS


def test_names_weigh_more_than_other_words_and_stop_words_nothing():
    asked = understand("When did Macron visit the conference?")
    assert asked.weights["macron"] > asked.weights["visit"] > 0
    assert asked.names == {"macron"}
    assert "the" not in asked.weights
    assert "when" not in asked.weights


def test_rough_numbers_and_articles_are_no_names():
    asked = understand("Which chain owes The Bank of England more than 21,000 pounds for 3 years?")
    assert asked.names == {"bank", "england", "3"}
    assert understand("Did the U.S. leave?").names == understand("Did the US leave?").names
    assert understand("What did J. K. Rowling say?").names == {"jk", "rowl"}


def test_verbs_of_saying_ask_for_a_speaker():
    assert understand("Who warned of escalation?").asks_speaker
    assert not understand("Who won the cup?").asks_speaker
    assert not understand("When did he say so?").asks_speaker


@pytest.mark.parametrize(
    "text", ["谁警告了?", "Кто предупредил?", "???", "the of and", "\0", "a" * 5000]
)
def test_any_text_can_be_asked(text):
    asked = understand(text)
    assert all(weight > 0 for weight in asked.weights.values())


def test_a_question_of_stop_words_alone_keeps_its_words():
    assert understand("who is he").weights


def test_of_a_long_text_its_end_is_the_question():
    asked = understand("The talks went on. " * 100_000 + "Where did the leaders meet?")
    assert asked.labels == PLACES
    assert "leader" in asked.weights
