from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.analysis.lineage import (
    COPY,
    UNNAMED,
    dateline_end,
    is_copy,
    join,
    origin,
    wire_credit,
)
from rag.ingest import read
from rag.types import Article

SAMPLES = Path(__file__).parents[2] / "samples/articles"


def at(hour):
    return datetime(2026, 4, 3, hour, tzinfo=UTC)


def article(text="Something happened.", id="a", **fields):
    return Article(id, text, **fields)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("BRENMARK (NPB) — The government fell.", "NPB"),
        ("VARROW, Calvora (NPB) — At least nine people were killed.", "NPB"),
        ("Two paragraphs\n\nof our own.\n\nVARROW, Calvora (NPB) — At least nine.", "NPB"),
        ("WASHINGTON (AP) — The Senate voted.", "AP"),
        ("SEOUL, South Korea (AP) _ The North fired.", "AP"),
        ("LONDON, June 3 (Reuters) - Shares rose.", "Reuters"),
        ("(Reuters) World swimming's governing body voted.", "Reuters"),
        ("Berlin (dpa/AFP) - Der Bundestag stimmt ab.", "dpa"),
        ("PARIS, 3 avril (AFP) – Le gouvernement tombe.", "AFP"),
        ("BEIJING, May 1 (Xinhua) -- Trade grew.", "Xinhua"),
        ("新华社北京4月3日电 记者从气象局获悉。", "Xinhua"),
        ("By The Associated Press\n\nThe Senate voted.", "AP"),
        ("By JOHN SMITH, Associated Press writer\n\nThe Senate voted.", "AP"),
        ("By Reuters Staff\nShares rose.", "Reuters"),
        ("By JOHN SMITH\nAssociated Press Writer\nThe Senate voted.", "AP"),
        ("By Maria Lusa\nThe Senate voted.", None),
        ("Shares rose.\n\nReuters", "Reuters"),
        ("Shares rose.\n\n— AFP", "AFP"),
        ("Shares rose. (PTI)", "PTI"),
        ("Shares rose.\n\n© 2024 Agence France-Presse", "AFP"),
        ("Shares rose.\n\nCopyright 2024 The Associated Press.", "AP"),
        ("Shares rose.\n\nWith files from The Canadian Press", "CP"),
        ("Shares rose.\n\nSource: Reuters", "Reuters"),
        ("Shares rose.\n\nThe Associated Press contributed to this report.", "AP"),
        ("Shares rose.\n\n(With agency reports)", UNNAMED),
        ("Shares rose.\n\nWith inputs from agencies", UNNAMED),
        ("The World Health Organization (WHO) — which met in Geneva — agreed.", None),
        ("A spokesman for Reuters said that its reporter was safe.", None),
        ("The minister told AFP that he would go. He spoke to the AP, too.", None),
        ("The map was wrong, and the tap ran dry.", None),
        ("Shares rose, the Associated Press reported on Monday, and fell again.", None),
    ],
)
def test_the_text_credits_an_agency(text, agency):
    assert wire_credit(article(text)) == agency


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("National Press Bureau", "National Press Bureau"),
        ("Milo Hartwin, National Press Bureau", "National Press Bureau"),
        ("Nell Abery and NPB", "NPB"),
        ("NPB staff", "NPB"),
        ("The Associated Press", "AP"),
        ("Jane Doe, Associated Press", "AP"),
        ("AFP", "AFP"),
        ("REUTERS", "Reuters"),
        ("Agencies", UNNAMED),
        ("Staff and agencies", UNNAMED),
        ("Jim Roe, AP Sports Writer", "AP"),
        ("Reuters Staff", "Reuters"),
        ("Ada Mirren", None),
        ("Antara Sen and Ria Lusa", None),
        ("RIA NOVAK", None),
        ("ADA LEE", None),
        ("Tanja Pace", None),
    ],
)
def test_an_author_that_is_an_agency_is_credited(author, agency):
    assert wire_credit(article(authors=(author,))) == agency


