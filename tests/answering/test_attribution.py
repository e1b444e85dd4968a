"""Who vouches for a sentence: a claim is never a fact, and an opinion says so."""

from __future__ import annotations

import pytest

from rag.answering.answerer import compose
from rag.answering.attribution import attribute, is_opinion, with_carriers, with_quoted
from rag.answering.evidence import Evidence
from rag.answering.question import understand
from rag.types import Article, Copy, Coverage, Hit, Passage, Span, Statement

TEXT = "The gate broke. Ada Marsh said that the dam would hold. She said: “It will.”"


PLAIN = understand("What did the dam do?")


def sentence(article: Article, words: str, speaker: str | None = None) -> Evidence:
    start = article.text.index(words)
    span = Span(start, start + len(words))
    passage = Passage(article.id, 0, 0, len(article.text), article.text, (span,))
    return Evidence(Hit(passage, article, 1.0), span, 0.9, None, speaker)


def said(article: Article, content: str, speaker: str | None = "Ada Marsh") -> Statement:
    start = article.text.index(content)
    end = start + len(content)
    return Statement(speaker, None, "said", content, "indirect", start, end, article)


def voices(article: Article, words: str, *statements: Statement, speaker: str | None = None):
    (one,) = attribute(PLAIN, [sentence(article, words, speaker)], statements)
    return one.voice, one.speaker


ARTICLE = Article("a", TEXT)


def test_a_sentence_that_rests_on_what_somebody_said_is_that_ones_claim():
    claim = "Ada Marsh said that the dam would hold."
    assert voices(ARTICLE, claim, said(ARTICLE, "the dam would hold")) == ("claim", "Ada Marsh")
    assert voices(ARTICLE, claim) == ("article", None)


def test_what_the_article_says_itself_is_vouched_for_by_it():
    statement = said(ARTICLE, "the dam would hold")
    assert voices(ARTICLE, "The gate broke.", statement) == ("article", None)


def test_a_few_words_that_somebody_said_make_no_claim_of_a_long_sentence():
    article = Article("a", "The gate, which he called a wreck, broke on Friday after days of rain.")
    assert voices(article, article.text, said(article, "a wreck")) == ("article", None)


def test_a_short_claim_after_a_long_title_is_one_all_the_same():
    article = Article("a", "Foreign Minister Conrad Maximilian Beyle said that no fine was paid.")
    claim = said(article, "no fine was paid", "Conrad Maximilian Beyle")
    assert 3 * len(claim.content) < len(article.text)
    claim = Statement(
        claim.speaker, "Foreign Minister", "said", claim.content, "indirect", claim.start,
        claim.end, article,
    )  # fmt: skip
    assert voices(article, article.text, claim) == ("claim", "Conrad Maximilian Beyle")


def test_a_clause_that_somebody_wrote_makes_no_claim_of_an_opinion():
    text = (
        "It has been proposed that the new bridge at Varrow be named after Emil Rasko, the "
        "inspector who wrote that the gate at Kessen would fail."
    )
    article = Article("a", text, section="Opinion")
    wrote = said(article, "the gate at Kessen would fail", "the inspector")
    assert voices(article, text, wrote) == ("opinion", None)


def test_a_quote_of_several_sentences_covers_each_of_them():
    article = Article("a", "“The dam will hold. It always has. Trust us,” Ada Marsh said.")
    speech = said(article, "The dam will hold. It always has. Trust us,")
    assert voices(article, "It always has.", speech) == ("claim", "Ada Marsh")


def test_of_speech_within_speech_the_outer_speaker_is_named():
    article = Article("a", "Ada Marsh said Bo Lind had said the dam would hold for years to come.")
    inner = said(article, "the dam would hold for years to come", "Bo Lind")
    outer = said(article, "Bo Lind had said the dam would hold for years to come")
    for order in ([inner, outer], [outer, inner]):
        assert voices(article, article.text, *order) == ("claim", "Ada Marsh")


def test_who_said_it_is_the_one_who_said_just_that():
    text = "Ada Marsh said Bo Lind had told her that the valve was broken."
    article = Article("b", text)
    inner = said(article, "the valve was broken", "Bo Lind")
    outer = said(article, "Bo Lind had told her that the valve was broken")
    asked = understand("Who said the valve was broken?")
    (one,) = attribute(asked, [sentence(article, text)], [outer, inner])
    assert one.speaker == "Bo Lind"
    assert one.short
    assert text[one.short.start : one.short.end] == "Bo Lind"
    asked = understand("Who said that Bo Lind told her that the valve was broken?")
    (one,) = attribute(asked, [sentence(article, text)], [outer, inner])
    assert one.speaker == "Ada Marsh"


def test_who_says_the_opposite_did_not_say_it():
    text = "“There were never 31 bodies,” Perel said. There were 31 bodies, Rook said."
    article = Article("a", text)
    denied, told = text[: text.index(" There were 31")], text[text.index("There were 31") :]
    evidence = [sentence(article, denied), sentence(article, told)]
    speech = [
        said(article, "There were never 31 bodies,", "Perel"),
        said(article, "There were 31 bodies", "Rook"),
    ]
    first, second = attribute(understand("Who said there were 31 bodies?"), evidence, speech)
    assert (first.speaker, second.speaker) == ("Rook", "Perel")
    assert second.score < first.score
    first, _ = attribute(understand("Who said there were not 31 bodies?"), evidence, speech)
    assert first.speaker == "Perel"


