from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag import Archive, Article
from rag.answering.disagreement import find_positions, is_latest, supersedes
from rag.answering.evidence import Evidence
from rag.answering.question import understand
from rag.types import Copy, Hit, Passage, Span, parse_iso

SAMPLES = Path(__file__).parents[2] / "samples" / "articles"
DIED = "How many people died in the Osterby fire?"
WORKS = "Was the radio of the Solveig working?"


def says(
    sentence: str,
    short: str,
    day: str | None = "2026-05-01",
    source: str = "",
    *,
    score: float = 0.5,
    title: str = "Osterby fire; radio of the Solveig working",
    **fields,
) -> Evidence:
    """A sentence of an article of its own, with the words in it that answer."""
    source = source or f"Paper {sentence[:40]}"
    article = Article(
        source, sentence, title, source=source, published=parse_iso(day) if day else None
    )
    start = sentence.index(short)
    span = Span(0, len(sentence))
    passage = Passage(article.id, 0, 0, len(sentence), sentence, (span,))
    return Evidence(
        Hit(passage, article, 1.0), span, score, Span(start, start + len(short)), **fields
    )


def values(question: str, *evidence: Evidence) -> list[str]:
    ordered = sorted(evidence, key=lambda one: -one.score)
    return [group.value for group in find_positions(understand(question), ordered, 0.25)]


@pytest.mark.parametrize(
    ("question", "older", "newer", "shown"),
    [
        (
            DIED,
            ("Twelve people died in the Osterby fire.", "Twelve"),
            ("The fire killed 17 people.", "17"),
            ["17", "Twelve"],
        ),
        (
            DIED,
            ("At least nine people died in the Osterby fire.", "nine"),
            ("The number of dead in the fire is now 14.", "14"),
            ["14", "At least nine"],
        ),
        (
            "How much did the radio of the Solveig cost?",
            ("The radio cost $1.4 million.", "$1.4 million"),
            ("The radio cost 1.9 million dollars.", "1.9 million"),
            ["1.9 million", "$1.4 million"],
        ),
        (
            "By how much did prices in Osterby rise?",
            ("Prices in Osterby rose by 4.5 per cent.", "4.5 per cent"),
            ("Prices in Osterby rose by 7%.", "7%"),
            ["7%", "4.5 per cent"],
        ),
        (
            "When will the Osterby radio open?",
            ("The Osterby radio will open on 3 June.", "3 June"),
            ("The Osterby radio will open on 12 June 2026.", "12 June 2026"),
            ["12 June 2026", "3 June"],
        ),
        (
            "Who is the new coach of Osterby?",
            ("Marko Silvan is the new coach of Osterby.", "Marko Silvan"),
            ("The new coach of Osterby is Beata Lorring.", "Beata Lorring"),
            ["Beata Lorring", "Marko Silvan"],
        ),
        (
            "By how many votes did Osterby approve the radio?",
            ("Osterby approved the radio by 9 votes to 4.", "9"),
            ("Osterby approved the radio by 8 to 5.", "8 to 5"),
            ["8 to 5", "9 votes to 4"],
        ),
        (
            WORKS,
            ("The radio of the Solveig was working.", "radio"),
            ("The owner denied that the radio of the Solveig was working.", "radio"),
            [
                "denied that the radio of the Solveig was working",
                "radio of the Solveig was working",
            ],
        ),
        (
            "Was the radio of the Solveig on?",
            ("The radio of the Solveig had been switched off.", "off"),
            ("The radio of the Solveig was on all night.", "on"),
            ["radio of the Solveig was on", "radio of the Solveig had been switched off"],
        ),
    ],
)
def test_values_that_differ_are_shown_newest_first(question, older, newer, shown):
    first = says(*older, day="2026-05-01", score=0.6)
    second = says(*newer, day="2026-05-03")
    assert values(question, first, second) == shown


