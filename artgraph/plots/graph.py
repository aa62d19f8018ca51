"""A graph drawn: degree and hubness."""

import numpy as np

from artgraph.graph.hubness import hubness
from artgraph.plots.style import BLUE, RUST, figure, save, titled

__all__ = ["plot_graph"]


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
    left.set(xlabel="links of a painting", ylabel="paintings")
    titled(left, f"{title}: {adjacency.nnz // 2} links")
    facts = hubness(indices)
    counts = np.bincount(indices[indices >= 0], minlength=n)
    _histogram(right, counts, typical=k, name="without hubs")
    right.set(xlabel="lists that a painting is in")
    titled(right, f"hubness {facts['hubness']:g}, {facts['antihubs']} in no list")
    save(drawn, out)


def _histogram(panel, counts, *, typical, name):
    top = int(counts.max(initial=1))
    panel.hist(counts, bins=np.linspace(0, top + 1, min(top + 2, 60)), color=BLUE)
    panel.axvline(typical, color=RUST, linewidth=1.2, label=f"{name}: {typical:.3g}")
    if len(counts):
        panel.set_yscale("symlog", linthresh=1)  # hubs are few
        panel.yaxis.set_major_formatter("{x:g}")
    panel.legend(frameon=False, fontsize=8)
