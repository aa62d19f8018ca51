"""Plots, for those who installed the extra 'plot'."""

from pathlib import Path

import numpy as np

from artgraph.errors import ArtgraphError
from artgraph.graph.hubness import hubness

__all__ = ["figure", "plot_graph", "save"]


def figure(n_panels, *, width=4.5, height=3.4):
    """Return an empty figure with so many panels side by side, and the panels.

    Parameters
    ----------
    n_panels : int
    width, height : float
        Of a panel, in inches.

    Returns
    -------
    (matplotlib.figure.Figure, list of matplotlib.axes.Axes)

    Raises
    ------
    ArtgraphError
        matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # not pyplot: nothing global, no window
    except ImportError:
        raise ArtgraphError("Plots need matplotlib. Install it with: pip install 'artgraph[plot]'") from None
    drawn = Figure(figsize=(width * n_panels, height), layout="constrained")
    panels = list(drawn.subplots(1, n_panels, squeeze=False)[0])
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
    return drawn, panels


def save(drawn, out):
    """Write a figure to a file; the same figure gives the same bytes.

    Parameters
    ----------
    drawn : matplotlib.figure.Figure
    out : str or Path
        PNG, SVG or PDF, by its ending.
    """
    import matplotlib

    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    # No clock times and no version of matplotlib in the file.
    metadata = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with matplotlib.rc_context({"svg.hashsalt": "artgraph"}):
        drawn.savefig(out, dpi=150, metadata=metadata.get(out.suffix.lower()))


def plot_graph(out, adjacency, indices, *, title=""):
    """Draw how many links paintings have, and how often each is in the neighbour lists of others.

    Parameters
    ----------
    out : str or Path
    adjacency : (n, n) CSR, symmetric
    indices : (n, k) int
        Neighbour lists, -1 where there is none.
    title : str
    """
    drawn, (left, right) = figure(2)
    n, k = indices.shape
    degree = np.diff(adjacency.indptr)
    _histogram(left, degree, typical=float(degree.mean()) if n else 0.0, name="mean")
    left.set(xlabel="links of a painting", ylabel="paintings", title=f"{title}: {adjacency.nnz // 2} links")
    facts = hubness(indices)
    counts = np.bincount(indices[indices >= 0], minlength=n)
    _histogram(right, counts, typical=k, name="without hubs")
    right.set(
        xlabel="lists that a painting is in",
        title=f"hubness {facts['hubness']:g}, {facts['antihubs']} in no list",
    )
    save(drawn, out)


def _histogram(panel, counts, *, typical, name):
    top = int(counts.max(initial=1))
    panel.hist(counts, bins=np.linspace(0, top + 1, min(top + 2, 60)), color="#3b6ea5")
    panel.axvline(typical, color="#b5482a", linewidth=1.2, label=f"{name}: {typical:.3g}")
    if len(counts):
        panel.set_yscale("symlog", linthresh=1)  # hubs are few
    panel.legend(frameon=False)
