"""What Dateline shows in a terminal: answers, hits and articles as lines of safe text.

Article text is hostile until shown otherwise: everything that comes from outside goes through
`clean` or `one_line`, and nothing is read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.text import Text

from rag.analysis.changes import find_changes
from rag.analysis.notices import find_notices
from rag.types import (
    Answer,
    Article,
    Citation,
    Copy,
    Coverage,
    Day,
    Hit,
    IngestReport,
    Position,
    Progress,
    SavedAnswer,
    Statement,
    Status,
    Version,
)

MAX_WIDTH = 100
SNIPPET = 320
SKIPS_SHOWN = 20
_UNDATED_SHOWN = 5
NAMES_SHOWN = 12
NEAREST_SHOWN = 3
CONTEXT = 300
OUTLETS_SHOWN = 4
VALUE_WIDTH = 30

# Controls other than tab and newline could move the cursor, recolour or retitle the terminal;
# marks that override the direction of writing could make a line read as something else; half a
# character, as in a file name that is not UTF-8, cannot be printed.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with every character that a terminal would obey replaced by a visible one."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The cleaned text on a single line."""
    return clean(" ".join(text.split()))


class Screen(Console):
    """A terminal, file or pipe that text is printed to as it stands, without any markup.

    Colours appear only on a terminal, and not where NO_COLOR is set; lines are wrapped to the
    terminal's width, or to 80 columns.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def on_broken_pipe(self) -> None:
        """Leave it to the caller, who knows the exit code."""
        raise BrokenPipeError

    @property
    def text_width(self) -> int:
        """The width to wrap running text to, in columns."""
        return min(self.width, MAX_WIDTH)

    def show(self, lines: Iterable[Text]) -> None:
        """Print lines that are already wrapped; longer ones, such as URLs, stay whole."""
        for line in lines:
            self.print(line, soft_wrap=True)

    def wrapped(self, text: Text, *, indent: int = 0, first: str = "") -> Iterator[Text]:
        """The text's lines, `indent` columns in; `first` stands in the first line's indent."""
        for line in text.wrap(self, max(self.text_width - indent, 20)):
            line.rstrip()
            yield Text.assemble(f"{first:<{indent}}", line)
            first = ""


def answer_lines(answer: Answer, screen: Screen) -> Iterator[Text]:
    """An answer with its citations, or that there is none and what came nearest."""
    if answer.abstained:
        yield from screen.wrapped(Text(clean(answer.text)))
        if answer.nearest:
            yield Text()
            yield Text("The nearest passages, which are not an answer:", "bold")
        for hit in answer.nearest[:NEAREST_SHOWN]:
            yield Text()
            yield from screen.wrapped(Text(_snippet(hit)), indent=4)
            yield from _place_lines(hit.article, hit.passage.start, hit.passage.end, screen)
        return
    if answer.short:
        yield Text(one_line(answer.short), "bold")
        yield Text()
    if answer.positions:
        yield from _position_lines(answer.positions, screen)
        yield Text()
    for citation in answer.citations:
        yield from _citation_lines(citation, screen)
        yield Text()
    summary = f"Confidence {answer.confidence:.2f}; {_searched(answer.searched)}."
    yield from screen.wrapped(Text(summary, "dim"))


def hit_lines(rank: int, hit: Hit, screen: Screen) -> Iterator[Text]:
    """One passage found by a search, with its place and its scores."""
    legs = [
        f"{name} {score:.2f}"
        for name, score in (
            ("meaning", hit.vector_score),
            ("words", hit.word_score),
            ("reader", hit.reading.answers if hit.reading else None),
        )
        if score is not None
    ]
    yield from screen.wrapped(Text(_snippet(hit)), indent=4, first=f"{rank}.")
    also = _also(hit.copies)
    yield from _place_lines(hit.article, hit.passage.start, hit.passage.end, screen, also=also)
    yield Text(f"    score {hit.score:.2f}" + (f" ({', '.join(legs)})" if legs else ""), "dim")


def article_lines(article: Article, screen: Screen) -> Iterator[Text]:
    """A whole article; its text is wrapped on a terminal and left as it is in a pipe."""
    if article.title:
        yield from screen.wrapped(Text(one_line(article.title), "bold"))
    byline = [_source(article), *map(one_line, article.authors), _when(article.date)]
    yield from screen.wrapped(Text(", ".join(byline)))
    if article.url:
        yield Text(one_line(article.url), "cyan")
    yield Text(f"article {one_line(article.id)}", "dim")
    yield Text()
    text = Text(clean(article.text))
    yield from screen.wrapped(text) if screen.is_terminal else text.split(allow_blank=True)


def context_lines(citation: Citation, screen: Screen) -> Iterator[Text]:
    """The part of the article around a quote, with the quote standing out."""
    text, start, end = citation.article.text, citation.start, citation.end
    since, until = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    before, after = text[since:start], text[end:until]
    if since and " " in before:  # a word cut in two is no context
        before = "… " + before.partition(" ")[2]
    if until < len(text) and " " in after:
        after = after.rpartition(" ")[0] + " …"
    coloured = screen.is_terminal and not screen.no_color
    opening, closing = ("", "") if coloured else ("»", "«")
    yield from _place_lines(citation.article, start, end, screen, indent=0)
    yield Text()
    passage = Text.assemble(
        clean(before),
        (opening + clean(citation.quote) + closing, "black on bright_yellow" if coloured else ""),
        clean(after),
    )
    yield from screen.wrapped(passage)


def report_lines(report: IngestReport) -> Iterator[Text]:
    """What became of the articles that were to be added."""
    counts = ("added", "updated", "unchanged", "duplicates", "skipped")
    text = ", ".join(f"{name} {len(getattr(report, name)):,}" for name in counts)
    yield Text(text.capitalize() + ".")
    for skipped in report.skipped[:SKIPS_SHOWN]:
        yield Text(f"  skipped {one_line(skipped.where)}: {one_line(skipped.why)}")
    if len(report.skipped) > SKIPS_SHOWN:
        yield Text(f"  and {len(report.skipped) - SKIPS_SHOWN:,} more; --json lists all")
    if report.undated:
        some = ", ".join(report.undated[:_UNDATED_SHOWN])
        more = ", ..." if len(report.undated) > _UNDATED_SHOWN else ""
        yield Text(f"  without a date that can be read {len(report.undated):,}: {some}{more}")


def status_lines(status: Status, screen: Screen, changed: Sequence[int] = ()) -> Iterator[Text]:
    """What an index holds; `changed` are the saved answers whose articles have changed."""
    rows = {
        "Index": f"{one_line(status.path)}, {_size(status.size)}",
        "Articles": f"{status.articles:,}, in {status.passages:,} passages",
        "Dates": _dates(status.coverage) or "none known",
        "Sources": _counts(status.sources),
        "Languages": _counts(status.languages),
        "Embedder": one_line(status.embedder),
        "Generation": f"{status.generation:,}",
        "Statements": f"{status.statements:,}",
        "Copies": "none",
    }
    if status.copies:
        many = f"{status.copies:,} articles are copies of others"
        rows["Copies"] = many if status.copies > 1 else "1 article is a copy of another"
    if status.versions:
        many = f"{status.versions:,} older texts of articles"
        rows["Versions"] = many if status.versions > 1 else "1 older text of an article"
    if status.saved:
        told, verb = ", ".join(map(str, changed)), "cites" if len(changed) == 1 else "cite"
        since = f"; changed, corrected or removed since is what {told} {verb}" if changed else ""
        rows["Saved"] = f"{status.saved:,} answer{'s' if status.saved > 1 else ''}{since}"
    for name, value in rows.items():
        yield from screen.wrapped(Text(value), indent=12, first=name)


@contextmanager
def progress_shown(name: str, screen: Screen) -> Iterator[Callable[[Progress], None]]:
    """Something to report progress to: a bar on a terminal, else a line every 100 articles."""
    if not screen.is_terminal:
        yield _ProgressLines(screen)
        return
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    label = TextColumn("{task.description}", markup=False)
    columns = (label, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    name = one_line(name)
    with Bar(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def update(progress: Progress) -> None:
            description = f"{name}: {progress.articles:,} articles"
            if progress.fraction is None:
                bar.update(task, description=description)
            else:
                bar.update(task, description=description, total=1, completed=progress.fraction)

        yield update


class _ProgressLines:
    """Progress for a log: one plain line for every hundred articles."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.hundreds = 0

    def __call__(self, progress: Progress) -> None:
        if progress.articles // 100 > self.hundreds:
            self.hundreds = progress.articles // 100
            share = "" if progress.fraction is None else f" ({progress.fraction:.0%})"
            self.screen.show([Text(f"{progress.articles:,} articles{share} ...")])


