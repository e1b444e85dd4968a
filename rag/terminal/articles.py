"""Articles, their history, what an index holds and what adding to it did, as safe lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from rag.analysis.changes import find_changes
from rag.analysis.notices import find_notices
from rag.terminal.places import dates, source_of, when
from rag.terminal.screen import Screen, clean, one_line
from rag.types import Article, IngestReport, Status, Version

SKIPS_SHOWN = 20
_UNDATED_SHOWN = 5
NAMES_SHOWN = 12


def article_lines(article: Article, screen: Screen) -> Iterator[Text]:
    """A whole article; its text is wrapped on a terminal and left as it is in a pipe."""
    if article.title:
        yield from screen.wrapped(Text(one_line(article.title), "bold"))
    byline = [source_of(article), *map(one_line, article.authors), when(article.date)]
    yield from screen.wrapped(Text(", ".join(byline)))
    if article.url:
        yield Text(one_line(article.url), "cyan")
    yield Text(f"article {one_line(article.id)}", "dim")
    yield Text()
    text = Text(clean(article.text))
    yield from screen.wrapped(text) if screen.is_terminal else text.split(allow_blank=True)


def history_lines(versions: Sequence[Version], screen: Screen) -> Iterator[Text]:
    """The versions of an article, and what each changed of the one before."""
    for place, version in enumerate(versions):
        article = version.article
        head = f"Version {article.version}, {when(article.updated or article.published)}"
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


def status_lines(status: Status, screen: Screen, changed: Sequence[int] = ()) -> Iterator[Text]:
    """What an index holds; `changed` are the saved answers whose articles have changed."""
    rows = {
        "Index": f"{one_line(status.path)}, {_size(status.size)}",
        "Articles": f"{status.articles:,}, in {status.passages:,} passages",
        "Dates": dates(status.coverage) or "none known",
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


def _counts(counts: dict[str, int]) -> str:
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{one_line(name)} {count:,}" for name, count in largest[:NAMES_SHOWN]]
    if len(largest) > NAMES_SHOWN:
        shown.append(f"and {len(largest) - NAMES_SHOWN:,} more")
    return ", ".join(shown) or "none known"


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
