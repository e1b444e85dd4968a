"""Sources that a question names: "according to The Verge", "did CNN and USA Today agree ...".

The name of a source is often an everyday word as well ("Time", "Wired", "The Week"). So a name
counts only where it is written as one, does not belong to a longer one, and reporting is spoken
of beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.analysis.words import stems

_NOUNS = (
    r"(?:articles?|reports?|reporting|stor(?:y|ies)|posts?|pieces?|coverage|interviews?"
    r"|editorials?|columns?|blogs?|guides?|reviews?|analys[ie]s|headlines?|newspapers?|magazines?"
    r"|outlets?|journalists?|reporters?|correspondents?|publications?|op-eds?|sources?)"
)
# Verbs of what a source does, and those that set two sources against each other.
_VERBS = frozenset(
    stems(
        "report reported reporting say said saying write wrote written claim suggest describe "
        "mention state note cite quote argue imply attribute discuss cover publish feature "
        "indicate portray call agree disagree differ contradict warn predict recommend review "
        "explain reveal confirm credit highlight detail emphasize focus allege propose maintain"
    )
)
_DONE_BY = (
    r"(?:according\ to|as\ per|per|via|cited\ by|told|tell"
    r"|(?:reported|published|covered|noted|mentioned|discussed|described|said|written|featured"
    r"|highlighted|reviewed|cited|quoted|detailed|recommended|argued|claimed|stated|suggested"
    r"|explained|portrayed|presented|rumou?red|revealed|seen|read|appeared|carried|speculated|alleged)"
    r"(?:\ \w+ly)?\ (?:by|in|on|from))"
)
_BEFORE = re.compile(
    rf"(?:\b{_DONE_BY}|\b{_NOUNS}\ (?:\w+\ ){{0,2}}?(?:by|in|from|of|on|including|like|such\ as)"
    rf"|\b(?:outlet|newspaper|magazine|site|source))(?:\ (?:both|either|the|an?|another|articles\ "
    rf"(?:by|in|from)))*\ $",
    re.IGNORECASE,
)
_AFTER = re.compile(rf"\ (?:\w+\ )?{_NOUNS}\b", re.IGNORECASE)
_REPORTING = re.compile(rf"\b(?:{_DONE_BY}|{_NOUNS})\b", re.IGNORECASE)
# Between the names of several sources: "CNN, The Age and USA Today".
_LISTED = re.compile(r"\s*(?:,|\band\b|\bor\b|&|\bas well as\b|\bby\b|\bfrom\b|\bboth\b|\s)+\s*")
_TOKEN = re.compile(r"[^\W_]+")
_QUOTES = "\"'“”‘’„«»"
# What a name may follow without being part of a longer one, though it has a capital letter.
_OPENERS = frozenset(
    "did does do has have had was were is are can could will would should why what when where how "
    "which who whose whom and or but in on by from of for with to at as after before between "
    "while since the a an both neither either according per if that than also though unlike "
    "considering based given".split()
)
_TITLES = frozenset("magazine news newspaper online article report reports story".split())
_SEPARATOR = re.compile(r"\s+[|–—-]\s+|:\s+|\s*\(")
_LONGEST_NAME = 12  # words


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a question names a source, with its quotation marks and "the", and which it may be."""

    start: int
    end: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """A source's name as it stands in the question, before it is known to be meant."""

    start: int
    end: int
    words: tuple[str, ...]
    sources: tuple[str, ...]


_TAIL = re.compile(rf"(?:\.com\b)?(?:['’]s\b|[{_QUOTES}]?(?:['’]s\b)?)", re.IGNORECASE)


def names_source(text: str) -> bool:
    """Whether reporting is spoken of at all: quick, and true too often rather than rarely."""
    return bool(_REPORTING.search(text) or _VERBS.intersection(stems(text)))


def find_mentions(text: str, sources: Sequence[str]) -> list[Mention]:
    """Where a question names one of the sources as such, in order."""
    if not sources or not names_source(text):
        return []
    names = _find_names(text, _keys(tuple(sources)))
    chains: list[list[_Name]] = []
    for name in names:
        if chains and _LISTED.fullmatch(_bare(text[chains[-1][-1].end : name.start])):
            chains[-1].append(name)
        else:
            chains.append([name])
    meant = [
        name
        for chain in chains
        if any(_is_reporting(text, name) for name in chain)
        or any(_is_distinct(text, name) for name in chain)
        for name in chain
    ]
    return [Mention(*_whole(text, name.start, name.end), name.sources) for name in meant]


def without(text: str, mentions: Sequence[Mention], start: int = 0, end: int | None = None) -> str:
    """A stretch of the text without the names of sources in it."""
    end = len(text) if end is None else end
    kept, at = [], start
    for mention in mentions:
        if start <= mention.start and mention.end <= end:
            kept.append(text[at : mention.start])
            at = mention.end
    return " ".join(" ".join([*kept, text[at:end]]).split())


