import json
import socket
from datetime import UTC, datetime, timedelta, timezone

import pytest

from rag.ingest import read_bytes
from rag.ingest.markup import to_text
from rag.types import Article, Day, Skipped, make_id

PARAGRAPHS = [
    "The bridge over the Aln will close on Monday, the mayor of Alnwick said.",
    "“We have no choice,” said Ann Lee, who has led the council for three years.",
    "Work will start in the first week of March and last until the summer, she added.",
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
TEXT = "\n\n".join(PARAGRAPHS)


def only(page, name="page.html"):
    data = page if isinstance(page, bytes) else page.encode()
    (item,) = read_bytes(data, name)
    return item


def page(head="", body=BODY, attributes=""):
    return f"<!DOCTYPE html><html {attributes}><head>{head}</head><body>{body}</body></html>"


def linked(**data):
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_the_article_is_taken_from_between_menu_and_footer():
    menu = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
    more = "<div class='teaser'><p>Another road was closed for the whole of last year.</p></div>"
    footer = "<footer><p>© 2021 Aln Post. All rights reserved.</p></footer>"
    story = f"<article><h1>Bridge to close</h1>{BODY}{more}</article>"
    article = only(page(body=menu + story + footer))
    assert article.text == TEXT
    assert article.title == "Bridge to close"
    assert article.language == "en"
    assert article.published is None


def test_what_the_page_declares_is_kept():
    head = (
        "<title>Bridge to close | Aln Post</title>"
        "<link rel='canonical' href='https://aln.example/bridge'>"
        "<meta property='og:site_name' content='Aln Post'>"
        "<meta property='og:title' content='Bridge to close | Aln Post'>"
        "<meta property='article:section' content='Local'>"
        "<meta property='article:published_time' content='2024-02-26T22:30:00-05:00'>"
        "<meta property='article:modified_time' content='2024-02-28T10:00:00Z'>"
        "<meta name='author' content='Ann B. Lee'>"
    )
    article = only(page(head, attributes="lang='en-GB'"))
    assert article.title == "Bridge to close"
    assert article.url == "https://aln.example/bridge"
    assert article.id == make_id("https://aln.example/bridge")
    assert article.source == "Aln Post"
    assert article.section == "Local"
    assert article.language == "en"
    zone = timezone(timedelta(hours=-5))
    assert article.published == datetime(2024, 2, 26, 22, 30, tzinfo=zone)
    assert article.published.utcoffset() == timedelta(hours=-5)
    assert article.updated == datetime(2024, 2, 28, 10, tzinfo=UTC)


def test_linked_data_comes_first():
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "datePublished": "2020-01-01"},
            {
                "@type": ["NewsArticle"],
                "datePublished": "2024-02-26",
                "dateModified": "2024-02-27",
                "author": [{"@type": "Person", "name": "Robert E. Moffit, Ph.D."}, {"name": "AP"}],
                "publisher": {"@type": "Organization", "name": "Aln Post"},
                "articleSection": ["Local", "Roads"],
                "inLanguage": "de-DE",
            },
        ],
    }
    article = only(page(linked(**data) + "<meta name='author' content='Staff'>"))
    assert article.published == Day(2024, 2, 26, tzinfo=UTC)
    assert article.updated == Day(2024, 2, 27, tzinfo=UTC)
    assert article.authors[:2] == ("Robert E. Moffit, Ph.D.", "AP")
    assert (article.source, article.section, article.language) == ("Aln Post", "Local", "de")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", f"<p>On 12 March 2019 a lorry hit it.</p>{BODY}<footer>© 2021 Aln Post</footer>"),
        ("<meta property='article:modified_time' content='2024-02-28T10:00:00Z'>", BODY),
        ("", f"<p class='date'>03/04/2024</p>{BODY}"),
        ("<meta name='date' content='2 days ago'>", BODY),
    ],
    ids=["in the text", "of the update", "ambiguous", "relative"],
)
def test_a_date_that_is_not_that_of_publication_is_not_taken_for_it(head, body):
    assert only(page(head, body)).published is None


def test_a_date_shown_without_doubt_is_found():
    body = f"<h1>Bridge</h1><time datetime='2024-02-26'>today</time>{BODY}"
    assert only(page(body=body)).published == Day(2024, 2, 26, tzinfo=UTC)


