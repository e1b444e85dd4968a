"""What becomes of answers and articles as HTML: every text stays text, every mark is in place."""

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_shelf import Shelf, article

from rag import Answer, Citation, Coverage, Day, Filters, IngestReport, Progress, Skipped, Span
from rag.types import make_id
from rag.web import render
from rag.web.turns import Turn

HOSTILE = (
    "<script>window.hit = 1</script><img src=x onerror='hit()'> ${hit()} {{hit}} `hit` \\u{41} "
    '[1](#x) ![i](http://evil.example/i.png) $$x$$ " onmouseover="hit() \' </article></html> '
    "javascript:hit() \u202edesrever\u202c &lt;b&gt; <!-- <![CDATA["
)


class Seen(HTMLParser):
    """The tags, attributes and text of a piece of HTML, as a browser would read it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(str(html))
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        self.tags.append((tag, about))
        name = ".".join([tag, *(about.get("class") or "").split()])
        self.texts.setdefault(name, []).append("")
        self.open.append((tag, name))

    def handle_endtag(self, tag):
        while self.open:
            opened, _ = self.open.pop()
            if opened == tag:
                return
            assert opened in VOID, f"<{opened}> is still open at </{tag}>"
        raise AssertionError(f"</{tag}> closes nothing")

    def handle_data(self, data):
        for _, name in self.open:
            self.texts[name][-1] += data

    def handle_comment(self, data):
        raise AssertionError(f"comment {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [about for name, about in self.tags if name == tag]


VOID = {"progress"}
OURS = {"div", "article", "h2", "h3", "p", "strong", "a", "figure", "blockquote", "q", "figcaption"}
OURS |= {"bdi", "time", "button", "section", "ol", "li", "span", "mark"}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1)
anything = texts | st.sampled_from([HOSTILE, HOSTILE[::-1]])
worded = anything.filter(str.strip)


def bare(text):
    """The text without its white space, of which paragraphs drop some."""
    return "".join(text.split())


def cite(source, start, end, marker=1, **about):
    return Citation(marker, source.text[start:end], start, end, source, **about)


def found(source, *spans, **about):
    citations = tuple(cite(source, *span, marker=n) for n, span in enumerate(spans, 1))
    return Answer("Who?", "“…” [1]", citations, **about)


def shown(answer, **about):
    return Seen(render.conversation([Turn(1, answer.question, answer=answer, **about)]))


@given(text=worded, title=anything, source=anything, question=anything, speaker=anything)
def test_text_of_an_article_or_a_user_never_becomes_markup(text, title, source, question, speaker):
    one = article(1, text, title=title, source=source, authors=(speaker,), url=title)
    cited = cite(one, 0, len(text), speaker=speaker)
    answer = Answer(question, f"“{text}” [1]", (cited,), short=text)
    seen = Seen(
        render.conversation(
            [
                Turn(1, question, Filters(sources=(source,)), answer, "done"),
                Turn(2, question, state="failed", problem=question),
            ]
        )
    )
    assert {tag for tag, _ in seen.tags} <= OURS
    assert seen.texts["q"] == [text]
    assert seen.texts["h2.question"] == [question, question]
    assert seen.texts["bdi.speaker"] == [speaker]
    assert seen.texts["a.title"] == [one.title or "Read the article"]
    view = Seen(render.article_view(one, Span(0, len(text))))
    assert {tag for tag, _ in view.tags} <= OURS
    assert bare("".join(view.texts["mark.cited"])) == bare(text)
    for name, attributes in [*seen.tags, *view.tags]:
        assert not [key for key in attributes if key.startswith("on")], name


@given(names=st.lists(st.tuples(anything, anything), min_size=1, max_size=3))
def test_a_report_shows_names_of_files_as_text(names):
    seen = Seen(render.report(IngestReport(skipped=tuple(Skipped(*name) for name in names))))
    assert {tag for tag, _ in seen.tags} == {"div", "p", "ul", "li", "strong", "bdi"}
    assert seen.texts["bdi"] == [where for where, _ in names]


def test_a_quote_shows_where_and_when_it_appeared():
    one = article(5, "Rivers rose. People left.", title="Flood", source="AP")
    seen = shown(found(one, (0, 12), short="Rivers"))
    assert seen.texts["q"] == ["Rivers rose."]
    assert seen.texts["figcaption"] == ["AP, 5 February 2024 · Flood"]
    assert seen.all("time") == [{"datetime": "2024-02-05"}]
    assert seen.texts["strong"] == ["Rivers"]
    assert seen.texts["a.mark"] == ["[1]", "[1]"]
    assert seen.all("blockquote") == [{"dir": "auto"}]


@pytest.mark.parametrize(
    ("source", "published", "said"),
    [
        ("AP", None, "Peskov, in AP, undated · Read the article"),
        (None, date(2024, 2, 5), "Peskov, source not known, 5 February 2024 · Read the article"),
        (None, None, "Peskov, source and date not known · Read the article"),
    ],
)
def test_what_is_not_known_of_an_article_is_said(source, published, said):
    one = article(5, "Rivers rose.", title="", source=source, published=published)
    answer = Answer("Who?", "…", (cite(one, 0, 12, speaker="Peskov"),))
    assert shown(answer).texts["figcaption"] == [said]


def test_a_mark_leads_to_its_article_with_the_other_quotes_of_it():
    one, other = article(1, "First. Second. Third."), article(2, "Elsewhere.")
    answer = Answer(
        "Who?", "…", (cite(one, 0, 6), cite(one, 7, 14, marker=2), cite(other, 0, 10, marker=3))
    )
    marks = [about for about in shown(answer).all("a") if about["class"] == "mark"]
    assert [mark["data-quote"] for mark in marks] == ["quote-1-1", "quote-1-2", "quote-1-3"]
    asked = [parse_qs(urlsplit(mark["href"]).query) for mark in marks]
    version = [make_id(one.text)]
    assert asked[0] == {"id": ["a1"], "version": version, "at": ["0-6"], "also": ["7-14"]}
    assert asked[1] == {"id": ["a1"], "version": version, "at": ["7-14"], "also": ["0-6"]}
    assert "also" not in asked[2]


def test_the_short_answer_is_marked_with_the_quote_that_holds_it():
    one = article(1, "Some said no. Peskov said yes.")
    answer = found(one, (0, 13), (14, 30), short="Peskov")
    short = next(about for about in shown(answer).all("a") if about["class"] == "mark")
    assert short["data-quote"] == "quote-1-2"


def test_an_abstention_says_what_was_searched_and_what_came_nearest():
    shelf = Shelf([article(2, "Rain fell.", source="AP"), article(9, "It was dry.", source="Rtr")])
    *_, answer = shelf.stream("nothing")
    seen = shown(answer, state="done")
    assert seen.texts["strong"] == ["Not in these articles."]
    assert seen.texts["p.searched"] == [
        "Searched: 2 articles from 2 to 9 February 2024 · AP and Rtr"
    ]
    assert seen.texts["h3"] == ["Nearest passages, not an answer"]
    assert seen.texts["li"] == [
        "Title 2 · AP, 2 February 2024Rain fell.",
        "Title 9 · Rtr, 9 February 2024It was dry.",
    ]
    assert all("data-panel" in about for about in seen.all("a"))


def test_an_abstention_over_nothing_says_so():
    answer = Answer("Who?", "Not in these articles.", abstained=True, searched=Coverage(0))
    assert shown(answer).texts["p.searched"] == ["There was no article to search."]


def test_a_stopped_and_a_failed_turn_say_so():
    one = article(1, "Text.")
    assert "Stopped." in shown(found(one, (0, 5)), state="stopped").texts["p.working"]
    failed = Seen(render.conversation([Turn(1, "Who?", state="failed", problem="store: full.")]))
    assert failed.texts["p.problem"] == ["store: full."]
    assert not failed.all("button")


def test_passages_of_an_article_are_marked_where_they_stand():
    one = article(1, "One two three.\n\nFour five.\nSix.\n \n\tSeven.")
    view = Seen(render.article_view(one, Span(4, 20), [Span(0, 7), Span(27, 31)]))
    assert view.texts["p"] == ["One two three.", "Four five.\nSix.", "\tSeven."]
    assert view.texts["mark.cited"] == ["two", " three.", "Four"]
    assert view.texts["mark.also"] == ["One ", "Six."]


@given(st.data(), worded)
def test_marks_hold_exactly_the_characters_of_their_spans(data, text):
    at, also = (
        Span(*sorted(data.draw(st.lists(edges, min_size=2, max_size=2, unique=True))))
        for edges in [st.integers(0, len(text))] * 2
    )
    view = Seen(render.article_view(article(1, text), at, [also]))
    assert bare("".join(view.texts.get("mark.cited", []))) == bare(text[at.start : at.end])
    assert bare("".join(view.texts["div.text"])) == bare(text)


def test_lines_are_paragraphs_where_there_are_no_blank_lines():
    view = Seen(render.article_view(article(1, "One.\nTwo."), None))
    assert view.texts["p"] == ["One.", "Two."]


def test_a_changed_article_says_so_and_marks_nothing():
    view = Seen(render.article_view(article(1, "New text."), Span(0, 3), changed=True))
    assert "changed since it was quoted" in view.texts["p.problem"][0]
    assert not view.all("mark")


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://apnews.com/a?b=1&c=2", True),
        ("HTTP://apnews.com/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        (" \tjavascript:alert(1)//https://", False),
        ("https://a.example/ b", False),
        ("/local", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_linked(url, linked):
    links = Seen(render.article_view(article(1, "Text.", url=url), None)).all("a")
    assert [link["href"] for link in links] == ([url] if linked else [])
    for link in links:
        assert link["rel"] == "noopener noreferrer"
        assert link["target"] == "_blank"


def test_an_article_says_who_wrote_it_and_when_it_was_updated():
    one = article(1, "Text.", authors=("Ann", "Bob"), updated=datetime(2024, 3, 2, 9, tzinfo=UTC))
    about = Seen(render.article_view(one, None)).texts["p.about"]
    assert about == ["The Post, 1 February 2024 · Ann, Bob · updated 2 March 2024"]


def test_the_head_says_what_there_is_to_ask():
    many = [article(n, "Text.", source=f"Paper {n}") for n in range(1, 9)]
    seen = Seen(render.masthead(Shelf([*many, article(9, "T.", published=None)]).status()))
    assert seen.texts["p.holdings"] == [
        "9 articles from 1 to 8 February 2024 (1 undated) · "
        "Paper 1, Paper 2, Paper 3, Paper 4, Paper 5 and 4 more"
    ]


def test_a_report_tells_how_many_articles_have_no_date():
    seen = Seen(render.report(IngestReport(("a", "b"), undated=("b",))))
    assert seen.texts["p"] == ["2 added. Without a date that can be read: 1."]


def test_a_report_counts_everything_and_gives_each_reason():
    report = IngestReport(("a", "b"), ("c",), (), ("d",), (Skipped("x.pdf", "not a known type"),))
    seen = Seen(render.report(report))
    assert seen.texts["p"] == ["2 added, 1 updated, 1 duplicate, 1 skipped."]
    assert seen.texts["li"] == ["x.pdf: not a known type"]
    assert Seen(render.report(IngestReport())).texts["p"] == ["Nothing was added."]
    many = IngestReport(skipped=tuple(Skipped(f"{n}.pdf", "no") for n in range(60)))
    assert Seen(render.report(many)).texts["li"][-1] == "and 10 more"


def test_progress_is_a_bar_where_the_end_is_known():
    seen = Seen(render.adding(Progress(1, 5, 2, 0.25)))
    assert seen.all("progress")[0]["value"] == "0.250"
    assert seen.texts["p"] == ["5 passages read, 1 article stored, 2 skipped"]
    assert "value" not in Seen(render.adding(Progress(0, 0, 0))).all("progress")[0]
    assert Seen(render.reading(1, 3)).texts["p"] == ["Reading 2 of 3 files …"]


def test_the_limits_of_a_question_are_shown_with_it():
    limited = Filters(("AP",), "2024-02-01", None, ("de",))
    seen = Seen(render.conversation([Turn(1, "Who?", limited)]))
    assert seen.texts["p.limits"] == ["only AP · since 1 February 2024 · in German"]
    dates = replace(limited, sources=None, languages=None, until=Day.of(date(2025, 1, 2)))
    seen = Seen(render.conversation([Turn(1, "Who?", dates)]))
    assert seen.texts["p.limits"] == ["from 1 February 2024 to 2 January 2025"]
