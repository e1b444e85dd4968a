from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from makers import make_article, make_passages

from rag.retrieval.rerank import DEPTH, Ranked, rerank
from rag.types import Day, Passage, Reading


class LikesReader:
    """Likes the passages with a word in them, and remembers what it was given."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.headers: list[str] = []

    def read(
        self, question: str, passages: Sequence[Passage], headers: Sequence[str]
    ) -> list[Reading]:
        self.headers += headers
        liking = [5.0 if self.word in passage.text else -5.0 for passage in passages]
        return [Reading(value, value, ()) for value in liking]


def ranked(count: int) -> list[Ranked]:
    found = []
    for number in range(count):
        article = make_article(number)
        (passage,) = make_passages(article)
        found.append(Ranked(number, passage, article, 1 - number / count))
    return found


def test_what_the_reader_likes_comes_first():
    order = rerank("Who?", ranked(5), LikesReader("unique3"))
    assert [one.number for one in order] == [3, 0, 1, 2, 4]
    assert order[0].reading is not None


def test_what_is_too_far_down_to_be_read_follows_in_the_order_of_the_search():
    found = ranked(DEPTH + 5)
    order = rerank("Who?", found, LikesReader(f"unique{DEPTH + 1}"))
    assert [one.number for one in order[DEPTH:]] == list(range(DEPTH, DEPTH + 5))
    assert all(one.reading for one in order[:DEPTH])
    assert not any(one.reading for one in order[DEPTH:])


def test_scores_lie_between_0_and_1_and_order_all():
    scores = [one.score for one in rerank("Who?", ranked(DEPTH + 9), LikesReader("unique9"))]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(("asked", "order"), [(date(2024, 2, 26), [1, 0]), (None, [0, 1])])
def test_of_passages_that_fit_alike_the_newer_comes_first_as_seen_from_the_day(asked, order):
    old, new = (
        replace(one, score=0.5, article=replace(one.article, published=published))
        for one, published in zip(
            ranked(2), [Day(2022, 2, 26), datetime(2024, 2, 25, tzinfo=UTC)], strict=True
        )
    )
    found = rerank("Who?", [old, new], LikesReader("nothing"), asked=asked)
    assert [one.number for one in found] == order


def test_the_reader_is_told_what_each_passage_is_from():
    reader = LikesReader("nothing")
    rerank("Who?", ranked(2), reader)
    assert reader.headers == ["Report 0", "Report 1"]


def test_nothing_found_is_nothing_read():
    assert rerank("Who?", [], LikesReader("x")) == []
