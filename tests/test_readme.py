"""README.md says what is so: its commands and code are run, and print what it shows.

In a block, three dots stand for anything, as in doctest. To write the output that
is printed now into README.md: python tests/test_readme.py
"""

import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(console|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECKER = doctest.OutputChecker()
PARSER = doctest.DocTestParser()


def blocks(kind):
    text = README.read_text(encoding="utf-8")
    return [match[2] for match in BLOCK.finditer(text) if match[1] == kind]


def commands(block):
    """The commands of a console block, each with the output that is shown for it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def run(command, folder):
    """What a `dateline` command prints, in a folder that holds samples/."""
    words = shlex.split(command, comments=True)
    assert words[0] == "dateline"
    done = subprocess.run(
        [sys.executable, "-m", "rag.cli", *words[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "DATELINE_INDEX": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def unrounded(text):
    """The text without its confidence, of which processors round the last digit differently."""
    return re.sub(r"Confidence \d\.\d\d", "Confidence", text)


def make_folder(folder):
    shutil.copytree(ROOT / "samples", folder / "samples")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("readme"))


def test_the_commands_print_what_is_shown(folder):
    ran = 0
    for block in blocks("console"):
        for command, shown in commands(block):
            if not command.startswith("dateline "):
                continue
            printed = run(command, folder)
            ran += 1
            if shown:
                same = CHECKER.check_output(*map(unrounded, (shown, printed)), doctest.ELLIPSIS)
                assert same, f"$ {command}\n{printed}"
    assert ran >= 3


def test_the_python_examples_print_what_is_shown(folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = {}
    examples = PARSER.get_doctest("\n".join(blocks("pycon")), names, "README", str(README), 0)
    assert len(examples.examples) >= 5
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    printed = []
    runner.run(examples, out=printed.append)
    assert not runner.failures, "".join(printed)


def test_the_test_command_is_in_the_makefile():
    shown = [command for block in blocks("console") for command, _ in commands(block)]
    assert "make test" in shown
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in shown:
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE)


def test_an_answer_with_its_citations_is_shown():
    for kind, command in (("console", "dateline ask"), ("pycon", "archive.ask")):
        assert any(command in block and "\n[1] " in block for block in blocks(kind))


def test_every_file_that_is_linked_is_there():
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (ROOT / target).exists(), target


def update(folder):
    """Write the output that is printed now into README.md, where a block shows any."""
    text = README.read_text(encoding="utf-8")
    os.chdir(folder)
    names = {}
    for match in BLOCK.finditer(text):
        if match[1] == "console":
            new = ""
            for command, shown in commands(match[2]):
                printed = run(command, folder) if command.startswith("dateline ") else ""
                new += f"$ {command}\n{as_much_as(shown, printed)}"
        else:
            new = "".join(rerun(example, names) for example in PARSER.get_examples(match[2]))
        text = text.replace(match[0], f"```{match[1]}\n{new}```")
    README.write_text(text, encoding="utf-8")


def as_much_as(shown, printed):
    """All that is printed, or what fits above the three dots where these were shown."""
    lines = shown.splitlines(keepends=True)
    if lines and lines[-1] == "...\n":
        return "".join(printed.splitlines(keepends=True)[: len(lines) - 1]) + lines[-1]
    return printed if shown else ""


def rerun(example, names):
    """An example of a Python session with what it prints now."""
    first, *more = example.source.splitlines()
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(example.source, "README.md", "single"), names)
    return "\n".join([f">>> {first}", *(f"... {line}" for line in more), printed.getvalue()])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        update(make_folder(Path(name)))