@pytest.mark.parametrize("marks", ["'{}'", "“{}”", '"{}"', "‘{}’"])
def test_who_said_words_in_quotation_marks_is_told_by_these_words(marks):
    text = "Drax said that he would not resign. “I could not do it,” Ada Munro said."
    article = Article("a", text)
    first = sentence(article, "Drax said that he would not resign.")
    sentences = (first.span, Span(first.span.end + 1, len(text)))
    hit = Hit(Passage("a", 0, 0, len(text), text, sentences), article, 1.0)
    munro = said(article, "I could not do it,", "Ada Munro")
    asked = understand(f"Who said {marks.format('I could not do it')}?")
    found = with_quoted(asked, [first], [hit], [said(article, "he would not resign"), munro])
    assert [one.speaker for one in found] == ["Ada Munro", None]
    assert found[0].short
    assert text[found[0].short.start : found[0].short.end] == "Ada Munro"
    assert with_quoted(PLAIN, [first], [hit], [munro]) == [first]


def test_a_copy_is_named_where_it_has_the_sentence_too():
    texts = {
        "b": "By our staff. The GATE broke! More rain is to come.",
        "c": "The gate never broke.",
        "d": "More rain is to come.",
    }
    one = sentence(ARTICLE, "The gate broke.")
    copies = tuple(Copy(name, "", name, None, None) for name in (*texts, "gone"))
    hit = Hit(one.hit.passage, ARTICLE, 1.0, copies=copies)
    read = {name: Article(name, text) for name, text in texts.items()}.get
    (carried,) = with_carriers([Evidence(hit, one.span, 0.9)], read)
    assert [copy.id for copy in carried.copies] == ["b"]
    *_, answer = compose(PLAIN, [carried], [], Coverage(1), 0.5)
    assert answer.citations[0].copies == carried.copies


def test_a_claim_of_nobody_known_is_a_claim_all_the_same():
    statement = said(ARTICLE, "the dam would hold", None)
    words = "Ada Marsh said that the dam would hold."
    assert voices(ARTICLE, words, statement) == ("claim", None)
    assert voices(ARTICLE, words, statement, speaker="Marsh") == ("claim", "Marsh")


def test_statements_of_other_articles_say_nothing_of_this_one():
    other = Article("b", TEXT)
    words = "Ada Marsh said that the dam would hold."
    assert voices(ARTICLE, words, said(other, "the dam would hold")) == ("article", None)


def test_sentences_keep_their_order_and_their_scores():
    pieces = [sentence(ARTICLE, "The gate broke."), sentence(ARTICLE, "She said: “It will.”")]
    attributed = attribute(PLAIN, pieces, [said(ARTICLE, "It will.")])
    assert [one.span for one in attributed] == [one.span for one in pieces]
    assert [one.voice for one in attributed] == ["article", "claim"]
    assert [one.score for one in attributed] == [0.9, 0.9]


@pytest.mark.parametrize(
    ("section", "title"),
    [
        ("Opinion", ""),
        ("Comment", ""),
        ("op-ed", ""),
        ("Letters to the Editor", ""),
        ("Meinung", ""),
        ("OPINIÓN", ""),
        (None, "Opinion: name no bridge yet"),
        (None, "Leitartikel: Wer haftet?"),
    ],
)
def test_what_is_marked_as_opinion_is_one(section, title):
    article = Article("a", TEXT, title=title, section=section)
    assert is_opinion(article)
    assert voices(article, "The gate broke.") == ("opinion", None)
    statement = said(article, "the dam would hold")
    words = "Ada Marsh said that the dam would hold."
    assert voices(article, words, statement) == ("claim", "Ada Marsh")


@pytest.mark.parametrize(
    ("section", "title"),
    [
        (None, ""),
        ("News", "Opinion polls differ"),
        ("Politics", "Minister on the editorial: it was wrong"),
        ("Sport", "Cup final: no comment from the coach"),
        ("Opinionated", ""),
    ],
)
def test_what_only_speaks_of_opinions_is_none(section, title):
    assert not is_opinion(Article("a", TEXT, title=title, section=section))


def test_an_answer_says_whose_claim_or_opinion_it_quotes():
    claimed = sentence(ARTICLE, "She said: “It will.”")
    column = Article("c", "Build it high.", section="Opinion", authors=("Cora Blunt",))
    evidence = attribute(
        PLAIN, [claimed, sentence(column, "Build it high.")], [said(ARTICLE, "It will.")]
    )
    *_, answer = compose(understand("Will it?"), evidence, [], Coverage(2), 0.5)
    assert answer.text == (
        "Ada Marsh: “She said: “It will.”” [1] Cora Blunt (opinion): “Build it high.” [2]"
    )
    assert [citation.voice for citation in answer.citations] == ["claim", "opinion"]
    assert [citation.speaker for citation in answer.citations] == ["Ada Marsh", None]


def test_a_claim_that_names_its_speaker_is_quoted_as_it_stands():
    words = "Ada Marsh said that the dam would hold."
    evidence = attribute(PLAIN, [sentence(ARTICLE, words)], [said(ARTICLE, "the dam would hold")])
    *_, answer = compose(understand("Who?"), evidence, [], Coverage(1), 0.5)
    assert answer.text == f"“{words}” [1]"
