"""`dateline eval` as it is run, with the real embedder over a few articles."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag import Archive

ROOT = Path(__file__).parents[2]
EVAL = [sys.executable, "-m", "rag.cli", "eval"]
ARTICLES = {
    "dam": "Inspector Emil Rasko warned the water authority in March that the chain was rusting. "
    "Repairing the gate would have cost 3.6 million talers.",
    "cup": "Sellhaven Mariners won the Calvoran Cup on Saturday, beating Brenmark Athletic 2-1.",
    "evil": "The mayor \x1b[2J spoke of the <b>budget</b> on Friday.",
}
QUESTIONS = [
    {"id": "w", "question": "Who warned that the chain was rusting?", "answers": ["Emil Rasko"],
     "gold_ids": ["dam"], "part": "tune"},
    {"id": "n", "question": "Which comet was discovered in 1871?", "label": "unanswerable"},
]  # fmt: skip


@pytest.fixture
def data(tmp_path):
    """A small data set."""
    folder = tmp_path / "small"
    folder.mkdir()
    rows = [{"id": name, "text": text, "title": name} for name, text in ARTICLES.items()]
    for name, lines in (("corpus", rows), ("questions", QUESTIONS)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def environment(**changes):
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "DATELINE_INDEX": ""} | changes


def evaluate(*args, folder, **changes):
    return subprocess.run(
        [*EVAL, *map(str, args)],
        cwd=folder,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_a_data_set_is_measured_without_touching_the_usual_index(data, tmp_path):
    usual = tmp_path / "usual"
    done = evaluate(data, folder=tmp_path, DATELINE_INDEX=str(usual))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("small: 2 of 2 questions asked of 3 articles")
    assert "1.000  1.000 - 1.000     1  hit@1" in done.stdout
    report = json.loads((tmp_path / "eval-report" / "report.json").read_text())
    assert report["figures"]["hit@1"]["value"] == 1
    assert (tmp_path / "eval-report" / "report.html").is_file()
    assert not usual.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"small", "eval-report"}


def test_a_named_index_is_made_and_used_again(data, tmp_path):
    common = ("--index", "kept", "--out", "out")
    done = evaluate(data, *common, "--part", "tune", "--json", folder=tmp_path)
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "report.json").read_text())
    assert json.loads(done.stdout)["dataset"]["part"] == "tune"
    with Archive.open(tmp_path / "kept", create=False) as archive:
        before = archive.status()
    assert before.articles == 3
    strange = (data / "questions.jsonl").rename(data / "strange\x1b[2J.jsonl")
    done = evaluate("--questions", strange, *common, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("strange\ufffd[2J: 2 of 2 questions asked of 3 articles")
    with Archive.open(tmp_path / "kept", create=False) as archive:
        assert archive.status() == before


def test_one_question_is_explained_stage_by_stage(data, tmp_path):
    done = evaluate(data, "--index", "kept", "--explain", "w", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for part in (
        "Who warned that the chain was rusting?\nExpected: Emil Rasko\n",
        "\nUnderstood as\n",
        "\nWords alone: ",
        "\nVectors alone: 3 passages\n",
        "\nAll together: 3 passages\n",
        "  article that answers, dam: rank 1, ",
        " dam (an article that answers) (holds the answer)\n",
        "\nConfidence 0.",
        "  passage 1, ",
        "\nMilliseconds\n  ask",
    ):
        assert part in done.stdout
    assert re.search(r"Confidence 0\.\d{3}, threshold 0\.\d{3}: answered\n", done.stdout)
    assert "\x1b" not in done.stdout
    assert not (tmp_path / "eval-report").exists()
    words = ("--explain", "Who won the cup?", "--json")
    explained = json.loads(evaluate(data, "--index", "kept", *words, folder=tmp_path).stdout)
    assert explained["question"] == "Who won the cup?"
    assert {"words alone", "vectors alone", "all together"} <= explained["searched"].keys()
    for found in explained["searched"].values():
        assert found["top"][0]["article"] == "cup"
        scores = [passage["score"] for passage in found["top"]]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "give a DATASET, or --questions FILE"),
        (("small", "--explain", "x"), "no question has the id 'x'"),
        (("small", "--part", "x"), "no question of the part 'x', only of: tune"),
        (("--questions", "small/questions.jsonl"), "no index at index"),
        (("small", "--questions", "small/corpus.jsonl"), "corpus.jsonl:1: no question"),
    ],
)
def test_what_cannot_be_done_is_said_on_one_line(data, tmp_path, args, why):
    done = evaluate(*args, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("dateline: ")
    assert why in done.stderr


@pytest.mark.usefixtures("_ctrl_c_works")
def test_ctrl_c_leaves_a_report_that_says_it_is_partial(data, tmp_path):
    many = [QUESTIONS[0] | {"id": f"q{number}"} for number in range(5_000)]
    (data / "questions.jsonl").write_text("\n".join(map(json.dumps, many)))
    with subprocess.Popen(
        [*EVAL, data], cwd=tmp_path, env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr.readline() == "50 of 5,000 questions ...\n"
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate()
    assert process.returncode == 130, said
    report = json.loads((tmp_path / "eval-report" / "report.json").read_text())
    assert not report["complete"]
    assert 50 <= report["asked"] == len(report["questions"]) < 5_000
    assert f"interrupted; the report is of {report['asked']:,} of 5,000 questions" in said
    assert "\nPARTIAL: " in printed
    assert "Partial: " in (tmp_path / "eval-report" / "report.html").read_text()


def test_a_missing_package_is_named_with_the_command(tmp_path, data):
    code = "import sys; sys.modules['matplotlib'] = None\n"
    code += "from rag.cli import main; sys.exit(main(['eval', 'small']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "dateline: matplotlib is not installed; install it with: "
        "pip install -c constraints.txt '.[eval]'\n"
    )
