"""The command line, `dateline`: words become calls of Archive, and what it returns becomes text."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from rag import __version__
from rag.errors import ArticleError, RagError
from rag.evaluation import command as evaluation
from rag.types import Filters, IngestReport, make_id

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.terminal import Screen
    from rag.types import Answer

DONE, NOTHING, FAILED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141

EXIT_CODES = """\
exit codes:
  0    found, answered or done
  1    nothing found, no answer in the articles, an unknown id, or nothing could be read
  2    an error: one line on standard error says what, and what to do next
  130  interrupted by Ctrl-C; what was stored before is kept

The index is ./index, or what --index or the environment variable DATELINE_INDEX names.
"""

CHAT_HELP = """\
Each line is a question. Commands:
  /open N   show the quote [N] of the last answer in its article
  /help     show this
  /quit     leave (also Ctrl-D)"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `dateline` with these arguments, or those of the process; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character that it cannot show is no error
            stream.reconfigure(errors="backslashreplace")
    args = _parser().parse_args(argv)
    args.index_given = args.index is not None
    args.index = args.index or os.environ.get("DATELINE_INDEX") or "index"
    if not args.debug:  # what libraries say to programmers
        warnings.simplefilter("ignore")
        logging.getLogger().addHandler(logging.NullHandler())
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as `head`, has gone; nothing may be said to it, not even at exit.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except (RagError, OSError) as error:
        if args.debug:
            traceback.print_exc()
        else:
            _complain(_message(error))
        return FAILED
    return code