def test_the_dateline_counts_before_the_authors():
    copy = article("VARROW (NPB) — Nine died.", authors=("National Press Bureau",))
    assert wire_credit(copy) == "NPB"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_may_be_asked_whom_it_credits(text):
    assert wire_credit(article(text)) is None or wire_credit(article(text)).strip()


@pytest.mark.parametrize(
    "text", ["\n", " ", "—", "(", "A ", "By ", "with ", "AP ", "“", '."', "A("]
)
def test_hostile_texts_take_no_time(text):
    text = text * 100_000 + "."
    wire_credit(article(text, authors=(text,)))
    assert is_copy(text, text + "!")


def test_the_origin_is_the_agency_that_the_copies_credit():
    copies = [
        article("VARROW (NPB) — Nine died.", "1", source="The Courier", published=at(9)),
        article("VARROW (NPB) — Nine died.", "2", source="Gazette"),
        article("Nine died.", "3", source="National Press Bureau", published=at(11)),
    ]
    assert origin(copies).id == "3"
    assert origin(copies, ["NPB", None, None]).id == "3"
    assert origin(copies, [None, None, None]).id == "1"


@pytest.mark.parametrize(
    ("credit", "source"),
    [
        ("AP", "The Associated Press"),
        ("AP", "apnews.com"),
        ("Reuters", "www.reuters.com"),
        ("AFP", "Agence France-Presse"),
        ("NPB", "National Press Bureau"),
        ("NPB", "National Press Bureau (NPB)"),
        ("National Press Bureau", "NPB"),
    ],
)
def test_an_agency_is_known_by_any_of_its_names(credit, source):
    copies = [article(id="1", source="Gazette"), article(id="2", source=source)]
    assert origin(copies, [credit, None]).id == "2"


def test_without_a_credit_the_origin_is_the_earliest():
    undated = article(id="a")
    day = article(id="b", published=date(2026, 4, 3))
    early, also_early = article(id="d", published=at(12)), article(id="c", published=at(12))
    assert origin([undated, day, early, also_early]) is also_early
    assert origin([undated, day]) is day
    assert origin([undated]) is undated


def test_a_new_article_joins_the_nearest_story():
    assert join({4: 0.6, 2: 0.9, 7: COPY}) == 2
    assert join({4: 0.9, 2: 0.9}) == 2
    assert join({4: COPY - 0.01}) is None
    assert join({}) is None


def test_the_samples_hold_one_wire_story_and_its_three_copies():
    articles = [item for item in read(SAMPLES) if isinstance(item, Article)]
    pairs = [
        (one.source, other.source)
        for number, one in enumerate(articles)
        for other in articles[:number]
        if is_copy(one.text, other.text)
    ]
    members = {source for pair in pairs for source in pair}
    assert len(pairs) == 6
    assert members == {
        "National Press Bureau",
        "Radio Television Calvora",
        "The Brenmark Courier",
        "Upper Tarl Gazette",
    }
    dam = [copy for copy in articles if "gate at the Kessen Dam gave way" in copy.text]
    assert len(dam) == 4
    assert origin(dam).source == "National Press Bureau"
    assert {wire_credit(copy) for copy in dam} == {"NPB"}


@pytest.mark.parametrize(
    ("sentence", "behind"),
    [
        ("ARDESH, Lothmar (NPB) — Lothmar warned Calvora.", "Lothmar warned Calvora."),
        ("Berlin (dpa/AFP) - Der Kanzler sprach.", "Der Kanzler sprach."),
        ("(Reuters) - The bank said so.", "The bank said so."),
        ("The minister (NPB) said so.", "The minister (NPB) said so."),
        ("He said so.", "He said so."),
        ("", ""),
    ],
)
def test_a_sentence_goes_on_behind_its_dateline(sentence, behind):
    assert sentence[dateline_end(sentence) :] == behind
