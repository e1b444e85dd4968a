import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.fusion import fuse, take_turns

SCORES = st.dictionaries(st.integers(1, 30), st.floats(-1, 50), max_size=20)


@given(SCORES, SCORES, st.floats(0, 1))
def test_scores_lie_between_0_and_1_for_all_that_either_search_found(vectors, words, weight):
    scores = fuse(vectors, words, weight)
    assert scores.keys() == vectors.keys() | words.keys()
    assert all(0 <= score <= 1 for score in scores.values())


@given(SCORES.filter(bool))
def test_one_search_alone_keeps_its_order(scores):
    for fused in (fuse(scores, {}), fuse({}, scores), fuse(scores, scores)):
        assert fused[max(scores, key=scores.__getitem__)] == 1
        for first in scores:
            for second in scores:
                assert fused[first] <= fused[second] or scores[first] >= scores[second]


def test_what_both_found_comes_before_what_one_found():
    fused = fuse({1: 0.9, 2: 0.8, 3: 0.1}, {2: 9.0, 4: 8.0, 5: 1.0}, 0.5)
    assert max(fused, key=fused.__getitem__) == 2
    assert fused == pytest.approx({1: 0.5, 2: 0.9375, 3: 0, 4: 0.4375, 5: 0})


def test_nothing_found_is_nothing():
    assert fuse({}, {}) == {}


def test_lists_take_turns_and_nothing_comes_twice():
    assert take_turns([[1, 2, 3], [2, 1, 4, 5, 6], []]) == [1, 2, 3, 4, 5, 6]
    assert take_turns([[3, 1]]) == [3, 1]
    assert take_turns([]) == []


@given(st.lists(st.lists(st.integers(0, 20))))
def test_turns_hold_all_that_is_in_any_list(lists):
    merged = take_turns(lists)
    assert sorted(merged) == sorted({item for items in lists for item in items})
    for place, items in enumerate(lists):
        if items:
            assert merged.index(items[0]) <= place
