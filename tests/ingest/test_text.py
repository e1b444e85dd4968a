import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest import read_bytes
from rag.ingest.encoding import clean
from rag.types import Article, Day, Skipped

BODY = "The bridge over the Aln will close, the mayor said.\n\nWork starts in March."


def only(data, name):
    (item,) = read_bytes(data if isinstance(data, bytes) else data.encode(), name)
    return item


def test_a_text_stays_whole_and_its_headline_is_its_title():
    article = only(f"Bridge to close\n\n{BODY}", "a.txt")
    assert article.title == "Bridge to close"
    assert article.text == f"Bridge to close\n\n{BODY}"


@pytest.mark.parametrize(
    "opening",
    [
        "The bridge will close.\n\n",
        "Will the bridge close?\n\n",
        "Bridge to close\n",
        "Bridge " * 20 + "\n\n",
        "",
    ],
)
def test_a_first_line_that_may_be_text_is_no_title(opening):
    assert only(opening + BODY, "a.txt").title == ""


def test_header_lines_of_a_text_are_not_guessed_at():
    article = only(f"Title: Bridge\nDate: 2024-02-26\n\n{BODY}", "a.txt")
    assert (article.title, article.published) == ("", None)
    assert article.text.startswith("Title: Bridge\nDate: 2024-02-26\n")


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), min_size=1)
)
def test_a_utf8_text_is_kept_letter_by_letter(text):
    item = only(text, "a.txt")
    if isinstance(item, Article):
        assert item.text == text.removeprefix("\ufeff").rstrip()
    else:
        assert item.why == "empty" or "binary" in item.why
        assert not clean(text) or "binary" in item.why


def test_front_matter_is_read_and_taken_off():
    article = only(
        f"""---
title: "Bridge: to \\"close\\""
date: 2024-02-26
updated: 2024-03-01T10:00:00Z
source: Aln Post
url: https://aln.example/bridge?utm_source=x
authors:
  - Ann Lee
  - Bo Ek
tags: [a, b]
# a comment
language: en-GB
text: not this
section: 'Local'
---

# Another heading

{BODY}
""",
        "a.md",
    )
    assert article.title == 'Bridge: to "close"'
    assert article.published == Day(2024, 2, 26, tzinfo=article.published.tzinfo)
    assert article.updated.isoformat() == "2024-03-01T10:00:00+00:00"
    assert (article.source, article.language, article.section) == ("Aln Post", "en", "Local")
    assert article.authors == ("Ann Lee", "Bo Ek")
    assert article.url == "https://aln.example/bridge?utm_source=x"
    assert article.text == f"# Another heading\n\n{BODY}"


def test_a_list_of_authors_on_one_line():
    article = only(f"---\nauthor: [Ann Lee, 'Bo Ek']\n---\n{BODY}", "a.md")
    assert article.authors == ("Ann Lee", "Bo Ek")


def test_markdown_is_kept_as_it_is_and_its_heading_is_its_title():
    text = f"*By Ann*\n\n# Bridge to **close** ##\n\n- one\n- [two](x)\n\n{BODY}"
    article = only(text, "a.markdown")
    assert article.title == "Bridge to **close**"
    assert article.text == text


def test_a_comment_in_code_is_no_heading():
    assert only(f"{BODY}\n```\n# comment\n```\n", "a.md").title == ""


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{BODY}\n---\n{BODY}",
        f"---\nThe mayor: it will close\n---\n{BODY}",
        f"---\ntitle: never closed\n{BODY}",
        f"---\n\n{BODY}",
    ],
)
def test_a_rule_at_the_top_is_no_front_matter(text):
    assert only(text, "a.md").text == text


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.json", "a.csv"])
@pytest.mark.parametrize("data", [b"", b" \n\n \t\n"])
def test_nothing_in_a_file_is_reported(name, data):
    item = only(data, name)
    assert isinstance(item, Skipped)
    assert item.where == name
    assert item.why
