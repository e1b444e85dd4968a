"""How well copies of articles are found and clustered, and at what cost.

python benchmarks/lineage.py DATA [--strangers 20000] [--part tune]

Copies of DATA/dev/wikinews_open are made as newsrooms make them, and worse. They arrive in any
order (seeded), the originals among them, at an index that holds strangers already, made of the
lines of DATA/dev/rtqa_dev_2022a. The thresholds were chosen on the part `tune`. A splice of two
stories belongs to the one that makes up more of it, which is its head.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import pair_confusion_matrix

from rag.analysis.lineage import (
    BAND_ROWS,
    candidates,
    fingerprint,
    is_copy,
    join,
    origin,
    similarities,
    wire_credit,
)
from rag.ingest import read
from rag.types import Article

# From here on, the cosine of two articles' words, they are near in topic.
_NEAR = 0.3
_PARAGRAPH = re.compile(r"\n\s*\n|\n")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [piece for piece in _PARAGRAPH.split(text) if piece.strip()]


class Editor:
    """Makes copies of articles as newsrooms do, and worse, each from a seed of its own."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._texts = texts
        self._words = [word for text in texts for word in text.split()]
        kinds = sorted({word for word in self._words if word.islower() and len(word) > 3})
        shuffled = kinds.copy()
        random.Random(seed + 1).shuffle(shuffled)
        self._swaps = dict(zip(kinds, shuffled, strict=True))

    def cut(self, text: str, least: float = 0.1, most: float = 0.6) -> str:
        """Paragraphs anywhere left out, until that share of the words is gone."""
        pieces = paragraphs(text)
        share = self._random.uniform(least, most)
        total = len(text.split())
        order = list(range(len(pieces)))
        self._random.shuffle(order)
        kept, left = set(order), total
        for number in order:
            size = len(pieces[number].split())
            if left - size >= total * (1 - share) and len(kept) > 1:
                kept.discard(number)
                left -= size
        return "\n\n".join(pieces[number] for number in sorted(kept))

    def cut_end(self, text: str, least: float = 0.1, most: float = 0.6) -> str:
        """The end left out, from a paragraph on."""
        pieces = paragraphs(text)
        wanted = len(text.split()) * (1 - self._random.uniform(least, most))
        kept: list[str] = []
        while pieces and sum(len(piece.split()) for piece in kept) < wanted:
            kept.append(pieces.pop(0))
        return "\n\n".join(kept)

    def reorder(self, text: str) -> str:
        """The sentences in another order."""
        sentences = [s for piece in paragraphs(text) for s in _SENTENCE.split(piece)]
        self._random.shuffle(sentences)
        return " ".join(sentences)

    def change(self, text: str, least: float = 0.1, most: float = 0.4) -> str:
        """A share of the words replaced by words of other articles."""
        share = self._random.uniform(least, most)
        return self._words_of(text, share, lambda word: self._random.choice(self._words))

    def change_most(self, text: str) -> str:
        """Forty words in a hundred replaced."""
        return self.change(text, 0.4, 0.4)

    def swap(self, text: str) -> str:
        """A share of the words replaced by one other word each, as by a table of synonyms."""
        share = self._random.uniform(0.1, 0.4)
        return self._words_of(text, share, lambda word: self._swaps.get(word, word))

    def _words_of(self, text: str, share: float, other: Callable[[str], str]) -> str:
        return "\n".join(
            " ".join(
                other(word) if self._random.random() < share else word for word in line.split()
            )
            for line in text.split("\n")
        )

    def lead(self, text: str) -> str:
        """A paragraph or two of another article in front: a reporter's own."""
        stranger = paragraphs(self._random.choice(self._texts))
        own = stranger[: self._random.randint(1, 2)]
        return "\n\n".join([*own, text])

    def own(self, text: str) -> str:
        """Its first third, and the words of another article behind it, up to two for three."""
        head = self.cut_end(text, 0.6, 0.7)
        size = int(len(head.split()) * self._random.uniform(0.5, 0.67))
        return f"{head}\n\n{' '.join(self._random.choice(self._texts).split()[:size])}"

    def byline(self, text: str) -> str:
        """Another byline, dateline and foot."""
        name = " ".join(self._random.sample(["Ann", "Lee", "Stone", "Marsh", "Ray"], 2))
        return f"By {name}, staff writer\n\nLONDON — {text}\n\nSign up for our newsletter."

    def splice(self, text: str, other: str) -> str:
        """More than half of one story, and less than half of another behind it."""
        share = self._random.uniform(0.5, 0.7)
        first, second = paragraphs(text), paragraphs(other)
        head: list[str] = []
        size = 0
        while first and (not head or size < share * len(text.split())):
            head.append(first.pop(0))
            size += len(head[-1].split())
        tail: list[str] = []
        room = size * (1 / share - 1)
        while second and sum(len(piece.split()) for piece in [*tail, second[0]]) <= room:
            tail.append(second.pop(0))
        return "\n\n".join([*head, *tail])

    def local(self, text: str) -> str:
        """A paragraph in front, the end cut, some words changed: all at once."""
        return self.lead(self.change(self.cut_end(text, 0.1, 0.4), 0.05, 0.2))


