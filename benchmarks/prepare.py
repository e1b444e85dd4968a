"""Turn the development sets into data sets for `dateline eval`.

    python benchmarks/prepare.py DATA OUT

DATA is the folder of the development sets (dev/ and train/ inside). Each set becomes a folder of
OUT in the form of docs/evaluation.md, with the digests of what it was made from in SOURCE.json:

    rtqa            1,450 articles of CNN, USA Today and The Week, and questions of weekly news
                    quizzes with labels that were checked by hand
    rtqa_gold       of the quiz's questions those whose quiz links to one of the articles
    strangers       300 news questions that no article of any set here answers
    hard            pairs of questions made for rtqa's articles, one of which has no answer
    wikinews        294 articles, and questions that the reader was not trained on
    written         591 articles that are made up, in threes that are alike, with near misses
    multihop_facts  438 facts as articles, and questions that need two to four of them
    time_ir         423 articles of TIME of 1963, and 79 searches with the articles that fit
    quail_voa       15 articles of VOA, and questions that they may not answer
    squad2          143 paragraphs as articles, and questions that share their words

rtqa_gold, strangers and hard have no articles of their own: they are asked of rtqa's index
(`dateline eval OUT/hard --index INDEX`). Settings are chosen by the part "tune" alone; of rtqa
the part "report" has been looked at meanwhile too.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Row = dict[str, Any]

_HERE = Path(__file__).parent
_QUIZ = "dev/rtqa_dev_2022a"
_OUTLETS = {"cnn": "CNN", "usatoday": "USA Today", "theweek": "The Week"}
# What the reader's training leaves out (training/examples.py).
_SQUAD_TITLES = {"Harvard_University", "French_and_Indian_War", "Packet_switching", "Huguenot"}
_TUNE, _REPORT = "tune", "report"


class Source:
    """Reads a set's files, and remembers the digest of each."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.digests: dict[str, str] = {}

    def text(self, name: str) -> str:
        """A file of the development sets, or of this project where its path is absolute."""
        path = self._data / name
        content = path.read_bytes()
        self.digests[path.name] = hashlib.sha256(content).hexdigest()
        return content.decode("utf-8")

    def rows(self, name: str) -> list[Row]:
        """The objects of a file of JSON Lines."""
        return [json.loads(line) for line in self.text(name).split("\n") if line.strip()]


Made = tuple[Iterable[Row] | None, Iterable[Row]]  # articles, if it has its own, and questions


def rtqa(source: Source) -> Made:
    """The quiz with checked labels: all the articles that were found to answer."""
    return _quiz_articles(source.rows(f"{_QUIZ}/corpus.jsonl")), _quiz_questions(
        source.rows(f"{_QUIZ}/questions.checked.jsonl"), "doc_ids"
    )


def rtqa_gold(source: Source) -> Made:
    """The quiz with the one article that it links to, and its answers as they were found."""
    questions = _quiz_questions(source.rows(f"{_QUIZ}/questions.jsonl"), "gold_doc_ids")
    return None, (row for row in questions if row.get("gold_ids"))


