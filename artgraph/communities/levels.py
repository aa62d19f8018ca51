"""Clusters of clusters: nested partitions, so that an artist lies in a school and a school in a movement."""

import igraph
import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from artgraph.checks import check_adjacency, check_at_least_one, check_labels, check_seed
from artgraph.communities.igraph_bridge import seeded_igraph
from artgraph.communities.labels import relabel_by_size

__all__ = ["coarsen", "hierarchy"]

STEP = 1.15  # factor between resolutions tried
LASTING = 4  # so many in a row with one result: over a factor of 1.5


def hierarchy(adjacency: sp.sparray, labels: ArrayLike, *, levels: int = 3, seed: int = 0) -> list[np.ndarray]:
    """Join clusters into clusters of clusters, level upon level, until nothing is left to join.

    Returns the levels above ``labels``, (n,) int32 each, the finer first, each by :func:`coarsen` from the one before:
    at most ``levels - 1``, and fewer where nothing is left to join, or only everything. 0 is the largest cluster; -1
    for none.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    labels : (n,) int, the finest level; negative for none.
    levels : how many there should be, at least 1, the finest among them.
    seed
    """
    matrix = check_adjacency(adjacency)
    check_at_least_one("levels", levels)
    below, above = relabel_by_size(check_labels(labels, matrix.shape[0])), []
    for _ in range(levels - 1):
        joined = coarsen(matrix, below, seed=seed)
        if joined.max(initial=-1) in (0, below.max(initial=-1)):
            break
        above.append(below := joined)
    return above


def coarsen(adjacency: sp.sparray, labels: ArrayLike, *, seed: int = 0) -> np.ndarray:
    """Join whole clusters by Leiden on the graph of clusters, until there are at most half as many: (n,) int32.

    The resolution falls in small steps from 1. The first partition with at most half as many clusters is taken that
    stays the same while the resolution falls by a factor of 1.5, or, where none does, the first of all. Components are
    not joined, so there may be more than half as many, or as many as before.

    The aggregation is that of Blondel et al. (2008), doi:10.1088/1742-5468/2008/10/P10008: a cluster becomes one node
    that keeps the weight inside it, so that modularity is that of the joined clusters in the whole graph.

    Parameters
    ----------
    adjacency, labels, seed : as for :func:`hierarchy`.

    Examples
    --------
    Four pairs of works; the first two pairs are linked, and the last two.

    >>> pairs = sp.block_diag([sp.coo_array(np.ones((2, 2)) - np.eye(2))] * 4).toarray()
    >>> for a, b in [(1, 2), (5, 6), (3, 4)]:
    ...     pairs[a, b] = pairs[b, a] = 0.5 if a != 3 else 0.01
    >>> coarsen(sp.csr_array(pairs), [0, 0, 1, 1, 2, 2, 3, 3]).tolist()
    [0, 0, 0, 0, 1, 1, 1, 1]
    """
    matrix = check_adjacency(adjacency)
    clusters = check_labels(labels, matrix.shape[0])
    check_seed(seed)
    k = int(clusters.max(initial=-1)) + 1
    total = float(matrix.sum())
    if k < 2 or total == 0:
        return relabel_by_size(clusters)
    edges = matrix.tocoo()
    inside = (clusters[edges.row] >= 0) & (clusters[edges.col] >= 0)
    between = np.zeros((k, k))
    np.add.at(between, (clusters[edges.row[inside]], clusters[edges.col[inside]]), edges.data[inside])
    source, target = np.nonzero(np.triu(between, 1))
    graph = igraph.Graph(n=k, edges=list(zip(source.tolist(), target.tolist(), strict=True)))
    # modularity is a Potts model whose nodes weigh what their links weigh; the weight inside is the same for all
    strength, weights = between.sum(axis=1).tolist(), between[source, target].tolist()
    graph_weights = {"weights": weights, "node_weights": strength, "n_iterations": -1}
    runs, resolution = [], 1.0
    while resolution > 1e-6 and not _settled(runs, k):
        with seeded_igraph(seed):
            found = graph.community_leiden("CPM", resolution=resolution / total, **graph_weights)
        runs.append(np.array(found.membership))
        resolution /= STEP
        if len(found) == 1:
            break
    few = [run for run in runs if 1 < run.max() + 1 <= k / 2]
    joined = runs[-1] if not few or _settled(runs, k) else few[0]
    return relabel_by_size(np.where(clusters >= 0, joined[clusters], -1))


def _settled(runs: list[np.ndarray], k: int) -> bool:
    """Whether the last runs all joined the clusters in the same way, into at most half as many."""
    last = runs[-LASTING:]
    return len(last) == LASTING and 1 < last[0].max() + 1 <= k / 2 and all(np.array_equal(last[0], run) for run in last)
