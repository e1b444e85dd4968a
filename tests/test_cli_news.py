"""The commands about speech, versions and saved answers, as a person or a script meets them."""

import json
import re
import shutil
from contextlib import closing
from dataclasses import replace

import pytest
from test_cli import assert_one_line, dateline

from rag import Archive, Article, Day
from rag.cli import main
from rag.types import make_id

URL = "https://courier.example/gate"
GATE = Article(
    make_id(URL),
    "Emil Rasko, an inspector, warned the water authority in November 2024 that the chain of the "
    "gate was rusting. “Nobody wrote back to me,” he said. Repairing the gate would have cost 3.6 "
    "million talers, and only the pump was replaced before the gate broke in April.",
    title="The gate that everyone knew about",
    url=URL,
    source="The Brenmark Courier",
    published=Day(2026, 4, 11),
    language="en",
)
COPY = replace(GATE, id="copy", url="https://gazette.example/gate", source="Upper Tarl Gazette")
CUP = Article(
    "cup",
    "Sellhaven Mariners won the cup. “We ran until nothing was left,” said captain Tom Ferro.",
    source="Daily Spark",
    published=Day(2026, 4, 25),
    language="en",
)
CHANGED = GATE.text.replace("3.6 million", "4.1 million")
NOTICE = "Correction: an earlier version of this article misstated the cost of the repair."
QUESTION = "Who warned the water authority that the chain of the gate was rusting?"
COST = "How much would repairing the gate have cost?"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with an index: a story and its copy, and two saved answers that cite it."""
    folder = tmp_path_factory.mktemp("home")
    with closing(Archive.open(folder / "index")) as archive:
        archive.add([GATE, COPY, CUP])
    done = dateline("ask", "--save", QUESTION, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "The Brenmark Courier, also in Upper Tarl Gazette, 2026-04-11: " in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Saved as 1; see dateline saved.")
    with closing(Archive.open(folder / "index")) as archive:
        assert archive.save(archive.ask(COST)) == 2
    return folder


@pytest.fixture(scope="module")
def changed(home, tmp_path_factory):
    """The same after the story changed, with a notice of its correction."""
    folder = shutil.copytree(home, tmp_path_factory.mktemp("changed") / "home")
    with closing(Archive.open(folder / "index")) as archive:
        newer = replace(GATE, text=f"{CHANGED}\n\n{NOTICE}", updated=Day(2026, 4, 12))
        assert archive.add([newer]).updated == (GATE.id,)
    return folder


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command in a folder; returns its exit code, output and errors."""

    def run(folder, *args):
        monkeypatch.chdir(folder)
        monkeypatch.delenv("DATELINE_INDEX", raising=False)
        capsys.readouterr()
        try:
            code = main(list(args))
        except SystemExit as stop:
            code = stop.code
        return (code, *capsys.readouterr())

    return run


def as_json(done):
    code, out, err = done
    assert (code, err) == (0, "")
    return json.loads(out)


def test_history_tells_of_a_new_headline(home, run, tmp_path):
    folder = shutil.copytree(home, tmp_path / "home")
    with closing(Archive.open(folder / "index")) as archive:
        archive.add([replace(GATE, title="Gate broken for years")])
    code, out, _ = run(folder, "history", GATE.id)
    assert code == 0
    assert f"- headline: {GATE.title}\n" in out
    assert "+ headline: Gate broken for years\n" in out


# quotes


def test_quotes_in_words(home):
    done = dateline("quotes", "--speaker", "ferro", folder=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        r"Tom Ferro, captain \(said\)\n"
        r"    “We ran until nothing was left,”\n"
        r"    Daily Spark, 2026-04-25\n"
        r"    article cup, characters 33-63\n",
        done.stdout,
    ), done.stdout


def test_quotes_as_json_hold_exact_words_at_their_place(home, run):
    found = as_json(run(home, "quotes", "--json", "--speaker", "Rasko", "--cue", "warn"))
    assert found["found"] == len(found["statements"]) == 1  # once for the story and its copy
    for said in found["statements"]:
        assert (said["speaker"], said["cue"], said["date"]) == (
            "Emil Rasko",
            "warned",
            "2026-04-11",
        )
        text = {GATE.id: GATE.text, "copy": COPY.text}[said["article"]["id"]]
        assert text[said["start"] : said["end"]] == said["content"]


