"""Clusters over time, and which look back to which."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from artgraph.colors import cluster_color
from artgraph.errors import InputError
from artgraph.plots.style import GRID, INK, MUTED, figure, save, titled, words

__all__ = ["plot_influence"]

MOST_CLUSTERS = 30
ARCS_PER_CLUSTER = 1.5  # more hide each other


def plot_influence(
    out: str | Path, times: list[dict], pairs: list[dict], *, names: Mapping[int, str] | None = None, title: str = ""
) -> None:
    """Draw when each cluster was painted, and the links between clusters from the earlier to the later.

    A row for each cluster, in the order of their medians: the works of each decade as a band, the median as a dot. Arcs
    join the pairs that are linked most for the strength of their works, three for two clusters; an arc ends at the
    later one, and is the darker the stronger they are linked. Pairs without a clear order are joined by a dotted line.

    Parameters
    ----------
    out, title : PNG, SVG or PDF file; text over the panel.
    times, pairs : as ``artgraph.interpret.cluster_times`` and ``influence`` give them.
    names : what to call the clusters.
    """
    dated = sorted((one for one in times if one["dated"]), key=lambda one: (one["median"], one["cluster"]))
    dated = dated[:MOST_CLUSTERS]
    if not dated:
        raise InputError("No cluster has a dated work; there is nothing to draw over time.")
    names = names or {}
    drawn, (panel,) = figure(1, width=9.0, height=max(2.6, 0.52 * len(dated) + 1.2))
    from matplotlib.patches import FancyArrowPatch  # here: figure() has said so if there is no matplotlib

    place = {one["cluster"]: len(dated) - 1 - i for i, one in enumerate(dated)}
    for one in dated:
        y, color = place[one["cluster"]], cluster_color(one["cluster"])
        tallest = max(works for _, works in one["decades"])
        for start, works in one["decades"]:
            height = 0.78 * works / tallest
            panel.bar(start + 5, height, width=9.4, bottom=y - height / 2, color=color, alpha=0.55, linewidth=0)
        panel.plot(one["median"], y, "o", color=color, markeredgecolor=INK, markeredgewidth=0.8, markersize=6, zorder=5)
    strong = [p for p in pairs if p["lift"] > 0 and p["earlier"] in place and p["later"] in place]
    strong = sorted(strong, key=lambda p: -p["lift"])[: int(ARCS_PER_CLUSTER * len(dated))]
    top = max((p["lift"] for p in strong), default=1.0)
    median = {one["cluster"]: one["median"] for one in dated}
    for pair in strong:
        ends = [(median[pair[name]], place[pair[name]]) for name in ("earlier", "later")]
        arrow, line = ("-|>", "-") if pair["relation"] == "follows" else ("-", ":")
        style = {"arrowstyle": arrow, "linestyle": line, "connectionstyle": "arc3,rad=0.18", "color": INK}
        style |= {"alpha": 0.2 + 0.65 * pair["lift"] / top, "linewidth": 0.7 + 1.3 * pair["lift"] / top, "zorder": 4}
        panel.add_patch(FancyArrowPatch(*ends, mutation_scale=11, shrinkA=5, shrinkB=5, **style))
    years = np.array([start for one in dated for start, _ in one["decades"]])
    panel.set(xlim=(years.min() - 6, years.max() + 16), ylim=(-0.7, len(dated) - 0.3))
    labels = [words(names.get(one["cluster"], f"cluster {one['cluster']}"), 34) for one in dated]
    panel.set_yticks([place[one["cluster"]] for one in dated], labels)
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x", color=GRID, linewidth=0.6)
    panel.set_axisbelow(True)
    panel.spines[["left", "top", "right"]].set_visible(False)
    note = "bands: works by decade; arrows: linked, from the earlier to the later; likeness is no proof of influence"
    panel.set_xlabel(note, color=MUTED, fontsize=8)
    titled(panel, title)
    save(drawn, out)