@pytest.mark.parametrize(
    ("question", "older", "newer"),
    [
        # The same in other words.
        (
            DIED,
            ("Twenty-six people died in the Osterby fire.", "Twenty-six"),
            ("The fire killed 26 people.", "26"),
        ),
        (
            "How much did the radio of the Solveig cost?",
            ("The radio cost 1.4 thousand marks.", "1.4 thousand marks"),
            ("The radio cost 1,400 marks.", "1,400 marks"),
        ),
        (
            "When did the Osterby fire begin?",
            ("The Osterby fire began on Thursday.", "Thursday"),
            ("The Osterby fire began on 30 April 2026.", "30 April 2026"),
        ),
        (
            "Who is the new coach of Osterby?",
            ("Marko Silvan is the new coach of Osterby.", "Marko Silvan"),
            ("The new coach of Osterby is Silvan.", "Silvan"),
        ),
        # One holds the other.
        (
            DIED,
            ("More than 20 people died in the Osterby fire.", "20"),
            ("At least 20 people died in the Osterby fire.", "20"),
        ),
        (
            DIED,
            ("Dozens of people died in the Osterby fire.", "Dozens"),
            ("The fire killed 31 people.", "31"),
        ),
        (
            DIED,
            ("Fourteen people died in the Osterby fire.", "Fourteen"),
            ("At least nine people died in the Osterby fire.", "nine"),
        ),
        # Different things.
        (
            DIED,
            ("Nineteen people died in the Osterby fire.", "Nineteen"),
            ("The Osterby fire hurt 41 people.", "41"),
        ),
        (
            DIED,
            ("Nineteen people died in the Osterby fire.", "Nineteen"),
            ("Sixteen of them died in the Osterby fire at once.", "Sixteen"),
        ),
        (
            DIED,
            ("Nineteen people died in the Osterby fire.", "Nineteen"),
            ("Three children died in the Osterby fire.", "Three"),
        ),
        (
            DIED,
            ("Nineteen people died in the Osterby fire.", "Nineteen"),
            ("In 1953 eight people died in the Osterby fire.", "eight"),
        ),
        (
            "How much did the radio of the Solveig cost?",
            ("The radio cost 340 marks.", "340 marks"),
            ("The radio cost 2 per cent of the profit.", "2 per cent"),
        ),
        (
            "Who warned that the radio is unsafe?",
            ("Dag Orrin warned that the radio is unsafe.", "Dag Orrin"),
            ("Tilda Marsh warned that the radio is unsafe.", "Tilda Marsh"),
        ),
        (
            "Which papers reported the Osterby fire?",
            ("The Herald reported the Osterby fire.", "The Herald"),
            ("The Post reported the Osterby fire.", "The Post"),
        ),
        # Both say no.
        (
            WORKS,
            ("The radio of the Solveig was not working.", "radio"),
            ("That the radio of the Solveig was working is untrue.", "radio"),
        ),
        # It is only asked.
        (
            WORKS,
            ("The radio of the Solveig was not working.", "radio"),
            ("Police ask whether the radio of the Solveig was working.", "radio"),
        ),
    ],
)
def test_no_disagreement(question, older, newer):
    first = says(*older, day="2026-05-01", score=0.6)
    assert values(question, first, says(*newer, day="2026-05-03")) == []


def test_the_same_day_of_another_time_is_no_other_date():
    first = says("The Osterby council meets on 5 May.", "5 May", "2026-05-01")
    second = says("The Osterby council meets on 9 July.", "9 July", "2026-07-01")
    assert values("When does the Osterby council meet?", first, second) == []


def test_in_one_article_who_only_speaks_is_not_the_one_that_somebody_else_names():
    asked, cue = "Who is the head of Osterby's fire brigade?", {"source": "A", "voice": "claim"}
    ann = says("The head of Osterby's fire brigade, Ann Holm, spoke.", "Ann Holm", **cue)
    bo = says("The head of Osterby's fire brigade is Bo Lind.", "Bo Lind", **cue)
    named = replace(bo, speaker="the police")
    assert values(asked, replace(ann, speaker="the union"), named) == ["Ann Holm", "Bo Lind"]
    # A namesake who names somebody is a witness as others are.
    assert values(asked, replace(ann, speaker="Per Holm"), named) == ["Ann Holm", "Bo Lind"]
    for speaker in ("Ann Holm", "Holm", "the chief Ann Holm"):
        assert values(asked, replace(ann, speaker=speaker), named) == []


