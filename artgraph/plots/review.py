"""Plots for reviewers: how stable and how well connected clusters are, and when they came up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.colors import cluster_color
from artgraph.plots.style import BLUE, GRID, INK, MUTED, RUST, figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_cuts", "plot_over_time", "plot_stability"]

MOST = 40  # clusters


def plot_stability(out: str | Path, found: Sequence[dict], *, stable: float = 0.75, dissolved: float = 0.5) -> None:
    """Draw how surely each cluster is found again, beside chance.

    Parameters
    ----------
    out : PNG, SVG or PDF file.
    found : as ``artgraph.evaluation.cluster_stability`` gives it.
    stable, dissolved : Jaccard indices from which a cluster is stable, and up to which it is none.
    """
    shown = list(found)[:MOST]
    drawn, (panel,) = figure(1, width=7.4, height=1.0 + 0.24 * len(shown))
    for y, one in enumerate(reversed(shown)):
        panel.plot([one["low"], one["high"]], [y, y], color=BLUE, linewidth=2, solid_capstyle="round", alpha=0.5)
        panel.plot(
            one["jaccard"], y, "o", color=BLUE, markersize=5, label="mean, and 95 % of the runs" if not y else None
        )
        panel.plot(one["chance"], y, "|", color=MUTED, markersize=9, label="as many works at random" if not y else None)
    panel.axvline(stable, color=GRID, linewidth=1, zorder=0)
    panel.axvline(dissolved, color=RUST, linewidth=1, zorder=0, alpha=0.6)
    panel.set_yticks(range(len(shown)), [f"{one['cluster']}" for one in reversed(shown)])
    panel.set(xlim=(0, 1.02), ylim=(-0.7, len(shown) - 0.3), ylabel="cluster")
    panel.set_xlabel(
        f"Jaccard index with the nearest cluster in subsamples (stable from {stable:g}, none to {dissolved:g})"
    )
    panel.tick_params(axis="y", length=0)
    panel.legend(frameon=False, fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
    save(drawn, out, dpi=200)


def plot_cuts(out: str | Path, found: Sequence[dict]) -> None:
    """Draw the minimum cut of each cluster against its size, beside log10 of the size.

    Parameters
    ----------
    out : PNG, SVG or PDF file.
    found : as ``artgraph.evaluation.cluster_cuts`` gives it.
    """
    shown = [one for one in found if one["cut"] is not None]
    drawn, (panel,) = figure(1, width=7.4, height=3.0)
    sizes = [one["size"] for one in shown]
    low, high = min(sizes, default=2) * 0.8, max(sizes, default=10) * 1.25
    across = [low * (high / low) ** (step / 60) for step in range(61)]
    panel.plot(across, [math.log10(max(n, 1)) for n in across], color=RUST, linewidth=1.2)
    panel.annotate(
        "log10 n", (across[-1], math.log10(across[-1])), (4, -2), textcoords="offset points", color=RUST, fontsize=8
    )
    here: dict[tuple[int, int], list[dict]] = {}
    for one in shown:
        here.setdefault((one["size"], one["cut"]), []).append(one)
    for (size, cut), several in here.items():
        panel.plot(size, cut, "o", color=BLUE if several[0]["well_connected"] else RUST, markersize=5)
        names = ", ".join(str(one["cluster"]) for one in several[:8]) + (", …" if len(several) > 8 else "")
        panel.annotate(names, (size, cut), (4, 4), textcoords="offset points", color=INK, fontsize=7.5)
    panel.set_xscale("log")
    ticks = [tick for power in range(6) for digit in (1, 2, 3, 5) if low <= (tick := digit * 10**power) <= high]
    panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    panel.yaxis.get_major_locator().set_params(integer=True)
    panel.minorticks_off()
    panel.set(xlim=(low, high * 1.15), ylim=(-0.4, max([one["cut"] for one in shown], default=1) * 1.15 + 1))
    panel.set(xlabel="works in the cluster (n)", ylabel="links to cut")
    save(drawn, out, dpi=200)


def plot_over_time(out: str | Path, history: Sequence[dict]) -> None:
    """Draw how many works each cluster has in the works up to each year, and where clusters split and join.

    Parameters
    ----------
    out : PNG, SVG or PDF file.
    history : as ``artgraph.evaluation.clusters_over_time`` gives it; two years or more.
    """
    seen = [{int(name): int(works) for name, works in one["clusters"].items()} for one in history]
    rows = sorted({name for there in seen for name in there}, key=lambda name: (name not in seen[-1], name))[:MOST]
    place = {name: len(rows) - 1 - at for at, name in enumerate(rows)}
    drawn, (panel,) = figure(1, width=7.4, height=1.1 + 0.26 * len(rows))
    most = max((works for there in seen for works in there.values()), default=1)
    for at, (one, there) in enumerate(zip(history, seen, strict=True)):
        for name in rows:
            if name in there:
                size = 3 + 9 * math.sqrt(there[name] / most)
                panel.plot(
                    at, place[name], "o", color=cluster_color(name), markersize=size, markeredgewidth=0, zorder=3
                )
        before = seen[at - 1] if at else {}
        for name in sorted(there.keys() & before.keys() & place.keys()):
            panel.plot([at - 1, at], [place[name]] * 2, color=cluster_color(name), linewidth=1.6, alpha=0.6, zorder=2)
        for change in one.get("split", ()):
            for into in change["into"]:
                _join(panel, at, place, change["from"], into)
        for change in one.get("merged", ()):
            for source in change["from"]:
                _join(panel, at, place, source, change["into"])
    panel.set_xticks(range(len(history)), [str(one["until"]) for one in history])
    panel.set_yticks([place[name] for name in rows], [str(name) for name in rows])
    panel.tick_params(axis="both", length=0)
    panel.set(xlim=(-0.4, len(history) - 0.6), ylim=(-0.7, len(rows) - 0.3), ylabel="cluster", xlabel="works up to")
    save(drawn, out, dpi=200)


def _join(panel: Axes, at: int, place: dict[int, int], source: int, into: int) -> None:
    if source != into and source in place and into in place:
        panel.plot([at - 1, at], [place[source], place[into]], color=INK, linewidth=0.9, linestyle=":", zorder=1)