def _quiz_articles(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        host = urlsplit(row["url"]).hostname or ""
        outlet = next((name for key, name in _OUTLETS.items() if key in host), None)
        yield _article(row, source=outlet, published=row["date"] or None)


def _quiz_questions(rows: Iterable[Row], gold: str) -> Iterator[Row]:
    for number, row in enumerate(rows):
        answerable = row["label"] == "answerable"
        yield _question(
            row["id"],
            row["question"],
            row["answers"] if answerable else [],
            row[gold] if answerable else [],
            _alternate(number),
            answerable=answerable,
            evidence=row["human_evidence"] or None,
            asked=row["date"].replace("/", "-"),
        )


def strangers(source: Source) -> Made:
    """Questions about articles that are nowhere here."""
    rows = source.rows("dev/newsquizqa_out_of_corpus/questions.jsonl")
    return None, (
        _question(f"stranger{n:03}", row["question"], [], [], _alternate(n), answerable=False)
        for n, row in enumerate(rows)
    )


def hard(source: Source) -> Made:
    """Questions in pairs, hard17 and easy17, which stay together in one part."""
    return None, (
        _question(
            row["id"],
            row["question"],
            row["answers"],
            [row["article"]] if row["label"] == "answerable" else [],
            _alternate(int(row["id"][4:])),
            answerable=row["label"] == "answerable",
            evidence=row.get("evidence"),
            kind=row.get("kind"),
        )
        for row in source.rows(str(_HERE / "hard_questions.jsonl"))
    )


def wikinews(source: Source) -> Made:
    """Questions on articles that the reader's training leaves out; all of them to tune by."""
    articles = source.rows("dev/wikinews_open/corpus.jsonl")
    held_out = source.rows(str(_HERE.parent / "training" / "wikinews_held_out.jsonl"))
    return (
        (_article(row, source="Wikinews", published=row["date"] or None) for row in articles),
        (
            _question(
                f"wikinews{n:03}",
                row["question"],
                row["answers"],
                [row["article"]] if row["kind"] != "near" else [],
                _TUNE,
                answerable=row["kind"] != "near",
                evidence=row.get("evidence"),
                kind=row["kind"],
            )
            for n, row in enumerate(held_out, 1)
        ),
    )


def written(source: Source) -> Made:
    """Articles written for the reader's training, and those questions that are held out."""
    articles = source.rows(str(_HERE.parent / "training" / "written_news.jsonl"))
    return (
        (_article(row, source=row["source"], published=row["date"]) for row in articles),
        (
            _question(
                f"{row['id']}-{n}",
                asked["question"],
                asked.get("answers", []),
                [row["id"]] if "answers" in asked else [],
                _alternate(n),
                answerable="answers" in asked,
                evidence=asked.get("evidence"),
                kind=asked["kind"],
            )
            for row in articles
            if row["part"] == "held_out"
            for n, asked in enumerate(row["questions"], 1)
        ),
    )


def multihop_facts(source: Source) -> Made:
    """Facts for articles. Only questions that ask for a name have an answer to be found."""
    facts = source.rows("dev/multihop_facts/facts.jsonl")
    rows = source.rows("dev/multihop_facts/queries.jsonl")
    return (
        (
            _article(
                row,
                source=row["source"],
                authors=row["author"] or None,
                published=row["published_at"],
                section=row["category"],
            )
            for row in facts
        ),
        (
            _question(
                row["id"],
                row["question"],
                [row["answer"]] if row["type"] == "inference_query" else [],
                row["evidence_ids"],
                part,
                answerable=row["type"] != "null_query",
                kind=row["type"].removesuffix("_query"),
            )
            for row, part in zip(rows, _halves(len(rows)), strict=True)
        ),
    )


def time_ir(source: Source) -> Made:
    """Searches with the articles that fit, without answers; four that none fits are left out."""
    articles = source.rows("dev/time_ir/corpus.jsonl")
    rows = source.rows("dev/time_ir/queries.jsonl")
    return (
        (_article(row, source="TIME") for row in articles),
        (
            _question(row["id"], row["query"], [], row["rel"], part)
            for row, part in zip(rows, _halves(len(rows)), strict=True)
            if row["rel"]
        ),
    )


def quail_voa(source: Source) -> Made:
    """Multiple choice, where one choice is that the text does not tell."""
    articles = source.rows("dev/quail_voa/texts.jsonl")

    def questions() -> Iterator[Row]:
        for article in articles:
            for row in article["questions"]:
                (right,) = (c["text"] for c in row["choices"] if c["correct"] == "True")
                known = right.strip().lower() != "not enough information"
                yield _question(
                    f"{article['id']}-{row['id']}",
                    row["question"],
                    [right] if known else [],
                    [article["id"]] if known else [],
                    _REPORT,
                    answerable=known,
                    kind=row["type"],
                )

    made = (_article(row, source="VOA", authors=row["author"] or None) for row in articles)
    return made, questions()


def squad2(source: Source) -> Made:
    """Paragraphs for articles, half of whose questions they do not answer."""
    articles, questions, numbers = [], [], count(1)
    for entry in json.loads(source.text("train/squad2_half/dev-v2.0.json"))["data"]:
        if entry["title"] not in _SQUAD_TITLES:
            continue
        title = entry["title"].replace("_", " ")
        for place, paragraph in enumerate(entry["paragraphs"]):
            row = {"id": f"{entry['title']}-{place}", "title": title, "text": paragraph["context"]}
            articles.append(_article(row, source="Wikipedia"))
            for asked in paragraph["qas"]:
                known = not asked["is_impossible"]
                texts = dict.fromkeys(answer["text"] for answer in asked["answers"] if known)
                gold = [row["id"]] if known else []
                name = f"squad{next(numbers):04}"
                text = asked["question"]
                questions.append(
                    _question(name, text, list(texts), gold, _REPORT, answerable=known)
                )
    return articles, questions


SETS: tuple[Callable[[Source], Made], ...] = (
    rtqa,
    rtqa_gold,
    strangers,
    hard,
    wikinews,
    written,
    multihop_facts,
    time_ir,
    quail_voa,
    squad2,
)


def _article(row: Row, **known: str | None) -> Row:
    """An article as `dateline add` reads it, with what is known of it beside its own fields."""
    own = {name: row[name] for name in ("id", "url", "title") if row.get(name)}
    more = {name: value for name, value in known.items() if value}
    return {**own, **more, "language": "en", "text": row["text"]}


def _question(
    name: str,
    text: str,
    answers: Sequence[str],
    gold: Sequence[str],
    part: str,
    *,
    answerable: bool = True,
    **more: str | None,
) -> Row:
    known = {"answers": answers, "gold_ids": gold, **more}
    return {
        "id": name,
        "question": text.strip(),
        **{key: value for key, value in known.items() if value},
        "label": "answerable" if answerable else "unanswerable",
        "part": part,
    }


def _alternate(number: int) -> str:
    return _TUNE if number % 2 else _REPORT


def _halves(size: int) -> list[str]:
    """A part for each of so many questions, drawn by lot; always the same."""
    order = list(range(size))
    random.Random(0).shuffle(order)
    tune = set(order[: size // 2])
    return [_TUNE if number in tune else _REPORT for number in range(size)]


def write(path: Path, rows: Iterable[Row]) -> int:
    """Write the rows as JSON Lines; how many there were."""
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return len(lines)


def main(data: Path, out: Path) -> None:
    """Write every set."""
    for make in SETS:
        source = Source(data)
        articles, questions = make(source)
        folder = out / make.__name__
        folder.mkdir(parents=True, exist_ok=True)
        counts = {}
        if articles is not None:
            counts["articles"] = write(folder / "corpus.jsonl", articles)
        counts["questions"] = write(folder / "questions.jsonl", questions)
        made_from = {"sha256": source.digests, **counts}
        text = json.dumps(made_from, indent=1, sort_keys=True)
        (folder / "SOURCE.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")
        print(f"{folder}: " + ", ".join(f"{number:,} {what}" for what, number in counts.items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
