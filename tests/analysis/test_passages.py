import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from makers import HashEmbedder
from test_sentences import ANY_TEXT

from rag import Article, Day
from rag.analysis.passages import embedded_texts, split_passages
from rag.analysis.sentences import split_sentences

COUNT = HashEmbedder().count_tokens


def split(text: str, limit: int = 64, **fields) -> list:
    return split_passages(Article("a", text, **fields), COUNT, limit)


@given(ANY_TEXT.filter(str.strip), ANY_TEXT, st.integers(20, 200))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_passages_hold_every_sentence_once_in_order_and_fit(text, title, limit):
    article = Article("a", text, title=title)
    passages = split_passages(article, COUNT, limit)
    whole = split_sentences(text)
    position = 0
    for ordinal, passage in enumerate(passages):
        assert (passage.article_id, passage.ordinal) == ("a", ordinal)
        assert passage.text == text[passage.start : passage.end]
        assert passage.start == passage.sentences[0].start
        assert passage.end == passage.sentences[-1].end
        for span in passage.sentences:
            assert not text[position : span.start].strip()
            assert span.start < span.end
            position = span.end
            if span not in whole:  # a piece of one too long for a passage of its own
                (around,) = (s for s in whole if s.start <= span.start and span.end <= s.end)
                size = max(COUNT([text[around.start : around.end]])[0], around.end - around.start)
                assert size > limit // 4
    assert not text[position:].strip()
    for embedded in embedded_texts(article, passages, COUNT, limit):
        assert COUNT([embedded])[0] <= min(limit, 144)


@given(ANY_TEXT.filter(str.strip), ANY_TEXT)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_real_embedder_reads_every_passage_to_its_end(minilm, text, title):
    article = Article("a", text, title=title)
    passages = split_passages(article, minilm.count_tokens, 254)
    for embedded in embedded_texts(article, passages, minilm.count_tokens, 254):
        assert minilm.count_tokens([embedded])[0] <= 254


@pytest.mark.parametrize(
    "text",
    [
        "가나다라" * 100,
        ("가" * 40 + " ") * 20,
        "한국어의긴제목" * 100,
        "ো" * 500,
        "😀" * 500,
        "中" * 500,
        "x" * 500,
    ],
)
def test_no_script_takes_more_tokens_than_there_is_room_for(minilm, text):
    article = Article("a", text, title=text)
    passages = split_passages(article, minilm.count_tokens, 254)
    assert "".join("".join(p.text for p in passages).split()) == "".join(text.split())
    for embedded in embedded_texts(article, passages, minilm.count_tokens, 254):
        assert minilm.count_tokens([embedded])[0] <= 146


def test_a_sentence_too_long_for_a_passage_is_cut_between_words():
    text = " ".join(f"word{number}" for number in range(300)) + "."
    passages = split(text)
    assert " ".join(passage.text for passage in passages) == text
    assert all(COUNT([passage.text])[0] <= 64 for passage in passages)


def test_what_is_a_little_too_long_for_one_passage_is_halved():
    text = " ".join(f"This is sentence number {number:02}." for number in range(14))
    assert COUNT([passage.text for passage in split(text)]) == [35, 35]


@pytest.mark.parametrize("text", ["QmFzZTY0" * 20_000, "\u200b" * 100_000], ids=["data", "blank"])
def test_what_makes_next_to_no_tokens_makes_no_endless_passage(minilm, text):
    passages = split_passages(Article("a", text), minilm.count_tokens, 254)
    assert max(len(passage.text) for passage in passages) < 6_000


def test_what_is_embedded_carries_title_source_and_date():
    article = Article("a", "It rained.", title=" Dam ", source="AP", published=Day(2024, 2, 26))
    passages = split_passages(article, COUNT, 64)
    assert embedded_texts(article, passages, COUNT, 64) == ["Dam. AP. 2024-02-26\nIt rained."]
    assert passages[0].text == "It rained."
    plain = Article("a", "It rained.")
    assert embedded_texts(plain, split_passages(plain, COUNT, 64), COUNT, 64) == ["It rained."]


def test_a_long_title_leaves_room_for_the_passage():
    article = Article("a", "It rained. " * 50, title="word " * 100)
    passages = split_passages(article, COUNT, 64)
    for passage, embedded in zip(
        passages, embedded_texts(article, passages, COUNT, 64), strict=True
    ):
        assert embedded.startswith("word word")
        assert embedded.endswith(passage.text)
        assert COUNT([passage.text])[0] >= 10


# With the square of the length these would take minutes.
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    ["word " * 200_000, "x" * 1_000_000, "中文。" * 100_000],
    ids=["words", "one", "chinese"],
)
def test_a_long_line_takes_no_time_with_the_square_of_its_length(text):
    assert len(split(text)) > 100
