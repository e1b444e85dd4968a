"""Commands on articles and on the index as a whole."""

from __future__ import annotations

import argparse
import sys

from rag.cli.common import (
    DONE,
    FAILED,
    INTERRUPTED,
    NOTHING,
    complain,
    find_article,
    message,
    open_archive,
    print_json,
    to_dict,
)
from rag.errors import ArticleError
from rag.types import Filters, IngestReport


def add(args: argparse.Namespace) -> int:
    """Add files, folders and globs, and say what became of each."""
    from rag.terminal.articles import report_lines
    from rag.terminal.screen import Screen, progress_shown

    reports, failures = [], []
    with open_archive(args, create=True) as archive:
        try:
            for source in args.sources:
                try:
                    with progress_shown(source, Screen(stderr=True)) as progress:
                        reports.append(archive.add(source, progress=progress))
                except ArticleError as error:
                    failures.append({"where": source, "why": message(error)})
        except KeyboardInterrupt:
            kept = archive.status().articles
            complain(
                f"interrupted; the index holds {kept:,} articles, and the same command goes on "
                "from there"
            )
            return INTERRUPTED
    total = IngestReport(
        **{
            name: tuple(item for report in reports for item in getattr(report, name))
            for name in IngestReport.__dataclass_fields__
        }
    )
    if args.json:
        print_json({**to_dict(total), "failed": failures})
    else:
        screen = Screen()
        screen.show(report_lines(total))
    for failure in failures:
        complain(failure["why"])
    if failures:
        return FAILED
    read = total.added or total.updated or total.unchanged or total.duplicates
    return DONE if read else NOTHING


def remove(args: argparse.Namespace) -> int:
    """Remove articles by id, by URL, or all of a source."""
    from rag.terminal.screen import one_line

    if bool(args.names) == bool(args.source):
        args.parser.error("give ids or URLs, or --source NAME")
    with open_archive(args) as archive:
        if args.source:
            filters = Filters(sources=tuple(args.source))
            wanted = {article.id: article.id for article in archive.articles(filters)}
            if wanted and not args.yes and not _confirmed(args, len(wanted)):
                return NOTHING
            unknown = [] if wanted else list(args.source)
        else:
            ids = {name: find_article(archive, name) for name in args.names}
            wanted = {found: name for name, found in ids.items() if found}
            unknown = [name for name, found in ids.items() if not found]
        removed = archive.remove(wanted) if wanted else ()
    unknown += [wanted[article] for article in wanted if article not in set(removed)]
    if args.json:
        print_json({"removed": list(removed), "unknown": unknown})
    else:
        for article in removed:
            sys.stdout.write(f"removed {one_line(article)}\n")
    for name in unknown:
        complain(f"no article with the id, URL or source {name}; nothing was removed for it")
    return NOTHING if unknown else DONE


def _confirmed(args: argparse.Namespace, count: int) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        args.parser.error("to remove a whole source without being asked, add --yes")
    sys.stderr.write(f"Remove {count:,} articles of {', '.join(args.source)}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def show(args: argparse.Namespace) -> int:
    """Print one article as it is stored."""
    with open_archive(args) as archive:
        found = find_article(archive, args.name)
        article = archive.get(found) if found else None
    if article is None:
        complain(f"no article with the id or URL {args.name}; dateline search finds ids")
        return NOTHING
    if args.json:
        print_json(to_dict(article))
    else:
        from rag.terminal.articles import article_lines
        from rag.terminal.screen import Screen

        screen = Screen()
        screen.show(article_lines(article, screen))
    return DONE


def history(args: argparse.Namespace) -> int:
    """Print an article's versions and what changed between them."""
    with open_archive(args) as archive:
        found = find_article(archive, args.name)
        versions = archive.versions(found) if found else []
    if not versions:
        complain(f"no article with the id or URL {args.name}; dateline search finds ids")
        return NOTHING
    if args.json:
        print_json({"versions": [to_dict(version) for version in versions]})
    else:
        from rag.terminal.articles import history_lines
        from rag.terminal.screen import Screen

        screen = Screen()
        screen.show(history_lines(versions, screen))
    return DONE


def status(args: argparse.Namespace) -> int:
    """Print what the index holds."""
    with open_archive(args) as archive:
        status = archive.status()
        saved = archive.saved() if status.saved else []
    changed = [answer.number for answer in saved if answer.fate != "current"]
    if args.json:
        print_json(to_dict(status) | {"saved_changed": changed})
    else:
        from rag.terminal.articles import status_lines
        from rag.terminal.screen import Screen

        screen = Screen()
        screen.show(status_lines(status, screen, changed))
    return DONE


def serve(args: argparse.Namespace) -> int:
    """Serve the chat as a web page."""
    from rag.web import launch

    launch(args.index, host=args.host, port=args.port, open_browser=args.open)
    return DONE
