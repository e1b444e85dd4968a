"""Training examples: a question, the passage that answers it, and passages that only seem to.

Every set is brought into one form, a `Group`, whose passages are made by Dateline's own chunker
and whose negatives come from its own kind of search, so that the reader trains on what it will
read. What is held out for measuring is left out here (`HELD_OUT`).
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import bm25s

from rag.analysis.passages import split_passages
from rag.analysis.words import stems
from rag.types import Article, Day, Passage, parse_iso

CountTokens = Callable[[Sequence[str]], list[int]]
# Articles, and questions that name theirs.
News = tuple[list[Article], list[dict]]

# Wikipedia articles whose questions are never trained on, by any set that has them.
HELD_OUT = frozenset(
    {"Harvard_University", "French_and_Indian_War", "Packet_switching", "Huguenot"}
)

MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage to read: its header (title, source, date) and its text.

    `spans` are the places in `text` (start, end) that answer; without one it does not answer.
    """

    header: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A question with its candidates. `best` is the row that should rank first, if any is known.

    That one answers (it has spans), or is the passage that a question without an answer is about.
    """

    question: str
    candidates: tuple[Candidate, ...]
    best: int | None = 0
    kind: str = field(default="", compare=False)


class Pool:
    """Passages that can be searched by words for those that look like an answer and are none."""

    def __init__(self, passages: Sequence[tuple[Article, Passage]]) -> None:
        self.passages = list(passages)
        self.headers = [header(article) for article, _ in self.passages]
        texts = [
            stems(f"{head} {passage.text}")
            for head, (_, passage) in zip(self.headers, self.passages, strict=True)
        ]
        self._words = [frozenset(words) for words in texts]
        self._index = bm25s.BM25()
        self._index.index(texts, show_progress=False)

    def negatives(
        self, question: str, answers: Iterable[str], without: Iterable[int], count: int
    ) -> list[int]:
        """The passages that fit the question best and hold none of the answers."""
        keys = [tuple(stems(answer)) for answer in answers]
        skip = set(without)
        rows, _ = self._index.retrieve(
            [stems(question)], k=min(40, len(self.passages)), show_progress=False
        )
        found = []
        for row in map(int, rows[0]):
            if row in skip or any(key and set(key) <= self._words[row] for key in keys):
                continue
            found.append(row)
            if len(found) == count:
                break
        return found

    def candidate(self, row: int, spans: Iterable[tuple[int, int]] = ()) -> Candidate:
        """The passage of a row, with the spans (of the article) that answer."""
        start = self.passages[row][1].start
        inside = tuple((a - start, b - start) for a, b in spans)
        return Candidate(self.headers[row], self.passages[row][1].text, inside)

    def without_answer(self, row: int, spans: Iterable[tuple[int, int]]) -> Candidate | None:
        """The passage without the sentences that answer; None where nothing else is left."""
        article, passage = self.passages[row]
        kept = [
            article.text[s.start : s.end]
            for s in passage.sentences
            if not any(a < s.end and s.start < b for a, b in spans)
        ]
        return Candidate(self.headers[row], " ".join(kept)) if kept else None


def header(article: Article) -> str:
    """What stands before a passage when it is read; like what is embedded with it."""
    day = Day.of(article.date.date()).isoformat() if article.date else ""
    return ". ".join(part for part in (article.title, article.source or "", day) if part)


def pool_of(articles: Iterable[Article], count_tokens: CountTokens) -> Pool:
    """All passages of the articles."""
    return Pool(
        [
            (article, passage)
            for article in articles
            for passage in split_passages(article, count_tokens, MAX_TOKENS)
        ]
    )


def squad_like(
    folder: Path, count_tokens: CountTokens, chance: random.Random, held_out: bool = False
) -> Iterator[Group]:
    """SQuAD's form: 15,000 questions on paragraphs of Wikipedia, some without an answer.

    With `held_out`, the questions on the articles that training leaves out instead.
    """
    files = ("squad2_half/dev-v2.0.json", "squadshifts_new_wiki/new_wiki_v1.0.json")
    files += () if held_out else ("xquad_en/xquad.en.json",)
    articles: list[Article] = []
    asked: list[tuple[int, str, tuple[str, ...], tuple[tuple[int, int], ...], tuple[int, int]]] = []
    seen: set[str] = set()
    for name in files:
        for entry in json.loads((folder / name).read_text())["data"]:
            if (entry["title"] in HELD_OUT) != held_out:
                continue
            text = ""
            title = unquote(entry["title"]).replace("_", " ")
            for paragraph in entry["paragraphs"]:
                base = len(text)
                text += paragraph["context"] + "\n\n"
                for qa in paragraph["qas"]:
                    question = qa["question"].strip()
                    if question in seen:
                        continue
                    seen.add(question)
                    spans = {
                        (base + a["answer_start"], base + a["answer_start"] + len(a["text"]))
                        for a in qa["answers"]
                    }
                    asked.append(
                        (
                            len(articles),
                            question,
                            tuple({a["text"] for a in qa["answers"]}),
                            tuple(sorted(spans)),
                            (base, len(text)),
                        )
                    )
            articles.append(Article(id=f"{name}:{title}", text=text, title=title))
    pool = pool_of(articles, count_tokens)
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, (article, _) in enumerate(pool.passages):
        rows_of[article.id].append(row)
    for number, question, answers, spans, (start, end) in asked:
        rows = rows_of[articles[number].id]
        inside = [
            r for r in rows if pool.passages[r][1].start < end and start < pool.passages[r][1].end
        ]
        if not spans:
            # Its paragraph looks as if it answered. Plausible parts of it all count as that.
            words = set(stems(question))
            inside.sort(key=lambda r: -len(words & set(stems(pool.passages[r][1].text))))
            others = pool.negatives(question, [], inside, 1)
            yield Group(
                question,
                tuple(pool.candidate(r) for r in [inside[0], *others]),
                kind="squad unanswerable",
            )
            continue
        group = _answered(
            pool, question, answers, spans, inside, chance, chance.choice((1, 2)), "squad"
        )
        if group:
            yield group


def _answered(
    pool: Pool,
    question: str,
    answers: Iterable[str],
    spans: Sequence[tuple[int, int]],
    inside: Iterable[int],
    chance: random.Random,
    negatives: int,
    kind: str,
) -> Group | None:
    """The passage with the answer, what is left of it without, and what search finds instead."""
    best = None
    for row in inside:
        passage = pool.passages[row][1]
        fit = [span for span in spans if passage.start <= span[0] and span[1] <= passage.end]
        if fit and (best is None or len(fit) > len(best[1])):
            best = (row, fit)
    if best is None:
        return None
    row, fit = best
    found = pool.negatives(question, answers, inside, 2 * negatives)
    chosen = [pool.candidate(r) for r in chance.sample(found, min(negatives, len(found)))]
    if chosen and chance.random() < 0.4:
        cut = pool.without_answer(row, fit)
        if cut:
            chosen[-1] = cut
    return Group(question, (pool.candidate(row, fit), *chosen), kind=kind)


_DETOKENIZED = (
    ("-LRB-", "("), ("-RRB-", ")"), ("-LSB-", "["), ("-RSB-", "]"), ("``", "“"), ("''", "”"),
)  # fmt: skip
_NO_SPACE_BEFORE = frozenset(".,;:!?%)]}”") | {"'s", "n't", "'re", "'ve", "'ll", "'m", "'d", "'"}
_NO_SPACE_AFTER = frozenset("([{“$#")


def detokenize(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """A text as it was printed, and the place of each token in it."""
    text = ""
    places: list[tuple[int, int]] = []
    previous = ""
    for token in tokens:
        for written, printed in _DETOKENIZED:
            token = token.replace(written, printed)
        if text and token not in _NO_SPACE_BEFORE and previous not in _NO_SPACE_AFTER:
            text += " "
        places.append((len(text), len(text) + len(token)))
        text += token
        previous = token
    return text, places


@dataclass(frozen=True, slots=True)
class _OnSentence:
    sentence: str  # id
    question: str
    spans: tuple[tuple[int, int], ...]


def on_sentences(folder: Path, chance: random.Random, qamr: int, qasrl: int) -> Iterator[Group]:
    """QAMR and QA-SRL: questions on single sentences, put among other sentences."""
    sentences: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    for line in (folder / "qamr/wiki-sentences.tsv").read_text().splitlines():
        name, text = line.split("\t")
        sentences[name] = detokenize(text.split(" "))
    for path in sorted((folder / "qasrl_gs/data/sentences").glob("*.csv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                sentences.setdefault(row["qasrl_id"], detokenize(row["tokens"].split(" ")))
    asked = list(_qamr(folder, sentences))
    chance.shuffle(asked)
    verbs = list(_qasrl(folder, sentences))
    chance.shuffle(verbs)
    asked = asked[:qamr] + verbs[:qasrl]
    documents: dict[str, list[str]] = defaultdict(list)
    names = sorted(sentences)
    for name in names:
        documents[name.rsplit(":", 2)[0]].append(name)
    words = {name: set(stems(sentences[name][0])) for name in names}
    searched = bm25s.BM25()
    searched.index([stems(sentences[name][0]) for name in names], show_progress=False)
    for one in asked:
        rows, _ = searched.retrieve([stems(one.question)], k=8, show_progress=False)
        near = [names[int(row)] for row in rows[0] if names[int(row)] != one.sentence]
        beside = [n for n in documents[one.sentence.rsplit(":", 2)[0]] if n != one.sentence]
        text = sentences[one.sentence][0]
        keys = [set(stems(text[a:b])) for a, b in one.spans]
        others = [n for n in near if not any(key <= words[n] for key in keys)]
        group = [one.sentence]
        size = chance.choice((0, 0, 1, 2, 3))
        group += chance.sample(beside, min(size, len(beside)))
        chance.shuffle(group)
        positive = _joined(group, sentences, one)
        negative = others[:1] if chance.random() < 0.6 else beside[:0]
        if negative:
            extra = chance.sample(others[1:], min(size, max(0, len(others) - 1)))
            wrong = _joined(negative + extra, sentences, None)
            yield Group(one.question, (positive, wrong), kind="sentence")
        else:
            yield Group(one.question, (positive,), kind="sentence")


def _joined(
    group: Sequence[str],
    sentences: dict[str, tuple[str, list[tuple[int, int]]]],
    asked: _OnSentence | None,
) -> Candidate:
    text, spans = "", ()
    for name in group:
        if asked and name == asked.sentence:
            spans = tuple((a + len(text), b + len(text)) for a, b in asked.spans)
        text += sentences[name][0] + " "
    return Candidate("", text.strip(), spans)


def _qamr(
    folder: Path, sentences: dict[str, tuple[str, list[tuple[int, int]]]]
) -> Iterator[_OnSentence]:
    for name in ("dev.tsv", "test.tsv"):
        for line in (folder / "qamr" / name).read_text().splitlines():
            cells = line.split("\t")
            sentence, question, answers = cells[0], cells[5], [cells[6]]
            answers += [cell.partition(":")[2] for cell in cells[7:]]
            if any(not re.fullmatch(r"\d+( \d+)*", answer) for answer in answers):
                continue  # one of its two readers found it unclear
            spans = set()
            for answer in answers:
                numbers = sorted(map(int, answer.split()))
                if numbers[-1] - numbers[0] == len(numbers) - 1:
                    places = sentences[sentence][1]
                    spans.add((places[numbers[0]][0], places[numbers[-1]][1]))
            if spans:
                yield _OnSentence(sentence, question, tuple(sorted(spans)))


def _qasrl(
    folder: Path, sentences: dict[str, tuple[str, list[tuple[int, int]]]]
) -> Iterator[_OnSentence]:
    for path in sorted((folder / "qasrl_gs/data/gold").glob("*.csv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                places = sentences[row["qasrl_id"]][1]
                spans = set()
                for part in row["answer_range"].split("~!~"):
                    first, last = (int(number) for number in part.split(":"))
                    spans.add((places[first][0], places[last - 1][1]))
                # "What did something include?" tells too little to be found by.
                if "something" not in row["question"] and "someone" not in row["question"]:
                    yield _OnSentence(row["qasrl_id"], row["question"], tuple(sorted(spans)))


def wikinews(corpus: Path, questions: Path) -> News:
    """Articles of Wikinews, and the questions written on them."""
    return (
        [_news_article(row, "Wikinews") for row in _rows(corpus)],
        list(_rows(questions)),
    )


def written(path: Path) -> News:
    """Articles written for this project with their questions, but for those that are held out."""
    rows = list(_rows(path))
    return (
        [_news_article(row, row["source"]) for row in rows],
        [
            {"answers": [], "article": row["id"], **asked}
            for row in rows
            for asked in row["questions"]
            if asked.get("part", row["part"]) == "train"
        ],
    )


def _rows(path: Path) -> Iterator[dict]:
    return (json.loads(line) for line in path.read_text().splitlines())


def _news_article(row: dict, source: str) -> Article:
    published = parse_iso(row["date"]) if row.get("date") else None
    return Article(
        row["id"], row["text"], row["title"], row.get("url"), source, published=published
    )


def news(made: News, count_tokens: CountTokens, chance: random.Random) -> Iterator[Group]:
    """Questions on news articles, near misses among them, with what search finds."""
    articles = {article.id: article for article in made[0]}
    pool = pool_of(articles.values(), count_tokens)
    rows_of: dict[str, list[int]] = defaultdict(list)
    for number, (article, _) in enumerate(pool.passages):
        rows_of[article.id].append(number)
    for asked in made[1]:
        inside = rows_of[asked["article"]]
        question = asked["question"]
        if not asked["answers"]:
            words = set(stems(question))
            near = sorted(inside, key=lambda r: -len(words & set(stems(pool.passages[r][1].text))))
            others = pool.negatives(question, [], inside, 3)
            rows = [*near[:2], *chance.sample(others, min(1, len(others)))]
            yield Group(question, tuple(map(pool.candidate, rows)), None, "news near miss")
            continue
        text = articles[asked["article"]].text
        at = text.index(asked["evidence"])
        spans = []
        for answer in asked["answers"]:
            place = at + asked["evidence"].index(answer)
            spans.append((place, place + len(answer)))
        group = _answered(
            pool, question, asked["answers"], spans, inside, chance, 3, f"news {asked['kind']}"
        )
        if group:
            same = pool.negatives(
                question, asked["answers"], set(range(len(pool.passages))) - set(inside), 2
            )
            extra = [pool.candidate(r) for r in chance.sample(same, min(1, len(same)))]
            yield Group(question, (*group.candidates, *extra), 0, group.kind)
