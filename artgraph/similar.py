"""The works nearest to a query: a picture, a work, or the middle of a cluster."""

import faiss
import numpy as np

from artgraph.errors import InputError

__all__ = ["middle", "nearest"]

MARGIN = 8  # a few hits more than asked for, so that ties at the end are broken by row


def nearest(X, query, *, n_neighbors=15, exclude=(), duplicate_ids=None):
    """Find the rows whose direction is nearest to that of a query, by exact search (FAISS).

    Parameters
    ----------
    X : (n, d) float array
        A row of zeros has no direction, and is never found.
    query : (d,) float array
    n_neighbors : int
        At least 1; fewer are returned where there are fewer.
    exclude : sequence of int
        Rows that are the query itself.
    duplicate_ids : sequence, length n, optional
        Rows with the same value show the same painting: only the first of them is returned, and none that shows
        the painting of an excluded row.

    Returns
    -------
    rows : (k,) int64
        Nearest first, equal distances by row; k at most n_neighbors.
    distances : (k,) float32
        Cosine distance in [0, 2].

    Raises
    ------
    InputError
        Shapes that do not fit, values that are not finite, a query of zeros, n_neighbors below 1.

    Notes
    -----
    FAISS's flat index (Johnson, Douze and Jégou 2017, arXiv 1702.08734); distances are computed again from the
    differences, as in ``artgraph.graph.knn``.

    Examples
    --------
    >>> nearest(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]]), [0.0, 1.0], n_neighbors=2)
    (array([1, 2]), array([0. , 0.2], dtype=float32))
    """
    X = np.ascontiguousarray(X, dtype=np.float32)
    query = np.asarray(query, dtype=np.float32)
    if X.ndim != 2 or query.shape != X.shape[1:]:
        raise InputError(f"features have shape {X.shape} and the query {query.shape}; expected (n, d) and (d,)")
    if not (np.isfinite(X).all() and np.isfinite(query).all()):
        raise InputError("the features or the query have values that are not finite")
    if n_neighbors < 1:
        raise InputError(f"n_neighbors must be at least 1; got {n_neighbors}")
    if not query.any():
        raise InputError("the query is a vector of zeros, which has no direction: nothing is near it")
    wanted = _allowed(X, exclude, duplicate_ids)
    U, q = _unit(X[wanted]), _unit(query[None])
    k = min(n_neighbors + MARGIN, len(U))
    if not k:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    index = faiss.IndexFlatIP(U.shape[1])
    index.add(U)
    found = index.search(q, k)[1][0]
    rows, distances = wanted[found], np.square(U[found] - q).sum(axis=1) / 2
    best = np.lexsort((rows, distances))[:n_neighbors]
    return rows[best], np.minimum(distances[best], 2).astype(np.float32)


def middle(X, rows):
    """Return the direction in the middle of some rows: the mean of their unit vectors.

    Parameters
    ----------
    X : (n, d) float array
    rows : (m,) int

    Returns
    -------
    (d,) float32

    Examples
    --------
    >>> middle(np.array([[2.0, 0.0], [0.0, 5.0], [1.0, 1.0]]), [0, 1])
    array([0.5, 0.5], dtype=float32)
    """
    return _unit(np.asarray(X, dtype=np.float32)[np.asarray(rows)]).mean(axis=0)


def _allowed(X, exclude, duplicate_ids):
    """Return the rows that may be found (m,) int64."""
    allowed = X.any(axis=1)
    exclude = np.asarray(exclude, dtype=np.int64)
    if duplicate_ids is not None:
        codes = np.unique(np.asarray(duplicate_ids, dtype=object).astype(str), return_inverse=True)[1]
        first = np.zeros(len(X), dtype=bool)
        first[np.unique(codes, return_index=True)[1]] = True
        allowed &= first & ~np.isin(codes, codes[exclude])
    allowed[exclude] = False
    return np.flatnonzero(allowed)


def _unit(X):
    largest = np.abs(X).max(axis=1, keepdims=True, initial=0)
    X = np.divide(X, largest, out=np.zeros_like(X), where=largest > 0)  # so that squares neither overflow nor vanish
    length = np.linalg.norm(X, axis=1, keepdims=True)
    return np.divide(X, length, out=np.zeros_like(X), where=length > 0)
