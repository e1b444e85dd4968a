import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Article
from rag.analysis.notices import find_notices, withdrawn

NOTICES = [
    ("correction", "Correction: an earlier version said that 31 people had died."),
    ("correction", "CORRECTION: Monday's report misspelled the mayor's name."),
    ("correction", "An earlier version of this article misstated the width of the river."),
    ("correction", "A previous version of this story gave the toll as 31."),
    ("correction", "This article has been corrected."),
    ("correction", "Editor's note: this report was corrected on 8 April."),
    ("clarification", "Clarification: this story does not mean the town of Orr."),
    ("update", "This story has been updated with more details on Wednesday."),
    ("update", "UPDATE: the ferry was found at noon."),
    ("retraction", "Retraction: this article is withdrawn; its source was not genuine."),
    ("correction", "Korrektur: In einer früheren Version hieß es, 31 Menschen seien gestorben."),
    ("correction", "Rectificatif : une version précédente de cet article donnait 31 morts."),
    ("correction", "Corrección: una versión anterior hablaba de 31 muertos."),
]
ORDINARY = [
    "The teacher corrected the papers and gave them back.",
    "The court said the earlier version of the law was void.",
    "This story may be updated.",
    "The corrections department reported 31 escapes.",
    "Updated forecasts say that the story of the drought is not over.",
    "She said, 'We regret that the article was ever needed.'",
]


@pytest.mark.parametrize(("kind", "notice"), NOTICES)
def test_a_notice_is_found_with_its_kind_and_place(kind, notice):
    article = Article("a", f"The dam broke on Monday.\n\n{notice}")
    (found,) = find_notices(article)
    assert found.kind == kind
    assert article.text[found.span.start : found.span.end] == notice


@pytest.mark.parametrize("sentence", ORDINARY)
def test_what_is_told_of_other_corrections_is_no_notice(sentence):
    assert find_notices(Article("a", f"The dam broke.\n\n{sentence}")) == []


@given(st.text(min_size=1).filter(str.strip))
def test_any_text_has_notices_in_order_or_none(text):
    article = Article("a", text)
    spans = [notice.span for notice in find_notices(article)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert spans == sorted(spans, key=lambda span: span.start)


def test_a_sentence_that_repeats_an_error_alone_is_withdrawn():
    wrong = "Correction: An article published on 11 March said that Prosser held 4,000 shares."
    told = "Correction: an earlier version of this article said 19 died. It was 17, not 19."
    text = f"Prosser resigned on Monday. {wrong} He held 400."
    assert [text[s.start : s.end] for s in withdrawn(Article("a", text))] == [wrong]
    whole = "Correction: an earlier version of this article said that 19 died, not 17."
    assert withdrawn(Article("a", f"It rained. {whole}")) == []
    assert len(withdrawn(Article("a", f"It rained. {told}"))) == 1
    assert withdrawn(Article("a", "The court corrected what it had said.")) == []
