from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.answerer import NOT_FOUND, choose, compose, describe
from rag.answering.evidence import Evidence
from rag.answering.question import understand
from rag.types import Answer, Article, Coverage, Day, Form, Hit, Passage, Position, Span, parse_iso


def evidence(scores: Sequence[float], hits: Sequence[Hit], short: int | None = None) -> list:
    """A sentence for each score, in order; its first `short` characters are the few words."""
    spans = [(hit, span) for hit in hits for span in hit.passage.sentences]
    return [
        Evidence(
            hit, span, score, Span(span.start, span.start + short) if short is not None else None
        )
        for (hit, span), score in zip(spans, scores, strict=False)
    ]


def hit(*sentences: str, article_id: str = "a") -> Hit:
    text = " ".join(sentences)
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    passage = Passage(article_id, 0, 0, len(text), text, tuple(spans))
    return Hit(passage, Article(article_id, text), 1.0)


ASKED: dict[Form, str] = {
    "plain": "Who?",
    "yes_no": "Did the Kremlin warn?",
    "list": "Which countries warned?",
}


def ask(
    scores: Sequence[float], *hits: Hit, threshold: float = 0.5, form: Form = "plain"
) -> list[Answer]:
    found = evidence(scores, hits, short=3)
    return list(compose(understand(ASKED[form]), found, hits, Coverage(len(hits)), threshold))


def test_a_good_sentence_is_quoted_exactly_with_its_mark():
    (answer,) = ask([0.9], hit("The Kremlin warned.", "It rained."))
    assert answer.text == "“The Kremlin warned.” [1]"
    assert answer.citations[0].quote == "The Kremlin warned."
    assert not answer.abstained
    assert answer.confidence == 0.9


def test_below_the_threshold_it_says_that_there_is_no_answer_and_what_is_near():
    found = hit("The Kremlin warned.")
    (answer,) = ask([0.49], found)
    assert answer.abstained
    assert answer.text.startswith(NOT_FOUND)
    assert "1 article" in answer.text
    assert answer.citations == ()
    assert answer.short is None
    assert answer.nearest == (found,)
    assert answer.confidence == 0.49


def test_the_threshold_can_be_chosen():
    assert not ask([0.3], hit("It rained."), threshold=0.2)[-1].abstained
    assert ask([0.9], hit("It rained."), threshold=0.95)[-1].abstained


def test_no_hits_no_answer():
    (answer,) = ask([])
    assert answer.abstained
    assert answer.confidence == 0


def test_the_answer_grows_quote_by_quote_and_the_last_is_whole():
    parts = ask([0.9, 0.8, 0.7], hit("One cat.", "Two dogs.", "No fish."))
    assert [len(part.citations) for part in parts] == [1, 2, 3]
    assert all(part.text in parts[-1].text for part in parts)
    assert [citation.marker for citation in parts[-1].citations] == [1, 2, 3]


def test_at_most_three_quotes_and_none_much_weaker_than_the_first():
    many = hit(*(f"Sentence number {n}." for n in "one two three four five".split()))
    assert len(ask([0.9] * 5, many)[-1].citations) == 3
    assert len(ask([0.99, 0.45], many)[-1].citations) == 1


def test_the_same_sentence_in_two_articles_is_quoted_once():
    first, second = hit("The dam broke at noon."), hit("The dam broke, at noon!", article_id="b")
    answer = ask([0.9, 0.9], first, second)[-1]
    assert [citation.article.id for citation in answer.citations] == ["a"]


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0, 1))
def test_nothing_below_the_threshold_is_ever_quoted(scores, threshold):
    scores.sort(reverse=True)
    found = hit(*(f"Sentence {n}." for n in range(8)))
    answer = ask(scores, found, threshold=threshold)[-1]
    assert answer.abstained == (not scores or scores[0] < threshold)
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
    assert len(answer.citations) <= sum(score >= threshold for score in scores)


@pytest.mark.parametrize(
    ("searched", "expected"),
    [
        (Coverage(0), "There was no article to search."),
        (Coverage(1, undated=1), "Searched 1 article (1 without a date)."),
        (
            Coverage(
                1450, parse_iso("2022-06-10"), parse_iso("2022-09-02T10:00:00Z"), ("CNN", "AP")
            ),
            "Searched 1,450 articles from 2022-06-10 to 2022-09-02 in CNN, AP.",
        ),
        (
            Coverage(2, Day(2026, 4, 1), Day(2026, 4, 1), tuple("abcdefg")),
            "Searched 2 articles of 2026-04-01 in a, b, c, d, e and 2 more sources.",
        ),
    ],
)
def test_what_was_searched_is_said_in_a_sentence(searched, expected):
    assert describe(searched) == expected