@lru_cache(maxsize=8)
def _keys(sources: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Every way to write a source, letters and digits alone -> the sources so written.

    "The Independent - Sports" is also "The Independent" and "Independent", "BBC News" "BBC",
    and "The New York Times" "NYT".
    """
    keys: dict[str, dict[str, None]] = {}
    for source in sources:
        head = _SEPARATOR.split(source)[0]
        ways = {source, head}
        for way in (source, head):
            way = re.sub(r"^www\.|\.[a-z]{2,3}(?:\.[a-z]{2})?$", "", way.strip(), flags=re.I)
            ways.add(way)
            ways.add(re.sub(r"^the\s+", "", way, flags=re.I))
            ways.add(re.sub(r"\s+news$", "", way, flags=re.I))
        words = re.sub(r"^the\s+", "", head, flags=re.I).split()
        if len(words) > 2:
            ways.add("".join(word[0] for word in words))
        for way in ways:
            key = _squash(way)
            if len(key) > 1:
                keys.setdefault(key, {})[source] = None
    return {key: tuple(found) for key, found in keys.items()}


def _find_names(text: str, keys: dict[str, tuple[str, ...]]) -> list[_Name]:
    tokens = list(_TOKEN.finditer(text))
    cased = not text.isupper() and not text.islower()
    names = []
    place = 0
    while place < len(tokens):
        for count in range(min(_LONGEST_NAME, len(tokens) - place), 0, -1):
            run = tokens[place : place + count]
            start, end = run[0].start(), run[-1].end()
            found = keys.get(_squash(text[start:end]))
            if found and _stands_alone(text, tokens, place, count, cased=cased):
                names.append(_Name(start, end, tuple(token[0] for token in run), found))
                place += count
                break
        else:
            place += 1
    return names


def _stands_alone(
    text: str, tokens: list[re.Match[str]], place: int, count: int, *, cased: bool
) -> bool:
    """Whether a run of words is written as a name and is no part of a longer one."""
    first, last = tokens[place], tokens[place + count - 1]
    if not cased:  # capitals tell nothing: only "according to time"
        return count > 1 or bool(re.search(r"according to (?:the )?$", text[: first.start()], re.I))
    if not (first[0][0].isupper() or first[0][0].isdigit()):
        return False
    if text[first.start() - 1 : first.start()] in set(_QUOTES):
        return True
    before = tokens[place - 1] if place else None
    if before and text[before.end() : first.start()] == " ":
        capital = before[0][0].isupper() or before[0].isdigit()
        if capital and before[0].casefold() not in _OPENERS:
            return False
    rest = text[last.end() :]
    if count < 3 and re.match(r" of (?:the )?[A-Z]", rest):  # "The Times of India"
        return False
    after = re.match(r"[ -]([^\W_]+)", rest)
    return not after or not after[1][0].isupper() or after[1].casefold() in _TITLES


def _is_reporting(text: str, name: _Name) -> bool:
    """Whether the words before or after say that something is reported there."""
    before = f"{_bare(text[: name.start]).strip()} "
    after = text[_whole(text, name.start, name.end)[1] :]
    if _BEFORE.search(before):
        return True
    if len(name.words) == 1 and name.words[0].istitle() and before[-2:-1] in ("", ".", "?", "!"):
        # "Independent reports say ...": there a capital is no sign of a name.
        return bool(re.match(r" (?:article|story|magazine|newspaper|reported|said|wrote)\b", after))
    if _AFTER.match(after):
        return True
    follows = re.findall(r"\w+", after[:40])[:3] if after.startswith(" ") else []
    return any(
        _VERBS.intersection(stems(word)) and all(map(_may_precede, follows[:place]))
        for place, word in enumerate(follows)
    )


def _may_precede(word: str) -> bool:
    """Whether a word may stand between a source and what it does: "first reported"."""
    return word.endswith("ly") or word in ("first", "also", "both", "has", "have", "had", "and")


def _is_distinct(text: str, name: _Name) -> bool:
    """Whether a name can hardly be anything else where reporting is spoken of: "by USA Today"."""
    before = text[: name.start]
    if before[-1:] in set(_QUOTES) or re.search(r"\w,? The $", before):
        return True
    word = name.words[-1]
    marked = len(name.words) > 1 or (len(word) > 2 and any(c.isupper() for c in word[1:]))
    return marked and bool(re.search(r"\b(?:by|in|from|of|with)(?: the)? $", before, re.IGNORECASE))


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with what belongs to the name: "the", quotation marks, ".com", "'s"."""
    tail = _TAIL.match(text, end)
    head = re.search(rf"(?:\bthe\s+)?[{_QUOTES}]?(?:\bthe\s+)?$", text[:start], re.IGNORECASE)
    return head.start() if head else start, tail.end() if tail else end


def _bare(text: str) -> str:
    return re.sub(rf"[{_QUOTES}]|\bthe\b", "", text, flags=re.IGNORECASE)


def _squash(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
