"""The whole path in a real browser: real articles, real models, a real index."""

import json
import re
import threading

import pytest
from playwright.sync_api import expect
from web_shelf import article

from rag import Archive, Filters, Settings
from rag.serialize import to_dict

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue uses what pandas 3 says will be gone in pandas 4.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

HOSTILE = (
    "The attackers wrote <script>window.hit = 1</script> and "
    '<img src="http://evil.example/x.png" onerror="window.hit = 2"> on the page of Harbour Bank. '
    "They added ${window.hit = 3} and {{window.hit}} and [1](#x) and "
    "![i](http://evil.example/i.png) and $$x^2$$ and \\u{41} to the page of Harbour Bank. "
    "Then came [a link](javascript:window.hit=4) and \u202eegassem a\u202c and </q></blockquote>"
    '<a href="javascript:window.hit=5" onclick="window.hit=6">[2]</a> on the page of Harbour Bank.'
)


@pytest.fixture(scope="module")
def samples(sample_index):
    """The samples, served, and where."""
    from rag.web import start

    with Archive.open(sample_index) as archive:
        server = start(archive, port=0)
        yield archive, server.url
        server.close()


@pytest.fixture
def fresh(tmp_path):
    """An empty index, served, and where."""
    from rag.web import start

    with Archive.open(tmp_path / "index") as archive:
        server = start(archive, port=0)
        yield archive, server.url
        server.close()


@pytest.fixture
def credulous(tmp_path):
    """An empty index, served, and where; it answers with whatever it finds, however unsure."""
    from rag.web import start

    with Archive.open(tmp_path / "index", settings=Settings(threshold=0.0)) as archive:
        server = start(archive, port=0)
        yield archive, server.url
        server.close()


def ask(page, question):
    turns = page.locator(".turn")
    before = turns.count()
    box = page.get_by_role("textbox", name="Question")
    box.fill(question)
    box.press("Enter")
    expect(turns).to_have_count(before + 1)
    expect(turns.last).to_have_attribute("aria-busy", "false", timeout=60_000)
    return turns.last


def upload(page, *files):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload articles").click()
    chooser.value.set_files(files)


def test_every_quote_on_screen_is_the_text_of_its_article(samples, visit):
    archive, url = samples
    question = "What was stolen from the Museum of Navigation?"
    answer = archive.ask(question)
    assert answer.citations
    turn = ask(visit(url), question)
    expect(turn.locator("q")).to_have_text([one.quote for one in answer.citations])
    for citation in answer.citations:
        turn.locator("blockquote").get_by_role("link", name=f"Source {citation.marker}").click()
        panel = turn.page.locator("#panel")
        expect(panel.locator("h2")).to_have_text(citation.article.title)
        expect(panel.locator("mark.cited")).to_have_text([citation.quote])
        expect(panel.locator("mark.cited")).to_be_in_viewport()
        assert citation.article.text[citation.start : citation.end] == citation.quote


def test_what_the_samples_do_not_tell_is_not_answered(samples, visit):
    archive, url = samples
    page = visit(url)
    turn = ask(page, "Who won the World Cup?")
    expect(turn).to_contain_text("Not in these articles.")
    searched = archive.status().coverage
    expect(turn).to_contain_text(f"Searched: {searched.articles} articles from 31 March to")
    expect(turn).to_contain_text("National Press Bureau")
    expect(turn.locator("q")).to_have_count(0)
    turn.locator(".nearest a").first.click()
    expect(page.locator("#panel mark.cited").first).to_be_in_viewport()


def test_filters_limit_what_is_searched(samples, visit):
    archive, url = samples
    page = visit(url)
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Languages").click()
    page.get_by_role("option", name="German").click()
    page.get_by_label("Until").fill("2026-04-14")
    page.get_by_label("Until").press("Enter")
    limited = Filters(until="2026-04-14", languages=("de",))
    known = list(archive.articles(limited))
    expect(page.locator("#limited")).to_have_text("Searching until 14 April 2026 · in German.")
    turn = ask(page, "Who won the World Cup?")
    expect(turn).to_contain_text(f"Searched: {len(known)} article")
    assert set(turn.locator(".nearest .title").all_inner_texts()) == {one.title for one in known}


