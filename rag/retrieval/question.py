"""What a question says about where to look: its parts, and the sources and times it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, product

from rag.retrieval.parts import cut, leans
from rag.retrieval.periods import Period, asks_latest, find_periods, names_time
from rag.retrieval.sources import Mention, find_mentions, names_source, without
from rag.types import Form

# A longer text is no question, but something to find the like of.
_LONGEST = 2_000

_ASKING = r"(?:who|whom|whose|what|which|when|where|why|how)"
_AUXILIARY = (
    r"(?:(?i:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)"
    r"(?:n['’]t)?)"
)
_YES_NO = re.compile(
    rf"(?i:(?:(?:and|but|so)\s+)?{_AUXILIARY}\s+\w"
    r"|(?:after|before|between|since|while|when|although|despite|given|according)\b"
    rf"(?:(?!\b{_ASKING}\b).)*?,\s+{_AUXILIARY}\s+\w)",
    re.DOTALL,
)
# "Was" asks in German too; there no English subject follows.
_GERMAN = re.compile(
    r"(?i:was\s+(?!(?:the|an?|there|it|he|she|they|this|that|any|his|her|its)\b))(?![A-Z])"
)
_CHOICE = re.compile(r"\bor\b(?!\s+not\b)", re.IGNORECASE)
_PLURAL = (
    r"(?!(?i:\w*(?:ss|us|is|has|was|does|news|series|species)\b))"
    r"(?i:\w+s|people|men|women|children)\b"
)
_SOME = r"(?i:\d+|two|three|four|five|six|seven|eight|nine|ten|other|all|of\s+the)"
# Matched at the start of a question, or of its last clause.
_LIST = re.compile(
    rf"(?:.*[,.:]\s+|(?i:in|on|at|from|to|for|by|with|of)\s+)?(?:"
    rf"(?i:which)\s+(?:{_SOME}\s+)?(?:[A-Z]\w*(?:n|ish|ese)\s+)?{_PLURAL}"
    # "What makes" is no plural, "what steps did" is.
    rf"|(?i:what)\s+(?:{_SOME}\s+{_PLURAL}|(?:\w+\s+)?{_PLURAL}\s+{_AUXILIARY}\b)"
    rf"|(?i:what|who)\s+(?i:are|were)\s+(?i:all\s+)?(?i:the)\s+(?:\w+\s+){{0,2}}{_PLURAL}"
    rf"|(?i:please\s+)?(?i:list|name|enumerate|give|show)\s+(?:(?i:me|us)\s+)?"
    rf"(?:{_SOME}\b|(?i:every|each|some)\b|(?i:the|a)\s+(?i:list\b|(?:\w+\s+)?{_PLURAL})))",
    re.DOTALL,
)
_ASKS = re.compile(
    rf"(?i:{_ASKING}|{_AUXILIARY}|list|name|tell|give|show)\b|.*(?:[?？]|:$"
    r"|[^,]\s(?i:which|what|whose)\b)",
    re.DOTALL,
)

_WORD = re.compile(r"[^\W_][\w'’.-]*(?<![.'’-])")
_POSSESSIVE = re.compile(r"['’]s?$")
_OWNER = re.compile(r"(?!(?i:it|that|there|here|today|let|she|he)\b)\w+['’]s")
_SENTENCE_END = re.compile(r"(?:^|[.?!:]\s|\n)\s*[\"'“‘(]*$")
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december jan feb mar apr jun jul aug sept sep "
    "oct nov dec i".split()
)
_YEAR = re.compile(r"(?<![\w$£€.,])(?:1[5-9]|20)\d\d(?![\w%]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Part:
    """Something to search for by itself: the words, and where it is most likely to be found.

    `sources` are names as the archive has them; `periods` are those of publication, or of what
    is told. Both are hints and no limits.
    """

    text: str
    sources: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question taken apart.

    `whole` is all of it, without the names of the sources it asks about; `parts` are what is to
    be found one by one, and just `whole` where a question is of one piece. `topic` is set where
    nothing is asked but a subject named ("troops to Ukraine"), `latest` where what came last is
    asked for. `names` are the proper names, as written, and `years` the years that an answer has
    to do with.
    """

    text: str
    whole: Part
    parts: tuple[Part, ...]
    form: Form = "plain"
    topic: bool = False
    latest: bool = False
    names: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


