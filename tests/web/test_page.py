"""The page in a real browser, over an archive that can be held, changed and made to fail."""

import re
import threading

import pytest
from playwright.sync_api import Page, expect
from web_shelf import Shelf, article

from rag import BackendError, IndexLocked

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue uses what pandas 3 says will be gone in pandas 4.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

FLOOD = article(
    2,
    "The river rose by two metres on Friday.\n\nMayor Ann Sill warned of a second wave.\n\n"
    + "\n\n".join(f"Street {number} stood under water." for number in range(60)),
    title="River rises",
    source="The Post",
    language="en",
    authors=("Jo Reed",),
    url="https://post.example/river",
)
ARABIC = article(
    3, "ارتفع النهر مترين.", title="فيضان", source="الصدى", language="ar", published=None
)


@pytest.fixture
def shelf(stage):
    return stage[0]


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name="Question")
    box.fill(question)
    box.press("Enter")
    expect(page.get_by_role("heading", name=question, exact=True)).to_be_visible()


def turn(page: Page, number: int):
    return page.locator(f"#turn-{number}")


def done(page: Page, number: int = 1):
    one = turn(page, number)
    expect(one).to_have_attribute("aria-busy", "false")
    return one


def upload(page: Page, *files) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload articles").click()
    chooser.value.set_files(files)


def test_an_answer_is_quotes_with_their_sources(chat):
    page = chat(FLOOD, ARABIC)
    expect(page).to_have_title("Dateline")
    ask(page, "What did the river do?")
    first = done(page).locator("figure").first
    expect(first.locator("q")).to_have_text("The river rose by two metres on Friday.")
    expect(first.locator("figcaption")).to_have_text("The Post, 2 February 2024 · River rises")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("")


def test_a_mark_shows_its_quote_on_hover_and_on_focus(chat):
    page = chat(FLOOD, ARABIC)
    ask(page, "Who warned?")
    mark = done(page).get_by_role("link", name="Source 2")
    tip = page.get_by_role("tooltip")
    mark.hover()
    expect(tip).to_contain_text("Mayor Ann Sill warned of a second wave.")
    expect(tip).to_contain_text("The Post, 2 February 2024")
    expect(mark).to_have_accessible_description(
        "Mayor Ann Sill warned of a second wave. The Post, 2 February 2024"
    )
    page.get_by_role("heading", name="Dateline").hover()
    expect(tip).to_have_count(0)
    page.get_by_role("textbox", name="Question").focus()
    while not mark.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Shift+Tab")
    expect(tip).to_contain_text("Mayor Ann Sill warned of a second wave.")
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)


def test_a_click_opens_the_article_at_its_passage(chat):
    page = chat(FLOOD, ARABIC)
    ask(page, "Who warned?")
    done(page).get_by_role("link", name="Source 2").click()
    panel = page.get_by_role("complementary", name="Source article")
    expect(panel.locator("mark.cited")).to_have_text("Mayor Ann Sill warned of a second wave.")
    expect(panel.locator("mark.cited")).to_be_in_viewport()
    expect(panel.locator("mark.also")).to_have_text("The river rose by two metres on Friday.")
    expect(panel.get_by_role("heading", name="River rises")).to_be_visible()
    expect(panel.locator("article")).to_contain_text("Street 59 stood under water.")
    expect(panel.get_by_role("link", name="Original page")).to_have_attribute(
        "href", "https://post.example/river"
    )
    cited, also = (
        panel.locator(f"mark.{kind}").evaluate("mark => getComputedStyle(mark).backgroundColor")
        for kind in ("cited", "also")
    )
    assert cited != also
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_passage_far_down_is_scrolled_into_view(chat):
    far = article(1, FLOOD.text.replace("\n\n", "\n").replace("\nStreet 50", "\n\nStreet 50"))
    page = chat(far)
    ask(page, "Which street?")
    done(page).get_by_role("link", name="Source 2").click()
    cited = page.locator("#panel mark.cited").first
    expect(cited).to_contain_text("Street 50")
    expect(cited).to_be_in_viewport()


def test_everything_works_by_keyboard_alone(chat):
    page = chat(FLOOD, ARABIC)
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    page.keyboard.type("Who warned?")
    page.keyboard.press("Enter")
    mark = done(page).get_by_role("link", name="Source 1")
    while not mark.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    expect(panel.locator("mark.cited")).to_be_visible()
    expect(panel).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(mark).to_be_focused()


