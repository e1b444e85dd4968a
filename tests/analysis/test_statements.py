import re
import time
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.analysis.statements import find_statements, find_with_sources
from rag.types import Article, Statement

PIECES = st.sampled_from(
    [
        "Ada Marsh said the dam would hold. ",
        "“The dam holds,” she said. ",
        "The mayor, Otto Lund, warned that it leaks.\n\n",
        "According to the report, nobody left. ",
        "He added: «Rien.» ",
        "“One.\n\n“Two.” ",
        "MARSH: Who knows?\nLUND: I do.\n",
        "„So ist es“, sagte er. ",
        "said said said ",
        "''",
        '"',
        "“",
        "”",
        "‘",
        "'",
        "「水」",
        "\n",
        "\n\n",
        "\u00a0",
        "Quote. ",
        "\x00",
        "😀",
        "e\u0301",
    ]
)
ANY_TEXT = (
    st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=14)
    .map("".join)
    .filter(str.strip)
)


def statements(text: str, language: str | None = "en") -> list[Statement]:
    return find_statements(Article("a", text, language=language, published=date(2024, 2, 26)))


def said(text: str, language: str | None = "en") -> list[tuple[str | None, str, str]]:
    return [(each.speaker, each.cue, each.content) for each in statements(text, language)]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("Ada Marsh said the dam would hold.", "Ada Marsh", "said", "the dam would hold"),
        ("Ada Marsh warned that the dam leaks.", "Ada Marsh", "warned", "the dam leaks"),
        (
            "Ada Marsh told reporters on Monday that nobody was hurt.",
            "Ada Marsh",
            "told",
            "nobody was hurt",
        ),
        ("The dam would hold, said Ada Marsh.", "Ada Marsh", "said", "The dam would hold"),
        (
            "The dam, Ada Marsh said, would hold for years.",
            "Ada Marsh",
            "said",
            "The dam, Ada Marsh said, would hold for years",
        ),
        (
            "According to Ada Marsh, the dam leaks in two places.",
            "Ada Marsh",
            "According to",
            "the dam leaks in two places",
        ),
        (
            "The dam leaks in two places, according to Ada Marsh.",
            "Ada Marsh",
            "according to",
            "The dam leaks in two places",
        ),
        ("The report said the dam leaks.", "The report", "said", "the dam leaks"),
        ("Ada Marsh called for a new dam.", "Ada Marsh", "called for", "a new dam"),
        (
            "Ada Marsh accused the council of hiding the leak.",
            "Ada Marsh",
            "accused",
            "the council of hiding the leak",
        ),
        (
            "Residents fled after a warning from Ada Marsh that the dam leaks.",
            "Ada Marsh",
            "warning",
            "the dam leaks",
        ),
        (
            "Tempers rose, with the Ministry warning of a flood if the rain goes on.",
            "Ministry",
            "warning",
            "a flood if the rain goes on",
        ),
    ],
)
def test_indirect_speech(text, speaker, cue, content):
    (statement,) = statements(text)
    assert (statement.speaker, statement.cue, statement.content) == (speaker, cue, content)
    assert statement.kind == "indirect"
    assert text[statement.start : statement.end] == content


@pytest.mark.parametrize(
    "text",
    [
        "“The dam will hold for years,” Ada Marsh said.",
        "“The dam will hold for years,” said Ada Marsh, an engineer from the coast.",
        "Ada Marsh said: “The dam will hold for years.”",
        'Ada Marsh told the Harbour Post, "The dam will hold for years."',
        "''The dam will hold for years,'' Ada Marsh added on Monday.",
        "‘The dam will hold for years,’ Ada Marsh said.",
        "In a statement on Monday, Ada Marsh said: “The dam will hold for years.”",
        "Ada Marsh tweeted: “The dam will hold for years.”",
        "Ada Marsh: “The dam will hold for years.”",
        "“The dam will hold for years.” — Ada Marsh",
        "Ada Marsh was in no doubt: “The dam will hold for years.”",
    ],
)
def test_direct_speech(text):
    (statement,) = statements(text)
    assert statement.speaker == "Ada Marsh"
    assert statement.kind == "direct"
    assert statement.content.rstrip(",.") == "The dam will hold for years"


