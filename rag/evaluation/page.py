"""A report as one page of HTML that needs nothing else: figures, plots and failures."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from typing import Any

from rag.evaluation.plots import draw
from rag.evaluation.report import named
from rag.terminal.screen import clean

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 66rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
table { border-collapse: collapse; } th { text-align: left; padding-top: .8rem; }
td { padding: .1rem 1.2rem .1rem 0; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
code { color: #666; } figure { display: inline-block; margin: 0 1rem 1rem 0; }
figcaption { font-weight: 600; } .partial { background: #fde8c8; padding: .5rem 1rem; }
details { border-top: 1px solid #ddd; padding: .5rem 0; } summary { cursor: pointer; }
.kind { color: #a33; font-weight: 600; } .dim { color: #666; } ol, ul { margin: .2rem 0; }
"""


def render(report: dict[str, Any]) -> str:
    """The page. All that comes from articles and questions is escaped."""
    title = f"Dateline on {_escaped(report['dataset']['name'])}"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f"<title>{title}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{title}</h1>",
            *_head(report),
            "<h2>Figures</h2>",
            *_figures(report),
            "<h2>Plots</h2>",
            *_plots(report),
            "<h2>Worst failures</h2>",
            *_failures(report),
            "</body></html>\n",
        ]
    )


def _escaped(value: object) -> str:
    """Any value as text that is no markup and cannot turn the direction of writing."""
    return html.escape(clean(str(value)))


def _head(report: dict[str, Any]) -> Iterator[str]:
    data, index = report["dataset"], report["index"]
    part = f", part {_escaped(data['part'])}" if data["part"] else ""
    yield (
        f"<p class=dim>{report['asked']:,} of {data['questions']:,} questions{part} "
        f"({data['answerable']:,} answerable, {data['unanswerable']:,} not) asked of "
        f"{index['articles']:,} articles in {index['passages']:,} passages; "
        f"{report['k']} passages a search; {_escaped(index['embedder'])}; "
        f"Dateline {_escaped(report['dateline'])}; data {data['sha256'][:16]}</p>"
    )
    if not report["complete"]:
        yield (
            "<p class=partial>Partial: the run was interrupted, and the figures are of the "
            "questions asked so far.</p>"
        )
    if report["absent_gold"]:
        ids = _escaped(named(report["absent_gold"]))
        yield f"<p class=partial>Not in the index, but said to answer: {ids}.</p>"


def _figures(report: dict[str, Any]) -> Iterator[str]:
    yield "<table>"
    group = None
    for key, figure in report["figures"].items():
        if figure["group"] != group:
            group = figure["group"]
            yield f"<tr><th>{group}<th><th>figure<th>95% interval<th>of"
        low, high = figure["low"], figure["high"]
        between = f"{low:.3f} – {high:.3f}" if low is not None else ""
        yield (
            f"<tr><td>{figure['what']}<td><code>{key}</code><td class=n>{figure['value']:.3f}"
            f"<td class=n>{between}<td class=n>{figure['n']:,}"
        )
    yield "<tr><th>Milliseconds<th><th>median<th>90th percentile<th>"
    for stage, times in report["milliseconds"].items():
        yield (
            f"<tr><td>{_escaped(stage)}<td><td class=n>{times['median']:.1f}"
            f"<td class=n>{times['p90']:.1f}<td>"
        )
    yield "</table>"


def _plots(report: dict[str, Any]) -> Iterator[str]:
    for title, svg in draw(report):
        data = base64.b64encode(svg).decode()
        yield (
            f"<figure><figcaption>{title}</figcaption>"
            f'<img alt="{title}" src="data:image/svg+xml;base64,{data}"></figure>'
        )


def _failures(report: dict[str, Any]) -> Iterator[str]:
    if not report["failures"]:
        yield "<p>None.</p>"
    rows = {row["id"]: row for row in report["questions"]}
    for failure in report["failures"]:
        row = rows[failure["id"]]
        yield (
            f"<details open><summary><span class=kind>{failure['kind']}</span>, confidence "
            f"{row['confidence']:.2f}: <b>{_escaped(row['question'])}</b> "
            f"<code>{_escaped(row['id'])}</code></summary>"
        )
        yield "<ul>"
        yield f"<li>Expected: {_expected(row)}"
        for gold in row["gold"]:
            rank = gold["rank"] or "not found"
            yield f"<li>Article that answers: {_escaped(gold['title'] or gold['id'])}; rank {rank}"
        if row["evidence"]:
            yield f"<li>Evidence: “{_escaped(row['evidence'])}”"
        quotes = row["quotes"] or row["would_quote"]
        verb = "Quoted" if row["quotes"] else "Would have quoted"
        for quote in quotes:
            where = _escaped(quote["title"] or quote["article"])
            yield f"<li>{verb}: “{_escaped(quote['quote'])}” <span class=dim>{where}</span>"
        if row["short"]:
            yield f"<li>Short answer: {_escaped(row['short'])}"
        yield "</ul><span class=dim>First passages:</span><ol class=dim>"
        for hit in row["top"]:
            about = ", ".join(filter(None, (hit["source"], hit["published"], hit["title"])))
            yield f"<li>{hit['score']:.2f} <b>{_escaped(about)}</b>: {_escaped(hit['text'])}"
        yield "</ol></details>"


def _expected(row: dict[str, Any]) -> str:
    if row["label"] == "unanswerable":
        return "no answer"
    answers = _escaped(" / ".join(row["answers"])) or "an answer"
    return answers + (f" (said by {_escaped(row['speaker'])})" if row["speaker"] else "")
