"""Plots of what community detection found, for those who installed the extra 'plot'."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.plots import figure, save

if TYPE_CHECKING:
    from artgraph.communities.resolution import Profile

__all__ = ["plot_profile"]

OURS, NULL, MARK = "#3b6ea5", "#9a9a9a", "#b5482a"


def plot_profile(out: str | Path, profile: Profile, *, title: str = "") -> None:
    """Draw stability and number of clusters over the resolution, beside those of rewired graphs.

    Parameters
    ----------
    out, title : PNG, SVG or PDF file; text over the left panel.
    profile : as from ``artgraph.communities.resolution_profile``.
    """
    drawn, (left, right) = figure(2)
    left.plot(profile.resolution, profile.stability, "o-", color=OURS, markersize=3.5, label="this graph")
    left.plot(profile.resolution, profile.null_stability, "o-", color=NULL, markersize=3.5, label="rewired")
    left.set(xlabel="resolution", ylabel="agreement of subsamples (ARI)", ylim=(-0.05, 1.05), title=title)
    right.plot(profile.resolution, profile.n_clusters, "o-", color=OURS, markersize=3.5)
    right.set(xlabel="resolution", ylabel="clusters", yscale="log")
    top = 2 * int(profile.n_clusters.max(initial=1))
    ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000) if tick <= top]
    right.set_yticks(ticks, labels=[str(tick) for tick in ticks])
    right.minorticks_off()
    found = profile.chosen >= 0
    right.set_title(f"chosen: {profile.n_clusters[profile.chosen]} clusters" if found else "no community structure")
    for panel in (left, right):
        if found:
            at = profile.resolution[profile.chosen]
            panel.axvline(at, color=MARK, linewidth=1.2, label="chosen" if panel is left else None)
        panel.set_xscale("log")
        panel.set_xticks([0.5, 1, 2, 4, 8, 16], labels=["0.5", "1", "2", "4", "8", "16"])
        panel.minorticks_off()
    left.legend(frameon=False)
    save(drawn, out)