def test_a_statement_has_the_date_of_its_article_and_refuses_words_that_do_not_stand_there():
    (statement,) = statements("Ada Marsh said the dam would hold.")
    assert str(statement.date) == "2024-02-26"
    with pytest.raises(ValueError, match="not the text of article a"):
        Statement(None, None, "said", "the dam", "direct", 0, 7, statement.article)
    with pytest.raises(ValueError, match="not the text of article a"):
        Statement(None, None, "said", "", "direct", 3, 3, statement.article)


def test_retold_words_with_quoted_ones_are_mixed():
    (statement,) = statements("Ada Marsh said the dam was “a disgrace” to the whole coast.")
    assert statement.kind == "mixed"
    assert statement.content == "the dam was “a disgrace” to the whole coast"


def test_speech_goes_on_without_a_cue_of_its_own():
    text = (
        "“We built it well,” said Ada Marsh. “It will hold.”\n\n"
        "“Nobody has to leave. I live below it myself.”\n\n"
        "Otto Lund disagreed.\n\n“It leaks,” he said."
    )
    assert [(each.speaker, each.content) for each in statements(text)] == [
        ("Ada Marsh", "We built it well,"),
        ("Ada Marsh", "It will hold."),
        ("Ada Marsh", "Nobody has to leave. I live below it myself."),
        ("Otto Lund", "It leaks,"),
    ]


def test_a_quotation_over_paragraphs_is_one_statement():
    text = "Ada Marsh said: “We built it well.\n\n“It will hold for years.”\n\nIt rained."
    (statement,) = statements(text)
    assert statement.content == "We built it well.\n\n“It will hold for years."
    assert statement.speaker == "Ada Marsh"


def test_a_quotation_announced_by_the_sentence_before_has_its_speaker():
    text = "The Harbour Post reports:\n\n“Two villages were flooded on Monday night.”"
    assert said(text) == [("Harbour Post", "reports", "Two villages were flooded on Monday night.")]


def test_somebody_is_known_by_the_sentence_that_names_her_though_another_speaks_in_it():
    text = (
        "Sunna Hallgrimsdottir resigned on Friday, a day after a newspaper reported a debt.\n"
        "She told the house that it was paid."
    )
    assert [each.speaker for each in statements(text)][-1] == "Sunna Hallgrimsdottir"


def test_names_and_pronouns_are_resolved_to_the_full_name():
    text = (
        "Harbour Minister Ada Marsh met Otto Lund, the mayor of Port Vale, on Monday.\n"
        "She said the dam would hold. Lund said it leaks. “I have seen it,” he added.\n"
        "Marsh denied it. The mayor insisted that he was right.\n"
        "The minister said she would resign."
    )
    found = [(each.speaker, each.content) for each in statements(text)]
    assert found == [
        ("Ada Marsh", "the dam would hold"),
        ("Otto Lund", "it leaks"),
        ("Otto Lund", "I have seen it,"),
        ("Otto Lund", "he was right"),
        ("Ada Marsh", "she would resign"),
    ]


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        (  # who is known to be a woman goes before who may be one
            "Emil Rasko spoke first. Quill Ozno nodded to Sister Agathe Lorne. "
            "“I am not an engineer,” she said.",
            "Agathe Lorne",
            "I am not an engineer,",
        ),
        (  # somebody without a name
            "Jonas Perel denied that. The official disagrees. “It came back,” she said.",
            "the official",
            "It came back,",
        ),
        (
            "Emil Rasko said that he was tired. “We lose the wall,” the officer on call said.",
            "the officer on call",
            "We lose the wall,",
        ),
        (  # a clause that another verb takes for its own
            "The health ministry disputes that the closures had any effect and points out that "
            "school nurses offer the vaccine.",
            "The health ministry",
            "school nurses offer the vaccine",
        ),
    ],
)
def test_nobody_else_is_given_the_words(text, speaker, content):
    assert (speaker, content) in [(one.speaker, one.content) for one in statements(text)]


def test_titles_are_kept_as_roles():
    text = (
        "Harbour spokesman Otto Lund said the port was open. "
        "Ada Marsh, the head of the dam authority, said nobody was hurt. Lund said so too."
    )
    roles = {each.speaker: each.role for each in statements(text)}
    assert roles["Otto Lund"] == "Harbour spokesman"
    assert roles["Ada Marsh"] == "head of the dam authority"


def test_speech_within_speech_has_its_own_speaker():
    text = "Otto Lund said Ada Marsh had promised to build a new dam."
    assert said(text) == [
        ("Otto Lund", "said", "Ada Marsh had promised to build a new dam"),
        ("Ada Marsh", "promised", "to build a new dam"),
    ]


