"""Figures do not get worse: floors, the command that keeps them, and those of the samples.

To raise the samples' floors to the figures that are measured now: python
tests/evaluation/test_floors.py; with --lower, lower ones are recorded as well.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rag import Archive, Settings
from rag.evaluation.dataset import parse_question
from rag.evaluation.figures import compute
from rag.evaluation.floors import missed, raised
from rag.evaluation.run import RememberingReader, run
from rag.models.reader import MiniLMReader

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
FLOORS = Path(__file__).with_name("samples_floors.json")
# Processors round the models' numbers differently: a question or two may come out otherwise.
SLACK = 0.03


def samples_questions(archive):
    """The questions on samples/, in the form of a data set."""
    ids = {article.url: article.id for article in archive.articles()}
    lines = (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for number, row in enumerate(map(json.loads, lines), 1):
        row["gold_ids"] = [ids[url] for url in row.pop("article_urls")]
        yield parse_question(row | {"part": row.pop("split")}, str(number))


def measure_samples(index):
    """Key -> figure of the samples, with the real models."""
    reader, willing = RememberingReader(MiniLMReader()), Settings(threshold=0.0)
    with (
        Archive.open(index, reader=reader) as archive,
        Archive.open(index, reader=reader, settings=willing) as unbarred,
    ):
        assert not archive.add(SAMPLES / "articles").skipped
        outcomes = list(run(archive, unbarred, samples_questions(archive)))
    return {key: figure.value for key, figure in compute(outcomes).values.items()}


def test_the_samples_are_found_and_answered_as_well_as_ever(tmp_path):
    figures = measure_samples(tmp_path)
    floors = json.loads(FLOORS.read_text())
    assert figures.keys() == floors.keys()
    assert figures["verbatim"] == 1
    assert missed(figures, floors, SLACK) == []


def test_a_figure_that_is_worse_misses_its_floor():
    floors = {"hit@1": 0.8, "risk_area": 0.2}
    assert missed({"hit@1": 0.8, "risk_area": 0.2, "f1": 0.1}, floors) == []
    assert missed({"hit@1": 0.9, "risk_area": 0.1}, floors) == []
    assert missed({"hit@1": 0.7996, "risk_area": 0.2004}, floors) == [
        "hit@1 0.7996 is below its floor of 0.800",
        "risk_area 0.2004 is above its floor of 0.200",
    ]
    assert missed({"hit@1": 0.78, "risk_area": 0.22}, floors, 0.021) == []
    assert len(missed({"hit@1": 0.78, "risk_area": 0.22}, floors, 0.019)) == 2
    assert missed({"hit@1": 1.0}, floors) == ["risk_area is not measured; its floor is 0.200"]


def test_floors_only_rise_unless_they_are_to_be_lowered():
    floors = {"hit@1": 0.8, "em": 0.5, "risk_area": 0.2, "map": 0.3}
    figures = {"hit@1": 0.7, "em": 0.6, "risk_area": 0.1, "f1": 0.4}
    better = {"hit@1": 0.8, "em": 0.6, "risk_area": 0.1, "f1": 0.4, "map": 0.3}
    assert raised(figures, floors) == better
    assert raised({"risk_area": 0.3}, floors) == floors
    assert raised(figures, floors, lower=True) == figures


@pytest.mark.parametrize("value", [0.29, 2 / 3, 0.58, 0.0, 1.0, 0.1234567])
@pytest.mark.parametrize("key", ["hit@1", "risk_area"])
def test_a_figure_keeps_to_its_own_floor(key, value):
    floors = raised({key: value}, {})
    assert missed({key: value}, floors) == []
    assert floors[key] == pytest.approx(value, abs=0.001)
    assert len(str(floors[key])) <= len("0.123")


class Command:
    """benchmarks/floors.py with a file of its own."""

    def __init__(self, folder):
        self.report, self.file = folder / "report.json", folder / "floors.json"

    def __call__(self, value, *args, data="a" * 64, complete=True, k=10):
        report = {
            "dataset": {"name": "small", "part": "tune", "sha256": data},
            "complete": complete,
            "k": k,
            "figures": {"hit@1": {"value": value}},
        }
        self.report.write_text(json.dumps(report))
        command = ("benchmarks/floors.py", self.report, "--floors", self.file, *args)
        done = subprocess.run(
            [sys.executable, *map(str, command)], cwd=ROOT, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    @property
    def floors(self):
        return {
            data[0]: entry["floors"]["hit@1"]
            for data, entry in json.loads(self.file.read_text()).items()
        }


def test_the_command_compares_and_records(tmp_path):
    floors = Command(tmp_path)
    assert floors(0.8) == (1, "small tune: no floors for this data; --record sets them\n")
    assert not floors.file.exists()
    assert floors(0.8, "--record") == (0, "small tune: floor of hit@1: none -> 0.800\n")
    assert floors(0.8) == (0, "small tune: keeps to its 1 floors\n")
    worse = "small tune: hit@1 0.7000 is below its floor of 0.800\n"
    assert floors(0.7) == floors(0.7, "--record") == (1, worse)
    assert floors.floors == {"a": 0.8}
    assert floors(0.9, "--record")[0] == 0
    assert floors(0.1, "--record", data="b" * 64)[0] == 0
    assert floors.floors == {"a": 0.9, "b": 0.1}
    lower = "small tune: floor of hit@1: 0.900 -> 0.700\n"
    assert floors(0.7, "--record", "--lower") == (0, lower)
    assert floors.floors == {"a": 0.7, "b": 0.1}


def test_the_command_refuses_what_cannot_be_compared(tmp_path):
    floors = Command(tmp_path)
    floors(0.8, "--record")
    status, said = floors(0.9, "--record", complete=False)
    assert status == 2
    assert "report.json is of a run that was interrupted" in said
    status, said = floors(0.9, "--record", k=20)
    assert status == 1
    assert said == "small tune: searched for 20 passages, its floors are of 10\n"
    status, said = floors(0.7, "--lower")
    assert status == 2
    assert "--lower goes with --record" in said
    assert floors.floors == {"a": 0.8}


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        measured = measure_samples(folder)
    before = json.loads(FLOORS.read_text()) if FLOORS.exists() else {}
    after = raised(measured, before, lower="--lower" in sys.argv)
    FLOORS.write_text(json.dumps(after, indent=1) + "\n")
    for key in after:
        sys.stdout.write(f"{key:22}{before.get(key, 'none'):>7} -> {after[key]:.3f}\n")
