"""A conversation on the clipboard and as Markdown: the words of the articles, unchanged."""

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from web_shelf import article

from rag import Answer, Citation, Coverage, Filters
from rag.web.export import to_markdown, to_plain
from rag.web.turns import Turn

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1)
awkward = st.text("`*_[]()<>!#&|~$\\ \n1.-+\"'a", min_size=1)
anything = (texts | awkward).filter(str.strip)


def found(text, **about):
    one = article(1, text, **about)
    return Answer("Who?", f"“{text}” [1]", (Citation(1, text, 0, len(text), one),), short=text)


def test_the_clipboard_gets_the_raw_answer_with_its_sources():
    answer = found('<b>Rain</b> & "wind".', title="Wet", url="https://a.example/wet", source="AP")
    assert to_plain(answer) == (
        "Who?\n\n"
        '<b>Rain</b> & "wind".\n\n'
        '“<b>Rain</b> & "wind".” [1]\n\n'
        "Sources:\n"
        "[1] AP, 1 February 2024: Wet https://a.example/wet (characters 0 to 21)\n"
    )


def test_markdown_has_quote_source_date_address_and_place():
    answer = found("Rain fell.", title="Wet", url="https://a.example/wet", source="AP")
    assert to_markdown(Turn(1, "Who?", Filters(("AP",)), answer, "done")) == (
        "## Who?\n\n"
        "*Asked of only AP*\n\n"
        "**Rain fell.**\n\n"
        "\\[1\\] AP, 1 February 2024: [Wet](<https://a.example/wet>), "
        "characters 0 to 10 of article a1\n\n"
        "```text\nRain fell.\n```\n"
    )


def test_markdown_and_clipboard_name_the_speaker():
    one = article(1, "Rain fell.", source="AP")
    answer = Answer("Who?", "…", (Citation(1, "Rain fell.", 0, 10, one, "Ann Sill"),))
    said = "Ann Sill, in AP, 1 February 2024"
    assert said in to_plain(answer)
    assert said in to_markdown(Turn(1, "Who?", answer=answer))


def test_markdown_of_an_abstention_says_what_was_searched():
    answer = Answer("Who?", "Not in these articles. …", abstained=True, searched=Coverage(3))
    text = to_markdown(Turn(1, "Who?", answer=answer, state="done"))
    assert "Not in these articles." in text
    assert "Searched: 3 articles" in text


def test_markdown_says_what_was_stopped_and_what_went_wrong():
    assert "Stopped" in to_markdown(Turn(1, "Who?", answer=found("Rain."), state="stopped"))
    assert "store: full" in to_markdown(Turn(1, "Who?", state="failed", problem="store: full"))


@given(quote=anything, title=anything, question=anything)
@example(quote="He wrote:\n```\n# no\n````\nand left.", title="```", question="````")
def test_a_markdown_reader_shows_every_quote_as_it_stands(quote, title, question):
    answer = found(quote, title=title, source=title, url=f"https://a.example/{title}")
    text = to_markdown(Turn(1, question, answer=answer, state="done"))
    tokens = MarkdownIt("commonmark").parse(text)
    assert [token.content for token in tokens if token.type == "fence"] == [f"{quote}\n"]
    kinds = {token.type for token in tokens}
    assert kinds <= {"heading_open", "heading_close", "paragraph_open", "paragraph_close"} | {
        "inline",
        "fence",
    }
    for token in tokens:
        for child in token.children or []:
            assert child.type not in {"html_inline", "image", "code_inline"}
            if child.type == "link_open":
                assert child.attrs["href"].startswith("https://a.example/")
    heading = next(token for token in tokens if token.type == "inline")
    said = "".join(child.content for child in heading.children)
    assert said == " ".join(question.split())