def test_two_cues_of_one_sentence_share_its_subject():
    text = "Ada Marsh said the dam would hold, adding that nobody had to leave."
    assert said(text) == [
        ("Ada Marsh", "said", "the dam would hold"),
        ("Ada Marsh", "adding", "nobody had to leave"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “water palace” opened on Monday.",
        "Her novel “The Long Flood” won a prize.",
        "Ada Marsh did not say when the dam would open.",
        "Otto Lund declined to say whether the port was open.",
        "The company added 300 jobs last year.",
        "The United States shares a border with two countries.",
        "The dam rose. Nobody left.",
        "Marsh called Lund on Friday.",
    ],
)
def test_what_reports_no_speech_is_no_statement(text):
    assert said(text) == []


def test_an_interviewers_question_is_not_put_into_the_mouth_of_who_spoke_last():
    text = "“It will hold,” said Ada Marsh.\n\n“Are you sure of that?”\n\n"
    found = statements(text)
    assert [each.speaker for each in found] == ["Ada Marsh", None]


def test_lines_of_a_transcript_have_the_speaker_of_their_label():
    text = "Part of the interview:\n\nMARSH: The dam holds.\n\nLUND: Does it really?\n\nIt rained."
    assert said(text) == [("Marsh", ":", "The dam holds."), ("Lund", ":", "Does it really?")]


def test_the_author_says_i_outside_quotations():
    article = Article("a", "I said the dam would hold.", language="en", authors=("Ada Marsh",))
    assert [each.speaker for each in find_statements(article)] == ["Ada Marsh"]


@pytest.mark.parametrize(
    ("language", "text", "speaker", "role", "cue"),
    [
        ("de", "„Der Damm hält“, sagte Ministerin Ada Berg.", "Ada Berg", "Ministerin", "sagte"),
        ("de", "Ada Marsch sagte: „Der Damm wird noch lange halten.“", "Ada Marsch", None, "sagte"),
        ("fr", "« Le barrage va tenir », a déclaré Ada Marche.", "Ada Marche", None, "déclaré"),
        ("es", "«La presa va a resistir», dijo Ada Marcha.", "Ada Marcha", None, "dijo"),
    ],
)  # fmt: skip
def test_other_languages_by_verbs_beside_the_quotation(language, text, speaker, role, cue):
    (statement,) = statements(text, language)
    assert (statement.speaker, statement.role, statement.cue) == (speaker, role, cue)
    assert statement.kind == "direct"


def test_a_quotation_in_any_other_language_has_no_speaker():
    found = statements("市長は「ダムは安全です。心配はいりません。」と述べた。", "ja")
    assert [(each.speaker, each.content) for each in found] == [
        (None, "ダムは安全です。心配はいりません。")
    ]


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, st.sampled_from([None, "en", "de", "fr", "es", "ja", "xx"]))
@example("“", "en")
@example("said said said 1>¿\x0c:", None)
@example("said", None)
def test_any_text_gives_exact_and_ordered_statements(text, language):
    found = find_with_sources(Article("a", text, language=language))
    places = [(each.statement.start, -each.statement.end) for each in found]
    assert places == sorted(set(places))
    for each in found:
        statement = each.statement
        assert text[statement.start : statement.end] == statement.content
        assert statement.content == statement.content.strip()
        assert statement.kind in ("direct", "indirect", "mixed")
        assert statement.speaker is None or statement.speaker.strip()
        assert not statement.cue or statement.cue in text
        if each.source:
            assert 0 <= each.source[0] < each.source[1] <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "“" * 20_000,
        '"a ' * 20_000,
        "'a " * 20_000,
        "said " * 20_000,
        "“a” said " * 5_000,
        "Ada Marsh " * 5_000,
        "A. " * 20_000,
        "Sen " * 20_000,
    ],
)
def test_a_long_text_takes_no_more_than_some_seconds(text):
    started = time.process_time()
    statements(text)
    assert time.process_time() - started < 20


def test_many_sentences_keep_their_speakers():
    text = "\n".join(f"Ada Marsh said the dam had {count} leaks." for count in range(60))
    found = statements(text)
    assert len(found) == 60
    assert {each.speaker for each in found} == {"Ada Marsh"}
    assert all(re.fullmatch(r"the dam had \d+ leaks", each.content) for each in found)
