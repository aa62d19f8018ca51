"""Features and their graph drawn: how much few directions hold; degree and hubness."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from artgraph.graph.hubness import hubness
from artgraph.plots.style import BLUE, GRID, MUTED, RUST, figure, save, titled, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from scipy.sparse import csr_matrix

__all__ = ["explained_variance", "plot_graph", "plot_pca"]

_COLORS = (BLUE, RUST, "#4f7d4f", "#8a6d1f", "#7a5296", MUTED)


def plot_graph(out: str | Path, adjacency: csr_matrix, indices: np.ndarray, *, title: str = "") -> None:
    """Draw how many links paintings have, and how often each is in the neighbour lists of others.

    Parameters
    ----------
    out, title : PNG, SVG or PDF file; text over the left panel.
    adjacency : (n, n), symmetric.
    indices : (n, k) int, neighbour lists, -1 where there is none.
    """
    drawn, (left, right) = figure(2)
    n, k = indices.shape
    degree = np.diff(adjacency.indptr)
    _histogram(left, degree, typical=float(degree.mean()) if n else 0.0, name="mean")
    left.set(xlabel="links of a painting", ylabel="paintings")
    titled(left, f"{title}: {adjacency.nnz // 2} links")
    facts = hubness(indices)
    counts = np.bincount(indices[indices >= 0], minlength=n)
    _histogram(right, counts, typical=k, name="without hubs")
    right.set(xlabel="lists that a painting is in")
    titled(right, f"hubness {facts['hubness']:g}, {facts['antihubs']} in no list")
    save(drawn, out)


def _histogram(panel: Axes, counts: np.ndarray, *, typical: float, name: str) -> None:
    top = int(counts.max(initial=1))
    panel.hist(counts, bins=np.linspace(0, top + 1, min(top + 2, 60)), color=BLUE)
    panel.axvline(typical, color=RUST, linewidth=1.2, label=f"{name}: {typical:.3g}")
    if len(counts):
        panel.set_yscale("symlog", linthresh=1)  # hubs are few
        panel.yaxis.set_major_formatter("{x:g}")
    panel.legend(frameon=False, fontsize=8)


def explained_variance(X: np.ndarray) -> np.ndarray:
    """Return which share of the variance of ``X`` (n, d) the first 1, 2, … principal components hold.

    (min(n, d),) float64, increasing to 1; all 1 where the rows are alike.

    Examples
    --------
    >>> explained_variance(np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]]))  # variances 4 and 1
    array([0.8, 1. ])
    """
    X = np.asarray(X, dtype=np.float64)
    X = X - X.mean(axis=0)
    gram = X.T @ X if X.shape[1] <= X.shape[0] else X @ X.T
    values = np.maximum(np.linalg.eigvalsh(gram)[::-1], 0)
    total = values.sum()
    return np.minimum(np.cumsum(values) / total, 1.0) if total > 0 else np.ones(len(values))


def plot_pca(out: str | Path, curves: Mapping[str, np.ndarray], *, title: str = "") -> None:
    """Draw the share of variance that the first components of each feature hold.

    Parameters
    ----------
    out, title : PNG, SVG or PDF file; text over the panel.
    curves : (k,) for each feature, as :func:`explained_variance` returns it.
    """
    drawn, (panel,) = figure(1, width=5.6, height=3.6)
    for share in (0.5, 0.9):
        panel.axhline(share, color=GRID, linewidth=0.8, zorder=0)
    for i, (name, curve) in enumerate(curves.items()):
        need = int(np.searchsorted(curve, 0.9)) + 1
        label = words(f"{name}: {need} of {len(curve)} for 90 %", 60)
        panel.plot(np.arange(1, len(curve) + 1), curve, color=_COLORS[i % len(_COLORS)], label=label)
    panel.set(xscale="log", ylim=(0, 1.02), xlabel="principal components", ylabel="share of the variance")
    panel.xaxis.set_major_formatter("{x:g}")
    panel.legend(frameon=False, fontsize=8, loc="lower right")
    titled(panel, title)
    save(drawn, out)