def test_an_empty_index_offers_the_samples_and_questions_about_them(fresh, visit):
    archive, url = fresh
    page = visit(url)
    expect(page.get_by_role("heading", name="There are no articles here yet.")).to_be_visible()
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.get_by_role("button", name="Upload articles")).to_be_visible()
    page.get_by_role("button", name="Add the samples").click()
    expect(page.locator("#report")).to_contain_text("added", timeout=120_000)
    number = archive.status().articles
    assert number > 20
    expect(page.locator("#report")).to_contain_text(f"{number} added.")
    expect(page.locator(".masthead")).to_contain_text(f"{number} articles from 31 March to 2 May")
    expect(page.get_by_role("button", name="Add the samples")).to_be_hidden()
    page.get_by_role("button", name="Who won the World Cup?").click()
    expect(page.locator(".turn")).to_contain_text("Not in these articles.", timeout=60_000)


def test_uploads_are_added_and_what_cannot_be_read_is_named(fresh, visit, tmp_path):
    archive, url = fresh
    page = visit(url)
    (tmp_path / "rain.txt").write_text(
        "Rain fell all day on Varrow. Mayor Ann Sill closed the bridge."
    )
    (tmp_path / "sun.html").write_text(
        "<html><head><title>Sun</title></head><body><article><h1>Sun over Brenmark</h1>"
        "<p>The sun shone on Brenmark all week, and the beaches of the town were full of people "
        "who had waited for it since the long winter.</p><p>Beach warden Tom Hale counted "
        "4,000 visitors on Sunday alone.</p></article></body></html>"
    )
    lines = [{"title": "Wind", "text": "Wind tore roofs off houses in Dunmarrow.", "source": "NPB"}]
    (tmp_path / "many.jsonl").write_text(json.dumps(lines[0]) + "\n{broken\n")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "empty.txt").write_bytes(b"")
    files = [tmp_path / name for name in ("rain.txt", "sun.html", "many.jsonl")]
    upload(page, *files, tmp_path / "scan.pdf", tmp_path / "empty.txt")
    report = page.locator("#report")
    expect(report).to_contain_text("3 added, 3 skipped.", timeout=60_000)
    expect(report.locator("li")).to_have_count(3)
    for name in ("many.jsonl", "scan.pdf", "empty.txt"):
        expect(report.locator("li", has_text=name)).to_have_count(1)
    expect(page.locator(".masthead")).to_contain_text("3 articles")
    turn = ask(page, "Who closed the bridge?")
    expect(turn.locator("q").first).to_have_text("Mayor Ann Sill closed the bridge.")
    expect(report).to_be_hidden()

    upload(page, tmp_path / "rain.txt")
    expect(report).to_contain_text("1 unchanged.")
    expect(page.locator(".masthead")).to_contain_text("3 articles")


