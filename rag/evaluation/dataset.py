"""Data sets: articles, questions about them, and what would be right. See docs/evaluation.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rag.errors import ConfigError
from rag.types import parse_iso

CORPUS = "corpus.jsonl"
QUESTIONS = "questions.jsonl"
_LABELS = ("answerable", "unanswerable")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what would be right, as far as that is known.

    `answers` are alternatives, any of which is right; `gold` are the ids of the articles that
    answer. `asked` is when it was asked, `part` which part of a data set it belongs to.
    """

    id: str
    text: str
    answerable: bool
    answers: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    part: str | None = None
    speaker: str | None = None
    evidence: str | None = None
    asked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and the articles to ask them of; `corpus` is None where an index holds these.

    `sha256` is of the files' bytes and of the part that was chosen, so that figures are only
    compared with figures of the same data.
    """

    name: str
    questions: tuple[Question, ...]
    corpus: Path | None
    part: str | None
    sha256: str


def read_dataset(
    folder: Path | None, files: Sequence[Path] = (), part: str | None = None
) -> Dataset:
    """The data set in a folder; `files` of questions stand in the place of the folder's own.

    Only the questions of that `part` are taken, where one is named. Raises ConfigError, which
    names the file and line, for what cannot be used.
    """
    corpus = folder / CORPUS if folder else None
    if folder and not folder.is_dir():
        raise ConfigError(f"{folder} is not a folder with {CORPUS} and {QUESTIONS}")
    if corpus and not corpus.is_file():
        corpus = None
    if folder and not files:
        files = [folder / QUESTIONS]
    questions: dict[str, Question] = {}
    places: dict[str, str] = {}
    for path in files:
        for place, question in _read(path):
            if question.id in questions:
                first = places[question.id]
                raise ConfigError(f"{place}: the id {question.id!r} stands at {first} too")
            questions[question.id], places[question.id] = question, place
    chosen = tuple(q for q in questions.values() if part is None or q.part == part)
    if not chosen:
        parts = sorted({q.part for q in questions.values() if q.part})
        where = " and ".join(map(str, files)) or "the data set"
        raise ConfigError(
            f"{where} has no question of the part {part!r}, only of: {', '.join(parts) or 'none'}"
            if part is not None and questions
            else f"{where} has no questions"
        )
    name = folder.resolve().name if folder else files[0].stem
    return Dataset(name, chosen, corpus, part, _digest([corpus, *files], part))


def _read(path: Path) -> Iterator[tuple[str, Question]]:
    """Each question of a file, with the place where it stands."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            place = f"{path}:{number}"
            try:
                yield place, parse_question(json.loads(line.decode("utf-8-sig")), str(number))
            except UnicodeDecodeError:
                raise ConfigError(f"{place}: not UTF-8") from None
            except json.JSONDecodeError as error:
                raise ConfigError(f"{place}: not JSON: {error.msg}") from None
            except ValueError as error:
                raise ConfigError(f"{place}: {error}") from None


def parse_question(row: object, default_id: str) -> Question:
    """The question that a line holds; raises ValueError saying what is wrong with it."""
    if not isinstance(row, Mapping):
        raise ValueError(f"{type(row).__name__}, not an object with fields")
    text = _text(row, "question")
    if text is None:
        raise ValueError("no question")
    answers, gold = _texts(row, "answers"), _texts(row, "gold_ids")
    label = _text(row, "label")
    if label is None and not answers and not gold:
        raise ValueError("neither label nor answers nor gold_ids, so nothing to measure")
    if label not in (None, *_LABELS):
        raise ValueError(f"label is {label!r}, not {' or '.join(map(repr, _LABELS))}")
    if label == "unanswerable" and (answers or gold):
        raise ValueError("labelled unanswerable, but with answers or gold_ids")
    asked = _text(row, "asked")
    try:
        moment = parse_iso(asked) if asked else None
    except ValueError:
        raise ValueError(f"asked is {asked!r}, not a date such as 2024-02-26") from None
    return Question(
        id=_text(row, "id") or default_id,
        text=text,
        answerable=label != "unanswerable",
        answers=answers,
        gold=gold,
        part=_text(row, "part"),
        speaker=_text(row, "speaker"),
        evidence=_text(row, "evidence"),
        asked=moment,
    )


def _text(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and name == "id":
        return str(value)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is {type(value).__name__}, not text")
    return value if value and value.strip() else None


def _texts(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} is not a list of texts")
    return tuple(dict.fromkeys(item for item in value if item.strip()))


def _digest(paths: Iterable[Path | None], part: str | None) -> str:
    """One sha256 over files, whatever they are called and wherever they lie."""
    whole = hashlib.sha256((part or "").encode())
    for path in paths:
        if path is not None:
            with path.open("rb") as stream:
                whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
