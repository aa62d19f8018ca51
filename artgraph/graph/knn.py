"""The nearest neighbours of every painting."""

from typing import NamedTuple

import faiss
import numpy as np

from artgraph.errors import InputError

__all__ = ["METRICS", "Neighbors", "knn"]

METRICS = ("cosine", "euclidean")


class Neighbors(NamedTuple):
    """The result of a neighbour search.

    Attributes
    ----------
    indices : (n, n_neighbors) int32
        Row numbers, nearest first; -1 where there is no further neighbour.
    distances : (n, n_neighbors) float32
        Cosine distance in [0, 2] or Euclidean distance; inf where there is no further neighbour.
    """

    indices: np.ndarray
    distances: np.ndarray


def knn(X, *, n_neighbors=15, metric="cosine"):
    """Find the nearest neighbours of every row, exactly.

    Parameters
    ----------
    X : (n, d) float array
    n_neighbors : int
        At least 1. Where n is smaller, the lists are filled up with -1.
    metric : {"cosine", "euclidean"}
        Under cosine a row of zeros has no direction, so it has no neighbours and is nobody's neighbour.

    Returns
    -------
    Neighbors
        A row is never its own neighbour; equal distances are ordered by row.

    Raises
    ------
    InputError
        X is not two-dimensional or has values that are not finite; n_neighbors < 1; an unknown metric.

    Notes
    -----
    FAISS's flat index (Johnson, Douze and Jégou 2017, arXiv 1702.08734).

    Examples
    --------
    >>> knn(np.array([[0.0], [1.0], [3.0]]), n_neighbors=1, metric="euclidean").indices.ravel()
    array([1, 0, 1], dtype=int32)
    """
    X = np.asarray(X)
    if X.ndim != 2:
        raise InputError(f"features must be (n, d); got an array of shape {X.shape}")
    if metric not in METRICS:
        raise InputError(f"unknown metric '{metric}' (there are: {', '.join(METRICS)})")
    if n_neighbors < 1:
        raise InputError(f"n_neighbors must be at least 1; got {n_neighbors}")
    bad = np.flatnonzero(~np.isfinite(X).all(axis=1))
    if len(bad):
        raise InputError(f"{len(bad)} rows of the features are not finite, the first at row {bad[0]}")
    X = np.ascontiguousarray(X, dtype=np.float32)
    n = len(X)
    indices = np.full((n, n_neighbors), -1, dtype=np.int32)
    distances = np.full((n, n_neighbors), np.inf, dtype=np.float32)
    rows = np.arange(n)
    if metric == "cosine":
        length = np.linalg.norm(X, axis=1, keepdims=True)
        rows = np.flatnonzero(length[:, 0] > 1e-12)
        X = X[rows] / length[rows]
    if len(rows) < 2:
        return Neighbors(indices, distances)
    # A few more than asked for: the row itself is among them, and ties at the end are to be broken by row number.
    k = min(n_neighbors + 8, len(rows))
    index = faiss.IndexFlatIP(X.shape[1]) if metric == "cosine" else faiss.IndexFlatL2(X.shape[1])
    index.add(X)
    score, found = index.search(X, k)
    distance = np.clip(1 - score, 0, 2) if metric == "cosine" else np.sqrt(np.maximum(score, 0))
    distance = np.where(found == np.arange(len(rows))[:, None], np.inf, distance)
    order = np.lexsort((found, distance), axis=1)[:, : min(n_neighbors, k - 1)]
    kept = order.shape[1]
    indices[rows, :kept] = rows[np.take_along_axis(found, order, axis=1)]
    distances[rows, :kept] = np.take_along_axis(distance, order, axis=1)
    return Neighbors(indices, distances)
