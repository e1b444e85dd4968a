"""Measures against values worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.metrics import (
    auroc,
    exact_match,
    holds,
    interval,
    plain,
    ranking,
    reliability,
    risk_coverage,
    same_name,
    token_f1,
)


def test_answers_are_compared_as_squad_does():
    assert plain("  The “White” House's an_nex!") == "white houses annex"
    assert exact_match("the Dam.", ["A dam", "gate"]) == 1
    assert exact_match("dams", ["dam"]) == 0
    assert exact_match("", ["dam"]) == 0


def test_f1_counts_shared_words_and_takes_the_best_alternative():
    assert token_f1("prime minister Vass", ["Henrik Vass"]) == pytest.approx(2 * 1 / (3 + 2))
    assert token_f1("Vass Vass", ["Vass"]) == pytest.approx(2 * 1 / (2 + 1))
    assert token_f1("Vass", ["Marrant", "Henrik Vass", "Vass"]) == 1
    assert token_f1("", ["Vass"]) == token_f1("Vass", []) == 0


def test_a_text_holds_an_answer_as_whole_words_only():
    assert holds("It cost $3.6 million.", ["3.6 million"])
    assert not holds("There were 110 people", ["10"])
    assert not holds("", ["the", "..."])  # nothing is left of them
    assert not holds("Anything", [])


def test_a_mark_parts_words_that_hold_an_answer_but_not_numbers():
    assert holds("Petro will be Colombia’s president", ["Colombia"])
    assert holds("A 101-year-old was convicted", ["101"])
    assert holds("He spoke in the U.S. on Monday", ["US"])
    assert holds("It was lost 3-5 on Monday", ["3", "three"])
    assert not holds("It rose by 3.5 percent", ["5"])
    assert not holds("It cost 1,000 euros", ["1", "000"])
    assert not holds("He came 2nd", ["2"])


def test_names_are_the_same_where_one_is_the_other_in_full():
    assert same_name("Peskov", "Dmitry Peskov")
    assert same_name("the Kremlin", "Kremlin")
    assert not same_name("Dmitry Medvedev", "Dmitry Peskov")
    assert not same_name("", "Peskov")


def test_rankings_are_measured_question_by_question():
    values = ranking([["b", "a", "c", "d", "e", "z"], [], ["y"]], [["a", "z"], ["x"], ["y"]])
    assert values["hit@1"].tolist() == [0, 0, 1]
    assert values["hit@5"].tolist() == [1, 0, 1]
    assert values["mrr"].tolist() == [1 / 2, 0, 1]
    assert values["map"] == pytest.approx([(1 / 2 + 2 / 6) / 2, 0, 1])
    assert values["recall@4"].tolist() == [1 / 2, 0, 1]
    assert values["recall@10"].tolist() == [1, 0, 1]
    gain = 1 / math.log2(3) + 1 / math.log2(7)
    assert values["ndcg@10"] == pytest.approx([gain / (1 + 1 / math.log2(3)), 0, 1])


def test_the_order_of_a_long_ranking_is_kept():
    articles = [f"a{number}" for number in range(100)]
    for place in (0, 9, 10, 99):
        values = ranking([articles], [[articles[place]]])
        assert values["mrr"][0] == pytest.approx(1 / (place + 1))
        assert values["hit@10"][0] == (place < 10)


def test_auroc_counts_the_pairs_in_the_right_order():
    # 0.9 is above both, 0.5 is above 0.1 and equal to 0.5
    assert auroc([0.9, 0.5], [0.5, 0.1]) == (2 + 1.5) / 4
    assert auroc([0.1], [0.9]) == 0
    assert auroc([0.3, 0.3], [0.3]) == 0.5


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=9),
    st.lists(st.integers(0, 5), min_size=1, max_size=9),
)
def test_auroc_is_the_share_of_pairs(above, below):
    pairs = [(a > b) + (a == b) / 2 for a in above for b in below]
    assert auroc(above, below) == pytest.approx(sum(pairs) / len(pairs))


def test_risk_grows_with_coverage_as_worked_out():
    curve = risk_coverage([0.1, 0.9, 0.6, 0.3], [False, True, False, True])
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_equal_confidences_are_one_point_whatever_their_order():
    for right in ([True, False], [False, True]):
        curve = risk_coverage([0.5, 0.5], right)
        assert (curve.coverage.tolist(), curve.risk.tolist(), curve.area) == ([1], [0.5], 0.5)


def test_reliability_compares_confidence_with_what_came_true():
    found = reliability([0.95, 0.91, 1.0, 0.12], [True, False, True, True])
    assert found.count.tolist() == [1, 3]
    assert found.confidence == pytest.approx([0.12, (0.95 + 0.91 + 1) / 3])
    assert found.right == pytest.approx([1, 2 / 3])
    too_sure = (0.95 + 0.91 + 1) / 3 - 2 / 3
    assert found.error == pytest.approx(((1 - 0.12) * 1 + too_sure * 3) / 4)


def test_an_interval_is_repeatable_and_narrows_with_more_questions():
    def mean(values):
        return values.mean()

    few, many = (interval(mean, np.tile([0.0, 1.0], times)) for times in (10, 1000))
    assert few == interval(mean, np.tile([0.0, 1.0], 10))
    assert 0 < few[0] < many[0] < 0.5 < many[1] < few[1] < 1
    # The 95% interval of a share of a half among 2,000: 0.5 +- 1.96 * sqrt(0.25 / 2000)
    assert many == pytest.approx((0.478, 0.522), abs=0.004)
    assert interval(mean, [1.0, 1.0]) == (1, 1)


def test_an_interval_of_two_samples_draws_each_by_itself():
    low, high = interval(auroc, [0.9, 0.4, 0.8], [0.5, 0.1])
    assert 0 <= low < auroc([0.9, 0.4, 0.8], [0.5, 0.1]) <= high <= 1
