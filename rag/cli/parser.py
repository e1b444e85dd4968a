"""The arguments of `dateline`, and the help that it gives."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from rag import __version__
from rag.cli import articles, questions
from rag.cli.common import FAILED, complain
from rag.evaluation import command as evaluation

EXIT_CODES = """\
exit codes:
  0    found, answered or done
  1    nothing found, no answer in the articles, an unknown id, or nothing could be read
  2    an error: one line on standard error says what, and what to do next
  130  interrupted by Ctrl-C; what was stored before is kept

The index is ./index, or what --index or the environment variable DATELINE_INDEX names.
"""


class _Parser(argparse.ArgumentParser):
    """A parser that reports a wrong argument on one line, as every other error is."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the help is; exits with 2."""
        complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(FAILED)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; what it parses carries the function to run."""
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
        articles.add,
        "Add articles to the index, which is made where there is none.",
        "exit codes: 0 when anything was read, 1 when nothing could be, 2 when a source could\n"
        "not be used at all (the others are added all the same)",
    )
    add.add_argument("sources", nargs="+", metavar="SOURCE", help="a file, a folder or a glob")
    _add_json(add)

    remove = command("remove", articles.remove, "Remove articles from the index.")
    remove.add_argument("names", nargs="*", metavar="ID_OR_URL", help="an article's id or URL")
    remove.add_argument("--source", action="append", metavar="NAME", help="all of this source")
    remove.add_argument("--yes", action="store_true", help="remove a source without asking")
    _add_json(remove)

    search = command("search", questions.search, "Find the passages nearest to a query.")
    search.add_argument("query", type=_words, metavar="QUERY", help="words, or a sentence")
    search.add_argument("-k", type=_positive, default=10, help="how many at most (10)")
    _add_days(search)
    _add_filters(search)
    _add_json(search)

    ask = command(
        "ask", questions.ask, "Answer a question with exact quotes, or say there is none."
    )
    ask.add_argument("question", type=_words, metavar="QUESTION", help="in plain words")
    _add_days(ask)
    ask.add_argument("--save", action="store_true", help="keep the answer, see dateline saved")
    _add_filters(ask)
    _add_json(ask)

    quotes = command("quotes", questions.quotes, "Find who said what: speech quoted and retold.")
    quotes.add_argument(
        "--speaker", type=_words, metavar="NAME", help="who, or a role as in 'prime minister'"
    )
    quotes.add_argument(
        "--about", type=_words, metavar="SUBJECT", help="what about; the best match comes first"
    )
    quotes.add_argument(
        "--cue", type=_words, metavar="VERB", help="how it was said, as warn or deny"
    )
    quotes.add_argument("--since", metavar="DATE", help="from this day on, as 2024-02-26")
    quotes.add_argument("--until", metavar="DATE", help="up to the end of this day")
    _add_as_of(quotes)
    quotes.add_argument("-k", type=_count, default=20, help="how many at most (20; 0 for all)")
    _add_json(quotes)

    timeline = command(
        "timeline", questions.timeline, "Tell what happened when, in articles' words."
    )
    timeline.add_argument("query", type=_words, metavar="SUBJECT", help="what about")
    timeline.add_argument(
        "-k", type=_count, default=20, help="how many events at most (20; 0: all)"
    )
    _add_as_of(timeline)
    timeline.add_argument("--plot", metavar="FILE", help="draw it too, as .svg, .png or .pdf")
    _add_filters(timeline)
    _add_json(timeline)

    chat = command("chat", questions.chat, "Ask one question after another.", questions.CHAT_HELP)
    _add_filters(chat)

    serve = command("serve", articles.serve, "Serve the chat as a web page.")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="the port to listen on (7860, or the next free)")
    serve.add_argument("--open", action="store_true", help="open the page in a browser")

    _add_json(command("status", articles.status, "Say what the index holds."))

    show = command("show", articles.show, "Print one article as it is stored.")
    show.add_argument("name", metavar="ID_OR_URL", help="an article's id or URL")
    _add_json(show)

    history = command("history", articles.history, "Show an article's versions and what changed.")
    history.add_argument("name", metavar="ID_OR_URL", help="an article's id or URL")
    _add_json(history)

    saved = command(
        "saved", questions.saved, "List saved answers, and which of their articles changed since."
    )
    saved.add_argument("--changed", action="store_true", help="only those with changed articles")
    saved.add_argument("--discard", type=_positive, metavar="NUMBER", help="delete this one")
    _add_json(saved)

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


def _add_as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as-of", metavar="DATE", help="as the archive stood at the end of this day"
    )


def _add_days(parser: argparse.ArgumentParser) -> None:
    _add_as_of(parser)
    parser.add_argument(
        "--asked", metavar="DATE", help="from which day 'last week' is seen (the newest article's)"
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number; 0 is for all")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)