def test_what_was_stored_before_a_cancel_stays(fresh, visit, tmp_path):
    archive, url = fresh
    page = visit(url)
    rain = "Rain fell on town {0}, where mayor number {0} closed the bridge over the river. "
    lines = [json.dumps({"text": rain.format(n), "title": f"Town {n}"}) for n in range(1100)]
    (tmp_path / "towns.jsonl").write_text("\n".join(lines))
    upload(page, tmp_path / "towns.jsonl")
    report = page.locator("#report")
    expect(report).to_contain_text(re.compile(r"[1-9]\d* articles stored"), timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    expect(report).to_contain_text("Cancelled.", timeout=60_000)
    expect(page.get_by_role("button", name="Upload articles")).to_be_enabled()
    stored = archive.status().articles
    assert 0 < stored < 1100
    assert f"{stored} articles stored before that." in report.inner_text()
    expect(page.locator(".masthead")).to_contain_text(f"{stored} articles")
    turn = ask(page, "Who closed the bridge in town 3?")
    expect(turn.locator("q").first).to_contain_text("closed the bridge")


def test_uploaded_files_do_not_stay_on_disk(fresh, visit, tmp_path):
    from pathlib import Path

    from gradio.route_utils import DEFAULT_TEMP_DIR

    _, url = fresh
    page = visit(url)
    text = f"The lamp of {tmp_path} burnt for nine nights."
    (tmp_path / "lamp.txt").write_text(text)
    upload(page, tmp_path / "lamp.txt")
    expect(page.locator("#report")).to_contain_text("1 added.", timeout=60_000)
    files = [path for path in Path(DEFAULT_TEMP_DIR).rglob("*") if path.is_file()]
    assert not [path for path in files if text.encode() in path.read_bytes()]


def test_a_file_past_the_limit_is_refused_by_name(chromium, visit, tmp_path, monkeypatch):
    from rag.web import server, start

    monkeypatch.setattr(server, "MAX_UPLOAD", "1kb")
    (tmp_path / "long.txt").write_text("Rain fell. " * 200)
    with Archive.open(tmp_path / "index") as archive:
        running = start(archive, port=0)
        page = visit(running.url)
        upload(page, tmp_path / "long.txt")
        expect(
            page.get_by_text('exceed the maximum allowed size of 1.0 Kb: "long.txt"')
        ).to_be_visible()
        running.close()
        assert archive.status().articles == 0


def test_an_index_that_is_being_written_elsewhere_says_so(fresh, visit, tmp_path):
    _, url = fresh
    page = visit(url)
    (tmp_path / "rain.txt").write_text("Rain fell all day on Varrow.")
    started, gate = threading.Event(), threading.Event()

    def slow():
        started.set()
        gate.wait(60)
        yield article(1, "The other text.")

    with Archive.open(tmp_path / "index") as other:
        writer = threading.Thread(target=other.add, args=(slow(),))
        writer.start()
        assert started.wait(60)
        upload(page, tmp_path / "rain.txt")
        alert = page.locator("#report").get_by_role("alert")
        expect(alert).to_contain_text("is being written by", timeout=60_000)
        gate.set()
        writer.join()
    upload(page, tmp_path / "rain.txt")
    expect(page.locator("#report")).to_contain_text("1 added.", timeout=60_000)
    expect(page.locator(".masthead")).to_contain_text("2 articles")


def test_hostile_articles_are_only_text(credulous, visit):
    archive, url = credulous
    title = '<img src=x onerror="window.hit=7"> ${window.hit=8} [2](javascript:window.hit=9)'
    archive.add(
        [article(1, HOSTILE, title=title, url="javascript:window.hit=10", authors=(title,))]
    )
    question = "What did the attackers write on the page of Harbour Bank? <b>${window.hit=11}</b>"
    answer = archive.ask(question)
    assert answer.citations
    page = visit(url)
    turn = ask(page, question)
    expect(turn.locator("q")).to_have_text([one.quote for one in answer.citations])
    expect(turn.locator("h2")).to_have_text(question)
    expect(turn.locator(".title").first).to_have_text(title)
    turn.locator("a.mark").first.hover()
    expect(page.get_by_role("tooltip")).to_contain_text(answer.citations[0].quote)
    turn.locator("a.mark").first.click()
    panel = page.locator("#panel")
    expect(panel.locator(".text")).to_have_text(HOSTILE)
    expect(panel.locator("h2")).to_have_text(title)
    inside = page.locator("#log, #panel").locator(
        "script, img, b, iframe, form, a[href^=javascript], [onclick], [onerror], .katex"
    )
    expect(inside).to_have_count(0)
    panel.get_by_role("button", name="Close").click()
    ask(page, HOSTILE)
    assert page.evaluate("window.hit") is None


def test_what_is_removed_is_gone_from_the_next_answer(fresh, visit):
    archive, url = fresh
    archive.add([article(1, "Mayor Ann Sill closed the bridge.", title="Bridge")])
    archive.add([article(2, "The bakery opened early.", title="Bread")])
    page = visit(url)
    turn = ask(page, "Who closed the bridge?")
    expect(turn.locator("q")).to_have_text("Mayor Ann Sill closed the bridge.")
    archive.remove("a1")
    turn.locator("blockquote a").click()
    expect(page.locator("#panel")).to_contain_text("This article has been removed")
    again = ask(page, "Who closed the bridge?")
    expect(again).to_contain_text("Not in these articles.")
    expect(again).not_to_contain_text("Ann Sill")


def test_scripts_get_what_the_archive_gives(samples):
    from gradio_client import Client

    archive, url = samples
    client = Client(url, verbose=False, analytics_enabled=False)
    try:
        question = "What was stolen from the Museum of Navigation?"
        assert client.predict(question, api_name="/ask") == to_dict(archive.ask(question))
        limits = {"sources": ["Daily Spark"], "since": "2026-04-05"}
        limited = Filters(("Daily Spark",), "2026-04-05")
        assert client.predict("Who won?", **limits, api_name="/ask") == to_dict(
            archive.ask("Who won?", limited)
        )
        found = client.predict("dam", k=3, **limits, api_name="/search")
        hits = archive.search("dam", 3, limited)
        assert found == {"query": "dam", "hits": [to_dict(hit) for hit in hits]}
        with pytest.raises(Exception, match="since is 'soon'; give a date such as"):
            client.predict("dam", since="soon", api_name="/search")
    finally:
        client.close()
