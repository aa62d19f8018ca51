"""What shape a graph is in."""

import numpy as np
from scipy.sparse.csgraph import connected_components

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
        ``edges``, ``mean_degree``, ``isolated``, ``components`` (isolated ones not counted), ``hubness``: the skewness
        of how often each painting is in others' lists (Radovanović et al. 2010, JMLR 11: 2487; 0 = none, above 2 =
        a few works are near everything), ``antihubs``: paintings in nobody's list.
    """
    n = adjacency.shape[0]
    degree = np.diff(adjacency.indptr)
    occurrence = np.bincount(indices[indices >= 0], minlength=n).astype(float)
    spread = occurrence.std()
    isolated = int((degree == 0).sum())
    return {
        "n": n,
        "edges": int(adjacency.nnz // 2),
        "mean_degree": round(float(degree.mean()), 2) if n else 0.0,
        "isolated": isolated,
        "components": int(connected_components(adjacency, directed=False)[0]) - isolated if n else 0,
        "hubness": round(float(((occurrence - occurrence.mean()) ** 3).mean() / spread**3), 3) if spread else 0.0,
        "antihubs": int((occurrence == 0).sum()),
    }