def statement_lines(said: Statement, screen: Screen) -> Iterator[Text]:
    """Who said it and how, the words, and where they stand."""
    speaker = one_line(said.speaker) if said.speaker else "somebody not named"
    role = f", {one_line(said.role)}" if said.role else ""
    cue = f" ({one_line(said.cue)})" if said.cue else ""
    yield from screen.wrapped(Text(f"{speaker}{role}{cue}", "bold"))
    words = clean(said.content)
    words = f"“{words}”" if said.kind == "direct" else words
    yield from screen.wrapped(Text(words), indent=4)
    yield from _place_lines(said.article, said.start, said.end, screen)


def saved_lines(answer: SavedAnswer, screen: Screen) -> Iterator[Text]:
    """A saved answer, and what became of each article that it cites."""
    head = f"{answer.number}. {one_line(answer.question)}"
    yield from screen.wrapped(Text(head, "bold"))
    yield Text(f"    saved {answer.saved:%Y-%m-%d %H:%M} UTC", "dim")
    if answer.short:
        yield from screen.wrapped(Text(one_line(answer.short)), indent=4)
    for one in answer.citations:
        if one.citation is None:
            gone = f"its article, {one_line(one.article_id)}, was removed"
            yield from screen.wrapped(Text(gone), indent=8, first=f"    [{one.marker}]")
            continue
        yield from _citation_lines(one.citation, screen)
        if one.newest and one.fate != "current":
            stands = one.citation.quote in one.newest.text
            quoted = "the quote still stands in it" if stands else "the quote is not in it any more"
            what = f"{one.fate} since; there is a version {one.newest.version}, and {quoted}"
            yield from screen.wrapped(Text(what, "bold red"), indent=4)


