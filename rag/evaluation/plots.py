"""The plots of a report, as SVG."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DEEPEST = 20
_BLUE, _ORANGE, _GREY = "#1f5f99", "#d9822b", "#999999"


def draw(report: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Title and SVG of each plot that the report has the figures for."""
    plots: list[tuple[str, Callable[[Axes, dict[str, Any]], None], bool]] = [
        ("Rank of the first article that answers", _ranks, "hit@1" in report["figures"]),
        ("Confidence", _confidence, bool(report["questions"])),
        ("Risk and coverage", _risk, report["risk_coverage"] is not None),
        ("Reliability", _reliability, report["reliability"] is not None),
    ]
    return [(title, _svg(plot, report)) for title, plot, possible in plots if possible]


def _svg(plot: Callable[[Axes, dict[str, Any]], None], report: dict[str, Any]) -> bytes:
    figure = Figure(figsize=(4.6, 3.4), layout="constrained")
    axes = figure.subplots()
    plot(axes, report)
    axes.spines[["top", "right"]].set_visible(False)
    drawn = io.BytesIO()
    # Neither the time nor chance is in it: the same report is the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "dateline"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return drawn.getvalue()


def _ranks(axes: Axes, report: dict[str, Any]) -> None:
    ranks = [row["gold_rank"] for row in report["questions"] if row["gold"]]
    depths = range(1, _DEEPEST + 1)
    shares = [sum(r is not None and r <= depth for r in ranks) / len(ranks) for depth in depths]
    axes.plot(depths, shares, color=_BLUE, marker=".")
    axes.set(
        xlabel="first articles looked at",
        ylabel="share of questions",
        xticks=[1, 5, 10, 15, 20],
        ylim=(0, 1.02),
    )


def _confidence(axes: Axes, report: dict[str, Any]) -> None:
    groups = [
        [row["confidence"] for row in report["questions"] if row["label"] == label]
        for label in ("answerable", "unanswerable")
    ]
    axes.hist(
        groups,
        bins=20,
        range=(0, 1),
        color=[_BLUE, _ORANGE],
        label=["answerable", "unanswerable"],
    )
    axes.legend(frameon=False)
    axes.set(xlabel="confidence", ylabel="questions")


def _risk(axes: Axes, report: dict[str, Any]) -> None:
    curve = report["risk_coverage"]
    axes.plot(curve["coverage"], curve["risk"], color=_BLUE)
    share = sum(not row["abstained"] for row in report["questions"] if row["held"] is not None)
    judged = sum(row["held"] is not None for row in report["questions"])
    axes.axvline(share / judged, color=_GREY, linestyle="--", label="at the threshold")
    axes.legend(frameon=False)
    axes.set(
        xlabel="share of questions answered", ylabel="share wrong", xlim=(0, 1), ylim=(0, 1.02)
    )


def _reliability(axes: Axes, report: dict[str, Any]) -> None:
    points = report["reliability"]
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--")
    axes.plot(points["confidence"], points["right"], color=_BLUE, marker="o")
    columns = (points[name] for name in ("confidence", "right", "count"))
    for x, y, count in zip(*columns, strict=True):
        axes.annotate(f"{count}", (x, y), (4, -10), textcoords="offset points", fontsize=8)
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1.02))