def test_the_filters_can_be_opened_and_left_by_keyboard(chat):
    page = chat(FLOOD, ARABIC)
    opener = page.get_by_role("button", name="Filters")
    expect(opener).to_be_visible()
    expect(page.get_by_label("Since")).to_be_hidden()
    opener.press("Enter")
    toggle = page.get_by_role("button", name="Toggle Sidebar")
    expect(toggle).to_be_focused()
    expect(page.get_by_label("Since")).to_be_visible()
    toggle.press("Enter")
    expect(page.get_by_label("Since")).to_be_hidden()
    expect(opener).to_be_focused()


def test_an_abstention_is_plain_and_its_nearest_passages_open(chat):
    page = chat(FLOOD, ARABIC)
    ask(page, "Is there nothing on the cup?")
    one = done(page)
    expect(one).to_contain_text("Not in these articles.")
    expect(one).to_contain_text(
        "Searched: 2 articles of 2 February 2024 (1 undated) · The Post and الصدى"
    )
    expect(one.get_by_role("heading", name="Nearest passages, not an answer")).to_be_visible()
    expect(one.locator("figure")).to_have_count(0)
    one.get_by_role("link", name="River rises").click()
    expect(page.locator("#panel mark.cited").first).to_be_in_viewport()


def test_old_citations_stay_alive(chat):
    page = chat(FLOOD, ARABIC)
    ask(page, "Who warned?")
    done(page)
    ask(page, "And nothing else?")
    done(page, 2)
    turn(page, 1).get_by_role("link", name="Source 3").click()
    expect(page.locator("#panel mark.cited")).to_have_text("ارتفع النهر مترين.")


def test_other_scripts_are_written_in_their_direction(chat):
    page = chat(FLOOD, ARABIC)
    ask(page, "What did the river do?")
    done(page)
    directions = page.locator("blockquote").evaluate_all(
        "quotes => quotes.map(quote => getComputedStyle(quote).direction)"
    )
    assert directions == ["ltr", "ltr", "rtl"]
    turn(page, 1).get_by_role("link", name="Source 3").click()
    text = page.locator("#panel .text p")
    expect(text).to_have_css("direction", "rtl")


def test_an_article_that_was_removed_or_changed_since_is_shown_as_such(chat, shelf):
    page = chat(FLOOD, ARABIC)
    ask(page, "What did the river do?")
    one = done(page)
    shelf.put(article(2, "The river fell again.", title="River falls"))
    one.get_by_role("link", name="Source 1").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("This article has changed since it was quoted")
    expect(panel).to_contain_text("The river fell again.")
    expect(panel.locator("mark")).to_have_count(0)
    shelf.remove("a3")
    one.get_by_role("link", name="Source 3").click()
    expect(panel).to_contain_text("This article has been removed from the index.")
    expect(panel).not_to_contain_text("ارتفع")


def test_stop_keeps_what_is_there_and_the_next_question_works(chat):
    gate = threading.Event()
    page = chat(FLOOD, ARABIC, gate=gate)
    stop = page.get_by_role("button", name="Stop", exact=True)
    ask(page, "What did the river do?")
    expect(turn(page, 1).locator("figure")).to_have_count(1)
    expect(turn(page, 1)).to_contain_text("Reading the articles")
    stop.click()
    expect(done(page)).to_contain_text("Stopped.")
    expect(stop).to_be_hidden()
    gate.set()
    ask(page, "And then?")
    expect(done(page, 2).locator("figure")).to_have_count(3)
    expect(turn(page, 1).locator("figure")).to_have_count(1)
    turn(page, 1).get_by_role("link", name="Source 1").click()
    expect(page.locator("#panel mark.cited")).to_have_text(
        "The river rose by two metres on Friday."
    )


def test_a_new_chat_is_empty(chat):
    page = chat(FLOOD, ARABIC)
    ask(page, "Who warned?")
    done(page).get_by_role("link", name="Source 1").click()
    expect(page.locator("#panel")).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.get_by_role("heading", name="Ask these articles a question.")).to_be_visible()
    ask(page, "Who warned again?")
    expect(done(page).locator("figure")).to_have_count(3)


def test_copy_gives_the_raw_answer_with_its_sources(chat):
    page = chat(article(2, "Rain & <b>wind</b> *came*.", title="Wet", source="AP"))
    ask(page, "What came?")
    done(page).get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "What came?\n\n“Rain & <b>wind</b> *came*.” [1]\n\n"
        "Sources:\n[1] AP, 2 February 2024: Wet (characters 0 to 26)\n"
    )


