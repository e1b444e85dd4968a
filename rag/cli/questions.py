"""Commands that ask the archive something."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from rag.cli.common import DONE, NOTHING, complain, filters_of, open_archive, print_json, to_dict
from rag.errors import RagError
from rag.types import Filters

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.terminal.screen import Screen
    from rag.types import Answer

CHAT_HELP = """\
Each line is a question. Commands:
  /open N   show the quote [N] of the last answer in its article
  /help     show this
  /quit     leave (also Ctrl-D)"""


def search(args: argparse.Namespace) -> int:
    """Print the passages nearest to a query."""
    filters = filters_of(args)
    with open_archive(args) as archive:
        hits = archive.search(
            args.query, k=args.k, filters=filters, asked=args.asked, as_of=args.as_of
        )
    if args.json:
        print_json({"query": args.query, "hits": [to_dict(hit) for hit in hits]})
        return DONE if hits else NOTHING
    from rag.terminal.answers import hit_lines
    from rag.terminal.screen import Screen

    screen = Screen()
    for rank, hit in enumerate(hits, 1):
        if rank > 1:
            screen.print()
        screen.show(hit_lines(rank, hit, screen))
    if not hits:
        complain("nothing found")
    return DONE if hits else NOTHING


def ask(args: argparse.Namespace) -> int:
    """Print the answer to a question, and save it where that is asked for."""
    filters = filters_of(args)
    with open_archive(args) as archive:
        answer = archive.ask(args.question, filters=filters, asked=args.asked, as_of=args.as_of)
        save = args.save and not answer.abstained
        if args.json:
            number, problem = None, None
            try:
                number = archive.save(answer) if save else None
            except RagError as error:
                problem = error
            print_json(to_dict(answer) | ({"saved": number} if args.save else {}))
            if problem:
                raise problem
        else:
            from rag.terminal.answers import answer_lines
            from rag.terminal.screen import Screen

            screen = Screen()
            screen.show(answer_lines(answer, screen))
            if save:  # last: what cannot be saved has been shown all the same
                number = archive.save(answer)
                screen.print(f"\nSaved as {number}; see dateline saved.")
    return NOTHING if answer.abstained else DONE


def quotes(args: argparse.Namespace) -> int:
    """Print who said what."""
    with open_archive(args) as archive:
        found = archive.statements(
            args.speaker, args.about, args.cue, args.since, args.until, as_of=args.as_of
        )
    shown = found[: args.k] if args.k else found
    if args.json:
        print_json({"found": len(found), "statements": [to_dict(said) for said in shown]})
        return DONE if found else NOTHING
    from rag.terminal.answers import statement_lines
    from rag.terminal.screen import Screen

    screen = Screen()
    for place, said in enumerate(shown):
        if place:
            screen.print()
        screen.show(statement_lines(said, screen))
    if len(found) > len(shown):
        screen.print(f"\n{len(found) - len(shown):,} more; -k shows so many, -k 0 all.")
    if not found:
        complain("no such statement")
    return DONE if found else NOTHING


def timeline(args: argparse.Namespace) -> int:
    """Print what happened when, and draw it where that is asked for."""
    from rag.answering.timeline import to_json, to_text

    filters = filters_of(args)
    with open_archive(args) as archive:
        events = archive.timeline(args.query, filters, most=args.k or None, as_of=args.as_of)
    if args.plot and events:
        from rag.answering.timeline_plot import plot

        try:
            plot(events, args.plot)
        except ValueError as error:
            args.parser.error(f"{args.plot} cannot be drawn: {error}")
    if args.json:
        print_json({"events": json.loads(to_json(events))})
    elif events:
        from rag.terminal.screen import clean

        sys.stdout.write(clean(to_text(events)))
    if not events:
        complain("no dated event about it")
    return DONE if events else NOTHING


def saved(args: argparse.Namespace) -> int:
    """Print saved answers and what became of their articles, or delete one."""
    with open_archive(args) as archive:
        if args.discard is not None:
            if archive.discard(args.discard):
                return DONE
            complain(f"no saved answer has the number {args.discard}")
            return NOTHING
        answers = archive.saved()
    if args.changed:
        answers = [answer for answer in answers if answer.fate != "current"]
    if args.json:
        print_json({"saved": [to_dict(answer) for answer in answers]})
        return DONE if answers else NOTHING
    from rag.terminal.answers import saved_lines
    from rag.terminal.screen import Screen

    screen = Screen()
    for place, answer in enumerate(answers):
        if place:
            screen.print()
        screen.show(saved_lines(answer, screen))
    if not answers:
        complain("no saved answer" + (" whose articles changed" if args.changed else ""))
    return DONE if answers else NOTHING


def chat(args: argparse.Namespace) -> int:
    """Answer one question after another."""
    from rag.terminal.screen import Screen

    screen = Screen()
    filters = filters_of(args)
    interactive = sys.stdin.isatty() and screen.is_terminal
    if interactive:
        with suppress(ImportError):  # arrow keys and history, where Python has them
            import readline  # noqa: F401
    with open_archive(args) as archive:
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

    from rag.terminal.answers import answer_lines

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
    from rag.terminal.answers import context_lines

    wanted = words[0].strip("[]") if words else ""
    for citation in answer.citations if answer else ():
        if str(citation.marker) == wanted:
            screen.show(context_lines(citation, screen))
            return
    marks = ", ".join(str(citation.marker) for citation in answer.citations) if answer else ""
    screen.print(f"There is no such quote; /open one of: {marks}" if marks else "No quote yet.")
