"""Partitions drawn: against a column or each other, over time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from artgraph.colors import cluster_color
from artgraph.errors import InputError
from artgraph.plots.style import BLUE, GRID, INK, MUTED, figure, save, titled, words

__all__ = ["plot_confusion", "plot_timeline"]

MOST_ROWS, MOST_COLUMNS = 40, 40


def plot_confusion(
    out: str | Path, labels: np.ndarray, reference: Sequence, *, title: str = "", against: str = ""
) -> None:
    """Draw which share of each cluster each value of a column has; the counts stand in the cells.

    Columns are in the order of the clusters that hold most of them, so that agreement runs down the diagonal.

    Parameters
    ----------
    out : PNG, SVG or PDF.
    labels : (n,) int; negative for none.
    reference : length n, text or numbers; missing values are left out.
    title, against : what the rows and the columns are.
    """
    from artgraph.evaluation.contingency import compared, contingency

    clusters, classes, names, rows = compared(labels, reference)
    shown = np.unique(np.asarray(labels)[rows])
    table = contingency(clusters, classes)
    kept = np.sort(np.argsort(-table.sum(axis=0), kind="stable")[:MOST_COLUMNS])
    rest = table.sum() - table[:MOST_ROWS, kept].sum()
    shares = (table / table.sum(axis=1, keepdims=True))[:MOST_ROWS, kept]
    order = np.lexsort((-shares.max(axis=0), shares.argmax(axis=0)))
    shares, table = shares[:, order], table[:MOST_ROWS, kept][:, order]
    names = [names[k] for k in kept[order]]
    drawn, (panel,) = figure(1, width=max(1.8 + 0.36 * len(names), 4.0), height=max(1.9 + 0.27 * len(table), 3.0))
    from matplotlib.colors import LinearSegmentedColormap  # here: figure() has said so if there is no matplotlib

    shades = LinearSegmentedColormap.from_list("paper", ["#ffffff", BLUE])
    panel.imshow(shares, vmin=0, vmax=1, aspect="auto", cmap=shades)
    for i, j in zip(*np.nonzero(table), strict=True):
        color = "#ffffff" if shares[i, j] > 0.55 else INK
        panel.text(j, i, f"{table[i, j]}", ha="center", va="center", fontsize=6.5, color=color)
    panel.set_xticks(range(len(names)), [words(name, 28) for name in names], rotation=45, ha="right")
    panel.set_yticks(range(len(table)), [str(label) for label in shown[:MOST_ROWS]])
    panel.spines[:].set_visible(False)
    panel.tick_params(length=0)
    panel.set(xlabel=words(against), ylabel="cluster")
    note = f", {rest} paintings in rows or columns that are not shown" if rest else ""
    titled(panel, f"{title}: counts; shade: share of the cluster{note}")
    save(drawn, out)


def plot_timeline(out: str | Path, labels: np.ndarray, years: np.ndarray, *, title: str = "", step: int = 10) -> None:
    """Draw when the works of each cluster were painted: works per decade, one strip for each cluster.

    Strips have their own height; the number beside each is that of its dated works.

    Parameters
    ----------
    out, title : PNG, SVG or PDF file; text over the panel.
    labels : (n,) int; works with a negative one, for none, are left out.
    years : (n,) float; NaN for unknown.
    step : years in a bar.
    """
    labels, years = np.asarray(labels), np.asarray(years, dtype=float)
    known = (labels >= 0) & np.isfinite(years)
    if not known.any():
        raise InputError("No painting in a cluster has a date, so there is no timeline to draw.")
    # From the years that nearly all works lie in, so that one papyrus does not flatten five centuries.
    low, high = np.percentile(years[known], [0.5, 99.5])
    edges = np.arange(np.floor(low / step) * step, np.floor(high / step) * step + step + 1, step)
    outside = int((known & ((years < edges[0]) | (years >= edges[-1]))).sum())
    found = np.unique(labels[known])[:MOST_ROWS]
    drawn, (panel,) = figure(1, width=8.0, height=1.2 + 0.36 * len(found))
    for k, label in enumerate(found):
        counts = np.histogram(years[known & (labels == label)], edges)[0]
        base = len(found) - 1 - k
        tall = 0.86 * counts / max(counts.max(), 1)
        panel.axhline(base, color=GRID, linewidth=0.7, zorder=0)
        panel.bar(edges[:-1], tall, width=step, bottom=base, align="edge", color=cluster_color(label), linewidth=0)
        panel.text(edges[-1] + 0.012 * (edges[-1] - edges[0]), base + 0.1, f"{counts.sum()}", fontsize=7.5, color=MUTED)
    panel.set(xlim=(edges[0], edges[-1]), ylim=(-0.05, len(found)))
    panel.set_yticks([len(found) - 1 - k + 0.3 for k in range(len(found))], [str(label) for label in found])
    panel.spines["left"].set_visible(False)
    panel.tick_params(axis="y", length=0)
    left_out = f", {outside} outside these years" if outside else ""
    panel.set(xlabel=f"year ({int(known.sum())} of {len(labels)} paintings dated and in a cluster{left_out})")
    panel.set_ylabel("cluster")
    titled(panel, f"{title}: works per {step} years")
    save(drawn, out)