def test_a_page_is_not_taken_for_the_front_page_of_its_site():
    head = "<base href='https://aln.example/'><link rel='canonical' href='https://aln.example/'>"
    assert only(page(head)).url is None


def test_a_copy_keeps_its_own_address_beside_that_of_the_original():
    head = (
        "<link rel='canonical' href='https://wire.example/original'>"
        "<meta property='og:url' content='https://www.aln.example/copy'>"
    )
    assert only(page(head)).url == "https://www.aln.example/copy"


def test_a_page_saved_by_a_browser_keeps_its_address():
    saved = "<!-- saved from url=(0026)https://aln.example/bridge -->\n"
    assert only(saved + page()).url == "https://aln.example/bridge"


def test_an_address_that_runs_code_is_none():
    assert only(page("<link rel='canonical' href='javascript:alert(1)//x/y'>")).url is None


@pytest.mark.parametrize("cut", [60, 40, 10])
def test_a_page_cut_short_gives_what_it_holds(cut):
    whole = page("<title>Bridge to close</title>", f"<h1>Bridge to close</h1>{BODY}")
    article = only(whole[: whole.index("Work will start") + cut])
    assert article.title == "Bridge to close"
    assert article.text.startswith("\n\n".join(PARAGRAPHS[:2]))
    assert article.text in TEXT


def test_a_page_cut_in_the_middle_of_a_letter():
    data = page().encode()
    article = only(data[: data.index("“We".encode()) + 2])
    assert article.text == PARAGRAPHS[0]


@pytest.mark.parametrize(
    "source",
    [
        page("<title>Bridge</title>", ""),
        page(body="<nav><ul><li><a href='/'>Home</a><li><a href='/a'>About</a></ul></nav>"),
        page(body="<script>document.write('Some text that is a whole sentence.')</script>"),
        page(body="<div>Subscribe</div>"),
        "<",
        "<!-- -->",
        "<html><body>" + "<div>" * 100_000 + BODY,
    ],
    ids=["empty", "menu", "script", "button", "bracket", "comment", "deep"],
)
def test_a_page_without_an_article_is_skipped_with_the_reason(source):
    item = only(source)
    assert item == Skipped("page.html", "no article text in the page")


def test_markup_in_the_text_is_text():
    body = "<p>To close a paragraph, write &lt;/p&gt; or &amp;lt;br&amp;gt; in the page.</p>" + BODY
    text = only(page(body=body)).text
    assert text.startswith("To close a paragraph, write </p> or &lt;br&gt; in the page.")


def test_letters_are_not_normalised():
    first = "The cafe\u0301 in A\u030alesund will ﬁnally reopen, its owner said on Monday."
    assert only(page(body=f"<p>{first}</p>{BODY}")).text.startswith(first)


def test_xhtml_with_a_declaration_of_its_encoding():
    source = (
        '<?xml version="1.0" encoding="windows-1252"?>'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><body>{BODY}</body></html>'
    )
    article = only(source.encode("cp1252"), "page.xhtml")
    assert article.text == TEXT


def test_a_huge_list_does_not_hang_and_is_kept():
    items = "<li>The council named one more street" * 100_000
    article = only(page("<title>Streets</title>", f"{BODY}<ul>{items}</ul>"))
    assert isinstance(article, Article)
    assert article.title == "Streets"
    assert article.text.count("one more street") == 100_000


def test_reading_a_page_opens_no_connection(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    head = (
        "<base href='https://aln.example/'><link rel='stylesheet' href='https://aln.example/a.css'>"
        "<link rel='canonical' href='https://aln.example/bridge'>"
    )
    body = (
        f"<img src='https://aln.example/a.png'><iframe src='https://aln.example/'></iframe>{BODY}"
    )
    assert only(page(head, body)).text == TEXT


def test_a_piece_of_markup_becomes_lines_and_paragraphs():
    markup = (
        "<p>A &amp; B<br>second <b>bold</b>  line.</p>\n<ul><li>one<li>two</ul>"
        "<table><tr><td>a<td>b<tr><td>c<td>d</table>tail<script>bad()</script><!-- no -->"
    )
    assert to_text(markup) == "A & B\nsecond bold line.\n\none\ntwo\n\na\tb\nc\td\n\ntail"
