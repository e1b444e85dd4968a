"""Disagreement: the values that different sources give to one question, newest first.

The reader finds sentences that answer; here their values are read, so that "twenty-six" is 26 and
"Tuesday" a day, and held against one another. Two values disagree only where both sentences speak
of what is asked: that is told by stems, and where it cannot be told there is no disagreement. The
words are looked for in English; digits and dates in other languages too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from rag.analysis.notices import find_notices
from rag.analysis.times import find_times, told_on
from rag.analysis.words import plain, stems
from rag.answering.amounts import Amount, amounts_agree, read_amount
from rag.answering.evidence import Evidence
from rag.answering.question import AMOUNTS, COUNTS, PERSONS, TIMES, Question
from rag.answering.sameness import CONCEPT, GENERIC, About, concepts, sentence_of
from rag.retrieval.question import find_form

# Values that are shown at most.
_MOST = 5
# A sentence with so much of the best one's score is good evidence, as one at the threshold is.
_CLOSE = 0.5
_SLACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Group:
    """One of the values that sources differ on, and who gives it.

    `value` is as it stands in the first of `pieces`, which are the sentences that give it, best
    first. `sources` has the outlets, one for all copies of a story; `since` is the newest date.
    """

    value: str
    pieces: tuple[Evidence, ...]
    sources: tuple[str, ...]
    since: datetime | None


_Value = Amount | tuple[date, date] | frozenset[str] | bool
# What reads a kind of value: the words of a sentence that give it, and the value.
_Reader = Callable[[Evidence], tuple[str, _Value] | None]


@dataclass(frozen=True, slots=True)
class _Claim:
    """The value that a sentence gives: as it stands there, and made comparable."""

    piece: Evidence
    text: str
    value: _Value


def find_positions(
    asked: Question,
    evidence: Sequence[Evidence],
    threshold: float,
    outlets: Sequence[str] = (),
) -> list[Group]:
    """The values on which sources differ, newest first; empty where they do not.

    `evidence` is best first. Values are numbers, days, names or yes and no; those of one story
    never disagree, but for two people in it who contradict one another on yes or no. What one of
    the known `outlets` says in another's article is its own.
    """
    form = find_form(asked.text)
    if not evidence or evidence[0].score < threshold or form == "list":
        return []
    if asked.asks_speaker:  # many may have said it
        return []
    read = _reading(asked, evidence, form == "yes_no")
    if read is None:
        return []
    about = About(asked, evidence, form == "yes_no" or asked.labels in _PEOPLE)
    bar = min(threshold, evidence[0].score * _CLOSE)
    found: list[_Claim] = []
    for piece in evidence:
        if not about.holds(piece, bar):
            continue
        value = read(piece)
        if value is not None and (isinstance(value[1], tuple) or about.recent(piece)):
            found.append(_Claim(piece, *value))
    claims: list[_Claim] = []
    for claim in found:
        own = not _retold(claim, found)
        if own and all(_independent(claim, other) for other in claims):
            claims.append(claim)
    groups = _grouped(claims)
    if len(groups) < 2 or not any(one[0].piece.score >= threshold for one in groups):
        return []
    return _newest_first(groups, outlets)


def _reading(asked: Question, evidence: Sequence[Evidence], yes_no: bool) -> _Reader | None:
    """What reads the kind of value that is asked for, None where no kind can be told."""
    if yes_no:
        return partial(_read_side, asked)
    if asked.labels == TIMES or asked.labels == {"DATE"}:
        return _read_days
    if _AGE.search(asked.text):  # it differs from year to year by itself
        return None
    if asked.labels & (COUNTS | AMOUNTS):
        return partial(read_amount, asked)
    if asked.labels in _PEOPLE:
        return partial(_read_name, asked) if _ONLY_ONE.search(asked.text) else None
    best = evidence[0].short
    if best is not None and not asked.labels:
        text = evidence[0].hit.article.text
        found = read_amount(asked, evidence[0])
        if found and 2 * len(found[0]) >= len(text[best.start : best.end]):
            return partial(read_amount, asked)
    return None


# Days, names, yes and no.

_ONLY_ONE = re.compile(
    r"\b(?:first|last|new|next|winning|winner|best|final|owner|founder|author|inventor|killer|"
    r"culprit|to blame|responsible for|behind|w[io]ns?|founded|invented|discovered|succeed\w*|"
    r"replac\w*|appointed|elected|designed|wrote|painted|leads?|heads|owns|shot|caused|scored)\b"
    r"|^\s*who\s+(?:is|was|will\s+be)\s+the\b",
    re.IGNORECASE,
)
_PEOPLE = (PERSONS, frozenset({"PERSON"}))
_AGE = re.compile(r"\bhow old\b", re.IGNORECASE)
# A name, with what it is in front: "the contractor Castell Works", "Ilse Marrant", "van der Meer".
_NAME = re.compile(
    r"(?:(?:The|An?)\s+)?(?:[a-z-]+\s+){0,4}"
    r"(?:[A-Z][\w'’.-]*\s*(?:(?:of|the|and|de|der|van|von|al|bin|la|du)\s+(?=[A-Z]))?){1,6}"
)
_TITLES = frozenset("the a an mr mrs ms dr sir contractor company firm".split())
_TURNED = re.compile(
    r"\b(?:not|no|none|never|nobody|neither|nor|without|cannot|\w+n['’]t|failed\s+to|refused\s+to)"
    r"(?!\w)",
    re.IGNORECASE,
)
_DISOWNED = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|denial|reject(?:s|ed|ing)?|disput(?:es?|ed|ing)|untrue|false"
    r"|wrong|incorrect|fabricated|invented)\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"\b(?:whether|if|unless|could|may|might|should|would|ought)\b|\?", re.I)
_STATE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|switched|turned|kept|left) (on|off)\b(?! the)",
    re.IGNORECASE,
)
_STATE_ASKED = re.compile(r"\b(on|off)\W*$", re.IGNORECASE)
_OPPOSITES = [
    tuple(frozenset(stems(words)) for words in pair.split("|"))
    for pair in (
        "open opened|closed shut",
        "guilty convicted|innocent acquitted",
        "alive|dead died",
        "accepted agreed|rejected refused",
        "rise rose|fall fell",
        "safe|unsafe",
        "won win|lost lose",
    )
]
_NEAR = 6


def _read_days(piece: Evidence) -> tuple[str, tuple[date, date]] | None:
    """The days that the words that answer name."""
    if piece.short is None:
        return None
    sentence, article = sentence_of(piece), piece.hit.article
    start, end = piece.short.start - piece.span.start, piece.short.end - piece.span.start
    for time in find_times(sentence, told_on(article), article.language):
        if time.start < end and start < time.end:
            return sentence[time.start : time.end], (time.since, time.until)
    return None


def _read_name(asked: Question, piece: Evidence) -> tuple[str, frozenset[str]] | None:
    """The name among the words that answer, as its words."""
    if piece.short is None:
        return None
    text = piece.hit.article.text[piece.short.start : piece.short.end]
    if not _NAME.fullmatch(text.strip()):
        return None
    names = re.findall(r"\b[A-Z][\w'’-]*", text)
    words = frozenset(name.casefold() for name in names) - _TITLES
    if not words or set(stems(" ".join(words))) <= set(asked.weights):
        return None
    return text, words


def _read_side(asked: Question, piece: Evidence) -> tuple[str, bool] | None:
    """Whether a sentence says yes, with the words that say it; None where that is not certain."""
    sentence = sentence_of(piece)
    wanted = {CONCEPT.get(stem, stem) for stem in asked.weights} - GENERIC
    words = [
        (match.start(), match.end())
        for match in re.finditer(r"[\w'’-]+", sentence)
        if concepts(match[0]) & wanted
    ]
    state = _STATE.search(sentence)
    wanted_state = _STATE.search(asked.text) or _STATE_ASKED.search(asked.text)
    yes = True
    if wanted_state:
        if state is None:
            return None
        yes = state[1].lower() == wanted_state[1].lower()
        words.append(state.span())
    if not words:
        return None
    words.sort()
    last = words[-1]
    if _UNSURE.search(sentence[: last[1]]) or sentence.rstrip("”\"'").endswith("?"):
        return None
    for first, second in _OPPOSITES if not wanted_state else ():
        said, asks = set(stems(sentence)), set(asked.weights)
        if said & (first | second) and not (said & first and said & second):
            yes ^= bool(asks & first and said & second or asks & second and said & first)
    deciding = [
        cue.span()
        for cue in _TURNED.finditer(sentence)
        if any(
            cue.end() <= start and len(sentence[cue.end() : start].split()) < _NEAR
            for start, _ in words
        )
    ] + [cue.span() for cue in _DISOWNED.finditer(sentence)]
    yes ^= len(deciding) % 2 == 1
    places = [*words, *deciding]
    return sentence[min(places)[0] : max(end for _, end in places)], yes


# Which claims stand beside one another.


def _independent(claim: _Claim, other: _Claim) -> bool:
    """Whether a claim adds to another: it is of another story, or somebody else's."""
    one, two = claim.piece, other.piece
    if one.hit.story != two.hit.story and one.hit.article.id != two.hit.article.id:
        return True
    if not isinstance(claim.value, bool):
        # "About 300, the police said; the organisers spoke of 1,200." Who only speaks is not named.
        told = bool(one.speaker and two.speaker and one.speaker != two.speaker)
        return told and not (_names_speaker(claim) or _names_speaker(other))
    # A copy with another number is a slip; one that says the opposite has to be seen.
    other_article = one.hit.article.id != two.hit.article.id
    told = "claim" in (one.voice, two.voice) and one.speaker != two.speaker
    return claim.value != other.value and (told or other_article)