def test_the_conversation_downloads_as_markdown(chat):
    page = chat(FLOOD, ARABIC)
    ask(page, "Who warned?")
    done(page)
    ask(page, "Is nothing else known?")
    done(page, 2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".md")
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("# Dateline, 20")
    assert "## Who warned?" in text
    assert "```text\nMayor Ann Sill warned of a second wave.\n```" in text
    assert "[River rises](<https://post.example/river>), characters 41 to 80 of article a2" in text
    assert "## Is nothing else known?\n\nNot in these articles." in text


def test_errors_are_one_line_in_the_chat(chat, shelf):
    page = chat(FLOOD, ARABIC)
    shelf.error = BackendError("store", "the disk is full")
    ask(page, "Who warned?")
    expect(done(page).get_by_role("alert")).to_have_text(
        "Could not answer: store: the disk is full"
    )
    shelf.error = None
    ask(page, "Who warned then?")
    expect(done(page, 2).locator("figure")).to_have_count(3)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_is_said_plainly_and_the_chat_goes_on(chat, shelf, capfd):
    page = chat(FLOOD, ARABIC)
    shelf.error = ZeroDivisionError("a defect")
    ask(page, "Who warned?")
    expect(done(page).get_by_role("alert")).to_have_text(
        "Something went wrong; the terminal that runs Dateline says what."
    )
    assert "a defect" not in page.content()
    assert "a defect" in capfd.readouterr().err
    shelf.error = None
    ask(page, "Who warned then?")
    expect(done(page, 2).locator("figure")).to_have_count(3)


def test_an_index_that_another_process_writes_says_so(chat, shelf, tmp_path):
    page = chat(FLOOD, ARABIC)
    shelf.error = IndexLocked("index", "process 7 (dateline add)")
    (tmp_path / "a.txt").write_text("Rain fell all day on the town of Varrow.")
    upload(page, tmp_path / "a.txt")
    expect(page.locator("#report").get_by_role("alert")).to_have_text(
        "Could not add the articles: index is being written by process 7 (dateline add); "
        "try again when it has finished."
    )


def test_an_upload_shows_progress_and_can_be_cancelled(chat, tmp_path):
    gate = threading.Event()
    page = chat(FLOOD, gate=gate)
    for number in range(3):
        text = f"Rain fell all day on town number {number}, and the river rose."
        (tmp_path / f"{number}.txt").write_text(text)
    upload(page, *sorted(tmp_path.iterdir()))
    cancel = page.get_by_role("button", name="Cancel")
    expect(page.locator("#report")).to_contain_text("1 passage read, 1 article stored")
    bar = page.get_by_role("progressbar", name="Progress")
    assert bar.evaluate("bar => bar.position") == pytest.approx(1 / 3, abs=0.01)
    expect(page.get_by_role("button", name="Upload articles")).to_be_disabled()
    cancel.click()
    expect(page.get_by_role("button", name="Cancelling")).to_be_disabled()
    gate.set()
    expect(page.locator("#report")).to_contain_text("Cancelled. 2 articles stored before that.")
    expect(cancel).to_be_hidden()
    expect(page.get_by_role("button", name="Upload articles")).to_be_enabled()
    expect(page.locator(".masthead")).to_contain_text("3 articles")