def _add(args: argparse.Namespace) -> int:
    from rag.terminal import Screen, progress_shown, report_lines

    reports, failures = [], []
    with _open(args, create=True) as archive:
        try:
            for source in args.sources:
                try:
                    with progress_shown(source, Screen(stderr=True)) as progress:
                        reports.append(archive.add(source, progress=progress))
                except ArticleError as error:
                    failures.append({"where": source, "why": _message(error)})
        except KeyboardInterrupt:
            kept = archive.status().articles
            _complain(
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
        _print_json({**_to_dict(total), "failed": failures})
    else:
        screen = Screen()
        screen.show(report_lines(total))
    for failure in failures:
        _complain(failure["why"])
    if failures:
        return FAILED
    read = total.added or total.updated or total.unchanged or total.duplicates
    return DONE if read else NOTHING


def _remove(args: argparse.Namespace) -> int:
    from rag.terminal import one_line

    if bool(args.names) == bool(args.source):
        args.parser.error("give ids or URLs, or --source NAME")
    with _open(args) as archive:
        if args.source:
            filters = Filters(sources=tuple(args.source))
            wanted = {article.id: article.id for article in archive.articles(filters)}
            if wanted and not args.yes and not _confirmed(args, len(wanted)):
                return NOTHING
            unknown = [] if wanted else list(args.source)
        else:
            ids = {name: _find(archive, name) for name in args.names}
            wanted = {found: name for name, found in ids.items() if found}
            unknown = [name for name, found in ids.items() if not found]
        removed = archive.remove(wanted) if wanted else ()
    unknown += [wanted[article] for article in wanted if article not in set(removed)]
    if args.json:
        _print_json({"removed": list(removed), "unknown": unknown})
    else:
        for article in removed:
            sys.stdout.write(f"removed {one_line(article)}\n")
    for name in unknown:
        _complain(f"no article with the id, URL or source {name}; nothing was removed for it")
    return NOTHING if unknown else DONE


def _confirmed(args: argparse.Namespace, count: int) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        args.parser.error("to remove a whole source without being asked, add --yes")
    sys.stderr.write(f"Remove {count:,} articles of {', '.join(args.source)}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _search(args: argparse.Namespace) -> int:
    filters = _filters(args)
    with _open(args) as archive:
        hits = archive.search(args.query, k=args.k, filters=filters)
    if args.json:
        _print_json({"query": args.query, "hits": [_to_dict(hit) for hit in hits]})
        return DONE if hits else NOTHING
    from rag.terminal import Screen, hit_lines

    screen = Screen()
    for rank, hit in enumerate(hits, 1):
        if rank > 1:
            screen.print()
        screen.show(hit_lines(rank, hit, screen))
    if not hits:
        _complain("nothing found")
    return DONE if hits else NOTHING


def _ask(args: argparse.Namespace) -> int:
    filters = _filters(args)
    with _open(args) as archive:
        answer = archive.ask(args.question, filters=filters)
    if args.json:
        _print_json(_to_dict(answer))
    else:
        from rag.terminal import Screen, answer_lines

        screen = Screen()
        screen.show(answer_lines(answer, screen))
    return NOTHING if answer.abstained else DONE


def _chat(args: argparse.Namespace) -> int:
    from rag.terminal import Screen

    screen = Screen()
    filters = _filters(args)
    interactive = sys.stdin.isatty() and screen.is_terminal
    if interactive:
        with suppress(ImportError):  # arrow keys and history, where Python has them
            import readline  # noqa: F401
    with _open(args) as archive:
        if interactive:
            screen.print(f"{archive.status().articles:,} articles. {CHAT_HELP}\n")
        last: Answer | None = None
        while (line := _read_line("> " if interactive else "")) is not None:
            words = line.split()
            if not words:
                continue
            if words[0] == "/quit":
                break
            if words[0] == "/open":
                _show_citation(words[1:], last, screen)
            elif words[0].startswith("/"):
                screen.print(CHAT_HELP)
            else:
                try:
                    last = _stream(archive, line.strip(), filters, screen)
                except KeyboardInterrupt:
                    if not interactive:
                        raise
                    screen.print("Stopped.")
            screen.print()
    return DONE


def _read_line(prompt: str) -> str | None:
    """The next line that is typed, or None at the end of the input."""
    try:
        return input(prompt)
    except EOFError:
        return None


def _stream(archive: Archive, question: str, filters: Filters, screen: Screen) -> Answer | None:
    """Show the answer while it grows, then as it stands; returns it."""
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    from rag.terminal import answer_lines

    answer: Answer | None = None
    if screen.is_terminal:
        # The growing answer may not fit the window, so the whole is printed when it is known.
        waiting = Text("Reading ...", "dim")
        with Live(waiting, console=screen, transient=True, auto_refresh=False) as live:
            for answer in archive.stream(question, filters=filters):
                live.update(Group(*answer_lines(answer, screen)), refresh=True)
            live.update(Text(), refresh=True)  # it could not take back more than a windowful
    else:
        answer = archive.ask(question, filters=filters)
    if answer is not None:
        screen.show(answer_lines(answer, screen))
    return answer


def _show_citation(words: list[str], answer: Answer | None, screen: Screen) -> None:
    from rag.terminal import context_lines

    wanted = words[0].strip("[]") if words else ""
    for citation in answer.citations if answer else ():
        if str(citation.marker) == wanted:
            screen.show(context_lines(citation, screen))
            return
    marks = ", ".join(str(citation.marker) for citation in answer.citations) if answer else ""
    screen.print(f"There is no such quote; /open one of: {marks}" if marks else "No quote yet.")


def _serve(args: argparse.Namespace) -> int:
    from rag.web import launch

    launch(args.index, host=args.host, port=args.port, open_browser=args.open)
    return DONE


def _status(args: argparse.Namespace) -> int:
    with _open(args) as archive:
        status = archive.status()
    if args.json:
        _print_json(_to_dict(status))
    else:
        from rag.terminal import Screen, status_lines

        screen = Screen()
        screen.show(status_lines(status, screen))
    return DONE


def _show(args: argparse.Namespace) -> int:
    with _open(args) as archive:
        found = _find(archive, args.name)
        article = archive.get(found) if found else None
    if article is None:
        _complain(f"no article with the id or URL {args.name}; dateline search finds ids")
        return NOTHING
    if args.json:
        _print_json(_to_dict(article))
    else:
        from rag.terminal import Screen, article_lines

        screen = Screen()
        screen.show(article_lines(article, screen))
    return DONE


def _open(args: argparse.Namespace, *, create: bool = False) -> Archive:
    from rag.archive import Archive

    return Archive.open(args.index, create=create)


def _find(archive: Archive, name: str) -> str | None:
    """The id of the article that has this id or this URL, or None."""
    from rag.ingest.fields import canonical

    names = [name, make_id(name)]
    with suppress(ValueError):  # an id, or half a URL
        names.append(make_id(canonical(name)))
    return next((known for known in names if archive.get(known)), None)


def _filters(args: argparse.Namespace) -> Filters:
    return Filters(sources=args.source, since=args.since, until=args.until, languages=args.language)


def _to_dict(value: object) -> dict[str, Any]:
    from rag.serialize import to_dict

    return to_dict(value)


def _print_json(value: dict[str, Any]) -> None:
    # All in ASCII, so that no control character of an article reaches a terminal.
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def _complain(message: str) -> None:
    from rag.terminal import one_line

    sys.stdout.flush()  # so that what is said later also stands later where both go to one place
    sys.stderr.write(f"dateline: {one_line(message)}\n")


def _message(error: Exception) -> str:
    """The error on one line, without the number that the system gives it."""
    if isinstance(error, OSError) and not isinstance(error, RagError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__


class _Parser(argparse.ArgumentParser):
    """A parser that reports a wrong argument on one line, as every other error is."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the help is; exits with 2."""
        _complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(FAILED)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="dateline",
        description="Ask news articles a question; get exact quotes with their place.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"dateline {__version__}")
    _add_common(parser, index=None, debug=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: object, summary: str, epilog: str = "") -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary, epilog=epilog)
        sub.set_defaults(run=run, parser=sub)
        # Given here too, they are accepted on either side of the command's name.
        _add_common(sub, index=argparse.SUPPRESS, debug=argparse.SUPPRESS)
        return sub

    add = command(
        "add",
        _add,
        "Add articles to the index, which is made where there is none.",
        "exit codes: 0 when anything was read, 1 when nothing could be, 2 when a source could\n"
        "not be used at all (the others are added all the same)",
    )
    add.add_argument("sources", nargs="+", metavar="SOURCE", help="a file, a folder or a glob")
    _add_json(add)

    remove = command("remove", _remove, "Remove articles from the index.")
    remove.add_argument("names", nargs="*", metavar="ID_OR_URL", help="an article's id or URL")
    remove.add_argument("--source", action="append", metavar="NAME", help="all of this source")
    remove.add_argument("--yes", action="store_true", help="remove a source without asking")
    _add_json(remove)

    search = command("search", _search, "Find the passages nearest to a query.")
    search.add_argument("query", metavar="QUERY", help="words, or a sentence")
    search.add_argument("-k", type=_positive, default=10, help="how many at most (10)")
    _add_filters(search)
    _add_json(search)

    ask = command("ask", _ask, "Answer a question with exact quotes, or say that there is none.")
    ask.add_argument("question", metavar="QUESTION", help="in plain words")
    _add_filters(ask)
    _add_json(ask)

    chat = command("chat", _chat, "Ask one question after another.", CHAT_HELP)
    _add_filters(chat)

    serve = command("serve", _serve, "Serve the chat as a web page.")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="the port to listen on (7860, or the next free)")
    serve.add_argument("--open", action="store_true", help="open the page in a browser")

    _add_json(command("status", _status, "Say what the index holds."))

    show = command("show", _show, "Print one article as it is stored.")
    show.add_argument("name", metavar="ID_OR_URL", help="an article's id or URL")
    _add_json(show)

    evaluation.add_arguments(
        command("eval", evaluation.run, evaluation.SUMMARY, evaluation.NOTES), _positive
    )
    return parser


def _add_common(parser: argparse.ArgumentParser, *, index: str | None, debug: bool | str) -> None:
    parser.add_argument(
        "--index", metavar="DIR", default=index, help="the index (./index, or $DATELINE_INDEX)"
    )
    parser.add_argument(
        "--debug", action="store_true", default=debug, help="show the traceback of an error"
    )


def _add_filters(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("limits on which articles are searched")
    group.add_argument("--source", action="append", metavar="NAME", help="only this; repeatable")
    group.add_argument("--language", action="append", metavar="CODE", help="as de; repeatable")
    group.add_argument("--since", metavar="DATE", help="from this day on, as 2024-02-26")
    group.add_argument("--until", metavar="DATE", help="up to the end of this day")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
