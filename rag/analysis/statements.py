"""Statements: direct and indirect speech, and who says it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Literal

from rag.analysis.speech import cues
from rag.analysis.speech.clauses import Report, find_reports
from rag.analysis.speech.foreign import Beside, find_beside
from rag.analysis.speech.frames import Frame, Quoted, split_frames
from rag.analysis.speech.quotations import Quotation, find_quotations
from rag.analysis.speech.sources import Sources
from rag.analysis.speech.speakers import Cast, Speaker
from rag.models.tagger import add_names, parse
from rag.types import Article, Statement

if TYPE_CHECKING:
    from spacy.tokens import Doc

# A longer "sentence" is a table or data.
_LONGEST = 1500
# From how far, in characters without the quotations between them, a cue takes a quotation.
_REACH = 90
# A speaker's label of a transcript, at the start of a line.
_LABEL = re.compile(
    r"^[“\"]?([A-Z][A-Z.'’ \u00a0-]{2,30})(?: \([^)\n]{1,40}\))?: +(?=\S)", re.MULTILINE
)
_SIGNED = re.compile(
    r"\s{0,3}[―—–-]{1,2}[ \u00a0]?((?:[A-Z][\w.’'-]*[ \u00a0]?){2,4})(?=[\n,.(]|$)"
)
_INTRODUCED = re.compile(r"((?:[A-Z][\w.’'-]*[ \u00a0]){0,3}[A-Z][\w.’'-]+)\s*:\s*$")
_NOBODY = Speaker(None)
# What is said is somewhere else: "the company denied this".
_NOTHING = frozenset("it this that these those them him her so what which one both all".split())


@dataclass(frozen=True, slots=True)
class Found:
    """A statement with the place of the words that name its source, where there are any."""

    statement: Statement
    source: tuple[int, int] | None


def find_statements(article: Article) -> list[Statement]:
    """What an article reports people, bodies and documents to say, in order of its words.

    English sentences are parsed; in German, French and Spanish the speaker of a quotation is told
    by a verb of saying beside it; in other languages quotations have no speaker. Speech reported
    within reported speech is a statement of its own, within the other's words. Raises
    MissingDependency where spaCy's model is not installed.
    """
    return [found.statement for found in find_with_sources(article)]


def find_with_sources(article: Article) -> list[Found]:
    """The statements of an article, each with where its source stands."""
    finder = _Finder(article)
    found = [*finder.run(), *finder.transcript()]
    found.sort(key=lambda each: (each.statement.start, -each.statement.end))
    kept: dict[tuple[int, int], Found] = {}
    for each in found:
        kept.setdefault((each.statement.start, each.statement.end), each)
    return list(kept.values())


@dataclass(frozen=True, slots=True)
class _Voice:
    """Who spoke last, with which cue, and in which sentence."""

    speaker: Speaker
    cue: str
    source: tuple[int, int] | None
    frame: int
    paragraph: int


class _Finder:
    """One pass over an article."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._text = article.text
        self._language = (article.language or "en").lower()[:2]
        self._quotations = find_quotations(self._text)
        self._closings = [each.outer_end for each in self._quotations]
        self._frames = split_frames(self._text, self._quotations, self._language)
        self._voice: _Voice | None = None
        self._spoken: dict[str, Speaker] = {}  # by last name, in other languages
        self._announced: _Voice | None = None  # by a sentence that ends with a colon

    def run(self) -> Iterator[Found]:
        """Statements of the sentences, frame by frame."""
        docs: dict[int, Doc] = {}
        if self._language == "en":
            chosen = [index for index, frame in enumerate(self._frames) if _worth_parsing(frame)]
            texts = [self._frames[index].text for index in chosen]
            parsed = parse(texts, names=False) if chosen else []
            add_names([doc for doc in parsed if _needs_names(doc)])
            docs = dict(zip(chosen, parsed, strict=True))
        cast = Cast.of(self._text, docs.values())
        sources = Sources(self._article, cast, self._frames)
        for index, frame in enumerate(self._frames):
            if index in docs:
                yield from self._of_parsed(index, frame, docs[index], sources)
            elif frame.quoted:
                yield from self._of_quotes(index, frame, sources)

    def transcript(self) -> Iterator[Found]:
        """Lines that open with a speaker's name in capitals."""
        labels = list(_LABEL.finditer(self._text))
        if len(labels) < 2:
            return
        for match in labels:
            end = self._text.find("\n", match.end())
            end = len(self._text) if end < 0 else end
            name = match.group(1).title()
            yield from self._emit(Speaker(name), ":", match.span(1), match.end(), end, "direct")

    def _of_parsed(self, index: int, frame: Frame, doc: Doc, sources: Sources) -> Iterator[Found]:
        reports = find_reports(doc)
        taken = _share_out(frame, reports)
        inside: set[int] = set()
        said: list[tuple[Report, Speaker]] = []
        for number, report in enumerate(reports):
            previous = self._voice
            since = index - previous.frame if previous else index
            last = previous.speaker if previous and since <= 4 else None
            speaker = sources.resolve(report, frame, doc, last, since)
            said.append((report, speaker))
            source = frame.place(*report.phrase) if report.phrase else None
            cue = self._words(*frame.place(*report.cue))
            if report.content is not None and report.source is not None:
                start, end = frame.place(*report.content)
                for place, quoted in enumerate(frame.quoted):
                    if report.content[0] < quoted.at < report.content[1]:
                        inside.add(place)
                yield from self._emit(speaker, cue, source, start, end)
            direct = [place for place in taken.get(number, ()) if place not in inside]
            for place in direct:
                quotation = frame.quoted[place].quotation
                yield from self._emit_quotation(speaker, cue, source, quotation)
            self._announced = None
            if report.source is not None and frame.text.rstrip().endswith(":"):
                self._announced = _Voice(speaker, cue, source, index, frame.paragraph)
            if direct or report.content is not None and report.source is not None:
                if direct or not _embedded(report, reports):
                    self._voice = _Voice(speaker, cue, source, index, frame.paragraph)
        shared = {place for places in taken.values() for place in places} | inside
        left = tuple(q for place, q in enumerate(frame.quoted) if place not in shared)
        if left:
            yield from self._of_quotes(index, frame, sources, left)

    def _of_quotes(
        self, index: int, frame: Frame, sources: Sources, quoted: Sequence[Quoted] | None = None
    ) -> Iterator[Found]:
        """Quotations without a verb of saying."""
        for each in frame.quoted if quoted is None else quoted:
            quotation = each.quotation
            if len(_LABEL.findall(self._text, quotation.outer_start, quotation.end)) > 1:
                continue  # a transcript, which has speakers of its own
            voice = self._unsaid(index, frame, each, sources)
            if voice is None:
                yield from self._emit_quotation(_NOBODY, "", None, quotation)
            else:
                self._voice = voice
                yield from self._emit_quotation(voice.speaker, voice.cue, voice.source, quotation)

    def _unsaid(self, index: int, frame: Frame, quoted: Quoted, sources: Sources) -> _Voice | None:
        """Who says a quotation that has no cue of its own."""
        quotation = quoted.quotation
        signed = _SIGNED.match(self._text, quotation.outer_end)
        if signed:
            speaker = sources.named(signed.group(1).strip())
            return _Voice(speaker, "", signed.span(1), index, frame.paragraph)
        introduced = _INTRODUCED.search(frame.text[: quoted.at])
        if introduced:
            speaker = sources.named(introduced.group(1))
            return _Voice(speaker, ":", frame.place(*introduced.span(1)), index, frame.paragraph)
        if self._language != "en":
            beside = find_beside(self._language, frame, quoted)
            if beside is not None:
                return self._beside(index, frame, beside, sources)
            if self._language not in cues.FOREIGN_CUES:
                return None
        previous = self._frames[index - 1] if index else None
        if not frame.text.strip() and previous and previous.text.rstrip().endswith(":"):
            announced = self._announced
            if announced is not None and announced.frame == index - 1:
                return announced
            person = sources.first_named(previous)
            if person is not None:
                return _Voice(person, "", None, index, frame.paragraph)
        voice = self._voice
        if voice is not None and voice.frame == index:
            return voice
        if previous and previous.paragraph == frame.paragraph and not frame.text.strip(" ."):
            # "Marsh gave another reason. “The dam leaks.”"
            if voice is None or voice.frame < index - 1:
                person = sources.first_named(previous, opening=True)
                if person is not None:
                    return _Voice(person, "", None, index, frame.paragraph)
        words = frame.text[: quoted.at].strip() or frame.text.strip()
        if any(character.isalpha() for character in words):
            # "Trump was defensive: “That makes me smart.”"
            person = sources.first_named(frame)
            if person is not None:
                return _Voice(person, "", None, index, frame.paragraph)
        if voice is None or frame.paragraph - voice.paragraph > 1 or index - voice.frame > 2:
            return None
        if frame.paragraph != voice.paragraph and self._words(
            quotation.start, quotation.end
        ).endswith("?"):
            return None
        return _Voice(voice.speaker, voice.cue, voice.source, index, frame.paragraph)

    def _beside(self, index: int, frame: Frame, beside: Beside, sources: Sources) -> _Voice:
        """Who says a quotation that stands beside a verb of saying in another language."""
        place = frame.place(*beside.place) if beside.place else None
        speaker = self._voice.speaker if self._voice else _NOBODY
        if beside.name is not None and " " in beside.name:
            speaker = Speaker(beside.name, beside.role)
            self._spoken[beside.name.split()[-1]] = speaker
        elif beside.name is not None:
            speaker = self._spoken.get(beside.name) or sources.named(beside.name)
        return _Voice(speaker, beside.cue, place, index, frame.paragraph)

    def _words(self, start: int, end: int) -> str:
        return self._text[start:end]

    def _emit_quotation(
        self, speaker: Speaker, cue: str, source: tuple[int, int] | None, quotation: Quotation
    ) -> Iterator[Found]:
        yield from self._emit(speaker, cue, source, quotation.start, quotation.end, "direct")

    def _emit(
        self,
        speaker: Speaker,
        cue: str,
        source: tuple[int, int] | None,
        start: int,
        end: int,
        kind: Literal["direct", "indirect", "mixed"] = "indirect",
    ) -> Iterator[Found]:
        if kind != "direct":
            start, end, kind = self._fit(start, end)
        words = self._words(start, end)
        start, end = end - len(words.lstrip()), start + len(words.rstrip())
        content = self._words(start, end)
        if content and content.lower() not in _NOTHING:
            statement = Statement(
                speaker.name, speaker.role, cue, content, kind, start, end, self._article
            )
            yield Found(statement, source)

    def _fit(self, start: int, end: int) -> tuple[int, int, Literal["direct", "indirect", "mixed"]]:
        """The span with whole quotations, without the marks if it is one, and what it is."""
        kind: Literal["direct", "indirect", "mixed"] = "indirect"
        first = bisect_left(self._closings, start + 1)
        for quotation in islice(self._quotations, first, None):
            if quotation.outer_start >= end:
                break
            if (start, end) == (quotation.start, quotation.end):
                return start, end, "direct"
            if quotation.start <= start and end <= quotation.end:
                continue  # within a quotation
            kind = "mixed"
            start, end = min(start, quotation.outer_start), max(end, quotation.outer_end)
            if start == quotation.outer_start and end == quotation.outer_end:
                return quotation.start, quotation.end, "direct"
        return start, end, kind


