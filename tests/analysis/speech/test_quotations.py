import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.analysis.speech.quotations import find_quotations

MARKS = st.sampled_from(list("“”„‟«»‹›「」『』‘’‚\"'`\n ab.,") + ["''", "``", "\n\n"])


def quoted(text: str) -> list[str]:
    return [text[each.start : each.end] for each in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("She said “it holds” twice.", ["it holds"]),
        ('She said "it holds" twice.', ["it holds"]),
        ("She said ''it holds'' twice.", ["it holds"]),
        ("She said ``it holds'' twice.", ["it holds"]),
        ("Sie sagte „es hält“ und ging.", ["es hält"]),
        ("Sie sagte „es hält” und ging.", ["es hält"]),
        ("Sie sagte »es hält« und ging.", ["es hält"]),
        ("Elle a dit « il tient » hier.", ["il tient"]),
        ("Han sa ”det håller” igen.", ["det håller"]),
        ("彼女は「大丈夫」と言った。", ["大丈夫"]),
        ("She said ‘it holds’ twice.", ["it holds"]),
        ("She said 'it holds,' twice.", ["it holds,"]),
    ],
)
def test_marks_of_every_kind_are_paired(text, words):
    assert quoted(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "The leaders' plan isn't Marsh's.",
        "Rock 'n' roll of the '90s didn't die.",
        "The leaders’ plan isn’t Marsh’s.",
        'A 6\'2" man and a 12" pipe.',
        "No marks at all.",
    ],
)
def test_apostrophes_and_inches_are_no_quotations(text):
    assert quoted(text) == []


def test_apostrophes_within_single_marks_do_not_close_them():
    assert quoted("‘We don’t know the leaders’ plan,’ she said.") == [
        "We don’t know the leaders’ plan,"
    ]
    assert quoted("'We don't know Marsh's plan,' she said.") == ["We don't know Marsh's plan,"]


def test_quotations_within_quotations_are_left_to_the_outer_one():
    assert quoted("“He said ‘no’ and “never” to me,” she said.") == [
        "He said ‘no’ and “never” to me,"
    ]


def test_paragraphs_that_open_and_do_not_close_are_one_quotation():
    for mark, end in (("“", "”"), ('"', '"')):
        text = f"She said: {mark}One.\n\n{mark}Two.\n\n{mark}Three.{end}\n\nIt rained."
        assert quoted(text) == [f"One.\n\n{mark}Two.\n\n{mark}Three."]


def test_a_quotation_that_is_never_closed_ends_with_its_paragraph():
    assert quoted("“It holds.\n\nIt rained.") == ["It holds."]


def test_a_line_that_is_broken_amid_a_sentence_does_not_end_a_quotation():
    assert quoted("“It holds\nfor years,” she said.") == ["It holds\nfor years,"]


@given(st.lists(MARKS, max_size=60).map("".join))
def test_quotations_are_in_order_and_do_not_overlap(text):
    position = 0
    for each in find_quotations(text):
        assert position <= each.outer_start < each.start < each.end <= each.outer_end <= len(text)
        assert text[each.start : each.end] == text[each.start : each.end].strip()
        position = each.outer_end
