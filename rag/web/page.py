"""The page: its parts, and what happens on each click."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from rag.errors import ConfigError, RagError
from rag.serialize import to_dict
from rag.types import Filters, Status
from rag.web import render
from rag.web.adding import Adding
from rag.web.samples import EXAMPLES, are_samples, samples_folder
from rag.web.turns import Turn
from rag.web.wording import count, language_name, limits

if TYPE_CHECKING:
    from rag.archive import Archive

SECONDS_BETWEEN_UPDATES = 0.125
ASKED_AT_ONCE = 4
WAITING = 64
UNEXPECTED = "Something went wrong; the terminal that runs Dateline says what."

Updates = dict[Any, Any]


class Page:
    """The components of the page, and the handlers that fill them.

    A handler returns the components that it changes with their new values. `blocks` is what
    Gradio serves.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.runs: dict[str, Adding] = {}  # by session
        self.blocks: gr.Blocks = gr.Blocks(
            title="Dateline", analytics_enabled=False, delete_cache=(3600, 86400)
        )
        with self.blocks:
            self._place()
            self._wire()
        self.blocks.queue(max_size=WAITING, default_concurrency_limit=ASKED_AT_ONCE)

    def close(self) -> None:
        """Cancel what is being added, and wait until nothing uses the archive for it."""
        for run in [*self.runs.values()]:
            run.cancel()
            run.wait()

    def _place(self) -> None:
        self.turns = gr.State([])
        with gr.Sidebar(open=False, elem_id="filters"):
            gr.HTML("<h2>Search only</h2>", apply_default_css=False)
            self.sources = gr.Dropdown(
                [], multiselect=True, label="Sources", info="All, unless some are chosen"
            )
            self.since = gr.Textbox(label="Since", placeholder="YYYY-MM-DD", max_lines=1)
            self.until = gr.Textbox(label="Until", placeholder="YYYY-MM-DD", max_lines=1)
            self.languages = gr.Dropdown([], multiselect=True, label="Languages")
            self.date_problem = gr.HTML(apply_default_css=False)
            self.clear = gr.Button("Search everything", size="sm")
        self.masthead = gr.HTML(apply_default_css=False, js_on_load=None)
        self.welcome = gr.HTML(apply_default_css=False, js_on_load=None)
        self.log = gr.HTML(apply_default_css=False, js_on_load=None, elem_id="log")
        with gr.Row(elem_id="examples", visible=False) as self.examples:
            self.example_buttons = [gr.Button(question, size="sm") for question in EXAMPLES]
        self.report = gr.HTML(apply_default_css=False, js_on_load=None, elem_id="report")
        self.cancel = gr.Button("Cancel", size="sm", visible=False, elem_id="cancel")
        with gr.Row(elem_id="composer", visible=False) as self.composer:
            self.box = gr.Textbox(
                placeholder="Ask the articles a question",
                show_label=False,
                label="Question",
                lines=1,
                max_lines=5,
                autofocus=True,
                scale=1,
                elem_id="question",
            )
            self.ask = gr.Button("Ask", variant="primary", scale=0, min_width=80, elem_id="ask")
            self.stop = gr.Button(
                "Stop", variant="stop", scale=0, min_width=80, visible=False, elem_id="stop"
            )
        self.limited = gr.HTML(apply_default_css=False, js_on_load=None, elem_id="limited")
        with gr.Row(elem_id="tools"):
            self.samples = gr.Button(
                "Add the samples", variant="primary", size="sm", visible=False, elem_id="samples"
            )
            # Of any type: one that cannot be read is named in the report, and the others are added.
            self.upload = gr.UploadButton(
                "Upload articles", file_count="multiple", size="sm", elem_id="upload"
            )
            self.filters = gr.Button("Filters", size="sm", visible=False, elem_id="open-filters")
            self.new = gr.Button("New chat", size="sm", visible=False, elem_id="new")
            self.download = gr.Button("Download", size="sm", visible=False, elem_id="download")

    def _wire(self) -> None:
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # What follows close on an end or a Stop would otherwise be dropped without a word.
        again = {**private, "trigger_mode": "multiple"}
        filters = [self.sources, self.languages, self.since, self.until]
        holdings = [self.masthead, self.welcome, self.examples, self.composer, self.samples]
        holdings += [self.filters]
        chat = [self.log, self.turns, self.box, self.ask, self.stop, self.new, self.download]
        around = [self.welcome, self.examples, self.report]

        def asking(question: gr.Button | gr.Textbox, *triggers: Any) -> Any:  # noqa: ANN401
            return gr.on(
                triggers,
                self.on_ask,
                [question, self.turns, *filters],
                [*chat, *around],
                concurrency_limit=ASKED_AT_ONCE,
                concurrency_id="ask",
                **again,
            )

        asks = [asking(self.box, self.box.submit, self.ask.click)]
        asks += [asking(button, button.click) for button in self.example_buttons]
        for event in asks:
            event.failure(self.on_failed, [self.turns], chat, queue=False, **private)
        self.stop.click(self.on_stop, [self.turns], chat, cancels=asks, queue=False, **private)
        self.new.click(
            self.on_new, None, [*chat, *holdings, self.report], cancels=asks, queue=False, **private
        ).then(None, js="() => window.dateline.close()", **private)
        self.download.click(None, js="() => window.dateline.download()", **private)

        self.filters.click(None, js="() => window.dateline.filters()", **private)
        said = [self.limited, self.date_problem]
        changes = [self.sources.change, self.languages.change]
        for date in (self.since, self.until):
            changes += [date.blur, date.submit]
        gr.on(changes, self.on_limits, filters, said, queue=False, **private)
        self.clear.click(
            lambda: ([], [], "", "", "", ""), None, [*filters, *said], queue=False, **private
        )

        adding = [self.report, self.cancel, self.upload, self.samples]
        choices = [self.sources, self.languages]
        for trigger, handler, given in (
            (self.upload.upload, self.on_upload, [self.upload]),
            (self.samples.click, self.on_samples, []),
        ):
            trigger(
                handler,
                given,
                adding,
                concurrency_limit=1,
                concurrency_id="add",
                **again,
            ).then(self.on_load, [self.turns], [*holdings, *choices], queue=False, **private)
        self.cancel.click(self.on_cancel, None, [self.cancel], queue=False, **private)
        self.blocks.load(self.on_load, [self.turns], [*holdings, *choices], queue=False, **private)
        api(self.api_ask, api_name="ask", concurrency_id="ask")
        api(self.api_search, api_name="search", concurrency_id="ask")

    # Asking

    def on_ask(
        self,
        question: str,
        turns: list[Turn],
        sources: list[str],
        languages: list[str],
        since: str,
        until: str,
    ) -> Iterator[Updates]:
        """Answer a question as the newest turn, which grows as the answer does."""
        question = question.strip()
        if not question or (turns and turns[-1].state == "running"):
            yield {self.ask: gr.skip()}
            return
        turn = Turn(len(turns) + 1, question)
        try:
            filters = _filters(sources, since, until, languages)
            turn = replace(turn, filters=filters)
            yield {
                **self._shown([*turns, turn]),
                self.box: "",
                self.welcome: "",
                self.examples: gr.update(visible=False),
                self.report: "",
            }
            shown = 0.0
            for answer in self.archive.stream(question, filters):
                turn = replace(turn, answer=answer)
                if monotonic() - shown >= SECONDS_BETWEEN_UPDATES:
                    shown = monotonic()
                    yield self._shown([*turns, turn])
            turn = replace(turn, state="done")
        except RagError as error:
            turn = replace(turn, state="failed", problem=f"Could not answer: {error}")
        yield {**self._shown([*turns, turn]), self.welcome: ""}

    def on_stop(self, turns: list[Turn]) -> Updates:
        """Leave the newest turn as far as it has come."""
        if turns and turns[-1].state == "running":
            turns = [*turns[:-1], replace(turns[-1], state="stopped")]
        return self._shown(turns)

    def on_failed(self, turns: list[Turn]) -> Updates:
        """Say that the newest turn broke off, where it did."""
        if turns and turns[-1].state == "running":
            turns = [*turns[:-1], replace(turns[-1], state="failed", problem=UNEXPECTED)]
        return self._shown(turns)

    def on_new(self) -> Updates:
        """Begin an empty conversation."""
        return {**self._shown([]), **self._holdings([], self.archive.status()), self.report: ""}

    def _shown(self, turns: list[Turn]) -> Updates:
        running = bool(turns) and turns[-1].state == "running"
        return {
            self.log: render.conversation(turns) if turns else "",
            self.turns: turns,
            self.ask: gr.update(visible=not running),
            self.stop: gr.update(visible=running),
            self.new: gr.update(visible=bool(turns)),
            self.download: gr.update(visible=bool(turns) and not running),
        }

    def on_limits(
        self, sources: list[str], languages: list[str], since: str, until: str
    ) -> tuple[str, str]:
        """Say under which limits the next question is asked, or what is wrong with a date."""
        try:
            limited = limits(_filters(sources, since, until, languages))
        except ConfigError as error:
            problem = render.note(str(error), problem=True)
            return problem, problem
        return render.note(f"Searching {limited}.") if limited else "", ""

    # What there is

    def on_load(self, turns: list[Turn]) -> Updates:
        """Show what the index holds now."""
        try:
            status = self.archive.status()
        except RagError as error:
            return {self.masthead: render.note(str(error), problem=True)}
        return {
            **self._holdings(turns, status),
            self.sources: gr.update(
                choices=[(f"{name} ({number:,})", name) for name, number in status.sources.items()]
            ),
            self.languages: gr.update(
                choices=[
                    (f"{language_name(code)} ({number:,})", code)
                    for code, number in status.languages.items()
                ]
            ),
        }

    def _holdings(self, turns: list[Turn], status: Status) -> Updates:
        empty = not status.articles
        examples = not empty and not turns and are_samples(self.archive, status)
        folder = samples_folder() is not None
        return {
            self.masthead: render.masthead(status),
            self.welcome: ""
            if turns
            else render.welcome(status, examples=examples, samples=folder),
            self.examples: gr.update(visible=examples),
            self.composer: gr.update(visible=not empty),
            self.filters: gr.update(visible=not empty),
            self.samples: gr.update(visible=empty and folder),
        }

    # Adding

    def on_upload(self, paths: list[str], request: gr.Request) -> Iterator[Updates]:
        """Add the articles in uploaded files."""
        yield from self._add(Adding(self.archive, [Path(path) for path in paths]), request)

    def on_samples(self, request: gr.Request) -> Iterator[Updates]:
        """Add the sample articles."""
        folder = samples_folder()
        if folder is None:
            yield {self.report: render.note("The samples are not on this machine.", problem=True)}
            return
        yield from self._add(Adding(self.archive, str(folder)), request)

    def _add(self, run: Adding, request: gr.Request) -> Iterator[Updates]:
        session = str(request.session_hash)
        self.runs[session] = run
        busy = {
            self.cancel: gr.update(visible=True),
            self.upload: gr.update(interactive=False),
            self.samples: gr.update(interactive=False),
        }
        for view in run.run():
            yield {self.report: view, **busy}
        self.runs.pop(session, None)
        if run.report is not None:
            said = render.report(run.report)
        else:
            stored = f" {count(run.stored, 'article')} stored before that." if run.stored else ""
            said = render.note((run.problem or UNEXPECTED) + stored, problem=True)
        yield {
            self.report: said,
            self.cancel: gr.update(visible=False, value="Cancel", interactive=True),
            self.upload: gr.update(value=None, interactive=True),
            self.samples: gr.update(interactive=True),
        }

    def on_cancel(self, request: gr.Request) -> Updates:
        """End the run that adds articles for this page, if there is one."""
        if run := self.runs.get(str(request.session_hash)):
            run.cancel()
        return {self.cancel: gr.update(value="Cancelling …", interactive=False)}

    # For scripts

    def api_ask(
        self,
        question: str,
        sources: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        languages: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question, as `dateline ask --json` does."""
        try:
            return to_dict(self.archive.ask(question, _filters(sources, since, until, languages)))
        except RagError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def api_search(
        self,
        query: str,
        k: int = 10,
        sources: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        languages: list[str] | None = None,
    ) -> dict[str, Any]:
        """Find passages, as `dateline search --json` does."""
        try:
            hits = self.archive.search(query, k, _filters(sources, since, until, languages))
        except RagError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return {"query": query, "hits": [to_dict(hit) for hit in hits]}


def _filters(
    sources: list[str] | None, since: str | None, until: str | None, languages: list[str] | None
) -> Filters:
    # Filters reads dates that are text, though it only declares what it keeps.
    dates: dict[str, Any] = {"since": (since or "").strip(), "until": (until or "").strip()}
    return Filters(tuple(sources or ()), languages=tuple(languages or ()), **dates)
