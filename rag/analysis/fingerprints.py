"""Fingerprints that find the near-copies of a text among many, and the check that tells a copy.

A fingerprint is a MinHash (Broder 1997) of the runs of three words of a text, and every value
of it is a band of its own: two texts share about as many of 64 bands as 64 times the share of
runs that they have in common. Copies in which 40 words of 100 were changed still share eight,
and strangers hardly ever two, so that sharing makes a candidate, and the texts decide. (Bands of
several values, as is usual, would lose such copies.)

The check looks for the sentences of each text in the other. How its figures were chosen, and
what it achieves: benchmarks/lineage.py.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datasketch import MinHash

_Array = NDArray[Any]

# A band is read for at most so many articles, the newest: `candidates` needs no more.
BAND_ROWS = 200
# At this score and above, one text is a copy of the other.
COPY = 0.5

# Scripts without spaces between words are read in pairs of characters.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}](?=([{_UNSPACED}]?))|[^\W_{_UNSPACED}]+")
_END = re.compile(r"[.!?…][\"'”’»)\]]*\s|[。！？\n]")
# Within a line: a mark that was lost must not turn the rest of the text inside out.
_QUOTED = re.compile(r'"[^"\n]*"|“[^”\n]*(?:”|$)|«[^»\n]*(?:»|$)|„[^“”\n]*(?:[“”]|$)', re.MULTILINE)

_BANDS = 64
_RUN = 3
# A band of more stories than this is boilerplate or a set phrase, and finds nothing.
_COMMON_STORIES = 50
# Candidates share so many bands at least; so many are checked, and so many of one story.
_LEAST_SHARED = 2
_CHECKED = 8
_CHECKED_OF_STORY = 2

# Sentences are looked for piece by piece: joined below the one size, parted above the other.
_SHORTEST, _LONGEST = 10, 28
_PIECES = 160
# A longer text is compared up to here: some forty pages.
_MOST_WORDS = 20_000
# Words that may stand between those of a piece in the other text.
_SLACK = 4
# So many places are looked at in one go.
_BLOCK = 1_000_000
# How much of a piece must be found in one place for it to count, and how much of the text must
# be in such pieces: nearly all of it vaguely, as where words were changed, or half of it nearly
# word for word, as where two stories were joined.
_LEVELS = ((0.4, 0.8), (0.5, 0.66), (0.75, 0.5))
_LEVEL = 0.5
# Fewer words than this in common are no copy, unless they are all that the texts have.
_LEAST_WORDS = 24
# So many words outside quotation marks tell whether a text was copied, whatever it quotes:
# of them nearly as great a share must be in such pieces.
_OWN_WORDS = 30
_OWN_SLACK = 0.1
# A text of which less than this is found in a shorter one was cut, if the rest of it is about
# the same: of the words used again in it, most are used on both sides. Else it was put together
# of several stories, and the shorter one is only one of them.
_MOST = 0.6
_COHERENT = 0.6
# Two articles that both took a part of a third, such as a splice and a copy of what it took, have
# less of each other than this: most of one, or a good part of each.
_MOST_OF_ONE, _LEAST_OF_EACH = 0.7, 0.3
# With fewer words used again than this, one cannot tell.
_USED_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is stored of a text to find its copies by: 64 integers from 0 to 2**38.

    They are the same on every machine. A text without words has none.
    """

    bands: tuple[int, ...]


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a text."""
    words = _numbers(_words(text.lower())).astype(np.uint64)
    if not len(words):
        return Fingerprint(())
    run = min(_RUN, len(words))
    runs = np.zeros(len(words) - run + 1, np.uint64)
    for place in range(run):
        runs = (runs ^ words[place : place + len(runs)]) * np.uint64(0x9E3779B97F4A7C15)
        runs ^= runs >> np.uint64(29)
    sketch = _empty().copy()
    sketch.update_batch(np.unique(runs >> np.uint64(32)).tolist())
    return Fingerprint(tuple(row << 32 | int(value) for row, value in enumerate(sketch.hashvalues)))


@cache
def _empty() -> MinHash:
    """The MinHash of nothing; its permutations cost time to make."""
    from datasketch import MinHash  # takes 0.4 s, which `import rag` has no need to wait for

    return MinHash(_BANDS, seed=1, scheme="affine32", hashfunc=int)


def candidates(rows: Iterable[tuple[int, int, int]]) -> list[int]:
    """The articles to be checked for being copies, likeliest first: eight at most.

    `rows` are the (band, article, story) that are stored under the bands of a fingerprint, at
    most the newest `BAND_ROWS` of each. A band of very many stories says nothing and is left
    out; copies of one story do not make it common, however many they are.
    """
    held: dict[int, list[int]] = defaultdict(list)
    stories: dict[int, set[int]] = defaultdict(set)
    story_of: dict[int, int] = {}
    for band, article, story in rows:
        held[band].append(article)
        stories[band].add(story)
        story_of[article] = story
    shared = Counter(
        article
        for band, articles in held.items()
        if len(stories[band]) <= _COMMON_STORIES
        for article in articles
    )
    found: list[int] = []
    taken: Counter[int] = Counter()
    for article, count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if count < _LEAST_SHARED or len(found) == _CHECKED:
            break
        if taken[story_of[article]] < _CHECKED_OF_STORY:
            taken[story_of[article]] += 1
            found.append(article)
    return found


def similarity(one: str, other: str) -> float:
    """How much two texts have in common as copies, from 0 to 1; from `COPY` on they are copies.

    They are where the one is made of the other, or of a good part of it: a copy may be cut,
    reordered, have words changed and paragraphs of its own. Two articles on one event are no
    copies for what both of them quote, nor is an article of a text that it is put into together
    with other stories. Of texts above 20,000 words the rest is not compared.
    """
    return similarities(one, [other])[0]


def similarities(text: str, others: Sequence[str]) -> list[float]:
    """The similarity of a text with each of the others."""
    read = _read(text)
    return [_compare(read, _read(other)) for other in others]


def is_copy(one: str, other: str) -> bool:
    """Whether two texts are near-copies of each other, in any order."""
    return similarity(one, other) >= COPY


@dataclass(frozen=True, slots=True)
class _Read:
    """A text made ready to be compared.

    Its words as numbers, and which are no short ones; its pieces, as places of words; of each
    piece the size, and how many words are not quoted.
    """

    words: _Array
    long: _Array
    pieces: tuple[tuple[int, int], ...]
    sizes: _Array
    own: _Array


def _words(lower: str) -> list[re.Match[str]]:
    return list(_WORD.finditer(lower))


def _numbers(words: Iterable[re.Match[str]]) -> _Array:
    """Words as numbers, which hash() would make differently in every process."""
    names = (word[0] + (word[1] or "") for word in words)
    return np.array([zlib.crc32(name.encode(errors="surrogatepass")) for name in names], np.uint32)


def _read(text: str) -> _Read:
    lower = text.lower()
    words = _words(lower)[:_MOST_WORDS]
    starts = np.array([word.start() for word in words], np.int64)
    quoted = np.zeros(len(words), bool)
    for quote in _QUOTED.finditer(lower):
        first, last = np.searchsorted(starts, quote.span())
        quoted[first:last] = True
    ends = np.searchsorted(starts, [end.end() for end in _END.finditer(lower)])
    pieces = _pieces(ends.tolist(), len(words))
    return _Read(
        _numbers(words),
        np.array([bool(word[1]) or len(word[0]) >= 4 for word in words], bool),
        pieces,
        np.array([last - first for first, last in pieces]),
        np.array([last - first - quoted[first:last].sum() for first, last in pieces]),
    )


def _pieces(ends: Iterable[int], length: int) -> tuple[tuple[int, int], ...]:
    """Sentences, joined or parted to be of a size, given where they end and the text does."""
    bounds = [0]
    for end in [*(end for end in ends if end <= length - _SHORTEST), length]:
        first = bounds[-1]
        size = end - first
        if size and (size >= _SHORTEST or end == length):
            parts = -(-size // _LONGEST)
            bounds += [first + size * part // parts for part in range(1, parts + 1)]
    pieces = tuple(zip(bounds, bounds[1:], strict=False))
    if len(pieces) <= _PIECES:
        return pieces
    return tuple(pieces[number * len(pieces) // _PIECES] for number in range(_PIECES))


def _compare(one: _Read, other: _Read) -> float:
    if np.array_equal(one.words, other.words):
        return 1.0
    if not len(one.words) or not len(other.words):
        return 0.0
    found, back = _found(one, other), _found(other, one)
    closest = max(_made_of(one, found, other, back), _made_of(other, back, one, found))
    if closest < 1:
        return COPY * closest
    common = one.sizes[found >= _LEVEL].sum(), other.sizes[back >= _LEVEL].sum()
    shares = common[0] / one.sizes.sum(), common[1] / other.sizes.sum()
    if max(shares) < _MOST_OF_ONE and min(shares) < _LEAST_OF_EACH:
        return float(COPY * min(shares) / _LEAST_OF_EACH)
    # Of two copies the one that has more in common is the nearer, not the shorter.
    return float(COPY + (1 - COPY) * sum(common) / (one.sizes.sum() + other.sizes.sum()))


def _made_of(part: _Read, found: _Array, whole: _Read, back: _Array) -> float:
    """How near `part` is to being a copy of `whole`, given what of each is found in the other.

    From 0 to 1, which is enough.
    """
    words, own = part.sizes.sum(), part.own.sum()
    least = min(_LEAST_WORDS, max(len(part.words), len(whole.words)))
    best = 0.0
    for level, needed in _LEVELS:
        there = found >= level
        share = part.sizes[there].sum() / words
        enough = min(1.0, share * len(part.words) / least)
        if own >= _OWN_WORDS:
            share = min(share, part.own[there].sum() / own + _OWN_SLACK)
        best = max(best, min(1.0, share / needed) * enough)
    if best == 1 and whole.sizes[back >= _LEVEL].sum() < _MOST * whole.sizes.sum():
        return min(best, _coherence(whole, back >= _LEVEL) / _COHERENT)
    return float(best)


def _coherence(read: _Read, inside: _Array) -> float:
    """How many words occur both in some pieces and in the others, by what chance would give."""
    _, numbers = np.unique(read.words, return_inverse=True)
    kinds = int(numbers.max()) + 1
    uses = []
    for side in (inside, ~inside):
        mask = np.zeros(len(numbers), bool)
        for (first, last), there in zip(read.pieces, side, strict=True):
            mask[first:last] = there
        uses.append(np.bincount(numbers[mask & read.long], minlength=kinds))
    total = uses[0] + uses[1]
    again = total > 1
    share = uses[0].sum() / max(1, total.sum())
    expected = (1 - share ** total[again] - (1 - share) ** total[again]).sum()
    if expected < _USED_AGAIN:
        return 1.0
    return float(((uses[0] > 0) & (uses[1] > 0)).sum() / expected)


def _found(part: _Read, whole: _Read) -> _Array:
    """How much of each piece of `part` stands together somewhere in `whole`.

    A word counts the less, the more often it is used in either text: so neither articles nor
    the names that a story is about make two texts alike.
    """
    _, joint = np.unique(np.concatenate([part.words, whole.words]), return_inverse=True)
    ours, theirs = np.split(joint, [len(part.words)])
    kinds = int(joint.max()) + 1
    uses = np.bincount(ours, minlength=kinds), np.bincount(theirs, minlength=kinds)
    weights = 1 / np.maximum(*uses)
    shared = np.where(uses[1] > 0, weights, 0)
    # One row a piece: what each of its words weighs there, and what all of them do.
    rows = np.zeros((len(part.pieces), kinds), np.float32)
    for row, (first, last) in zip(rows, part.pieces, strict=True):
        row[ours[first:last]] = 1
    total = rows @ weights
    found = np.zeros(len(part.pieces))
    # Most pieces of another story have too little in common with it, wherever one looks.
    likely = np.flatnonzero(rows @ shared >= _LEVELS[0][0] * total)
    step = max(1, _BLOCK // len(theirs))
    for chosen in (likely[first : first + step] for first in range(0, len(likely), step)):
        sums = np.zeros((len(chosen), len(theirs) + 1))
        np.cumsum(rows[chosen][:, theirs] * weights[theirs], axis=1, out=sums[:, 1:])
        for number, line in zip(chosen, sums, strict=True):
            width = min(int(part.sizes[number]) + _SLACK, len(theirs))
            found[number] = (line[width:] - line[:-width]).max() / total[number]
    return found