def test_files_can_be_dropped_on_the_page(chat):
    page = chat(FLOOD)
    expect(page.get_by_role("button", name="Upload articles")).to_be_visible()
    dragged = page.evaluate_handle(
        """() => {
          const dragged = new DataTransfer();
          for (const name of ["a.txt", "b.txt"]) {
            dragged.items.add(new File([`Rain fell on ${name}.`], name, {type: "text/plain"}));
          }
          return dragged;
        }"""
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": dragged})
    expect(page.locator("body")).to_have_class(re.compile("dropping"))
    page.dispatch_event("main", "drop", {"dataTransfer": dragged})
    expect(page.locator("#report")).to_contain_text("2 added.")
    expect(page.locator("body")).not_to_have_class(re.compile("dropping"))
    expect(page.locator(".masthead")).to_contain_text("3 articles")


def test_closing_the_page_does_not_lose_an_upload(chat, shelf, tmp_path):
    gate = threading.Event()
    page = chat(FLOOD, gate=gate)
    for number in range(3):
        text = f"Rain fell all day on town number {number}, and the river rose."
        (tmp_path / f"{number}.txt").write_text(text)
    upload(page, *sorted(tmp_path.iterdir()))
    expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()
    page.close()
    gate.set()
    for thread in threading.enumerate():
        if thread.name == "dateline-adding":
            thread.join()
    assert shelf.status().articles == 4


def test_a_wrong_date_is_said_beside_it_and_nothing_is_searched(chat):
    page = chat(FLOOD, ARABIC)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Since").fill("last week")
    page.get_by_label("Since").blur()
    problem = "since is 'last week'; give a date such as 2024-02-26"
    expect(page.locator("#filters").get_by_role("alert")).to_have_text(problem)
    ask(page, "Who warned?")
    expect(done(page).get_by_role("alert")).to_have_text(f"Could not answer: {problem}")
    expect(turn(page, 1).locator("figure")).to_have_count(0)
    page.get_by_role("button", name="Search everything").click()
    expect(page.locator("#filters").get_by_role("alert")).to_have_count(0)
    ask(page, "Who warned then?")
    expect(done(page, 2).locator("figure")).to_have_count(3)


def test_a_source_can_be_chosen(chat):
    page = chat(FLOOD, ARABIC)
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Sources").click()
    page.get_by_role("option", name="The Post (1)").click()
    expect(page.locator("#limited")).to_have_text("Searching only The Post.")
    ask(page, "What did the river do?")
    expect(done(page).locator("figure")).to_have_count(2)
    expect(turn(page, 1)).to_contain_text("only The Post")


def test_a_question_over_a_full_queue_is_asked_to_wait(visit, monkeypatch):
    from rag.web import page as web_page
    from rag.web import start

    monkeypatch.setattr(web_page, "ASKED_AT_ONCE", 1)
    monkeypatch.setattr(web_page, "WAITING", 1)
    shelf, gate = Shelf(), threading.Event()
    shelf.reset([FLOOD], gate)
    server = start(shelf, port=0)
    try:
        asked, waiting = visit(server.url), visit(server.url)
        refused = visit(server.url, tolerate="503")
        ask(asked, "Who warned?")
        expect(turn(asked, 1).locator("figure")).to_have_count(1)
        with waiting.expect_response("**/queue/join*"):
            waiting.get_by_role("textbox", name="Question").fill("Who waits?")
            waiting.keyboard.press("Enter")
        refused.get_by_role("textbox", name="Question").fill("Who is too late?")
        refused.keyboard.press("Enter")
        expect(refused.get_by_text("busy. Please try again")).to_be_visible()
        gate.set()
        expect(done(waiting).locator("figure")).to_have_count(2)
    finally:
        gate.set()
        server.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_phone(chat, theme):
    page = chat(FLOOD, ARABIC, width=390, height=844, theme=theme)
    ask(page, "What did the river do?")
    mark = done(page).get_by_role("link", name="Source 2")
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(wide)
    mark.click()
    panel = page.get_by_role("dialog", name="Source article")
    expect(panel.locator("mark.cited")).to_be_in_viewport()
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert not page.evaluate(wide)
    assert page.evaluate("document.querySelector('gradio-app').inert")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(mark).to_be_focused()
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_label("Since")).to_be_in_viewport()
    assert not page.evaluate(wide)


CONTRAST = """
elements => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return a ? [r, g, b] : null;
  };
  const light = colour => {
    const [r, g, b] = colour.map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const found = rgb(getComputedStyle(element).backgroundColor);
      if (found) return found;
    }
    return [255, 255, 255];
  };
  return elements.map(element => {
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return [element.className || element.tagName, Math.round(ratio * 100) / 100];
  });
}
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_background(chat, theme):
    page = chat(FLOOD, ARABIC, theme=theme)
    ask(page, "What did the river do?")
    done(page)
    ask(page, "Is there nothing?")
    done(page, 2)
    turn(page, 1).get_by_role("link", name="Source 2").click()
    expect(page.locator("#panel mark.cited")).to_be_visible()
    seen = page.locator(
        "h1, h2, h3, .holdings, q, figcaption, .searched, .nearest p, .byline, a.title, a.mark,"
        "button:not([disabled]), #panel p, #panel mark, #panel a"
    )
    ratios = seen.evaluate_all(CONTRAST)
    assert len(ratios) > 30
    assert not [(name, ratio) for name, ratio in ratios if ratio < 4.5]


def test_the_page_names_its_hint_and_not_questions_about_unknown_articles(chat):
    page = chat(FLOOD, ARABIC)
    expect(page.locator(".masthead")).to_contain_text("2 articles of 2 February 2024")
    expect(page.get_by_role("main")).to_contain_text("Ask who said, warned or decided something")
    expect(page.locator("#examples")).to_be_hidden()