def perturbations(editor: Editor) -> dict[str, Callable[[str], str]]:
    """What is done to articles, but for splices, which take two."""
    return {
        "paragraphs cut (10-60%)": editor.cut,
        "end cut (10-60%)": editor.cut_end,
        "sentences reordered": editor.reorder,
        "words changed (10-40%)": editor.change,
        "words changed (40%)": editor.change_most,
        "words swapped (10-40%)": editor.swap,
        "local lead in front": editor.lead,
        "byline and foot changed": editor.byline,
        "lead, end cut, words changed": editor.local,
        "a third, own text behind": editor.own,
    }


@dataclass
class Index:
    """What a store does with fingerprints, in memory."""

    texts: list[str] = field(default_factory=list)
    stories: list[int] = field(default_factory=list)
    bands: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    checked: int = 0

    def add(self, text: str, stranger: bool = False) -> int:
        """The story of a text that arrives; a stranger's is its own."""
        number = len(self.texts)
        print_of = fingerprint(text)
        story = None if stranger else join(self._scores(print_of.bands, text))
        self.texts.append(text)
        self.stories.append(number if story is None else story)
        for band in print_of.bands:
            self.bands[band].append(number)
        return self.stories[-1]

    def _scores(self, bands: Iterable[int], text: str) -> dict[int, float]:
        rows = [
            (band, number, self.stories[number])
            for band in bands
            for number in self.bands.get(band, [])[-BAND_ROWS:]
        ]
        found = candidates(rows)
        self.checked += len(found)
        scores: dict[int, float] = {}
        for number, score in zip(
            found, similarities(text, [self.texts[n] for n in found]), strict=True
        ):
            story = self.stories[number]
            scores[story] = max(score, scores.get(story, 0.0))
        return scores

    def copy(self) -> Index:
        """The same again, to add to."""
        bands = defaultdict(list, {band: list(numbers) for band, numbers in self.bands.items()})
        return Index(self.texts.copy(), self.stories.copy(), bands)


@dataclass(frozen=True)
class Arrival:
    """A text and the story that it belongs to."""

    text: str
    story: int


def measure(name: str, index: Index, arrivals: Sequence[Arrival]) -> None:
    """Print how well the arrivals are clustered, and what an article costs."""
    index = index.copy()
    start = time.process_time()
    found = [index.add(arrival.text) for arrival in arrivals]
    cost = (time.process_time() - start) / len(arrivals) * 1000
    truth = [arrival.story for arrival in arrivals]
    (_, wrong), (missed, right) = pair_confusion_matrix(truth, found)
    print(
        f"{name:32} {len(arrivals):5} articles  ARI {adjusted_rand_score(truth, found):.3f}"
        f"  precision {right / max(1, right + wrong):.3f}  recall {right / (right + missed):.3f}"
        f"  {cost:5.1f} ms  {index.checked / len(arrivals):4.1f} checks an article"
    )


