"""One partition that many runs of Leiden agree on: each link is weighted by the share of runs that keep its ends."""

import numpy as np
import scipy.sparse as sp

from artgraph.checks import check_adjacency, check_resolution, check_seed
from artgraph.communities.leiden_igraph import Runner, leiden, leiden_n_clusters
from artgraph.errors import InputError

__all__ = ["agreement_weights", "consensus_runs", "kept_together", "leiden_consensus"]

SPREAD = 1.5  # runs are at resolutions from 1 / 1.5 to 1.5 times the one asked for: each is a neighbouring number
LEAST = 0.05  # weight of a link that no run keeps, as in the source: no row loses its last link


def consensus_runs(adjacency: sp.sparray, n_runs: int, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """Run Leiden several times, with other seeds and at resolutions around a given one: (n_runs, n) int32.

    The resolutions lie from ``resolution`` / 1.5 to 1.5 ``resolution`` at equal ratios. Every run passes twice over the
    graph: runs that are not yet at rest differ more, and take a third of the time. -1 for rows without links.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    n_runs : at least 2.
    resolution : as for :func:`leiden`, above 0.
    seed : from which the seed of each run is drawn.

    Raises
    ------
    InputError
        Fewer than two runs, or an argument that is none of these.
    """
    matrix = check_adjacency(adjacency)
    check_resolution(resolution)
    if n_runs < 2:
        raise InputError(f"consensus is {n_runs}; expected at least 2 runs, such as 16.")
    seeds = np.random.default_rng(check_seed(seed)).integers(2**32, size=n_runs).tolist()
    resolutions = resolution * np.geomspace(1 / SPREAD, SPREAD, n_runs)
    run = Runner(matrix, n_iterations=2)
    return np.stack([run(at, seed=one) for at, one in zip(resolutions.tolist(), seeds, strict=True)])


def agreement_weights(adjacency: sp.sparray, runs: np.ndarray) -> sp.csr_array:
    """Weight every link by the share of runs in which its ends are in one cluster, at least 0.05: (n, n) CSR.

    Only links that are there are counted, so that memory grows with links, not with pairs of rows.

    Parameters
    ----------
    adjacency : (n, n), symmetric; its weights only say where links are.
    runs : (r, n) int, the labels of each run.

    Examples
    --------
    >>> path = sp.csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> agreement_weights(path, np.array([[0, 0, 1], [0, 0, 0]])).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.525], [0.0, 0.525, 0.0]]
    """
    matrix = check_adjacency(adjacency)
    first = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    weight = LEAST + (1 - LEAST) * kept_together(first, matrix.indices, runs)
    return sp.csr_array((weight, matrix.indices, matrix.indptr), shape=matrix.shape)


def kept_together(first: np.ndarray, second: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Return the share of runs in which two rows are in one cluster, for m pairs of rows: (m,) float64.

    Parameters
    ----------
    first, second : (m,) int, the rows of each pair.
    runs : (r, n) int, the labels of each run.

    Examples
    --------
    >>> kept_together(np.array([0, 1]), np.array([1, 2]), np.array([[0, 0, 1], [0, 0, 0]])).tolist()
    [1.0, 0.5]
    """
    kept = np.zeros(len(first))
    for labels in runs:
        kept += labels[first] == labels[second]
    return kept / len(runs)


def leiden_consensus(
    adjacency: sp.sparray,
    n_runs: int = 16,
    *,
    resolution: float = 1.0,
    n_clusters: int | None = None,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the partition that several runs of Leiden agree on.

    Leiden is run ``n_runs`` times (:func:`consensus_runs`), every link is weighted by the share of runs that keep its
    ends together (:func:`agreement_weights`), and Leiden is run once more on the graph with these weights. Returns
    the labels, (n,) int32, 0 the largest cluster, -1 for rows without links, and those of the runs, (n_runs, n) int32.

    Poulin & Théberge, "Ensemble clustering for graphs: comparisons and applications", Applied Network Science 4:51
    (2019), doi:10.1007/s41109-019-0162-z, whose number of runs and least weight these are; after Lancichinetti &
    Fortunato, "Consensus clustering in complex networks", Scientific Reports 2:336 (2012), doi:10.1038/srep00336, who
    count all pairs of rows and repeat until every run is alike. Ours are runs of Leiden in place of one level of
    Louvain, at several resolutions.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    n_runs : at least 2.
    resolution : around which the runs are made, and, without ``n_clusters``, of the last one; above 0.
    n_clusters : wanted in the end, as for :func:`leiden_n_clusters`; ``resolution`` is one that gives about as many.
    seed : of every random choice.
    """
    runs = consensus_runs(adjacency, n_runs, resolution=resolution, seed=seed)
    weighted = agreement_weights(adjacency, runs)
    if n_clusters is None:
        return leiden(weighted, resolution=resolution, seed=seed), runs
    return leiden_n_clusters(weighted, n_clusters, seed=seed)[0], runs
