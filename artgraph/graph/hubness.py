"""What shape a graph is in; paintings that are near everything, and what to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components
from scipy.stats import norm

from artgraph.checks import unit_rows
from artgraph.errors import InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from artgraph.graph.knn import Neighbors

__all__ = ["HUBNESS", "correct_hubness", "describe_graph", "hubness"]

HUBNESS = ("none", "csls", "mutual-proximity")
SAMPLE = 1000  # rows to which distances are measured for mutual proximity


def hubness(indices: np.ndarray) -> dict[str, float]:
    """Count how often each painting is in the lists of others: ``indices``, (n, k) int, -1 where there is no neighbour.

    ``hubness`` is the skewness of the counts (0 = none; above 2 = a few works are near everything), ``antihubs`` the
    paintings in nobody's list, ``largest_hub`` the share of all lists that hold the most listed painting.
    Radovanović, Nanopoulos and Ivanović 2010, JMLR 11: 2487.

    Examples
    --------
    >>> hubness(np.array([[1], [0], [0], [0]]))  # counts 3, 1, 0, 0
    {'hubness': 0.816, 'antihubs': 2, 'largest_hub': 0.75}
    """
    indices = np.asarray(indices)
    n = len(indices)
    counts = np.bincount(indices[indices >= 0], minlength=n).astype(float)
    spread = counts.std() if n else 0.0
    return {
        "hubness": round(float(((counts - counts.mean()) ** 3).mean() / spread**3), 3) if spread else 0.0,
        "antihubs": int((counts == 0).sum()),
        "largest_hub": round(float(counts.max(initial=0) / max(n, 1)), 4),
    }


def describe_graph(adjacency: csr_matrix, indices: np.ndarray) -> dict[str, float]:
    """Return figures about a graph and the neighbour lists it came from.

    ``n``, ``edges``, ``mean_degree``, ``isolated``, ``components`` (isolated ones not counted) of ``adjacency``, (n, n)
    CSR, and what ``hubness`` says of ``indices``, (n, k) int, -1 where there is no neighbour.
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


def correct_hubness(
    neighbors: Neighbors, X: np.ndarray, *, method: str, n_neighbors: int = 15, metric: str = "cosine", seed: int = 0
) -> Neighbors:
    """Choose the neighbours again, from longer lists, so that works near everything count as less near.

    ``csls``: 2 d(i, j) - m(i) - m(j), with m(i) the mean distance of i to its ``n_neighbors`` nearest: what is near
    everything has a small m (Lample et al. 2018, arXiv 1710.04087, with distances for similarities).
    ``mutual-proximity``: 1 - P(D_i > d) P(D_j > d), with D_i the distances of i to all works, taken as normal: what is
    near everything is less exceptionally near to each (Schnitzer, Flexer, Schedl and Widmer 2012, JMLR 13: 2871, the
    variant of independent normal distributions, estimated on a sample).

    Lists are nearest first in the corrected sense; distances stay uncorrected, so that every kernel can use them.

    Parameters
    ----------
    neighbors : longer lists than wanted, such as 4 times ``n_neighbors``.
    X : (n, d) float array, the features that were searched.
    method : {"csls", "mutual-proximity"}
    n_neighbors : per row of the result.
    metric : {"cosine", "euclidean"}, that of the search.
    seed : of the 1000 works to which distances are measured for mutual proximity, when there are more.
    """
    indices, distances = neighbors.indices, neighbors.distances.astype(np.float64)
    there = indices >= 0
    if method == "csls":
        near = np.where(there, distances, 0)[:, :n_neighbors]
        local = near.sum(axis=1) / np.maximum(there[:, :n_neighbors].sum(axis=1), 1)
        corrected = 2 * distances - local[:, None] - local[indices]
    elif method == "mutual-proximity":
        mean, spread = _distances_to_all(X, neighbors.duplicate_of, metric, seed)
        own = norm.cdf((distances - mean[:, None]) / spread[:, None])
        others = norm.cdf((distances - mean[indices]) / spread[indices])
        corrected = own + others - own * others  # 1 - (1 - own)(1 - others), without the loss of digits
    else:
        raise InputError(f"unknown correction '{method}' (there are: {', '.join(HUBNESS[1:])})")
    corrected = np.where(there, corrected, np.inf)
    best = np.lexsort((indices, distances, corrected), axis=1)[:, :n_neighbors]
    indices, distances = (np.take_along_axis(values, best, axis=1) for values in (indices, neighbors.distances))
    return neighbors._replace(indices=indices, distances=distances)


def _distances_to_all(X: np.ndarray, duplicate_of: np.ndarray, metric: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the standard deviation, (n,), of the distances of each row to a sample of works."""
    X = np.asarray(X, dtype=np.float64)
    works = np.flatnonzero((duplicate_of < 0) & ((metric != "cosine") | X.any(axis=1)))
    if len(works) > SAMPLE:
        works = np.sort(np.random.default_rng(seed).choice(works, SAMPLE, replace=False))
    if metric == "cosine":
        X = unit_rows(X)
    square = (X**2).sum(axis=1)
    mean, spread = np.zeros(len(X)), np.ones(len(X))
    for start in range(0, len(X) if len(works) else 0, 4096):
        part = slice(start, start + 4096)
        distance = np.maximum(square[part, None] + square[works] - 2 * X[part] @ X[works].T, 0)
        distance = distance / 2 if metric == "cosine" else np.sqrt(distance)
        mean[part], spread[part] = distance.mean(axis=1), np.maximum(distance.std(axis=1), 1e-12)
    return mean, spread