def halves(texts: Sequence[str]) -> tuple[tuple[list[int], list[int]], list[tuple[int, int]]]:
    """Two halves of the texts, and the pairs near in topic, which are always in the same."""
    words = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)
    cosines = (words @ words.T).toarray()
    pairs = [(int(i), int(j)) for i, j in np.argwhere(cosines >= _NEAR) if i < j]
    group = list(range(len(texts)))
    for i, j in pairs:
        old, new = group[j], group[i]
        group = [new if number == old else number for number in group]
    sides: tuple[list[int], list[int]] = ([], [])
    members: dict[int, list[int]] = defaultdict(list)
    for number, of in enumerate(group):
        members[of].append(number)
    for numbers in sorted(members.values(), key=lambda numbers: (-len(numbers), numbers)):
        min(sides, key=len).extend(numbers)
    return sides, pairs


def strangers(texts: Iterable[str], wanted: int) -> list[str]:
    """So many texts made of lines of others, of the lengths of news."""
    chance = random.Random(5)
    lines = [line for text in texts for line in text.split("\n") if len(line.split()) > 4]
    made = []
    for _ in range(wanted):
        room = chance.choice([150, 250, 350, 600])
        text: list[str] = []
        while room > 0:
            text.append(chance.choice(lines))
            room -= len(text[-1].split())
        made.append("\n".join(text))
    return made


def texts_of(corpus: Path) -> list[str]:
    """The texts of a corpus."""
    return [json.loads(line)["text"] for line in corpus.read_text("utf-8").splitlines()]


def main() -> None:
    """Print the figures of one half of the articles."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--strangers", type=int, default=20_000)
    parser.add_argument("--part", choices=("tune", "report"), default="report")
    args = parser.parse_args()
    data, tune = args.data, args.part == "tune"
    texts = texts_of(data / "dev/wikinews_open/corpus.jsonl")
    sides, pairs = halves(texts)
    half = sorted(sides[0 if tune else 1])
    print(f"{'tuning' if tune else 'reporting'} half: {len(half)} of {len(texts)} articles")
    index = Index()
    others = texts_of(data / "dev/rtqa_dev_2022a/corpus.jsonl")
    start = time.process_time()
    for text in [*others, *strangers(others, args.strangers)]:
        index.add(text, stranger=True)
    cost = (time.process_time() - start) / len(index.texts) * 1000
    print(f"{len(index.texts)} strangers: {cost:.2f} ms a fingerprint")

    chance = random.Random(7)
    originals = [Arrival(texts[number], number) for number in half]
    made: list[Arrival] = []
    editor = Editor([texts[number] for number in half], 11 if tune else 12)
    for name, change in perturbations(editor).items():
        copies = [Arrival(change(texts[number]), number) for number in half]
        made += copies
        measure(name, index, chance.sample(originals + copies, len(half) * 2))
    copies = [
        Arrival(editor.splice(texts[number], texts[other]), number)
        for number, other in zip(half, chance.sample(half, len(half)), strict=True)
        if number != other
    ]
    made += copies
    arrivals = originals + copies
    measure("two stories spliced", index, chance.sample(arrivals, len(arrivals)))
    measure("all, originals first", index, originals + chance.sample(made, len(made)))
    arrivals = originals + made
    for order in range(3):
        name = f"all, in any order ({order + 1})"
        measure(name, index, chance.sample(arrivals, len(arrivals)))
    mine = [pair for pair in pairs if pair[0] in half]
    wrong = [(i, j) for i, j in mine if is_copy(texts[i], texts[j])]
    print(f"untouched and near in topic: {len(mine)} pairs, {len(wrong)} taken for copies")
    samples()


def samples() -> None:
    """Print the stories of the samples with their origin."""
    folder = Path(__file__).parents[1] / "samples/articles"
    articles = [item for item in read(folder) if isinstance(item, Article)]
    index = Index()
    members: dict[int, list[Article]] = defaultdict(list)
    for article in articles:
        members[index.add(article.text)].append(article)
    print(f"samples: {len(articles)} articles, {len(members)} stories")
    for group in members.values():
        if len(group) > 1:
            first = origin(group)
            print(f"  {first.source}: {first.title}")
            for article in group:
                print(f"    {article.source}, credits {wire_credit(article)}: {article.title}")


if __name__ == "__main__":
    main()
