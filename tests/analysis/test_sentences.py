import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.analysis.sentences import split_sentences

# Pieces that splitters trip over, mixed with any text at all.
PIECES = st.sampled_from(
    ["The dam holds. ", "Who knows? ", "Mr. Marsh left at 3.15 p.m. ", "“Leave,” she said. "]
    + [
        "\n",
        "\r\n",
        "\n\n",
        " ",
        "\t",
        "\u200b",
        "\u2028",
        "\x00",
        "”",
        "»",
        " “",
        ' "',
        "in May. ",
        "...",
        "-",
        "1. ",
        "* ",
    ]
    + [
        "你好。",
        "東京で会った！",
        "مرحبا بالعالم؟ ",
        "שלום. ",
        "😀",
        "👩\u200d👩\u200d👧",
        "e\u0301",
    ]
    + ["x" * 300, "https://a.example/b.c?d=e. "]
)
ANY_TEXT = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"])), max_size=30).map(
    "".join
)


def sentences(text: str, language: str | None = None) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, language)]


@given(ANY_TEXT, st.sampled_from([None, "en", "de", "zh", "ar", "xx"]))
def test_every_character_lies_in_one_sentence_in_order(text, language):
    position = 0
    for span in split_sentences(text, language):
        assert not text[position : span.start].strip()
        assert span.start < span.end
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        position = span.end
    assert not text[position:].strip()


def test_prose_is_split_after_stops_and_not_after_abbreviations():
    text = "Mr. Marsh met the U.S. envoy at 3.15 p.m. on Monday. “Leave,” he said. Nobody left!"
    assert sentences(text) == [
        "Mr. Marsh met the U.S. envoy at 3.15 p.m. on Monday.",
        "“Leave,” he said.",
        "Nobody left!",
    ]


def test_may_and_no_end_a_sentence():
    text = "It closes on 9 May. Brandt said no. Vass did, in May. In May. 9 talks failed."
    assert sentences(text)[:4] == [
        "It closes on 9 May.",
        "Brandt said no.",
        "Vass did, in May.",
        "In May. 9 talks failed.",
    ]
    assert sentences("He took gate No. 3. It broke.") == ["He took gate No. 3.", "It broke."]


def test_a_mark_that_opens_a_quotation_belongs_to_what_follows():
    text = '“I am no engineer,” she said. “But I keep a school.\n\n“We all know,” he said. "Go.'
    assert sentences(text) == [
        "“I am no engineer,” she said.",
        "“But I keep a school.",
        "“We all know,” he said.",
        '"Go.',
    ]


def test_other_languages_have_their_own_stops_and_abbreviations():
    assert sentences("Das gilt z. B. heute. Morgen nicht.", "de") == [
        "Das gilt z. B. heute.",
        "Morgen nicht.",
    ]
    assert sentences("大坝安全。没有人离开。", "zh") == ["大坝安全。", "没有人离开。"]


def test_a_line_break_ends_a_sentence_even_without_a_stop():
    assert sentences("Dam holds in storm\nThe river rose.\nBy Ada Marsh") == [
        "Dam holds in storm",
        "The river rose.",
        "By Ada Marsh",
    ]
    assert sentences("Dam holds\r\n\r\nThe river rose.") == ["Dam holds", "The river rose."]
    assert sentences("- Two dams\n- One bridge") == ["- Two dams", "- One bridge"]


def test_lines_wrapped_to_a_page_are_read_on():
    text = (
        "The minister said on Monday evening that the dam above the town\n"
        "would hold for another week. It rained."
    )
    assert sentences(text) == [text.removesuffix(" It rained."), "It rained."]


def test_closing_marks_belong_to_the_sentence_before_them():
    assert sentences("He said: “We leave.”\nShe stayed.") == ["He said: “We leave.”", "She stayed."]
    assert sentences("He said: “We leave.\n”\nShe stayed.") == [
        "He said: “We leave.\n”",
        "She stayed.",
    ]


def test_a_long_line_is_split_as_its_parts_are():
    part = "She said “we go. You stay.” and left the hall. Then the lights went out. "
    assert sentences(part * 1000) == sentences(part) * 1000


# With the square of the length the first two would take minutes.
@pytest.mark.timeout(40)
@pytest.mark.parametrize(
    "text",
    [
        "中文。" * 100_000,
        "“a. " * 100_000,
        "x" * 1_000_000,
        "\n" * 300_000 + "x",
        "word " * 200_000,
    ],
    ids=["chinese", "quotes", "one-word", "newlines", "no-stop"],
)
def test_a_long_line_takes_no_time_with_the_square_of_its_length(text):
    assert split_sentences(text)
