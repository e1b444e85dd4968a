"""What is printed: safe whatever the article says, wrapped, and plain where no terminal is."""

import io
import re
import unicodedata
from contextlib import redirect_stdout
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terminal.answers import (
    answer_lines,
    context_lines,
    hit_lines,
    saved_lines,
    statement_lines,
)
from rag.terminal.articles import article_lines, history_lines, report_lines, status_lines
from rag.terminal.screen import Screen, clean, one_line, progress_shown
from rag.types import (
    Answer,
    Article,
    Citation,
    Copy,
    Coverage,
    Hit,
    IngestReport,
    Passage,
    Progress,
    SavedAnswer,
    SavedCitation,
    Skipped,
    Statement,
    Status,
    Version,
    parse_iso,
)

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal(io.StringIO):
    """Standard output that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return Terminal()


def printed(make_lines):
    """What `make_lines(screen)` prints into a pipe."""
    screen = Screen()
    with screen.capture() as capture:
        screen.show(make_lines(screen))
    return capture.get()


def cited(text, quote, **fields):
    start = text.index(quote)
    return Citation(1, quote, start, start + len(quote), Article("a1", text, **fields))


def answer(citation, **fields):
    return Answer("Who?", f"“{citation.quote}” [1]", (citation,), confidence=0.8, **fields)


LONG = "The water authority had been told twice that the chain of gate No. 3 was rusting. " * 12
NOON = parse_iso("2026-04-12T12:00Z")
URL = "https://courier.example/2026/04/11/" + "a-long-name-" * 10


def test_an_answer_shows_the_few_words_each_quote_and_its_place():
    citation = cited(
        "Rain fell. “Repair it,” wrote Emil Rasko.",
        "“Repair it,” wrote Emil Rasko.",
        title="The gate",
        url="https://courier.example/gate",
        source="Courier",
        published=parse_iso("2026-04-11"),
    )
    searched = Coverage(3, parse_iso("2026-04-01"), parse_iso("2026-04-30"), ("Courier",), 1)
    text = printed(lambda s: answer_lines(answer(citation, short="Rasko", searched=searched), s))
    assert text.splitlines() == [
        "Rasko",
        "",
        "[1] ““Repair it,” wrote Emil Rasko.”",
        "    Courier, 2026-04-11: The gate",
        "    https://courier.example/gate",
        "    article a1, characters 11-41",
        "",
        "Confidence 0.80; searched 3 articles, 2026-04-01 to 2026-04-30 (1 without a",
        "date).",
    ]


def test_who_else_carries_a_story_which_version_is_cited_and_an_opinion_are_told():
    def place(*sources, **fields):
        copies = tuple(
            Copy(f"c{n}", f"Title {n}", name, None, None) for n, name in enumerate(sources)
        )
        made = replace(cited("Rain fell.", "Rain fell.", source="AP", **fields), copies=copies)
        return " ".join(printed(lambda s: answer_lines(answer(made), s)).splitlines()[1:3])

    assert place().split() == ["AP,", "no", "date", "article", "a1,", "characters", "0-10"]
    assert "    AP, also in The Age, no date" in place("The Age")
    assert "    AP, also in 2 outlets (The Age, Title 1), no date" in place("The Age", None)
    assert "    AP, also in The Age, no date" in place("The Age", "The Age")
    assert "also in 5 outlets (A, B, C, D, ...), no date" in place(*"ABCDE")
    assert "    AP, no date (version 3): Dam" in place(title="Dam", version=3)
    opinion = replace(cited("Build it.", "Build it."), voice="opinion")
    assert "\n    an opinion\n" in printed(lambda s: answer_lines(answer(opinion), s))


def test_a_statement_says_who_said_it_and_how():
    article = Article("a1", "“Leave,” Ada Marsh said. It was late, she said.", source="Courier")
    direct = Statement("Ada Marsh", "mayor", "said", "Leave,", "direct", 1, 7, article)
    assert printed(lambda s: statement_lines(direct, s)).splitlines() == [
        "Ada Marsh, mayor (said)",
        "    “Leave,”",
        "    Courier, no date",
        "    article a1, characters 1-7",
    ]
    retold = Statement(None, None, "", "It was late", "indirect", 25, 36, article)
    assert printed(lambda s: statement_lines(retold, s)).startswith(
        "somebody not named\n    It was late\n"
    )


def test_a_saved_answer_says_what_became_of_each_of_its_articles():
    citation = cited("Rain fell. It stopped.", "Rain fell.", source="Courier")
    same = citation.article
    changed = replace(same, text="Rain fell. It goes on.", version=2)
    corrected = replace(same, text="Snow fell.", version=3)
    saved = SavedAnswer(
        4,
        "What fell?",
        "rain",
        0.5,
        NOON,
        (
            SavedCitation(1, "a1", citation, same, "current"),
            SavedCitation(2, "a1", replace(citation, marker=2), changed, "changed"),
            SavedCitation(3, "a1", replace(citation, marker=3), corrected, "corrected"),
            SavedCitation(4, "gone", None, None, "removed"),
        ),
    )
    lines = printed(lambda s: saved_lines(saved, s)).splitlines()
    quote = ["    Courier, no date", "    article a1, characters 0-10"]
    assert lines == [
        "4. What fell?",
        "    saved 2026-04-12 12:00 UTC",
        "    rain",
        "[1] “Rain fell.”",
        *quote,
        "[2] “Rain fell.”",
        *quote,
        "    changed since; there is a version 2, and the quote still stands in it",
        "[3] “Rain fell.”",
        *quote,
        "    corrected since; there is a version 3, and the quote is not in it any more",
        "    [4] its article, gone, was removed",
    ]


def test_a_history_shows_what_each_version_took_out_and_put_in():
    first = Article("a1", "Rain fell. Nine died.", published=parse_iso("2026-04-11"))
    second = replace(
        first,
        text="Rain fell. Ten died. Correction: this article misstated the toll.",
        updated=NOON,
        version=2,
    )
    versions = [Version(first, NOON, NOON), Version(second, parse_iso("2026-04-12T13:30Z"), NOON)]
    assert printed(lambda s: history_lines(versions, s)).splitlines() == [
        "Version 1, 2026-04-11; taken in 2026-04-12 12:00 UTC",
        "Version 2, 2026-04-12 12:00 UTC; taken in 2026-04-12 13:30 UTC",
        "  - Nine died.",
        "  + Ten died. Correction: this article misstated the toll.",
        "    correction: Correction: this article misstated the toll.",
    ]


def test_an_abstention_never_looks_like_an_answer():
    article = Article("a1", LONG, source="Courier")
    nearest = Hit(Passage("a1", 0, 0, len(LONG), LONG, ()), article, 0.3)
    sentence = "Not in these articles. Searched 3 articles."
    value = Answer("Who won?", sentence, abstained=True, nearest=(nearest,))
    lines = printed(lambda s: answer_lines(value, s)).splitlines()
    assert lines[0] == sentence
    assert lines[2] == "The nearest passages, which are not an answer:"
    assert "[1]" not in "\n".join(lines)
    assert "Confidence" not in "\n".join(lines)


def test_lines_are_wrapped_to_80_columns_in_a_pipe_and_urls_stay_whole():
    citation = cited(LONG, LONG.strip(), title="Long " * 40, source="Courier " * 20, url=URL)
    lines = printed(lambda s: answer_lines(answer(citation), s)).splitlines()
    assert [line.strip() for line in lines if len(line) > 80] == [URL]
    assert not any(line.endswith(" ") for line in lines)
    quote = " ".join(
        line.strip() for line in lines[: next(i for i, t in enumerate(lines) if "”" in t) + 1]
    )
    assert quote == f"[1] “{LONG.strip()}”"


def test_lines_stay_readable_in_a_wide_window(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    lines = printed(lambda s: answer_lines(answer(cited(LONG, LONG.strip())), s)).splitlines()
    assert 80 < max(map(len, lines)) <= 100


def test_wide_letters_are_counted_as_wide():
    citation = cited("湾" * 100, "湾" * 100)
    lines = printed(lambda s: answer_lines(answer(citation), s)).splitlines()
    assert max(line.count("湾") for line in lines) <= 38


@given(
    st.text(min_size=1).filter(str.strip)
    | st.sampled_from(["\x1b[2J\x1b[31mred", "\x9b31m", "a\rb", "\u202eevil", "[bold]x[/bold]"])
)
def test_no_character_of_an_article_steers_the_terminal(text):
    try:
        article = Article("a1", text, title=text, url=text, source=text, authors=(text,))
    except ValueError:
        return
    copies = (Copy(text, text, text, text, None), Copy(text, text, None, None, None))
    citation = Citation(1, text, 0, len(text), article, text, "opinion", copies)
    hit = Hit(Passage("a1", 0, 0, len(text), text, ()), article, 0.5, copies=copies)
    said = Statement(text, text, text, text, "direct", 0, len(text), article)
    newer = replace(article, text=f"Correction: this article said {text} {text}", version=2)
    told = (
        SavedCitation(1, text, citation, newer, "corrected"),
        SavedCitation(2, text, None, None, "removed"),
    )
    saved = SavedAnswer(1, text, text, 0.5, NOON, told)
    report = IngestReport(skipped=(Skipped(text, text),))
    status = Status(text, 1, 1, Coverage(1), {text: 1}, {text: 1}, text, 1, 1)
    for make_lines in (
        lambda s: answer_lines(answer(citation, short=text), s),
        lambda s: answer_lines(Answer("?", text, abstained=True, nearest=(hit,)), s),
        lambda s: hit_lines(1, hit, s),
        lambda s: article_lines(article, s),
        lambda s: context_lines(citation, s),
        lambda s: report_lines(report),
        lambda s: status_lines(status, s),
        lambda s: statement_lines(said, s),
        lambda s: saved_lines(saved, s),
        lambda s: history_lines([Version(article, NOON, NOON), Version(newer, NOON, NOON)], s),
    ):
        for character in printed(make_lines):
            assert character in "\n\t" or unicodedata.category(character) != "Cc"
            assert character not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"


def test_markup_and_emoji_names_in_a_text_are_only_text():
    text = "[bold red]Not bold[/bold red] :fire: [link=https://evil.example]x[/link]"
    assert text in printed(lambda s: article_lines(Article("a1", text), s))


def test_half_a_character_of_a_file_name_can_be_printed():
    assert one_line("caf\udce9.txt: empty") == "caf\ufffd.txt: empty"


def test_cleaning_leaves_ordinary_text_of_any_script_alone():
    text = "“Für 3 €?” — يقول\tمهندس؛ 湾岸日报 👩‍🚒\n"
    assert clean(text) == text


def test_the_whole_text_goes_unwrapped_into_a_pipe():
    text = f"{LONG.strip()}\n\n{LONG.strip()}"
    assert printed(lambda s: article_lines(Article("a1", text), s)).endswith(f"\n\n{text}\n")


def test_a_quote_is_shown_in_its_surroundings():
    text = f"{LONG}\n\nThe chain broke at 2:40. {LONG}"
    citation = cited(text, "The chain broke at 2:40.")
    lines = printed(lambda s: context_lines(citation, s)).split("\n\n", 1)[1]
    assert "»The chain broke at 2:40.«" in lines
    assert lines.startswith("… ")
    assert lines.endswith(" …\n")
    assert len(lines) < 800
    around = " ".join(lines.replace("»", "").replace("«", "").split()).strip("… ")
    assert around in " ".join(text.split())


def test_a_quote_stands_out_by_colour_on_a_terminal(terminal):
    citation = cited("Rain. The chain broke.", "The chain broke.")
    with redirect_stdout(terminal):
        screen = Screen()
        screen.show(context_lines(citation, screen))
    shown = terminal.getvalue()
    assert re.search(r"Rain\. \x1b\[[0-9;]+mThe chain broke\.\x1b\[0m", shown)
    assert "»" not in shown


def test_no_color_is_honoured(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    citation = cited("Rain. The chain broke.", "The chain broke.", url="https://a.example")
    with redirect_stdout(terminal):
        screen = Screen()
        screen.show(answer_lines(answer(citation), screen))
        screen.show(context_lines(citation, screen))
    codes = "".join(ESCAPE.findall(terminal.getvalue()))
    assert not re.search(r"[\[;](3|4|9|10)[0-9][;m]", codes)
    assert "»The chain broke.«" in terminal.getvalue()


def test_a_report_names_the_first_skips_and_counts_the_rest():
    skips = tuple(Skipped(f"{n}.txt", "empty") for n in range(23))
    lines = printed(lambda s: report_lines(IngestReport(("a1", "a2"), skipped=skips))).splitlines()
    assert lines[0] == "Added 2, updated 0, unchanged 0, duplicates 0, skipped 23."
    assert lines[1] == "  skipped 0.txt: empty"
    assert lines[20] == "  skipped 19.txt: empty"
    assert lines[21:] == ["  and 3 more; --json lists all"]


def test_a_report_names_articles_whose_date_cannot_be_read():
    ids = tuple(f"a{n}" for n in range(7))
    lines = printed(lambda s: report_lines(IngestReport(ids, undated=ids))).splitlines()
    assert lines[1:] == ["  without a date that can be read 7: a0, a1, a2, a3, a4, ..."]


def test_status_names_the_largest_sources():
    sources = {f"Paper {n:02}": n for n in range(1, 21)}
    status = Status("index", 210, 900, Coverage(210), sources, {}, "MiniLM", 3, 2_500_000)
    text = " ".join(printed(lambda s: status_lines(status, s)).split())
    assert "Index index, 2.5 MB Articles 210, in 900 passages Dates none known" in text
    assert "Sources Paper 20 20, Paper 19 19," in text
    assert "Paper 09 9, and 8 more Languages none known" in text


def test_status_counts_what_is_kept_beside_the_articles():
    def shown(*counts, changed=()):
        status = Status("index", 3, 9, Coverage(3), {}, {}, "MiniLM", 3, 1, *counts)
        return " ".join(printed(lambda s: status_lines(status, s, changed)).split())

    assert shown(0, 0, 0, 0).endswith("Statements 0 Copies none")
    assert shown(1_234, 1, 1, 1, changed=[7]).endswith(
        "Statements 1,234 Copies 1 article is a copy of another Versions 1 older text of an "
        "article Saved 1 answer; changed, corrected or removed since is what 7 cites"
    )
    assert shown(2, 3, 4, 5, changed=[9, 7]).endswith(
        "Copies 3 articles are copies of others Versions 4 older texts of articles Saved 5 "
        "answers; changed, corrected or removed since is what 9, 7 cite"
    )
    assert shown(2, 0, 0, 2).endswith("Copies none Saved 2 answers")


def test_progress_in_a_log_is_a_line_for_every_hundred_articles():
    screen = Screen()
    with screen.capture() as capture, progress_shown("a.jsonl", screen) as tell:
        for articles in (0, 99, 100, 150, 1200, 1201, 1300):
            tell(Progress(articles, articles, 0, None if articles < 1000 else articles / 1300))
    assert capture.get().splitlines() == [
        "100 articles ...",
        "1,200 articles (92%) ...",
        "1,300 articles (100%) ...",
    ]


def test_progress_on_a_terminal_is_a_bar_that_goes_away(terminal):
    with redirect_stdout(terminal), progress_shown("[red]a.jsonl\x1b", Screen()) as tell:
        tell(Progress(1200, 1300, 0, None))
        tell(Progress(1200, 1300, 0, 0.5))
    shown = terminal.getvalue()
    assert "[red]a.jsonl\ufffd: 1,200 articles" in ESCAPE.sub("", shown)
    assert "50%" in shown
    assert shown.endswith("\x1b[2K")
