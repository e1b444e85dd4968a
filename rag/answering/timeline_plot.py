"""A timeline as a picture."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from rag.answering.timeline import Event, days, sources
from rag.errors import MissingDependency

_BLUE, _GREY = "#1f5f99", "#999999"
_WIDTH = 90
_LINES = 2


def plot(events: Sequence[Event], path: str | os.PathLike[str]) -> None:
    """Draw the events from top to bottom beside an axis of their dates, into a file.

    The ending of `path` chooses the format, such as .svg, .png or .pdf. A dot grows with the
    number of independent articles, and is hollow where the day is only that of the article.
    Raises MissingDependency without matplotlib, ValueError where there is nothing to draw.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingDependency("matplotlib", "pip install 'dateline[eval]'") from None
    if not events:
        raise ValueError("a timeline without events has nothing to draw")
    figure = Figure(figsize=(10, 1.2 + 0.62 * len(events)), layout="constrained")
    axis, beside = figure.subplots(1, 2, width_ratios=[1, 3], sharey=True)
    for row, event in enumerate(events):
        # A day reaches to its end; what is drawn is its middle.
        since, until = event.since, min(event.until, event.since + timedelta(days=366))
        axis.plot([since, until], [row, row], color=_BLUE, linewidth=3, alpha=0.4)
        axis.scatter(
            [since],
            [row],
            s=30 * min(event.independent, 8),
            facecolor=_BLUE if event.stated else "white",
            edgecolor=_BLUE,
            zorder=3,
        )
        quote = textwrap.shorten(" ".join(event.quote.split()), _WIDTH * _LINES, placeholder=" …")
        lines = [*textwrap.wrap(quote, _WIDTH)[:_LINES], ", ".join(sources(event))[:_WIDTH]]
        # Articles write of dollars, which matplotlib would read as formulas.
        beside.text(0, row, days(event), va="center", fontsize=8, parse_math=False)
        beside.text(
            0.21, row, "\n".join(lines), va="center", fontsize=7, color="black", parse_math=False
        )
    axis.set_ylim(len(events) - 0.4, -0.6)
    axis.set_yticks([])
    axis.tick_params(axis="x", labelrotation=60, labelsize=7, colors=_GREY)
    axis.spines[["top", "right", "left"]].set_visible(False)
    beside.set_axis_off()
    # Neither the time nor chance is in it: the same events are the same bytes.
    form = Path(path).suffix.lstrip(".").casefold()
    dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form)
    with matplotlib.rc_context({"svg.hashsalt": "dateline"}):
        figure.savefig(path, metadata=dated)
