"""What shape a graph is in."""

import numpy as np
from scipy.sparse.csgraph import connected_components

from artgraph.graph.hubness import hubness

__all__ = ["describe_graph"]


def describe_graph(adjacency, indices):
    """Return figures about a graph and the neighbour lists it came from.

    Parameters
    ----------
    adjacency : (n, n) CSR, symmetric
    indices : (n, k) int
        Neighbour lists, -1 where there is none.

    Returns
    -------
    dict
        ``n``, ``edges``, ``mean_degree``, ``isolated``, ``components`` (isolated ones not counted), and what
        ``hubness`` returns.
    """
    n = adjacency.shape[0]
    degree = np.diff(adjacency.indptr)
    isolated = int((degree == 0).sum())
    return {
        "n": n,
        "edges": int(adjacency.nnz // 2),
        "mean_degree": round(float(degree.mean()), 2) if n else 0.0,
        "isolated": isolated,
        "components": int(connected_components(adjacency, directed=False)[0]) - isolated if n else 0,
        **hubness(indices),
    }
