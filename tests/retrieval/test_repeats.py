"""What copies of a story repeat is found once, in the words of its likely origin."""

from makers import make_article, make_passages

from rag.retrieval.repeats import without_repeats
from rag.retrieval.rerank import Ranked
from rag.types import Copy

GATE = "A spillway gate of the Kessen Dam broke loose early on Friday after three days of rain."
EDITED = "A spillway gate of the Kessen Dam broke loose on Friday after days of heavy rain."
OWN = "The bakery on River Street lost its front window, and its owner carried a machine upstairs."
HELP = "Soldiers with boats brought people from their roofs to schools in the provincial capital."

ORIGIN, COPY, OTHER = "id-1", "id-2", "id-3"
STORY = tuple(Copy(article_id, "", None, None, None) for article_id in (ORIGIN, COPY, OTHER))
STORIES = {copy.id: STORY for copy in STORY}


def ranked(*found):
    """The passages by the articles' numbers, best first."""
    made = []
    for place, (number, text) in enumerate(found):
        article = make_article(number, text)
        (passage,) = make_passages(article)
        made.append(Ranked(place, passage, article, 1 - place / 10))
    return made


def left(found, stories=STORIES):
    return [
        (one.article.id, one.passage.text, one.score) for one in without_repeats(found, stories)
    ]


def test_the_origin_stands_in_the_place_and_with_the_score_of_the_best_copy():
    found = ranked((2, GATE), (9, OWN), (3, EDITED), (1, GATE))
    assert left(found) == [(ORIGIN, GATE, 1.0), ("id-9", OWN, 0.9)]


def test_where_the_origin_was_not_found_the_first_copy_after_it_stands_for_all():
    assert left(ranked((3, EDITED), (2, GATE))) == [(COPY, GATE, 1.0)]


def test_what_a_copy_adds_of_its_own_stays():
    found = ranked((2, GATE), (2, OWN), (1, GATE), (1, HELP))
    assert left(found) == [(ORIGIN, GATE, 1.0), (COPY, OWN, 0.9), (ORIGIN, HELP, 0.7)]


def test_a_passage_that_is_cut_elsewhere_is_a_repeat_where_half_of_it_is():
    assert left(ranked((1, f"{GATE} {HELP}"), (2, HELP))) == [(ORIGIN, f"{GATE} {HELP}", 1.0)]
    assert len(left(ranked((1, GATE), (2, f"{OWN} {HELP} {GATE[:40]}")))) == 2


def test_articles_of_different_stories_may_say_the_same():
    found = ranked((1, GATE), (2, GATE))
    assert len(left(found, {})) == 2
    others = {ORIGIN: STORY[:1] + STORY[2:], COPY: (STORY[1], Copy("id-9", "", None, None, None))}
    assert len(left(found, others)) == 2


def test_an_article_does_not_repeat_itself():
    assert len(left(ranked((1, GATE), (1, EDITED)))) == 2


def test_passages_of_a_few_words_are_compared_too():
    assert len(left(ranked((1, "Rain."), (2, "Rain."), (3, "Sun.")))) == 2


def test_nothing_found_is_nothing_left():
    assert without_repeats([], STORIES) == []


def test_the_same_words_with_another_figure_are_no_repeat():
    first, third = "Rain closed the bridge in town 1 at noon.", "Rain closed the bridge in town 3."
    assert [text for _, text, _ in left(ranked((1, first), (2, third)))] == [first, third]


def test_the_same_words_with_a_not_are_no_repeat():
    verdict = "Anna Holm was found guilty of theft by the district court in Felden on Monday."
    other = verdict.replace("guilty", "not guilty")
    assert len(left(ranked((1, verdict), (2, other)))) == 2
    assert len(left(ranked((1, other), (2, verdict)))) == 2
    assert len(left(ranked((1, f"{other} {HELP}"), (2, f"{other} {HELP}")))) == 1
    assert len(left(ranked((1, f"{GATE} Nobody was hurt."), (2, GATE)))) == 1


def test_the_same_words_with_another_number_word_are_no_repeat():
    fire = "The fire in the paper mill at Osterby killed three people, the police said on Monday."
    assert len(left(ranked((1, fire), (2, fire.replace("three", "seven"))))) == 2
