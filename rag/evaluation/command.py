"""`dateline eval`: a data set measured from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ConfigError, MissingDependency

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.evaluation.dataset import Dataset, Question
    from rag.evaluation.run import Outcome
    from rag.terminal.screen import Screen

SUMMARY = "Measure search and answers on a data set, and write a report."
NOTES = """\
DATASET is a folder with corpus.jsonl (articles) and questions.jsonl, in the form that
docs/evaluation.md describes. Without --index, its articles are indexed in a temporary folder.

exit codes: 0 when every question was asked, 2 for an error, 130 when Ctrl-C ended the run (the
report is then of the questions asked so far, and says so)"""
_DONE, _INTERRUPTED = 0, 130
_LINE_EVERY = 50
# Package -> the module that it brings.
_NEEDED = {"ir-measures": "ir_measures", "matplotlib": "matplotlib"}


def add_arguments(parser: argparse.ArgumentParser, positive: Callable[[str], int]) -> None:
    """Give the parser the arguments of `dateline eval`; `positive` reads a number above 0."""
    parser.add_argument("dataset", nargs="?", type=Path, metavar="DATASET", help="a folder")
    parser.add_argument(
        "--questions",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="these in place of the data set's own; repeatable",
    )
    parser.add_argument("--part", metavar="NAME", help="only the questions of this part")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("eval-report"),
        metavar="DIR",
        help="where report.json and report.html go (./eval-report)",
    )
    parser.add_argument(
        "--explain",
        metavar="QUESTION",
        help="show what each stage makes of one question, given by its id or in words",
    )
    parser.add_argument(
        "-k", "--k", type=positive, default=10, help="passages that a search is asked for (10)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Measure, print and save; `args.index_given` tells a named index from the usual one."""
    if args.dataset is None and not args.questions:
        args.parser.error("give a DATASET, or --questions FILE for an index that there is")
    for package, module in _NEEDED.items():
        if find_spec(module) is None:
            raise MissingDependency(package, "pip install -c constraints.txt '.[eval]'")
    from rag.evaluation.dataset import read_dataset
    from rag.terminal.screen import Screen

    dataset = read_dataset(args.dataset, args.questions, args.part)
    question = _find(dataset.questions, args.explain) if args.explain else None
    screen, notes = Screen(), Screen(stderr=True)
    with ExitStack() as stack:
        archives = _open(dataset, args.index, args.index_given, stack, notes)
        if question:
            return _explain(question, *archives, args, screen)
        return _measure(dataset, *archives, args, screen, notes)


def _measure(
    dataset: Dataset,
    archive: Archive,
    unbarred: Archive,
    args: argparse.Namespace,
    screen: Screen,
    notes: Screen,
) -> int:
    from rag.evaluation.report import build, save, table
    from rag.evaluation.run import run as ask_all
    from rag.terminal.screen import clean

    outcomes: list[Outcome] = []
    try:
        with _progress(len(dataset.questions), notes) as tell:
            for outcome in ask_all(archive, unbarred, dataset.questions, args.k):
                outcomes.append(outcome)
                tell(len(outcomes))
    except KeyboardInterrupt:
        if not outcomes:
            raise
    report = build(dataset, outcomes, archive, args.k)
    save(report, args.out)
    if args.json:
        _print_json(report)
    else:
        for line in table(report):
            screen.print(clean(line), soft_wrap=True)
        screen.print(f"\nThe whole report: {args.out / 'report.html'}", soft_wrap=True)
    if report["complete"]:
        return _DONE
    notes.print(
        f"dateline: interrupted; the report is of {len(outcomes):,} of "
        f"{len(dataset.questions):,} questions",
        soft_wrap=True,
    )
    return _INTERRUPTED


def _explain(
    question: Question,
    archive: Archive,
    unbarred: Archive,
    args: argparse.Namespace,
    screen: Screen,
) -> int:
    from rag.evaluation.explain import explain, lines
    from rag.terminal.screen import clean

    explained = explain(archive, unbarred, question, args.k)
    if args.json:
        _print_json(explained)
    else:
        for line in lines(explained):
            screen.print(clean(line), soft_wrap=True)
    return _DONE


def _find(questions: Iterable[Question], wanted: str) -> Question:
    """The question of that id or in those words, or a new one."""
    from rag.evaluation.dataset import Question

    for question in questions:
        if wanted in (question.id, question.text):
            return question
    if len(wanted.split()) < 2:
        raise ConfigError(f"no question has the id {wanted!r}; give an id, or a question in words")
    return Question("", wanted, answerable=True)


def _open(
    dataset: Dataset, index: str, index_given: bool, stack: ExitStack, notes: Screen
) -> tuple[Archive, Archive]:
    """The index of the data set's articles, as users have it and with a threshold of 0.

    Articles are only ever added to an index that was named for it, never to the usual one.
    """
    from rag.archive import Archive
    from rag.config import Settings
    from rag.evaluation.run import RememberingReader
    from rag.models.reader import MiniLMReader
    from rag.terminal.articles import report_lines
    from rag.terminal.screen import one_line, progress_shown

    if dataset.corpus and not index_given:
        from tempfile import TemporaryDirectory

        index = stack.enter_context(TemporaryDirectory(prefix="dateline-eval-"))
    reader = RememberingReader(MiniLMReader())
    archive = stack.enter_context(
        Archive.open(index, create=dataset.corpus is not None, reader=reader)
    )
    if dataset.corpus:
        with progress_shown(one_line(str(dataset.corpus)), notes) as progress:
            added = archive.add(dataset.corpus, progress=progress)
        if added.skipped or added.duplicates:
            notes.show(report_lines(added))
    settings = Settings(threshold=0.0)
    unbarred = stack.enter_context(
        Archive.open(index, create=False, reader=reader, settings=settings)
    )
    return archive, unbarred


@contextmanager
def _progress(total: int, notes: Screen) -> Iterator[Callable[[int], None]]:
    """Something to tell how many questions were asked: a bar on a terminal, else some lines."""
    if not notes.is_terminal:

        def say(done: int) -> None:
            if done % _LINE_EVERY == 0:
                notes.print(f"{done:,} of {total:,} questions ...")

        yield say
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("Asking", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


def _print_json(value: dict[str, Any]) -> None:
    # All in ASCII, so that no control character of an article reaches a terminal.
    sys.stdout.write(json.dumps(value, indent=1) + "\n")
