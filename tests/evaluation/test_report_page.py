import base64
import re

import lxml.etree
import lxml.html
import pytest

from rag import Answer, Archive, Article, Citation
from rag.evaluation.dataset import Dataset, Question
from rag.evaluation.page import render
from rag.evaluation.plots import draw
from rag.evaluation.report import build, save
from rag.evaluation.run import Outcome
from rag.types import Hit, Passage

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;\u202e"
QUESTIONS = (
    Question(EVIL, f"Who {EVIL}?", True, ("right " + EVIL,), (EVIL,), None, EVIL, EVIL),
    Question("n", "Nobody?", False),
)


@pytest.fixture(scope="module")
def report(tmp_path_factory, minilm):
    """A report in which every text from outside is hostile."""
    article = Article(EVIL, f"It was {EVIL}", title=EVIL, source=EVIL)
    citation = Citation(1, article.text, 0, len(article.text), article, EVIL)
    hit = Hit(Passage(EVIL, 0, 0, len(article.text), article.text, ()), article, 0.5)
    outcomes = [
        Outcome(question, (hit,), (), answer, answer, 1, 1, {EVIL: 0.1})
        for question in QUESTIONS
        for answer in [Answer(question.text, "", (citation,), "no " + EVIL, confidence=0.4)]
    ]
    dataset = Dataset(EVIL, (*QUESTIONS, Question("z", "Later?", False)), None, EVIL, "0" * 64)
    with Archive.open(tmp_path_factory.mktemp("index"), embedder=minilm) as archive:
        return build(dataset, outcomes, archive, 10)


def test_text_from_outside_is_never_markup(report):
    page = lxml.html.document_fromstring(render(report))
    assert page.xpath("//script") == []
    assert {image.get("alt") for image in page.xpath("//img")} == {t for t, _ in draw(report)}
    assert not [name for element in page.iter() for name in element.keys() if name[:2] == "on"]
    text = page.text_content()
    assert "\u202e" not in text
    shown = EVIL.replace("\u202e", "\ufffd")
    assert text.startswith(f"\nDateline on {shown}\n")
    assert f"of 3 questions, part {shown} (" in text
    assert f"said to answer: {shown}." in text
    assert f"confidence 0.40: Who {shown}? {shown}" in text
    assert f"Article that answers: {shown}; rank not found" in text
    assert f"Evidence: “{shown}”" in text
    assert f"0.50 {shown}, {shown}: It was {shown}" in text
    assert f"Expected: right {shown} (said by {shown})" in text
    assert f"Short answer: no {shown}" in text
    assert f"Quoted: “It was {shown}”" in text


def test_the_page_needs_nothing_else(report):
    page = lxml.html.document_fromstring(render(report))
    links = page.xpath("//@src | //@href | //link | //iframe | //object")
    assert links
    assert all(link.startswith("data:image/svg+xml;base64,") for link in links)


def test_the_plots_are_pictures_that_stay_the_same(report):
    plots = draw(report)
    assert [title for title, _ in plots] == [
        "Rank of the first article that answers", "Confidence", "Risk and coverage", "Reliability",
    ]  # fmt: skip
    for _, svg in plots:
        assert lxml.etree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert draw(report) == plots
    drawn = re.findall('base64,([^"]+)', render(report))
    assert [base64.b64decode(data) for data in drawn] == [svg for _, svg in plots]


def test_it_is_said_that_a_report_is_partial(report):
    assert "Partial: the run was interrupted" in render(report)
    assert "Partial" not in render(report | {"complete": True})


def test_a_report_without_failures_or_curves_is_a_page_too(report):
    bare = report | {"failures": [], "risk_coverage": None, "reliability": None, "figures": {}}
    assert [title for title, _ in draw(bare)] == ["Confidence"]
    assert "<p>None.</p>" in render(bare)


def test_a_report_is_saved_as_json_and_page(report, tmp_path):
    save(report, tmp_path / "new" / "out")
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == [
        "report.html", "report.json",
    ]  # fmt: skip