def _names_speaker(claim: _Claim) -> bool:
    """Whether the name that a sentence gives is only that of who says it."""
    if not isinstance(claim.value, frozenset) or not claim.piece.speaker:
        return False
    speaker = frozenset(plain(claim.piece.speaker).split())
    return claim.value <= speaker or speaker <= claim.value


def _retold(claim: _Claim, claims: Sequence[_Claim]) -> bool:
    """Whether a sentence only repeats what another outlet found here says, or takes it back."""
    article, span = claim.piece.hit.article, claim.piece.span
    for notice in find_notices(article):
        corrects = notice.kind in ("correction", "retraction")
        if corrects and notice.span.start < span.end and span.start < notice.span.end:
            return True
    sentence, own = sentence_of(claim.piece), _outlet(claim.piece)
    return any(
        name != own
        and re.search(rf"\b{re.escape(name.removeprefix('The '))}\b", sentence)
        and _agree(claim, other)
        for other in claims
        if (name := other.piece.hit.article.source)
    )


def _agree(one: _Claim, other: _Claim) -> bool | None:
    """Whether two values can both hold, None where they cannot be compared."""
    first, second = one.value, other.value
    later = _moment(other.piece) > _moment(one.piece)
    if isinstance(first, Amount) and isinstance(second, Amount):
        return amounts_agree(first, second, later)
    if isinstance(first, frozenset) and isinstance(second, frozenset):
        return first <= second or second <= first
    if isinstance(first, tuple) and isinstance(second, tuple):
        if first[0] <= second[1] and second[0] <= first[1]:
            return True
        old, new = (one, other) if later else (other, one)
        return None if _another_time(old, new) else False
    return first == second