def _worth_parsing(frame: Frame) -> bool:
    return 0 < len(frame.text) < _LONGEST and cues.CUE.search(frame.text) is not None


def _needs_names(doc: Doc) -> bool:
    """Whether names have to be told in it, which costs as much as the rest of the parse.

    A sentence whose sources are pronouns and descriptions does without, unless it may introduce
    somebody by a full name.
    """
    sources = [report.source for report in find_reports(doc) if report.source]
    if not sources or any(
        word.text[0].isupper() and word.pos_ not in ("PRON", "DET")
        for head in sources
        for word in head.subtree
    ):
        return True
    proper = [word.pos_ == "PROPN" for word in doc]
    return any(word and following for word, following in pairwise(proper))


def _embedded(report: Report, reports: Sequence[Report]) -> bool:
    """Whether it stands within what another of the sentence reports."""
    return any(
        other is not report
        and other.content is not None
        and other.content[0] <= report.cue[0]
        and report.cue[1] <= other.content[1]
        for other in reports
    )


def _share_out(frame: Frame, reports: Sequence[Report]) -> dict[int, list[int]]:
    """Which of a sentence's quotations each report takes: the nearest cue has it."""
    taken: dict[int, list[int]] = {}
    for place, quoted in enumerate(frame.quoted):
        best: tuple[int, int] | None = None
        introduces = frame.text[: quoted.at].rstrip()[-1:] in (",", ":")
        for number, report in enumerate(reports):
            if not report.quotable:
                continue
            distance = max(report.start - quoted.at, quoted.at - report.end, 0)
            if quoted.at >= report.end and introduces:
                distance //= 4
            if distance <= _REACH and (best is None or distance < best[0]):
                best = distance, number
        if best is not None:
            taken.setdefault(best[1], []).append(place)
    return taken
