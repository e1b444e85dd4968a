from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.question import needs_coverage, understand

SOURCES = ("The Verge", "TechCrunch", "CNN", "USA Today", "The Age")
ASKED = date(2024, 2, 28)


def parts(text):
    return [(part.text, *part.sources) for part in understand(text, SOURCES, ASKED).parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Who won the election in France and when was it held?",
            [("Who won the election in France",), ("France when was it held?",)],
        ),
        (
            "Who won the cup in Qatar? Where did they celebrate?",
            [("Who won the cup in Qatar",), ("Qatar Where did they celebrate?",)],
        ),
        (
            "Does 'The Verge' article suggest gains, while 'The Age' article implies losses?",
            [("Does article suggest gains", "The Verge"), ("article implies losses?", "The Age")],
        ),
        (
            "Did CNN and USA Today report the same toll?",
            [
                ("Did and report the same toll?", "CNN"),
                ("Did and report the same toll?", "USA Today"),
            ],
        ),
    ],
)
def test_a_question_of_two_parts_is_two_searches(text, expected):
    assert parts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Who won the election in France and Germany?",
        "Which party, founded in 1990 and banned in 2001, won?",
        "Who said that the dam holds, and to whom?",
        "What did Peskov say and do?",
        "troops and tanks to Ukraine",
        "Wer hat die Wahl gewonnen, und wann war sie?",
        "¿Quién ganó las elecciones en Francia, y cuándo?",
    ],
)
def test_what_may_be_one_question_stays_whole(text):
    assert parts(text) == [(text,)]


def test_each_part_has_its_own_times_and_sources_or_those_of_the_whole():
    query = understand(
        "Did TechCrunch report fraud charges against the founder of the exchange on October 1, "
        "2023, while The Verge described a missing eight billion dollars on October 7, 2023, and "
        "did lawyers of the customers call for an investigation?",
        SOURCES,
        ASKED,
    )
    first, second = date(2023, 10, 1), date(2023, 10, 7)
    assert [part.sources for part in query.parts] == [
        ("TechCrunch",),
        ("The Verge",),
        ("TechCrunch", "The Verge"),
    ]
    assert [[period.since for period in part.periods] for part in query.parts] == [
        [first],
        [second],
        [first, second],
    ]


def test_a_source_or_a_time_alone_is_no_part():
    query = understand(
        "Between the report from The Verge published on October 13, 2023, regarding the singer's "
        "quarrel with the papers, and the one in 'USA Today', concerning her new album, was there "
        "a change in the portrayal of the singer's openness?",
        SOURCES,
        ASKED,
    )
    first, second, _ = query.parts
    assert "quarrel" in first.text
    assert first.sources == ("The Verge",)
    assert [period.since for period in first.periods] == [date(2023, 10, 13)]
    assert "album" in second.text
    assert second.sources == ("USA Today",)


def test_articles_of_two_days_are_searched_for_each():
    query = understand(
        "What did CNN report about the strike on January 3 and on January 9?", SOURCES, ASKED
    )
    assert [[period.since for period in part.periods] for part in query.parts] == [
        [date(2024, 1, 3)],
        [date(2024, 1, 9)],
    ]
    one = "What did CNN report about the strike between January 3 and January 9?"
    assert len(understand(one, SOURCES, ASKED).parts) == 1
    told = "Which bridge, closed on January 3, opened on January 9?"
    assert len(understand(told, SOURCES, ASKED).parts) == 1


def test_today_in_the_name_of_a_source_is_no_time():
    assert understand("Who won, according to USA Today?", SOURCES, ASKED).whole.periods == ()


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        ("yes_no", ["Did Macron resign?", "Is it true that the dam broke?", "Wasn't he there?",
                    "After the vote, did the minister resign?", "Was the dam rebuilt?"]),
        ("list", ["Which countries joined NATO?", "What steps did NATO take?", "List all dams",
                  "Name the three cities", "In which cities were there protests?",
                  "Who were the two winners?", "What are the main reasons?"]),
        ("plain", ["Who warned of escalation?", "Which company makes chips?", "What causes floods?",
                   "Which news did he deny?", "Name the president of Peru", "Did he win or lose?",
                   "Was sagte Peskov?", "Was wurde beschlossen?", "What has changed?",
                   "What is the process?", "troops to Ukraine", "When did he ask: is it true?"]),
    ],
)  # fmt: skip
def test_forms(form, texts):
    assert [understand(text).form for text in texts] == [form] * len(texts)


def test_a_subject_is_no_question():
    topics = ["troops to Ukraine", "KING WHO SIGNED AWAY HIS POWER", "Peskov's warning on NATO"]
    questions = ["Troops to Ukraine?", "who warned", "Shops ran short of which fruit.",
                 "The condition prevents people from:", "Tell me about the dam"]  # fmt: skip
    assert all(understand(text).topic for text in topics)
    assert not any(understand(text).topic for text in questions)


@pytest.mark.parametrize(
    ("text", "names", "years"),
    [
        ("Who won the 2031 election in Peru?", ("Peru",), (2031,)),
        ("What did Emmanuel Macron say in Paris on Monday?", ("Emmanuel Macron", "Paris"), ()),
        ("Macron's plan for NATO", ("Macron", "NATO"), ()),
        ("Rain fell in Kyiv. Flooding in 1999 or 2003?", ("Kyiv",), (1999, 2003)),
        ("Did CNN report on Kyiv?", ("Kyiv",), ()),
        ("who won in peru for $2000?", (), ()),
        ("WHO WON IN PERU?", (), ()),
    ],
)
def test_what_a_question_insists_on(text, names, years):
    query = understand(text, SOURCES, ASKED)
    assert (query.names, query.years) == (names, years)


def test_a_plain_question_needs_nothing_of_the_archive():
    assert not needs_coverage("Who won the election in France?")
    assert not needs_coverage("article " * 10_000)
    assert needs_coverage("What happened last week?")
    assert needs_coverage("What did CNN say?")


WORDS = ["Did", "who", "which", "and", "while", "The Verge", "article", "according to", ",", "?",
         "last week", "since",
         "May", "2022", "it", "'", "Name the", "USA Today's", "\n"]  # fmt: skip
TEXTS = st.text() | st.lists(st.sampled_from(WORDS) | st.text(max_size=5)).map(" ".join)


@given(TEXTS, st.lists(st.sampled_from(SOURCES) | st.text(max_size=8)), st.none() | st.dates())
def test_any_text_is_understood_and_always_the_same(text, sources, asked):
    query = understand(text, sources, asked)
    assert query == understand(text, list(sources), asked)
    assert query.parts
    for part in query.parts:
        assert set(part.sources) <= set(sources)
        assert part.text or not text.strip()