def history_lines(versions: Sequence[Version], screen: Screen) -> Iterator[Text]:
    """The versions of an article, and what each changed of the one before."""
    for place, version in enumerate(versions):
        article = version.article
        head = f"Version {article.version}, {_when(article.updated or article.published)}"
        yield Text(f"{head}; taken in {version.ingested:%Y-%m-%d %H:%M} UTC", "bold")
        if not place:
            continue
        older = versions[place - 1].article
        if article.title != older.title:
            for sign, title in (("-", older.title), ("+", article.title)):
                headline = Text(f"headline: {one_line(title) or '(none)'}")
                yield from screen.wrapped(headline, indent=4, first=f"  {sign}")
        for change in find_changes(older, article):
            for sign, text, span in (
                ("-", older.text, change.before),
                ("+", article.text, change.after),
            ):
                if span:
                    words = Text(one_line(text[span.start : span.end]))
                    yield from screen.wrapped(words, indent=4, first=f"  {sign}")
        for notice in find_notices(article):
            told = one_line(article.text[notice.span.start : notice.span.end])
            yield from screen.wrapped(Text(f"{notice.kind}: {told}", "italic"), indent=4)


def _position_lines(positions: Sequence[Position], screen: Screen) -> Iterator[Text]:
    """The values on which sources differ, newest first: when, which, whose and by which quotes."""
    yield Text("Sources differ, newest first:", "bold")
    values = [one_line(one.value) for one in positions]
    width = min(max(map(len, values)), VALUE_WIDTH)
    for value, one in zip(values, positions, strict=True):
        day = f"{one.since:%Y-%m-%d}" if one.since else "no date"
        marks = " ".join(f"[{marker}]" for marker in one.markers)
        row = f"{value:<{width}}  {', '.join(map(one_line, one.sources))} {marks}"
        yield from screen.wrapped(Text(row), indent=14, first=f"  {day}")