def test_copies_of_one_story_do_not_disagree():
    first = says("Twelve people died in the Osterby fire.", "Twelve", source="A")
    second = says("Sixteen people died in the Osterby fire.", "Sixteen", source="B")
    assert len(values(DIED, first, second)) == 2
    copies = replace(second, hit=replace(second.hit, copies=(Copy("A", "", "A", None, None),)))
    assert values(DIED, first, copies) == []


def test_two_versions_of_an_article_do_not_disagree():
    first = says("Twelve people died in the Osterby fire.", "Twelve", source="A")
    second = says("Sixteen people died in the Osterby fire.", "Sixteen", source="A")
    assert values(DIED, first, second) == []


def test_two_people_in_one_article_may_deny_what_the_other_says():
    yes = says("The radio of the Solveig was working.", "radio", source="A", voice="claim")
    no = says("The radio of the Solveig was not working.", "radio", source="A", voice="claim")
    assert values(WORKS, replace(yes, speaker="Orrin"), replace(no, speaker="Marsh"))
    assert not values(WORKS, replace(yes, speaker="Orrin"), replace(no, speaker="Orrin"))


def test_sources_are_counted_once_and_the_newest_date_is_told():
    groups = find_positions(
        understand(DIED),
        [
            says("Twelve people died in the Osterby fire.", "Twelve", "2026-05-01", "A"),
            says("The fire killed 12 people.", "12", "2026-05-02", "B", score=0.4),
            says("The fire killed 17 people.", "17", "2026-05-04", "C", score=0.4),
            says("So 17 people died in the fire.", "17", None, "D", score=0.3),
        ],
        0.25,
    )
    assert [(one.value, one.sources, str(one.since)) for one in groups] == [
        ("17", ("C", "D"), "2026-05-04"),
        ("Twelve", ("A", "B"), "2026-05-02"),
    ]
    assert is_latest(groups)


def test_who_repeats_another_outlet_is_no_source():
    own = says("Thirty-one people died in the Osterby fire.", "Thirty-one", source="Daily Spark")
    told = "The Daily Spark says that 31 people died in the Osterby fire."
    groups = find_positions(
        understand(DIED),
        [
            says("Twelve people died in the Osterby fire.", "Twelve", score=0.9),
            says(told, "31", "2026-05-09", source="The Post"),
            own,
        ],
        0.25,
    )
    assert [one.sources for one in groups if one.value == "Thirty-one"] == [("Daily Spark",)]


def test_what_another_outlet_is_quoted_for_is_that_outlets():
    told = "The Daily Spark says that 31 people died in the Osterby fire."
    own = says("Twelve people died in the Osterby fire.", "Twelve", source="A", score=0.9)
    quoted = says(told, "31", source="The Post", voice="claim", speaker="The Daily Spark")
    outlets = ("A", "The Post", "Daily Spark")
    groups = find_positions(understand(DIED), [own, quoted], 0.25, outlets)
    assert {(one.value, one.sources) for one in groups} == {
        ("Twelve", ("A",)),
        ("31", ("Daily Spark",)),
    }


def test_the_missing_are_not_counted_among_the_dead():
    own = says("Twelve people died in the Osterby fire.", "Twelve", score=0.9)
    both = "The count in the Osterby fire was 12 who died and three missing."
    assert values(DIED, own, says(both, "three")) == []
    missing = "How many people are missing after the Osterby fire?"
    two = says("Two people were missing after the Osterby fire.", "Two", score=0.9)
    assert values(missing, two, says(both, "and three")) == ["Two", "three"]


