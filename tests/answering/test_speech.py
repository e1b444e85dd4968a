"""Statements about something: those that speak of it, most so first."""

import pytest

from rag.answering.speech import rank_statements
from rag.types import Article, Statement


def statements(*sentences):
    """What Ada Marsh said, each in an article of its own."""
    made = []
    for number, content in enumerate(sentences):
        article = Article(f"a{number}", f"Ada Marsh said {content}.")
        start = article.text.index(content)
        end = start + len(content)
        made.append(Statement("Ada Marsh", None, "said", content, "indirect", start, end, article))
    return made


def ranked(about, found):
    return [one.content for one in rank_statements(about, found)]


def test_those_about_it_come_first_and_those_about_something_else_not_at_all():
    found = statements(
        "the bread is dear", "the dam leaks", "troops of NATO may come", "NATO grows"
    )
    assert ranked("NATO troops", found) == ["troops of NATO may come", "NATO grows"]
    assert ranked("the price of bread", found) == ["the bread is dear"]
    assert ranked("astronomy", found) == []


def test_words_are_met_in_any_form():
    assert ranked("leaking dams", statements("the dam leaks", "rain fell")) == ["the dam leaks"]


def test_a_word_that_all_speak_of_decides_nothing_beside_a_rare_one():
    found = statements("the dam is old", "the dam is tall", "the dam rusts", "the gate rusts")
    assert ranked("dam rust", found)[:2] == ["the dam rusts", "the gate rusts"]


def test_of_two_that_speak_of_it_the_one_that_speaks_of_less_else_comes_first():
    long = "the dam leaks, bread is dear, the cup was won and a bridge was named after nobody"
    assert ranked("dam leaks", statements(long, "the dam leaks")) == ["the dam leaks", long]


def test_of_equals_the_earlier_stays_first():
    found = statements("the dam leaks", "the bridge leaks", "a dam leaks")
    assert [one.article.id for one in rank_statements("dam", found)] == ["a0", "a2"]


def test_the_sentence_around_a_statement_counts_a_little():
    article = Article("a", "Asked about the dam, Ada Marsh said it leaks. She said it leaks badly.")
    far = Article("b", "Ada Marsh said it leaks. " + "It rained again. " * 20 + "The dam is old.")
    near = Statement("Ada Marsh", None, "said", "it leaks", "indirect", 36, 44, article)
    alone = Statement("Ada Marsh", None, "said", "it leaks", "indirect", 15, 23, far)
    assert rank_statements("leaks dam", [alone, near]) == [near, alone]


@pytest.mark.parametrize("about", ["", "?", " \n", "大"])
def test_without_a_word_to_go_by_there_are_none(about):
    assert ranked(about, statements("the dam leaks")) == []


def test_of_none_there_are_none():
    assert rank_statements("dam", []) == []