def _citation_lines(citation: Citation, screen: Screen) -> Iterator[Text]:
    quote = Text(f"“{clean(citation.quote)}”")
    if citation.speaker:
        quote.append(f" ({one_line(citation.speaker)})", "italic")
    yield from screen.wrapped(quote, indent=4, first=f"[{citation.marker}]")
    article, also = citation.article, _also(citation.copies)
    yield from _place_lines(article, citation.start, citation.end, screen, also=also)
    if citation.voice == "opinion":
        yield Text("    an opinion", "italic")


def _also(copies: Sequence[Copy]) -> str:
    """Who else carries a story: ", also in The Age and 2 more"."""
    outlets = list(dict.fromkeys(one_line(copy.source or copy.title or copy.id) for copy in copies))
    if not outlets:
        return ""
    if len(outlets) == 1:
        return f", also in {outlets[0]}"
    return f", also in {len(outlets)} outlets ({', '.join(outlets[:OUTLETS_SHOWN])}" + (
        ", ...)" if len(outlets) > OUTLETS_SHOWN else ")"
    )


def _place_lines(
    article: Article,
    start: int,
    end: int,
    screen: Screen,
    *,
    indent: int = 4,
    also: str = "",
) -> Iterator[Text]:
    title = f": {one_line(article.title)}" if article.title else ""
    updated = f", updated {_when(article.updated)}" if article.updated else ""
    version = f" (version {article.version}{updated})" if article.version > 1 else ""
    when = f"{_when(article.date)}{version}"
    place = Text(f"{_source(article)}{also}, {when}{title}", "green")
    yield from screen.wrapped(place, indent=indent)
    margin = " " * indent
    if article.url:
        yield Text(margin + one_line(article.url), "cyan")
    yield Text(f"{margin}article {one_line(article.id)}, characters {start}-{end}", "dim")


def _source(article: Article) -> str:
    return one_line(article.source) if article.source else "unknown source"


def _when(moment: datetime | None) -> str:
    if moment is None:
        return "no date"
    return moment.isoformat() if isinstance(moment, Day) else f"{moment:%Y-%m-%d %H:%M %Z}"


def _searched(coverage: Coverage) -> str:
    dates = _dates(coverage)
    noun = "article" if coverage.articles == 1 else "articles"
    return f"searched {coverage.articles:,} {noun}" + (f", {dates}" if dates else "")


def _dates(coverage: Coverage) -> str:
    if coverage.since is None or coverage.until is None:
        return ""
    undated = f" ({coverage.undated:,} without a date)" if coverage.undated else ""
    since, until = f"{coverage.since:%Y-%m-%d}", f"{coverage.until:%Y-%m-%d}"
    return (since if since == until else f"{since} to {until}") + undated


def _snippet(hit: Hit) -> str:
    text = one_line(hit.passage.text)
    if len(text) <= SNIPPET:
        return text
    cut = text[:SNIPPET]
    return (cut.rpartition(" ")[0] or cut) + " …"


def _counts(counts: dict[str, int]) -> str:
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{one_line(name)} {count:,}" for name, count in largest[:NAMES_SHOWN]]
    if len(largest) > NAMES_SHOWN:
        shown.append(f"and {len(largest) - NAMES_SHOWN:,} more")
    return ", ".join(shown) or "none known"


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