def test_quotes_are_limited_by_subject_date_and_number(home, run):
    about = as_json(run(home, "quotes", "--json", "--about", "rusting chain", "-k", "1"))
    assert about["found"] == 1
    assert [said["cue"] for said in about["statements"]] == ["warned"]
    late = as_json(run(home, "quotes", "--json", "--since", "2026-04-12", "-k", "0"))
    assert {said["article"]["id"] for said in late["statements"]} == {"cup"}
    code, out, _ = run(home, "quotes", "--until", "2026-04-11", "-k", "1")
    assert code == 0
    assert re.search(r"\n\d more; -k shows so many, -k 0 all\.\n$", out)


def test_quotes_and_timelines_may_be_of_a_day_gone_by(changed, run):
    said = as_json(run(changed, "quotes", "--json", "--as-of", "2026-04-11", "-k", "0"))
    assert {one["article"]["version"] for one in said["statements"]} == {1}
    assert "cup" not in {one["article"]["id"] for one in said["statements"]}
    code, out, err = run(changed, "timeline", "the rusting chain", "--as-of", "2026-04-10")
    assert (code, out) == (1, "")
    assert_one_line(err, "no dated event about it")
    assert run(changed, "timeline", "the rusting chain", "--as-of", "2026-04-11")[0] == 0


@pytest.mark.parametrize(
    "limits", [["--speaker", "Nobody"], ["--cue", "deny"], ["--about", "quantum gravity"]]
)
def test_quotes_that_are_not_there_are_exit_code_1(home, run, limits):
    code, out, err = run(home, "quotes", *limits)
    assert (code, out) == (1, "")
    assert_one_line(err, "no such statement")
    code, out, _ = run(home, "quotes", "--json", *limits)
    assert (code, json.loads(out)) == (1, {"found": 0, "statements": []})


def test_bytes_that_are_no_text_may_be_asked_for(home, run):
    for option in ("--speaker", "--cue", "--about"):
        assert run(home, "quotes", option, "caf\udce9")[0] == 1
    assert run(home, "history", "caf\udce9")[0] == 1


# ask --save, saved


def test_saved_answers_in_words(home, run):
    code, out, err = run(home, "saved")
    assert (code, err) == (0, "")
    assert out.index(f"2. {COST}") < out.index(f"1. {QUESTION[:60]}")
    assert re.search(r"\n    saved \d{4}-\d\d-\d\d \d\d:\d\d UTC\n", out)
    assert "warned the water authority" in out
    assert "since" not in out


def test_saved_answers_whose_articles_changed(changed):
    done = dateline("saved", "--changed", folder=changed)
    assert (done.returncode, done.stderr) == (0, "")
    flat = " ".join(done.stdout.split())
    assert "3.6 million talers" in flat
    assert "corrected since; there is a version 2, and the quote is not in it any more" in flat
    assert "corrected since; there is a version 2, and the quote still stands in it" in flat


def test_saved_answers_as_json(changed, run):
    cost, warned = as_json(run(changed, "saved", "--json"))["saved"]
    assert [cost["number"], warned["number"]] == [2, 1]
    assert (warned["question"], warned["fate"]) == (QUESTION, "corrected")
    cited = cost["citations"][0]
    assert cited["citation"]["article"]["version"] == 1
    assert cited["newest"]["version"] == 2
    start, end = cited["citation"]["start"], cited["citation"]["end"]
    assert GATE.text[start:end] == cited["citation"]["quote"]


def test_where_no_article_changed_there_is_nothing_to_tell(home, run):
    code, out, err = run(home, "saved", "--changed")
    assert (code, out) == (1, "")
    assert_one_line(err, "no saved answer whose articles changed")
    code, out, _ = run(home, "saved", "--changed", "--json")
    assert (code, json.loads(out)) == (1, {"saved": []})


def test_what_was_not_answered_is_not_saved(home, run):
    code, out, _ = run(home, "ask", "--save", "--json", "Who painted the Mona Lisa?")
    assert (code, json.loads(out)["saved"]) == (1, None)
    assert len(as_json(run(home, "saved", "--json"))["saved"]) == 2


