"""The command line as a person or a script meets it: real processes over a real index."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag import Archive, Article
from rag.cli import main

ROOT = Path(__file__).parents[1]
DATELINE = [sys.executable, "-m", "rag.cli"]

DAM = """---
title: The gate that everyone knew about
date: 2026-04-11
source: The Brenmark Courier
url: https://courier.example/gate
---

Only the pump was replaced. Repairing the gate would have cost 3.6 million talers, the firm said.

Emil Rasko, an inspector, warned the water authority in November 2024 that the chain was rusting.
"""
CUP = """---
title: Mariners end a long wait
date: 2026-04-25
source: Daily Spark
url: https://spark.example/cup
---

Sellhaven Mariners won the Calvoran Cup on Saturday night, beating Brenmark Athletic 2-1.
"""
HOSTILE = (
    "The mayor \x1b]0;pwned\x07spoke to \x1b[2J\x1b[31mreporters\x9b31m on Friday. \u202eThe end."
)
QUESTION = "Who warned the water authority that the chain was rusting?"


def environment(**changes):
    kept = {name: value for name, value in os.environ.items() if name != "DATELINE_INDEX"}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **changes}


def dateline(*args, folder, stdin="", **changes):
    """Run the real command line in `folder`."""
    return subprocess.run(
        [*DATELINE, *map(str, args)],
        cwd=folder,
        env=environment(**changes),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def open_process(command, folder):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=folder, env=environment(), text=True, **pipes)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with three articles in `clippings` and their index in `index`."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "clippings").mkdir()
    (folder / "clippings" / "gate.md").write_text(DAM)
    (folder / "clippings" / "cup.md").write_text(CUP)
    (folder / "clippings" / "empty.txt").write_text("")
    done = dateline("add", "clippings", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "Added 2, updated 0, unchanged 0, duplicates 0, skipped 1." in done.stdout
    assert "empty.txt: " in done.stdout
    with Archive.open(folder / "index") as archive:
        archive.add([Article("hostile", HOSTILE, title=HOSTILE, source="Gazette")])
    return folder


@pytest.fixture
def copy(home, tmp_path):
    """A copy of `home` that a test may change."""
    return shutil.copytree(home, tmp_path / "home")


def assert_one_line(text, *parts):
    assert text.startswith("dateline: ")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    for part in parts:
        assert part in text


def test_adding_the_same_again_changes_nothing_and_says_so(copy):
    done = dateline("add", "--json", "clippings", folder=copy)
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert len(report["unchanged"]) == 2
    assert report["added"] == report["updated"] == report["failed"] == []
    assert [Path(skip["where"]).name for skip in report["skipped"]] == ["empty.txt"]


def test_a_source_that_cannot_be_used_does_not_stop_the_others(copy):
    (copy / "late.md").write_text(CUP.replace("spark.example/cup", "spark.example/late"))
    done = dateline("add", "nowhere.md", "late.md", folder=copy)
    assert done.returncode == 2
    assert "Added 1," in done.stdout
    assert_one_line(done.stderr, "nowhere.md")


def test_nothing_readable_is_exit_code_1(copy):
    done = dateline("add", "clippings/empty.txt", folder=copy)
    assert done.returncode == 1
    assert "skipped 1." in done.stdout


def test_an_answer_in_words(home):
    done = dateline("ask", QUESTION, folder=home)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "warned the water authority" in done.stdout
    assert "    The Brenmark Courier, 2026-04-11: The gate that everyone knew about" in done.stdout
    assert "    https://courier.example/gate" in done.stdout
    assert re.search(r"\n    article [0-9a-f]{16}, characters \d+-\d+\n", done.stdout)
    assert re.search(r"\nConfidence [01]\.\d\d; searched 3 articles, ", done.stdout)
    assert "\x1b" not in done.stdout


def test_an_answer_as_json_holds_exact_quotes(home):
    done = dateline("ask", "--json", QUESTION, folder=home)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert not answer["abstained"]
    assert answer["citations"]
    with Archive.open(home / "index", create=False) as archive:
        for citation in answer["citations"]:
            text = archive.get(citation["article"]["id"]).text
            assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert answer["citations"][0]["article"]["published"] == "2026-04-11"
    assert answer["nearest"][0]["word_score"] > 0


def test_no_answer_is_said_plainly_and_exit_code_1(home):
    done = dateline("ask", "Who painted the Mona Lisa?", folder=home)
    assert done.returncode == 1
    assert done.stdout.startswith("Not in these articles.")
    assert "[1]" not in done.stdout


def test_filters_limit_what_is_asked(home):
    done = dateline("ask", "--json", "--source", "Daily Spark", QUESTION, folder=home)
    answer = json.loads(done.stdout)
    assert answer["searched"]["articles"] == 1
    assert answer["searched"]["sources"] == ["Daily Spark"]
    assert all(c["article"]["source"] == "Daily Spark" for c in answer["citations"])


def test_search_shows_places_and_scores(home):
    done = dateline("search", "-k", "1", "rusting chain", folder=home)
    assert done.returncode == 0
    assert done.stdout.startswith("1.  ")
    assert "\n2.  " not in done.stdout
    assert re.search(
        r"score \d\.\d\d \(meaning -?\d\.\d\d, words \d+\.\d\d, reader -?\d+\.\d\d\)", done.stdout
    )


def test_search_as_json_takes_repeated_filters(home):
    limits = ["--source", "daily spark", "--source", "Gazette", "--since", "2026-04-25"]
    done = dateline("search", "--json", "cup", *limits, folder=home)
    found = json.loads(done.stdout)
    assert found["query"] == "cup"
    assert [hit["article"]["url"] for hit in found["hits"]] == ["https://spark.example/cup"]
    assert found["hits"][0]["text"].startswith("Sellhaven Mariners won")


def test_a_search_that_finds_nothing_is_exit_code_1(home):
    done = dateline("search", "--source", "No Such Paper", "cup", folder=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert_one_line(done.stderr, "nothing found")


def test_status_in_words_and_as_json(home):
    assert "Articles    3, in 3 passages" in dateline("status", folder=home).stdout
    status = json.loads(dateline("status", "--json", folder=home).stdout)
    assert status["articles"] == 3
    assert status["sources"] == {"Daily Spark": 1, "Gazette": 1, "The Brenmark Courier": 1}
    assert status["coverage"]["until"] == "2026-04-25"


def test_the_index_may_be_named_in_the_environment_or_on_either_side(home, tmp_path):
    index = str(home / "index")
    for done in (
        dateline("status", "--json", folder=tmp_path, DATELINE_INDEX=index),
        dateline("--index", index, "status", "--json", folder=tmp_path),
        dateline("status", "--json", "--index", index, folder=tmp_path, DATELINE_INDEX="nowhere"),
    ):
        assert json.loads(done.stdout)["path"] == index


def test_an_article_is_shown_by_url_and_by_id(home):
    by_url = json.loads(dateline("show", "--json", "https://spark.example/cup", folder=home).stdout)
    same = dateline("show", "HTTPS://Spark.example/cup?utm_source=x#top", folder=home)
    assert same.stdout.startswith(by_url["title"])
    by_id = dateline("show", by_url["id"], folder=home)
    assert by_id.returncode == 0
    assert by_id.stdout.startswith("Mariners end a long wait\nDaily Spark, 2026-04-25\n")
    assert by_id.stdout.endswith(f"\n\n{by_url['text']}\n")
    assert dateline("show", "unknown", folder=home).returncode == 1


def test_escape_sequences_of_an_article_do_not_reach_the_terminal(home):
    """Shown on a pseudo-terminal, an article may be coloured by Dateline, and by nobody else."""
    reader, writer = pty.openpty()
    for command in (["show", "hostile"], ["search", "mayor reporters"]):
        subprocess.run(
            [*DATELINE, *command],
            cwd=home,
            env=environment(TERM="xterm-256color"),
            stdin=subprocess.DEVNULL,
            stdout=writer,
            check=True,
        )
    os.close(writer)
    shown = b""
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:  # how a pseudo-terminal ends
            break
        if not part:
            break
        shown += part
    os.close(reader)
    text = shown.decode()
    assert "reporters" in text
    assert "\x1b[1m" in text  # the title, bold
    assert "\x1b[2J" not in text
    assert "\x1b[31m" not in text
    assert not set("\x07\x9b\u202e") & set(text)
    assert "\x1b]" not in text


def test_articles_are_removed_by_url_and_are_gone(copy):
    done = dateline("remove", "https://spark.example/cup", "unknown", folder=copy)
    assert done.returncode == 1
    assert re.fullmatch(r"removed [0-9a-f]{16}\n", done.stdout)
    assert_one_line(done.stderr, "unknown")
    found = json.loads(dateline("search", "--json", "Mariners", folder=copy).stdout)
    assert "https://spark.example/cup" not in [hit["article"]["url"] for hit in found["hits"]]


def test_a_whole_source_is_removed_only_when_that_is_confirmed(copy):
    refused = dateline("remove", "--source", "Daily Spark", folder=copy)
    assert refused.returncode == 2
    assert_one_line(refused.stderr, "--yes")
    done = dateline("remove", "--source", "Daily Spark", "--yes", "--json", folder=copy)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["removed"]) == 1
    status = json.loads(dateline("status", "--json", folder=copy).stdout)
    assert "Daily Spark" not in status["sources"]


def test_a_chat_through_a_pipe(home):
    lines = f"{QUESTION}\n/open 1\n/open 9\n\nWho painted the Mona Lisa?\n/quit\nnever read\n"
    done = dateline("chat", folder=home, stdin=lines)
    assert done.returncode == 0, done.stderr
    assert re.search(r"»[^»]*warned the water authority[^»]*«", done.stdout)
    assert "There is no such quote; /open one of: 1" in done.stdout
    assert "Not in these articles." in done.stdout
    assert done.stderr == ""


def corrupt(folder):
    (folder / "index").mkdir()
    (folder / "index" / "dateline.db").write_bytes(b"not a database" * 1000)


def a_file(folder):
    (folder / "index").write_text("no folder")


@pytest.mark.parametrize(
    ("prepare", "command", "parts"),
    [
        (a_file, ["ask", "Who?"], ["index: cannot hold an index (it is a file"]),
        (None, ["ask", " "], ["QUESTION", "it is empty"]),
        (None, ["quotes", "--about", ""], ["--about", "it is empty"]),
        (None, ["timeline", "dam", "-k", "-1"], ["-k", "-1", "0 is for all"]),
        (None, ["ask", "Who?"], ["no index at index", "dateline add"]),
        (None, ["status", "--json"], ["no index at index", "dateline add"]),
        (corrupt, ["search", "chain"], ["index"]),
        (None, ["add", "no\nsuch\x1b[31m.txt"], ["such"]),
        (None, ["ask", "--since", "last year", "Who?"], ["since is 'last year'", "2024-02-26"]),
        (None, ["search", "-k", "0", "x"], ["-k", "dateline search --help"]),
        (None, ["fly"], ["fly", "dateline --help"]),
        (None, ["serve", "--port", "99999"], ["port is 99999"]),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_an_error_is_one_line_and_exit_code_2(tmp_path, prepare, command, parts):
    if prepare:
        prepare(tmp_path)
    done = dateline(*command, folder=tmp_path)
    assert done.returncode == 2
    assert_one_line(done.stderr, *parts)
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr


def test_debug_shows_where_an_error_comes_from(tmp_path):
    done = dateline("--debug", "status", folder=tmp_path)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert "IndexNotFound" in done.stderr


@pytest.mark.usefixtures("_ctrl_c_works")
def test_ctrl_c_keeps_what_was_stored_and_the_same_command_goes_on(tmp_path):
    lines = (
        json.dumps({"url": f"https://a.example/{n}", "text": f"Item {n}."}) for n in range(1500)
    )
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    command = [*DATELINE, "add", "many.jsonl"]
    with open_process(command, tmp_path) as process:
        assert re.match(r"[\d,]+ articles", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert out == ""
    message = err.splitlines()[-1]
    kept = int(re.search(r"the index holds ([\d,]+) articles", message)[1].replace(",", ""))
    assert 0 < kept < 1500
    assert "Traceback" not in err
    done = dateline("add", "--json", "many.jsonl", folder=tmp_path)
    report = json.loads(done.stdout)
    assert len(report["unchanged"]) == kept
    assert len(report["added"]) == 1500 - kept


def test_a_reader_that_goes_away_is_no_error(home):
    with open_process([*DATELINE, "show", "hostile"], home) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_help_names_every_command_and_the_exit_codes(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for command in ("add", "remove", "search", "ask", "chat", "serve", "status", "show"):
        assert re.search(rf"^    {command} ", text, re.MULTILINE)
    assert "130  interrupted" in text