def needs_coverage(text: str) -> bool:
    """Whether understanding a question takes the sources and the newest date of the archive."""
    return len(text) <= _LONGEST and (names_source(text) or names_time(text))


def understand(text: str, sources: Sequence[str] = (), asked: date | None = None) -> Query:
    """Take a question apart, knowing the archive's sources and on which day it is asked.

    The words are looked for in English. A question in another language is of one piece, and so
    is one that might be.
    """
    question = text.strip()
    if len(question) > _LONGEST:
        whole = Part(text)
        return Query(text, whole, (whole,), topic=True)
    mentions = find_mentions(question, sources)
    times = [
        (start, end, period)
        for start, end, period in find_periods(question, asked)
        if not any(m.start < end and start < m.end for m in mentions)  # "USA Today"
    ]
    whole = _part(question, (0, len(question)), mentions, times)
    kept = [*((m.start, m.end) for m in mentions), *((start, end) for start, end, _ in times)]
    topic = not _ASKS.match(question)
    spans = [(0, len(question))]
    if not topic or mentions:
        spans = cut(question, kept, clauses=bool(mentions))
    parts = tuple(_parts(question, spans, mentions, times, whole))
    return Query(
        text,
        whole,
        parts if len(parts) > 1 else (whole,),
        find_form(question),
        topic,
        asks_latest(question),
        tuple(_names(question, mentions)),
        tuple(dict.fromkeys(int(year[0]) for year in _YEAR.finditer(question))),
    )


def _parts(
    question: str,
    spans: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
    times: Sequence[tuple[int, int, Period]],
    whole: Part,
) -> list[Part]:
    """Each stretch of the question by itself, once for every source that it names.

    Where a source's articles of several times are asked for, once for every time as well.
    """
    parts = []
    subject = _names(_part(question, spans[0], mentions, times).text, [])
    for start, end in spans:
        part = _part(question, (start, end), mentions, times)
        text = part.text
        if start and leans(text) and not _names(text, []):
            missing = [name for name in subject if name.casefold() not in text.casefold()]
            text = " ".join([*missing, text])
        groups = dict.fromkeys(m.sources for m in mentions if start <= m.start < end)
        named = (
            [(period,) for period in part.periods] if groups and part.periods else [part.periods]
        )
        for sources, periods in product(groups or [whole.sources], named):
            parts.append(Part(text, sources, periods or whole.periods))
    return list(dict.fromkeys(parts))


def _part(
    question: str,
    span: tuple[int, int],
    mentions: Sequence[Mention],
    times: Sequence[tuple[int, int, Period]],
) -> Part:
    start, end = span
    inside = [mention for mention in mentions if start <= mention.start < end]
    return Part(
        without(question, mentions, start, end) or question[start:end],
        tuple(dict.fromkeys(chain.from_iterable(mention.sources for mention in inside))),
        tuple(dict.fromkeys(period for at, _, period in times if start <= at < end)),
    )


def find_form(question: str) -> Form:
    """What kind of answer a question wants."""
    if _YES_NO.match(question) and not _GERMAN.match(question) and not _CHOICE.search(question):
        return "yes_no"
    return "list" if _LIST.match(question) else "plain"


def _names(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Runs of words with capital letters, none where all words or no words have them.

    The first word of a sentence counts only before another: its capital says nothing.
    """
    if text.isupper():
        return []
    runs: list[list[re.Match[str]]] = []
    for word in _WORD.finditer(text):
        known = any(m.start <= word.start() < m.end for m in mentions)
        if known or not word[0][0].isupper() or word[0].casefold() in _CALENDAR:
            continue
        if runs and text[runs[-1][-1].end() : word.start()] == " ":
            runs[-1].append(word)
        else:
            runs.append([word])
    names = []
    for run in runs:
        if _SENTENCE_END.search(text[: run[0].start()]):
            alone = len(run) == 1 and not _OWNER.fullmatch(run[0][0])
            run = run[1:] if alone or _ASKS.match(run[0][0]) else run
        if run:
            names.append(_POSSESSIVE.sub("", text[run[0].start() : run[-1].end()]))
    return list(dict.fromkeys(names))