def test_a_saved_answer_is_discarded_by_its_number_once(home, tmp_path, run):
    folder = shutil.copytree(home, tmp_path / "home")
    done = dateline("saved", "--discard", "1", folder=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for number in ("1", "99", "9" * 30):
        code, out, err = run(folder, "saved", "--discard", number)
        assert (code, out) == (1, "")
        assert_one_line(err, f"no saved answer has the number {number}")
    saved = as_json(run(folder, "ask", "--save", "--json", QUESTION))
    assert saved["saved"] == 3
    assert [one["number"] for one in as_json(run(folder, "saved", "--json"))["saved"]] == [3, 2]


def test_a_removed_article_is_named_and_nothing_of_it_is_shown(home, tmp_path, run):
    folder = shutil.copytree(home, tmp_path / "home")
    assert run(folder, "remove", URL, "copy")[0] == 0
    code, out, _ = run(folder, "saved")
    assert code == 0
    assert f"its article, {GATE.id}, was removed" in out
    shown = out.replace(QUESTION, "").replace(COST, "")
    assert not any(word in shown for word in ("Rasko", "3.6", "million", "courier.example"))
    assert as_json(run(folder, "status", "--json"))["saved_changed"] == [2, 1]
    assert run(folder, "history", URL)[0] == 1


# history


def test_the_history_of_an_article_tells_what_changed(changed):
    done = dateline("history", URL, folder=changed)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"Version 1, 2026-04-11; taken in \d{4}-\d\d-\d\d \d\d:\d\d UTC", lines[0])
    assert lines[1].startswith("Version 2, 2026-04-12; taken in ")
    flat = " ".join(done.stdout.split())
    assert " - Repairing the gate would have cost 3.6 million talers" in flat
    assert " + Repairing the gate would have cost 4.1 million talers" in flat
    assert f" correction: {NOTICE}" in flat
    assert "Nobody wrote back" not in flat


def test_the_history_as_json_holds_every_text(changed, run):
    first, second = as_json(run(changed, "history", "--json", GATE.id))["versions"]
    assert (first["version"], second["version"]) == (1, 2)
    assert first["text"] == GATE.text
    assert second["text"] == f"{CHANGED}\n\n{NOTICE}"
    assert (first["updated"], second["updated"]) == (None, "2026-04-12")
    assert first["ingested"] <= second["ingested"]


def test_an_article_that_never_changed_has_one_version(home, run):
    code, out, _ = run(home, "history", "cup")
    assert code == 0
    assert re.fullmatch(r"Version 1, 2026-04-25; taken in [^\n]+\n", out)


# status and errors


def test_status_counts_statements_copies_versions_and_saved_answers(changed, run):
    status = as_json(run(changed, "status", "--json"))
    assert (status["copies"], status["versions"], status["saved"]) == (1, 1, 2)
    assert status["saved_changed"] == [2, 1]
    assert status["statements"] >= 4
    text = " ".join(run(changed, "status")[1].split())
    assert f"Statements {status['statements']} Copies 1 article is a copy of another" in text
    assert "Versions 1 older text of an article" in text
    assert "Saved 2 answers; changed, corrected or removed since is what 2, 1 cite" in text


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (["quotes", "--since", "last year"], ["since is 'last year'", "2024-02-26"]),
        (["quotes", "--since", "2026-04-02", "--until", "2026-04-01"], ["later than until"]),
        (["quotes", "-k", "-1"], ["-k", "dateline quotes --help"]),
        (["saved", "--discard", "0"], ["0 is not a whole number above 0"]),
        (["saved", "--discard", "one"], ["dateline saved --help"]),
        (["history"], ["ID_OR_URL", "dateline history --help"]),
        (["--index", "nowhere", "quotes"], ["no index at nowhere", "dateline add"]),
        (["--index", "nowhere", "saved"], ["no index at nowhere", "dateline add"]),
        (["--index", "nowhere", "history", "x"], ["no index at nowhere", "dateline add"]),
    ],
    ids=lambda value: " ".join(value) if value[0] in "quotes saved history --index" else "",
)
def test_an_error_is_one_line_and_exit_code_2(home, run, command, parts):
    code, out, err = run(home, *command)
    assert (code, out) == (2, "")
    assert_one_line(err, *parts)


def test_an_unknown_article_is_exit_code_1(home, run):
    code, out, err = run(home, "history", "unknown")
    assert (code, out) == (1, "")
    assert_one_line(err, "no article with the id or URL unknown", "dateline search")


def test_help_names_the_commands(run, tmp_path):
    code, out, _ = run(tmp_path, "--help")
    assert code == 0
    for command in ("quotes", "saved", "history"):
        assert re.search(rf"^    {command} ", out, re.MULTILINE)
