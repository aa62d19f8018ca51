"""Features drawn: how much of them few directions hold."""

import numpy as np

from artgraph.plots.style import BLUE, GRID, MUTED, RUST, figure, save, titled, words

__all__ = ["explained_variance", "plot_pca"]

_COLORS = (BLUE, RUST, "#4f7d4f", "#8a6d1f", "#7a5296", MUTED)


def explained_variance(X):
    """Return which share of the variance the first 1, 2, … principal components hold.

    Parameters
    ----------
    X : (n, d) float array

    Returns
    -------
    (min(n, d),) float64, increasing to 1; all 1 where the rows are alike

    Examples
    --------
    Variances 4 and 1 along the axes:

    >>> explained_variance(np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]]))
    array([0.8, 1. ])
    """
    X = np.asarray(X, dtype=np.float64)
    X = X - X.mean(axis=0)
    gram = X.T @ X if X.shape[1] <= X.shape[0] else X @ X.T
    values = np.maximum(np.linalg.eigvalsh(gram)[::-1], 0)
    total = values.sum()
    return np.minimum(np.cumsum(values) / total, 1.0) if total > 0 else np.ones(len(values))


def plot_pca(out, curves, *, title=""):
    """Draw the share of variance that the first components of each feature hold.

    Parameters
    ----------
    out : str or Path
        PNG, SVG or PDF.
    curves : dict of str to (k,) float array
        As :func:`explained_variance` returns it, for each feature.
    title : str
    """
    drawn, (panel,) = figure(1, width=5.6, height=3.6)
    for share in (0.5, 0.9):
        panel.axhline(share, color=GRID, linewidth=0.8, zorder=0)
    for i, (name, curve) in enumerate(curves.items()):
        count = np.arange(1, len(curve) + 1)
        need = int(np.searchsorted(curve, 0.9)) + 1
        label = words(f"{name}: {need} of {len(curve)} for 90 %", 60)
        panel.plot(count, curve, color=_COLORS[i % len(_COLORS)], label=label)
    panel.set(xscale="log", ylim=(0, 1.02), xlabel="principal components", ylabel="share of the variance")
    panel.xaxis.set_major_formatter("{x:g}")
    panel.legend(frameon=False, fontsize=8, loc="lower right")
    titled(panel, title)
    save(drawn, out)