def test_an_article_that_repeats_another_keeps_a_value_of_its_own():
    own = says("Thirty-one people died in the Osterby fire.", "Thirty-one", source="Daily Spark")
    told = says("The Daily Spark said that 31 people died.", "31", source="Post", score=0.9)
    best = says("Twelve people died in the Osterby fire.", "Twelve", source="Post", score=0.8)
    assert sorted(values(DIED, told, best, own)) == ["Thirty-one", "Twelve"]


def test_what_a_correction_takes_back_is_no_value():
    told = "Correction: an earlier version of this report said that 31 people died in the fire."
    right = says("Twelve people died in the Osterby fire.", "Twelve")
    assert values(DIED, right, says(told, "31")) == []


def test_without_good_evidence_there_is_no_disagreement():
    first = says("Twelve people died in the Osterby fire.", "Twelve", score=0.2)
    assert values(DIED, first, says("The fire killed 17 people.", "17", score=0.1)) == []
    assert find_positions(understand(DIED), [], 0.25) == []


def test_articles_that_share_no_names_are_of_different_events():
    question = "How many people died in the fire?"
    first = says("On Monday twelve people died in the fire at Osterby in Norland.", "twelve")
    second = says("On Monday six people died in the fire at Dalby in Arvon.", "six", title="Fire")
    assert values(question, first, second) == []


def test_at_most_five_values_the_newest_of_them():
    many = [
        says(f"The fire killed {n} people in Osterby.", str(n), f"2026-05-0{n}", score=0.9 - n / 10)
        for n in range(2, 9)
    ]
    assert len(values(DIED, *many)) == 5
    assert values(DIED, *many)[0] == "8"


def test_a_later_value_takes_the_place_of_the_best():
    best = says("Twelve people died in the Osterby fire.", "Twelve", "2026-05-01", score=0.9)
    later = says("The fire killed 17 people.", "17", "2026-05-04")
    same_day = says("The fire killed 15 people.", "15", "2026-05-01")
    groups = find_positions(understand(DIED), [best, later], 0.25)
    newest = supersedes(groups, best)
    assert newest is not None
    assert newest.value == "17"
    assert supersedes(find_positions(understand(DIED), [best, same_day], 0.25), best) is None


@pytest.fixture(scope="module")
def archive(minilm, tmp_path_factory):
    with Archive.open(tmp_path_factory.mktemp("disagreement"), embedder=minilm) as archive:
        archive.add(SAMPLES)
        yield archive


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many people died in the Varrow flood?", ["22", "Nineteen", "Fourteen", "31"]),
        ("How many people were hurt at Ambley Junction?", ["Forty-one", "27"]),
        ("Was a fine paid for the trawler?", ["no fine had been paid", "the sum had been paid"]),
        ("Was the museum's alarm on?", ["she had been wrong", "alarm was on"]),
    ],
)
def test_the_samples_disagree(archive, question, wanted):
    answer = archive.ask(question)
    shown = [one.value for one in answer.positions]
    places = [next(n for n, v in enumerate(shown) if v.endswith(value)) for value in wanted]
    assert sorted(set(places)) == sorted(places)
    assert answer.text.startswith("Sources differ. ")
    dates = [one.since for one in answer.positions]
    assert dates == sorted(dates, reverse=True)
    for position in answer.positions:
        quotes = [one.quote for one in answer.citations if one.marker in position.markers]
        assert all(position.value in quote for quote in quotes)
        assert quotes
    assert archive.ask(question) == answer


@pytest.mark.parametrize(
    "question",
    [
        "How many measles cases are there?",
        "What is unemployment in Calvora?",
        "By how many votes did the Assembly bring down the government?",
        "Who won the Calvoran Cup?",
        "Who is the mayor of Varrow?",
        "Which minister stepped down because of the letter about the dam?",
        "Who warned that entering Lothmar's waters again would have consequences?",
    ],
)
def test_other_samples_do_not(archive, question):
    assert archive.ask(question).positions == ()
