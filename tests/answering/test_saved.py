"""What became of the articles that a saved answer cites."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rag.answering.saved import judge
from rag.types import Article, Citation, SavedAnswer, SavedCitation

CITED = Article("a", "Seventeen people died. The dam holds.")
CHANGED = replace(CITED, text="Nineteen people died. The dam holds.", version=2)
NOTICE = " Correction: an earlier version of this article misstated the number of dead."
CORRECTED = replace(CHANGED, text=CHANGED.text + NOTICE)


def citation(cited=CITED, newest=CITED):
    quote = cited and Citation(1, cited.text[:9], 0, 9, cited)
    return SavedCitation(1, "a", quote, newest)


def judged(*citations):
    saved = datetime(2026, 4, 3, tzinfo=UTC)
    return judge(SavedAnswer(7, "How many?", "17", 0.5, saved, citations))


def fate(cited, newest):
    (one,) = judged(citation(cited, newest)).citations
    return one.fate


def test_an_article_with_the_text_that_was_cited_is_current():
    assert fate(CITED, CITED) == "current"
    assert fate(CITED, replace(CITED, title="Another headline")) == "current"
    assert fate(CORRECTED, CORRECTED) == "current"


def test_an_article_with_a_newer_text_is_changed():
    assert fate(CITED, CHANGED) == "changed"


def test_a_newer_text_with_a_notice_is_corrected():
    assert fate(CITED, CORRECTED) == "corrected"
    retraction = replace(CHANGED, text="Editor's note: this article has been retracted.")
    assert fate(CITED, retraction) == "corrected"


def test_a_notice_that_was_there_before_is_not_about_this_change():
    later = replace(CORRECTED, text=CORRECTED.text.replace("holds", "held"), version=3)
    assert fate(CORRECTED, later) == "changed"
    again = replace(later, text=later.text + " Correction: this article misspelled Tarl.")
    assert fate(CORRECTED, again) == "corrected"


def test_an_update_that_calls_itself_one_is_no_correction():
    updated = replace(CHANGED, text=f"Update: this article was updated at noon. {CHANGED.text}")
    assert fate(CITED, updated) == "changed"


def test_a_correction_that_somebody_in_the_article_made_is_none_of_its_own():
    told = replace(CHANGED, text=CHANGED.text + " The court corrected its ruling on Friday.")
    assert fate(CITED, told) == "changed"


def test_a_removed_article_is_told_as_removed():
    assert fate(None, None) == "removed"


@pytest.mark.parametrize("turn", [1, -1])
def test_the_gravest_fate_is_the_answers(turn):
    fates = [
        ("removed", citation(None, None)),
        ("corrected", citation(CITED, CORRECTED)),
        ("changed", citation(CITED, CHANGED)),
        ("current", citation()),
    ]
    for first, (name, _) in enumerate(fates):
        answer = judged(*[one for _, one in fates[first:]][::turn])
        assert answer.fate == name
        assert [one.fate for one in answer.citations] == [name for name, _ in fates[first:]][::turn]
        assert (answer.number, answer.short) == (7, "17")