def _another_time(old: _Claim, new: _Claim) -> bool:
    """Whether the older article's day had gone by, and the newer one is of the next time."""
    assert isinstance(old.value, tuple)
    assert isinstance(new.value, tuple)
    if new.piece.hit.article.date is None:
        return False
    written = _moment(new.piece).date()
    return old.value[1] < written - _SLACK and new.value[0] >= written


def _grouped(claims: Sequence[_Claim]) -> list[list[_Claim]]:
    """The claims by value; one that cannot be compared with the first is left out."""
    groups: list[list[_Claim]] = []
    for claim in claims:
        verdicts = [_agree(group[0], claim) for group in groups]
        if True in verdicts:
            groups[verdicts.index(True)].append(claim)
        elif None not in verdicts:
            groups.append([claim])
    return groups


def _newest_first(groups: Sequence[Sequence[_Claim]], outlets: Sequence[str]) -> list[Group]:
    """The groups that are shown: the newest, and the others by score.

    Where there are too many, a bound as "at least nine", which later values keep, goes first.
    """
    groups = sorted(groups, key=lambda claims: _is_bound(claims[0].value))
    made = [
        Group(
            claims[0].text,
            tuple(claim.piece for claim in claims),
            tuple(dict.fromkeys(_teller(claim.piece, outlets) for claim in claims)),
            max((day for claim in claims if (day := claim.piece.hit.article.date)), default=None),
        )
        for claims in groups
    ]
    newest = max(made, key=_age)
    kept = [newest, *(group for group in made if group is not newest)][:_MOST]
    return sorted(sorted(kept, key=lambda group: -group.pieces[0].score), key=_age, reverse=True)


def _is_bound(value: _Value) -> bool:
    return isinstance(value, Amount) and value.low != value.high


def is_latest(groups: Sequence[Group]) -> bool:
    """Whether the first of the groups, which is the newest, came a day or more after the next."""
    first, second = (_age(group).date() for group in groups[:2])
    return groups[0].since is not None and first > second


def supersedes(groups: Sequence[Group], best: Evidence) -> Group | None:
    """The newest group where its value takes the place of that of the best evidence."""
    newest = groups[0]
    if not is_latest(groups) or any(piece is best for piece in newest.pieces):
        return None
    return newest


def _age(group: Group) -> datetime:
    return group.since or datetime.min.replace(tzinfo=UTC)


def _moment(piece: Evidence) -> datetime:
    return piece.hit.article.date or datetime.min.replace(tzinfo=UTC)


def _teller(piece: Evidence, outlets: Sequence[str]) -> str:
    """The outlet that says it: the one that is quoted for it, else that of the article."""
    speaker = _bare(piece.speaker or "") if piece.voice == "claim" else ""
    return next((name for name in outlets if speaker and _bare(name) == speaker), _outlet(piece))


def _bare(name: str) -> str:
    return plain(name).removeprefix("the ")


def _outlet(piece: Evidence) -> str:
    article = piece.hit.article
    return article.source or article.title or article.id