def test_choose_keeps_the_order_of_evidence():
    found = hit("One cat.", "Two dogs.")
    best = evidence([0.9, 0.8], [found])
    assert choose(best, 0.5) == best


def test_a_list_names_every_item_once_each_with_its_quote():
    found = hit("Ann won.", "Bob won too.", "Ann was glad.", "Cid won a bit.", "Dan lost.")
    answer = ask([0.9, 0.8, 0.7, 0.6, 0.5], found, form="list")[-1]
    assert answer.short == "Ann; Bob; Cid; Dan"
    quotes = [citation.quote for citation in answer.citations]
    assert quotes == ["Ann won.", "Bob won too.", "Cid won a bit.", "Dan lost."]


def test_yes_or_no_is_left_to_the_quotes():
    answer = ask([0.9, 0.6], hit("He did.", "She says he did not."), form="yes_no")[-1]
    assert answer.short is None
    assert len(answer.citations) == 2


DIED = "How many people died in the Osterby fire?"
TOLL = "Fourteen people died in the Osterby fire."
FINAL = "The Osterby fire killed 22 people in all."


def toll(sentence: str, short: str, source: str, day: str | None, score: float) -> Evidence:
    article = Article(source, sentence, source=source, published=parse_iso(day) if day else None)
    span, start = Span(0, len(sentence)), sentence.index(short)
    passage = Passage(source, 0, 0, len(sentence), sentence, (span,))
    return Evidence(
        Hit(passage, article, 1.0), span, score, Span(start, start + len(short)), None, "article"
    )


def differ(*found: Evidence) -> list[Answer]:
    return list(compose(understand(DIED), found, [one.hit for one in found], Coverage(2), 0.25))


def test_where_sources_differ_every_value_is_quoted_newest_first():
    first = toll(TOLL, "Fourteen", "Courier", "2026-04-04", 0.9)
    parts = differ(first, toll(FINAL, "22", "Gazette", "2026-05-02", 0.4))
    answer = parts[-1]
    assert answer.text == (
        f"Sources differ. 22 (Gazette, 2026-05-02, the latest): “{FINAL}” [1] "
        f"Fourteen (Courier, 2026-04-04): “{TOLL}” [2]"
    )
    assert answer.positions == (
        Position("22", (1,), ("Gazette",), parse_iso("2026-05-02")),
        Position("Fourteen", (2,), ("Courier",), parse_iso("2026-04-04")),
    )
    assert answer.short == "22"
    assert answer.confidence == 0.9
    assert [len(part.positions) for part in parts] == [len(part.citations) for part in parts]
    assert all(answer.text.startswith(part.text) for part in parts)
    assert parts == differ(first, toll(FINAL, "22", "Gazette", "2026-05-02", 0.4))


def test_of_one_day_none_is_called_the_latest_and_the_best_is_the_short_answer():
    first = toll(TOLL, "Fourteen", "Courier", "2026-04-04", 0.9)
    answer = differ(first, toll(FINAL, "22", "Gazette", "2026-04-04", 0.4))[-1]
    assert "latest" not in answer.text
    assert answer.short == "Fourteen"


def test_a_value_without_a_date_comes_last():
    first = toll(TOLL, "Fourteen", "Courier", None, 0.9)
    answer = differ(first, toll(FINAL, "22", "Gazette", "2026-04-04", 0.4))[-1]
    assert [one.value for one in answer.positions] == ["22", "Fourteen"]
    assert "Fourteen (Courier): " in answer.text


def test_others_that_give_a_value_are_named_with_it():
    first = toll(TOLL, "Fourteen", "Courier", "2026-04-04", 0.9)
    same = toll("The Osterby fire killed 14 people.", "14", "Herald", "2026-04-05", 0.8)
    answer = differ(first, same, toll(FINAL, "22", "Gazette", "2026-05-02", 0.4))[-1]
    assert "Fourteen (Courier, 2026-04-04, also Herald, 2026-04-05): " in answer.text
    assert answer.positions[1].sources == ("Courier", "Herald")
    assert len(answer.citations) == 2


def test_where_sources_agree_there_are_no_positions():
    assert ask([0.9, 0.8], hit("One cat.", "Two dogs."))[-1].positions == ()
