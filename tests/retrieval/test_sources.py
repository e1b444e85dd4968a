import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.sources import find_mentions, without

SOURCES = [
    "The Verge", "TechCrunch", "CNN", "USA Today", "The Age", "Time", "The Week", "Wired",
    "The Independent - Sports", "The Independent - Travel", "Fortune", "The New York Times",
    "BBC News - World", "CBSSports.com", "www.reuters.com", "The Times", "Sky News",
]  # fmt: skip


def named(text):
    return [source for mention in find_mentions(text, SOURCES) for source in mention.sources]


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Who won, according to The Verge?", ["The Verge"]),
        ("According to Verge, who won?", ["The Verge"]),
        ("according to the verge, who won?", ["The Verge"]),
        ("What did the TechCrunch article say?", ["TechCrunch"]),
        ("Did 'The Age' article imply a loss?", ["The Age"]),
        ("What does The Verge’s report claim?", ["The Verge"]),
        ("Did CNN and USA Today report the same toll?", ["CNN", "USA Today"]),
        ("Do “Fortune” and “Wired” articles differ?", ["Fortune", "Wired"]),
        (
            "Who is it, as reported by Fortune, The Verge, and TechCrunch?",
            ["Fortune", "The Verge", "TechCrunch"],
        ),
        ("The Week reported what?", ["The Week"]),
        ("What did Time magazine say of it?", ["Time"]),
        ("How did NYT cover it?", ["The New York Times"]),
        ("What did the New York Times write?", ["The New York Times"]),
        ("What did CBS Sports report?", ["CBSSports.com"]),
        ("Reuters reported what?", ["www.reuters.com"]),
        ("What does the BBC article on floods say?", ["BBC News - World"]),
        (
            "What did The Independent report?",
            ["The Independent - Sports", "The Independent - Travel"],
        ),
        ("the report in The Independent - Sports of Monday", ["The Independent - Sports"]),
        ("Did TechCrunch report it after articles from sites including CNN and Time ran?",
         ["TechCrunch", "CNN", "Time"]),
    ],
)  # fmt: skip
def test_sources_are_found_however_they_are_written(text, sources):
    assert named(text) == sources


@pytest.mark.parametrize(
    "text",
    [
        "What happened this week?",
        "What Happened This Week in Time?",
        "Which wired headphones got good reviews?",
        "Is the Independent candidate ahead, reports say?",
        "Independent reports say that the dam holds. Is it true?",
        "Did Time run out for the deal, officials said?",
        "Did The Wall Street Times report it?",
        "According to The Times of India, what happened?",
        "In The Age of AI, what do reports say?",
        "At what age did he retire, according to the report?",
        "Do Fortune 500 companies report their emissions?",
        "Who bought CNN?",
        "Did the sky turn red, as the story says?",
        "WHAT TIME DID THE REPORT NAME",
        "Was there time to report it?",
        "Who is Time’s Person of the Year, as reported?",
    ],
)
def test_what_is_a_source_by_chance_is_none(text):
    assert named(text) == []


def test_a_name_counts_only_where_its_source_is_kept():
    assert find_mentions("Who won, according to The Verge?", ["CNN"]) == []
    assert find_mentions("Who won, according to The Verge?", []) == []


def test_what_is_left_without_the_names_of_sources():
    text = "Did 'The Age' article and the TechCrunch report agree with USA Today's story?"
    mentions = find_mentions(text, SOURCES)
    assert without(text, mentions) == "Did article and report agree with story?"
    assert without(text, mentions, text.index("the Tech")) == "report agree with story?"
    assert without("no names", []) == "no names"


@given(
    st.lists(st.sampled_from([*SOURCES, "according to", "'", "the", "article", ", and", "X"])),
    st.lists(st.text(max_size=12) | st.sampled_from(SOURCES), max_size=6),
)
def test_mentions_stand_in_order_and_name_known_sources(words, sources):
    text = " ".join(words)
    at = 0
    for mention in find_mentions(text, sources):
        assert at <= mention.start < mention.end <= len(text)
        at = mention.end
        assert mention.sources
        assert set(mention.sources) <= set(sources)
